/* What rooms need from outside, as structs of functions. Real ones and fakes implement them;
 * cmd/wire.c joins them. Each has `self`, given back as the first argument of its functions. All
 * return 0, or -1 with err filled. */
#ifndef PARAPHE_BASE_PORTS_H
#define PARAPHE_BASE_PORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/err.h"

struct buf;

struct clock {
    void *self;
    int64_t (*now)(void *self); /* seconds since 1970 UTC */
};
/* The machine's clock, or SOURCE_DATE_EPOCH when that is set and valid. */
struct clock clock_real(void);
struct clock clock_fixed(const int64_t *instant);

/* A list of DER values, for chains and revocation data. Items are malloc'ed and owned by the list.
 */
struct der_item {
    unsigned char *data;
    size_t len;
};
struct der_list {
    struct der_item *items;
    size_t count;
};
int der_list_add(struct der_list *list, const void *der, size_t len, struct err *e); /* copies */
void der_list_free(struct der_list *list);

/* ---- signer: design "Signing seam" ---- */
enum sign_scheme { SCHEME_NONE, SCHEME_RSA_PKCS1, SCHEME_RSA_PSS, SCHEME_ECDSA };
struct sign_alg {
    enum sign_scheme scheme;
    enum digest_kind digest; /* of the message; for PSS also of MGF1, salt length = digest length */
};
enum { SIGN_ALGS_MAX = 16 };
const char *sign_scheme_name(enum sign_scheme scheme);    /* "RSA-PKCS1", "RSA-PSS", "ECDSA" */
enum sign_scheme sign_scheme_from_name(const char *name); /* pkcs1|pss|ecdsa, or the names above */

struct signer {
    void *self;
    /* Certificates, leaf first, as far as the token and the configuration know them; the root may
     * be missing. */
    int (*chain)(void *self, struct der_list *out, struct err *e);
    /* What this key can do, best first. Known without signing. n: in SIGN_ALGS_MAX places, out the
     * number. */
    int (*algorithms)(void *self, struct sign_alg out[SIGN_ALGS_MAX], size_t *n, struct err *e);
    /* Logs in and gets ready, so that a failure costs no C_Sign. May ask for the PIN. */
    int (*prepare)(void *self, struct err *e);
    /* Signs the message (the DER of the signed attributes). The value is as CMS wants it: ECDSA as
     * DER SEQUENCE (r, s). It comes from a foreign driver: the caller verifies it before it is kept
     * or used. */
    int (*sign)(void *self, const struct sign_alg *alg, const void *message, size_t len,
                struct buf *value, struct err *e);
};

/* ---- fetcher: all network ---- */
enum fetch_kind { FETCH_TSA, FETCH_OCSP, FETCH_CRL, FETCH_AIA, FETCH_LIST, FETCH_UPLOAD };
struct fetch_header {
    const char *name, *value; /* without line ends: refused otherwise */
};
struct fetch_file {
    int fd; /* read with pread from offset 0 on; the position is not moved */
    int64_t length;
};
enum { FETCH_HEADERS_MAX = 16 };
struct fetch_request {
    enum fetch_kind kind;
    const char *url;
    const char
        *method; /* NULL: GET, or POST when there is a body; "HEAD", "PUT", "MOVE", "DELETE" */
    const void *body;
    size_t body_len;
    const struct fetch_file *file;      /* the body, from a file; in place of `body` */
    const struct fetch_header *headers; /* more request headers, at most FETCH_HEADERS_MAX */
    size_t headers_count;
    bool hash_only; /* the answer's body is hashed, not kept: a file of any size is read back in
                       constant memory */
    const char *content_type; /* of the body */
    const char *accept;       /* expected media type; NULL for any */
    int timeout_ms;           /* total budget; 0: the default of the kind */
    size_t max_bytes;         /* ceiling of the answer; 0: the ceiling of the kind */
    const char *auth_profile; /* name of an authentication of the configuration; NULL for none */
};
struct fetch_reply {
    int status; /* HTTP status */
    char content_type[128];
    struct buf *body; /* given by the caller, appended to; may be NULL when no body is wanted */
    bool sent; /* also after -1: whether a byte of the request may have reached the service */
    int64_t body_bytes;   /* length of the answer's body, kept or hashed */
    char body_sha256[65]; /* with hash_only: lower-case hex; else "" */
    /* Of the last answer, as received ("" when absent), cut at their size. Foreign text: escape
     * before showing. */
    char date[64], etag[128], server[128], location[512];
    int64_t retry_after;    /* seconds; 0 when absent or a date */
    char peer_subject[256]; /* of the TLS certificate that the service showed; "" over plain HTTP */
    char peer_sha256[65];   /* of that certificate's DER */
    char peer_ip[64];       /* address that answered (the proxy's when there is one) */
};
struct fetcher {
    void *self;
    /* -1 only when no whole HTTP answer came (kind ERR_NETWORK); a status such as 404 is a reply.
     */
    int (*fetch)(void *self, const struct fetch_request *request, struct fetch_reply *reply,
                 struct err *e);
};

