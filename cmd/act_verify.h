/* Stage "verify": one PDF, its verdict. */
#ifndef PARAPHE_CMD_ACT_VERIFY_H
#define PARAPHE_CMD_ACT_VERIFY_H

#include "base/ports.h"

struct jv;

struct act_verify_request {
    const char *path;
    const struct der_list *trust;     /* anchors of signers */
    const struct der_list *trust_tsa; /* anchors of time-stamps; NULL: the same */
    const struct jv *services;        /* of trusted lists in force; NULL: none */
    const struct jv *policy;          /* NULL: eidas */
    int64_t at;                       /* validation time */
    const unsigned char *password;    /* NULL: the empty one */
    size_t password_len;
};

/* `fetcher` NULL: offline. The verdict is the caller's. A file that cannot be opened is an error;
 * one that cannot be read as a PDF is a verdict. */
int act_verify(const struct runner *runner, const struct fetcher *fetcher,
               const struct act_verify_request *request, struct jv **verdict, struct err *e);

#endif
