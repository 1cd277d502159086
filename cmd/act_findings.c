#include "cmd/act_findings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/page.h"
#include "grid/say.h"

struct row {
    const struct jv *finding;
    size_t sheet, given;
    unsigned long row, column;
};

/* The sheets as the workbook has them, then those that it has not, then what belongs to no cell. In
 * a grid document without one the sheet of the fields comes first. */
static size_t sheet_rank(const struct jv *grid, const char *sheet)
{
    const struct jv *sheets = jv_get(jv_get(grid, "form"), "sheets");
    const char *info = jv_get_text(jv_at(jv_get(grid, "fields"), 0), "sheet");

    if (sheet == NULL)
        return jv_count(sheets) + 2;
    for (size_t i = 0; i < jv_count(sheets); i++) {
        if (strcmp(jv_str(jv_at(sheets, i)), sheet) == 0)
            return i + 1;
    }
    return info != NULL && strcmp(sheet, info) == 0 ? 0 : jv_count(sheets) + 1;
}

static void place(struct row *r)
{
    const char *cell = jv_get_text(r->finding, "cell");

    r->row = r->column = 0;
    for (; cell != NULL && *cell >= 'A' && *cell <= 'Z'; cell++)
        r->column = r->column * 26 + (unsigned long)(*cell - 'A') + 1;
    r->row = cell != NULL ? strtoul(cell, NULL, 10) : 0;
}

static int compare(const void *a, const void *b)
{
    const struct row *x = a, *y = b;

    if (x->sheet != y->sheet)
        return x->sheet < y->sheet ? -1 : 1;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    return (x->given > y->given) - (x->given < y->given);
}

/* "form.xlsx#'Application web'!F14", as spreadsheet programs open it; a grid document has no cells
 * to open. */
static void link_of(struct buf *out, const char *path, bool has_cells, const struct jv *finding)
{
    const char *sheet = jv_get_text(finding, "sheet"), *cell = jv_get_text(finding, "cell");

    escape_url_path(out, path_name(path));
    if (sheet == NULL || !has_cells)
        return;
    buf_text(out, "#'");
    for (const char *p = sheet; *p != '\0'; p++) {
        buf_char(out, *p);
        if (*p == '\'')
            buf_char(out, *p);
    }
    buf_format(out, "'!%s", cell != NULL ? cell : "A1");
}

/* The levels have French names in every document; a list is read by people. */
static const char *level_word(enum text_lang lang, const char *level)
{
    char id[64];

    snprintf(id, sizeof id, "cmd.findings.level.%s", level);
    return text_exists(id) ? text_in(lang, id) : level;
}

static struct jv *row_json(const struct jv *form, const struct jv *finding, enum text_lang lang)
{
    struct jv *o = jv_object();
    struct buf link = BUF_INIT(8192);
    char text[SAY_MAX], remedy[SAY_MAX];

    say_place(lang, finding, text);
    jv_put_text(o, "place", text);
    jv_put_text(o, "level", level_word(lang, jv_get_text(finding, "level")));
    say_finding(lang, finding, text, remedy);
    jv_put_text(o, "message", text);
    jv_put_text(o, "remedy", remedy);
    const char *type = jv_get_text(jv_get(jv_get(form, "grid"), "form"), "type");
    bool has_cells = type == NULL || strcmp(type, "grid") != 0;
    link_of(&link, jv_get_text(form, "path"), has_cells, finding);
    jv_put_text(o, "link", buf_str(&link));
    buf_free(&link);
    return o;
}

struct jv *findings_rows(const struct jv *form, enum text_lang lang)
{
    const struct jv *grid = jv_get(form, "grid"), *findings = jv_get(grid, "findings");
    size_t n = jv_count(findings);
    struct row *rows = calloc(n + 1, sizeof *rows);
    struct jv *out = jv_array();

    for (size_t i = 0; rows != NULL && i < n; i++) {
        rows[i] = (struct row){.finding = jv_at(findings, i), .given = i};
        rows[i].sheet = sheet_rank(grid, jv_get_text(rows[i].finding, "sheet"));
        place(&rows[i]);
    }
    if (rows != NULL)
        qsort(rows, n, sizeof *rows, compare);
    for (size_t i = 0; rows != NULL && i < n; i++)
        jv_add_take(out, row_json(form, rows[i].finding, lang));
    free(rows);
    return out;
}

