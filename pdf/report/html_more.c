/* The parts of the HTML page that count, compare and prove. */
#include <stdio.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/date.h"
#include "grid/say.h"
#include "pdf/report/html_int.h"

static void table_start(struct report *r, struct buf *b, const char *const *ids, size_t n)
{
    buf_text(b, "<table>\n<thead><tr>");
    for (size_t i = 0; i < n; i++)
        html_in(r, b, "th scope=\"col\"", type_text(r, ids[i]));
    buf_text(b, "</tr></thead>\n<tbody>\n");
}

/* The first cell is the row's head. */
static void table_line(struct report *r, struct buf *b, const char *const *texts, size_t n)
{
    buf_text(b, "<tr>");
    for (size_t i = 0; i < n; i++)
        html_in(r, b, i == 0 ? "th scope=\"row\"" : "td", texts[i] != NULL ? texts[i] : "");
    buf_text(b, "</tr>\n");
}

static void table_close(struct buf *b)
{
    buf_text(b, "</tbody>\n</table>\n");
}

static void say_in(struct report *r, struct buf *b, const char *id, const char *one,
                   const char *two)
{
    buf_text(b, "<p>");
    html_say(r, b, id, one, two);
    buf_text(b, "</p>\n");
}

static void category_line(struct report *r, const char *label, const int n[4], void *self)
{
    char number[4][16];
    const char *texts[5] = {label};

    for (size_t i = 0; i < 4; i++) {
        snprintf(number[i], sizeof number[i], "%d", n[i]);
        texts[i + 1] = number[i];
    }
    table_line(r, self, texts, 5);
}

void html_summary(struct report *r, struct buf *b)
{
    static const char *const heads[] = {"report.col.category", "report.answer.yes",
                                        "report.answer.no", "report.answer.na",
                                        "report.answer.empty"};
    int64_t medium = count_of(r, "Moyenne", "Non"), limit = limit_of(r), left = limit - medium;
    struct buf high = BUF_INIT(1 << 20);
    char number[24], most[24], rest[24], id[64];

    snprintf(number, sizeof number, "%lld", (long long)medium);
    snprintf(most, sizeof most, "%lld", (long long)limit);
    snprintf(rest, sizeof rest, "%lld", (long long)(left < 0 ? -left : left));
    say_in(r, b, "report.limit", number, most);
    say_in(r, b,
           text_plural(r->lang, id, sizeof id, left < 0 ? "report.limit.over" : "report.limit.left",
                       (long)(left < 0 ? -left : left)),
           rest, NULL);
    html_in(r, b, "h3", type_text(r, "report.summary.high"));
    high_no_list(r, &high);
    say_in(r, b, high.len > 0 ? "report.summary.high-list" : "report.summary.high-none",
           buf_str(&high), NULL);
    buf_free(&high);
    html_in(r, b, "h3", type_text(r, "report.summary.chart"));
    table_start(r, b, heads, 5);
    categories_each(r, category_line, b);
    table_close(b);
}

/* ---- re-evaluation ---- */

static void again_line(struct report *r, const struct jv *sheet, const struct jv *point, void *self)
{
    const struct jv *initial = jv_get(point, "initial");
    const char *before = jv_get_text(initial, "answer");
    const char *cell = jv_get_text(jv_get(point, "cells"), "answer"),
               *word = answer_word(r, point_answer(point));
    char place[64] = "", answer[128];
    const char *texts[4] = {jv_get_text(point, "id"), jv_get_text(initial, "comment"), answer,
                            jv_get_text(point, "comment")};

    if (cell != NULL)
        text_format(place, sizeof place, type_text(r, "report.cell"), &cell, 1);
    snprintf(answer, sizeof answer, "%s %s", word, place);

    (void)sheet;
    if (before != NULL && strcmp(before, "Non") == 0)
        table_line(r, self, texts, 4);
}

static void again_fact(struct report *r, const char *label, const char *before, const char *after,
                       void *self)
{
    const char *none = type_text(r, "report.fields.empty");
    char then[DATE_SAID_MAX], now[DATE_SAID_MAX];
    const char *texts[3] = {label, before != NULL ? html_date(r, before, then) : none,
                            after != NULL ? html_date(r, after, now) : none};

    table_line(r, self, texts, 3);
}

