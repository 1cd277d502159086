#include "pdf/file/pdf_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/utf8.h"

static struct pdf_value *make(enum pdf_kind kind)
{
    struct pdf_value *v = calloc(1, sizeof *v);

    if (v != NULL) {
        v->kind = kind;
        v->start = v->end = -1;
    }
    return v;
}

struct pdf_value *pdf_make_null(void)
{
    return make(PDF_NULL);
}

struct pdf_value *pdf_make_bool(bool b)
{
    struct pdf_value *v = make(PDF_BOOL);

    if (v != NULL)
        v->u.boolean = b;
    return v;
}

struct pdf_value *pdf_make_int(int64_t n)
{
    struct pdf_value *v = make(PDF_INT);

    if (v != NULL)
        v->u.integer = n;
    return v;
}

struct pdf_value *pdf_make_real(double d)
{
    struct pdf_value *v = make(PDF_REAL);

    if (v != NULL)
        v->u.real =
            d > -9e12 && d < 9e12 ? (double)(int64_t)(d * 1e5 + (d < 0 ? -0.5 : 0.5)) / 1e5 : d;
    return v;
}

static struct pdf_value *make_bytes(enum pdf_kind kind, const void *data, size_t len)
{
    struct pdf_value *v = make(kind);

    if (v == NULL)
        return NULL;
    v->u.string.data = malloc(len + 1);
    if (v->u.string.data == NULL) {
        free(v);
        return NULL;
    }
    if (len > 0)
        memcpy(v->u.string.data, data, len);
    v->u.string.data[len] = '\0';
    v->u.string.len = len;
    return v;
}

struct pdf_value *pdf_make_name(const char *name)
{
    return make_bytes(PDF_NAME, name, strlen(name));
}

struct pdf_value *pdf_make_string(const void *data, size_t len, bool hex)
{
    struct pdf_value *v = make_bytes(PDF_STRING, data, len);

    if (v != NULL)
        v->hex = hex;
    return v;
}

static void utf16_append(struct buf *out, uint32_t c)
{
    if (c >= 0x10000) {
        c -= 0x10000;
        utf16_append(out, 0xd800 + (c >> 10));
        c = 0xdc00 + (c & 0x3ff);
    }
    buf_char(out, (char)(c >> 8));
    buf_char(out, (char)(c & 0xff));
}

struct pdf_value *pdf_make_text(const char *utf8)
{
    size_t n = strlen(utf8);
    struct buf out = BUF_INIT(2 * n + 16);
    struct pdf_value *v = NULL;
    bool ascii = true;

    for (size_t i = 0; i < n; i++)
        ascii = ascii && utf8[i] >= 0x20 && utf8[i] < 0x7f;
    if (ascii)
        return pdf_make_string(utf8, n, false);
    buf_append(&out, "\xfe\xff", 2);
    for (size_t i = 0; i < n;) {
        uint32_t c = 0xfffd;
        size_t len = utf8_decode(utf8 + i, n - i, &c);
        utf16_append(&out, len > 0 ? c : 0xfffd);
        i += len > 0 ? len : 1;
    }
    if (!out.failed)
        v = pdf_make_string(out.data, out.len, true);
    buf_free(&out);
    return v;
}

struct pdf_value *pdf_make_date(int64_t instant, int offset)
{
    char s[48];
    int64_t local = instant + offset;
    int64_t days = local / 86400, rest = local % 86400;
    int east = offset < 0 ? -offset : offset;

    if (rest < 0) {
        rest += 86400;
        days--;
    }
    struct date d = date_from_days(days);
    if (d.year < 0 || d.year > 9999)
        return NULL;
    snprintf(s, sizeof s, "D:%04u%02u%02u%02u%02u%02u%c%02u'%02u'", (unsigned)d.year % 10000,
             (unsigned)d.month % 100, (unsigned)d.day % 100, (unsigned)(rest / 3600) % 100,
             (unsigned)(rest / 60) % 60, (unsigned)rest % 60, offset < 0 ? '-' : '+',
             (unsigned)east / 3600 % 100, (unsigned)east / 60 % 60);
    return pdf_make_string(s, strlen(s), false);
}

