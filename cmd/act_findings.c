#include "cmd/act_findings.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/jv.h"
#include "grid/say.h"

struct row {
    const struct jv *finding;
    size_t sheet, given;
    unsigned long row, column;
};

/* General information first, then the tabs as the form has them, then what belongs to no cell. */
static size_t sheet_rank(const struct jv *grid, const char *sheet)
{
    const struct jv *sheets = jv_get(grid, "sheets");
    const char *info = jv_get_text(jv_at(jv_get(grid, "fields"), 0), "sheet");

    if (sheet == NULL)
        return jv_count(sheets) + 2;
    if (info != NULL && strcmp(sheet, info) == 0)
        return 0;
    for (size_t i = 0; i < jv_count(sheets); i++) {
        const char *name = jv_get_text(jv_at(sheets, i), "name");
        if (name != NULL && strcmp(name, sheet) == 0)
            return i + 1;
    }
    return jv_count(sheets) + 1;
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

/* "form.xlsx#'Application web'!F14", as spreadsheet programs open it. */
static void link_of(struct buf *out, const char *path, const struct jv *finding)
{
    const char *sheet = jv_get_text(finding, "sheet"), *cell = jv_get_text(finding, "cell");

    escape_url_path(out, path_name(path));
    if (sheet == NULL)
        return;
    buf_text(out, "#'");
    for (const char *p = sheet; *p != '\0'; p++) {
        buf_char(out, *p);
        if (*p == '\'')
            buf_char(out, *p);
    }
    buf_format(out, "'!%s", cell != NULL ? cell : "A1");
}

static struct jv *row_json(const struct jv *form, const struct jv *finding, enum text_lang lang)
{
    struct jv *o = jv_object();
    struct buf link = BUF_INIT(8192);
    char text[SAY_MAX], remedy[SAY_MAX];

    say_place(lang, finding, text);
    jv_put_text(o, "place", text);
    jv_put_text(o, "level", jv_get_text(finding, "level"));
    say_finding(lang, finding, text, remedy);
    jv_put_text(o, "message", text);
    jv_put_text(o, "remedy", remedy);
    link_of(&link, jv_get_text(form, "path"), finding);
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

static void html_text(struct buf *out, const char *tag, const char *s)
{
    buf_format(out, "<%s>", tag);
    escape_html(out, s);
    buf_format(out, "</%s>\n", tag);
}

static void html_form(struct buf *out, const struct jv *form, enum text_lang lang)
{
    const struct jv *grid = jv_get(form, "grid");
    struct jv *rows = findings_rows(form, lang);
    char line[SAY_MAX];

    html_text(out, "h2", path_name(jv_get_text(form, "path")));
    say_outcome(lang, grid, line);
    html_text(out, "p", line);
    say_deposit(lang, grid, line);
    html_text(out, "p", line);
    html_text(out, "p", say_caveat(lang));
    buf_text(out, "<table>\n<tr>");
    static const char *const heads[] = {"cmd.findings.place", "cmd.findings.level",
                                        "cmd.findings.message", "cmd.findings.remedy"};
    for (size_t i = 0; i < 4; i++)
        html_text(out, "th", text_in(lang, heads[i]));
    buf_text(out, "</tr>\n");
    for (size_t i = 0; i < jv_count(rows); i++) {
        const struct jv *row = jv_at(rows, i);
        buf_text(out, "<tr><td><a href=\"");
        escape_html(out, jv_get_text(row, "link"));
        buf_text(out, "\">");
        escape_html(out, jv_get_text(row, "place"));
        buf_text(out, "</a></td>");
        html_text(out, "td", jv_get_text(row, "level"));
        html_text(out, "td", jv_get_text(row, "message"));
        html_text(out, "td", jv_get_text(row, "remedy"));
        buf_text(out, "</tr>\n");
    }
    buf_text(out, "</table>\n");
    jv_free(rows);
}

void findings_html(const struct jv *forms, enum text_lang lang, struct buf *out)
{
    buf_format(out,
               "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
               "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\">\n",
               text_lang_name(lang));
    html_text(out, "title", text_in(lang, "cmd.findings.title"));
    buf_text(out, "</head>\n<body>\n");
    html_text(out, "h1", text_in(lang, "cmd.findings.title"));
    for (size_t i = 0; i < jv_count(forms); i++)
        html_form(out, jv_at(forms, i), lang);
    html_text(out, "p", text_in(lang, "cmd.findings.beside"));
    buf_text(out, "</body>\n</html>\n");
}

int act_findings(const struct jv *forms, const char *out, enum text_lang lang, struct err *e)
{
    struct buf bytes = BUF_INIT((size_t)ceilings.json_bytes);
    const char *dot = strrchr(out, '.');
    int rc = -1;

    if (dot != NULL && strcasecmp(dot, ".html") == 0) {
        findings_html(forms, lang, &bytes);
        rc = buf_check(&bytes, e);
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
