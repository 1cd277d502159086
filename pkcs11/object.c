#include "pkcs11/object.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/utf8.h"
#include "pkcs11/rv.h"

static bool buf_same(const struct buf *a, const struct buf *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

static void zeros_strip(struct buf *b)
{
    size_t n = 0;

    while (n < b->len && b->data[n] == 0)
        n++;
    if (n > 0) {
        memmove(b->data, b->data + n, b->len - n);
        b->len -= n;
    }
}

/* CKA_EC_POINT is a DER OCTET STRING around the point; some drivers give the point alone. */
static void point_unwrap(struct buf *b)
{
    size_t head;

    if (b->len < 3 || b->data[0] != 0x04)
        return;
    if (b->data[1] < 0x80 && (size_t)b->data[1] + 2 == b->len)
        head = 2;
    else if (b->data[1] == 0x81 && (size_t)b->data[2] + 3 == b->len)
        head = 3;
    else
        return;
    size_t n =
        b->len - head; /* P-256, P-384, P-521: a bare point cannot be taken for a wrapped one */
    if (n != 65 && n != 97 && n != 133)
        return;
    memmove(b->data, b->data + head, n);
    b->len = n;
}

static CK_RV flag_read(struct ck *ck, CK_SESSION_HANDLE s, const struct object *o,
                       CK_ATTRIBUTE_TYPE type, bool otherwise, bool *out)
{
    struct buf value = BUF_INIT(16);
    CK_RV rv = ck_attribute(ck, s, o->handle, type, &value);

    *out = value.len == sizeof(CK_BBOOL) ? value.data[0] != 0 : otherwise;
    buf_free(&value);
    return rv;
}

static CK_RV ulong_read(struct ck *ck, CK_SESSION_HANDLE s, const struct object *o,
                        CK_ATTRIBUTE_TYPE type, CK_ULONG *out)
{
    struct buf value = BUF_INIT(64);
    CK_RV rv = ck_attribute(ck, s, o->handle, type, &value);

    if (value.len == sizeof *out)
        memcpy(out, value.data, sizeof *out);
    buf_free(&value);
    return rv;
}

static CK_RV allowed_read(struct ck *ck, CK_SESSION_HANDLE s, struct object *o)
{
    struct buf value = BUF_INIT(MECH_ALLOWED_MAX * sizeof(CK_MECHANISM_TYPE));
    CK_RV rv = ck_attribute(ck, s, o->handle, CKA_ALLOWED_MECHANISMS, &value);

    if (value.len > 0 && value.len % sizeof(CK_MECHANISM_TYPE) == 0) {
        o->limits.allowed_count = value.len / sizeof(CK_MECHANISM_TYPE);
        memcpy(o->limits.allowed, value.data, value.len);
    }
    buf_free(&value);
    return rv;
}

/* What only explains or narrows is read leniently: old drivers answer CKR_GENERAL_ERROR for an
 * attribute they do not know. A card that went away is told apart. */
static CK_RV lenient(CK_RV rv)
{
    return rv == CKR_DEVICE_REMOVED || rv == CKR_TOKEN_NOT_PRESENT ||
                   rv == CKR_SESSION_HANDLE_INVALID
               ? rv
               : CKR_OK;
}

static CK_RV key_read(struct ck *ck, CK_SESSION_HANDLE s, CK_OBJECT_CLASS class, struct object *o)
{
    bool sign = true;
    CK_RV rv;

    o->key_type = (CK_KEY_TYPE)-1;
    if ((rv = ulong_read(ck, s, o, CKA_KEY_TYPE, &o->key_type)) != CKR_OK)
        return rv;
    if (o->key_type == CKK_RSA)
        rv = ck_attribute(ck, s, o->handle, CKA_MODULUS, &o->value);
    else if (o->key_type == CKK_EC)
        rv = lenient(ck_attribute(ck, s, o->handle, CKA_EC_POINT, &o->value));
    if (lenient(rv) != CKR_OK)
        return rv;
    if (o->key_type == CKK_RSA)
        zeros_strip(&o->value);
    else
        point_unwrap(&o->value);
    if (class != CKO_PRIVATE_KEY)
        return CKR_OK;
    rv = lenient(flag_read(ck, s, o, CKA_SIGN, true, &sign));
    o->no_sign = !sign;
    if (rv == CKR_OK)
        rv = lenient(flag_read(ck, s, o, CKA_ALWAYS_AUTHENTICATE, false, &o->always_authenticate));
    if (rv == CKR_OK)
        rv = lenient(allowed_read(ck, s, o));
    return rv;
}

static CK_RV cert_read(struct ck *ck, CK_SESSION_HANDLE s, struct object *o)
{
    struct buf der = BUF_INIT((size_t)ceilings.certificate_bytes);
    CK_ULONG type = CKC_X_509;
    struct err ignored = ERR_INIT;
    CK_RV rv = lenient(ulong_read(ck, s, o, CKA_CERTIFICATE_TYPE, &type));

    if (rv == CKR_OK && type == CKC_X_509)
        rv = ck_attribute(ck, s, o->handle, CKA_VALUE, &der);
    if (rv == CKR_BUFFER_TOO_SMALL)
        rv = CKR_OK; /* over the ceiling: told as unreadable */
    else if (rv == CKR_OK && der.len > 0)
        (void)cert_parse(&o->cert, der.data, der.len, o->label, &ignored);
    buf_free(&der);
    return rv;
}

static CK_RV object_read(struct ck *ck, CK_SESSION_HANDLE s, CK_OBJECT_CLASS class,
                         struct object *o)
{
    struct buf label = BUF_INIT(OBJECT_VALUE_MAX);
    CK_RV rv = lenient(ck_attribute(ck, s, o->handle, CKA_ID, &o->id));

    if (rv == CKR_OK)
        rv = lenient(ck_attribute(ck, s, o->handle, CKA_LABEL, &label));
    if (rv == CKR_OK && label.len > 0 && utf8_valid((const char *)label.data, label.len)) {
        size_t n = label.len < OBJECT_LABEL_MAX ? label.len : OBJECT_LABEL_MAX - 1;
        n = utf8_whole_length((const char *)label.data, n);
        memcpy(o->label, label.data, n);
        o->label[n] = '\0';
    }
    buf_free(&label);
    if (rv != CKR_OK)
        return rv;
    return class == CKO_CERTIFICATE ? cert_read(ck, s, o) : key_read(ck, s, class, o);
}

static struct object *object_new(struct objects *list)
{
    struct object *items = realloc(list->items, (list->count + 1) * sizeof *items);

    if (items == NULL)
        return NULL;
    list->items = items;
    struct object *o = &items[list->count++];
    memset(o, 0, sizeof *o);
    buf_init(&o->id, OBJECT_ID_MAX);
    buf_init(&o->value, OBJECT_VALUE_MAX);
    return o;
}

CK_RV objects_read(struct ck *ck, CK_SESSION_HANDLE session, CK_OBJECT_CLASS class,
                   struct objects *out, struct err *e)
{
    CK_ULONG n = (CK_ULONG)ceilings.token_objects;
    CK_OBJECT_HANDLE *handles = calloc(n, sizeof *handles);
    CK_RV rv = CKR_OK;

    if (handles == NULL) {
        err_set_memory(e);
        return CKR_HOST_MEMORY;
    }
    rv = ck_find(ck, session, class, handles, &n);
    for (CK_ULONG i = 0; rv == CKR_OK && i < n; i++) {
        struct object *o = object_new(out);
        if (o == NULL) {
            rv = CKR_HOST_MEMORY;
            break;
        }
        o->handle = handles[i];
        rv = object_read(ck, session, class, o);
    }
    free(handles);
    if (rv != CKR_OK)
        rv_err(rv, "C_FindObjects", ck_path(ck), e);
    return rv;
}

int objects_add_cert(struct objects *out, const void *der, size_t len, const char *what,
                     struct err *e)
{
    struct cert *cert = NULL;

    if (cert_parse(&cert, der, len, what, e) != 0)
        return -1;
    struct object *o = object_new(out);
    if (o == NULL) {
        cert_free(cert);
        return err_set_memory(e);
    }
    o->cert = cert;
    o->from_file = true;
    return 0;
}

void objects_free(struct objects *list)
{
    for (size_t i = 0; i < list->count; i++) {
        buf_free(&list->items[i].id);
        buf_free(&list->items[i].value);
        cert_free(list->items[i].cert);
    }
    free(list->items);
    memset(list, 0, sizeof *list);
}

/* The public value of a certificate's key, in the form of struct object. */
static bool cert_value(const struct cert *c, struct buf *out)
{
    EVP_PKEY *key = X509_get0_pubkey(c->x509);
    size_t n = 0;

    if (key == NULL)
        return false;
    if (c->key_kind == CERT_KEY_RSA) {
        BIGNUM *modulus = NULL;
        unsigned char *room;
        if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &modulus) != 1)
            return false;
        n = (size_t)BN_num_bytes(modulus);
        if ((room = buf_room(out, n)) != NULL)
            out->len += (size_t)BN_bn2bin(modulus, room);
        BN_free(modulus);
        return room != NULL;
    }
    if (c->key_kind != CERT_KEY_EC)
        return false;
    unsigned char *room = buf_room(out, 256);
    if (room == NULL ||
        EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, room, 256, &n) != 1)
        return false;
    out->len += n;
    return true;
}

