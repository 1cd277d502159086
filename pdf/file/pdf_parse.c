#include "pdf/file/pdf_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"

int parse_fail(const struct parse *p)
{
    if (p->src->pdf != NULL && p->src->pdf->io_errno != 0)
        return fail_read(p->src->pdf, p->e);
    if (p->t.kind == TOKEN_LARGE)
        return fail_limit(p->e, "pdf-file.limit-object", ceilings.pdf_object_bytes);
    if (p->t.kind == TOKEN_MEMORY)
        return err_set_memory(p->e);
    /* Object 0 is no object: a trailer. */
    return p->num == 0 ? fail_xref(p->e, p->t.start) : fail_object(p->e, p->num, p->t.start);
}

static struct pdf_value blank(void)
{
    return (struct pdf_value){.kind = PDF_NULL, .start = -1, .end = -1};
}

/* Moves the item to the end of the array, which grows by halves. */
int value_push(struct pdf_value *array, struct pdf_value *item, size_t *cap, struct err *e)
{
    if (array->u.array.count == *cap) {
        size_t more = *cap < 8 ? 8 : *cap + *cap / 2;
        struct pdf_value *items = reallocarray(array->u.array.items, more, sizeof *items);
        if (items == NULL)
            return err_set_memory(e);
        array->u.array.items = items;
        *cap = more;
    }
    array->u.array.items[array->u.array.count++] = *item;
    *item = blank();
    return 0;
}

static int take_bytes(struct parse *p, struct pdf_value *out)
{
    size_t len = p->t.bytes.len;
    unsigned char *data = malloc(len + 1);

    if (data == NULL)
        return err_set_memory(p->e);
    if (len > 0)
        memcpy(data, p->t.bytes.data, len);
    data[len] = '\0';
    out->u.string.data = data;
    out->u.string.len = len;
    return 0;
}

/* "12 0 R": the two integers before become a reference. The value of free numbers is null, and
 * number 0 is always free. */
static int collapse_ref(struct parse *p, struct pdf_value *list)
{
    size_t n = list->u.array.count;
    struct pdf_value *items = list->u.array.items;

    if (n < 2 || items[n - 2].kind != PDF_INT || items[n - 1].kind != PDF_INT)
        return parse_fail(p);
    int64_t num = items[n - 2].u.integer, gen = items[n - 1].u.integer;
    if (num < 0 || num > UINT32_MAX || gen < 0 || gen > 65535)
        return parse_fail(p);
    items[n - 2].kind = num == 0 ? PDF_NULL : PDF_REF;
    items[n - 2].u.ref = (struct pdf_ref){(uint32_t)num, (uint32_t)gen};
    items[n - 2].end = p->offsets ? p->t.end : -1;
    list->u.array.count--;
    return 0;
}

/* A list of values turned into a dictionary. A key named again replaces the first. */
static int make_dict(struct parse *p, struct pdf_value *list, struct pdf_value *out)
{
    size_t n = list->u.array.count;
    struct pdf_value *items = list->u.array.items;

    if (n % 2 != 0)
        return parse_fail(p);
    struct pdf_entry *entries = calloc(n / 2 + 1, sizeof *entries);
    if (entries == NULL)
        return err_set_memory(p->e);
    out->kind = PDF_DICT;
    out->u.dict.entries = entries;
    for (size_t i = 0; i < n; i += 2) {
        if (items[i].kind != PDF_NAME)
            return parse_fail(p);
        struct pdf_entry *entry = &entries[out->u.dict.count++];
        entry->key = (char *)items[i].u.string.data;
        entry->key_len = items[i].u.string.len;
        entry->value = items[i + 1];
        items[i] = items[i + 1] = blank();
    }
    return 0;
}

static int compare_entries(const void *a, const void *b)
{
    const struct pdf_entry *const *x = a, *const *y = b;
    size_t n = (*x)->key_len < (*y)->key_len ? (*x)->key_len : (*y)->key_len;
    int c = memcmp((*x)->key, (*y)->key, n);

    if (c != 0)
        return c;
    if ((*x)->key_len != (*y)->key_len)
        return (*x)->key_len < (*y)->key_len ? -1 : 1;
    return *x < *y ? -1 : *x > *y;
}

