/* The document security store (ISO 32000-2 12.8.4.3): what is there stays, what is new is added
 * once. No VRI: it is not needed for baseline signatures, and readers take the lists. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "sign/pades/prepare.h"

enum { STREAMS_MAX = 8192 };

/* Digests of the streams that stand in a list already; what cannot be read counts as another
 * object. */
struct known {
    unsigned char (*digests)[DIGEST_MAX];
    size_t count;
};

static int known_read(struct prepare *p, const struct pdf_value *list, struct known *k,
                      struct err *e)
{
    size_t n = pdf_count(list) < STREAMS_MAX ? pdf_count(list) : STREAMS_MAX;

    k->digests = calloc(n + 1, sizeof *k->digests);
    if (k->digests == NULL)
        return err_set_memory(e);
    for (size_t i = 0; i < n; i++) {
        struct buf data = BUF_INIT((size_t)ceilings.crl_bytes);
        struct err ignored = ERR_INIT;
        const struct pdf_value *stream = pdf_get_at(p->pdf, list, i, PDF_LATEST, &ignored);
        if (pdf_is(stream, PDF_STREAM) &&
            pdf_stream_data(p->pdf, stream, PDF_LATEST, PDF_DECODE_ALL, data.max, &data,
                            &ignored) == 0 &&
            digest_bytes(DIGEST_SHA256, data.data, data.len, k->digests[k->count], &ignored) == 0)
            k->count++;
        buf_free(&data);
    }
    return 0;
}

static bool known_has(const struct known *k, const unsigned char digest[DIGEST_MAX])
{
    for (size_t i = 0; i < k->count; i++) {
        if (memcmp(k->digests[i], digest, 32) == 0)
            return true;
    }
    return false;
}

static int put_stream(struct prepare *p, const unsigned char *der, size_t n, struct pdf_value *list,
                      struct err *e)
{
    struct pdf_ref ref = pdf_update_reserve(p->update);
    struct pdf_value *dict = pdf_make_dict();
    int rc = -1;

    if (dict == NULL)
        err_set_memory(e);
    else if (pdf_update_put_stream(p->update, ref, dict, der, n, true, e) == 0)
        rc = pdf_add_take(list, pdf_make_ref(ref), e);
    pdf_value_free(dict);
    return rc;
}

/* One list of the store: a copy of the old references, then the new objects. */
static int put_list(struct prepare *p, struct pdf_value *dss, const char *key,
                    const struct jv *hexes, struct err *e)
{
    struct err local = ERR_INIT;
    const struct pdf_value *old = pdf_get(p->pdf, dss, key, PDF_LATEST, &local);
    struct known known = {NULL, 0};
    struct pdf_value *list = NULL;
    struct buf der = BUF_INIT((size_t)ceilings.json_bytes);
    unsigned char digest[DIGEST_MAX];
    int rc = -1;

    if (jv_count(hexes) == 0)
        return 0;
    list = pdf_is(old, PDF_ARRAY) ? pdf_value_copy(old, e) : pdf_make_array();
    if (list == NULL || known_read(p, old, &known, e) != 0)
        goto out;
    for (size_t i = 0; i < jv_count(hexes); i++) {
        buf_clear(&der);
        if (jv_bytes(jv_at(hexes, i), &der) != 0 || der.len == 0) {
            err_set_bug(e, "prepare_dss: evidence");
            goto out;
        }
        if (digest_bytes(DIGEST_SHA256, der.data, der.len, digest, e) != 0 ||
            (!known_has(&known, digest) && put_stream(p, der.data, der.len, list, e) != 0))
            goto out;
    }
    rc = pdf_set_take(dss, key, list, e);
    list = NULL;
out:
    pdf_value_free(list);
    free(known.digests);
    buf_free(&der);
    return rc;
}

int prepare_dss(struct prepare *p, struct pdf_value *catalog, bool *catalog_changed, struct err *e)
{
    struct err local = ERR_INIT;
    const struct pdf_value *old;
    struct pdf_ref at = pdf_ref_of(pdf_key(catalog, "DSS"));
    struct pdf_value *dss = NULL;
    int rc = -1;

    if (p->evidence == NULL)
        return 0;
    old = pdf_get(p->pdf, catalog, "DSS", PDF_LATEST, &local);
    if (err_is_set(&local)) {
        if (e != NULL)
            *e = local;
        return -1;
    }
    dss = pdf_is(old, PDF_DICT) ? pdf_value_copy(old, e) : pdf_make_dict();
    if (dss == NULL || pdf_set_take(dss, "Type", pdf_make_name("DSS"), e) != 0 ||
        put_list(p, dss, "Certs", jv_get(p->evidence, "certs"), e) != 0 ||
        put_list(p, dss, "OCSPs", jv_get(p->evidence, "ocsps"), e) != 0 ||
        put_list(p, dss, "CRLs", jv_get(p->evidence, "crls"), e) != 0)
        goto out;
    if (at.num != 0 && pdf_is(old, PDF_DICT)) {
        rc = pdf_update_put(p->update, at, dss, e);
        goto out;
    }
    at = pdf_update_reserve(p->update);
    *catalog_changed = true;
    if (pdf_update_put(p->update, at, dss, e) == 0)
        rc = pdf_set_take(catalog, "DSS", pdf_make_ref(at), e);
out:
    pdf_value_free(dss);
    return rc;
}
