/* Whether an appearance can hide nothing: light areas and lines that are multiplied with what lies
 * below, as a text marker does it (ISO 32000-2 11.3.5). Whatever is not known to be that hides. */
#include <string.h>

#include "base/err.h"
#include "pdf/text/text.h"
#include "verify/diff.h"

enum { FORM_DEPTH = 2, STATES = 16, INK_BYTES_MAX = 1 << 18, OPERANDS = 4, STREAM_WORK = 1000 };

/* Pale enough that what is drawn with it is not read as text; and what must be left of the light
 * where all of it lies one over the other. */
static const double pale = 0.7, dusk = 0.4;

struct pen {
    bool multiply;
    double fill, stroke; /* how light the colour is; black at first */
};
struct ink {
    struct diff *d;
    int revision;
    struct pen now, saved[STATES];
    double left; /* of the light, where every area and line so far overlaps */
    int depth;
    double numbers[OPERANDS];
    size_t nnumbers;
};

/* A part of a colour as readers take it (8.6.3): between 0 and 1. */
double diff_unit(double v)
{
    return v > 0 ? v < 1 ? v : 1 : 0;
}

double diff_colour_light(const double *part, size_t n)
{
    double rgb[3] = {0, 0, 0};

    if (n != 1 && n != 3 && n != 4)
        return 0;
    for (size_t i = 0; i < 3; i++)
        rgb[i] = n == 4 ? (1 - diff_unit(part[i])) * (1 - diff_unit(part[3]))
                        : diff_unit(part[n == 1 ? 0 : i]);
    return 0.30 * rgb[0] + 0.59 * rgb[1] + 0.11 * rgb[2];
}

static bool among(const char *const *names, const struct buf *op)
{
    return diff_listed(names, buf_str(op));
}

/* A graphics state that sets nothing but how colours are mixed. */
static bool state_set(struct ink *k, const struct pdf_value *resources, const char *name)
{
    static const char *const keys[] = {"Type", "BM", "CA", "ca", "AIS", "SA", NULL};
    struct err e = ERR_INIT;
    const struct pdf_value *states = pdf_get(k->d->pdf, resources, "ExtGState", k->revision, &e);
    const struct pdf_value *gs = pdf_get(k->d->pdf, states, name, k->revision, &e);
    const struct pdf_value *mode = pdf_get(k->d->pdf, gs, "BM", k->revision, &e);

    if (!pdf_is(gs, PDF_DICT) || gs->doubled)
        return false;
    for (size_t i = 0; i < pdf_count(gs); i++) {
        if (!diff_listed(keys, pdf_entry_at(gs, i)->key))
            return false;
    }
    if (mode != NULL)
        k->now.multiply = pdf_is_name(mode, "Multiply");
    return true;
}

static bool stream_light(struct ink *k, const struct pdf_value *form, int depth);

static bool object_draw(struct ink *k, const struct pdf_value *resources, const char *name,
                        int depth)
{
    struct err e = ERR_INIT;
    const struct pdf_value *all = pdf_get(k->d->pdf, resources, "XObject", k->revision, &e);
    const struct pdf_value *form = pdf_get(k->d->pdf, all, name, k->revision, &e);
    struct pen before = k->now;
    int floor = k->depth;

    /* what a group mixes inside is laid on the page in the mode in which the group is drawn */
    if (pdf_key(form, "Group") != NULL && !before.multiply)
        return false;
    bool light = stream_light(k, form, depth + 1);
    k->now = before;
    k->depth = floor;
    return light;
}

static bool colour_set(struct ink *k, double *light, size_t n)
{
    *light = k->nnumbers == n ? diff_colour_light(k->numbers, n) : 0;
    return true;
}

/* A colour laid over what is there: fifty pale layers are black. */
static bool lay(struct ink *k, double light)
{
    k->left *= light;
    return k->now.multiply && light >= pale && k->left >= dusk;
}