static bool kinds_agree(const struct cert *c, const struct object *key)
{
    return (c->key_kind == CERT_KEY_RSA && key->key_type == CKK_RSA) ||
           (c->key_kind == CERT_KEY_EC && key->key_type == CKK_EC);
}

/* Of public keys with this CKA_ID: 1 one has the value, -1 all have another, 0 none says anything.
 */
static int public_says(const struct objects *publics, const struct buf *id, const struct buf *value)
{
    int says = 0;

    for (size_t i = 0; i < publics->count; i++) {
        const struct object *p = &publics->items[i];
        if (p->value.len == 0 || !buf_same(&p->id, id))
            continue;
        if (buf_same(&p->value, value))
            return 1;
        says = -1;
    }
    return says;
}

/* One certificate of a person and one key of its kind: some drivers mark them by nothing, or each
 * by another CKA_ID. What signs is compared with the certificate before it is used. */
static bool only_pair(const struct object *cert, const struct objects *certs,
                      const struct objects *privates)
{
    size_t keys = 0, persons = 0;

    for (size_t i = 0; i < privates->count; i++)
        keys += kinds_agree(cert->cert, &privates->items[i]) ? 1 : 0;
    for (size_t i = 0; i < certs->count; i++) {
        const struct object *o = &certs->items[i];
        persons += o->cert != NULL && !o->cert->ca && o->cert->key_kind == cert->cert->key_kind &&
                           strcmp(o->cert->sha256, cert->cert->sha256) != 0
                       ? 1
                       : 0;
    }
    return keys == 1 && (persons == 0 || cert->from_file);
}

