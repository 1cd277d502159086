/* The default resources and the default appearance of the form (12.7.3): later signatures bring
 * their own; what was drawn before may not come to draw with them. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "verify/diff.h"

enum {
    NAMES_MAX = 64,
    LOAD_WORK = 20, /* an object that is read for a name */
    BYTES_WORK = 8  /* bytes of its data that are unpacked and looked through */
};

/* A font that every reader has, in an encoding of texts and with its own widths: it draws what
 * stood there before it came. */
static bool is_standard(struct diff *d, const struct pdf_value *font, struct err *e)
{
    static const char *const keys[] = {"Type", "Subtype", "BaseFont", "Name", "Encoding", NULL};
    static const char *const encodings[] = {"WinAnsiEncoding", "MacRomanEncoding",
                                            "StandardEncoding", "PDFDocEncoding", NULL};
    const char *base = pdf_name(pdf_get(d->pdf, font, "BaseFont", d->to, e));
    const char *encoding = pdf_name(pdf_get(d->pdf, font, "Encoding", d->to, e));

    for (size_t i = 0; i < pdf_entry_count(font); i++) {
        if (!diff_listed(keys, pdf_entry_at(font, i)->key))
            return false;
    }
    return base != NULL && (strcmp(base, "Helvetica") == 0 || strcmp(base, "Courier") == 0) &&
           pdf_is_name(pdf_get(d->pdf, font, "Subtype", d->to, e), "Type1") &&
           (pdf_key(font, "Encoding") == NULL ||
            (encoding != NULL && diff_listed(encodings, encoding)));
}

/* Whether some field already asks for a font of this name; a name written with escapes might be
 * any. */
static bool look_asks(const struct awaited *awaited, const char *name)
{
    size_t n = strlen(name);

    if (awaited == NULL)
        return false;
    if (awaited->looks.failed ||
        memchr(buf_str(&awaited->looks), '#', awaited->looks.len) != NULL ||
        strlen(buf_str(&awaited->looks)) != awaited->looks.len)
        return true;
    for (const char *at = buf_str(&awaited->looks); (at = strchr(at, '/')) != NULL;) {
        at++;
        if (strncmp(at, name, n) == 0 && strchr(" \t\r\n\f/[]()<>{}%", at[n]) != NULL)
            return true;
    }
    return false;
}

/* The content uses the name; one written with escapes might be any. */
static bool text_asks(const unsigned char *p, size_t n, const char *name)
{
    size_t want = strlen(name);

    for (size_t i = 0; i < n; i++) {
        size_t end = i + 1;
        if (p[i] != '/')
            continue;
        while (end < n && !isspace(p[end]) && p[end] != 0 && strchr("/[]()<>{}%", p[end]) == NULL)
            end++;
        if ((end - i - 1 == want && memcmp(p + i + 1, name, want) == 0) ||
            memchr(p + i, '#', end - i) != NULL)
            return true;
        i = end - 1;
    }
    return false;
}

/* Some form XObject has no such resource of its own and uses the name: readers look for it further
 * out, in the end here. */
static bool content_asks(struct diff *d, const char *kind, const char *name)
{
    bool asks = false;

    for (uint32_t n = 1; n < pdf_object_limit(d->pdf, d->from) && !asks; n++) {
        struct pdf_place place = pdf_place_of(d->pdf, n, d->from);
        struct pdf_value *v = NULL;
        struct buf data;
        if (place.kind != PDF_PLACE_FILE || !diff_spend(d, LOAD_WORK) ||
            pdf_load(d->pdf, (struct pdf_ref){n, place.gen}, d->from, &v, NULL) != 0)
            continue;
        const struct pdf_value *own = pdf_get(d->pdf, v, "Resources", d->from, NULL);
        if (pdf_is(v, PDF_STREAM) && pdf_is_name(pdf_key(v, "Subtype"), "Form") &&
            pdf_key(pdf_get(d->pdf, own, kind, d->from, NULL), name) == NULL) {
            buf_init(&data, (size_t)ceilings.pdf_object_bytes);
            asks =
                pdf_stream_data(d->pdf, v, d->from, PDF_DECODE_ALL, data.max, &data, NULL) != 0 ||
                !diff_spend(d, (int64_t)data.len / BYTES_WORK) ||
                text_asks(data.data, data.len, name);
            buf_free(&data);
        }
        pdf_value_free(v);
    }
    return asks;
}

