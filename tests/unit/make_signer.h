/* For unit tests: a struct signer over a key made on the spot. Counts what is asked, fails on
 * demand. */
#ifndef PARAPHE_TESTS_MAKE_SIGNER_H
#define PARAPHE_TESTS_MAKE_SIGNER_H

#include "base/buf.h"
#include "tests/unit/make_cert.h"

struct made_signer {
    const struct made *leaf, *ca; /* ca may be NULL */
    struct sign_alg algs[SIGN_ALGS_MAX];
    size_t nalgs;
    int prepared, signed_count;
    const struct made *lies_with; /* signs with this other key */
    bool fails;
};

static inline int made_signer_chain(void *self, struct der_list *out, struct err *e)
{
    const struct made_signer *s = self;

    (void)e;
    made_add(out, s->leaf);
    if (s->ca != NULL)
        made_add(out, s->ca);
    return 0;
}

static inline int made_signer_algorithms(void *self, struct sign_alg out[SIGN_ALGS_MAX], size_t *n,
                                         struct err *e)
{
    const struct made_signer *s = self;

    (void)e;
    memcpy(out, s->algs, s->nalgs * sizeof *out);
    *n = s->nalgs;
    return 0;
}

static inline int made_signer_prepare(void *self, struct err *e)
{
    struct made_signer *s = self;

    (void)e;
    s->prepared++;
    return 0;
}

static inline int made_signer_sign(void *self, const struct sign_alg *alg, const void *message,
                                   size_t len, struct buf *value, struct err *e)
{
    struct made_signer *s = self;
    unsigned char bytes[1024];

    s->signed_count++;
    if (s->fails)
        return err_set(e, ERR_TOKEN, "err.base.memory", NULL);
    buf_append(value, bytes,
               made_sign(s->lies_with != NULL ? s->lies_with : s->leaf, alg, message, len, bytes));
    return buf_check(value, e);
}

static inline struct signer made_signer_port(struct made_signer *s)
{
    return (struct signer){s, made_signer_chain, made_signer_algorithms, made_signer_prepare,
                           made_signer_sign};
}

#endif
