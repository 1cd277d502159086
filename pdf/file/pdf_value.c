#include "pdf/file/pdf_internal.h"

#include <stdlib.h>
#include <string.h>

void pdf_value_clear(struct pdf_value *v)
{
    switch (v->kind) {
    case PDF_STRING:
    case PDF_NAME:
        free(v->u.string.data);
        break;
    case PDF_ARRAY:
        for (size_t i = 0; i < v->u.array.count; i++)
            pdf_value_clear(&v->u.array.items[i]);
        free(v->u.array.items);
        break;
    case PDF_DICT:
        for (size_t i = 0; i < v->u.dict.count; i++) {
            free(v->u.dict.entries[i].key);
            pdf_value_clear(&v->u.dict.entries[i].value);
        }
        free(v->u.dict.entries);
        break;
    case PDF_STREAM:
        pdf_value_free(v->u.stream.dict);
        break;
    default:
        break;
    }
    memset(&v->u, 0, sizeof v->u);
    v->kind = PDF_NULL;
}

void pdf_value_free(struct pdf_value *v)
{
    if (v == NULL)
        return;
    pdf_value_clear(v);
    free(v);
}

static int copy_into(struct pdf_value *to, const struct pdf_value *from);

static int copy_string(struct pdf_value *to, const struct pdf_value *from)
{
    unsigned char *data = malloc(from->u.string.len + 1);

    if (data == NULL)
        return -1;
    memcpy(data, from->u.string.data, from->u.string.len + 1);
    to->u.string.data = data;
    to->u.string.len = from->u.string.len;
    to->kind = from->kind;
    return 0;
}

static int copy_array(struct pdf_value *to, const struct pdf_value *from)
{
    to->kind = PDF_ARRAY;
    if (from->u.array.count == 0)
        return 0;
    to->u.array.items = calloc(from->u.array.count, sizeof *to);
    if (to->u.array.items == NULL)
        return -1;
    for (size_t i = 0; i < from->u.array.count; i++) {
        to->u.array.count = i + 1;
        if (copy_into(&to->u.array.items[i], &from->u.array.items[i]) != 0)
            return -1;
    }
    return 0;
}

static int copy_dict(struct pdf_value *to, const struct pdf_value *from)
{
    to->kind = PDF_DICT;
    to->doubled = from->doubled;
    if (from->u.dict.count == 0)
        return 0;
    to->u.dict.entries = calloc(from->u.dict.count, sizeof *to->u.dict.entries);
    if (to->u.dict.entries == NULL)
        return -1;
    for (size_t i = 0; i < from->u.dict.count; i++) {
        const struct pdf_entry *source = &from->u.dict.entries[i];
        struct pdf_entry *entry = &to->u.dict.entries[i];
        entry->key = malloc(source->key_len + 1);
        if (entry->key == NULL)
            return -1;
        memcpy(entry->key, source->key, source->key_len + 1);
        entry->key_len = source->key_len;
        to->u.dict.count = i + 1;
        if (copy_into(&entry->value, &source->value) != 0)
            return -1;
    }
    return 0;
}

/* On failure `to` holds what was made, for pdf_value_clear. */
static int copy_into(struct pdf_value *to, const struct pdf_value *from)
{
    *to = (struct pdf_value){.kind = PDF_NULL, .hex = from->hex, .start = -1, .end = -1};
    switch (from->kind) {
    case PDF_STRING:
    case PDF_NAME:
        return copy_string(to, from);
    case PDF_ARRAY:
        return copy_array(to, from);
    case PDF_DICT:
        return copy_dict(to, from);
    case PDF_STREAM:
        to->kind = PDF_STREAM;
        to->u.stream = from->u.stream;
        to->u.stream.dict = calloc(1, sizeof *to);
        return to->u.stream.dict != NULL ? copy_into(to->u.stream.dict, from->u.stream.dict) : -1;
    default:
        to->kind = from->kind;
        to->u = from->u;
        return 0;
    }
}

struct pdf_value *pdf_value_copy(const struct pdf_value *v, struct err *e)
{
    struct pdf_value *copy = calloc(1, sizeof *copy);

