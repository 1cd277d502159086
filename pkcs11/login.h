/* The PIN policy: flags read before and after, one try, never a second. Token child only. */
#ifndef PARAPHE_PKCS11_LOGIN_H
#define PARAPHE_PKCS11_LOGIN_H

#include <stdbool.h>

#include "pkcs11/ck.h"
#include "pkcs11/pin.h"

struct login {
    struct ck *ck;
    CK_SLOT_ID slot;
    CK_SESSION_HANDLE session;
    const struct pin_source *source; /* already the one that wins */
    const char *pinentry;
    const char *label; /* of the token, for prompts and sentences */
    bool use_last_try;
    void (*remark)(void *self, const char *sentence); /* shown to the person */
    void *remark_self;

    struct secret *pin; /* kept between login and context logins; NULL when none is held */
    bool logged_in;
    bool accepted; /* the PIN of this source was right before */
    bool refused;  /* a PIN was refused or not taken: nothing more is tried */
    bool fd_read;  /* the line of the descriptor was taken: the next one is no PIN */
};

/* Logs the user in when the token wants it, or with `force` although it says that it does not.
 * `keep_pin`: the PIN stays for login_context until login_forget. */
int login_user(struct login *l, bool keep_pin, bool force, struct err *e);
/* Before C_SignInit: whether another login may be tried, and the PIN at hand. */
int login_context_ready(struct login *l, struct err *e);
/* Between C_SignInit and C_Sign, without any other call: C_Login(CKU_CONTEXT_SPECIFIC). */
int login_context(struct login *l, struct err *e);
void login_forget(struct login *l); /* wipes the PIN */

#endif
