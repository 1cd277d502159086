/* The document security store: material, never trust; each object is judged on its own and VRI's
 * grouping is not believed. */
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "verify/sig.h"

struct dss {
    struct pdf *pdf;
    struct env *env;
    size_t bad, seen;
};
enum { OBJECTS_MAX = 4096 };

enum part { CERTS, CRLS, OCSPS };

static int object_read(struct dss *d, const struct pdf_value *item, enum part part, struct err *e)
{
    struct pdf_ref ref = pdf_ref_of(item);
    int64_t most = part == CERTS  ? ceilings.certificate_bytes
                   : part == CRLS ? ceilings.crl_bytes
                                  : ceilings.ocsp_bytes;
    struct pdf_value *stream = NULL;
    struct err own = ERR_INIT;
    struct buf data;
    int rc = 0;

    buf_init(&data, (size_t)most);
    if (ref.num == 0 || d->seen++ >= OBJECTS_MAX ||
        pdf_load(d->pdf, ref, PDF_LATEST, &stream, &own) != 0 || !pdf_is(stream, PDF_STREAM) ||
        pdf_stream_data(d->pdf, stream, PDF_LATEST, PDF_DECODE_ALL, (size_t)most, &data, &own) !=
            0) {
        d->bad++;
        goto out;
    }
    int revision = pdf_place_of(d->pdf, ref.num, PDF_LATEST).revision;
    if (part == CERTS) {
        if (pool_add(&d->env->pool, data.data, data.len, POOL_DSS) == NULL)
            d->bad++;
    } else if (evidence_add(&d->env->evidence, part == CRLS ? EVIDENCE_CRL : EVIDENCE_OCSP,
                            EVIDENCE_DSS, data.data, data.len, revision, d->env->now) != 0) {
        rc = err_set_memory(e);
    }
out:
    pdf_value_free(stream);
    buf_free(&data);
    return rc;
}

static int array_read(struct dss *d, const struct pdf_value *dict, const char *key, enum part part,
                      struct err *e)
{
    const struct pdf_value *array = pdf_get(d->pdf, dict, key, PDF_LATEST, e);

    if (array != NULL && !pdf_is(array, PDF_ARRAY))
        d->bad++;
    for (size_t i = 0; i < pdf_count(array) && pdf_is(array, PDF_ARRAY); i++) {
        if (object_read(d, pdf_at(array, i), part, e) != 0)
            return -1;
    }
    return 0;
}

int dss_read(struct pdf *pdf, struct env *env, size_t *bad, struct err *e)
{
    struct dss d = {pdf, env, 0, 0};
    const struct pdf_value *catalog = pdf_catalog(pdf, PDF_LATEST, e);
    const struct pdf_value *dss = pdf_get(pdf, catalog, "DSS", PDF_LATEST, e);
    int rc = -1;

    if (err_is_set(e))
        return -1;
    if (dss != NULL && pdf_dict_of(dss) == NULL)
        d.bad++;
    if (array_read(&d, dss, "Certs", CERTS, e) != 0 || array_read(&d, dss, "CRLs", CRLS, e) != 0 ||
        array_read(&d, dss, "OCSPs", OCSPS, e) != 0)
        goto out;
    const struct pdf_value *vri = pdf_get(pdf, dss, "VRI", PDF_LATEST, e);
    for (size_t i = 0; i < pdf_count(vri) && pdf_dict_of(vri) != NULL; i++) {
        const struct pdf_value *one = pdf_resolve(pdf, &pdf_entry_at(vri, i)->value, PDF_LATEST, e);
        if (array_read(&d, one, "Cert", CERTS, e) != 0 ||
            array_read(&d, one, "CRL", CRLS, e) != 0 || array_read(&d, one, "OCSP", OCSPS, e) != 0)
            goto out;
    }
    *bad = d.bad;
    rc = err_is_set(e) ? -1 : 0;
out:
    return rc;
}
