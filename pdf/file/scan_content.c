/* What a page draws, looked at for the warning before a signature: colours, painted places, clips,
 * and where text stands by the widths of simple fonts.
 *
 * The walk of pdf/text/walk.c reads the same operators for another question, with a lexer of its
 * own that never fails, no colours and paths, other ceilings (an error there, a finding here). They
 * stay two: this room stands below that one, and what would be shared is the loop and the text
 * state, a third of each. Since both are asked whether a later signature covers text
 * (verify/covers.c), and one of them is enough for a doubt, what one misreads does not hide it from
 * the other. */
#include <stdlib.h>
#include <string.h>

#include "pdf/file/scan_page.h"

static int run(struct canvas *c, const struct buf *content, int depth, struct err *e);

static double number(const struct canvas *c, size_t i)
{
    return i < c->noperands ? pdf_number(&c->operands[i], 0) : 0;
}

static const char *last_name(const struct canvas *c)
{
    return c->noperands > 0 ? pdf_name(&c->operands[c->noperands - 1]) : NULL;
}

static struct matrix six(const struct canvas *c)
{
    return (struct matrix){number(c, 0), number(c, 1), number(c, 2),
                           number(c, 3), number(c, 4), number(c, 5)};
}

static const struct pdf_value *resource(struct canvas *c, const char *kind, const char *name)
{
    const struct pdf_value *dict = name != NULL ? scan_get(c->scan, c->resources, kind) : NULL;

    c->operators +=
        (int64_t)pdf_count(dict) / 64; /* a look-up in a large dictionary is no cheap operator */
    return dict != NULL ? scan_get(c->scan, dict, name) : NULL;
}

/* ---- colour ---- */
static int components(struct canvas *c, const char *name)
{
    static const struct {
        const char *name;
        int n;
    } known[] = {{"DeviceGray", 1}, {"CalGray", 1}, {"G", 1},          {"DeviceRGB", 3},
                 {"CalRGB", 3},     {"RGB", 3},     {"DeviceCMYK", 4}, {"CMYK", 4}};
    const struct pdf_value *space;

    for (size_t i = 0; name != NULL && i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(name, known[i].name) == 0)
            return known[i].n;
    }
    space = resource(c, "ColorSpace", name);
    if (pdf_is(space, PDF_ARRAY)) {
        const char *kind = pdf_name(pdf_get_at(c->scan->pdf, space, 0, PDF_LATEST, NULL));
        if (kind != NULL && strcmp(kind, "ICCBased") == 0)
            return (int)pdf_int(
                scan_get(c->scan, pdf_get_at(c->scan->pdf, space, 1, PDF_LATEST, NULL), "N"), 0);
        if (kind != NULL && strcmp(kind, "CalRGB") == 0)
            return 3;
        if (kind != NULL && strcmp(kind, "CalGray") == 0)
            return 1;
    }
    return 0;
}

static void set_colour(struct canvas *c, int space)
{
    bool light = space == 1 || space == 3, white = light || space == 4;

    c->now.space = space;
    for (int i = 0; i < space && white; i++)
        white = light ? number(c, (size_t)i) >= 0.98 : number(c, (size_t)i) <= 0.02;
    c->now.white = white && c->noperands >= (size_t)space;
}

/* ---- graphics state ---- */
static void save(struct canvas *c)
{
    if (c->depth < STATES)
        c->saved[c->depth++] = c->now;
    else
        c->too_deep++;
}

static void restore(struct canvas *c)
{
    if (c->too_deep > 0)
        c->too_deep--;
    else if (c->depth > 0)
        c->now = c->saved[--c->depth];
}

static void set_extended(struct canvas *c)
{
    const struct pdf_value *gs = resource(c, "ExtGState", last_name(c));
    const struct pdf_value *alpha = scan_get(c->scan, gs, "ca"),
                           *blend = scan_get(c->scan, gs, "BM");
    const struct pdf_value *mask = scan_get(c->scan, gs, "SMask");

    if (alpha != NULL) {
        c->now.clear = pdf_number(alpha, 1) <= 0.02;
        c->now.blended = pdf_number(alpha, 1) < 0.98;
    }
    if (blend != NULL && !pdf_is_name(blend, "Normal") && !pdf_is_name(blend, "Compatible"))
        c->now.blended = true;
    if (pdf_is(mask, PDF_DICT))
        c->now.blended = true;
}