static bool name_asked(struct diff *d, const char *kind, const char *name,
                       const struct pdf_value *is, bool added, struct err *e)
{
    bool font = strcmp(kind, "Font") == 0;

    if (font && !added)
        return true; /* it may draw fields that name none */
    if (font && is_standard(d, pdf_resolve(d->pdf, is, d->to, e), e))
        return false;
    return (font && look_asks(d->awaited, name)) || content_asks(d, kind, name);
}

/* One kind of resources: names that come, go or change must be such as nobody asks for. */
static bool kind_kept(struct diff *d, const char *kind, const struct pdf_value *a,
                      const struct pdf_value *b, size_t *names, struct err *e)
{
    static const char *const kinds[] = {"ExtGState", "ColorSpace", "Pattern",
                                        "Shading",   "XObject",    "Font",
                                        "Encoding",  "Properties", NULL};
    const struct pdf_value *sides[2] = {a, b};

    /* ProcSet is history, others are of one program only */
    if (!diff_listed(kinds, kind))
        return true;
    if ((a != NULL && !pdf_is(a, PDF_DICT)) || (b != NULL && !pdf_is(b, PDF_DICT)))
        return diff_same(d, a, b);
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < pdf_count(sides[side]); i++) {
            const char *name = pdf_entry_at(sides[side], i)->key;
            const struct pdf_value *was = pdf_key(a, name), *is = pdf_key(b, name);
            if ((side == 1 && was != NULL) || diff_same(d, was, is))
                continue;
            if (++*names > NAMES_MAX || name_asked(d, kind, name, is, was == NULL, e))
                return false;
        }
    }
    return true;
}

static int resources_diff(struct diff *d, const struct pdf_value *old, const struct pdf_value *now,
                          struct err *e)
{
    const struct pdf_value *a = pdf_get(d->pdf, old, "DR", d->from, e);
    const struct pdf_value *b = pdf_get(d->pdf, now, "DR", d->to, e);
    const struct pdf_value *sides[2] = {a, b};
    size_t before = d->step->count, names = 0;

    if (err_is_set(e))
        return -1;
    if (diff_same(d, a, b))
        return 0;
    /* where readers draw the fields anew, a font that comes later changes what they show */
    bool anew = pdf_bool(pdf_get(d->pdf, old, "NeedAppearances", d->from, e), false);
    if (anew || b == NULL || !pdf_is(b, PDF_DICT) || (a != NULL && !pdf_is(a, PDF_DICT)))
        return diff_add(d, GRADE_NEVER, "form", "DR", NULL, e);
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < pdf_count(sides[side]); i++) {
            const char *kind = pdf_entry_at(sides[side], i)->key;
            if (side == 1 && pdf_key(a, kind) != NULL)
                continue;
            bool kept = kind_kept(d, kind, pdf_get(d->pdf, a, kind, d->from, e),
                                  pdf_get(d->pdf, b, kind, d->to, e), &names, e);
            if (err_is_set(e) || diff_work(d, 0, e) != 0)
                return -1;
            if (!kept)
                return diff_add(d, GRADE_NEVER, "form", "DR", NULL, e);
        }
    }
    /* objects that were there are not explained: pages may use the same dictionary */
    if (diff_explain_new(d, pdf_key(now, "DR"), 0, e) != 0)
        return -1;
    return d->step->count == before ? diff_add(d, GRADE_SIGN, "form-resources", NULL, NULL, e) : 0;
}

/* A field that would be drawn by the default appearance: of another kind than signatures, without
 * one of its own. */
static int field_waits(void *self, const struct field *field, struct err *e)
{
    (void)self;
    (void)e;
    if (field->type != NULL && strcmp(field->type, "Sig") == 0)
        return 0;
    return pdf_key(field->dict, "DA") == NULL ? 1 : 0;
}

/* /DA may come with the first signature that a program makes, when nothing is drawn by it. */
static int appearance_diff(struct diff *d, const struct pdf_value *old, const struct pdf_value *now,
                           struct err *e)
{
    const struct pdf_value *is = pdf_get(d->pdf, now, "DA", d->to, e);

