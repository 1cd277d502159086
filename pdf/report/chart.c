/* Answers by category, as bars with their numbers. The numbers stand in the bars and in the
 * alternative text, so nothing hangs on the colour. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pdf/report/report_int.h"

enum { CATEGORIES_MAX = 64, SHOWN_MAX = 16 };
struct category {
    char name[64];
    int n[4];
    int all;
    int merged; /* how many categories stand in this one; 0: itself */
};
struct chart {
    struct category items[CATEGORIES_MAX + 1];
    size_t count;
    int most;
};

static void category_count(struct report *r, const struct jv *sheet, const struct jv *point,
                           void *self)
{
    struct chart *c = self;
    const char *name = jv_get_text(point, "owasp");
    size_t i = 0;

    (void)sheet;
    if (name == NULL || *name == '\0')
        name = jv_get_text(point, "theme");
    if (name == NULL || *name == '\0')
        name = type_text(r, "report.chart.none");
    while (i < c->count && strcmp(c->items[i].name, name) != 0)
        i++;
    if (i == c->count) {
        if (c->count == CATEGORIES_MAX)
            i = CATEGORIES_MAX - 1;
        else
            text_copy_whole(c->items[c->count++].name, sizeof c->items[0].name, name);
    }
    c->items[i].n[point_answer(point)]++;
    c->items[i].all++;
    if (c->items[i].all > c->most)
        c->most = c->items[i].all;
}

/* Length of what codes of one family share ("CWE-" of "CWE-89"); 0 for a category that stands for
 * itself. */
static size_t family_of(const char *name)
{
    const char *dash = strchr(name, '-');

    return dash != NULL && strspn(dash + 1, "0123456789") == strlen(dash + 1)
               ? (size_t)(dash - name) + 1
               : 0;
}

/* Too many bars cannot be read: the numbered codes of one family become one bar. Sorted, so a
 * family stands together. */
static void families_merge(struct chart *c)
{
    size_t to = 0;

    for (size_t i = 0; i < c->count; i++) {
        struct category *item = &c->items[i], *before = to > 0 ? &c->items[to - 1] : NULL;
        size_t n = family_of(item->name);

        if (n > 0 && before != NULL && family_of(before->name) == n &&
            strncmp(before->name, item->name, n) == 0) {
            before->merged = before->merged == 0 ? 2 : before->merged + 1;
            before->all += item->all;
            for (size_t k = 0; k < 4; k++)
                before->n[k] += item->n[k];
        } else {
            c->items[to++] = *item;
        }
    }
    c->count = to;
    for (size_t i = 0; i < c->count; i++)
        c->most = c->items[i].all > c->most ? c->items[i].all : c->most;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct category *)a)->name, ((const struct category *)b)->name);
}

/* "A03:2021 – Injection" where the category is one of the public Top 10; else the code alone. */
static void category_label(const struct report *r, const struct category *c, char out[256])
{
    const char *name = c->name, *args[2] = {name, ""};
    char id[64], number[16];

    if (c->merged > 0) {
        snprintf(number, sizeof number, "%d", c->merged);
        snprintf(id, sizeof id, "%.*s", (int)(family_of(name) - 1), name);
        args[0] = id;
        args[1] = number;
        text_format(out, 256, type_text(r, "report.chart.family"), args, 2);
        return;
    }
    text_copy_whole(out, 256, name);
    if (strlen(name) == 8 && name[0] == 'A' && strcmp(name + 3, ":2021") == 0) {
        snprintf(id, sizeof id, "report.owasp.%.3s", name);
        id[13] = 'a';
        if (text_exists(id)) {
            args[1] = type_text(r, id);
            text_format(out, 256, type_text(r, "report.owasp.label"), args, 2);
        }
    }
}

static void bar_draw(struct report *r, const struct category *c, int most, double x, double y,
                     double width, double height)
{
    static const enum answer order[] = {ANSWER_YES, ANSWER_NO, ANSWER_NA, ANSWER_EMPTY};
    struct style s = style_of(DRAW_BOLD, height < 9 ? 6.6 : 7.6, white);
    double unit = width / (double)most;
    char number[16];

    for (size_t k = 0; k < 4; k++) {
        double w = unit * c->n[order[k]];
        if (w <= 0)
            continue;
        draw_fill(r->d, answer_colour(order[k]), x, y, w - 0.8, height);
        snprintf(number, sizeof number, "%d", c->n[order[k]]);
        double sign = w > 26 ? s.size - 1 : 0, whole = sign * 1.5 + line_width(r, &s, number);
        double at = x + (w - 0.8 - whole) / 2, low = y + (height - s.size * 0.72) / 2;
        if (sign > 0) /* told apart in grey print too */
            answer_sign(r, order[k], at, low - 0.2, sign, white);
        line_draw(r, &s, ALIGN_LEFT, at + sign * 1.5, low, w, number);
        x += w;
    }
}

