/* The check-list for a person, from the manifest alone. Names of solution and editor, notes and
 * titles of proofs are foreign text. */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/escape.h"
#include "base/page.h"
#include "base/text.h"
#include "submit/bundle/bundle_part.h"

static const char *say(const char *what)
{
    static char id[96];

    snprintf(id, sizeof id, "submit-bundle.list.%s", what);
    return text(id);
}

const char *checklist_name(bool html)
{
    if (text_lang_get() == TEXT_FR)
        return html ? "liste-de-controle.html" : "liste-de-controle.txt";
    return html ? "checklist.html" : "checklist.txt";
}

static void put(struct buf *out, const char *content)
{
    page_text(out, text_lang_get(), content);
}

static void element(struct buf *out, const char *open, const char *content)
{
    page_element(out, text_lang_get(), open, content);
}

/* A cell that a narrow page shows behind the name of its column. */
static void cell_begin(struct buf *out, const char *column)
{
    buf_text(out, "<td data-name=\"");
    put(out, say(column));
    buf_text(out, "\">");
}

/* "2026-11-23" as the language writes days. */
static const char *day(const char *iso, char out[DATE_TEXT_MAX])
{
    struct date d;

    if (text_lang_get() != TEXT_FR || iso == NULL || date_parse_iso(iso, &d) != 0)
        return iso;
    date_french(d, out);
    return out;
}

static void about_row(struct buf *out, const char *what, const char *value)
{
    if (value == NULL || *value == '\0')
        return;
    buf_text(out, "<tr><th scope=\"row\">");
    put(out, say(what));
    buf_text(out, "</th><td>");
    put(out, value);
    buf_text(out, "</td></tr>\n");
}

static void about(const struct jv *m, struct buf *out)
{
    char date[DATE_TEXT_MAX];

    buf_text(out, "<table>\n");
    element(out, "caption", say("about"));
    about_row(out, "solution", jv_get_text(jv_get(m, "solution"), "name"));
    about_row(out, "version", jv_get_text(jv_get(m, "solution"), "version"));
    about_row(out, "editor", jv_get_text(jv_get(m, "editor"), "name"));
    about_row(out, "date", day(jv_get_text(m, "deposit_date"), date));
    about_row(out, "portal", jv_get_text(jv_get(m, "portal"), "name"));
    about_row(out, "id", jv_get_text(m, "id"));
    buf_text(out, "</table>\n");
}

static void place_row(const struct jv *p, struct buf *out)
{
    const struct jv *file = jv_get(p, "file");
    const char *path = jv_get_text(file, "path"), *name = strrchr(path, '/');
    int number = (int)jv_get_int(p, "number", 0);

    buf_format(out, "<tr><td><input type=\"checkbox\" id=\"p%d\" aria-label=\"", number);
    put(out, say("done"));
    buf_format(out, " %d\"></td>\n<th scope=\"row\"><label for=\"p%d\">%02d. ", number, number,
               number);
    put(out, jv_get_text(p, "title"));
    buf_text(out, "</label></th>\n");
    cell_begin(out, "where");
    put(out, jv_get_text(p, "where"));
    if (jv_get_text(p, "proof") != NULL) {
        buf_text(out, "<br>");
        put(out, jv_get_text(p, "proof"));
        if (jv_get_bool(p, "by_analogy"))
            put(out, say("analogy"));
    }
    if (!jv_get_bool(p, "required")) {
        buf_text(out, "<br>");
        put(out, say("optional"));
    }
    buf_text(out, "</td>\n");
    cell_begin(out, "file");
    buf_text(out, "<a href=\"");
    escape_url_path(out, path);
    buf_text(out, "\">");
    put(out, name != NULL ? name + 1 : path);
    buf_text(out, "</a></td>\n");
    cell_begin(out, "sha256");
    buf_text(out, "<code>");
    put(out, jv_get_text(file, "sha256"));
    buf_text(out, "</code></td></tr>\n");
}

static void places(const struct jv *m, struct buf *out)
{
    static const char *const columns[] = {"done", "proof", "where", "file", "sha256"};
    const struct jv *list = jv_get(m, "places");

    element(out, "h2", say("places"));
    element(out, "p", say("how"));
    element(out, "p", jv_get_text(m, "note"));
    buf_text(out, "<table>\n");
    element(out, "caption", say("each"));
    buf_text(out, "<thead><tr>\n");
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        element(out, "th scope=\"col\"", say(columns[i]));
    buf_text(out, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < jv_count(list); i++)
        place_row(jv_at(list, i), out);
    buf_text(out, "</tbody>\n</table>\n");
}

