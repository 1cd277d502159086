/* Private to sign/cms/: reading a time-stamp answer, in the worker. */
#ifndef PARAPHE_SIGN_CMS_STAMP_READ_H
#define PARAPHE_SIGN_CMS_STAMP_READ_H

#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"

struct jv;
struct err;

struct stamp_wanted {
    enum digest_kind digest;
    unsigned char imprint[DIGEST_MAX];
    unsigned char nonce[64];
    size_t nonce_len; /* 0: any */
    const char *policy;
};
/* Fills `out` with ok, and on false a code (a text id's last part) and a detail; on true the facts,
 * and where in the answer the token stands. */
void stamp_read(const unsigned char *answer, size_t n, const struct stamp_wanted *wanted,
                struct jv *out);

#endif