    if (err_is_set(e))
        return -1;
    if (diff_same(d, pdf_key(old, "DA"), pdf_key(now, "DA")))
        return 0;
    int waits = pdf_key(old, "DA") != NULL || !pdf_is(is, PDF_STRING) ||
                        pdf_bool(pdf_get(d->pdf, old, "NeedAppearances", d->from, e), false)
                    ? 1
                    : fields_walk(d->pdf, d->from, field_waits, NULL, e);
    if (waits < 0)
        return -1;
    return waits ? diff_add(d, GRADE_NEVER, "form", "DA", NULL, e)
                 : diff_add(d, GRADE_SIGN, "form-resources", NULL, NULL, e);
}

/* ---- default appearances that say the same ---- */
struct default_look {
    char font[64], size[64];
    char colour[64]; /* operands and operator; black when it does not say */
};

/* The operands in front of an operator; false for any other than the three that draw text so. */
static bool operator_take(struct default_look *out, char *const *operands, int n, const char *name)
{
    static const struct {
        const char *name;
        int operands;
    } colours[] = {{"g", 1}, {"rg", 3}, {"k", 4}};

    if (strcmp(name, "Tf") == 0) {
        if (n != 2 || operands[0][0] != '/' || operands[1][0] == '/' || out->font[0] != '\0')
            return false;
        snprintf(out->font, sizeof out->font, "%s", operands[0]);
        snprintf(out->size, sizeof out->size, "%s", operands[1]);
        return true;
    }
    for (size_t i = 0; i < sizeof colours / sizeof colours[0]; i++) {
        if (strcmp(name, colours[i].name) != 0 || n != colours[i].operands ||
            out->colour[0] != '\0')
            continue;
        for (int k = 0; k < n; k++) {
            size_t at = strlen(out->colour);
            if (operands[k][0] == '/')
                return false;
            snprintf(out->colour + at, sizeof out->colour - at, "%s ", operands[k]);
        }
        size_t at = strlen(out->colour);
        snprintf(out->colour + at, sizeof out->colour - at, "%s", name);
        return true;
    }
    return false;
}

/* "/Helv 10 Tf 0 g", in whatever order; false when it says anything else. */
static bool default_read(const struct pdf_value *v, struct default_look *out)
{
    enum { LONGEST = 60, OPERANDS = 4 };
    static const char plain[] = "0123456789.";
    char text[LONGEST + 1], *operands[OPERANDS], *rest = NULL;
    int n = 0;

    *out = (struct default_look){"", "", ""};
    if (!pdf_is(v, PDF_STRING) || v->u.string.len > LONGEST ||
        memchr(v->u.string.data, '\0', v->u.string.len) != NULL)
        return false;
    memcpy(text, v->u.string.data, v->u.string.len);
    text[v->u.string.len] = '\0';
    for (char *word = strtok_r(text, " \t\r\n\f", &rest); word != NULL;
         word = strtok_r(NULL, " \t\r\n\f", &rest)) {
        bool is_name = word[0] == '/' && word[1] != '\0';
        for (const char *p = word + 1; is_name && *p != '\0'; p++)
            is_name = isalnum((unsigned char)*p) || strchr("_+-.,", *p) != NULL;
        bool operand = is_name || word[strspn(word, plain)] == '\0';
        if (operand ? n == OPERANDS : !operator_take(out, operands, n, word))
            return false;
        if (operand)
            operands[n++] = word;
        else
            n = 0;
    }
    if (out->colour[0] == '\0')
        memcpy(out->colour, "0 g", sizeof "0 g");
    return n == 0 && out->font[0] != '\0';
}

bool diff_default_same(struct diff *d, const struct pdf_value *old, const struct pdf_value *now)
{
    struct default_look was, is;

    if (diff_same(d, old, now))
        return true;
    return default_read(old, &was) && default_read(now, &is) && strcmp(was.font, is.font) == 0 &&
           strcmp(was.size, is.size) == 0 && strcmp(was.colour, is.colour) == 0;
}

int diff_resources(struct diff *d, const struct pdf_value *old, const struct pdf_value *now,
                   struct err *e)
{
    return resources_diff(d, old, now, e) != 0 ? -1 : appearance_diff(d, old, now, e);
}