static void set_font(struct canvas *c)
{
    const char *name = c->noperands > 0 ? pdf_name(&c->operands[0]) : NULL;
    const struct pdf_value *font = resource(c, "Font", name);
    const struct pdf_value *type = scan_get(c->scan, font, "Subtype");

    c->now.size = number(c, 1);
    c->now.type3 = pdf_is_name(type, "Type3");
    c->now.wide = pdf_is_name(type, "Type0");
    c->now.widths = c->now.type3 || c->now.wide ? NULL : scan_get(c->scan, font, "Widths");
    c->now.first = pdf_int(scan_get(c->scan, font, "FirstChar"), 0);
}

static void next_line(struct canvas *c, double x, double y)
{
    struct matrix move = {1, 0, 0, 1, x, y};

    c->line = scan_times(move, c->line);
    c->text = c->line;
    c->sure = true;
}

/* ---- forms and pictures ---- */
static int run_form(struct canvas *c, const struct pdf_value *form, int depth, struct err *e)
{
    struct buf content = BUF_INIT(SCAN_PAGE_BYTES);
    const struct pdf_value *outer = c->resources, *own = scan_get(c->scan, form, "Resources");
    const struct pdf_value *m = scan_get(c->scan, form, "Matrix");
    int floor = c->depth, rc = 0;
    struct matrix text = c->text, line = c->line;

    if (depth >= SCAN_FORMS || c->bytes > SCAN_PAGE_BYTES) {
        scan_found(c->scan, "not-looked-at", c->number);
        return 0;
    }
    if (pdf_stream_data(c->scan->pdf, form, PDF_LATEST, PDF_DECODE_ALL, SCAN_PAGE_BYTES, &content,
                        NULL) != 0) {
        scan_found(c->scan, "not-looked-at", c->number);
        buf_free(&content);
        return 0;
    }
    c->bytes += (int64_t)content.len;
    c->operators += 100; /* reading it costs more than an operator */
    save(c);
    if (pdf_count(m) == 6) {
        struct matrix own_matrix = {pdf_number(pdf_at(m, 0), 1), pdf_number(pdf_at(m, 1), 0),
                                    pdf_number(pdf_at(m, 2), 0), pdf_number(pdf_at(m, 3), 1),
                                    pdf_number(pdf_at(m, 4), 0), pdf_number(pdf_at(m, 5), 0)};
        c->now.ctm = scan_times(own_matrix, c->now.ctm);
    }
    if (own != NULL)
        c->resources = own;
    rc = run(c, &content, depth + 1, e);
    c->resources = outer;
    while (c->depth > floor + 1)
        restore(c);
    restore(c);
    c->text = text;
    c->line = line;
    buf_free(&content);
    return rc;
}

static int do_object(struct canvas *c, int depth, struct err *e)
{
    const struct pdf_value *object = resource(c, "XObject", last_name(c));

    if (!pdf_is(object, PDF_STREAM))
        return 0;
    if (pdf_is_name(scan_get(c->scan, object, "Subtype"), "Form"))
        return run_form(c, object, depth, e);
    if (pdf_is_name(scan_get(c->scan, object, "Subtype"), "Image"))
        scan_picture(c, pdf_key(object, "SMask") == NULL && pdf_key(object, "Mask") == NULL &&
                            !pdf_bool(scan_get(c->scan, object, "ImageMask"), false));
    return 0;
}

/* ---- operators ---- */
static bool do_state(struct canvas *c, const char *op)
{
    if (strcmp(op, "q") == 0)
        save(c);
    else if (strcmp(op, "Q") == 0)
        restore(c);
    else if (strcmp(op, "cm") == 0)
        c->now.ctm = scan_times(six(c), c->now.ctm);
    else if (strcmp(op, "gs") == 0)
        set_extended(c);
    else if (strcmp(op, "g") == 0)
        set_colour(c, 1);
    else if (strcmp(op, "rg") == 0)
        set_colour(c, 3);
    else if (strcmp(op, "k") == 0)
        set_colour(c, 4);
    else if (strcmp(op, "cs") == 0) { /* every space begins black, or with an unknown colour */
        c->now.space = components(c, last_name(c));
        c->now.white = false;
    } else if (strcmp(op, "sc") == 0 || strcmp(op, "scn") == 0)
        set_colour(c, c->now.space);
    else
        return false;
    return true;
}

