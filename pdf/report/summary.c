/* The synthesis on one page: result, counts, how far from the limit, eliminatory points, chart by
 * category. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pdf/report/report_int.h"

struct totals {
    int64_t by[4]; /* by enum answer */
    int64_t medium_no;
    struct buf high_no; /* ids joined by commas */
    size_t nhigh_no;
};

static void total(struct report *r, const struct jv *sheet, const struct jv *point, void *self)
{
    struct totals *t = self;
    enum answer a = point_answer(point);
    const char *id = jv_get_text(point, "id");

    (void)r;
    (void)sheet;
    t->by[a]++;
    if (a != ANSWER_NO || !point_is_high(point))
        return;
    buf_format(&t->high_no, "%s%s", t->nhigh_no++ > 0 ? ", " : "", id != NULL ? id : "?");
}

void high_no_list(struct report *r, struct buf *out)
{
    struct totals t = {.high_no = BUF_INIT(1 << 20)};

    points_each(r, total, &t);
    buf_append(out, t.high_no.data, t.high_no.len);
    buf_free(&t.high_no);
}

static void result_panel(struct report *r)
{
    enum answer a = result_answer(r);
    struct style big = style_of(DRAW_BOLD, 12.5, answer_colour(a)),
                 small = style_of(DRAW_REGULAR, 9, ink);
    struct para p[2];
    double x = r->left + 44, width = r->right - x - 12, h = 18;

    para_make(r, &p[0], &big, width, result_sentence(r));
    para_make(r, &p[1], &small, width, result_deposit(r));
    h += para_height(&p[0]) + para_height(&p[1]);
    draw_artifact(r->d, "Background");
    draw_rounded(r->d, answer_pale(a), r->left, r->y - h, r->right - r->left, h, 5);
    draw_fill(r->d, answer_colour(a), r->left, r->y - h, 4, h);
    answer_sign(r, a, r->left + 15, r->y - h / 2 - 8.5, 17, answer_colour(a));
    draw_end(r->d);
    double y = r->y - 9;
    for (size_t i = 0; i < 2; i++) {
        if (p[i].nlines > 0) {
            draw_begin(r->d, draw_elem_add(r->d, r->section, "P"));
            para_draw(r, &p[i], 0, p[i].nlines, x, y);
            draw_end(r->d);
            y -= para_height(&p[i]);
        }
        para_free(&p[i]);
    }
    r->y -= h + 14;
}

static void tile(struct report *r, struct draw_elem *list, double x, double w, int64_t number,
                 const char *label_id, struct draw_colour colour, int sign)
{
    struct style big = style_of(DRAW_BOLD, 25, colour), small = style_of(DRAW_REGULAR, 8.6, muted);
    struct draw_elem *item = draw_elem_add(r->d, list, "LI");
    char value[24], id[64];
    double h = 54;

    snprintf(value, sizeof value, "%lld", (long long)number);
    draw_artifact(r->d, "Layout");
    draw_rounded(r->d, stripe, x, r->y - h, w, h, 4);
    draw_fill(r->d, colour, x, r->y - h, w, 2.4);
    if (sign >= 0)
        answer_sign(r, (enum answer)sign, x + w - 24, r->y - 26, 13, colour);
    draw_end(r->d);
    char *label = type_say(r, text_plural(r->lang, id, sizeof id, label_id, (long)number), NULL);
    draw_begin(r->d, draw_elem_add(r->d, item, "LBody"));
    line_draw(r, &big, ALIGN_LEFT, x + 11, r->y - 29, w - 20, value);
    line_draw(r, &small, ALIGN_LEFT, x + 11, r->y - 43, w - 16, label);
    draw_end(r->d);
    free(label);
}

