/* What proves where the report comes from: files, digests, rules, versions, in their order. */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "pdf/report/report_int.h"

/* Groups of three digits by a narrow space that does not break. */
static void number_said(char out[32], int64_t n)
{
    char digits[32];
    size_t at = 0;
    int len = snprintf(digits, sizeof digits, "%lld", (long long)n);

    for (int i = 0; i < len && at < 31 - 4; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            at += (size_t)snprintf(out + at, 32 - at, "\xE2\x80\xAF");
        out[at++] = digits[i];
    }
    out[at] = '\0';
}

struct evidence {
    struct report *r;
    evidence_fn *fn;
    void *self;
};

static void plain(const struct evidence *v, const char *label, const char *value)
{
    if (value != NULL)
        v->fn(v->r, type_text(v->r, label), value, v->self);
}

static void said(const struct evidence *v, const char *label, const char *id, const char *one,
                 const char *two)
{
    char text[1024];
    const char *args[2] = {one != NULL ? one : "", two != NULL ? two : ""};

    text_format(text, sizeof text, type_text(v->r, id), args, 2);
    plain(v, label, text);
}

static void rules_said(const struct evidence *v, const struct jv *rules)
{
    if (!jv_is_object(rules)) {
        said(v, "report.digest.rules", "report.digest.rules-none", NULL, NULL);
        return;
    }
    said(v, "report.digest.rules", "report.digest.rules-said", jv_get_text(rules, "title"),
         jv_get_text(rules, "version"));
    plain(v, "report.digest.rules-from", jv_get_text(jv_get(rules, "provenance"), "source"));
    plain(v, "report.digest.rules-sha", jv_get_text(rules, "sha256"));
}

void evidence_each(struct report *r, const char *grid_sha256, evidence_fn *fn, void *self)
{
    const struct evidence v = {r, fn, self};
    const struct jv *form = jv_get(r->grid, "form"), *initial = jv_get(r->grid, "initial"),
                    *old = jv_get(r->options, "replaces");
    char bytes[32], revision[32], when[DATE_SAID_MAX];

    number_said(bytes, jv_get_int(form, "bytes", 0));
    snprintf(revision, sizeof revision, "%lld", (long long)r->revision);
    date_said(r, date_in_paris(r->created), when);
    plain(&v, "report.digest.form", jv_get_text(form, "name"));
    said(&v, "report.digest.bytes", "report.digest.bytes-said", bytes, NULL);
    plain(&v, "report.digest.sha", r->form_sha256);
    plain(&v, "report.digest.grid", grid_sha256);
    plain(&v, "report.digest.initial", jv_get_text(initial, "name"));
    plain(&v, "report.digest.initial-sha", jv_get_text(initial, "sha256"));
    rules_said(&v, jv_get(r->grid, "ruleset"));
    said(&v, "report.digest.reference", "report.digest.reference-said", r->reference, revision);
    plain(&v, "report.digest.replaces", jv_get_text(old, "sha256"));
    plain(&v, "report.digest.made", r->producer);
    plain(&v, "report.digest.when", when);
}

const struct again_count again_counts[AGAIN_COUNTS] = {
    {"report.again.high", "Haute", "Non"},
    {"report.again.medium", "Moyenne", "Non"},
    {"report.again.high-na", "Haute", "N/A"},
    {"report.again.medium-na", "Moyenne", "N/A"}};
