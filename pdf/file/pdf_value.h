/* Values of a PDF (ISO 32000-2 7.3): made by the reader or by the builders below, printed by
 * pdf_print.
 *
 * A value owns what hangs from it. Names, keys and strings are NUL-ended beyond their length. Every
 * reading function takes NULL and answers "absent" (NULL, 0, false, the default), so that look-ups
 * can be chained and checked once. None of them follows references: pdf.h has pdf_get and its like
 * for that. */
#ifndef PARAPHE_PDF_FILE_PDF_VALUE_H
#define PARAPHE_PDF_FILE_PDF_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

enum pdf_kind {
    PDF_NULL,
    PDF_BOOL,
    PDF_INT,
    PDF_REAL,
    PDF_STRING,
    PDF_NAME,
    PDF_ARRAY,
    PDF_DICT,
    PDF_REF,
    PDF_STREAM, /* only as a whole indirect object */
    PDF_HOLE,   /* built only: the reserved /Contents of a signature, <000...> */
    PDF_RANGES  /* built only: the /ByteRange that pdf_update_finish fills, of fixed width */
};

struct pdf_ref {
    uint32_t num; /* 0: no reference */
    uint32_t gen;
};

struct pdf_entry;

struct pdf_value {
    enum pdf_kind kind;
    bool hex; /* strings: written as <...> */
    /* Dictionaries: a key stands there more than once (the last one holds). Signatures refuse that.
     */
    bool doubled;
    /* Bytes of the token or of the whole array or dictionary in the file: [start, end). Both -1
     * when the value was built or comes out of an object stream. For PDF_STREAM start is that of
     * its dictionary, end that of "endstream". */
    int64_t start, end;
    union {
        bool boolean;
        int64_t integer;
        double real;
        struct {
            unsigned char *data; /* decoded; for names without the slash */
            size_t len;
        } string; /* PDF_STRING, PDF_NAME */
        struct {
            struct pdf_value *items;
            size_t count;
        } array;
        struct {
            struct pdf_entry *entries;
            size_t count;
        } dict;
        struct pdf_ref ref;
        struct {
            struct pdf_value *dict;
            int64_t offset,
                length; /* raw (encoded, encrypted) data in the file; offset -1 when built */
            struct pdf_ref owner; /* the object, for decryption */
        } stream;
        size_t hole; /* PDF_HOLE: bytes, half the digits */
    } u;
};

struct pdf_entry {
    char *key; /* without the slash */
    size_t key_len;
    struct pdf_value value;
};

void pdf_value_free(struct pdf_value *v);  /* NULL is allowed; frees v itself too */
void pdf_value_clear(struct pdf_value *v); /* frees what hangs from v and makes it null */
/* A deep copy without file offsets (a stream keeps the place of its data); NULL and err when memory
 * is short. */
struct pdf_value *pdf_value_copy(const struct pdf_value *v, struct err *e);
/* Same kind and content; int 1 and real 1.0 are equal, the hex flag, the order of keys and file
 * offsets do not count. References are equal by number and generation; streams never compare equal
 * (compare their data). */
bool pdf_value_equal(const struct pdf_value *a, const struct pdf_value *b);

/* ---- reading without following references ---- */
bool pdf_is(const struct pdf_value *v, enum pdf_kind kind);
bool pdf_is_null(const struct pdf_value *v); /* also for NULL */
bool pdf_is_name(const struct pdf_value *v, const char *name);
/* The entry of a dictionary, or of the dictionary of a stream; NULL when absent or null. */
const struct pdf_value *pdf_key(const struct pdf_value *dict, const char *key);
size_t
pdf_count(const struct pdf_value *v); /* elements of an array, entries of a dictionary or stream */
const struct pdf_value *pdf_at(const struct pdf_value *array, size_t i);
/* Of a dictionary or stream; 0 and NULL for anything else, which pdf_count may count. */
size_t pdf_entry_count(const struct pdf_value *dict);
const struct pdf_entry *pdf_entry_at(const struct pdf_value *dict, size_t i);
int64_t pdf_int(const struct pdf_value *v, int64_t otherwise); /* a real is rounded towards 0 */
double pdf_number(const struct pdf_value *v, double otherwise);
bool pdf_bool(const struct pdf_value *v, bool otherwise);
const char *pdf_name(const struct pdf_value *v); /* NULL when v is no name or contains NUL */
const unsigned char *pdf_bytes(const struct pdf_value *v,
                               size_t *len);          /* of a string; NULL otherwise */
