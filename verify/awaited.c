/* Numbers that a revision refers to and does not define. A later revision that defines one changes
 * what is seen, under whatever cover it does so: a prepared reference to nowhere is how content is
 * smuggled in (shadow attacks). And what objects are referred to as: one that pages are drawn with
 * may not change, even where a field, an annotation list or a store might. */
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
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

static void guess_mark(struct pdf *pdf, int revision, struct awaited *a, const uint64_t number[2])
{
    struct pdf_value ref = {.kind = PDF_REF, .u.ref = {(uint32_t)number[0], (uint32_t)number[1]}};

    if (number[0] <= UINT32_MAX)
        mark(pdf, revision, a, &ref, USE_DRAWN, 0);
}

/* Everything that looks like a reference in the text of an object that we cannot read, and other
 * readers perhaps can, by guessing: it may be shown. A number in front of a comment may be one that
 * goes on behind it. */
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
        if (count >= 2 && (text[i] == 'R' || text[i] == '%'))
            guess_mark(pdf, revision, a, number);
        if (count >= 1 && text[i] == '%')
            guess_mark(pdf, revision, a, (uint64_t[]){number[1], 0});
        in_digits = false;
        if (text[i] != '\0' && strchr(" \t\r\n\f+-", text[i]) == NULL)
            count = 0;
    }
}

static bool is_one_of(char c, const char *those)
{
    return c == '\0' || strchr(those, c) != NULL;
}

/* Behind the string, hexadecimal string or comment that starts at text[i]; n: it does not end. */
static size_t skip_quoted(const char *text, size_t i, size_t n)
{
    int depth = 0;

    if (text[i] == '%') {
        while (i < n && text[i] != '\n' && text[i] != '\r')
            i++;
        return i;
    }
    if (text[i] == '<') {
        const char *end = memchr(text + i, '>', n - i);
        return end != NULL ? (size_t)(end - text) + 1 : n;
    }
    for (; i < n; i++) {
        if (text[i] == '\\')
            i++;
        else if (text[i] == '(')
            depth++;
        else if (text[i] == ')' && --depth == 0)
            return i + 1;
    }
    return n;
}

/* The word "endobj" that ends the object for every reader: in no string, comment or name, and no
 * list or dictionary is open in front of it, which some readers go on reading. */
static size_t text_end(const char *text, size_t n)
{
    static const char blanks[] = " \t\r\n\f", word[] = "endobj";
    enum { WORD = sizeof word - 1 };
    size_t lists = 0, dicts = 0;

    for (size_t i = 0; i < n;) {
        bool twice = i + 1 < n && text[i + 1] == text[i];
        if (text[i] == '(' || text[i] == '%' || (text[i] == '<' && !twice)) {
            i = skip_quoted(text, i, n);
            continue;
        }
        if (text[i] == '[' || text[i] == ']')
            lists = text[i] == '[' ? lists + 1 : lists - (lists > 0);
        if (twice && (text[i] == '<' || text[i] == '>')) {
            dicts = text[i] == '<' ? dicts + 1 : dicts - (dicts > 0);
            i++;
        }
        if (lists == 0 && dicts == 0 && i > 0 && n - i > WORD &&
            memcmp(text + i, word, WORD) == 0 &&
            (is_one_of(text[i - 1], blanks) || is_one_of(text[i - 1], ")>]}")) &&
            is_one_of(text[i + WORD], blanks))
            return i;
        i++;
    }
    return n;
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
        a->guessed += n;
        text_mark(pdf, revision, a, text, text_end(text, (size_t)n));
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
    /* a section that lists itself nowhere has a number as well */
    for (size_t i = 0; pdf_section_at(pdf, i) >= 0; i++) {
        bool taken;
        uint32_t num = pdf_section_number(pdf, i, revision, &taken);
        if (num >= out->limit && num < ceilings.pdf_objects)
            out->limit = num + 1;
    }
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
