/* The token children of one request: which modules, one child each, their listings joined. */
#ifndef PARAPHE_PKCS11_MODULES_H
#define PARAPHE_PKCS11_MODULES_H

#include <stddef.h>

#include "pkcs11/link.h"
#include "pkcs11/pin.h"
#include "pkcs11/selector.h"
#include "pkcs11/token.h"
#include "pkcs11/uri.h"

struct module {
    char *path, *init; /* init NULL when there is none */
    struct link link;
    struct jv *listing; /* of the child; NULL when it failed */
    struct err error;   /* then why */
};
struct modules {
    struct setup request; /* defaults filled in; texts borrowed */
    struct asker *asker;
    struct module *items;
    size_t count;
};

/* Reads the request; ERR_USAGE for what is wrong in it. modules_free also after a failure. */
int modules_init(struct modules *m, const struct token_options *options, struct asker *asker,
                 struct err *e);
/* Finds the modules (the registered ones through a child), starts a child each and lists them all.
 * A module that fails keeps its error; -1 when there is no module at all. */
int modules_list(struct modules *m, struct err *e);
/* Lists one of them again. */
int module_list_again(const struct modules *m, struct module *one, struct err *e);
/* Keeps one child, stops the others. */
void modules_keep(struct modules *m, const struct module *kept);
void modules_free(struct modules *m);

/* One certificate that could be chosen. */
struct candidate {
    struct module *module;
    const struct jv *slot, *token, *certificate; /* borrowed from the listing */
    const char *why;                             /* it and no other: token_certificate in token.h */
    int rank; /* 3 signs, 2 probably and its public key is there, 1 probably */
};
/* The one certificate to sign with; *rejected gets the others that were meant, with their reasons
 * (free it; also set after a failure). When none is visible and one token shows its certificates
 * only after the PIN, *login is set to its slot (its module and token in *out) and 1 is returned;
 * 0: found; -1: err. */
int choice_of_modules(struct modules *m, struct candidate *out, struct jv **rejected,
                      int64_t *login, struct err *e);

#endif