struct pdf_ref pdf_ref_of(const struct pdf_value *v); /* {0, 0} when v is no reference */
/* The dictionary itself: of a dictionary or of a stream; NULL otherwise. */
const struct pdf_value *pdf_dict_of(const struct pdf_value *v);

/* ---- building ----
 * Makers return NULL when memory is short; the functions that take a value accept NULL and then
 * fail, and free what they took, so that a chain is checked once: `if (pdf_set_take(d, "Type",
 * pdf_make_name("Sig"), e) != 0) goto out;` */
struct pdf_value *pdf_make_null(void);
struct pdf_value *pdf_make_bool(bool b);
struct pdf_value *pdf_make_int(int64_t n);
struct pdf_value *pdf_make_real(double d); /* rounded to 5 decimals */
struct pdf_value *pdf_make_name(const char *name);
struct pdf_value *pdf_make_string(const void *data, size_t len, bool hex); /* bytes as they are */
struct pdf_value *
pdf_make_text(const char *utf8); /* text string: ASCII as it is, else UTF-16BE with its mark */
struct pdf_value *
pdf_make_date(int64_t instant,
              int offset); /* offset: seconds east of UTC; D:YYYYMMDDHHmmSS+HH'mm' */
struct pdf_value *pdf_make_ref(struct pdf_ref ref);
struct pdf_value *pdf_make_array(void);
struct pdf_value *pdf_make_dict(void);
struct pdf_value *pdf_make_rect(double x0, double y0, double x1, double y1);
struct pdf_value *
pdf_make_hole(size_t bytes); /* bytes: room for the DER; the token is 2 x bytes + 2 long */
struct pdf_value *pdf_make_ranges(void);
int pdf_add_take(struct pdf_value *array, struct pdf_value *item, struct err *e);
/* Replaces the entry when the key is there. The dictionary of a stream can be changed too. */
int pdf_set_take(struct pdf_value *dict, const char *key, struct pdf_value *value, struct err *e);
void pdf_remove(struct pdf_value *dict, const char *key);
/* The value for changing, of a dictionary or array that the caller owns. */
struct pdf_value *pdf_key_mutable(struct pdf_value *dict, const char *key);
struct pdf_value *pdf_at_mutable(struct pdf_value *array, size_t i);

/* One value out of PDF text in memory, as pdf_print makes it. NULL and err (err.pdf-file.object)
 * when it is none. */
struct pdf_value *pdf_make_parsed(const void *text, size_t n, struct err *e);

/* Appends the value as PDF text. A PDF_STREAM prints its dictionary only. Failures stay in out
 * (buf_check). */
void pdf_print(const struct pdf_value *v, struct buf *out);

/* ---- text strings and dates ---- */
/* Decodes a text string (UTF-16 with either mark, UTF-8 with its mark, else PDFDocEncoding) and
 * appends UTF-8; language escapes are dropped, bytes that mean nothing become U+FFFD. Not a string:
 * nothing is appended. */
void pdf_text_utf8(const struct pdf_value *string, struct buf *out);
/* The same as a malloc'ed NUL-ended text, inner NULs dropped; NULL and err only when memory is
 * short. */
char *pdf_text_dup(const struct pdf_value *string, struct err *e);
/* "D:20261123111112+01'00'" and its shorter forms, also without "D:". Without a zone offset is 0
 * and `zoned` false. -1 when it is no date. instant: seconds since 1970 UTC. */
struct pdf_date {
    int64_t instant;
    int offset; /* seconds east of UTC */
    bool zoned;
};
int pdf_date_parse(const struct pdf_value *string, struct pdf_date *out);

#endif
