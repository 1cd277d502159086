/* The level that a signature reaches, and why not more (EN 319 142-1 6.3; pades blocks D and C8).
 */
#include <stdio.h>
#include <string.h>

#include "verify/sig.h"

static void level(struct sig *s, const char *name, const char *why)
{
    snprintf(s->level, sizeof s->level, "%s", name);
    s->level_code = why;
}

/* A trusted document time-stamp that covers the revocation data used (C8), in a revision after the
 * signature's. */
static bool archived(const struct sig *s, const struct sigs *sigs)
{
    for (size_t i = 0; i < sigs->count; i++) {
        const struct sig *d = sigs->items[i];
        if (d->stamp && d->stamp_state.trusted && d->revision > s->revision &&
            d->revision >= s->signer_state.dss_revision &&
            (s->best_kind != 1 || d->revision >= s->stamp_state.dss_revision))
            return true;
    }
    return false;
}

void level_set(struct sig *s, const struct sigs *sigs)
{
    if (s->stamp) {
        s->level[0] = '\0';
        return;
    }
    if (s->use != CMS_PADES || s->f.level_code != NULL || !s->intact) {
        level(s, "not-PAdES", s->f.level_code != NULL ? s->f.level_code : "level.not-intact");
        return;
    }
    if (!s->proven) {
        level(s, "B-B", s->nstamps > 0 ? "level.stamp-not-trusted" : "level.no-stamp");
        return;
    }
    if (!s->signer_state.in_dss && !s->signer_state.needs_none) {
        level(s, "B-T", "level.no-revocation-data");
        return;
    }
    if (s->best_kind == 1 && !s->stamp_state.in_dss && !s->stamp_state.needs_none) {
        level(s, "B-T", "level.no-stamp-revocation-data");
        return;
    }
    if ((!s->signer_state.certs_inside && !s->signer_state.needs_none) ||
        (s->best_kind == 1 && !s->stamp_state.certs_inside && !s->stamp_state.needs_none)) {
        level(s, "B-T", "level.no-certificates");
        return;
    }
    if (!s->signer_state.chain.anchored) {
        level(s, "B-T", "level.chain-unknown");
        return;
    }
    if (!archived(s, sigs)) {
        level(s, "B-LT", "level.no-archive-stamp");
        return;
    }
    level(s, "B-LTA", NULL);
}
