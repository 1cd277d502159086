/* One PKCS#11 module, loaded. ck_call.c is the only file that calls C_ functions; it runs in the
 * token child only. Results stay CK_RV: rv.h turns them into errors where the cause is known.
 * Sources: PKCS#11 v2.40, p11-kit manual. */
#ifndef PARAPHE_PKCS11_CK_H
#define PARAPHE_PKCS11_CK_H

#include <p11-kit/pkcs11.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* A page shared with the parent: which call of the driver is running, and until when it may. The
 * parent kills the child of a call that takes longer, and names the call of a driver that crashed.
 */
struct ck_page {
    _Atomic int64_t until; /* monotonic ms; 0 when no call is running */
    _Atomic int64_t limit; /* ms; for the sentence */
    /* From C_Sign on, until the next request: it has, or will have, a value that is not kept yet.
     */
    _Atomic int32_t valuable;
    char call[40];
};

struct ck;

struct ck_setup {
    struct ck_page *page; /* may be NULL */
    int log_fd;           /* each call is written there, without secrets; -1 for none */
    int timeout_ms;       /* of one call */
};

enum { CK_LIST_MAX = 1024, CK_PAD_TIMEOUT_MS = 180000 };

/* Loads and initialises. `init` is the module's own init string or NULL. */
int ck_open(struct ck **out, const char *path, const char *init, const struct ck_setup *setup,
            struct err *e);
void ck_close(struct ck *ck); /* C_Finalize and unload; NULL is allowed */
const char *ck_path(const struct ck *ck);

/* Asked once more after CKR_GENERAL_ERROR: ck_slots, ck_token_info. Nothing else is.
 * Lists: *n in places, out number; CKR_HOST_MEMORY when there are more than CK_LIST_MAX. */
CK_RV ck_info(struct ck *ck, CK_INFO *out);
CK_RV ck_slots(struct ck *ck, CK_SLOT_ID *out, CK_ULONG *n);
CK_RV ck_slot_info(struct ck *ck, CK_SLOT_ID slot, CK_SLOT_INFO *out);
CK_RV ck_token_info(struct ck *ck, CK_SLOT_ID slot, CK_TOKEN_INFO *out);
CK_RV ck_mechanisms(struct ck *ck, CK_SLOT_ID slot, CK_MECHANISM_TYPE *out, CK_ULONG *n);
CK_RV ck_mechanism_info(struct ck *ck, CK_SLOT_ID slot, CK_MECHANISM_TYPE type,
                        CK_MECHANISM_INFO *out);
CK_RV ck_session_open(struct ck *ck, CK_SLOT_ID slot, CK_SESSION_HANDLE *out);
void ck_session_close(struct ck *ck, CK_SESSION_HANDLE session);
CK_RV ck_session_info(struct ck *ck, CK_SESSION_HANDLE session, CK_SESSION_INFO *out);
/* pin NULL: on the reader's pad, with its longer deadline. */
CK_RV ck_login(struct ck *ck, CK_SESSION_HANDLE session, CK_USER_TYPE user, const void *pin,
               size_t pin_len);
void ck_logout(struct ck *ck, CK_SESSION_HANDLE session);
/* All objects of a class, at most *n. */
CK_RV ck_find(struct ck *ck, CK_SESSION_HANDLE session, CK_OBJECT_CLASS class,
              CK_OBJECT_HANDLE *out, CK_ULONG *n);
/* One attribute, appended to `out`, whose ceiling counts. An absent or sensitive one: CKR_OK and
 * nothing appended. */
CK_RV ck_attribute(struct ck *ck, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                   CK_ATTRIBUTE_TYPE type, struct buf *out);
CK_RV ck_sign_init(struct ck *ck, CK_SESSION_HANDLE session, const CK_MECHANISM *mechanism,
                   CK_OBJECT_HANDLE key);
/* *n: room of out, then bytes. A driver that claims more than the room: CKR_BUFFER_TOO_SMALL. */
CK_RV ck_sign(struct ck *ck, CK_SESSION_HANDLE session, const void *data, size_t len,
              unsigned char *out, CK_ULONG *n);

/* What is behind a failed call: CKR_DEVICE_REMOVED when the driver only said that something failed
 * and the card is, or within a second goes, away (readers are asked now and then); else rv itself.
 */
CK_RV ck_cause(struct ck *ck, CK_SLOT_ID slot, CK_RV rv);

/* The modules registered with p11-kit, but for trust stores: calls `each` with path and init string
 * (NULL when none). Loading them runs their constructors: only in a child made for that. */
int ck_registered(struct ck_page *page, const char *module_name,
                  int (*each)(void *self, const char *path, const char *init), void *self,
                  struct err *e);

#endif
