/* Numbers that a revision refers to and does not define. A later revision that defines one changes
 * what is seen, under whatever cover it does so: a prepared reference to nowhere is how content is
 * smuggled in (shadow attacks). And what objects are referred to as: one that pages are drawn with
 * may not change, even where a field, an annotation list or a store might. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "verify/diff.h"

enum { DEPTH_MAX = 128, LOOKS_MAX = 1 << 20, TEXT_MAX = 1 << 20, GUESSED_MAX = 1 << 26 };

void awaited_free(struct awaited *a)
{
    free(a->bits);
    free(a->drawn);
    free(a->placed);
    free(a->by);
    free(a->shared);
    buf_free(&a->looks);
    *a = (struct awaited){0};
}

static bool bit(const struct awaited *a, const unsigned char *bits, uint32_t num)
{
    return bits != NULL && num < a->limit && (bits[num / 8] & (1u << (num % 8))) != 0;
}

bool awaited_has(const struct awaited *a, uint32_t num)
{
    return a != NULL && bit(a, a->bits, num);
}

bool awaited_drawn(const struct awaited *a, uint32_t num)
{
    return a != NULL && bit(a, a->drawn, num);
}

bool awaited_placed(const struct awaited *a, uint32_t num)
{
    return a != NULL && bit(a, a->placed, num);
}

bool awaited_shared(const struct awaited *a, uint32_t num)
{
    return a == NULL || bit(a, a->shared, num);
}

static void set(const struct awaited *a, unsigned char *bits, uint32_t num)
{
    if (num < a->limit)
        bits[num / 8] |= (unsigned char)(1u << (num % 8));
}

enum use { USE_OTHER, USE_DRAWN, USE_LIST };

static enum use use_of(const char *key)
{
    static const char *const drawn[] = {"Resources",  "Font",     "XObject", "ExtGState",
                                        "ColorSpace", "Pattern",  "Shading", "Properties",
                                        "CharProcs",  "Contents", "Group",   "Encrypt",
                                        "Dests",      "RoleMap",  "ClassMap"};
    static const char *const lists[] = {"Annots", "Fields", "Kids", "CO",   "Certs", "CRLs",
                                        "OCSPs",  "Cert",   "CRL",  "OCSP", "K",     "Nums"};

    for (size_t i = 0; i < sizeof drawn / sizeof drawn[0]; i++) {
        if (strcmp(drawn[i], key) == 0)
            return USE_DRAWN;
    }
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (strcmp(lists[i], key) == 0)
            return USE_LIST;
    }
    return USE_OTHER;
}

static void mark(struct pdf *pdf, int revision, struct awaited *a, const struct pdf_value *v,
                 enum use use, int depth)
{
    const struct pdf_value *dict = pdf_dict_of(v);
    uint32_t num = pdf_ref_of(v).num;

    if (depth > DEPTH_MAX)
        return; /* the reader refuses deeper values */
    if (num != 0 && pdf_place_of(pdf, num, revision).kind == PDF_PLACE_FREE)
        set(a, a->bits, num);
    if (num != 0 && use == USE_DRAWN)
        set(a, a->drawn, num);
    if (num != 0 && num < a->limit) {
        if (a->by[num] != 0 && a->by[num] != a->referrer)
            set(a, a->shared, num);
        a->by[num] = a->referrer;
    }
    if (num != 0 && use != USE_LIST)
        set(a, a->placed, num);
    for (size_t i = 0; dict != NULL && i < pdf_count(dict); i++) {
        const struct pdf_entry *entry = pdf_entry_at(dict, i);
        enum use own = use == USE_DRAWN ? USE_DRAWN : use_of(entry->key);
        mark(pdf, revision, a, &entry->value, own, depth + 1);
        if (strcmp(entry->key, "DA") == 0 && pdf_is(&entry->value, PDF_STRING)) {
            buf_append(&a->looks, entry->value.u.string.data, entry->value.u.string.len);
            buf_char(&a->looks, '\n');
        }
    }
    for (size_t i = 0; pdf_is(v, PDF_ARRAY) && i < pdf_count(v); i++)
        mark(pdf, revision, a, pdf_at(v, i), use, depth + 1);
}

/* The bytes of an object are those of the revision that lists it: a place behind its end is filled
 * later, out of every cover. */
static bool stands_beyond(struct pdf *pdf, const struct pdf_place *place, const struct pdf_value *v)
{
    const struct pdf_revision *own = pdf_revision_at(pdf, place->revision);

    return place->kind == PDF_PLACE_FILE && own != NULL &&
           (place->offset >= own->end || (v != NULL && v->end > own->end));
}

/* Everything that looks like a reference in the text of an object that we cannot read, and other
 * readers perhaps can, by guessing: it may be shown. */
