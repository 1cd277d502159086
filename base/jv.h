/* JSON values. jansson stands behind; only base/jv.c includes it. Keys keep the order of insertion
 * when printed, so the same calls give the same bytes. A parse refuses doubled keys, and the reply
 * is borrowed unless the name says take. */
#ifndef PARAPHE_BASE_JV_H
#define PARAPHE_BASE_JV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct jv; /* reference-counted; jv_free drops one reference */

struct jv *jv_object(void);
struct jv *jv_array(void);
struct jv *jv_text(const char *s); /* NULL s gives JSON null; invalid UTF-8 is replaced by U+FFFD */
/* The same for what is known to be ASCII without NUL, not looked through. */
struct jv *jv_ascii(const char *s, size_t n);
struct jv *jv_int(int64_t n);
struct jv *jv_bool(bool b);
struct jv *jv_null(void);
struct jv *jv_keep(struct jv *v);       /* one more reference */
struct jv *jv_copy(const struct jv *v); /* deep */
void jv_free(struct jv *v);

/* Takes `value`, also on failure. Out of memory (a NULL value too) makes object or array print as
 * failed: see jv_print. */
void jv_put_take(struct jv *object, const char *key, struct jv *value);
void jv_put_text(struct jv *object, const char *key, const char *s);
void jv_put_int(struct jv *object, const char *key, int64_t n);
void jv_put_bool(struct jv *object, const char *key, bool b);
void jv_put_null(struct jv *object, const char *key);
void jv_add_take(struct jv *array, struct jv *value);
void jv_add_text(struct jv *array, const char *s);
void jv_remove(struct jv *object, const char *key);

/* Reading: a wrong type or an absent key gives NULL, the default, or 0; NULL as the value is
 * allowed everywhere. */
struct jv *jv_get(const struct jv *object, const char *key);
const char *jv_get_text(const struct jv *object, const char *key);
int64_t jv_get_int(const struct jv *object, const char *key, int64_t otherwise);
bool jv_get_bool(const struct jv *object, const char *key);
size_t jv_count(const struct jv *v); /* array elements or object members */
struct jv *jv_at(const struct jv *array, size_t i);
const char *jv_str(const struct jv *v);                  /* NULL when no string */
bool jv_has_text(const struct jv *array, const char *s); /* as one of its elements */
int64_t jv_num(const struct jv *v, int64_t otherwise);
bool jv_is_object(const struct jv *v);
bool jv_is_array(const struct jv *v);
bool jv_is_null(const struct jv *v); /* also for NULL */
bool jv_is_true(const struct jv *v);
bool jv_equal(const struct jv *a, const struct jv *b);
/* Members in order: `for (void *it = jv_iter(o); it; it = jv_next(o, it)) jv_key(it),
 * jv_value(it)`. */
void *jv_iter(const struct jv *object);
void *jv_next(const struct jv *object, void *it);
const char *jv_key(void *it);
struct jv *jv_value(void *it);

/* One line without blanks, or indented by two. Appends to out. -1 and err when a value was lost for
 * want of memory. */
int jv_print(const struct jv *v, bool indented, struct buf *out, struct err *e);
/* A file of it, indented, with a line's end; file_put of base/file.h. jv_file.c */
int jv_save(const struct jv *v, const char *path, bool replace, struct err *e);
/* NULL and err (naming `what`) when the text is not JSON; `what` is a file's name. */
struct jv *jv_parse(const char *text, size_t n, const char *what, struct err *e);

#endif