/* Marks a key that stands there twice and empties the earlier one (its value becomes null, its key
 * ""). */
static int drop_doubles(struct parse *p, struct pdf_value *dict)
{
    size_t n = dict->u.dict.count, kept = 0;
    struct pdf_entry *entries = dict->u.dict.entries;

    if (n < 2)
        return 0;
    const struct pdf_entry **sorted = calloc(n, sizeof *sorted);
    if (sorted == NULL)
        return err_set_memory(p->e);
    for (size_t i = 0; i < n; i++)
        sorted[i] = &entries[i];
    qsort(sorted, n, sizeof *sorted, compare_entries);
    for (size_t i = 0; i + 1 < n; i++) {
        if (sorted[i]->key_len == sorted[i + 1]->key_len &&
            memcmp(sorted[i]->key, sorted[i + 1]->key, sorted[i]->key_len) == 0) {
            struct pdf_entry *early = &entries[sorted[i] - entries];
            dict->doubled = true;
            pdf_value_clear(&early->value);
            early->value.end = -2; /* to be taken out */
        }
    }
    free(sorted);
    if (!dict->doubled)
        return 0;
    for (size_t i = 0; i < n; i++) {
        if (entries[i].value.end == -2)
            free(entries[i].key);
        else
            entries[kept++] = entries[i];
    }
    dict->u.dict.count = kept;
    return 0;
}

static int parse_list(struct parse *p, enum pdf_token_kind close, int depth, struct pdf_value *out);

static int parse_item(struct parse *p, int depth, struct pdf_value *out)
{
    *out = blank();
    if (p->offsets)
        out->start = p->t.start;
    if (++p->values > (size_t)ceilings.pdf_object_values)
        return fail_limit(p->e, "pdf-file.limit-values", ceilings.pdf_object_values);
    switch (p->t.kind) {
    case TOKEN_INT:
        out->kind = PDF_INT;
        out->u.integer = p->t.integer;
        break;
    case TOKEN_REAL:
        out->kind = PDF_REAL;
        out->u.real = p->t.real;
        break;
    case TOKEN_STRING:
    case TOKEN_NAME:
        if (take_bytes(p, out) != 0)
            return -1;
        out->kind = p->t.kind == TOKEN_NAME ? PDF_NAME : PDF_STRING;
        out->hex = p->t.hex;
        break;
    case TOKEN_ARRAY:
        if (parse_list(p, TOKEN_ARRAY_END, depth + 1, out) != 0)
            return -1;
        break;
    case TOKEN_DICT:
        if (parse_list(p, TOKEN_DICT_END, depth + 1, out) != 0)
            return -1;
        break;
    case TOKEN_WORD:
        if (token_is(&p->t, "true") || token_is(&p->t, "false")) {
            out->kind = PDF_BOOL;
            out->u.boolean = p->t.word[0] == 't';
        } else if (!token_is(&p->t, "null")) {
            return parse_fail(p);
        }
        break;
    default:
        return parse_fail(p);
    }
    if (p->offsets)
        out->end = p->t.end;
    return 0;
}

/* Elements up to the closing token, or (close TOKEN_END) up to a word that is no value. */
static int parse_elements(struct parse *p, enum pdf_token_kind close, int depth,
                          struct pdf_value *list)
{
    size_t cap = 0;

    for (;;) {
        struct pdf_value item;
        lex_next(p->src, &p->t);
        if (p->t.kind == close)
            return 0;
        if (token_is(&p->t, "R")) {
            if (collapse_ref(p, list) != 0)
                return -1;
            continue;
        }
        if (close == TOKEN_END && p->t.kind == TOKEN_WORD && !token_is(&p->t, "true") &&
            !token_is(&p->t, "false") && !token_is(&p->t, "null"))
            return 0;
        if (parse_item(p, depth, &item) != 0 || value_push(list, &item, &cap, p->e) != 0) {
            pdf_value_clear(&item);
            return -1;
        }
    }
}

