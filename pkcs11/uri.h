/* RFC 7512 URIs, and the other words with which a person names a token, a certificate or a PIN
 * source. */
#ifndef PARAPHE_PKCS11_URI_H
#define PARAPHE_PKCS11_URI_H

#include <p11-kit/pkcs11.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct uri;

/* Unknown attributes, pin-value, a doubled attribute and object types that cannot sign are
 * ERR_USAGE; the message never repeats a value of pin-value. text NULL: a URI that matches
 * everything. uri_free. */
int uri_parse(const char *text, struct uri **out, struct err *e);
void uri_free(struct uri *u);
const char *uri_module_path(const struct uri *u); /* NULL when absent; borrowed */
const char *uri_module_name(const struct uri *u);
const char *uri_pin_source(const struct uri *u); /* as written: "file:/path" or "/path" */
bool uri_names_token(const struct uri *u);       /* it says something about the token or slot */

bool uri_matches_module(const struct uri *u, const CK_INFO *info);
bool uri_matches_slot(const struct uri *u, CK_SLOT_ID id, const CK_SLOT_INFO *info);
bool uri_matches_token(const struct uri *u, const CK_TOKEN_INFO *info);
/* CKA_ID and CKA_LABEL of a certificate or key; label NULL: not looked at. */
bool uri_matches_object(const struct uri *u, const void *id, size_t id_len, const char *label);

#endif