static void tiles(struct report *r, const struct totals *t)
{
    double gap = 10, w = (r->right - r->left - 3 * gap) / 4;
    struct draw_elem *list = draw_elem_add(r->d, r->section, "L");
    int64_t all = t->by[0] + t->by[1] + t->by[2] + t->by[3];

    tile(r, list, r->left, w, all, "report.tile.points", r->look.primary, -1);
    tile(r, list, r->left + w + gap, w, t->by[ANSWER_YES], "report.tile.yes", green, ANSWER_YES);
    tile(r, list, r->left + 2 * (w + gap), w, t->by[ANSWER_NO], "report.tile.no", red, ANSWER_NO);
    tile(r, list, r->left + 3 * (w + gap), w, t->by[ANSWER_NA], "report.tile.na", grey, ANSWER_NA);
    r->y -= 54 + 16;
}

static int64_t severity_sum(const struct report *r, const char *severity)
{
    return count_of(r, severity, "Oui") + count_of(r, severity, "Non") +
           count_of(r, severity, "N/A") + count_of(r, severity, "vide") +
           count_of(r, severity, "invalide");
}

static void cell_number(struct report *r, struct draw_elem *row, double x, double y, double w,
                        int64_t number, const struct style *s)
{
    char value[24];

    snprintf(value, sizeof value, "%lld", (long long)number);
    draw_begin(r->d, draw_elem_add(r->d, row, "TD"));
    line_draw(r, s, ALIGN_RIGHT, x, y, w, value);
    draw_end(r->d);
}

/* Answers by severity in the left half. Returns the y below. */
static double counts_table(struct report *r, double x, double width)
{
    static const char *const severities[] = {"Haute", "Moyenne", "NA"};
    static const char *const words[] = {"report.severity.h", "report.severity.m",
                                        "report.severity.n"};
    static const char *const heads[] = {"report.col.severity", "report.answer.yes",
                                        "report.answer.no",    "report.answer.na",
                                        "report.answer.empty", "report.col.total"};
    struct style head = style_of(DRAW_BOLD, 8, white), plain = style_of(DRAW_REGULAR, 9.4, ink),
                 bold = style_of(DRAW_BOLD, 9.4, ink);
    struct draw_elem *table = draw_elem_add(r->d, r->section, "Table"),
                     *row = draw_elem_add(r->d, table, "TR");
    double first = 70, w = (width - first - 6) / 5, y = r->y, lead = 18;

    draw_artifact(r->d, "Layout");
    draw_fill(r->d, r->look.primary, x, y - lead, width, lead);
    draw_end(r->d);
    for (size_t i = 0; i < 6; i++) {
        struct draw_elem *cell = draw_elem_add(r->d, row, "TH");
        char *said = type_say(r, heads[i], NULL);
        draw_elem_scope(r->d, cell, "Column");
        draw_begin(r->d, cell);
        if (i == 0)
            line_draw(r, &head, ALIGN_LEFT, x + 6, y - 12.2, first, said);
        else
            line_draw(r, &head, ALIGN_RIGHT, x + first + (double)(i - 1) * w, y - 12.2, w, said);
        draw_end(r->d);
        free(said);
    }
    y -= lead;
    for (size_t i = 0; i < 3; i++) {
        int64_t all = severity_sum(r, severities[i]);
        if (all == 0)
            continue;
        struct style name = style_of(DRAW_BOLD, 9.4, severity_colour(severities[i]));
        struct draw_elem *cell;
        row = draw_elem_add(r->d, table, "TR");
        cell = draw_elem_add(r->d, row, "TH");
        draw_elem_scope(r->d, cell, "Row");
        draw_artifact(r->d, "Layout");
        draw_line(r->d, rule, 0.6, x, y - lead, x + width, y - lead);
        draw_end(r->d);
        draw_begin(r->d, cell);
        line_draw(r, &name, ALIGN_LEFT, x + 6, y - 12.6, first, type_text(r, words[i]));
        draw_end(r->d);
        double at = x + first;
        cell_number(r, row, at, y - 12.6, w, count_of(r, severities[i], "Oui"), &plain);
        cell_number(r, row, at + w, y - 12.6, w, count_of(r, severities[i], "Non"), &bold);
        cell_number(r, row, at + 2 * w, y - 12.6, w, count_of(r, severities[i], "N/A"), &plain);
        cell_number(r, row, at + 3 * w, y - 12.6, w,
                    count_of(r, severities[i], "vide") + count_of(r, severities[i], "invalide"),
                    &plain);
        cell_number(r, row, at + 4 * w, y - 12.6, w, all, &bold);
        y -= lead;
    }
    return y;
}

