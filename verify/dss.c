/* The document security store: material, never trust; each object is judged on its own and VRI's
 * grouping is not believed. */
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "verify/sig.h"

struct dss {
    struct pdf *pdf;
    struct env *env;
    int revision; /* whose store is being read */
    int *read;    /* for each object the revision that put it where it was read, and one more */
    uint32_t limit;
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

    struct pdf_place place = pdf_place_of(d->pdf, ref.num, d->revision);
    if (ref.num > 0 && ref.num < d->limit && d->read[ref.num] == place.revision + 2)
        return 0; /* as an older revision had it */
    if (ref.num < d->limit)
        d->read[ref.num] = place.revision + 2;
    buf_init(&data, (size_t)most);
    if (ref.num == 0 || d->seen++ >= OBJECTS_MAX ||
        pdf_load(d->pdf, ref, d->revision, &stream, &own) != 0 || !pdf_is(stream, PDF_STREAM) ||
        pdf_stream_data(d->pdf, stream, d->revision, PDF_DECODE_ALL, (size_t)most, &data, &own) !=
            0) {
        d->bad++;
        goto out;
    }
    if (part == CERTS) {
        if (pool_add(&d->env->pool, data.data, data.len, POOL_DSS) == NULL)
            d->bad++;
    } else if (evidence_add(&d->env->evidence, part == CRLS ? EVIDENCE_CRL : EVIDENCE_OCSP,
                            EVIDENCE_DSS, data.data, data.len, place.revision, d->env->now) != 0) {
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
    const struct pdf_value *array = pdf_get(d->pdf, dict, key, d->revision, e);

    if (array != NULL && !pdf_is(array, PDF_ARRAY))
        d->bad++;
    for (size_t i = 0; i < pdf_count(array) && pdf_is(array, PDF_ARRAY); i++) {
        if (object_read(d, pdf_at(array, i), part, e) != 0)
            return -1;
    }
    return 0;
}

static int store_read(struct dss *d, struct err *e)
{
    const struct pdf_value *catalog = pdf_catalog(d->pdf, d->revision, e);
    const struct pdf_value *dss = pdf_get(d->pdf, catalog, "DSS", d->revision, e);

    if (err_is_set(e))
        return -1;
    if (dss != NULL && pdf_dict_of(dss) == NULL)
        d->bad++;
    if (array_read(d, dss, "Certs", CERTS, e) != 0 || array_read(d, dss, "CRLs", CRLS, e) != 0 ||
        array_read(d, dss, "OCSPs", OCSPS, e) != 0)
        return -1;
    const struct pdf_value *vri = pdf_get(d->pdf, dss, "VRI", d->revision, e);
    for (size_t i = 0; i < pdf_entry_count(vri); i++) {
        const struct pdf_value *one =
            pdf_resolve(d->pdf, &pdf_entry_at(vri, i)->value, d->revision, e);
        if (array_read(d, one, "Cert", CERTS, e) != 0 || array_read(d, one, "CRL", CRLS, e) != 0 ||
            array_read(d, one, "OCSP", OCSPS, e) != 0)
            return -1;
    }
    return err_is_set(e) ? -1 : 0;
}

int dss_read(struct pdf *pdf, struct env *env, size_t *bad, struct err *e)
{
    struct dss d = {.pdf = pdf, .env = env, .limit = pdf_object_limit(pdf, PDF_LATEST)};
    int last = pdf_revision_count(pdf) - 1, rc = -1;

    d.read = calloc((size_t)d.limit + 1, sizeof *d.read);
    if (d.read == NULL)
        return err_set_memory(e);
    for (d.revision = 0; d.revision <= last; d.revision++) {
        struct err own = ERR_INIT;
        d.bad = 0;
        /* an older store that cannot be read says nothing; the newest one has to */
        if (store_read(&d, &own) != 0 && (d.revision == last || own.kind != ERR_INPUT)) {
            *e = own;
            goto out;
        }
        pdf_drop_cache(pdf);
    }
    *bad = d.bad;
    rc = 0;
out:
    free(d.read);
    return rc;
}
