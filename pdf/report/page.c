/* Pages, headings, paragraphs that run over pages; headers, footers and stamps once the number of
 * pages is known. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pdf/report/report_int.h"

static const double short_side = 595.28, long_side = 841.89;

void page_edges(struct report *r, double width, double height)
{
    bool flat = width > height;

    r->width = width;
    r->height = height;
    r->left = flat ? 46 : 58;
    r->right = width - r->left;
    r->top = height - (flat ? 66 : 78);
    r->bottom = flat ? 56 : 66;
}

static void page_new(struct report *r, double width, double height)
{
    draw_page_add(r->d, width, height);
    page_edges(r, width, height);
    r->y = r->top;
}

void page_portrait(struct report *r)
{
    page_new(r, short_side, long_side);
}

void page_landscape(struct report *r)
{
    page_new(r, long_side, short_side);
}

void page_again(struct report *r)
{
    page_new(r, r->width, r->height);
}

bool page_need(struct report *r, double h)
{
    if (r->y - h >= r->bottom || r->y == r->top)
        return false;
    page_again(r);
    return true;
}

void part_begin_text(struct report *r, char *title_take, bool landscape)
{
    struct style s = style_of(DRAW_BOLD, 21, r->look.primary);
    struct para p;

    if (landscape)
        page_landscape(r);
    else
        page_portrait(r);
    r->section = draw_elem_add(r->d, r->root, "Sect");
    if (title_take != NULL) {
        draw_bookmark(r->d, 1, title_take, r->top + 20);
        contents_add(r, title_take);
    }
    draw_artifact(r->d, "Layout");
    draw_fill(r->d, r->look.accent, r->left, r->y - 2, 34, 3.2);
    draw_end(r->d);
    r->y -= 14;
    para_make(r, &p, &s, r->right - r->left, title_take);
    draw_begin(r->d, draw_elem_add(r->d, r->section, "H1"));
    para_draw(r, &p, 0, p.nlines, r->left, r->y);
    draw_end(r->d);
    r->y -= para_height(&p) + 12;
    para_free(&p);
}

void part_begin(struct report *r, const char *id, bool landscape)
{
    part_begin_text(r, type_say(r, id, NULL), landscape);
}

void heading(struct report *r, int level, double keep, char *title_take)
{
    struct style s =
        level == 2 ? style_of(DRAW_BOLD, 13, r->look.primary) : style_of(DRAW_BOLD, 10.5, ink);
    struct para p;

    para_make(r, &p, &s, r->right - r->left, title_take);
    page_need(r, para_height(&p) + keep + 18);
    if (r->y != r->top)
        r->y -= level == 2 ? 12 : 7;
    if (level == 2 && title_take != NULL)
        draw_bookmark(r->d, 2, title_take, r->y + 6);
    draw_begin(r->d, draw_elem_add(r->d, r->section, level == 2 ? "H2" : "H3"));
    para_draw(r, &p, 0, p.nlines, r->left, r->y);
    draw_end(r->d);
    r->y -= para_height(&p) + (level == 2 ? 5 : 3);
    para_free(&p);
}

/* How many lines from `from` on stand on this page: all, or so many that two stay for the next
 * page; 0: begin on a new one. */
static size_t lines_here(const struct report *r, const struct para *p, size_t from)
{
    size_t left = p->nlines - from;
    double room = (r->y - r->bottom) / p->style.lead;
    size_t fit = room > 0 ? (size_t)floor(room + 0.001) : 0;

    if (fit >= left)
        return left;
    if (left - fit < 2 && fit > 0)
        fit--;                /* no single line at the top of a page */
    return fit < 2 ? 0 : fit; /* nor at the foot */
}

void put_para(struct report *r, struct draw_elem *parent, const char *tag,
              const struct style *style, double x, double width, double after, char *text_take)
{
    struct para p;
    struct draw_elem *elem = NULL;

    para_make(r, &p, style, width, text_take);
    for (size_t from = 0; from < p.nlines;) {
        size_t n = lines_here(r, &p, from);

        if (n == 0 && r->y == r->top)
            n = 1;
        if (n == 0) {
            page_again(r);
            continue;
        }
        if (elem == NULL)
            elem = draw_elem_add(r->d, parent, tag);
        draw_begin(r->d, elem);
        para_draw(r, &p, from, from + n, x, r->y);
        draw_end(r->d);
        r->y -= (double)n * p.style.lead;
        from += n;
        if (from < p.nlines)
            page_again(r);
    }
    if (p.nlines > 0)
        r->y -= after;
    para_free(&p);
}

