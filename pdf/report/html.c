/* The same content as one self-contained HTML page for screens: no script, no network (the policy
 * allows its own style only), every foreign text escaped. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/escape.h"
#include "base/file.h"
#include "grid/say.h"
#include "pdf/report/html_int.h"
#include "pdf/report/report.h"

static const char *const classes[] = {"yes", "no", "na", "empty"};

/* The screen's typeface is not ours, so texts keep all their characters; only French spaces are
 * set. */
void html_put(struct report *r, struct buf *b, const char *s)
{
    if (r->lang == TEXT_FR)
        escape_html_french(b, s);
    else
        escape_html(b, s);
}

void html_id(struct report *r, struct buf *b, const char *id)
{
    html_put(r, b, type_text(r, id));
}

void html_say(struct report *r, struct buf *b, const char *id, const char *one, const char *two)
{
    char said[4096];
    const char *args[2] = {one != NULL ? one : "", two != NULL ? two : ""};

    text_format(said, sizeof said, type_text(r, id), args, 2);
    html_put(r, b, said);
}

void html_in(struct report *r, struct buf *b, const char *tag, const char *s)
{
    buf_format(b, "<%s>", tag);
    html_put(r, b, s);
    buf_format(b, "</%.*s>\n", (int)strcspn(tag, " "), tag);
}

/* A sentence of ours. */
void html_own(struct report *r, struct buf *b, const char *said)
{
    struct buf curled = BUF_INIT(8192);

    put_curled(&curled, said);
    html_in(r, b, "p", buf_str(&curled));
    buf_free(&curled);
}

const char *html_date(const struct report *r, const char *value, char said[DATE_SAID_MAX])
{
    struct date date;

    if (value == NULL || date_parse_iso(value, &date) != 0)
        return value;
    date_said(r, date, said);
    return said;
}

void html_pair(struct report *r, struct buf *b, const char *label, const char *value)
{
    char said[DATE_SAID_MAX];

    if (value == NULL || *value == '\0')
        return;
    html_in(r, b, "dt", label);
    html_in(r, b, "dd", html_date(r, value, said));
}

static void put_result(struct report *r, struct buf *b)
{
    char line[SAY_MAX];

    buf_format(b, "<div class=\"result %s\">\n", classes[result_answer(r)]);
    say_outcome(r->lang, r->grid, line);
    buf_text(b, "<p><strong>");
    html_put(r, b, line);
    buf_text(b, "</strong></p>\n");
    say_deposit(r->lang, r->grid, line);
    if (*line != '\0')
        html_own(r, b, line);
    html_own(r, b, say_caveat(r->lang));
    buf_text(b, "</div>\n<dl>\n");
    const struct jv *fields = jv_get(r->grid, "fields");
    for (size_t i = 0; i < jv_count(fields); i++)
        html_pair(r, b, jv_get_text(jv_at(fields, i), "label"),
                  jv_get_text(jv_at(fields, i), "value"));
    buf_text(b, "</dl>\n");
}

static void put_counts(struct report *r, struct buf *b)
{
    static const char *const severities[] = {"Haute", "Moyenne", "NA"};
    static const char *const words[] = {"report.severity.h", "report.severity.m",
                                        "report.severity.n"};

    html_in(r, b, "h2", type_text(r, "report.summary"));
    buf_text(b, "<table>\n<thead><tr>");
    html_in(r, b, "th scope=\"col\"", type_text(r, "report.col.severity"));
    for (int a = ANSWER_YES; a <= ANSWER_EMPTY; a++)
        html_in(r, b, "th scope=\"col\"", answer_word(r, (enum answer)a));
    html_in(r, b, "th scope=\"col\"", type_text(r, "report.col.total"));
    buf_text(b, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < 3; i++) {
        int64_t n[4] = {count_of(r, severities[i], "Oui"), count_of(r, severities[i], "Non"),
                        count_of(r, severities[i], "N/A"),
                        count_of(r, severities[i], "vide") +
                            count_of(r, severities[i], "invalide")};
        int64_t all = n[0] + n[1] + n[2] + n[3];
        if (all == 0) /* few forms have points outside of the thresholds */
            continue;
        buf_text(b, "<tr>");
        html_in(r, b, "th scope=\"row\"", type_text(r, words[i]));
        for (size_t k = 0; k < 4; k++)
            buf_format(b, "<td>%lld</td>", (long long)n[k]);
        buf_format(b, "<td>%lld</td></tr>\n", (long long)all);
    }
    buf_text(b, "</tbody>\n</table>\n");
}

