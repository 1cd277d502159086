/* The non-conformities in full: requirement, how it is checked, what was found, and the cell it
 * comes from. High ones first. */
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "pdf/report/report_int.h"

struct no {
    int rank; /* the points of this rank are drawn: 0 high, 1 medium, 2 others */
    size_t count;
};

static int rank_of(const struct jv *point)
{
    const char *s = jv_get_text(point, "severity");

    if (s != NULL && strcmp(s, "Haute") == 0)
        return 0;
    return s != NULL && strcmp(s, "Moyenne") == 0 ? 1 : 2;
}

static void labelled(struct report *r, double bar_x, const char *label_id, const char *text,
                     const char *sheet, const char *cell, struct draw_colour colour)
{
    struct style label = style_of(DRAW_BOLD, 8, r->look.accent),
                 body = style_of(DRAW_REGULAR, 9.5, colour);
    double x = bar_x, width = r->right - x;

    if (text == NULL || *text == '\0')
        return;
    page_need(r, 46);
    put_para(r, r->section, "P", &label, x, width, 0.5, type_say(r, label_id, NULL));
    put_para(r, r->section, "P", &body, x, width, 6, type_set(r, text, sheet, cell));
}

/* Severity as a pill, theme and category beside it, the cell at the right. */
static void facts_line(struct report *r, const struct jv *point, const char *place)
{
    const char *severity = jv_get_text(point, "severity");
    struct draw_colour colour = severity_colour(severity);
    struct style pill = style_of(DRAW_BOLD, 8, white), s = style_of(DRAW_REGULAR, 8.6, muted);
    char *word = severity_say(r, severity);
    struct buf b = BUF_INIT((size_t)ceilings.report_bytes);
    double w = line_width(r, &pill, word) + 12, y = r->y - 12;

    buf_text(&b, "");
    for (size_t i = 0; i < 2; i++) {
        const char *part = jv_get_text(point, i == 0 ? "theme" : "owasp");
        if (part != NULL && *part != '\0')
            buf_format(&b, "%s%s", b.len > 0 ? "  \xC2\xB7  " : "", part);
    }
    char *about = type_set(r, buf_str(&b), NULL, NULL);
    draw_artifact(r->d, "Layout");
    draw_rounded(r->d, colour, r->left, y - 3.6, w, 13.6, 3);
    draw_end(r->d);
    draw_begin(r->d, draw_elem_add(r->d, r->section, "P"));
    line_draw(r, &pill, ALIGN_CENTRE, r->left, y, w, word);
    line_draw(r, &s, ALIGN_LEFT, r->left + w + 9, y, r->right - r->left - w - 150, about);
    line_draw(r, &s, ALIGN_RIGHT, r->right - 140, y, 140, place);
    draw_end(r->d);
    r->y -= 24;
    free(word);
    free(about);
    buf_free(&b);
}

static void no_draw(struct report *r, const struct jv *sheet, const struct jv *point, void *self)
{
    struct no *no = self;
    const struct jv *cells = jv_get(point, "cells");
    const char *id = jv_get_text(point, "id"), *theme = jv_get_text(point, "theme"),
               *name = jv_get_text(sheet, "name"), *cell = jv_get_text(cells, "answer");

    if (point_answer(point) != ANSWER_NO || rank_of(point) != no->rank)
        return;
    no->count++;
    heading(r, 2, 118,
            theme == NULL || *theme == '\0'
                ? type_set(r, id, NULL, NULL)
                : type_say(r, "report.no.title", id != NULL ? id : "", theme, NULL));
    char *place =
        type_say(r, "report.place", name != NULL ? name : "", cell != NULL ? cell : "", NULL);
    facts_line(r, point, place);
    free(place);
    labelled(r, r->left, "report.no.wording", jv_get_text(point, "wording"), name,
             jv_get_text(cells, "wording"), ink);
    labelled(r, r->left, "report.no.check", jv_get_text(point, "verification"), NULL, NULL, muted);
    labelled(r, r->left, "report.no.comment", jv_get_text(point, "comment"), name,
             jv_get_text(cells, "comment"), ink);
    if (r->y - 12 > r->bottom) {
        draw_artifact(r->d, "Layout");
        draw_line(r->d, rule, 0.6, r->left, r->y - 2, r->right, r->y - 2);
        draw_end(r->d);
    }
}

void part_no(struct report *r)
{
    struct style body = style_of(DRAW_REGULAR, 9.5, ink);
    struct no no = {0};

    part_begin(r, "report.no", false);
    put_para(r, r->section, "P", &body, r->left, r->right - r->left, 4,
             type_say(r, "report.no.about", NULL));
    for (no.rank = 0; no.rank < 3; no.rank++)
        points_each(r, no_draw, &no);
    if (no.count == 0)
        put_para(r, r->section, "P", &body, r->left, r->right - r->left, 4,
                 type_say(r, "report.no.none", NULL));
}