/* Whether the answer is a web page where something else was asked for: what a captive portal or a
 * proxy gives with status 200. By the media type, or by the first bytes of the body. */
bool fetch_reply_is_html(const struct fetch_reply *reply);

/* ---- asker: the person ---- */
struct asker {
    void *self;
    /* 1 yes, 0 no, -1 with err when nobody can be asked. `question` is ready to show. */
    int (*yes)(void *self, const char *question, struct err *e);
    /* Index of the choice, or -1. */
    int (*choose)(void *self, const char *question, const char *const *choices, size_t n,
                  struct err *e);
    /* A line of progress or a remark; never an error. */
    void (*tell)(void *self, const char *sentence);
};

/* ---- task: a function that parses hostile bytes in a worker; runner: who runs it ---- */
struct task_limits {
    int seconds;    /* CPU and wall clock */
    int64_t memory; /* bytes of data; 0 for the default */
    int64_t output; /* bytes that may be written to one descriptor */
};
struct task_io {
    const int *fds; /* inputs read-only, outputs as the caller opened them; positions are shared:
                       use pread */
    size_t nfds;
    const unsigned char *params; /* usually JSON */
    size_t params_len;
    struct buf *reply;
    /* Asks the caller something in the middle of the work (revocation data...); NULL when it
     * answers nothing. */
    int (*ask)(const struct task_io *io, const void *question, size_t len, struct buf *answer,
               struct err *e);
    void *ask_self;
};
struct task {
    const char *name;
    int (*run)(const struct task_io *io, struct err *e);
    void (*warm)(void); /* loads what the sandbox would forbid later (algorithms, conversions); may
                           be NULL */
    struct task_limits limits;
    /* Takes bytes of the user's own, such as his certificate, which will stand in every file that
     * is read, and does once what each worker would do with them. May be NULL. */
    void (*learn)(const void *own, size_t n);
};
struct task_call {
    const char *name;
    const int *fds;
    size_t nfds;
    const void *params;
    size_t params_len;
    struct buf *reply; /* of the caller, with its ceiling */
    int (*answer)(void *self, const void *question, size_t len, struct buf *answer, struct err *e);
    void *answer_self;
};
enum { YIELD_NICE = 10 }; /* nice value; one that is higher already stays */
struct runner {
    void *self;
    int (*call)(void *self, const struct task_call *call, struct err *e);
    /* A task of this name is going to be called: it may be warmed up meanwhile. Name NULL: none
     * will be called any more, and who runs them may end. `own` is for its learn(), n 0: nothing.
     * NULL: no matter. */
    void (*expect)(void *self, const char *name, const void *own, size_t n);
    /* From now on its processes leave the processor to whom they delay: YIELD_NICE. NULL: no
     * matter. */
    void (*yield)(void *self);
};
void runner_expect(const struct runner *r, const char *name);
void runner_teach(const struct runner *r, const char *name, const void *own, size_t n);
void runner_yield(const struct runner *r);
/* Runs the tasks of a NULL-name-ended table in this very process: for unit tests and fuzz targets.
 */
struct runner runner_here(const struct task *table);

#endif
