/* Findings of a verification: results, not errors. Each has a stable code, the clause that it comes
 * from, and an effect on the indication (EN 319 102-1 5.1.3); finding_table.c lists them. Their
 * sentences are the texts "verify.find.CODE". */
#ifndef PARAPHE_VERIFY_FINDING_H
#define PARAPHE_VERIFY_FINDING_H

#include <stdbool.h>
#include <stddef.h>

struct jv;

enum effect {
    EFFECT_NOTE,          /* told, changes nothing */
    EFFECT_LEVEL,         /* the signature is good as CMS, but reaches no PAdES baseline level */
    EFFECT_INDETERMINATE, /* data or trust is missing */
    EFFECT_FAILED         /* a definite fact against the signature */
};

struct finding_kind {
    const char *code;
    const char *clause;
    enum effect effect;
    const char *sub; /* sub-indication, NULL for notes */
};
extern const struct finding_kind finding_table[]; /* ended by a NULL code */
/* NULL when the code is not in the table. */
const struct finding_kind *finding_kind_of(const char *code);

struct findings {
    struct jv *list; /* array of {code, clause, effect, sub_indication, args} */
    enum effect worst;
    const char *code; /* of the first finding of the worst effect; NULL */
    const char *sub;
    const char *level_code; /* of the first EFFECT_LEVEL; NULL */
};

int findings_init(struct findings *f);
void findings_free(struct findings *f);
/* Adds one; arguments const char *, NULL-ended. A code that is in no table counts as EFFECT_FAILED:
 * fail closed. */
void findings_add(struct findings *f, const char *code, ...) __attribute__((sentinel));
/* Adds all of `from`, capped to `cap`: what breaks a time-stamp does not break the signature beside
 * it. */
void findings_merge(struct findings *f, const struct findings *from, enum effect cap);
bool findings_have(const struct findings *f, const char *code);
/* Whether what makes it undetermined or worse is among these codes, NULL-ended, and nothing else.
 */
bool findings_only(const struct findings *f, const char *const codes[]);
const char *effect_name(enum effect e); /* "note", "level", "indeterminate", "failed" */
/* "TOTAL-PASSED", "TOTAL-FAILED" or "INDETERMINATE" */
const char *findings_indication(const struct findings *f);

#endif
