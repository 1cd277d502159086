#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "pdf/file/crypt_internal.h"

static int fail_handler(struct err *e)
{
    return err_set(e, ERR_INPUT, "err.pdf-file.encryption", NULL);
}

/* The method of a crypt filter: of /CF, or Identity. -1: none of ours. */
static int method_of(const struct pdf_crypt *c, const char *name)
{
    if (name == NULL || strcmp(name, "Identity") == 0)
        return CRYPT_IDENTITY;
    for (size_t i = 0; i < c->nnamed; i++) {
        if (strcmp(c->named[i].name, name) == 0)
            return (int)c->named[i].method;
    }
    return -1;
}

static int read_filters(struct pdf *pdf, struct pdf_crypt *c, const struct pdf_value *dict,
                        struct err *e)
{
    const struct pdf_value *list = pdf_get(pdf, dict, "CF", PDF_LATEST, NULL);

    for (size_t i = 0; i < pdf_entry_count(list) && c->nnamed < CRYPT_FILTERS; i++) {
        const struct pdf_entry *entry = pdf_entry_at(list, i);
        const struct pdf_value *filter = pdf_resolve(pdf, &entry->value, PDF_LATEST, NULL);
        const char *cfm = pdf_name(pdf_get(pdf, filter, "CFM", PDF_LATEST, NULL));
        struct crypt_named *named = &c->named[c->nnamed++];
        snprintf(named->name, sizeof named->name, "%s", entry->key);
        if (cfm != NULL && strcmp(cfm, "V2") == 0)
            named->method = CRYPT_RC4;
        else if (cfm != NULL && strcmp(cfm, "AESV2") == 0)
            named->method = CRYPT_AES128;
        else if (cfm != NULL && strcmp(cfm, "AESV3") == 0)
            named->method = CRYPT_AES256;
        else if (cfm == NULL || strcmp(cfm, "None") == 0)
            named->method = CRYPT_IDENTITY;
        else
            return fail_handler(e);
    }
    const char *streams = pdf_name(pdf_get(pdf, dict, "StmF", PDF_LATEST, NULL));
    const char *strings = pdf_name(pdf_get(pdf, dict, "StrF", PDF_LATEST, NULL));
    const char *files = pdf_name(pdf_get(pdf, dict, "EFF", PDF_LATEST, NULL));
    int a = method_of(c, streams), b = method_of(c, strings);
    int f = files != NULL ? method_of(c, files) : a;
    if (a < 0 || b < 0 || f < 0)
        return fail_handler(e);
    c->streams = (enum crypt_method)a;
    c->strings = (enum crypt_method)b;
    c->files = (enum crypt_method)f;
    return 0;
}

static int read_kind(struct pdf *pdf, struct pdf_crypt *c, const struct pdf_value *dict,
                     struct err *e)
{
    int64_t bits = pdf_int(pdf_get(pdf, dict, "Length", PDF_LATEST, NULL), 40);

    c->version = (int)pdf_int(pdf_get(pdf, dict, "V", PDF_LATEST, NULL), 0);
    c->revision = (int)pdf_int(pdf_get(pdf, dict, "R", PDF_LATEST, NULL), 0);
    c->permissions = (int32_t)(uint32_t)pdf_int(pdf_get(pdf, dict, "P", PDF_LATEST, NULL), -1);
    c->metadata = pdf_bool(pdf_get(pdf, dict, "EncryptMetadata", PDF_LATEST, NULL), true);
    const struct pdf_value *filter = pdf_get(pdf, dict, "Filter", PDF_LATEST, NULL);
    if (pdf_is_name(filter, "Adobe.PubSec") || pdf_is_name(filter, "Entrust.PPKEF") ||
        pdf_is_name(filter, "Adobe.PPKLite"))
        return err_set(e, ERR_INPUT, "err.pdf-file.encryption-certificates", NULL);
    if (!pdf_is_name(filter, "Standard"))
        return fail_handler(e);
    switch (c->version) {
    case 1:
    case 2:
        if (c->revision < 2 || c->revision > 4)
            return fail_handler(e);
        if (c->version == 1 || c->revision == 2)
            bits = 40;
        c->strings = c->streams = c->files = CRYPT_RC4;
        c->metadata = true;
        break;
    case 4:
        if (c->revision != 4)
            return fail_handler(e);
        bits = 128; /* crypt filters of version 4 always use 128 bits */
        return c->key_len = 16, read_filters(pdf, c, dict, e);
    case 5:
        if (c->revision != 5 && c->revision != 6)
            return fail_handler(e);
        return c->key_len = 32, read_filters(pdf, c, dict, e);
    default:
        return fail_handler(e);
    }
    if (bits >= 5 && bits <= 16) /* some writers count bytes */
        bits *= 8;
    if (bits < 40 || bits > 128 || bits % 8 != 0)
        return fail_handler(e);
    c->key_len = (size_t)bits / 8;
    return 0;
}

static int read_entries(struct pdf *pdf, const struct pdf_crypt *c, const struct pdf_value *dict,
                        struct crypt_entries *in, struct err *e)
{
    const struct pdf_value *id = pdf_get(pdf, pdf_trailer(pdf, PDF_LATEST), "ID", PDF_LATEST, NULL);
    size_t want = c->revision >= 5 ? 48 : 32;

