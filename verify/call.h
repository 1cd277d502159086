/* Private to verify/: what a caller reads in a verdict. */
#ifndef PARAPHE_VERIFY_CALL_H
#define PARAPHE_VERIFY_CALL_H

#include "verify/verify.h"

/* As verify_integrity, of a verdict. */
int verdict_integrity(const struct jv *verdict, const char *name, struct err *e);

#endif
