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
    const struct jv *from = jv_get(rules, "provenance");
    const char *date = jv_get_text(from, "date");
    char when[DATE_SAID_MAX];
    struct date day;
    plain(v, "report.digest.rules-from", jv_get_text(from, "source"));
    if (date != NULL && date_parse_iso(date, &day) == 0) {
        date_said(v->r, day, when);
        plain(v, "report.digest.rules-date", when);
    }
    plain(v, "report.digest.rules-blank", jv_get_text(from, "blank_sha256"));
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

/* ---- before and after of a re-evaluation ---- */

static const char *outcome_short(const struct report *r, const struct jv *from)
{
    static const char *const known[] = {"met", "met-at-limit", "met-reserve", "not-met"};
    const char *outcome = jv_get_text(from, "outcome");
    char id[64];

    for (size_t i = 0; outcome != NULL && i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(outcome, known[i]) == 0) {
            snprintf(id, sizeof id, "report.again.outcome.%s", outcome);
            return type_text(r, id);
        }
    }
    return type_text(r, "report.again.outcome.none");
}

static void again_facts(struct report *r, const struct jv *initial, again_fn *fn, void *self)
{
    static const char *const facts[][2] = {{"report.again.passi", "passi"},
                                           {"report.again.auditor", "auditor"},
                                           {"report.again.test-start", "test_start"},
                                           {"report.again.test-end", "test_end"},
                                           {"report.again.report-date", "report_date"},
                                           {"report.again.reference", "form_reference"}};
    const struct jv *fields = jv_get(initial, "fields");

    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        const char *before = jv_get_text(fields, facts[i][1]);
        const char *after = field_value(r, facts[i][1]);
        if (before != NULL || after != NULL)
            fn(r, type_text(r, facts[i][0]), before, after, self);
    }
}

void again_each(struct report *r, again_fn *fn, void *self)
{
    static const char *const counted[][3] = {{"report.again.high", "Haute", "Non"},
                                             {"report.again.medium", "Moyenne", "Non"},
                                             {"report.again.high-na", "Haute", "N/A"},
                                             {"report.again.medium-na", "Moyenne", "N/A"}};
    const struct jv *initial = jv_get(r->grid, "initial"), *counts = jv_get(initial, "counts");
    char before[24], after[24];

    fn(r, type_text(r, "report.again.result"), outcome_short(r, initial), outcome_short(r, r->grid),
       self);
    again_facts(r, initial, fn, self);
    for (size_t i = 0; jv_is_object(counts) && i < sizeof counted / sizeof counted[0]; i++) {
        const char *const *row = counted[i];
        snprintf(before, sizeof before, "%lld",
                 (long long)jv_get_int(jv_get(counts, row[1]), row[2], 0));
        snprintf(after, sizeof after, "%lld", (long long)count_of(r, row[1], row[2]));
        fn(r, type_text(r, row[0]), before, after, self);
    }
}
