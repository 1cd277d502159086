/* SignedData, time-stamp tokens, OCSP answers and CRLs of foreign files.
 * LINK: room_verify room_base */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "verify/evidence.h"
#include "verify/stamp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_signed(struct span der, struct pool *pool, struct findings *f)
{
    static const unsigned char digest[32];
    static struct cms c;
    struct sigalg alg;

    if (cms_parse(der, &c) != 0)
        return;
    for (size_t i = 0; i < c.ncerts; i++)
        pool_add(pool, c.certs[i].data, c.certs[i].len, POOL_CMS);
    cms_check_shape(&c, CMS_PADES, f);
    cms_check_attrs(&c, CMS_PADES, f);
    const struct cert *signer = cms_find_signer(&c, CMS_PADES, pool, f);
    if (c.nsigners > 0 && sigalg_read(c.signer.sig_alg, c.signer.digest_alg, &alg, f) == 0)
        cms_check_value(&c, &alg, signer, (struct span){digest, sizeof digest}, f);
}

/* `before`: what stands in front of it, as the list that a delta goes with. */
static void look_lists(const struct evidence_item *item, struct span before,
                       const struct cert *cert, const struct cert *speaker)
{
    struct evidence_item base = {
        .kind = EVIDENCE_CRL, .der = (unsigned char *)(uintptr_t)before.data, .len = before.len};
    struct cert_texts urls = {NULL, 0};
    struct revocation r, joined;

    (void)crl_read(item, cert, speaker, &r);
    (void)crl_delta_urls(item, cert, &urls, NULL);
    (void)crl_delta_of(item, &base, cert);
    (void)crl_delta_read(item, cert, speaker, &joined);
    (void)crl_read(&base, cert, speaker, &r);
    joined.responder = r.responder = speaker;
    (void)crl_join(&joined, &r);
    cert_texts_free(&urls);
}

static void look_evidence(struct span der, struct span before, struct pool *pool)
{
    struct evidence_item item = {.der = (unsigned char *)(uintptr_t)der.data, .len = der.len};
    struct revocation r;

    for (size_t i = 0; i < pool->count && i < 4; i++) {
        for (size_t k = 0; k < pool->count && k < 4; k++) {
            item.kind = EVIDENCE_OCSP;
            (void)ocsp_read(&item, pool->entries[i].cert, pool->entries[k].cert, pool, &r);
            item.kind = EVIDENCE_CRL;
            look_lists(&item, before, pool->entries[i].cert, pool->entries[k].cert);
        }
    }
}

/* A certificate, if the input begins with one, then what is said about it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pool pool = {.entries = NULL};
    struct findings f;
    struct stamp stamp;
    struct span rest = {data, size}, before = {NULL, 0};
    struct buf der;
    struct tlv first;
    bool zeros, ber;

    if (findings_init(&f) != 0)
        return 0;
    buf_init(&der, 2 * size + 64);
    if (cms_split(rest, &der, &zeros, &ber) == 0) {
        struct span one = {der.data, der.len};
        look_signed(one, &pool, &f);
        if (tst_read(one, &pool, &stamp) == 0 && stamp.imprint_md != NULL)
            tst_check_over(&stamp, rest);
        tst_free(&stamp);
    }
    while (rest.len > 0 && pool.count < 4 && tlv_next(&rest, &first) == 0)
        pool_add(&pool, first.whole.data, first.whole.len, POOL_OCSP);
    rest = (struct span){data, size};
    while (rest.len > 0 && tlv_next(&rest, &first) == 0) {
        look_evidence(first.whole, before, &pool);
        before = first.whole;
    }
    buf_free(&der);
    findings_free(&f);
    pool_free(&pool);
    return 0;
}
