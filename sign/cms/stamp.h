/* RFC 3161 time-stamps: asking one, and every check of it before it is believed (pades.md C1 to
 * C5). */
#ifndef PARAPHE_SIGN_CMS_STAMP_H
#define PARAPHE_SIGN_CMS_STAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/ports.h"

struct cert;
struct err;

struct stamp_server {
    const char *url;
    const char *auth_profile; /* NULL: none */
    const char *policy;       /* object identifier to ask for; NULL: the server's own */
    enum digest_kind digest;  /* of the imprint; DIGEST_NONE: SHA-256 */
    int timeout_ms;           /* 0: the fetcher's default */
    int limit, limit_minutes; /* so many requests in so many minutes; 0: as many as wanted. For
                                 whoever asks; not used here */
};
struct stamp {
    struct buf token;    /* DER of the TimeStampToken */
    int64_t gen_time;    /* UTC, seconds */
    int64_t accuracy_ms; /* 0 when the token says none */
    char policy[128];
    char serial[130]; /* hex */
    char *tsa_name;   /* of the certificate that signed it */
    char *tsa_subject;
    int64_t tsa_not_after;
};
void stamp_init(struct stamp *s);
void stamp_free(struct stamp *s);

/* Time-stamps `data` (for a signature: its value octets, RFC 3161 appendix A). Failures are
 * ERR_NETWORK: nothing is lost, the document only stays at the level below. The answer is read in
 * task "sign-stamp". */
int stamp_get(const struct runner *runner, const struct fetcher *fetcher,
              const struct stamp_server *server, const void *data, size_t len, struct stamp *out,
              struct err *e);
/* The same for a digest computed elsewhere (document time-stamp), by server->digest. */
int stamp_get_digest(const struct runner *runner, const struct fetcher *fetcher,
                     const struct stamp_server *server, const unsigned char *digest,
                     struct stamp *out, struct err *e);
/* EN 319 142-1 6.3 (T): genTime lies within the validity of the signing certificate, else the
 * time-stamp is of no use. */
int stamp_fits(const struct stamp *s, const struct cert *signer, struct err *e);

/* The request, for those who send it otherwise. The nonce, 16 bytes, is chosen here and written to
 * nonce. */
enum { STAMP_NONCE = 16 };
int stamp_request(const struct stamp_server *server, const unsigned char *digest,
                  unsigned char nonce[STAMP_NONCE], struct buf *out, struct err *e);

extern const struct task sign_stamp_task;

#endif
