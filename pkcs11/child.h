/* The token child: one process a module. It answers frames of link.h until the parent closes. */
#ifndef PARAPHE_PKCS11_CHILD_H
#define PARAPHE_PKCS11_CHILD_H

#include <stdbool.h>

#include "pkcs11/ck.h"
#include "pkcs11/inventory.h"
#include "pkcs11/login.h"
#include "pkcs11/token.h"

struct jv;

/* What a child is made with; lives in the parent before the fork, so all of it is there without
 * being sent. */
struct child_setup {
    const char *path,
        *init; /* of the module; path NULL: the child that lists the registered ones */
    const struct token_options *options;
    const struct uri *uri;
    const struct selector *selector;
    const struct pin_source *pin_source;
    const struct der_list *file_certs;
    struct ck_page *page;
    int socket;
    int log_fd; /* the real standard error with --verbose, else -1 */
};

struct child {
    const struct child_setup *setup;
    struct ck *ck;
    CK_INFO info;
    struct inventory_wishes wishes;
    struct inventory *slots;
    size_t nslots;
    /* after "open" */
    struct inventory *open; /* in slots */
    CK_SESSION_HANDLE session;
    struct login login;
    struct cert *leaf;
    const struct object *key; /* in open->privates; NULL before prepare */
};

/* Never returns to main's code: ends by _exit in link.c. */
void child_serve(const struct child_setup *setup);

/* child_sign.c; each fills *reply, or -1 and err. */
int child_open(struct child *c, const struct jv *request, struct jv **reply, struct err *e);
int child_login(struct child *c, const struct jv *request, struct jv **reply, struct err *e);
int child_prepare(struct child *c, struct jv **reply, struct err *e);
int child_sign(struct child *c, const struct jv *request, struct jv **reply, struct err *e);
int child_wait(struct child *c, const struct jv *request, struct jv **reply, struct err *e);
void child_close(struct child *c);

#endif