static int parse_list(struct parse *p, enum pdf_token_kind close, int depth, struct pdf_value *out)
{
    struct pdf_value list = blank();
    int rc = -1;

    list.kind = PDF_ARRAY;
    if (depth > ceilings.pdf_depth) {
        rc = fail_limit(p->e, "pdf-file.limit-depth", ceilings.pdf_depth);
    } else if (parse_elements(p, close, depth, &list) == 0) {
        if (close == TOKEN_DICT_END) {
            rc = make_dict(p, &list, out);
            if (rc == 0)
                rc = drop_doubles(p, out);
        } else {
            out->kind = PDF_ARRAY;
            out->u.array = list.u.array;
            list.u.array.items = NULL;
            list.u.array.count = 0;
            rc = 0;
        }
    }
    pdf_value_clear(&list);
    return rc;
}

int parse_value(struct parse *p, struct pdf_value *out)
{
    struct pdf_value list = blank();
    int rc = -1;

    *out = blank();
    list.kind = PDF_ARRAY;
    p->values = 0;
    if (parse_elements(p, TOKEN_END, 0, &list) == 0) {
        /* An object without a value ("3 0 obj endobj") is read as null by all readers. */
        if (list.u.array.count > 1) {
            p->t.start = list.u.array.items[1].start;
            rc = parse_fail(p);
        } else {
            if (list.u.array.count == 1) {
                *out = list.u.array.items[0];
                list.u.array.count = 0;
            }
            rc = 0;
        }
    }
    pdf_value_clear(&list);
    return rc;
}

int parse_one(struct parse *p, struct pdf_value *out)
{
    p->values = 0;
    *out = blank();
    lex_next(p->src, &p->t);
    if (p->t.kind == TOKEN_END) /* the last object, empty */
        return 0;
    if (parse_item(p, 0, out) != 0)
        return -1;
    if (out->kind != PDF_INT || out->u.integer <= 0 || out->u.integer > UINT32_MAX)
        return 0;
    /* A bare reference is allowed too; another object's integer may follow as well. */
    int64_t num = out->u.integer;
    lex_next(p->src, &p->t);
    if (p->t.kind != TOKEN_INT || p->t.integer < 0 || p->t.integer > 65535)
        return 0;
    uint32_t gen = (uint32_t)p->t.integer;
    lex_next(p->src, &p->t);
    if (token_is(&p->t, "R")) {
        out->kind = PDF_REF;
        out->u.ref = (struct pdf_ref){(uint32_t)num, gen};
    }
    return 0;
}

int parse_operand(struct parse *p, struct pdf_value *out)
{
    p->values = 0;
    *out = blank();
    lex_next(p->src, &p->t);
    if (p->t.kind == TOKEN_END || (p->t.kind == TOKEN_WORD && !token_is(&p->t, "true") &&
                                   !token_is(&p->t, "false") && !token_is(&p->t, "null")))
        return 0;
    if (parse_item(p, 0, out) == 0)
        return 1;
    pdf_value_clear(out);
    return -1;
}

int parse_object_head(struct parse *p, uint32_t num, uint32_t *gen, int64_t *start)
{
    lex_next(p->src, &p->t);
    if (p->t.kind != TOKEN_INT || p->t.integer <= 0 || p->t.integer > UINT32_MAX ||
        (num != 0 && p->t.integer != num))
        return parse_fail(p);
    p->num = (uint32_t)p->t.integer;
    *start = p->t.start;
    lex_next(p->src, &p->t);
    if (p->t.kind != TOKEN_INT || p->t.integer < 0 || p->t.integer > 65535)
        return parse_fail(p);
    *gen = (uint32_t)p->t.integer;
    lex_next(p->src, &p->t);
    return token_is(&p->t, "obj") ? 0 : parse_fail(p);
}

struct pdf_value *pdf_make_parsed(const void *text, size_t n, struct err *e)
{
    struct pdf_value *out = malloc(sizeof *out);
    struct pdf_src src;
    struct parse p = {.src = &src, .num = 1, .e = e};

    if (out == NULL) {
        err_set_memory(e);
        return NULL;
    }
    token_init(&p.t);
    src_memory(&src, text, n);
    if (parse_value(&p, out) != 0) {
        pdf_value_clear(out);
        free(out);
        out = NULL;
    }
    token_free(&p.t);
    return out;
}
