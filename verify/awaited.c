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

enum awaited_role {
    ROLE_AWAITED = 1 << 0, /* referred to and not defined */
    ROLE_DRAWN = 1 << 1,   /* as resources or content: what pages are drawn with */
    ROLE_PLACED = 1 << 2,  /* in a place that is no list of fields, annotations or DSS */
    ROLE_SHARED = 1 << 3,  /* by more than one object */
    ROLE_LOOK = 1 << 4,    /* as an appearance, or a dictionary of them */
    ROLE_OTHER = 1 << 5,   /* as anything else */
    ROLE_SHOWN = 1 << 6,   /* as a list of what a page or the form has */
    ROLE_STORED = 1 << 7,  /* as a list of the store */
    ROLE_TREE = 1 << 8,    /* as a list of the structure tree */
    ROLE_ENTRIES = 1 << 9  /* drawn with all that hangs from it */
};

void awaited_free(struct awaited *a)
{
    free(a->roles);
    free(a->by);
    free(a->open);
    buf_free(&a->looks);
    *a = (struct awaited){0};
}

static bool has(const struct awaited *a, uint32_t num, unsigned roles)
{
    return a != NULL && num < a->limit && (a->roles[num] & roles) == roles;
}

bool awaited_has(const struct awaited *a, uint32_t num)
{
    return has(a, num, ROLE_AWAITED);
}

bool awaited_drawn(const struct awaited *a, uint32_t num)
{
    return has(a, num, ROLE_DRAWN);
}

bool awaited_placed(const struct awaited *a, uint32_t num)
{
    /* a list that is one of two kinds is looked at as one of them only */
    return has(a, num, ROLE_PLACED) || has(a, num, ROLE_SHOWN | ROLE_STORED) ||
           has(a, num, ROLE_SHOWN | ROLE_TREE) || has(a, num, ROLE_STORED | ROLE_TREE);
}

bool awaited_shared(const struct awaited *a, uint32_t num)
{
    return a == NULL || has(a, num, ROLE_SHARED);
}

bool awaited_two_looks(const struct awaited *a, uint32_t num)
{
    return has(a, num, ROLE_LOOK | ROLE_OTHER);
}

static void set(const struct awaited *a, uint32_t num, unsigned roles)
{
    if (num < a->limit)
        a->roles[num] |= (uint16_t)roles;
}

enum use { USE_OTHER, USE_DRAWN, USE_NAMED, USE_LOOK, USE_SHOWN, USE_STORED, USE_TREE };

static enum use use_of(const char *key)
{
    static const struct {
        const char *key;
        enum use use;
    } known[] = {
        {"Resources", USE_DRAWN}, {"Font", USE_DRAWN},       {"XObject", USE_DRAWN},
        {"ExtGState", USE_DRAWN}, {"ColorSpace", USE_DRAWN}, {"Pattern", USE_DRAWN},
        {"Shading", USE_DRAWN},   {"Properties", USE_DRAWN}, {"CharProcs", USE_DRAWN},
        {"Contents", USE_DRAWN},  {"Group", USE_DRAWN},      {"Encrypt", USE_NAMED},
        {"Dests", USE_NAMED},     {"RoleMap", USE_NAMED},    {"ClassMap", USE_NAMED},
        {"AP", USE_LOOK},         {"N", USE_LOOK},           {"R", USE_LOOK},
        {"D", USE_LOOK},          {"Annots", USE_SHOWN},     {"Fields", USE_SHOWN},
        {"Kids", USE_SHOWN},      {"CO", USE_SHOWN},         {"Certs", USE_STORED},
        {"CRLs", USE_STORED},     {"OCSPs", USE_STORED},     {"Cert", USE_STORED},
        {"CRL", USE_STORED},      {"OCSP", USE_STORED},      {"K", USE_TREE},
        {"Nums", USE_TREE},
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].key, key) == 0)
            return known[i].use;
    }
    return USE_OTHER;
}

static void mark_ref(struct pdf *pdf, int revision, struct awaited *a, uint32_t num, enum use use)
{
    static const unsigned roles[] = {
        [USE_OTHER] = ROLE_PLACED,
        [USE_DRAWN] = ROLE_PLACED | ROLE_DRAWN,
        [USE_NAMED] = ROLE_PLACED | ROLE_DRAWN,
        [USE_LOOK] = ROLE_PLACED | ROLE_LOOK,
        [USE_SHOWN] = ROLE_SHOWN,
        [USE_STORED] = ROLE_STORED,
        [USE_TREE] = ROLE_TREE,
    };

    if (pdf_place_of(pdf, num, revision).kind == PDF_PLACE_FREE)
        set(a, num, ROLE_AWAITED);
    if (num >= a->limit)
        return;
    if (a->by[num] != 0 && a->by[num] != a->referrer)
        set(a, num, ROLE_SHARED);
    a->by[num] = a->referrer;
    if (use == USE_DRAWN && !has(a, num, ROLE_ENTRIES)) {
        set(a, num, ROLE_ENTRIES);
        a->open[a->nopen++] = num;
    }
    set(a, num, roles[use] | (use != USE_LOOK ? ROLE_OTHER : 0));
}

