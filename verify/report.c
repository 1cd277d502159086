#include "verify/report.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/page.h"
#include "base/text.h"

enum { LINE_MAX_BYTES = 2048 };

/* Both forms for people are the same lines; HTML gives them elements. */
struct page {
    struct buf *out;
    bool html;
};

static void line(struct page *p, const char *element, const char *content)
{
    if (content == NULL || *content == '\0')
        return;
    if (!p->html) {
        char safe[LINE_MAX_BYTES * 2];
        text_escape_terminal(safe, sizeof safe, content);
        buf_format(p->out, "%s%s\n", strcmp(element, "li") == 0 ? "  - " : "", safe);
        return;
    }
    page_element(p->out, text_lang_get(), element, content);
}

static void pair_as(struct page *p, const char *element, const char *id, const char *value)
{
    char sentence[LINE_MAX_BYTES];

    if (value == NULL || *value == '\0')
        return;
    text_say(text_lang_get(), sentence, sizeof sentence, "verify.report.pair", text(id), value,
             NULL);
    line(p, element, sentence);
}

static void pair(struct page *p, const char *id, const char *value)
{
    pair_as(p, "p", id, value);
}

bool verdict_said_before(const struct jv *list, size_t i)
{
    const char *sentence = jv_get_text(jv_at(list, i), "sentence");

    for (size_t k = 0; k < i && sentence != NULL; k++) {
        const char *own = jv_get_text(jv_at(list, k), "sentence");
        if (own != NULL && strcmp(own, sentence) == 0)
            return true;
    }
    return false;
}

static void list(struct page *p, const char *title, const struct jv *items)
{
    if (jv_count(items) == 0)
        return;
    line(p, "h4", text(title));
    if (p->html)
        buf_text(p->out, "<ul>\n");
    for (size_t i = 0; i < jv_count(items); i++) {
        const struct jv *o = jv_at(items, i), *allowed = jv_get(o, "allowed");
        char sentence[LINE_MAX_BYTES];
        const char *own = jv_get_text(o, "sentence");
        if (allowed == NULL && verdict_said_before(items, i))
            continue;
        if (allowed != NULL && own != NULL) {
            text_say(text_lang_get(), sentence, sizeof sentence,
                     jv_is_true(allowed) ? "verify.report.allowed" : "verify.report.forbidden", own,
                     NULL);
            own = sentence;
        }
        line(p, "li", own);
    }
    if (p->html)
        buf_text(p->out, "</ul>\n");
}

/* The worker that read the file wrote this: what must be there may be missing. */
static const char *said(const struct jv *o, const char *key)
{
    const char *value = jv_get_text(o, key);

    return value != NULL ? value : "?";
}

static void signature(struct page *p, const struct jv *s)
{
    const char *type = jv_get_text(s, "type"), *sub = jv_get_text(s, "sub_indication");
    const struct jv *signer = jv_get(s, "signer");
    char title[LINE_MAX_BYTES], state[128], digest[96];

    bool stamp = type != NULL && strcmp(type, "document-timestamp") == 0;
    text_say(text_lang_get(), title, sizeof title,
             stamp ? "verify.report.stamp" : "verify.report.signature", jv_get_text(s, "field"),
             NULL);
    line(p, "h3", title);
    snprintf(state, sizeof state, "%s%s%s", said(s, "indication"), sub != NULL ? " / " : "",
             sub != NULL ? sub : "");
    pair(p, "verify.report.indication", state);
    pair(p, "verify.report.level", jv_get_text(s, "level"));
    pair(p, "verify.report.level-reason", jv_get_text(s, "level_reason"));
    pair(p, "verify.report.signer", jv_get_text(signer, "subject"));
    pair(p, "verify.report.issuer", jv_get_text(signer, "issuer"));
    pair(p, "verify.report.serial", jv_get_text(signer, "serial"));
    pair(p, "verify.report.certificate", jv_get_text(signer, "sha256"));
    pair(p, "verify.report.claimed", jv_get_text(s, "claimed_time"));
    pair(p, "verify.report.best", jv_get_text(s, "best_signature_time"));
    pair(p, "verify.report.best-source", jv_get_text(s, "best_signature_time_source"));
    const char *d = jv_get_text(s, "digest"), *scheme = jv_get_text(s, "scheme");
    snprintf(digest, sizeof digest, "%s, %s", scheme != NULL ? scheme : "?", d != NULL ? d : "?");
    pair(p, "verify.report.algorithms", digest);
    list(p, "verify.report.findings", jv_get(s, "findings"));
    list(p, "verify.report.changes", jv_get(s, "changes"));
}

static void materials(struct page *p, const struct jv *verdict)
{
    const struct jv *items = jv_get(verdict, "revocation_data");

    if (jv_count(items) == 0)
        return;
    line(p, "h3", text("verify.report.materials"));
    for (size_t i = 0; i < jv_count(items); i++) {
        char one[LINE_MAX_BYTES];
        const struct jv *o = jv_at(items, i);
        snprintf(one, sizeof one, "%s (%s) SHA-256 %s", said(o, "kind"), said(o, "source"),
                 said(o, "sha256"));
        line(p, "p", one);
    }
}

/* The verdict stands out by its bar and its weight; its word says it. */
static void verdict_itself(struct page *p, const struct jv *v)
{
    const char *verdict = said(v, "verdict");
    char id[64];

    if (p->html)
        buf_format(p->out, "<div class=\"%s\">\n",
                   strcmp(verdict, "valid") == 0          ? "fine"
                   : strcmp(verdict, "undetermined") == 0 ? "remark"
                                                          : "fault");
    snprintf(id, sizeof id, "verify.report.verdict.%.32s", verdict);
    pair_as(p, "strong", "verify.report.verdict", text(id));
    pair(p, "verify.report.reason", jv_get_text(v, "reason"));
    if (p->html)
        buf_text(p->out, "</div>\n");
}

static void verdict_page(struct page *p, const struct jv *v)
{
    const char *file = jv_get_text(v, "file");

    line(p, "h2", p->html && file != NULL ? path_name(file) : file);
    verdict_itself(p, v);
    pair(p, "verify.report.digest", jv_get_text(v, "sha256"));
    pair(p, "verify.report.time", jv_get_text(v, "validation_time"));
    pair(p, "verify.report.policy", jv_get_text(v, "policy"));
    const struct jv *comparison = jv_get(v, "comparison");
    if (jv_is_object(comparison)) {
        line(p, "h3", text("verify.report.comparison"));
        line(p, "p", jv_get_text(comparison, "sentence"));
        list(p, "verify.report.differences", jv_get(comparison, "differences"));
    }
    for (size_t i = 0; i < jv_count(jv_get(v, "signatures")); i++)
        signature(p, jv_at(jv_get(v, "signatures"), i));
    materials(p, v);
}

static int report_people(const struct jv *verdicts, bool html, const char *program, struct buf *out,
                         struct err *e)
{
    struct page p = {out, html};

    if (html && page_begin(out, text_lang_get(), text("verify.report.title"), e) != 0)
        return -1;
    for (size_t i = 0; i < jv_count(verdicts); i++)
        verdict_page(&p, jv_at(verdicts, i));
    pair(&p, "verify.report.program", program);
    if (html)
        page_end(out);
    return 0;
}

int verdict_report(const struct jv *verdicts, const char *kind, const char *program,
                   struct buf *out, struct err *e)
{
    if (strcmp(kind, "xml") == 0)
        verdict_report_xml(verdicts, program, out);
    else if (report_people(verdicts, strcmp(kind, "html") == 0, program, out, e) != 0)
        return -1;
    return buf_check(out, e);
}