    if (copy != NULL && v != NULL && copy_into(copy, v) != 0) {
        pdf_value_free(copy);
        copy = NULL;
    }
    if (copy == NULL)
        err_set_memory(e);
    return copy;
}

static bool same_key(const struct pdf_entry *a, const struct pdf_entry *b)
{
    return a->key_len == b->key_len && memcmp(a->key, b->key, a->key_len) == 0;
}

static int compare_keys(const void *a, const void *b)
{
    const struct pdf_entry *x = *(const struct pdf_entry *const *)a;
    const struct pdf_entry *y = *(const struct pdf_entry *const *)b;
    int c = memcmp(x->key, y->key, x->key_len < y->key_len ? x->key_len : y->key_len);

    return c != 0 ? c : x->key_len < y->key_len ? -1 : x->key_len > y->key_len;
}

/* Entries in order of their keys; NULL when memory is short. */
static const struct pdf_entry **sorted(const struct pdf_value *dict)
{
    const struct pdf_entry **list = calloc(dict->u.dict.count, sizeof *list);

    for (size_t i = 0; list != NULL && i < dict->u.dict.count; i++)
        list[i] = &dict->u.dict.entries[i];
    if (list != NULL)
        qsort(list, dict->u.dict.count, sizeof *list, compare_keys);
    return list;
}

/* Sorted only when the order differs. Without memory for that they count as different, which is the
 * safe side. */
static bool equal_dict(const struct pdf_value *a, const struct pdf_value *b)
{
    size_t n = a->u.dict.count, i = 0;
    bool equal = true;

    if (n != b->u.dict.count || a->doubled || b->doubled) /* what was dropped may differ */
        return false;
    while (i < n && same_key(&a->u.dict.entries[i], &b->u.dict.entries[i]) &&
           pdf_value_equal(&a->u.dict.entries[i].value, &b->u.dict.entries[i].value))
        i++;
    if (i == n)
        return true;
    if (same_key(&a->u.dict.entries[i], &b->u.dict.entries[i]))
        return false;
    const struct pdf_entry **x = sorted(a), **y = sorted(b);
    equal = x != NULL && y != NULL;
    for (i = 0; equal && i < n; i++)
        equal = same_key(x[i], y[i]) && pdf_value_equal(&x[i]->value, &y[i]->value);
    free(x);
    free(y);
    return equal;
}

bool pdf_value_equal(const struct pdf_value *a, const struct pdf_value *b)
{
    if (pdf_is_null(a) || pdf_is_null(b))
        return pdf_is_null(a) && pdf_is_null(b);
    if (a->kind != b->kind) {
        bool numbers = (a->kind == PDF_INT || a->kind == PDF_REAL) &&
                       (b->kind == PDF_INT || b->kind == PDF_REAL);
        return numbers && pdf_number(a, 0) == pdf_number(b, 0);
    }
    switch (a->kind) {
    case PDF_BOOL:
        return a->u.boolean == b->u.boolean;
    case PDF_INT:
        return a->u.integer == b->u.integer;
    case PDF_REAL:
        return a->u.real == b->u.real;
    case PDF_STRING:
    case PDF_NAME:
        return a->u.string.len == b->u.string.len &&
               memcmp(a->u.string.data, b->u.string.data, a->u.string.len) == 0;
    case PDF_ARRAY:
        if (a->u.array.count != b->u.array.count)
            return false;
        for (size_t i = 0; i < a->u.array.count; i++) {
            if (!pdf_value_equal(&a->u.array.items[i], &b->u.array.items[i]))
                return false;
        }
        return true;
    case PDF_DICT:
        return equal_dict(a, b);
    case PDF_REF:
        return a->u.ref.num == b->u.ref.num && a->u.ref.gen == b->u.ref.gen;
    default:
        return false;
    }
}

/* ---- reading ---- */
bool pdf_is(const struct pdf_value *v, enum pdf_kind kind)
{
    return v != NULL && v->kind == kind;
}

