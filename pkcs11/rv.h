/* What a driver's CK_RV means: cause, remedy and exit status, in one table (docs/tokens.md shows
 * it). */
#ifndef PARAPHE_PKCS11_RV_H
#define PARAPHE_PKCS11_RV_H

#include <p11-kit/pkcs11.h>
#include <stdbool.h>

#include "base/err.h"

enum { RV_TEXT_MAX = 64 };

struct rv_row {
    CK_RV rv;
    const char *name; /* "CKR_PIN_INCORRECT" */
    const char *id;   /* text with {1} the call and {2} the driver; NULL: err.pkcs11.call */
    enum err_kind kind;
};
extern const struct rv_row rv_table[]; /* ended by a NULL name */

/* "CKR_PIN_INCORRECT (0xa0)"; returns out. */
const char *rv_text(CK_RV rv, char out[RV_TEXT_MAX]);
/* Sets the error for a failed call of a driver; `module` is its path. Returns -1. */
int rv_err(CK_RV rv, const char *call, const char *module, struct err *e);
/* The same where `meaning` is known to be the cause, though the driver answered `rv`, which is the
 * number shown. */
int rv_err_as(CK_RV rv, CK_RV meaning, const char *call, const char *module, struct err *e);
/* Says only that something failed: a card that was pulled out may be behind it. */
bool rv_is_vague(CK_RV rv);
/* The card or reader went away; plugging it in again may help. */
bool rv_is_removal(CK_RV rv);

#endif
