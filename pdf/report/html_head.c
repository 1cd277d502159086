/* The head of the HTML page: its policy and style, the firm, what was tested; how to read it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/digest.h"
#include "base/escape.h"
#include "pdf/report/html_int.h"

/* --p and --a are the colours of the look. */
static const char style[] =
    "body{font:16px/1.5 system-ui,sans-serif;color:#1b242e;margin:0}"
    "header{background:var(--p);color:#fff;padding:2rem 5%}main{padding:0 5% 3rem;max-width:76rem}"
    "h1{margin:.2rem 0;font-size:2rem}h2{color:var(--p);margin:2.5rem 0 .6rem;border-top:3px solid "
    "var(--a);padding-top:.6rem}"
    "h3,h4{color:var(--p);margin:1.6rem 0 "
    ".3rem}table{border-collapse:collapse;width:100%;font-size:.9rem}"
    "th,td{text-align:left;vertical-align:top;padding:.45rem .6rem;border-bottom:1px solid "
    "#d3dae1;white-space:pre-wrap;"
    "overflow-wrap:anywhere}thead th{background:var(--p);color:#fff}"
    ".result{border-left:6px solid #55606c;background:#edf0f3;padding:1rem 1.2rem;margin:1.5rem 0}"
    ".yes{color:#1b6b43}.no{color:#a6231b}.na{color:#55606c}.empty{color:#8a5200}"
    ".result.no{border-color:#a6231b;background:#fbeae8}.result.yes{border-color:#1b6b43;"
    "background:#e6f2eb}"
    ".result.empty{border-color:#8a5200;background:#fbf1df}"
    "dl{display:grid;grid-template-columns:14rem 1fr;gap:.3rem "
    "1rem}dt{color:#4e5a67}dd{margin:0;font-weight:600}"
    ".text{white-space:pre-wrap;overflow-wrap:anywhere}.mark{background:#fbeae8;color:#a6231b;"
    "padding:.4rem .8rem;font-weight:700}"
    "footer{margin-top:3rem;border-top:1px solid #d3dae1;color:#4e5a67}"
    ".logo{float:right;max-height:4rem;max-width:16rem;background:#fff;padding:.4rem}small,.place{"
    "color:#4e5a67}@media(max-width:40rem){dl{display:block}}";

static void put_colour(struct buf *b, const char *name, struct draw_colour c)
{
    buf_format(b, "--%s:#%02lx%02lx%02lx;", name, lround(c.r * 255), lround(c.g * 255),
               lround(c.b * 255));
}

/* Nothing is loaded and no script runs: the policy names the style by its digest, and allows a
 * picture that the page holds itself. */
static void put_style(struct report *r, struct buf *b)
{
    unsigned char sum[DIGEST_MAX];
    struct buf all = BUF_INIT(1 << 16);

    buf_text(&all, ":root{");
    put_colour(&all, "p", r->look.primary);
    put_colour(&all, "a", r->look.accent);
    buf_format(&all, "}%s", style);
    buf_text(b, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                "img-src data:; style-src 'sha256-");
    if (digest_bytes(DIGEST_SHA256, all.data, all.len, sum, NULL) == 0)
        base64_encode(b, sum, 32);
    buf_format(b, "'\">\n<style>%s</style>\n", buf_str(&all));
    buf_free(&all);
}

static void put_firm(struct report *r, struct buf *b, const struct buf *logo)
{
    bool png = logo->len > 4 && memcmp(logo->data, "\x89PNG", 4) == 0;

    if (logo->len > 0) {
        buf_text(b, "<img class=\"logo\" alt=\"");
        html_say(r, b, "report.title.logo", r->look.firm, NULL);
        buf_format(b, "\" src=\"data:image/%s;base64,", png ? "png" : "jpeg");
        base64_encode(b, logo->data, logo->len);
        buf_text(b, "\">\n");
    }
    if (r->look.firm != NULL)
        html_in(r, b, "p", r->look.firm);
    if (r->look.address != NULL)
        html_in(r, b, "p class=\"text\"", r->look.address);
}

static void put_name(struct report *r, struct buf *b, const char *name)
{
    static const char *const more[] = {"application_type", "infrastructure", "profile"};
    const char *version = field_value(r, "solution_version"),
               *again = field_value(r, "reevaluation");
    bool first = version == NULL;

    html_in(r, b, "p",
            type_text(r, again != NULL && strcmp(again, "Oui") == 0 ? "report.title.again"
                                                                    : "report.title.kicker"));
    html_in(r, b, "h1", name);
    buf_text(b, "<p>");
    if (version != NULL)
        html_say(r, b, "report.title.version", version, NULL);
    for (size_t i = 0; i < 3; i++) {
        const char *value = field_value(r, more[i]);
        if (value == NULL)
            continue;
        buf_text(b, first ? "" : " · ");
        html_put(r, b, value);
        first = false;
    }
    buf_text(b, "</p>\n");
}

static void put_replaced(struct report *r, struct buf *b)
{
    const struct jv *old = jv_get(r->options, "replaces");
    char number[24];

    if (!jv_is_object(old))
        return;
    snprintf(number, sizeof number, "%lld", (long long)jv_get_int(old, "version", 1));
    buf_text(b, "<p>");
    html_say(r, b, "report.title.replaces", jv_get_text(old, "reference"), number);
    buf_text(b, "</p>\n");
}

void html_head(struct report *r, struct buf *b, const struct buf *logo)
{
    const char *version = field_value(r, "solution_version"), *name = field_value(r, "solution");

    if (name == NULL)
        name = jv_get_text(jv_get(r->grid, "form"), "name");
    buf_format(b, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
               text_lang_name(r->lang));
    put_style(r, b);
    buf_text(b, "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    html_say(r, b, version != NULL ? "report.head.version" : "report.head", name, version);
    buf_text(b, "</title>\n</head>\n<body>\n<header>\n");
    put_firm(r, b, logo);
    put_name(r, b, name);
    buf_text(b, "</header>\n<main>\n");
    if (r->draft)
        html_in(r, b, "p class=\"mark\"", type_text(r, "report.title.draft"));
    if (r->specimen)
        html_in(r, b, "p class=\"mark\"", type_text(r, "report.title.specimen"));
    put_replaced(r, b);
}

void html_guide(struct report *r, struct buf *b)
{
    static const char *const said[] = {"report.read.yes", "report.read.no", "report.read.na"};

    html_in(r, b, "h2", type_text(r, "report.read"));
    html_in(r, b, "p", type_text(r, "report.read.answers"));
    buf_text(b, "<dl>\n");
    for (size_t i = 0; i < 3; i++)
        html_pair(r, b, answer_word(r, (enum answer)i), type_text(r, said[i]));
    buf_text(b, "</dl>\n");
    html_in(r, b, "p", type_text(r, "report.read.cells"));
}