struct pdf_value *pdf_make_ref(struct pdf_ref ref)
{
    struct pdf_value *v = make(PDF_REF);

    if (v != NULL)
        v->u.ref = ref;
    return v;
}

struct pdf_value *pdf_make_array(void)
{
    return make(PDF_ARRAY);
}

struct pdf_value *pdf_make_dict(void)
{
    return make(PDF_DICT);
}

struct pdf_value *pdf_make_rect(double x0, double y0, double x1, double y1)
{
    const double at[4] = {x0, y0, x1, y1};
    struct pdf_value *v = make(PDF_ARRAY);

    for (int i = 0; v != NULL && i < 4; i++) {
        if (pdf_add_take(v, pdf_make_real(at[i]), NULL) != 0) {
            pdf_value_free(v);
            v = NULL;
        }
    }
    return v;
}

struct pdf_value *pdf_make_hole(size_t bytes)
{
    struct pdf_value *v = make(PDF_HOLE);

    if (v != NULL)
        v->u.hole = bytes;
    return v;
}

struct pdf_value *pdf_make_ranges(void)
{
    return make(PDF_RANGES);
}

int pdf_add_take(struct pdf_value *array, struct pdf_value *item, struct err *e)
{
    if (array == NULL || item == NULL || array->kind != PDF_ARRAY) {
        pdf_value_free(item);
        return array != NULL && array->kind != PDF_ARRAY ? err_set_bug(e, "pdf_add_take: no array")
                                                         : err_set_memory(e);
    }
    size_t n = array->u.array.count;
    struct pdf_value *items = reallocarray(array->u.array.items, n + 1, sizeof *items);
    if (items == NULL) {
        pdf_value_free(item);
        return err_set_memory(e);
    }
    items[n] = *item;
    free(item);
    array->u.array.items = items;
    array->u.array.count = n + 1;
    return 0;
}

static int append_entry(struct pdf_value *dict, const char *key, struct pdf_value *value)
{
    size_t n = dict->u.dict.count;
    struct pdf_entry *entries = reallocarray(dict->u.dict.entries, n + 1, sizeof *entries);

    if (entries == NULL)
        return -1;
    dict->u.dict.entries = entries;
    entries[n].key = strdup(key);
    if (entries[n].key == NULL)
        return -1;
    entries[n].key_len = strlen(key);
    entries[n].value = *value;
    dict->u.dict.count = n + 1;
    return 0;
}

int pdf_set_take(struct pdf_value *dict, const char *key, struct pdf_value *value, struct err *e)
{
    if (pdf_is(dict, PDF_STREAM))
        dict = dict->u.stream.dict;
    if (dict == NULL || value == NULL || dict->kind != PDF_DICT) {
        pdf_value_free(value);
        return dict != NULL && dict->kind != PDF_DICT
                   ? err_set_bug(e, "pdf_set_take: no dictionary")
                   : err_set_memory(e);
    }
    for (size_t i = 0; i < dict->u.dict.count; i++) {
        struct pdf_entry *entry = &dict->u.dict.entries[i];
        if (entry->key_len == strlen(key) && memcmp(entry->key, key, entry->key_len) == 0) {
            pdf_value_clear(&entry->value);
            entry->value = *value;
            free(value);
            return 0;
        }
    }
    if (append_entry(dict, key, value) != 0) {
        pdf_value_free(value);
        return err_set_memory(e);
    }
    free(value);
    return 0;
}

void pdf_remove(struct pdf_value *dict, const char *key)
{
    if (pdf_is(dict, PDF_STREAM))
        dict = dict->u.stream.dict;
    if (!pdf_is(dict, PDF_DICT))
        return;
    for (size_t i = 0; i < dict->u.dict.count; i++) {
        struct pdf_entry *entry = &dict->u.dict.entries[i];
        if (entry->key_len == strlen(key) && memcmp(entry->key, key, entry->key_len) == 0) {
            free(entry->key);
            pdf_value_clear(&entry->value);
            memmove(entry, entry + 1, (dict->u.dict.count - i - 1) * sizeof *entry);
            dict->u.dict.count--;
            return;
        }
    }
}