/* [page /XYZ ...]: places may have the name of something that is drawn (12.3.2.2), and only their
 * page is not drawn with: readers that expect contents pass over the name in such a list. */
static bool leads_to_page(struct pdf *pdf, int revision, const struct pdf_value *v)
{
    static const char *const fits[] = {"XYZ",  "Fit",   "FitH",  "FitV", "FitR",
                                       "FitB", "FitBH", "FitBV", NULL};
    const char *name = pdf_name(pdf_at(v, 1));

    return pdf_is(v, PDF_ARRAY) && name != NULL && diff_listed(fits, name) &&
           pdf_is(pdf_resolve(pdf, pdf_at(v, 0), revision, NULL), PDF_DICT);
}

static void mark(struct pdf *pdf, int revision, struct awaited *a, const struct pdf_value *v,
                 enum use use, int depth)
{
    const struct pdf_value *dict = pdf_dict_of(v);
    uint32_t num = pdf_ref_of(v).num;

    if (depth > DEPTH_MAX)
        return; /* the reader refuses deeper values */
    if (num != 0)
        mark_ref(pdf, revision, a, num, use);
    for (size_t i = 0; dict != NULL && i < pdf_count(dict); i++) {
        const struct pdf_entry *entry = pdf_entry_at(dict, i);
        enum use own = use == USE_DRAWN   ? USE_DRAWN
                       : use == USE_NAMED ? USE_OTHER
                                          : use_of(entry->key);
        mark(pdf, revision, a, &entry->value, own, depth + 1);
        if (strcmp(entry->key, "DA") == 0 && pdf_is(&entry->value, PDF_STRING)) {
            buf_append(&a->looks, entry->value.u.string.data, entry->value.u.string.len);
            buf_char(&a->looks, '\n');
        }
    }
    use = use == USE_LOOK ? USE_OTHER : use;
    bool page = use != USE_OTHER && leads_to_page(pdf, revision, v);
    for (size_t i = 0; pdf_is(v, PDF_ARRAY) && i < pdf_count(v); i++)
        mark(pdf, revision, a, pdf_at(v, i), page && i == 0 ? USE_OTHER : use, depth + 1);
}

/* What a page is drawn with may be a dictionary that is an object of its own: its entries are
 * drawn, whatever their names. Those of a stream are known; pages are not drawn with. */
static enum use use_inside(const struct awaited *a, uint32_t num, const struct pdf_value *v)
{
    bool page = pdf_is_name(pdf_key(v, "Type"), "Page") || pdf_is_name(pdf_key(v, "Type"), "Pages");

    return has(a, num, ROLE_ENTRIES) && !pdf_is(v, PDF_STREAM) && !page ? USE_DRAWN : USE_OTHER;
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
        set(a, place.container, ROLE_AWAITED);
    if (place.kind != PDF_PLACE_FREE) {
        if (pdf_load(pdf, (struct pdf_ref){num, place.gen}, revision, &v, NULL) == 0)
            mark(pdf, revision, a, v, use_inside(a, num, v), 0);
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

static void entries_mark(struct pdf *pdf, int revision, struct awaited *a)
{
    while (a->nopen > 0) {
        uint32_t num = a->open[--a->nopen];
        struct pdf_ref ref = {num, pdf_place_of(pdf, num, revision).gen};
        struct pdf_value *v = NULL;
        a->referrer = num;
        if (pdf_load(pdf, ref, revision, &v, NULL) == 0 && use_inside(a, num, v) == USE_DRAWN)
            mark(pdf, revision, a, v, USE_DRAWN, 0);
        pdf_value_free(v);
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
    buf_init(&out->looks, LOOKS_MAX);
    out->roles = calloc((size_t)out->limit + 1, sizeof *out->roles);
    out->by = calloc((size_t)out->limit + 1, sizeof *out->by);
    out->open = calloc((size_t)out->limit + 1, sizeof *out->open);
    if (out->roles == NULL || out->by == NULL || out->open == NULL)
        return err_set_memory(e);
    trailer_mark(pdf, revision, out);
    for (uint32_t n = 1; n < limit; n++)
        object_mark(pdf, revision, out, n);
    entries_mark(pdf, revision, out);
    return 0;
}

void awaited_add(struct pdf *pdf, int revision, struct awaited *a)
{
    struct pdf_change change;

    for (size_t i = 0; i < pdf_change_count(pdf, revision); i++) {
        if (pdf_change_at(pdf, revision, i, &change) == 0)
            object_mark(pdf, revision, a, change.num);
    }
    entries_mark(pdf, revision, a);
}