/* Ten boxes, one filled for each medium point answered No; those beyond the limit stand in red
 * behind a rule. */
static double limit_draw(struct report *r, double x, double width, int64_t medium)
{
    struct style label = style_of(DRAW_BOLD, 9.4, ink), small = style_of(DRAW_REGULAR, 8.4, muted);
    struct draw_elem *figure = draw_elem_add(r->d, r->section, "Figure");
    char number[24], rest[24], id[64], accepted[24];
    int64_t limit = limit_of(r), most = limit > 16 ? limit : 16,
            shown = medium > most    ? most
                    : medium < limit ? limit
                                     : medium;
    double step = width / (double)(shown > 0 ? shown : 1), size = step * 0.8 < 15 ? step * 0.8 : 15,
           y = r->y - 12;

    step = size / 0.8;
    snprintf(number, sizeof number, "%lld", (long long)medium);
    snprintf(accepted, sizeof accepted, "%lld", (long long)limit);
    char *said = type_say(r, "report.limit", number, accepted, NULL);
    draw_elem_alt(r->d, figure, said != NULL ? said : number);
    draw_elem_box(r->d, figure, x, y - size - 24, width, size + 36);
    draw_begin(r->d, figure);
    line_draw(r, &label, ALIGN_LEFT, x, y, width, said);
    y -= size + 8;
    for (int64_t i = 0; i < shown; i++) {
        double at = x + (double)i * step;
        if (i < medium)
            draw_rounded(r->d, i < limit ? amber : red, at, y, size, size, 2);
        else
            draw_frame(r->d, faint, 0.8, at + 0.4, y + 0.4, size - 0.8, size - 0.8);
    }
    if (medium > limit)
        draw_fill(r->d, ink, x + (double)limit * step - (step - size) / 2 - 0.6, y - 3, 1.2,
                  size + 6);
    free(said);
    int64_t left = limit - medium;
    snprintf(rest, sizeof rest, "%lld", (long long)(left < 0 ? -left : left));
    said = type_say(r,
                    text_plural(r->lang, id, sizeof id,
                                left < 0 ? "report.limit.over" : "report.limit.left",
                                (long)(left < 0 ? -left : left)),
                    rest, NULL);
    line_draw(r, &small, ALIGN_LEFT, x, y - 13, width, said);
    draw_end(r->d);
    free(said);
    return y - 20;
}

void part_summary(struct report *r)
{
    struct totals t = {.high_no = BUF_INIT(1 << 20)};
    struct style body = style_of(DRAW_REGULAR, 9.5, ink), strong = style_of(DRAW_BOLD, 9.5, red);
    double half;

    points_each(r, total, &t);
    part_begin(r, "report.summary", false);
    half = (r->right - r->left - 24) / 2;
    result_panel(r);
    tiles(r, &t);
    double low = counts_table(r, r->left, half);
    double low2 = limit_draw(r, r->left + half + 24, half, count_of(r, "Moyenne", "Non"));
    r->y = (low < low2 ? low : low2) - 6;
    heading(r, 2, 30, type_say(r, "report.summary.high", NULL));
    put_para(r, r->section, "P", t.nhigh_no > 0 ? &strong : &body, r->left, r->right - r->left, 2,
             t.nhigh_no > 0 ? type_say(r, "report.summary.high-list", buf_str(&t.high_no), NULL)
                            : type_say(r, "report.summary.high-none", NULL));
    heading(r, 2, 100, type_say(r, "report.summary.chart", NULL));
    chart_draw(r, r->y - r->bottom);
    buf_free(&t.high_no);
}
