/* The token child: paraphe-token, one process a module. It answers frames of link.h until the
 * parent closes. */
#ifndef PARAPHE_PKCS11_CHILD_H
#define PARAPHE_PKCS11_CHILD_H

#include <stdbool.h>

#include "pkcs11/ck.h"
#include "pkcs11/inventory.h"
#include "pkcs11/login.h"
#include "pkcs11/setup.h"
#include "pkcs11/token.h"

struct jv;

struct child {
    struct setup setup;
    struct ck_page *page;
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
    bool away;                /* the card was pulled out, and not found again so far */
};

/* The whole of paraphe-token; its exit status. */
int token_child_main(void);

/* child_sign.c; each fills *reply, or -1 and err. */
int child_open(struct child *c, const struct jv *request, struct jv **reply, struct err *e);
int child_login(struct child *c, const struct jv *request, struct jv **reply, struct err *e);
int child_prepare(struct child *c, struct jv **reply, struct err *e);
int child_sign(struct child *c, const struct jv *request, struct jv **reply, struct err *e);
void child_close(struct child *c);
/* A session with the token of this slot. */
int child_session(struct child *c, struct inventory *inv, struct err *e);
const struct object *child_leaf(const struct inventory *inv, const char *sha256);

/* child_wait.c */
int child_wait(struct child *c, const struct jv *request, struct jv **reply, struct err *e);
/* Looks for the card that is away, at most so long, and opens a session with it. */
int child_back(struct child *c, int64_t seconds, struct err *e);

#endif