bool pdf_is_null(const struct pdf_value *v)
{
    return v == NULL || v->kind == PDF_NULL;
}

bool pdf_is_name(const struct pdf_value *v, const char *name)
{
    return pdf_is(v, PDF_NAME) && v->u.string.len == strlen(name) &&
           memcmp(v->u.string.data, name, v->u.string.len) == 0;
}

const struct pdf_value *pdf_dict_of(const struct pdf_value *v)
{
    if (pdf_is(v, PDF_STREAM))
        return v->u.stream.dict;
    return pdf_is(v, PDF_DICT) ? v : NULL;
}

static struct pdf_entry *find(const struct pdf_value *v, const char *key)
{
    const struct pdf_value *dict = pdf_dict_of(v);
    size_t len = strlen(key);

    if (dict == NULL)
        return NULL;
    for (size_t i = 0; i < dict->u.dict.count; i++) {
        struct pdf_entry *entry = &dict->u.dict.entries[i];
        if (entry->key_len == len && memcmp(entry->key, key, len) == 0)
            return entry;
    }
    return NULL;
}

const struct pdf_value *pdf_key(const struct pdf_value *dict, const char *key)
{
    const struct pdf_entry *entry = find(dict, key);

    return entry != NULL && entry->value.kind != PDF_NULL ? &entry->value : NULL;
}

struct pdf_value *pdf_key_mutable(struct pdf_value *dict, const char *key)
{
    struct pdf_entry *entry = find(dict, key);

    return entry != NULL && entry->value.kind != PDF_NULL ? &entry->value : NULL;
}

size_t pdf_count(const struct pdf_value *v)
{
    if (pdf_is(v, PDF_ARRAY))
        return v->u.array.count;
    v = pdf_dict_of(v);
    return v != NULL ? v->u.dict.count : 0;
}

const struct pdf_value *pdf_at(const struct pdf_value *array, size_t i)
{
    return pdf_is(array, PDF_ARRAY) && i < array->u.array.count ? &array->u.array.items[i] : NULL;
}

struct pdf_value *pdf_at_mutable(struct pdf_value *array, size_t i)
{
    return pdf_is(array, PDF_ARRAY) && i < array->u.array.count ? &array->u.array.items[i] : NULL;
}

size_t pdf_entry_count(const struct pdf_value *dict)
{
    dict = pdf_dict_of(dict);
    return dict != NULL ? dict->u.dict.count : 0;
}

const struct pdf_entry *pdf_entry_at(const struct pdf_value *dict, size_t i)
{
    dict = pdf_dict_of(dict);
    return dict != NULL && i < dict->u.dict.count ? &dict->u.dict.entries[i] : NULL;
}

int64_t pdf_int(const struct pdf_value *v, int64_t otherwise)
{
    if (pdf_is(v, PDF_INT))
        return v->u.integer;
    if (pdf_is(v, PDF_REAL) && v->u.real > -9e18 && v->u.real < 9e18)
        return (int64_t)v->u.real;
    return otherwise;
}

double pdf_number(const struct pdf_value *v, double otherwise)
{
    if (pdf_is(v, PDF_REAL))
        return v->u.real;
    return pdf_is(v, PDF_INT) ? (double)v->u.integer : otherwise;
}

bool pdf_bool(const struct pdf_value *v, bool otherwise)
{
    return pdf_is(v, PDF_BOOL) ? v->u.boolean : otherwise;
}

const char *pdf_name(const struct pdf_value *v)
{
    if (!pdf_is(v, PDF_NAME) || strlen((const char *)v->u.string.data) != v->u.string.len)
        return NULL;
    return (const char *)v->u.string.data;
}

const unsigned char *pdf_bytes(const struct pdf_value *v, size_t *len)
{
    *len = pdf_is(v, PDF_STRING) ? v->u.string.len : 0;
    return pdf_is(v, PDF_STRING) ? v->u.string.data : NULL;
}

struct pdf_ref pdf_ref_of(const struct pdf_value *v)
{
    return pdf_is(v, PDF_REF) ? v->u.ref : (struct pdf_ref){0, 0};
}