static bool do_path(struct canvas *c, const char *op)
{
    static const char *const fills[] = {"f", "F", "f*", "B", "B*", "b", "b*"};
    static const char *const ends[] = {"n", "S", "s"};

    if (strcmp(op, "re") == 0) {
        scan_rect(c, number(c, 0), number(c, 1), number(c, 2), number(c, 3));
        return true;
    }
    if (strcmp(op, "W") == 0 || strcmp(op, "W*") == 0) {
        c->clipping = true;
        return true;
    }
    if (strcmp(op, "m") == 0 || strcmp(op, "l") == 0 || strcmp(op, "c") == 0 ||
        strcmp(op, "v") == 0 || strcmp(op, "y") == 0) {
        for (size_t i = 0; i + 1 < c->noperands && i < 6; i += 2)
            scan_path_add(c, number(c, i), number(c, i + 1));
        return true;
    }
    for (size_t i = 0; i < sizeof fills / sizeof fills[0]; i++) {
        if (strcmp(op, fills[i]) == 0) {
            scan_path_end(c, true);
            return true;
        }
    }
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        if (strcmp(op, ends[i]) == 0) {
            scan_path_end(c, false);
            return true;
        }
    }
    return false;
}

static bool do_text_state(struct canvas *c, const char *op)
{
    static const struct matrix same = {1, 0, 0, 1, 0, 0};

    if (strcmp(op, "BT") == 0) {
        c->text = c->line = same;
        c->sure = true;
    } else if (strcmp(op, "Tf") == 0)
        set_font(c);
    else if (strcmp(op, "TL") == 0)
        c->now.leading = number(c, 0);
    else if (strcmp(op, "Tr") == 0)
        c->now.render = (int)number(c, 0);
    else if (strcmp(op, "Ts") == 0)
        c->now.rise = number(c, 0);
    else if (strcmp(op, "Tc") == 0)
        c->now.spacing = number(c, 0);
    else if (strcmp(op, "Tw") == 0)
        c->now.word_spacing = number(c, 0);
    else if (strcmp(op, "Tz") == 0)
        c->now.scale = number(c, 0) / 100;
    else if (strcmp(op, "Tm") == 0) {
        c->text = c->line = six(c);
        c->sure = true;
    } else if (strcmp(op, "Td") == 0)
        next_line(c, number(c, 0), number(c, 1));
    else if (strcmp(op, "TD") == 0) {
        c->now.leading = -number(c, 1);
        next_line(c, number(c, 0), number(c, 1));
    } else if (strcmp(op, "T*") == 0)
        next_line(c, 0, -c->now.leading);
    else
        return false;
    return true;
}

static bool do_text(struct canvas *c, const char *op)
{
    const struct pdf_value *last = c->noperands > 0 ? &c->operands[c->noperands - 1] : NULL;

    if (strcmp(op, "\"") == 0 && c->noperands == 3) {
        c->now.word_spacing = number(c, 0);
        c->now.spacing = number(c, 1);
    }
    if (strcmp(op, "'") == 0 || strcmp(op, "\"") == 0)
        next_line(c, 0, -c->now.leading);
    else if (strcmp(op, "Tj") != 0 && strcmp(op, "TJ") != 0)
        return false;
    if (pdf_is(last, PDF_STRING))
        scan_text(c, last);
    for (size_t i = 0; pdf_is(last, PDF_ARRAY) && i < pdf_count(last); i++) {
        if (pdf_is(pdf_at(last, i), PDF_STRING))
            scan_text(c, pdf_at(last, i));
        else
            scan_text_back(c, pdf_number(pdf_at(last, i), 0));
    }
    return true;
}

/* BI ... ID data EI: the data ends at an EI between white space. */
static void skip_inline(struct canvas *c, struct pdf_src *src)
{
    struct pdf_token t;

    token_init(&t);
    do {
        lex_next(src, &t);
    } while (t.kind != TOKEN_END && t.kind != TOKEN_BAD && !token_is(&t, "ID"));
    token_free(&t);
    for (int before = ' '; src->pos + 1 < src->end; src->pos++) {
        const unsigned char *p = src->mem + src->pos;
        if (p[0] == 'E' && p[1] == 'I' && lex_is_space(before) &&
            (src->pos + 2 >= src->end || lex_is_space(p[2]))) {
            src->pos += 2;
            break;
        }
        before = p[0];
    }
    scan_picture(c, true);
}

