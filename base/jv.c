#include "base/jv.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"

/* struct jv is never defined: it is json_t under our name, so that no other file but jv_print.c
 * sees jansson. */
static json_t *to(const struct jv *v)
{
    return (json_t *)(uintptr_t)v;
}

static struct jv *from(json_t *j)
{
    return (struct jv *)j;
}

struct jv *jv_object(void)
{
    return from(json_object());
}

struct jv *jv_array(void)
{
    return from(json_array());
}

static struct jv *text_repaired(const char *s)
{
    struct buf b = BUF_INIT(SIZE_MAX / 2);
    size_t left = strlen(s);
    uint32_t c;

    while (left > 0) {
        size_t n = utf8_decode(s, left, &c);
        if (n == 0)
            buf_text(&b, "\xef\xbf\xbd");
        else
            buf_append(&b, s, n);
        n = n == 0 ? 1 : n;
        s += n;
        left -= n;
    }
    json_t *j = b.failed ? NULL : json_string(buf_str(&b));
    buf_free(&b);
    return from(j);
}

struct jv *jv_text(const char *s)
{
    if (s == NULL)
        return from(json_null());
    json_t *j = json_string(s);
    return j != NULL ? from(j) : text_repaired(s);
}

struct jv *jv_ascii(const char *s, size_t n)
{
    return from(json_stringn_nocheck(s, n));
}

struct jv *jv_int(int64_t n)
{
    return from(json_integer(n));
}

struct jv *jv_bool(bool b)
{
    return from(json_boolean(b));
}

struct jv *jv_null(void)
{
    return from(json_null());
}

struct jv *jv_keep(struct jv *v)
{
    return from(json_incref(to(v)));
}

struct jv *jv_copy(const struct jv *v)
{
    return from(json_deep_copy(to(v)));
}

void jv_free(struct jv *v)
{
    json_decref(to(v));
}

/* A lost value must not print as if it had never been put: the object gets a member, the array an
 * element that jv_print refuses. */
static const char *const lost_key = "\x01lost";

void jv_put_take(struct jv *object, const char *key, struct jv *value)
{
    if (json_object_set_new(to(object), key, to(value)) != 0 && json_is_object(to(object)))
        (void)json_object_set_new_nocheck(to(object), lost_key, json_true());
}

void jv_put_text(struct jv *object, const char *key, const char *s)
{
    jv_put_take(object, key, jv_text(s));
}

void jv_put_int(struct jv *object, const char *key, int64_t n)
{
    jv_put_take(object, key, jv_int(n));
}

void jv_put_bool(struct jv *object, const char *key, bool b)
{
    jv_put_take(object, key, jv_bool(b));
}

void jv_put_null(struct jv *object, const char *key)
{
    jv_put_take(object, key, jv_null());
}

void jv_add_take(struct jv *array, struct jv *value)
{
    if (json_array_append_new(to(array), to(value)) != 0 && json_is_array(to(array)))
        (void)json_array_append_new(to(array), json_string(lost_key));
}

void jv_add_text(struct jv *array, const char *s)
{
    jv_add_take(array, jv_text(s));
}

void jv_remove(struct jv *object, const char *key)
{
    (void)json_object_del(to(object), key);
}

struct jv *jv_get(const struct jv *object, const char *key)
{
    return from(json_object_get(to(object), key));
}

const char *jv_get_text(const struct jv *object, const char *key)
{
    return json_string_value(json_object_get(to(object), key));
}

int64_t jv_get_int(const struct jv *object, const char *key, int64_t otherwise)
{
    return jv_num(jv_get(object, key), otherwise);
}

bool jv_get_bool(const struct jv *object, const char *key)
{
    return json_is_true(json_object_get(to(object), key));
}

size_t jv_count(const struct jv *v)
{
    if (json_is_array(to(v)))
        return json_array_size(to(v));
    return json_object_size(to(v));
}

struct jv *jv_at(const struct jv *array, size_t i)
{
    return from(json_array_get(to(array), i));
}

const char *jv_str(const struct jv *v)
{
    return json_string_value(to(v));
}

bool jv_has_text(const struct jv *array, const char *s)
{
    for (size_t i = 0; i < jv_count(array); i++) {
        const char *one = jv_str(jv_at(array, i));
        if (one != NULL && strcmp(one, s) == 0)
            return true;
    }
    return false;
}

int64_t jv_num(const struct jv *v, int64_t otherwise)
{
    return json_is_integer(to(v)) ? json_integer_value(to(v)) : otherwise;
}

bool jv_is_object(const struct jv *v)
{
    return json_is_object(to(v));
}

bool jv_is_array(const struct jv *v)
{
    return json_is_array(to(v));
}

bool jv_is_null(const struct jv *v)
{
    return v == NULL || json_is_null(to(v));
}

bool jv_is_true(const struct jv *v)
{
    return json_is_true(to(v));
}

bool jv_equal(const struct jv *a, const struct jv *b)
{
    return json_equal(to(a), to(b)) == 1;
}

void *jv_iter(const struct jv *object)
{
    return json_object_iter(to(object));
}

void *jv_next(const struct jv *object, void *it)
{
    return json_object_iter_next(to(object), it);
}

const char *jv_key(void *it)
{
    return json_object_iter_key(it);
}

struct jv *jv_value(void *it)
{
    return from(json_object_iter_value(it));
}

struct jv *jv_parse(const char *text, size_t n, const char *what, struct err *e)
{
    json_error_t fault;
    char line[16];
    json_t *j = json_loadb(text, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &fault);

    if (j == NULL) {
        snprintf(line, sizeof line, "%d", fault.line);
        err_set(e, ERR_INPUT, "err.base.json", what, fault.text, line, NULL);
    }
    return from(j);
}
