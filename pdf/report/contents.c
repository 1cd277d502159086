/* The page of contents and how to read the report. Its lines are drawn when the page numbers are
 * known. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pdf/report/report_int.h"

static const double line_lead = 21;

static void sign_row(struct report *r, struct draw_elem *list, enum answer a, const char *id)
{
    struct style word = style_of(DRAW_BOLD, 9.5, answer_colour(a)),
                 text = style_of(DRAW_REGULAR, 9.5, ink);
    struct draw_elem *item = draw_elem_add(r->d, list, "LI");
    struct para p;
    const char *said = answer_word(r, a);

    para_make(r, &p, &text, r->right - r->left - 92, type_say(r, id, NULL));
    page_need(r, para_height(&p));
    draw_artifact(r->d, "Layout");
    answer_sign(r, a, r->left + 4, r->y - 11, 9, answer_colour(a));
    draw_end(r->d);
    draw_begin(r->d, draw_elem_add(r->d, item, "Lbl"));
    draw_text(r->d, DRAW_BOLD, 9.5, word.colour, r->left + 24, r->y - 9.3, said, strlen(said));
    draw_end(r->d);
    draw_begin(r->d, draw_elem_add(r->d, item, "LBody"));
    para_draw(r, &p, 0, p.nlines, r->left + 92, r->y);
    draw_end(r->d);
    r->y -= para_height(&p) + 6;
    para_free(&p);
}

void part_contents(struct report *r)
{
    struct style body = style_of(DRAW_REGULAR, 9.5, ink);
    double width = r->right - r->left;

    part_begin(r, "report.contents", false);
    while (r->ntoc > 0) /* the contents do not list themselves */
        free(r->toc[--r->ntoc].title);
    r->toc_elem = draw_elem_add(r->d, r->section, "TOC");
    r->toc_page = draw_page_current(r->d);
    r->toc_top = r->y;
    r->y = r->bottom + 268; /* the list takes what is above */
    heading(r, 2, 60, type_say(r, "report.read", NULL));
    put_para(r, r->section, "P", &body, r->left, width, 9,
             type_say(r, "report.read.answers", NULL));
    struct draw_elem *list = draw_elem_add(r->d, r->section, "L");
    sign_row(r, list, ANSWER_YES, "report.read.yes");
    sign_row(r, list, ANSWER_NO, "report.read.no");
    sign_row(r, list, ANSWER_NA, "report.read.na");
    r->y -= 4;
    put_para(r, r->section, "P", &body, r->left, width, 7, type_say(r, "report.read.cells", NULL));
    put_para(r, r->section, "P", &body, r->left, width, 0, type_say(r, "report.read.proof", NULL));
}

static void entry_draw(struct report *r, const struct toc_entry *entry, double y)
{
    struct style s = style_of(entry->level == 1 ? DRAW_BOLD : DRAW_REGULAR,
                              entry->level == 1 ? 10.5 : 9.8, entry->level == 1 ? ink : muted);
    double x = r->left + (entry->level - 1) * 16, end = r->right - 26;
    double w = line_width(r, &s, entry->title);
    char number[24];
    struct draw_elem *link = draw_elem_add(r->d, draw_elem_add(r->d, r->toc_elem, "TOCI"), "Link");

    snprintf(number, sizeof number, "%zu", entry->page + 1);
    draw_artifact(r->d, "Layout");
    for (double dot = x + w + 8; dot < end - 2; dot += 4)
        draw_fill(r->d, faint, dot, y, 0.7, 0.7);
    draw_end(r->d);
    draw_begin(r->d, link);
    line_draw(r, &s, ALIGN_LEFT, x, y, end - x - 6, entry->title);
    line_draw(r, &s, ALIGN_RIGHT, end, y, r->right - end, number);
    draw_end(r->d);
    char *alt = type_say(r, "report.contents.link", entry->title, number, NULL);
    draw_link(r->d, link, alt != NULL ? alt : entry->title, r->left, y - 5, r->right - r->left,
              line_lead - 4, entry->page, 800);
    free(alt);
}

void contents_finish(struct report *r)
{
    double y = r->toc_top - 12, lead = line_lead, w, h;

    draw_page_select(r->d, r->toc_page);
    draw_page_size(r->d, r->toc_page, &w, &h);
    r->left = 58;
    r->right = w - 58;
    double room = r->toc_top - (66 + 268) - 30;
    if (r->ntoc > 0 && (double)r->ntoc * lead > room)
        lead = room / (double)r->ntoc;
    for (size_t i = 0; i < r->ntoc; i++, y -= lead)
        entry_draw(r, &r->toc[i], y);
}