const struct object *object_private_of(const struct object *cert, const struct objects *certs,
                                       const struct objects *privates,
                                       const struct objects *publics)
{
    struct buf value = BUF_INIT(OBJECT_VALUE_MAX);
    const struct object *found = NULL;
    int best = 0;

    if (cert->cert == NULL || !cert_value(cert->cert, &value)) {
        buf_free(&value);
        return NULL;
    }
    bool alone = only_pair(cert, certs, privates);
    for (size_t i = 0; i < privates->count; i++) {
        const struct object *key = &privates->items[i];
        int score = 0;
        if (!kinds_agree(cert->cert, key))
            continue;
        if (key->value.len > 0)
            score = buf_same(&key->value, &value) ? 4 : 0;
        else {
            int says = key->id.len > 0 ? public_says(publics, &key->id, &value) : 0;
            bool same_id = key->id.len > 0 && buf_same(&key->id, &cert->id);
            score = says > 0 ? 3 : says < 0 ? 0 : same_id ? 2 : alone ? 1 : 0;
        }
        if (score > best) {
            best = score;
            found = key;
        }
    }
    buf_free(&value);
    return found;
}

bool object_public_seen(const struct object *cert, const struct objects *publics)
{
    struct buf value = BUF_INIT(OBJECT_VALUE_MAX);
    bool seen = false;

    if (cert->cert != NULL && cert_value(cert->cert, &value)) {
        for (size_t i = 0; i < publics->count && !seen; i++)
            seen = buf_same(&publics->items[i].value, &value);
    }
    buf_free(&value);
    return seen;
}