static void html_cell(struct buf *out, enum text_lang lang, const char *head, const char *s)
{
    buf_text(out, "<td data-name=\"");
    page_text(out, lang, text_in(lang, head));
    buf_text(out, "\">");
    page_text(out, lang, s);
    buf_text(out, "</td>\n");
}

static void html_rows(struct buf *out, const struct jv *rows, enum text_lang lang)
{
    static const char *const heads[] = {"cmd.findings.place", "cmd.findings.level",
                                        "cmd.findings.message", "cmd.findings.remedy"};

    buf_text(out, "<table>\n");
    page_element(out, lang, "caption", text_in(lang, "cmd.findings.sheet"));
    buf_text(out, "<thead><tr>\n");
    for (size_t i = 0; i < 4; i++)
        page_element(out, lang, "th scope=\"col\"", text_in(lang, heads[i]));
    buf_text(out, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < jv_count(rows); i++) {
        const struct jv *row = jv_at(rows, i);
        buf_text(out, "<tr><th scope=\"row\"><a href=\"");
        escape_html(out, jv_get_text(row, "link"));
        buf_text(out, "\">");
        escape_html(out, jv_get_text(row, "place"));
        buf_text(out, "</a></th>\n");
        html_cell(out, lang, heads[1], jv_get_text(row, "level"));
        html_cell(out, lang, heads[2], jv_get_text(row, "message"));
        html_cell(out, lang, heads[3], jv_get_text(row, "remedy"));
        buf_text(out, "</tr>\n");
    }
    buf_text(out, "</tbody>\n</table>\n");
}

static void html_form(struct buf *out, const struct jv *form, enum text_lang lang)
{
    const struct jv *grid = jv_get(form, "grid");
    const char *outcome = jv_get_text(grid, "outcome");
    struct jv *rows = findings_rows(form, lang);
    bool fault = outcome == NULL || strcmp(outcome, "not-met") == 0;
    char line[SAY_MAX];

    page_element(out, lang, "h2", path_name(jv_get_text(form, "path")));
    say_outcome(lang, grid, line);
    buf_format(out, "<div class=\"%s\">\n",
               fault                                 ? "fault"
               : strcmp(outcome, "met-reserve") == 0 ? "remark"
                                                     : "fine");
    page_element(out, lang, "p", line);
    say_deposit(lang, grid, line);
    if (line[0] != '\0')
        page_element(out, lang, "p", line);
    buf_text(out, "</div>\n");
    page_element(out, lang, "p", say_caveat(lang));
    if (jv_count(rows) > 0)
        html_rows(out, rows, lang);
    else
        page_element(out, lang, "p", text_in(lang, "cmd.findings.none"));
    jv_free(rows);
}

int findings_html(const struct jv *forms, enum text_lang lang, struct buf *out, struct err *e)
{
    if (page_begin(out, lang, text_in(lang, "cmd.findings.title"), e) != 0)
        return -1;
    for (size_t i = 0; i < jv_count(forms); i++)
        html_form(out, jv_at(forms, i), lang);
    page_element(out, lang, "p", text_in(lang, "cmd.findings.beside"));
    page_end(out);
    return buf_check(out, e);
}

int act_findings(const struct jv *forms, const char *out, enum text_lang lang, struct err *e)
{
    struct buf bytes = BUF_INIT((size_t)ceilings.json_bytes);
    const char *dot = strrchr(out, '.');
    int rc = -1;

    if (dot != NULL && strcasecmp(dot, ".html") == 0) {
        rc = findings_html(forms, lang, &bytes, e);
    } else if (dot != NULL && strcasecmp(dot, ".xlsx") == 0) {
        rc = findings_xlsx(forms, lang, &bytes, e);
    } else {
        err_set(e, ERR_USAGE, "err.cmd.findings-kind", out, NULL);
    }
    if (rc == 0)
        rc = file_put(out, bytes.data, bytes.len, false, e);
    buf_free(&bytes);
    return rc;
}
