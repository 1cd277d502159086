/* The check-list for a person, from the manifest alone. Names of solution and editor, notes and
 * titles of proofs are foreign text. */
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/escape.h"
#include "base/text.h"
#include "submit/bundle/bundle_part.h"

static const char style[] =
    "body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;"
    "color:#1a1a1a;background:#fff}"
    "h1{font-size:1.6rem}h2{font-size:1.25rem;margin-top:2rem}"
    "table{border-collapse:collapse;width:100%}caption{text-align:left;font-weight:600;padding:."
    "5rem 0}"
    "th,td{border:1px solid #767676;padding:.5rem;text-align:left;vertical-align:top}"
    "thead th{background:#f0f0f0}code{overflow-wrap:anywhere;font-size:.85rem}"
    "input{width:1.4rem;height:1.4rem}.care{border-left:.4rem solid #b00020;padding:.2rem 1rem}"
    "a{color:#003a8c}@media print{body{margin:0;max-width:none}a{color:inherit}}";

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

static void element(struct buf *out, const char *name, const char *content)
{
    buf_format(out, "<%s>", name);
    escape_html(out, content);
    buf_format(out, "</%s>\n", name);
}

static int head(struct buf *out, struct err *e)
{
    unsigned char sum[DIGEST_MAX];

    if (digest_bytes(DIGEST_SHA256, style, sizeof style - 1, sum, e) != 0)
        return -1;
    buf_format(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
               text_lang_name(text_lang_get()));
    /* Nothing is loaded, run or sent; the style is named by its digest. */
    buf_text(out,
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
             "'sha256-");
    base64_encode(out, sum, 32);
    buf_text(out, "'; base-uri 'none'; form-action 'none'\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta name=\"referrer\" content=\"no-referrer\">\n");
    element(out, "title", say("title"));
    buf_format(out, "<style>%s</style>\n</head>\n<body>\n<main>\n", style);
    return 0;
}

static void about_row(struct buf *out, const char *what, const char *value)
{
    if (value == NULL || *value == '\0')
        return;
    buf_text(out, "<tr><th scope=\"row\">");
    escape_html(out, say(what));
    buf_text(out, "</th><td>");
    escape_html(out, value);
    buf_text(out, "</td></tr>\n");
}

static void about(const struct jv *m, struct buf *out)
{
    buf_text(out, "<table>\n");
    element(out, "caption", say("about"));
    about_row(out, "solution", jv_get_text(jv_get(m, "solution"), "name"));
    about_row(out, "version", jv_get_text(jv_get(m, "solution"), "version"));
    about_row(out, "editor", jv_get_text(jv_get(m, "editor"), "name"));
    about_row(out, "date", jv_get_text(m, "deposit_date"));
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
    escape_html(out, say("done"));
    buf_format(out, " %d\"></td>\n<th scope=\"row\"><label for=\"p%d\">%02d. ", number, number,
               number);
    escape_html(out, jv_get_text(p, "title"));
    buf_text(out, "</label></th>\n<td>");
    escape_html(out, jv_get_text(p, "where"));
    if (jv_get_text(p, "proof") != NULL) {
        buf_text(out, "<br>");
        escape_html(out, jv_get_text(p, "proof"));
        if (jv_get_bool(p, "by_analogy"))
            escape_html(out, say("analogy"));
    }
    if (!jv_get_bool(p, "required")) {
        buf_text(out, "<br>");
        escape_html(out, say("optional"));
    }
    buf_text(out, "</td>\n<td><a href=\"");
    escape_url_path(out, path);
    buf_text(out, "\">");
    escape_html(out, name != NULL ? name + 1 : path);
    buf_text(out, "</a></td>\n<td><code>");
    escape_html(out, jv_get_text(file, "sha256"));
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
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        buf_text(out, "<th scope=\"col\">");
        escape_html(out, say(columns[i]));
        buf_text(out, "</th>\n");
    }
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
    if (head(out, e) != 0)
        return -1;
    element(out, "h1", say("title"));
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
    buf_text(out, "</main>\n</body>\n</html>\n");
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
    char safe[4096];

    buf_format(out, "%s\n\n%s\n\n", say("title"), say("care"));
    line(out, "solution", jv_get_text(jv_get(m, "solution"), "name"));
    line(out, "version", jv_get_text(jv_get(m, "solution"), "version"));
    line(out, "editor", jv_get_text(jv_get(m, "editor"), "name"));
    line(out, "date", jv_get_text(m, "deposit_date"));
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
