/* The entries of a signature dictionary (ISO 32000-2 Table 255, EN 319 142-1 6.3), and the locks
 * that go with it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "verify/sig.h"

static void lock_read(struct pdf *pdf, const struct pdf_value *dict, int revision, struct lock *out,
                      struct err *e)
{
    const char *action = pdf_name(pdf_get(pdf, dict, "Action", revision, e));
    const struct pdf_value *names = pdf_get(pdf, dict, "Fields", revision, e);
    enum lock_action before = out->action; /* said twice: readers differ on which counts */

    if (dict == NULL)
        return;
    if (action != NULL && strcmp(action, "Include") == 0)
        out->action = LOCK_INCLUDE;
    else if (action != NULL && strcmp(action, "Exclude") == 0)
        out->action = LOCK_EXCLUDE;
    else
        out->action = LOCK_ALL; /* and whatever else stands there: locked */
    if (before != LOCK_NONE || pdf_count(names) > SIG_NAMES_MAX)
        out->action = LOCK_ALL;
    for (size_t i = 0; i < pdf_count(names) && out->count < SIG_NAMES_MAX; i++) {
        char *name = pdf_text_dup(pdf_get_at(pdf, names, i, revision, e), e);
        if (name != NULL)
            out->names[out->count++] = name;
    }
}

/* A name locks its field and what hangs below it: "a" holds "a" and "a.b", not "ab" (A16). */
bool lock_holds(const struct lock *lock, const char *full_name)
{
    bool named = false;

    for (size_t i = 0; i < lock->count; i++) {
        size_t n = strlen(lock->names[i]);
        if (strncmp(lock->names[i], full_name, n) == 0 &&
            (full_name[n] == '\0' || full_name[n] == '.'))
            named = true;
    }
    switch (lock->action) {
    case LOCK_ALL:
        return true;
    case LOCK_INCLUDE:
        return named;
    case LOCK_EXCLUDE:
        return !named;
    default:
        return false;
    }
}

static bool has_area(struct pdf *pdf, const struct pdf_value *rect, int revision, struct err *e)
{
    double at[4] = {0, 0, 1, 1}; /* odd corners: as if it had */

    for (size_t i = 0; i < 4 && pdf_is(rect, PDF_ARRAY); i++)
        at[i] = pdf_number(pdf_get_at(pdf, rect, i, revision, e), i < 2 ? 0 : 1);
    return at[2] != at[0] && at[3] != at[1];
}

bool sig_has_place(struct pdf *pdf, const struct pdf_value *widget, int revision, struct err *e)
{
    const struct pdf_value *rect = pdf_get(pdf, widget, "Rect", revision, e);

    return rect != NULL && has_area(pdf, rect, revision, e);
}

static bool shows(struct pdf *pdf, const struct pdf_value *widget, int revision, struct err *e)
{
    return (pdf_key(widget, "AP") != NULL ||
            pdf_count(pdf_get(pdf, widget, "MK", revision, e)) > 0) &&
           has_area(pdf, pdf_get(pdf, widget, "Rect", revision, e), revision, e);
}

enum { KIDS_MAX = 4096 };

/* Widgets below the field, at any depth; a tree too deep or too large counts as seen. */
static bool kids_show(struct pdf *pdf, const struct pdf_value *field, int revision, int depth,
                      size_t *left, struct err *e)
{
    enum { DEPTH_MAX = 8 };
    const struct pdf_value *kids = pdf_get(pdf, field, "Kids", revision, e);

    if (kids != NULL && depth > DEPTH_MAX)
        return true;
    for (size_t i = 0; i < pdf_count(kids); i++) {
        const struct pdf_value *kid = pdf_get_at(pdf, kids, i, revision, e);
        if (*left == 0)
            return true;
        (*left)--;
        if (kid != NULL &&
            (shows(pdf, kid, revision, e) || kids_show(pdf, kid, revision, depth + 1, left, e)))
            return true;
    }
    return false;
}

void sig_read_field_lock(struct pdf *pdf, struct sig *s, struct err *e)
{
    const struct pdf_value *field, *lock;
    size_t left = KIDS_MAX;

    if (s->field_ref.num == 0)
        return;
    field = pdf_fetch(pdf, s->field_ref, s->first_seen, e);
    lock = pdf_get(pdf, field, "Lock", s->first_seen, e);
    lock_read(pdf, lock, s->first_seen, &s->lock, e);
    int64_t p = pdf_int(pdf_get(pdf, lock, "P", s->first_seen, e), 0);
    s->lock_p = p >= 1 && p <= 3 ? (int)p : 0;
    s->visible = shows(pdf, field, s->first_seen, e);
    s->visible = s->visible || kids_show(pdf, field, s->first_seen, 0, &left, e);
}

