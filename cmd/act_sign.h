/* Signing, from the request to the finished files: shared by `sign` and `run`. No option is parsed
 * and nothing is printed here; the person is asked through request.consent. Token and network come
 * from the wire, each opened when needed. */
#ifndef PARAPHE_CMD_ACT_SIGN_H
#define PARAPHE_CMD_ACT_SIGN_H

#include "base/digest.h"
#include "base/err.h"
#include "base/ports.h"
#include "sign/pades/pades.h"

struct jv;
struct wire;

struct act_sign_file {
    const char *input, *output;
    bool replace; /* an existing output may be replaced */
    /* For `run` and batches: what to do with the value as soon as it exists, and what an earlier
     * run kept (NULL: nothing). */
    int (*keep)(void *self, const struct jv *kept, struct err *e);
    int (*settle)(void *self, struct err *e); /* both as in pades_ports */
    /* The file is finished and read back, and gets its name next; result as below. May be NULL, and
     * is called by several threads. */
    void (*naming)(void *self, const struct jv *result);
    void *keep_self; /* of all three */
    const struct jv *kept;
    const char *kept_in; /* the file that holds it, borrowed; `many`: and others of the folder */
    bool kept_many;
    /* What differs for this file, borrowed: level, servers, spec, strict, anchors. NULL: the
     * request of the call; key, hash and scheme are always of that. */
    const struct act_sign_request *own;
    /* ---- results ---- */
    struct jv *result;                  /* paraphe-signed; NULL when it failed */
    struct err err;                     /* of this file */
    bool unfit;                         /* what was kept cannot be used: `err` says why */
    int status;                         /* 0, or 7 when the level reached is below min_level */
    bool repaired;                      /* what was signed is a repaired copy of the input */
    char source_sha256[DIGEST_HEX_MAX]; /* then the input's own */
    bool has_copy; /* then `copy` is a descriptor of it, until act_sign has done with the file */
    int copy;
    char *copy_path; /* its name beside the output, until `keep` has it */
};
void act_sign_file_free(struct act_sign_file *file);
/* For `keep`: the repaired copy has a value in the journal and stays beside the output, so that a
 * resumed run has the very bytes that were signed: qpdf writes an encrypted file otherwise each
 * time. */
void act_sign_copy_keep(struct act_sign_file *file);
/* Nobody needs it any more; one that is not there is fine. */
void act_sign_copy_remove(const char *output);
bool act_sign_copy_is_there(const char *output);
/* DIR/.NAME.paraphe-repaired; malloc'ed, or NULL. */
char *act_sign_copy_path(const char *output);

struct act_sign_request {
    enum pades_level level, min_level; /* PADES_NONE: B-T with a TSA, else B-B; and the least level
                                          that is no failure */
    const struct stamp_server *servers;
    size_t nservers;
    struct cms_wish wish;
    struct pades_spec spec; /* lines and signing_time are filled here */
    const char *lang;       /* "fr" or "en", of a visible signature; NULL: that of the messages */
    bool seal;              /* the person asked for a seal */
    bool strict;            /* what a signer cannot see is a refusal */
    bool repair; /* an input that cannot be read is rewritten by qpdf first, when nothing in it is
                    signed */
    bool early;  /* for B-LT and B-LTA: revocation data older than the signature will do */
    const struct der_list *trust, *trust_tsa; /* may be NULL */
    int64_t now;                              /* validity of the certificate, /M */
    /* Shown before the PIN; 1 yes, 0 no, -1 err. NULL: consent was given (--yes). */
    int (*consent)(void *self, const char *question, struct err *e);
    void *consent_self;
    /* An array of texts: remarks that hold for all documents. What is said before the PIN is added,
     * so that whoever tells the results does not say it again; may be NULL. */
    struct jv *said;
    bool last; /* the token is not needed any more after the last signature */
    void (*done)(void *self,
                 struct act_sign_file *file); /* one file is finished, well or not; may be NULL */
    void *self;
};
/* -1 when nothing at all could be signed for one common reason (err); else each file has its own
 * result or err. */
int act_sign(struct wire *w, const struct act_sign_request *request, struct act_sign_file *files,
             size_t n, struct err *e);
/* Whether the level asked for needs a server that is not there: said before token and PIN
 * (ERR_USAGE). */
int act_sign_level(struct act_sign_request *request, struct err *e);

#endif