static void put_labelled(struct report *r, struct buf *b, const char *id, const char *s)
{
    if (s == NULL || *s == '\0')
        return;
    buf_text(b, "<p><small>");
    html_id(r, b, id);
    buf_text(b, "</small></p>\n<p class=\"text\">");
    html_put(r, b, s);
    buf_text(b, "</p>\n");
}

enum { RANK_HIGH, RANK_OTHER };
struct wanted {
    struct buf *b;
    enum answer answer;
    int rank;
    size_t count;
};

static void point_card(struct report *r, const struct jv *sheet, const struct jv *point, void *self)
{
    struct wanted *w = self;
    const char *key = w->answer == ANSWER_NO ? "answer" : "comment",
               *theme = jv_get_text(point, "theme");

    if (point_answer(point) != w->answer || point_is_high(point) != (w->rank == RANK_HIGH))
        return;
    w->count++;
    const char *tag = w->answer == ANSWER_NO ? "h3" : "h4";
    buf_format(w->b, "<%s>", tag);
    if (theme != NULL && *theme != '\0')
        html_say(r, w->b, "report.no.title", jv_get_text(point, "id"), theme);
    else
        html_put(r, w->b, jv_get_text(point, "id"));
    buf_format(w->b, "</%s>\n<p class=\"place\">", tag);
    html_say(r, w->b, severity_id(jv_get_text(point, "severity")), jv_get_text(point, "severity"),
             NULL);
    buf_text(w->b, " · ");
    if (jv_get_text(point, "owasp") != NULL) {
        html_put(r, w->b, jv_get_text(point, "owasp"));
        buf_text(w->b, " · ");
    }
    html_say(r, w->b, "report.place", jv_get_text(sheet, "name"),
             jv_get_text(jv_get(point, "cells"), key));
    buf_text(w->b, "</p>\n");
    put_labelled(r, w->b, "report.no.wording", jv_get_text(point, "wording"));
    put_labelled(r, w->b, "report.no.check", jv_get_text(point, "verification"));
    put_labelled(r, w->b, w->answer == ANSWER_NO ? "report.no.comment" : "report.col.reason",
                 jv_get_text(point, "comment"));
}

/* The non-conformities, high ones first. */
static void put_no(struct report *r, struct buf *b)
{
    struct wanted w = {b, ANSWER_NO, RANK_HIGH, 0};

    html_in(r, b, "h2", type_text(r, "report.no"));
    html_in(r, b, "p", type_text(r, "report.no.about"));
    for (; w.rank <= RANK_OTHER; w.rank++)
        points_each(r, point_card, &w);
    if (w.count == 0)
        html_in(r, b, "p", type_text(r, "report.no.none"));
}

/* N/A with their reasons; those on high points apart. */
static void put_na(struct report *r, struct buf *b)
{
    struct wanted high = {b, ANSWER_NA, RANK_HIGH, 0}, other = {b, ANSWER_NA, RANK_OTHER, 0};

    html_in(r, b, "h2", type_text(r, "report.na"));
    html_in(r, b, "p", type_text(r, "report.na.about"));
    html_in(r, b, "h3", type_text(r, "report.na.high"));
    points_each(r, point_card, &high);
    if (high.count == 0)
        html_in(r, b, "p", type_text(r, "report.na.high-none"));
    html_in(r, b, "h3", type_text(r, "report.na.other"));
    points_each(r, point_card, &other);
    if (high.count + other.count == 0)
        html_in(r, b, "p", type_text(r, "report.na.none"));
}

