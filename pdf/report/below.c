/* A text that is too long for its column of a table: it stands under its row, in columns of its own
 * over the width of the table, and stays the content of its cell. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pdf/report/report_int.h"

enum { LINES_MAX = 14 }; /* of a text that stays in its column */
static const double label_height = 15, gap = 22, two_columns = 400;

bool below_wanted(const struct style *style, double width, const char *text)
{
    double lines = 0, line = width / (0.5 * style->size); /* characters, about */
    size_t left = text != NULL ? strlen(text) : 0;

    while (left > 0 && (text[left - 1] == '\n' || text[left - 1] == ' ')) /* not drawn */
        left--;
    while (left > 0) {
        const char *end = memchr(text, '\n', left);
        size_t n = end != NULL ? (size_t)(end - text) : left;
        lines += fmax(1, ceil((double)n / line));
        n += end != NULL;
        text += n;
        left -= n;
    }
    return lines > LINES_MAX;
}

struct block {
    double x, width; /* of a column */
    size_t columns;
    struct para para;
    struct draw_elem *elem;
    const char *label; /* at its start */
    char *again;       /* at the top of the next pages */
};

/* Lines a column on this page: all that are left, balanced, or what has room; 0: a new page. */
static size_t column_lines(const struct report *r, const struct block *b, size_t from)
{
    size_t left = b->para.nlines - from, even = (left + b->columns - 1) / b->columns;
    double room = r->y - r->bottom - label_height - TABLE_PAD_Y;
    size_t fit = room > 0 ? (size_t)floor(room / b->para.style.lead + 0.01) : 0;

    if (even <= fit)
        return even;
    return fit < 3 ? 0 : fit;
}

/* n lines a column; returns the first line of the next page. An empty line at the top of a column
 * separates nothing. */
static size_t page_draw(struct report *r, const struct block *b, size_t from, size_t n)
{
    struct style s = style_of(DRAW_BOLD, 7.6, muted);
    double y = r->y - label_height;

    draw_artifact(r->d, from == 0 ? "Layout" : "Pagination");
    line_draw(r, &s, ALIGN_LEFT, b->x, y + 4.6, r->right - b->x, from == 0 ? b->label : b->again);
    draw_end(r->d);
    for (size_t k = 0; k < b->columns; k++) {
        while (from < b->para.nlines && b->para.lines[from].n == 0)
            from++;
        size_t end = from + n < b->para.nlines ? from + n : b->para.nlines;
        if (from == end)
            break;
        draw_begin(r->d, b->elem);
        para_draw(r, &b->para, from, end, b->x + (double)k * (b->width + gap), y);
        draw_end(r->d);
        from = end;
    }
    return from;
}

void below_draw(struct report *r, struct table *t, const struct row *row, size_t column,
                struct draw_elem *elem, const char *name, char *text_take)
{
    struct block b = {.x = t->x[1] + TABLE_PAD_X, .columns = 1, .elem = elem};
    char short_label[SHORT_MAX];
    bool fresh = false;

    b.width = r->right - TABLE_PAD_X - b.x;
    if (b.width > two_columns)
        b.columns = 2;
    b.width = (b.width - (double)(b.columns - 1) * gap) / (double)b.columns;
    para_make(r, &b.para, &row->styles[column], b.width, text_take);
    b.label = t->head[column].text != NULL ? t->head[column].text : "";
    b.again = type_say(r, "report.below.again", name != NULL ? name : "",
                       text_short(b.label, 80, short_label), NULL);
    for (size_t from = 0; from < b.para.nlines;) {
        size_t n = column_lines(r, &b, from);
        if (n == 0 && !fresh) {
            table_page(r, t);
            fresh = true;
            continue;
        }
        n = n == 0 ? 1 : n;
        double h = label_height + (double)n * b.para.style.lead + TABLE_PAD_Y;
        table_ground(r, t, row, h);
        from = page_draw(r, &b, from, n);
        r->y -= h;
        fresh = false;
    }
    para_free(&b.para);
    free(b.again);
}