static bool operate(struct ink *k, const struct buf *op, const char *name,
                    const struct pdf_value *resources, int depth)
{
    static const char *const harmless[] = {"cm", "w", "J", "j", "M", "d", "i",  "ri", "m", "l",
                                           "c",  "v", "y", "h", "n", "W", "W*", "re", NULL};
    static const char *const fills[] = {"f", "F", "f*", NULL};
    static const char *const strokes[] = {"S", "s", NULL};
    static const char *const both[] = {"B", "B*", "b", "b*", NULL};
    const char *o = buf_str(op);

    if (strcmp(o, "q") == 0 && k->depth < STATES) {
        k->saved[k->depth++] = k->now;
        return true;
    }
    if (strcmp(o, "Q") == 0 && k->depth > 0) {
        k->now = k->saved[--k->depth];
        return true;
    }
    if (strcmp(o, "g") == 0 || strcmp(o, "rg") == 0 || strcmp(o, "k") == 0)
        return colour_set(k, &k->now.fill, *o == 'g' ? 1 : *o == 'r' ? 3 : 4);
    if (strcmp(o, "G") == 0 || strcmp(o, "RG") == 0 || strcmp(o, "K") == 0)
        return colour_set(k, &k->now.stroke, *o == 'G' ? 1 : *o == 'R' ? 3 : 4);
    if (strcmp(o, "gs") == 0)
        return state_set(k, resources, name);
    if (strcmp(o, "Do") == 0)
        return object_draw(k, resources, name, depth);
    if (among(fills, op))
        return lay(k, k->now.fill);
    if (among(strokes, op))
        return lay(k, k->now.stroke);
    return among(both, op) ? lay(k, k->now.fill) && lay(k, k->now.stroke) : among(harmless, op);
}

static bool content_light(struct ink *k, const struct buf *data, const struct pdf_value *resources,
                          int depth)
{
    struct text_lexer l = {data->data, data->data + data->len};
    struct text_token t = {.kind = TEXT_END};
    struct buf name = BUF_INIT(4096);
    bool light = true;

    buf_init(&t.bytes, INK_BYTES_MAX);
    for (text_next(&l, &t); light && t.kind != TEXT_END; text_next(&l, &t)) {
        if (t.kind == TEXT_NAME) {
            buf_clear(&name);
            buf_append(&name, t.bytes.data, t.bytes.len);
        } else if (t.kind == TEXT_NUMBER) {
            if (k->nnumbers < OPERANDS)
                k->numbers[k->nnumbers] = t.number;
            k->nnumbers++;
        } else if (t.kind == TEXT_OPERATOR) {
            light = strlen(buf_str(&t.bytes)) == t.bytes.len &&
                    operate(k, &t.bytes, buf_str(&name), resources, depth);
            k->nnumbers = 0;
        } else if (t.kind == TEXT_STRING) {
            light = false;
        }
    }
    buf_free(&t.bytes);
    buf_free(&name);
    return light;
}

/* A group of its own would mix its colours with nothing, at the outermost level. */
static bool stream_light(struct ink *k, const struct pdf_value *form, int depth)
{
    struct err e = ERR_INIT;
    const struct pdf_value *resources = pdf_get(k->d->pdf, form, "Resources", k->revision, &e);
    struct buf data = BUF_INIT(INK_BYTES_MAX);
    bool light = false;

    if (depth <= FORM_DEPTH && pdf_is(form, PDF_STREAM) && !pdf_dict_of(form)->doubled &&
        pdf_is_name(pdf_key(form, "Subtype"), "Form") && pdf_key(form, "OC") == NULL &&
        (depth > 0 || pdf_key(form, "Group") == NULL) &&
        diff_spend(k->d, STREAM_WORK +
                             pdf_int(pdf_get(k->d->pdf, form, "Length", k->revision, &e), 0) / 8) &&
        pdf_stream_data(k->d->pdf, form, k->revision, PDF_DECODE_ALL, data.max, &data, &e) == 0 &&
        diff_spend(k->d, (int64_t)data.len))
        light = data.len == 0 || content_light(k, &data, resources, depth);
    buf_free(&data);
    return light;
}

double diff_ink_light(struct diff *d, const struct pdf_value *form, int revision)
{
    struct ink k = {.d = d, .revision = revision, .left = 1};

    return stream_light(&k, form, 0) ? k.left : 0;
}
