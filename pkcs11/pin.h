/* Where the PIN comes from: the terminal, pinentry, a descriptor, a file. Runs in the token child;
 * what it reads goes into a struct secret and nowhere else. */
#ifndef PARAPHE_PKCS11_PIN_H
#define PARAPHE_PKCS11_PIN_H

#include <stdbool.h>

#include "base/err.h"
#include "base/secret.h"

enum pin_kind { PIN_DEFAULT, PIN_PROMPT, PIN_PINENTRY, PIN_PAD, PIN_FD, PIN_FILE };
struct pin_source {
    enum pin_kind kind;
    int fd;           /* of PIN_FD */
    int number;       /* as the person named it */
    const char *path; /* of PIN_FILE; borrowed from the text */
};

/* "prompt|pinentry|pad|fd:N|file:PATH"; NULL is PIN_DEFAULT. `from_uri`: an absolute path alone is
 * allowed too, other programs' "|command" is refused. ERR_USAGE. */
int pin_source_parse(const char *text, bool from_uri, struct pin_source *out, struct err *e);

struct pin_request {
    const struct pin_source *source;
    const char *pinentry; /* program */
    const char *token;    /* label, to be shown */
    const char *remark;   /* a sentence to be shown before ("few tries are left"), or NULL */
};
/* Reads the PIN into `out`, emptied first. ERR_CANCELLED when the person gives up, ERR_TOKEN when
 * there is no terminal, ERR_USAGE for a file that others can read. */
int pin_read(const struct pin_request *request, struct secret *out, struct err *e);

/* pinentry.c: the Assuan dialogue. */
int pinentry_read(const struct pin_request *request, struct secret *out, struct err *e);

#endif