static void put_point(struct report *r, struct buf *b, const struct jv *columns,
                      const struct jv *point)
{
    enum answer a = point_answer(point);
    const struct jv *cells = jv_get(point, "cells");

    buf_text(b, "<tr>");
    for (size_t i = 0; i < jv_count(columns); i++) {
        const char *id = jv_get_text(jv_at(columns, i), "id");
        if (id == NULL)
            continue;
        if (strcmp(id, "point") == 0) {
            html_in(r, b, "th scope=\"row\"", jv_get_text(point, "id"));
        } else if (strcmp(id, "answer") == 0) {
            buf_format(b, "<td class=\"%s\"><strong>", classes[a]);
            html_put(r, b, answer_word(r, a));
            buf_text(b, "</strong> <small>");
            if (jv_get_text(cells, "answer") != NULL)
                html_say(r, b, "report.cell", jv_get_text(cells, "answer"), NULL);
            buf_text(b, "</small></td>\n");
        } else {
            html_in(r, b, "td", jv_get_text(point, id));
        }
    }
    buf_text(b, "</tr>\n");
}

static void put_tabs(struct report *r, struct buf *b)
{
    const struct jv *sheets = jv_get(r->grid, "sheets");

    for (size_t i = 0; i < jv_count(sheets); i++) {
        const struct jv *sheet = jv_at(sheets, i), *columns = jv_get(sheet, "columns"),
                        *points = jv_get(sheet, "points");
        char count[24], about[64];
        buf_text(b, "<h2>");
        struct tab_heading heading;
        tab_heading(r, sheet, &heading);
        html_say(r, b, heading.id, heading.name, heading.detail);
        buf_text(b, "</h2>\n<p>");
        snprintf(count, sizeof count, "%zu", jv_count(points));
        html_say(
            r, b,
            text_plural(r->lang, about, sizeof about, "report.tab.about", (long)jv_count(points)),
            count, NULL);
        buf_text(b, "</p>\n<table>\n<thead><tr>");
        for (size_t k = 0; k < jv_count(columns); k++) {
            if (jv_get_text(jv_at(columns, k), "id") != NULL)
                html_in(r, b, "th scope=\"col\"", jv_get_text(jv_at(columns, k), "label"));
        }
        buf_text(b, "</tr></thead>\n<tbody>\n");
        for (size_t k = 0; k < jv_count(points); k++)
            put_point(r, b, columns, jv_at(points, k));
        buf_text(b, "</tbody>\n</table>\n");
    }
}

static void put_foot(struct report *r, struct buf *b)
{
    const char *passi = field_value(r, "passi");

    buf_text(b, "<footer>\n<p>");
    html_say(r, b, passi != NULL ? "report.title.made" : "report.title.made-none", passi, NULL);
    buf_text(b, "</p>\n");
    html_in(r, b, "p", type_text(r, "report.foot.faith"));
    buf_text(b, "</footer>\n</main>\n</body>\n</html>\n");
}

static void page_put(struct report *r, struct buf *b, const struct inputs *in)
{
    html_head(r, b, &in->logo);
    put_result(r, b);
    html_guide(r, b);
    put_counts(r, b);
    html_summary(r, b);
    put_no(r, b);
    put_na(r, b);
    put_tabs(r, b);
    html_again(r, b);
    html_method(r, b, in->grid_sha256);
    put_foot(r, b);
}

static int report_html_run(const struct task_io *io, struct err *e)
{
    struct buf b = BUF_INIT((size_t)ceilings.report_bytes);
    struct report *r = calloc(1, sizeof *r);
    struct inputs in = {.fds = {-1, -1}};
    int rc = -1;

    if (r == NULL)
        return err_set_memory(e);
    if (inputs_read(io, &in, e) != 0 || report_facts(r, in.params, e) != 0 ||
        look_read(r, jv_get(in.params, "look"), NULL, 0, e) != 0)
        goto out;
    page_put(r, &b, &in);
    if (buf_check(&b, e) == 0 && file_pwrite_all(io->fds[0], b.data, b.len, 0, "report", e) == 0)
        rc = 0;
    if (rc == 0)
        buf_text(io->reply, "{}");
out:
    free(r);
    inputs_free(&in);
    buf_free(&b);
    return rc;
}

const struct task report_html_task = {
    .name = "report-html",
    .run = report_html_run,
    .warm = report_warm,
    .limits = {.seconds = 60, .memory = 0, .output = 64 << 20},
};