/* ---- once all pages are there ---- */

static void header_draw(struct report *r, const char *title, const char *mark)
{
    struct style s = style_of(DRAW_REGULAR, 7.6, muted), b = style_of(DRAW_BOLD, 7.6, red);
    double y = r->height - 34, w = mark != NULL ? line_width(r, &b, mark) + 12 : 0;

    line_draw(r, &s, ALIGN_LEFT, r->left, y, (r->right - r->left) - w - 10, title);
    if (mark != NULL) {
        draw_rounded(r->d, red_pale, r->right - w, y - 4, w, 13.5, 3);
        line_draw(r, &b, ALIGN_CENTRE, r->right - w, y, w, mark);
    }
    draw_line(r->d, rule, 0.6, r->left, y - 9, r->right, y - 9);
}

static void footer_draw(struct report *r, const char *foot, const char *faith, size_t page,
                        size_t pages)
{
    struct style s = style_of(DRAW_REGULAR, 7.2, muted), b = style_of(DRAW_BOLD, 8, ink),
                 i = style_of(DRAW_ITALIC, 7.2, muted);
    char number[48];

    snprintf(number, sizeof number, "%zu / %zu", page, pages);
    draw_line(r->d, rule, 0.6, r->left, 44, r->right, 44);
    line_draw(r, &s, ALIGN_LEFT, r->left, 32.5, r->right - r->left - 60, foot);
    line_draw(r, &i, ALIGN_LEFT, r->left, 22.5, r->right - r->left - 60, faith);
    line_draw(r, &b, ALIGN_RIGHT, r->left, 30, r->right - r->left, number);
}

static void stamp_draw(struct report *r, const char *word)
{
    struct style s = style_of(DRAW_BOLD, 104, red);
    double w = line_width(r, &s, word), angle = atan2(r->height, r->width);
    double x = r->width / 2 - cos(angle) * w / 2 + sin(angle) * 36,
           y = r->height / 2 - sin(angle) * w / 2 - cos(angle) * 36;

    draw_artifact(r->d, "Pagination");
    draw_alpha(r->d, 0.11);
    draw_text_turned(r->d, DRAW_BOLD, 104, red, x, y, angle * 180 / 3.14159265358979, word,
                     strlen(word));
    draw_alpha(r->d, 1);
    draw_end(r->d);
}

/* The first 16 digits of the form's digest, in groups of four. */
static void digits_said(const struct report *r, char out[24])
{
    size_t at = 0;

    for (size_t i = 0; i < 16 && r->form_sha256[i] != '\0'; i++) {
        if (i > 0 && i % 4 == 0)
            out[at++] = ' ';
        out[at++] = r->form_sha256[i];
    }
    out[at] = '\0';
}

void pages_finish(struct report *r)
{
    size_t pages = draw_page_count(r->d);
    char digits[24], revision[24], reference[SHORT_MAX];
    double width, height;

    digits_said(r, digits);
    snprintf(revision, sizeof revision, "%lld", (long long)r->revision);
    char *title = report_name(r);
    /* a long reference leaves the version and the digits their room */
    char *foot = type_say(r, r->cover ? "report.cover.foot" : "report.foot",
                          text_short(r->reference, 48, reference), revision, digits, NULL);
    char *faith = type_say(r, "report.foot.faith", NULL);
    char *mark = r->draft      ? type_say(r, "report.mark.draft", NULL)
                 : r->specimen ? type_say(r, "report.mark.specimen", NULL)
                               : NULL;
    char *stamp = r->draft ? type_say(r, "report.stamp.draft", NULL) : NULL;
    for (size_t i = 0; i < pages; i++) {
        draw_page_select(r->d, i);
        draw_page_size(r->d, i, &width, &height);
        page_edges(r, width, height);
        draw_artifact(r->d, "Pagination");
        if (i > 0)
            header_draw(r, title, mark);
        footer_draw(r, foot, faith, i + 1, pages);
        draw_end(r->d);
        if (stamp != NULL)
            stamp_draw(r, stamp);
        draw_page_close(r->d, i);
    }
    free(title);
    free(foot);
    free(faith);
    free(mark);
    free(stamp);
}