static void notes(const struct jv *m, struct buf *out)
{
    const struct jv *list = jv_get(m, "notes");

    if (jv_count(list) == 0)
        return;
    element(out, "h2", say("notes"));
    buf_text(out, "<ul>\n");
    for (size_t i = 0; i < jv_count(list); i++)
        element(out, "li", jv_str(jv_at(list, i)));
    buf_text(out, "</ul>\n");
}

int checklist_html(const struct jv *m, struct buf *out, struct err *e)
{
    if (page_begin(out, text_lang_get(), say("title"), e) != 0)
        return -1;
    buf_text(out, "<div class=\"care\" role=\"note\">\n");
    element(out, "p", say("care"));
    buf_text(out, "</div>\n");
    about(m, out);
    places(m, out);
    notes(m, out);
    element(out, "h2", say("before"));
    element(out, "p", say("verify"));
    element(out, "h2", say("after"));
    element(out, "p", say("keep"));
    page_end(out);
    return buf_check(out, e);
}

/* ---- the same as plain text ---- */
static void line(struct buf *out, const char *what, const char *value)
{
    char safe[2048];

    if (value == NULL || *value == '\0')
        return;
    text_escape_terminal(safe, sizeof safe, value);
    buf_format(out, "%s%s: %s\n", say(what), text_lang_get() == TEXT_FR ? " " : "", safe);
}

static const char *text_of(const struct jv *object, const char *key)
{
    const char *s = jv_get_text(object, key);

    return s != NULL ? s : "";
}

static void place_text(const struct jv *p, struct buf *out)
{
    const struct jv *file = jv_get(p, "file");
    char title[1024], where[1024];

    text_escape_terminal(title, sizeof title, jv_get_text(p, "title"));
    text_escape_terminal(where, sizeof where, jv_get_text(p, "where"));
    buf_format(out, "[ ] %02d. %s\n        %s\n", (int)jv_get_int(p, "number", 0), title, where);
    if (jv_get_text(p, "proof") != NULL) {
        text_escape_terminal(title, sizeof title, text_of(p, "proof"));
        buf_format(out, "        %s%s\n", title,
                   jv_get_bool(p, "by_analogy") ? say("analogy") : "");
    }
    if (!jv_get_bool(p, "required"))
        buf_format(out, "        %s\n", say("optional"));
    text_escape_terminal(where, sizeof where, jv_get_text(file, "path"));
    buf_format(out, "        %s\n        SHA-256 %s\n\n", where, jv_get_text(file, "sha256"));
}

int checklist_text(const struct jv *m, struct buf *out, struct err *e)
{
    const struct jv *list = jv_get(m, "places"), *remarks = jv_get(m, "notes");
    char safe[4096], date[DATE_TEXT_MAX];

    buf_format(out, "%s\n\n%s\n\n", say("title"), say("care"));
    line(out, "solution", jv_get_text(jv_get(m, "solution"), "name"));
    line(out, "version", jv_get_text(jv_get(m, "solution"), "version"));
    line(out, "editor", jv_get_text(jv_get(m, "editor"), "name"));
    line(out, "date", day(jv_get_text(m, "deposit_date"), date));
    line(out, "portal", jv_get_text(jv_get(m, "portal"), "name"));
    line(out, "id", jv_get_text(m, "id"));
    text_escape_terminal(safe, sizeof safe, text_of(m, "note"));
    buf_format(out, "\n%s\n%s\n\n", say("how"), safe);
    for (size_t i = 0; i < jv_count(list); i++)
        place_text(jv_at(list, i), out);
    for (size_t i = 0; i < jv_count(remarks); i++) {
        text_escape_terminal(safe, sizeof safe, jv_str(jv_at(remarks, i)));
        buf_format(out, "- %s\n", safe);
    }
    buf_format(out, "%s%s\n%s\n", jv_count(remarks) > 0 ? "\n" : "", say("verify"), say("keep"));
    return buf_check(out, e);
}