    in->o = pdf_bytes(pdf_get(pdf, dict, "O", PDF_LATEST, NULL), &in->o_len);
    in->u = pdf_bytes(pdf_get(pdf, dict, "U", PDF_LATEST, NULL), &in->u_len);
    in->oe = pdf_bytes(pdf_get(pdf, dict, "OE", PDF_LATEST, NULL), &in->oe_len);
    in->ue = pdf_bytes(pdf_get(pdf, dict, "UE", PDF_LATEST, NULL), &in->ue_len);
    in->perms = pdf_bytes(pdf_get(pdf, dict, "Perms", PDF_LATEST, NULL), &in->perms_len);
    in->id = pdf_bytes(pdf_get_at(pdf, id, 0, PDF_LATEST, NULL), &in->id_len);
    if (in->id == NULL) /* some writers encrypt without /ID: it then counts as empty */
        in->id = (const unsigned char *)"";
    if (in->o_len < want || in->u_len < want ||
        (c->revision >= 5 && (in->oe_len < 32 || in->ue_len < 32)))
        return fail_handler(e);
    return 0;
}

static int unlock(struct pdf_crypt *c, const struct crypt_entries *in,
                  const struct pdf_options *options, struct err *e)
{
    const unsigned char *password = options != NULL ? options->password : NULL;
    size_t len = password != NULL ? options->password_len : 0;
    char doc[UTF8_PDFDOC_MAX];
    int rc = -2;

    if (c->revision < 5 && password != NULL) {
        int n = utf8_pdfdoc((const char *)password, len, doc, sizeof doc);
        if (n >= 0)
            rc = crypt_unlock(c, in, (const unsigned char *)doc, (size_t)n, e);
        explicit_bzero(doc, sizeof doc);
        if (rc == 0 || rc == -1)
            return rc;
    }
    rc = crypt_unlock(c, in, password, len, e);
    if (rc == 1 && password != NULL) /* a password that is not needed does no harm */
        rc = crypt_unlock(c, in, NULL, 0, e);
    if (rc != 1)
        return rc;
    return password == NULL ? err_set(e, ERR_INPUT, "err.pdf-file.needs-password", NULL)
                            : err_set(e, ERR_INPUT, "err.pdf-file.wrong-password", NULL);
}

/* An update may not change or drop the encryption: its objects would read differently by revision.
 */
static bool same_in_all(const struct pdf *pdf)
{
    const struct pdf_value *last = pdf_key(pdf_trailer(pdf, PDF_LATEST), "Encrypt");

    for (int r = 0; r < pdf_revision_count(pdf); r++) {
        if (!pdf_value_equal(pdf_key(pdf_trailer(pdf, r), "Encrypt"), last))
            return false;
        if (pdf_is(last, PDF_REF) && pdf_moved(pdf, last->u.ref.num, r, PDF_LATEST))
            return false;
    }
    return true;
}

int crypt_open(struct pdf *pdf, const struct pdf_value *dict, const struct pdf_options *options,
               struct err *e)
{
    struct pdf_crypt *c = calloc(1, sizeof *c);
    struct crypt_entries in = {0};
    int rc = -1;

    if (c == NULL)
        return err_set_memory(e);
    c->self = pdf_ref_of(pdf_key(pdf_trailer(pdf, PDF_LATEST), "Encrypt")).num;
    if (!pdf_is(dict, PDF_DICT) || !same_in_all(pdf))
        rc = fail_handler(e);
    else if (read_kind(pdf, c, dict, e) == 0 && read_entries(pdf, c, dict, &in, e) == 0)
        rc = unlock(c, &in, options, e);
    if (rc != 0) {
        crypt_free(c);
        return -1;
    }
    pdf->crypt = c;
    /* What was fetched so far was read as plain. */
    pdf_drop_cache(pdf);
    packs_free(pdf);
    return 0;
}

void crypt_free(struct pdf_crypt *c)
{
    if (c != NULL)
        explicit_bzero(c, sizeof *c);
    free(c);
}

bool pdf_is_encrypted(const struct pdf *pdf)
{
    return pdf->crypt != NULL;
}

bool pdf_encryption_of(const struct pdf *pdf, struct pdf_encryption *out)
{
    const struct pdf_crypt *c = pdf->crypt;

    if (c == NULL)
        return false;
    enum crypt_method m = c->streams != CRYPT_IDENTITY ? c->streams : c->strings;
    out->method = m == CRYPT_AES256   ? "AES-256"
                  : m == CRYPT_AES128 ? "AES-128"
                  : m == CRYPT_RC4    ? (c->key_len <= 5 ? "RC4-40" : "RC4-128")
                                      : "none";
    out->revision = c->revision;
    out->permissions = c->permissions;
    out->owner = c->owner;
    out->metadata = c->metadata;
    return true;
}

enum { BIT_MODIFY = 1 << 3, BIT_ANNOTATE = 1 << 5, BIT_FILL = 1 << 8 };

static bool allows(const struct pdf *pdf, int64_t bits)
{
    return pdf->crypt == NULL || pdf->crypt->owner || (pdf->crypt->permissions & bits) != 0;
}

bool pdf_allows_fill(const struct pdf *pdf)
{
    return allows(pdf, BIT_FILL | BIT_ANNOTATE);
}

bool pdf_allows_annotate(const struct pdf *pdf)
{
    return allows(pdf, BIT_ANNOTATE);
}

bool pdf_allows_modify(const struct pdf *pdf)
{
    return allows(pdf, BIT_MODIFY);
}