static void legend_draw(struct report *r, const struct chart *c, double x, double y)
{
    int last = ANSWER_NA;

    struct style s = style_of(DRAW_REGULAR, 8.4, muted);

    for (size_t i = 0; i < c->count; i++)
        last = c->items[i].n[ANSWER_EMPTY] > 0 ? ANSWER_EMPTY : last;
    for (int a = ANSWER_YES; a <= last; a++) {
        const char *word = answer_word(r, (enum answer)a);
        draw_fill(r->d, answer_colour((enum answer)a), x, y - 1.5, 9, 9);
        answer_sign(r, (enum answer)a, x + 1.5, y, 6, white);
        line_draw(r, &s, ALIGN_LEFT, x + 13, y, 60, word);
        x += 26 + line_width(r, &s, word);
    }
}

static char *alt_make(struct report *r, const struct chart *c)
{
    struct buf b = BUF_INIT(1 << 16);

    buf_text(&b, type_text(r, "report.chart.alt"));
    for (size_t i = 0; i < c->count; i++) {
        const struct category *k = &c->items[i];
        buf_format(&b, "%s %s : %s %d, %s %d, %s %d", i == 0 ? "" : " ;", k->name,
                   answer_word(r, ANSWER_YES), k->n[ANSWER_YES], answer_word(r, ANSWER_NO),
                   k->n[ANSWER_NO], answer_word(r, ANSWER_NA), k->n[ANSWER_NA]);
    }
    buf_char(&b, '.');
    char *alt = type_set(r, buf_str(&b), NULL, NULL);
    buf_free(&b);
    return alt;
}

static void chart_fill(struct report *r, struct chart *c)
{
    points_each(r, category_count, c);
    if (c->count > 0)
        qsort(c->items, c->count, sizeof c->items[0], by_name);
    if (c->count > SHOWN_MAX)
        families_merge(c);
}

void categories_each(struct report *r, category_fn *fn, void *self)
{
    struct chart *c = calloc(1, sizeof *c);
    char label[256];

    if (c == NULL) {
        r->failed = true;
        return;
    }
    chart_fill(r, c);
    for (size_t i = 0; i < c->count; i++) {
        category_label(r, &c->items[i], label);
        fn(r, label, c->items[i].n, self);
    }
    free(c);
}

void chart_draw(struct report *r, double height)
{
    struct chart *c = calloc(1, sizeof *c);
    struct style s = style_of(DRAW_REGULAR, 8.4, ink);
    double label = 190, step;

    if (c == NULL) {
        r->failed = true;
        return;
    }
    chart_fill(r, c);
    if (c->count > 0) {
        step = (height - 22) / (double)c->count;
        step = step > 25 ? 25 : step;
        double bar = step * 0.66 > 15 ? 15 : step * 0.66, top = r->y - 4;
        struct draw_elem *figure = draw_elem_add(r->d, r->section, "Figure");
        char *alt = alt_make(r, c);
        draw_elem_alt(r->d, figure, alt != NULL ? alt : "");
        free(alt);
        draw_elem_box(r->d, figure, r->left, top - step * (double)c->count - 20, r->right - r->left,
                      step * (double)c->count + 20);
        draw_begin(r->d, figure);
        legend_draw(r, c, r->left + label, top - 8);
        for (size_t i = 0; i < c->count; i++) {
            double y = top - 18 - step * (double)(i + 1) + (step - bar) / 2;
            char label_text[256];
            category_label(r, &c->items[i], label_text);
            char *name = type_set(r, label_text, NULL, NULL);
            line_draw(r, &s, ALIGN_LEFT, r->left, y + (bar - 6) / 2, label - 8, name);
            bar_draw(r, &c->items[i], c->most, r->left + label, y, r->right - r->left - label, bar);
            free(name);
        }
        draw_end(r->d);
        r->y = top - 20 - step * (double)c->count;
    }
    free(c);
}
