/* A detached CMS SignedData with one signer, as PAdES and CAdES baseline want it (RFC 5652, RFC
 * 5035, RFC 6211, EN 319 122-1, EN 319 142-1 6.3). The bytes are written here, not by OpenSSL's
 * CMS: what was signed is kept octet for octet and put back unchanged when a time-stamp joins it.
 *
 *   plan   the chain and the algorithm, known before the PIN
 *   attrs  DER of the signed attributes (tag SET OF): the message for struct signer
 *   build  the ContentInfo, from plan, attrs, signature value and perhaps a time-stamp token
 */
#ifndef PARAPHE_SIGN_CMS_CMS_H
#define PARAPHE_SIGN_CMS_CMS_H

#include <stddef.h>
#include <stdint.h>

#include "base/ports.h"

struct buf;
struct cert;
struct err;

/* What the user asked for; SCHEME_NONE and DIGEST_NONE leave the choice. */
struct cms_wish {
    enum sign_scheme scheme;
    enum digest_kind digest;
};
enum cms_why { CMS_WHY_ASKED, CMS_WHY_TOKEN, CMS_WHY_CURVE };
struct cms_plan {
    struct der_list chain; /* leaf first, without the root */
    struct cert *leaf;
    struct sign_alg alg;
    enum cms_why why; /* what decided: the wish, the token's order, or the size of the curve */
};
#define CMS_PLAN_INIT                                                                              \
    {                                                                                              \
        {NULL, 0}, NULL, {SCHEME_NONE, DIGEST_NONE}, CMS_WHY_TOKEN                                 \
    }
/* Asks the signer for chain and algorithms. No algorithm that fits wish and key is ERR_TOKEN,
 * naming what there is. */
int cms_plan_make(struct cms_plan *out, const struct signer *signer, const struct cms_wish *wish,
                  struct err *e);
void cms_plan_free(struct cms_plan *plan);
/* ERR_SIGNATURE when the certificate is not valid at this instant, or is one of an authority. */
int cms_plan_usable(const struct cms_plan *plan, int64_t now, struct err *e);

struct cms_content {
    const unsigned char *digest; /* of the content, by plan->alg.digest */
    int64_t signing_time;        /* CMS_NO_TIME in a PDF, where /M says it (EN 319 142-1 6.3) */
};
#define CMS_NO_TIME INT64_MIN
/* Content type id-data, message digest, signing-certificate-v2, CMSAlgorithmProtection;
 * signing-time when given. */
int cms_attrs(const struct cms_plan *plan, const struct cms_content *content, struct buf *attrs,
              struct err *e);
/* Whether the value verifies with the certificate: a token that returns something else is found out
 * at once (ERR_TOKEN). */
int cms_value_check(const struct cms_plan *plan, const struct buf *attrs, const struct buf *value,
                    struct err *e);
/* token: DER of an RFC 3161 TimeStampToken over the signature value, or NULL. */
int cms_build(const struct cms_plan *plan, const struct buf *attrs, const struct buf *value,
              const struct buf *token, struct buf *out, struct err *e);
/* Bytes that cms_build needs at most with a time-stamp token of this size (0: none), found by
 * building it with a value of the longest length. */
int cms_room(const struct cms_plan *plan, size_t token_size, size_t *out, struct err *e);

#endif
