/* Keys on PKCS#11 tokens. The modules (drivers), the terminal for the PIN and the PIN live in child
 * processes (paraphe-token), one a module; this side sees certificates, reasons and signature
 * values only. A driver that hangs, crashes or prints is an error or a remark here, never more, and
 * it finds no document in its memory.
 *
 * token_open finds the one certificate that will sign (no PIN yet, but for tokens that show nothing
 * before it).
 *
 * token_signer is the signer of base/ports.h: chain, algorithms, prepare (PIN), sign.
 *
 * token_wait, after a card was pulled out, waits for the same token and logs in again.
 *
 * token_list says what is plugged in, as JSON; also without any usable token.
 *
 * Errors: ERR_TOKEN (5) for all that concerns token and PIN, ERR_USAGE (2) for a wrong URI,
 * selector, PIN source, or a choice that nobody can be asked for. A PIN is tried once in the life
 * of a process; after a refusal every call fails that would need it. */
#ifndef PARAPHE_PKCS11_TOKEN_H
#define PARAPHE_PKCS11_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/ports.h"

struct jv;
struct token;

/* Strings are borrowed until token_open or token_list returns. Zeroes mean "the default"; now must
 * be set. */
struct token_options {
    /* "PATH" or "PATH|INIT" (INIT: the module's own init string, as NSS needs). None: the URI's
     * module-path, else the modules registered with p11-kit. */
    const char *const *modules;
    size_t nmodules;
    const char *uri;  /* RFC 7512; pin-value is refused; NULL: any token */
    const char *cert; /* selector: see selector.h; a path of a certificate file; NULL: the only one
                         that can sign */
    const char *pin_source; /* prompt|pinentry|pad|fd:N|file:PATH; NULL: the URI's pin-source, else
                               pad or prompt */
    const char *pinentry;   /* program for pinentry; NULL: "pinentry" */
    const struct der_list *extra; /* more certificates for the chain; NULL for none */
    const char
        *helper; /* path of paraphe-token; NULL: beside the running program, else in libexec */
    const char *libexec; /* folder of helper programs; may be NULL */
    bool seal;           /* the person asked for a seal: digitalSignature is enough */
    bool use_last_try;   /* log in although the token announces the last try */
    bool verbose;        /* calls of the driver on standard error, without secrets */
    int timeout_s;       /* a call of the driver longer than this is a hang; 0: 60 */
    int wait_s;  /* a card pulled out while it signs is waited for so long; 0: that is an error */
    int64_t now; /* seconds since 1970 UTC, for the validity of certificates */
    /* What the machine knows of the issuer of the first of these certificates (the others may lie
     * between it and the list's): {"state","message",...} of trust/issuer.h, or NULL. Called for
     * each certificate that is no authority's. NULL when nothing is known: no list is kept. */
    struct jv *(*issuer)(void *self, const struct der_list *certs, bool seal);
    void *issuer_self;
    /* Called while the drivers are being loaded, before their answers are waited for; NULL. */
    void (*started)(void *self);
    void *started_self;
};

/* `asker` is used for a choice between several certificates, and for remarks ("enter the PIN on the
 * reader"); NULL or one that cannot ask: a choice is ERR_USAGE with the candidates in the sentence.
 * It is kept until token_close. */
int token_open(struct token **out, const struct token_options *options, struct asker *asker,
               struct err *e);
/* No signature will be asked for any more: the child logs out and ends while the caller goes on.
 * Only before token_close; NULL is allowed. */
void token_dismiss(struct token *t);
void token_close(struct token *t); /* logs out, ends the child, wipes; NULL is allowed */

/* prepare() logs in and reads the key; algorithms() may be fewer after it than before
 * (CKA_ALLOWED_MECHANISMS is often visible only then). sign() may be called any number of times
 * after prepare(); with wait_s it waits for a card that was pulled out, asks for the PIN again and
 * signs the same message. Valid until token_close. */
struct signer token_signer(struct token *t);

/* Of a struct token, or NULL: whether C_Sign is running, or gave what was not followed by another
 * request. Async-signal-safe. */
bool token_busy(const void *self);

/* What will sign, language-free, as in "certificates" of token_list, with "token", "module" and
 * "choice": {"why","rejected":[{"name","sha256","reasons":[{"code","message"}]}]}. why: "only",
 * "named" (--cert left no other), "seal", "signature" and "listed" (what it has and the others have
 * not), "asked". Borrowed. */
const struct jv *token_certificate(const struct token *t);
/* The mechanism last used or to be used for alg, "CKM_SHA256_RSA_PKCS"; NULL when the key cannot do
 * it. Borrowed. */
const char *token_mechanism(struct token *t, const struct sign_alg *alg);
/* A PIN was refused in this process, by whichever token. */
bool token_pin_refused(void);
/* True when the last failure was a pulled card or reader: token_wait may help. */
bool token_removed(const struct token *t);
/* Waits until the token with the same serial number is there again (at most `seconds`), then logs
 * in as prepare() does; the PIN is asked for again, so a PIN source fd:N cannot be used twice. */
int token_wait(struct token *t, int seconds, struct err *e);

struct token_list_options {
    struct token_options
        token;  /* modules, uri, cert, now, verbose, timeout; with login also the PIN's */
    bool login; /* log in to the one token that the URI names, so that nothing is only probable */
    bool find;  /* also look in the usual folders for drivers that are not registered */
};
/* {"format":"paraphe-tokens","version":1,"modules":[{"path","description",...,"error"|null,"remark"|null,"slots":[{...,
 * "token":null|{"label","serial",...,"flags":[],"mechanisms":[],"certificates":[{...,
 * "signs":"yes|probably|no",
 * "reasons":[{"code","message"}]}]}}]}],"found":[{"path","family","installed","registered"}]}:
 * docs/tokens.md. A module that fails is an entry with "error"; -1 only for faults of the request.
 */
int token_list(const struct token_list_options *options, struct asker *asker, struct jv **out,
               struct err *e);
/* The card record of `paraphe token --report`: what a maintainer needs to support a card, from a
 * listing, without names, serial numbers, labels or identifiers. Free with jv_free. */
struct jv *token_report(const struct jv *listing);

#endif