static void text_mark(struct pdf *pdf, int revision, struct awaited *a, const char *text, size_t n)
{
    uint64_t number[2] = {0, 0};
    int count = 0; /* whole numbers directly before, the one being read included */
    bool in_digits = false;

    for (size_t i = 0; i < n; i++) {
        if (text[i] >= '0' && text[i] <= '9') {
            if (!in_digits) {
                number[0] = number[1];
                number[1] = 0;
                count++;
            }
            in_digits = true;
            if (number[1] <= UINT32_MAX)
                number[1] = number[1] * 10 + (uint64_t)(text[i] - '0');
            continue;
        }
        if (text[i] == 'R' && !in_digits && count >= 2 && number[0] <= UINT32_MAX) {
            struct pdf_value ref = {.kind = PDF_REF,
                                    .u.ref = {(uint32_t)number[0], (uint32_t)number[1]}};
            mark(pdf, revision, a, &ref, USE_DRAWN, 0);
        }
        in_digits = false;
        if (text[i] != '\0' && strchr(" \t\r\n\f", text[i]) == NULL)
            count = 0;
    }
}

/* `a->guessed` bounds what is read again in all. */
static void unread_mark(struct pdf *pdf, int revision, struct awaited *a,
                        const struct pdf_place *place, uint32_t num)
{
    const struct pdf_revision *own = pdf_revision_at(pdf, place->revision);
    int64_t n = own != NULL ? own->end - place->offset : 0;
    char *text = NULL;

    if (n > TEXT_MAX)
        n = TEXT_MAX;
    if (n > 0 && a->guessed + n <= GUESSED_MAX && (text = malloc((size_t)n)) != NULL &&
        pdf_pread(pdf, text, (size_t)n, place->offset, NULL) == 0) {
        const char *end = memmem(text, (size_t)n, "endobj", 6);
        if (end != NULL)
            n = end - text;
        text_mark(pdf, revision, a, text, (size_t)n);
        a->guessed += n;
    } else if (n > 0) {
        a->beyond = num;
    }
    free(text);
}

static void object_mark(struct pdf *pdf, int revision, struct awaited *a, uint32_t num)
{
    struct pdf_place place = pdf_place_of(pdf, num, revision);
    struct pdf_value *v = NULL;
    uint32_t first;

    a->referrer = num;
    if (place.kind == PDF_PLACE_PACKED &&
        pdf_place_of(pdf, place.container, revision).kind == PDF_PLACE_FREE)
        set(a, a->bits, place.container);
    if (place.kind != PDF_PLACE_FREE) {
        if (pdf_load(pdf, (struct pdf_ref){num, place.gen}, revision, &v, NULL) == 0)
            mark(pdf, revision, a, v, USE_OTHER, 0);
        else if (place.kind == PDF_PLACE_FILE)
            unread_mark(pdf, revision, a, &place, num);
        else if (pdf_packed_number(pdf, place.container, revision, 0, &first) != 0)
            a->beyond = num; /* an object stream that others may be able to unpack */
    }
    if (stands_beyond(pdf, &place, v))
        a->beyond = num;
    pdf_value_free(v);
}

/* What readers follow in the trailer. */
static void trailer_mark(struct pdf *pdf, int revision, struct awaited *a)
{
    static const char *const keys[] = {"Root", "Info", "Encrypt", "ID"};

    a->referrer = UINT32_MAX;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const struct pdf_value *v = pdf_key(pdf_trailer(pdf, revision), keys[i]);
        if (v != NULL)
            mark(pdf, revision, a, v, use_of(keys[i]), 0);
    }
}

int awaited_scan(struct pdf *pdf, int revision, struct awaited *out, struct err *e)
{
    uint32_t limit = pdf_object_limit(pdf, revision);

    *out = (struct awaited){.limit = pdf_object_limit(pdf, PDF_LATEST)};
    if (out->limit < limit)
        out->limit = limit;
    out->bits = calloc(1, (size_t)out->limit / 8 + 1);
    buf_init(&out->looks, LOOKS_MAX);
    out->drawn = calloc(1, (size_t)out->limit / 8 + 1);
    out->placed = calloc(1, (size_t)out->limit / 8 + 1);
    out->by = calloc((size_t)out->limit + 1, sizeof *out->by);
    out->shared = calloc(1, (size_t)out->limit / 8 + 1);
    if (out->bits == NULL || out->drawn == NULL || out->placed == NULL || out->by == NULL ||
        out->shared == NULL)
        return err_set_memory(e);
    trailer_mark(pdf, revision, out);
    for (uint32_t n = 1; n < limit; n++)
        object_mark(pdf, revision, out, n);
    return 0;
}

void awaited_add(struct pdf *pdf, int revision, struct awaited *a)
{
    struct pdf_change change;

    for (size_t i = 0; i < pdf_change_count(pdf, revision); i++) {
        if (pdf_change_at(pdf, revision, i, &change) == 0)
            object_mark(pdf, revision, a, change.num);
    }
}
