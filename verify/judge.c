/* Each later change against what the earlier signature allows: P of the certification, the locks,
 * and who made it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/jv.h"
#include "verify/diff.h"

/* The P that binds from this signature on: its own DocMDP, that of an earlier certification, its
 * field's /Lock. The erratum to Table 257 lets DSS and document time-stamps pass at P = 1. Without
 * any: as P = 2. */
static int p_of(const struct sigs *sigs, const struct sig *s)
{
    int p = 0;

    for (size_t i = 0; i < sigs->count; i++) {
        const struct sig *c = sigs->items[i];
        if (c->docmdp != 0 && c->revision >= 0 && c->revision <= s->revision &&
            (p == 0 || c->docmdp < p))
            p = c->docmdp;
    }
    if (s->lock_p != 0 && (p == 0 || s->lock_p < p))
        p = s->lock_p;
    return p == 0 ? 2 : p;
}

/* Who certifies says what the document looks like: later signatures take the places that he left
 * for them, or none (attack class SSA; what Acrobat and pyHanko hold). */
static bool certified(const struct sigs *sigs, const struct sig *s)
{
    for (size_t i = 0; i < sigs->count; i++) {
        if (sigs->items[i]->docmdp != 0 && sigs->items[i]->revision >= 0 &&
            sigs->items[i]->revision <= s->revision)
            return true;
    }
    return false;
}

/* Who signed is known: by an anchor, at a time when the certificate held, and for signatures at
 * all. Revocation data that are missing leave this signature undetermined, and say nothing against
 * the earlier one. */
static bool maker_known(const struct sig *maker)
{
    const struct validated *v = maker->stamp ? &maker->stamp_state : &maker->signer_state;

    return (v->trusted || v->awaited) && !findings_have(&maker->f, "usage.other-purpose");
}

/* A later signature is believed to be one when it is intact; a visible one of an unknown person may
 * cover what was signed (attack class SSA): where the earlier signer is known, the later one must
 * be too. */
static bool maker_fit(const struct sig *s, const struct sig *maker)
{
    if (maker == NULL)
        return true;
    if (!maker->intact)
        return false;
    return !maker->visible || !s->signer_state.trusted || maker_known(maker);
}

bool change_allowed(const struct sigs *sigs, const struct sig *s, const struct change *c)
{
    int p = p_of(sigs, s);

    switch (c->grade) {
    case GRADE_ALWAYS:
        return maker_fit(s, c->sig);
    case GRADE_PLACE:
    case GRADE_SIGN:
        return p >= (c->grade == GRADE_PLACE && certified(sigs, s) ? 3 : 2) &&
               maker_fit(s, c->sig) &&
               (c->what == NULL ||
                (!lock_holds(&s->lock, c->what) && !lock_holds(&s->fieldmdp, c->what)));
    case GRADE_FILL:
        return p >= 2 && c->what != NULL && !lock_holds(&s->lock, c->what) &&
               !lock_holds(&s->fieldmdp, c->what);
    case GRADE_ANNOTATE:
        return p >= 3;
    default:
        return false;
    }
}

static void judge(const struct sigs *sigs, struct sig *s, const struct step *step)
{
    for (size_t i = 0; i < step->count; i++) {
        const struct change *c = &step->items[i];
        bool fine = change_allowed(sigs, s, c);
        struct jv *o = jv_object();

        jv_put_int(o, "revision", step->revision + 1);
        jv_put_bool(o, "allowed", fine);
        jv_put_text(o, "kind", c->kind);
        if (c->what != NULL)
            jv_put_text(o, "what", c->what);
        jv_add_take(s->changes, o);
        s->modified = s->modified || !fine;
    }
}

/* A line's end too many says nothing. */
static bool tail_blank(struct pdf *pdf)
{
    unsigned char bytes[64];
    int64_t n = pdf_tail(pdf);

    if (n > (int64_t)sizeof bytes ||
        (n > 0 && pdf_pread(pdf, bytes, (size_t)n, pdf_size(pdf) - n, NULL) != 0))
        return false;
    for (int64_t i = 0; i < n; i++) {
        if (bytes[i] != '\r' && bytes[i] != '\n' && bytes[i] != ' ' && bytes[i] != '\0')
            return false;
    }
    return true;
}

/* Bytes after the last end-of-file mark belong to no revision: no reader agrees on them. */
static void judge_tail(struct pdf *pdf, struct sig *s)
{
    if (tail_blank(pdf))
        return;
    struct jv *o = jv_object();
    jv_put_int(o, "revision", pdf_revision_count(pdf));
    jv_put_bool(o, "allowed", false);
    jv_put_text(o, "kind", "tail");
    jv_add_take(s->changes, o);
    s->modified = true;
}

int changes_judge_to(struct pdf *pdf, struct sigs *sigs, int last, struct err *e)
{
    int first = pdf_revision_count(pdf);
    struct effort effort = {0};
    struct awaited awaited = {0};
    struct step step = {0};
    int rc = -1;

    for (size_t i = 0; i < sigs->count; i++) {
        if (sigs->items[i]->revision >= 0 && sigs->items[i]->revision < first)
            first = sigs->items[i]->revision;
    }
    if (first < last && awaited_scan(pdf, first, &awaited, e) != 0)
        goto out;
    for (int k = first + 1; k <= last; k++) {
        if (diff_step(pdf, sigs, k, &awaited, &effort, &step, e) != 0)
            goto out;
        awaited_add(pdf, k, &awaited);
        for (size_t i = 0; i < sigs->count; i++) {
            if (sigs->items[i]->revision >= 0 && sigs->items[i]->revision < k)
                judge(sigs, sigs->items[i], &step);
        }
        step_free(&step);
    }
    rc = 0;
out:
    step_free(&step);
    awaited_free(&awaited);
    return rc;
}

int changes_judge(struct pdf *pdf, struct sigs *sigs, struct err *e)
{
    if (changes_judge_to(pdf, sigs, pdf_revision_count(pdf) - 1, e) != 0)
        return -1;
    for (size_t i = 0; i < sigs->count; i++) {
        if (covers_judge(pdf, sigs, sigs->items[i], e) != 0)
            return -1;
    }
    for (size_t i = 0; i < sigs->count; i++) {
        judge_tail(pdf, sigs->items[i]);
        if (sigs->items[i]->modified)
            findings_add(&sigs->items[i]->f, "change.not-allowed", NULL);
    }
    return 0;
}
