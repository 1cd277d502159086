/* The title page: what was tested, by whom, when, and the result in words, sign and colour. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "grid/say.h"
#include "pdf/report/report_int.h"

enum { BAND_LEAST = 236 };

static void para_say(struct report *r, struct draw_elem *parent, const char *tag, struct para *p,
                     double x, double *y, double after)
{
    if (p->nlines > 0) {
        draw_begin(r->d, draw_elem_add(r->d, parent, tag));
        para_draw(r, p, 0, p->nlines, x, *y);
        draw_end(r->d);
        *y -= para_height(p) + after;
    }
    para_free(p);
}

void say_line(struct report *r, struct draw_elem *parent, const char *tag,
              const struct style *style, double x, double width, double *y, double after,
              char *text_take)
{
    struct para p;

    para_make(r, &p, style, width, text_take);
    para_say(r, parent, tag, &p, x, y, after);
}

/* At most so many lines in the band. */
static void band_line(struct report *r, const char *tag, const struct style *style, double width,
                      double *y, double after, char *text_take, size_t most)
{
    struct para p;

    para_make(r, &p, style, width, text_take);
    para_cut(&p, most);
    para_say(r, r->section, tag, &p, r->left, y, after);
}

/* The firm's logo on a white plate, or its name. */
static void firm_draw(struct report *r)
{
    struct style s = style_of(DRAW_BOLD, 11, white), a = style_of(DRAW_REGULAR, 8.5, white);
    double y = r->height - 46;

    if (r->look.has_logo) {
        double h = 40, w = h * r->look.logo_ratio;
        if (w > 200) {
            w = 200;
            h = w / r->look.logo_ratio;
        }
        draw_artifact(r->d, "Background");
        draw_rounded(r->d, white, r->right - w - 16, r->height - 40 - h, w + 16, h + 14, 4);
        draw_end(r->d);
        struct draw_elem *figure = draw_elem_add(r->d, r->section, "Figure");
        char *alt =
            type_say(r, "report.title.logo", r->look.firm != NULL ? r->look.firm : "", NULL);
        draw_elem_alt(r->d, figure, alt != NULL ? alt : "logo");
        free(alt);
        draw_elem_box(r->d, figure, r->right - w - 8, r->height - 33 - h, w, h);
        draw_begin(r->d, figure);
        draw_image(r->d, r->look.logo, r->right - w - 8, r->height - 33 - h, w, h);
        draw_end(r->d);
    }
    const char *firm = r->look.firm != NULL ? r->look.firm
                       : r->cover           ? NULL
                                            : field_value(r, "passi");
    double width = (r->right - r->left) * 0.55;
    if (firm != NULL)
        band_line(r, "P", &s, width, &y, 1, type_set(r, firm, NULL, NULL), 2);
    if (r->look.address != NULL)
        band_line(r, "P", &a, width, &y, 0, type_set(r, r->look.address, NULL, NULL), 3);
}

/* A name that fits on a line is large; a long one must leave room for the result. */
static struct style name_style(struct report *r, const char *name)
{
    static const double sizes[] = {30, 23, 18, 15};
    struct style s = style_of(DRAW_BOLD, 15, white);

    for (size_t i = 0; i < 4; i++) {
        s = style_of(DRAW_BOLD, sizes[i], white);
        if (line_width(r, &s, name) < ((double)i + 0.95) * (r->right - r->left))
            break;
    }
    return s;
}

void title_head(struct report *r, char *kicker_take, char *name_take, char *about_take)
{
    struct style styles[3] = {style_of(DRAW_REGULAR, 12.5, white), name_style(r, name_take),
                              style_of(DRAW_REGULAR, 12, white)};
    static const char *const tags[3] = {"P", "H1", "P"};
    static const double after[3] = {4, 5, 0};
    static const size_t most[3] = {1, 5, 3};
    char *texts[3] = {kicker_take, name_take, about_take};
    struct para p[3];
    double width = r->right - r->left, y = r->height - 112, high = 112 + 26;

    for (size_t i = 0; i < 3; i++) {
        para_make(r, &p[i], &styles[i], width, texts[i]);
        para_cut(&p[i], most[i]);
        high += para_height(&p[i]) + after[i];
    }
    high = high < BAND_LEAST ? BAND_LEAST : high;
    draw_artifact(r->d, "Background");
    draw_fill(r->d, r->look.primary, 0, r->height - high, r->width, high);
    draw_fill(r->d, r->look.accent, 0, r->height - high - 5, r->width, 5);
    draw_end(r->d);
    firm_draw(r);
    for (size_t i = 0; i < 3; i++)
        para_say(r, r->section, tags[i], &p[i], r->left, &y, after[i]);
    r->y = r->height - high - 34;
}

static void join(struct buf *b, const char *s)
{
    if (s == NULL)
        return;
    if (b->len > 0)
        buf_text(b, "  \xC2\xB7  ");
    buf_text(b, s);
}