void html_again(struct report *r, struct buf *b)
{
    static const char *const facts[] = {"report.col.item", "report.col.then", "report.col.now"};
    static const char *const heads[] = {"report.col.point", "report.col.before",
                                        "report.col.answer", "report.col.after"};
    const struct jv *initial = jv_get(r->grid, "initial");

    if (!jv_is_object(initial))
        return;
    html_in(r, b, "h2", type_text(r, "report.again"));
    table_start(r, b, facts, 3);
    again_each(r, again_fact, b);
    table_close(b);
    say_in(r, b, "report.again.about", jv_get_text(initial, "name"), NULL);
    table_start(r, b, heads, 4);
    points_each(r, again_line, b);
    table_close(b);
}

/* ---- method and evidence ---- */

static void finding_line(struct report *r, struct buf *b, const struct jv *f, bool note)
{
    struct remark w;

    remark_words(r, f, note, &w);
    const char *texts[3] = {w.place, w.message, type_text(r, w.level)};
    table_line(r, b, texts, 3);
}

static void findings(struct report *r, struct buf *b)
{
    static const char *const heads[] = {"report.col.place", "report.col.finding",
                                        "report.col.level"};
    const struct jv *found = jv_get(r->grid, "findings"), *notes = jv_get(r->grid, "notes");

    if (jv_count(found) + jv_count(notes) == 0)
        return;
    html_in(r, b, "h3", type_text(r, "report.findings"));
    table_start(r, b, heads, 3);
    for (size_t i = 0; i < jv_count(found); i++)
        finding_line(r, b, jv_at(found, i), false);
    for (size_t i = 0; i < jv_count(notes); i++)
        finding_line(r, b, jv_at(notes, i), true);
    table_close(b);
}

static void fields(struct report *r, struct buf *b)
{
    static const char *const heads[] = {"report.col.field", "report.col.value", "report.col.cell"};
    const struct jv *all = jv_get(r->grid, "fields");
    char said[DATE_SAID_MAX];

    if (jv_count(all) == 0)
        return;
    html_in(r, b, "h3", type_text(r, "report.fields"));
    table_start(r, b, heads, 3);
    for (size_t i = 0; i < jv_count(all); i++) {
        const struct jv *f = jv_at(all, i);
        const char *value = jv_get_text(f, "value"), *sheet = jv_get_text(f, "sheet");
        bool empty = value == NULL || *value == '\0';

        buf_text(b, "<tr>");
        html_in(r, b, "th scope=\"row\"", jv_get_text(f, "label"));
        html_in(r, b, "td",
                empty ? type_text(r, "report.fields.empty") : html_date(r, value, said));
        buf_text(b, "<td>");
        html_say(r, b, "report.place", sheet, jv_get_text(f, "cell"));
        buf_text(b, "</td></tr>\n");
    }
    table_close(b);
}

static void evidence_pair(struct report *r, const char *label, const char *value, void *self)
{
    html_pair(r, self, label, value);
}

static void notes(struct report *r, struct buf *b)
{
    if (r->look.nnotes > 0)
        html_in(r, b, "h3", type_text(r, "report.notes"));
    for (size_t i = 0; i < r->look.nnotes; i++)
        html_in(r, b, "p class=\"text\"", r->look.notes[i]);
}

void html_method(struct report *r, struct buf *b, const char *grid_sha256)
{
    char limit[24];

    snprintf(limit, sizeof limit, "%lld", (long long)limit_of(r));
    html_in(r, b, "h2", type_text(r, "report.method"));
    say_in(r, b, "report.method.source", NULL, NULL);
    say_in(r, b,
           jv_is_object(jv_get(r->grid, "ruleset")) ? "report.method.rules"
                                                    : "report.method.rules-none",
           NULL, NULL);
    say_in(r, b, "report.method.thresholds", limit, NULL);
    findings(r, b);
    notes(r, b);
    fields(r, b);
    html_in(r, b, "h3", type_text(r, "report.digests"));
    buf_text(b, "<dl>\n");
    evidence_each(r, grid_sha256, evidence_pair, b);
    buf_text(b, "</dl>\n");
}
