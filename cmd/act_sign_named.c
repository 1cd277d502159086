#include "base/text.h"
#include "cmd/act_sign_part.h"
#include "x509/cert.h"
#include "x509/person.h"

/* The first signature is the auditor's; those of others come after it. */
void act_sign_named(const struct act_sign *a, size_t i, char *out, size_t size)
{
    const struct pades_facts *f = pades_facts(a->jobs[i]);
    const struct cert *c = pades_plan(a->jobs[i])->leaf;

    out[0] = '\0';
    if (f->auditor == NULL || f->signatures > 0 || a->request->seal ||
        (c->qc_types & CERT_QC_ESEAL) != 0 || person_is_none(c->subject) ||
        !person_differs(f->auditor, c->name))
        return;
    text_say(text_lang_get(), out, size, "cmd.sign.other-person", c->name, f->auditor, NULL);
}
