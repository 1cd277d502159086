#include "pkcs11/inventory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "pkcs11/rv.h"

void inventory_text(const unsigned char *field, size_t n, char *out, size_t size)
{
    const char *at = (const char *)field;
    size_t used = 0;

    n = strnlen(at, n);
    while (n > 0 && at[n - 1] == ' ')
        n--;
    while (n > 0) {
        uint32_t c;
        size_t len = utf8_decode(at, n, &c), room = len > 0 ? len : 1;
        if (used + room >= size)
            break;
        if (len == 0) {
            out[used++] = '?';
            len = 1;
        } else {
            memcpy(out + used, at, len);
            used += len;
        }
        at += len;
        n -= len;
    }
    out[used] = '\0';
}

void inventory_free(struct inventory *inv)
{
    objects_free(&inv->certs);
    objects_free(&inv->privates);
    objects_free(&inv->publics);
    memset(inv, 0, sizeof *inv);
}

/* A token without a list of mechanisms is told by the reasons, not by an error. */
static CK_RV mechanisms_read(struct ck *ck, struct inventory *inv)
{
    CK_ULONG n = CK_LIST_MAX;
    CK_MECHANISM_TYPE *list = calloc(CK_LIST_MAX, sizeof *list);
    CK_RV rv = list != NULL ? ck_mechanisms(ck, inv->slot, list, &n) : CKR_HOST_MEMORY;

    for (CK_ULONG i = 0; rv == CKR_OK && i < n; i++) {
        for (size_t row = 0; row < MECH_ROWS; row++) {
            if (mech_table[row].type != list[i] || inv->mechanisms.has[row])
                continue;
            inv->mechanisms.has[row] = true;
            CK_RV info = ck_mechanism_info(ck, inv->slot, list[i], &inv->mechanisms.info[row]);
            if (info != CKR_OK) /* listed without details: believed */
                memset(&inv->mechanisms.info[row], 0, sizeof inv->mechanisms.info[row]);
            if (rv_is_removal(info))
                rv = info;
        }
    }
    free(list);
    if (rv != CKR_OK)
        rv_err(rv, "C_GetMechanismList", ck_path(ck), &inv->error);
    return rv;
}

static void objects_of(struct ck *ck, CK_SESSION_HANDLE given, struct inventory *inv)
{
    CK_SESSION_HANDLE session = given;
    CK_SESSION_INFO info;

    if (given == CK_INVALID_HANDLE) {
        CK_RV rv = ck_session_open(ck, inv->slot, &session);
        if (rv != CKR_OK) {
            rv_err(rv, "C_OpenSession", ck_path(ck), &inv->error);
            return;
        }
    }
    if (ck_session_info(ck, session, &info) == CKR_OK)
        inv->logged_in = info.state == CKS_RO_USER_FUNCTIONS || info.state == CKS_RW_USER_FUNCTIONS;
    if (objects_read(ck, session, CKO_CERTIFICATE, &inv->certs, &inv->error) == CKR_OK &&
        objects_read(ck, session, CKO_PRIVATE_KEY, &inv->privates, &inv->error) == CKR_OK)
        (void)objects_read(ck, session, CKO_PUBLIC_KEY, &inv->publics, &inv->error);
    if (given == CK_INVALID_HANDLE)
        ck_session_close(ck, session);
}

static void token_read(struct ck *ck, struct inventory *inv)
{
    CK_RV rv = ck_token_info(ck, inv->slot, &inv->token);

    if (rv == CKR_TOKEN_NOT_PRESENT) { /* pulled between two calls, or a driver that says "present"
                                          always */
        inv->present = false;
        return;
    }
    if (rv != CKR_OK) {
        rv_err(rv, "C_GetTokenInfo", ck_path(ck), &inv->error);
        return;
    }
    inventory_text(inv->token.label, sizeof inv->token.label, inv->label, sizeof inv->label);
    inventory_text(inv->token.serialNumber, sizeof inv->token.serialNumber, inv->serial,
                   sizeof inv->serial);
}

/* The person's own certificates, when the token does not carry them. */
static int file_certs_add(struct inventory *inv, const struct der_list *list, struct err *e)
{
    if (list == NULL || list->count == 0)
        return 0;
    for (size_t i = 0; i < inv->certs.count; i++) {
        const struct cert *c = inv->certs.items[i].cert;
        if (c != NULL && c->der_len == list->items[0].len &&
            memcmp(c->der, list->items[0].data, c->der_len) == 0) {
            inv->certs.items[i].from_file = true;
            return 0;
        }
    }
    return objects_add_cert(&inv->certs, list->items[0].data, list->items[0].len, "--cert", e);
}

int inventory_read(struct ck *ck, CK_SLOT_ID slot, CK_SESSION_HANDLE session,
                   const struct inventory_wishes *wishes, struct inventory *inv, struct err *e)
{
    inventory_free(inv);
    inv->slot = slot;
    CK_RV rv = ck_slot_info(ck, slot, &inv->slot_info);
    if (rv != CKR_OK) {
        rv_err(rv, "C_GetSlotInfo", ck_path(ck), &inv->error);
        return 0;
    }
    inv->present = (inv->slot_info.flags & CKF_TOKEN_PRESENT) != 0;
    if (inv->present)
        token_read(ck, inv);
    if (!inv->present || err_is_set(&inv->error))
        return 0;
    inv->matches = uri_matches_slot(wishes->uri, slot, &inv->slot_info) &&
                   uri_matches_token(wishes->uri, &inv->token);
    if ((inv->token.flags & CKF_TOKEN_INITIALIZED) == 0)
        return 0; /* nothing is on it */
    if (mechanisms_read(ck, inv) == CKR_OK)
        objects_of(ck, session, inv);
    return err_is_set(&inv->error) ? 0 : file_certs_add(inv, wishes->file_certs, e);
}
