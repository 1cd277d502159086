/* The page of contents and how to read the report. Its lines are drawn when the page numbers are
 * known. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pdf/report/report_int.h"

static const double lead_most = 21, lead_least = 15, guide_height = 268;

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

static void guide_draw(struct report *r)
{
    struct style body = style_of(DRAW_REGULAR, 9.5, ink);
    double width = r->right - r->left;

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

/* Room for as many lines as there can be: on one page with the guide below, or on several. */
static void lines_reserve(struct report *r, size_t lines)
{
    double room = r->y - r->bottom - guide_height;

    r->toc.lead = room / (double)lines;
    if (r->toc.lead >= lead_least) {
        r->toc.lead = r->toc.lead < lead_most ? r->toc.lead : lead_most;
        r->y = r->bottom + guide_height;
        return;
    }
    r->toc.lead = lead_least;
    while (lines > 0) {
        size_t here = (size_t)((r->y - r->bottom) / lead_least);
        here = here < lines ? here : lines;
        r->y -= (double)here * lead_least;
        lines -= here;
        if (lines > 0)
            page_again(r);
    }
    page_need(r, guide_height);
}

void part_contents(struct report *r)
{
    part_begin(r, "report.contents", false);
    while (r->toc.count > 0) /* the contents do not list themselves */
        free(r->toc.entries[--r->toc.count].title);
    r->toc.elem = draw_elem_add(r->d, r->section, "TOC");
    r->toc.page = draw_page_current(r->d);
    r->toc.y = r->y;
    lines_reserve(r, 6 + jv_count(jv_get(r->grid, "sheets"))); /* the other parts are six at most */
    guide_draw(r);
}

void contents_add(struct report *r, const char *title)
{
    struct toc *t = &r->toc;

    if (t->count == t->room) {
        size_t room = t->room == 0 ? 16 : 2 * t->room;
        struct toc_entry *entries = realloc(t->entries, room * sizeof *entries);
        if (entries == NULL) {
            r->failed = true;
            return;
        }
        t->entries = entries;
        t->room = room;
    }
    char *copy = strdup(title);
    if (copy == NULL)
        r->failed = true;
    else
        t->entries[t->count++] = (struct toc_entry){copy, draw_page_current(r->d)};
}

void contents_free(struct report *r)
{
    for (size_t i = 0; i < r->toc.count; i++)
        free(r->toc.entries[i].title);
    free(r->toc.entries);
}

static void entry_draw(struct report *r, const struct toc_entry *entry, double y)
{
    struct style s = style_of(DRAW_BOLD, 10.5, ink);
    double x = r->left, end = r->right - 26, w = line_width(r, &s, entry->title);
    char number[24];
    struct draw_elem *link = draw_elem_add(r->d, draw_elem_add(r->d, r->toc.elem, "TOCI"), "Link");

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
    draw_link(r->d, link, alt != NULL ? alt : entry->title, x, y - 4, r->right - x, lead_least - 1,
              entry->page, 800);
    free(alt);
}

void contents_finish(struct report *r)
{
    double width, height, y = r->toc.y;
    size_t page = r->toc.page;

    draw_page_select(r->d, page);
    draw_page_size(r->d, page, &width, &height);
    page_edges(r, width, height);
    for (size_t i = 0; i < r->toc.count; i++) {
        if (y - r->toc.lead < r->bottom) {
            draw_page_select(r->d, ++page);
            y = r->top;
        }
        y -= r->toc.lead;
        entry_draw(r, &r->toc.entries[i], y + (r->toc.lead - 12) / 2 + 4.5);
    }
}
