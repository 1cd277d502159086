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

static void look_evidence(const uint8_t *data, size_t size, struct pool *pool)
{
    struct evidence_item item = {.der = (unsigned char *)(uintptr_t)data, .len = size};
    struct revocation r;

    for (size_t i = 0; i < pool->count && i < 4; i++) {
        for (size_t k = 0; k < pool->count && k < 4; k++) {
            item.kind = EVIDENCE_OCSP;
            (void)ocsp_read(&item, pool->entries[i].cert, pool->entries[k].cert, pool, &r);
            item.kind = EVIDENCE_CRL;
            (void)crl_read(&item, pool->entries[i].cert, pool->entries[k].cert, &r);
        }
    }
}

/* A certificate, if the input begins with one, then what is said about it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pool pool = {NULL, 0};
    struct findings f;
    struct stamp stamp;
    struct span rest = {data, size};
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
    while (rest.len > 0 && tlv_next(&rest, &first) == 0)
        look_evidence(first.whole.data, first.whole.len, &pool);
    buf_free(&der);
    findings_free(&f);
    pool_free(&pool);
    return 0;
}