static int operate(struct canvas *c, struct pdf_src *src, const char *op, int depth, struct err *e)
{
    if (strcmp(op, "Do") == 0)
        return do_object(c, depth, e);
    if (strcmp(op, "BI") == 0)
        skip_inline(c, src);
    else if (strcmp(op, "sh") == 0)
        scan_all(c);
    else if (!do_state(c, op) && !do_path(c, op) && !do_text_state(c, op))
        do_text(c, op);
    return 0;
}

static void drop_operands(struct canvas *c)
{
    for (size_t i = 0; i < c->noperands; i++)
        pdf_value_clear(&c->operands[i]);
    c->noperands = 0;
}

/* Operands up to an operator, again and again. What is no PDF ends the page: other readers stop
 * there too. */
static int run(struct canvas *c, const struct buf *content, int depth, struct err *e)
{
    struct pdf_src src;
    struct parse p = {.src = &src, .num = 1};
    int rc = 0;

    token_init(&p.t);
    src_memory(&src, content->data, content->len);
    drop_operands(c);
    while (rc == 0) {
        struct pdf_value v;
        int got = parse_operand(&p, &v);
        if (got < 0 || (got == 0 && p.t.kind == TOKEN_END))
            break;
        if (got == 0) {
            char op[sizeof p.t.word];
            memcpy(op, p.t.word, sizeof op);
            if (++c->operators > SCAN_OPERATORS) {
                scan_found(c->scan, "not-looked-at", c->number);
                break;
            }
            rc = operate(c, &src, op, depth, e);
            drop_operands(c);
        } else if (c->noperands < OPERANDS) {
            c->operands[c->noperands++] = v;
        } else {
            pdf_value_clear(&v);
        }
    }
    drop_operands(c);
    token_free(&p.t);
    return rc;
}

/* The streams of /Contents, one after the other. -1: not to be looked into. */
static int gather(struct scan *s, const struct pdf_value *page, struct buf *out)
{
    const struct pdf_value *contents = scan_get(s, page, "Contents");
    size_t n = pdf_is(contents, PDF_ARRAY) ? pdf_count(contents) : 1;

    for (size_t i = 0; i < n; i++) {
        const struct pdf_value *one = pdf_is(contents, PDF_ARRAY)
                                          ? pdf_get_at(s->pdf, contents, i, PDF_LATEST, NULL)
                                          : contents;
        if (!pdf_is(one, PDF_STREAM))
            continue;
        if (pdf_stream_data(s->pdf, one, PDF_LATEST, PDF_DECODE_ALL, SCAN_PAGE_BYTES, out, NULL) !=
            0)
            return -1;
        buf_char(out, '\n');
    }
    return out->failed ? -1 : 0;
}

int scan_content(struct scan *s, const struct pdf_value *page, const struct pdf_value *resources,
                 const struct box *visible, const struct box *fields, size_t nfields,
                 int64_t number_of, struct err *e)
{
    struct buf content = BUF_INIT(SCAN_PAGE_BYTES);
    struct canvas *c = NULL;
    int rc = 0;

    bool enough = s->bytes > SCAN_ALL_BYTES || s->operators > SCAN_ALL_OPERATORS;
    if (enough || gather(s, page, &content) != 0) {
        scan_found(s, "not-looked-at", enough ? 0 : number_of);
        goto out;
    }
    c = calloc(1, sizeof *c);
    if (c == NULL) {
        rc = err_set_memory(e);
        goto out;
    }
    c->scan = s;
    c->number = number_of;
    c->visible = visible;
    c->fields = fields;
    c->nfields = nfields;
    c->resources = resources;
    c->bytes = (int64_t)content.len;
    c->now = (struct state){
        .ctm = {1, 0, 0, 1, 0, 0}, .clip = {-1e9, -1e9, 1e9, 1e9}, .scale = 1, .space = 1};
    rc = run(c, &content, 0, e);
    s->bytes += c->bytes;
    s->operators += c->operators;
out:
    free(c);
    buf_free(&content);
    return rc;
}
