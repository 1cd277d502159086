/* What a token child is told when it starts: the options as one JSON frame, since it is another
 * program with a clean memory. */
#ifndef PARAPHE_PKCS11_SETUP_H
#define PARAPHE_PKCS11_SETUP_H

#include <stdbool.h>

#include "base/err.h"
#include "base/ports.h"
#include "pkcs11/ck.h"
#include "pkcs11/pin.h"
#include "pkcs11/selector.h"
#include "pkcs11/token.h"
#include "pkcs11/uri.h"

struct jv;

/* The child's descriptors. */
enum { CHILD_SOCKET = 3, CHILD_PAGE = 4, CHILD_PIN = 5, CHILD_LOG = 6, CHILD_FDS_END = 7 };

struct setup {
    const char *path, *init; /* of the module; path NULL: the child lists the registered ones */
    struct token_options options;
    struct uri *uri;
    struct selector selector;
    struct pin_source pin_source;
    struct der_list file_certs, extra;
    bool with_der;   /* the listing holds each certificate */
    struct jv *json; /* holds the texts in the child */
};

/* Parent: the frame. `s` is borrowed; a PIN descriptor is told as CHILD_PIN. NULL on want of
 * memory. */
struct jv *setup_json(const struct setup *s);
/* Child: takes `json`, also on failure. setup_free. */
int setup_take(struct setup *s, struct jv *json, struct err *e);
void setup_free(struct setup *s);

#endif
