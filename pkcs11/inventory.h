/* What stands in one slot: token, mechanisms, certificates, keys. Token child only. */
#ifndef PARAPHE_PKCS11_INVENTORY_H
#define PARAPHE_PKCS11_INVENTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "pkcs11/ck.h"
#include "pkcs11/mech.h"
#include "pkcs11/object.h"
#include "pkcs11/selector.h"
#include "pkcs11/uri.h"

struct jv;

struct inventory {
    CK_SLOT_ID slot;
    bool listed; /* the driver's last list of slots has it */
    CK_SLOT_INFO slot_info;
    bool present;   /* a token is in it */
    bool matches;   /* the URI names it */
    bool logged_in; /* private keys that exist are visible */
    CK_TOKEN_INFO token;
    char label[33], serial[17]; /* without the padding, valid UTF-8 */
    struct mech_set mechanisms;
    struct objects certs, privates, publics;
    struct err error; /* why the slot could not be read to its end; kind ERR_NONE when it was */
};

struct inventory_wishes {
    const struct uri *uri;
    const struct selector *selector;
    const struct der_list *file_certs; /* the person's own: first the leaf; may be NULL */
    int64_t now;
    bool seal;
    bool with_der; /* the listing holds each certificate's bytes, "der" */
};

/* Reads a slot; `session`: an open one to use, or 0 for an own one. A failure of the driver is kept
 * in inv->error; -1 only for want of memory. Frees and replaces what was in inv. */
int inventory_read(struct ck *ck, CK_SLOT_ID slot, CK_SESSION_HANDLE session,
                   const struct inventory_wishes *wishes, struct inventory *inv, struct err *e);
void inventory_free(struct inventory *inv);
/* The entry of "slots" in the listing; certificates in the order of inv->certs. */
struct jv *inventory_json(const struct inventory *inv, const struct inventory_wishes *wishes);
/* Whether the selector and the URI name this certificate. */
bool inventory_selected(const struct inventory *inv, const struct inventory_wishes *wishes,
                        size_t cert);
/* {"manufacturer","description","version","cryptoki"} */
struct jv *inventory_module_json(const CK_INFO *info);
/* A blank-padded field of PKCS#11 as text: padding off, invalid UTF-8 replaced by '?'. */
void inventory_text(const unsigned char *field, size_t n, char *out, size_t size);

#endif