/* /Reference: DocMDP and FieldMDP transforms (12.8.2.2, 12.8.2.4). */
static void references_read(struct pdf *pdf, struct sig *s, const struct pdf_value *dict,
                            struct err *e)
{
    const struct pdf_value *list = pdf_get(pdf, dict, "Reference", s->first_seen, e);

    for (size_t i = 0; i < pdf_count(list); i++) {
        const struct pdf_value *one = pdf_get_at(pdf, list, i, s->first_seen, e);
        const char *method = pdf_name(pdf_get(pdf, one, "TransformMethod", s->first_seen, e));
        const struct pdf_value *params = pdf_get(pdf, one, "TransformParams", s->first_seen, e);

        if (method != NULL && strcmp(method, "DocMDP") == 0) {
            int64_t p = pdf_int(pdf_get(pdf, params, "P", s->first_seen, e), 2);
            int own = p >= 1 && p <= 3 ? (int)p : 1;
            s->docmdp = s->docmdp == 0 || own < s->docmdp ? own : s->docmdp; /* said twice */
        } else if (method != NULL && strcmp(method, "FieldMDP") == 0) {
            lock_read(pdf, params, s->first_seen, &s->fieldmdp, e);
        }
    }
}

static void subfilter_read(struct sig *s, const char *type, const char *subfilter)
{
    snprintf(s->subfilter, sizeof s->subfilter, "%s", subfilter != NULL ? subfilter : "");
    s->stamp = strcmp(s->subfilter, "ETSI.RFC3161") == 0 ||
               (type != NULL && strcmp(type, "DocTimeStamp") == 0);
    if (s->stamp) {
        s->use = CMS_STAMP;
        if (strcmp(s->subfilter, "ETSI.RFC3161") != 0)
            findings_add(&s->f, "pdf.subfilter", s->subfilter, NULL);
    } else if (strcmp(s->subfilter, "ETSI.CAdES.detached") == 0) {
        s->use = CMS_PADES;
    } else if (strcmp(s->subfilter, "adbe.pkcs7.detached") == 0) {
        s->use = CMS_ADBE;
        findings_add(&s->f, "pdf.not-pades", s->subfilter, NULL);
    } else {
        findings_add(&s->f, "pdf.subfilter", s->subfilter, NULL);
    }
}

void sig_read_dict(struct pdf *pdf, struct sig *s, struct err *e)
{
    struct pdf_ref ref = {s->num, 0};
    struct pdf_place place = pdf_place_of(pdf, s->num, s->first_seen);
    struct pdf_date date;

    ref.gen = place.gen;
    const struct pdf_value *dict = pdf_fetch(pdf, ref, s->first_seen, e);
    const char *type = pdf_name(pdf_get(pdf, dict, "Type", s->first_seen, e));

    if (!pdf_is(dict, PDF_DICT) || dict->doubled) {
        findings_add(&s->f, "pdf.signature-malformed", NULL);
        return;
    }
    subfilter_read(s, type, pdf_name(pdf_get(pdf, dict, "SubFilter", s->first_seen, e)));
    if (!s->stamp && type != NULL && strcmp(type, "Sig") != 0)
        findings_add(&s->f, "pdf.signature-malformed", NULL);
    const struct pdf_value *filter = pdf_get(pdf, dict, "Filter", s->first_seen, e);
    if (filter == NULL)
        findings_add(&s->f, s->stamp ? "pdf.no-filter-noted" : "pdf.no-filter", NULL);
    else if (pdf_name(filter) == NULL)
        findings_add(&s->f, "pdf.signature-malformed", NULL);
    const struct pdf_value *m = pdf_get(pdf, dict, "M", s->first_seen, e);
    s->claimed = m != NULL && pdf_date_parse(m, &date) == 0;
    if (s->claimed)
        s->claimed_time = date.instant;
    if (s->use == CMS_PADES && !s->claimed)
        findings_add(&s->f, "pdf.no-time-entry", NULL);
    if (s->use == CMS_PADES && pdf_key(dict, "Cert") != NULL)
        findings_add(&s->f, "pdf.cert-entry", NULL);
    references_read(pdf, s, dict, e);
}
