/* The title page: what was tested, by whom, when, and the result in words, sign and colour. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grid/say.h"
#include "pdf/report/report_int.h"

static const double band_height = 236;

void say_line(struct report *r, struct draw_elem *parent, const char *tag,
              const struct style *style, double x, double width, double *y, double after,
              char *text_take)
{
    struct para p;

    para_make(r, &p, style, width, text_take);
    if (p.nlines > 0) {
        draw_begin(r->d, draw_elem_add(r->d, parent, tag));
        para_draw(r, &p, 0, p.nlines, x, *y);
        draw_end(r->d);
        *y -= para_height(&p) + after;
    }
    para_free(&p);
}

static void band_draw(struct report *r)
{
    draw_artifact(r->d, "Background");
    draw_fill(r->d, r->look.primary, 0, r->height - band_height, r->width, band_height);
    draw_fill(r->d, r->look.accent, 0, r->height - band_height - 5, r->width, 5);
    draw_end(r->d);
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
        say_line(r, r->section, "P", &s, r->left, width, &y, 1, type_set(r, firm, NULL, NULL));
    if (r->look.address != NULL)
        say_line(r, r->section, "P", &a, r->left, width, &y, 0,
                 type_set(r, r->look.address, NULL, NULL));
}

void title_band(struct report *r)
{
    band_draw(r);
    firm_draw(r);
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
    struct style kicker = style_of(DRAW_REGULAR, 12.5, white),
                 name = style_of(DRAW_BOLD, 30, white), sub = style_of(DRAW_REGULAR, 12, white);
    const char *solution = field_value(r, "solution");
    struct buf line = BUF_INIT(4096);
    double y = r->height - 112, width = r->right - r->left;

    if (solution == NULL)
        solution = jv_get_text(jv_get(r->grid, "form"), "name");
    if (solution != NULL && strlen(solution) > 40)
        name = style_of(DRAW_BOLD, 21, white);
    say_line(r, r->section, "P", &kicker, r->left, width, &y, 4,
             type_say(r,
                      field_value(r, "reevaluation") != NULL &&
                              strcmp(field_value(r, "reevaluation"), "Oui") == 0
                          ? "report.title.again"
                          : "report.title.kicker",
                      NULL));
    say_line(r, r->section, "H1", &name, r->left, width, &y, 5, type_set(r, solution, NULL, NULL));
    const char *version = field_value(r, "solution_version");
    char *said = version != NULL ? type_say(r, "report.title.version", version, NULL) : NULL;
    join(&line, said);
    join(&line, field_value(r, "application_type"));
    join(&line, field_value(r, "infrastructure"));
    join(&line, field_value(r, "profile"));
    say_line(r, r->section, "P", &sub, r->left, width, &y, 0,
             type_set(r, buf_str(&line), NULL, NULL));
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
    double x = r->left + 58, width = r->right - x - 14, top = r->height - band_height - 34, h = 26;

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

void part_title(struct report *r)
{
    struct style small = style_of(DRAW_REGULAR, 8.4, muted), mark = style_of(DRAW_BOLD, 9.5, red);
    const char *passi = field_value(r, "passi");
    double y = 94, width = r->right - r->left;

    page_portrait(r);
    r->section = draw_elem_add(r->d, r->root, "Sect");
    char *bookmark = type_say(r, "report.title.bookmark", NULL);
    if (bookmark != NULL)
        draw_bookmark(r->d, 1, bookmark, r->height);
    free(bookmark);
    width = r->right - r->left;
    title_band(r);
    name_draw(r);
    result_draw(r);
    /* the whole list stands again with its cells on the page of the digests */
    facts_columns(r, r->y, 118, 300, 6.5, true);
    if (r->draft)
        say_line(r, r->section, "P", &mark, r->left, width, &y, 2,
                 type_say(r, "report.title.draft", NULL));
    if (r->specimen)
        say_line(r, r->section, "P", &mark, r->left, width, &y, 2,
                 type_say(r, "report.title.specimen", NULL));
    char *made = passi != NULL ? type_say(r, "report.title.made", passi, NULL)
                               : type_say(r, "report.title.made-none", NULL);
    say_line(r, r->section, "P", &small, r->left, width, &y, 0, made);
    if (r->options != NULL && jv_is_object(jv_get(r->options, "replaces"))) {
        const struct jv *old = jv_get(r->options, "replaces");
        char number[24];
        snprintf(number, sizeof number, "%lld", (long long)jv_get_int(old, "version", 1));
        say_line(r, r->section, "P", &small, r->left, width, &y, 0,
                 type_say(r, "report.title.replaces", jv_get_text(old, "reference"), number, NULL));
    }
}