static void name_draw(struct report *r)
{
    const char *solution = field_value(r, "solution"), *again = field_value(r, "reevaluation"),
               *version = field_value(r, "solution_version");
    struct buf line = BUF_INIT((size_t)ceilings.report_bytes);
    char *said = version != NULL ? type_say(r, "report.title.version", version, NULL) : NULL;

    join(&line, said);
    join(&line, field_value(r, "application_type"));
    join(&line, field_value(r, "infrastructure"));
    join(&line, field_value(r, "profile"));
    if (solution == NULL)
        solution = jv_get_text(jv_get(r->grid, "form"), "name");
    title_head(r,
               type_say(r,
                        again != NULL && strcmp(again, "Oui") == 0 ? "report.title.again"
                                                                   : "report.title.kicker",
                        NULL),
               type_set(r, solution, NULL, NULL), type_set(r, buf_str(&line), NULL, NULL));
    free(said);
    buf_free(&line);
}

/* The result: a pale panel with a sign, the sentence, until when, and whose decision it is. */
static void result_draw(struct report *r)
{
    enum answer a = result_answer(r);
    struct style big = style_of(DRAW_BOLD, 14.5, answer_colour(a)),
                 small = style_of(DRAW_REGULAR, 9.5, ink), note = style_of(DRAW_ITALIC, 8.6, muted);
    struct para p[3];
    double x = r->left + 58, width = r->right - x - 14, top = r->y, h = 26;

    para_make(r, &p[0], &big, width, result_sentence(r));
    para_make(r, &p[1], &small, width, result_deposit(r));
    para_make(r, &p[2], &note, width, type_own(r, say_caveat(r->lang)));
    for (size_t i = 0; i < 3; i++)
        h += para_height(&p[i]) + (p[i].nlines > 0 ? 4 : 0);
    draw_artifact(r->d, "Background");
    draw_rounded(r->d, answer_pale(a), r->left, top - h, r->right - r->left, h, 5);
    draw_fill(r->d, answer_colour(a), r->left, top - h, 5, h);
    answer_sign(r, a, r->left + 20, top - h / 2 - 12, 24, answer_colour(a));
    draw_end(r->d);
    double y = top - 11;
    for (size_t i = 0; i < 3; i++) {
        if (p[i].nlines > 0) {
            draw_begin(r->d, draw_elem_add(r->d, r->section, "P"));
            para_draw(r, &p[i], 0, p[i].nlines, x, y);
            draw_end(r->d);
            y -= para_height(&p[i]) + 4;
        }
        para_free(&p[i]);
    }
    r->y = top - h - 26;
}

/* What stands at the foot of the title page: at most four texts, one under the other. */
struct foot {
    struct para lines[4];
    size_t n;
    double height;
};

static void foot_add(struct report *r, struct foot *f, const struct style *style, char *text_take)
{
    struct para *p = &f->lines[f->n++];

    para_make(r, p, style, r->right - r->left, text_take);
    para_cut(p, 2);
    f->height += para_height(p);
}

static void foot_make(struct report *r, struct foot *f)
{
    struct style small = style_of(DRAW_REGULAR, 8.4, muted), mark = style_of(DRAW_BOLD, 9.5, red);
    const char *passi = r->cover ? NULL : field_value(r, "passi");
    const struct jv *old = jv_get(r->options, "replaces");
    char name[SHORT_MAX], number[24];

    if (r->draft)
        foot_add(r, f, &mark, type_say(r, "report.title.draft", NULL));
    if (r->specimen)
        foot_add(r, f, &mark, type_say(r, "report.title.specimen", NULL));
    foot_add(r, f, &small,
             type_say(r, passi != NULL ? "report.title.made" : "report.title.made-none",
                      text_short(passi != NULL ? passi : "", 140, name), NULL));
    if (!jv_is_object(old))
        return;
    snprintf(number, sizeof number, "%lld", (long long)jv_get_int(old, "version", 1));
    foot_add(r, f, &small,
             type_say(r, "report.title.replaces",
                      text_short(jv_get_text(old, "reference"), 140, name), number, NULL));
}

double title_foot(struct report *r, bool draw)
{
    struct foot f = {.n = 0};
    double top, y;

    foot_make(r, &f);
    top = y = 58 + f.height;
    for (size_t i = 0; i < f.n; i++) {
        if (draw)
            para_say(r, r->section, "P", &f.lines[i], r->left, &y, 0);
        else
            para_free(&f.lines[i]);
    }
    return top;
}

void part_title(struct report *r)
{
    struct style small = style_of(DRAW_ITALIC, 8.4, muted);
    char *bookmark = type_say(r, "report.title.bookmark", NULL);

    page_portrait(r);
    r->section = draw_elem_add(r->d, r->root, "Sect");
    if (bookmark != NULL)
        draw_bookmark(r->d, 1, bookmark, r->height);
    free(bookmark);
    name_draw(r);
    result_draw(r);
    /* the whole list stands again with its cells on the page of the digests */
    double y = title_foot(r, false) + 16;
    size_t left_out = 0;
    facts_columns(r, r->y, y + 4, 300, 6.5, true, &left_out);
    if (left_out > 0)
        say_line(r, r->section, "P", &small, r->left, r->right - r->left, &y, 0,
                 type_say(r, "report.title.more", NULL));
    title_foot(r, true);
}
