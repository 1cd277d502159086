#include "verify/stamp.h"

#include <string.h>

#include "verify/chain.h"

/* Accuracy ::= SEQUENCE { seconds INTEGER OPTIONAL, millis [0] OPTIONAL, micros [1] OPTIONAL }, in
 * microseconds. */
static int accuracy_read(struct span in, int64_t *micros)
{
    struct tlv v;
    int n, rc;

    *micros = 0;
    if ((rc = tlv_optional(&in, TLV_INTEGER, &v)) != 0) {
        if (rc < 0 || tlv_small(&v, &n) != 0)
            return -1;
        *micros += (int64_t)n * 1000000;
    }
    for (int tag = 0; tag < 2; tag++) {
        if ((rc = tlv_optional(&in, TLV_CONTEXT_PRIM(tag), &v)) == 0)
            continue;
        v.tag = TLV_INTEGER; /* [n] IMPLICIT */
        if (rc < 0 || tlv_small(&v, &n) != 0 || n < 1 || n > 999)
            return -1;
        *micros += tag == 0 ? n * 1000 : n;
    }
    return in.len == 0 ? 0 : -1;
}

static int imprint_read(struct span in, struct stamp *s)
{
    struct tlv alg, hash;

    if (tlv_take(&in, TLV_SEQUENCE, &alg) != 0 || tlv_take(&in, TLV_OCTET_STRING, &hash) != 0 ||
        in.len != 0)
        return -1;
    s->imprint_alg = alg.whole;
    s->imprint = hash.body;
    s->imprint_md = sigalg_digest(alg.whole, s->imprint_digest);
    if (s->imprint_md == NULL)
        findings_add(&s->f, "cms.algorithm-unknown", "messageImprint", NULL);
    return 0;
}

/* TSTInfo, RFC 3161 2.4.2. A critical extension that we do not know refuses the token. */
static int info_read(struct span in, struct stamp *s)
{
    struct tlv info, v, time;
    int version, fraction, rc;
    int64_t micros = 0;

    if (tlv_take(&in, TLV_SEQUENCE, &info) != 0 || in.len != 0)
        return -1;
    in = info.body;
    if (tlv_take(&in, TLV_INTEGER, &v) != 0 || tlv_small(&v, &version) != 0 || version != 1 ||
        tlv_take(&in, TLV_OID, &v) != 0 || tlv_oid(&v, s->policy) != 0 ||
        tlv_take(&in, TLV_SEQUENCE, &v) != 0 || imprint_read(v.body, s) != 0 ||
        tlv_take(&in, TLV_INTEGER, &v) != 0 || !tlv_integer_ok(v.body))
        return -1;
    s->serial = v.body;
    if (tlv_take(&in, TLV_GENERALIZED_TIME, &time) != 0 ||
        tlv_time(&time, &s->gen_time, &fraction) != 0)
        return -1;
    if ((rc = tlv_optional(&in, TLV_SEQUENCE, &v)) < 0 ||
        (rc > 0 && accuracy_read(v.body, &micros) != 0))
        return -1;
    micros += fraction;
    s->latest = s->gen_time + (micros + 999999) / 1000000;
    if (tlv_optional(&in, TLV_BOOLEAN, &v) < 0 || tlv_optional(&in, TLV_INTEGER, &v) < 0 ||
        tlv_optional(&in, TLV_CONTEXT(0), &v) < 0 ||
        (rc = tlv_optional(&in, TLV_CONTEXT(1), &v)) < 0)
        return -1;
    while (rc > 0 && v.body.len > 0) {
        struct tlv extension, oid, critical;
        if (tlv_take(&v.body, TLV_SEQUENCE, &extension) != 0 ||
            tlv_take(&extension.body, TLV_OID, &oid) != 0)
            return -1;
        if (tlv_optional(&extension.body, TLV_BOOLEAN, &critical) > 0 && critical.body.len == 1 &&
            critical.body.data[0] != 0)
            findings_add(&s->f, "stamp.critical-extension", NULL);
    }
    return in.len == 0 ? 0 : -1;
}

/* The token's own signature: over the digest of eContent. */
static void check_signature(struct stamp *s)
{
    unsigned char md[EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    const EVP_MD *digest = sigalg_digest(s->cms.signer.digest_alg, NULL);

    if (sigalg_read(s->cms.signer.sig_alg, s->cms.signer.digest_alg, &s->alg, &s->f) != 0)
        return;
    if (digest == NULL ||
        EVP_Digest(s->cms.content.data, s->cms.content.len, md, &n, digest, NULL) != 1) {
        findings_add(&s->f, "cms.algorithm-unknown", "digestAlgorithm", NULL);
        return;
    }
    s->value_right = cms_check_value(&s->cms, &s->alg, s->unit, (struct span){md, n}, &s->f);
}

int tst_read(struct span token, struct pool *pool, struct stamp *out)
{
    memset(out, 0, sizeof *out);
    if (findings_init(&out->f) != 0)
        return -1;
    if (cms_parse(token, &out->cms) != 0) {
        findings_add(&out->f, "cms.not-der", NULL);
        return 0;
    }
    cms_pool(&out->cms, pool, POOL_STAMP, false);
    cms_check_shape(&out->cms, CMS_STAMP, &out->f);
    if (out->cms.nsigners != 1 || !out->cms.has_content || out->cms.content.len == 0)
        return 0;
    if (info_read(out->cms.content, out) != 0) {
        findings_add(&out->f, "stamp.malformed", NULL);
        return 0;
    }
    cms_check_attrs(&out->cms, CMS_STAMP, &out->f);
    out->unit = cms_find_signer(&out->cms, CMS_STAMP, pool, &out->f);
    check_signature(out);
    if (out->unit != NULL) {
        usage_check_stamp(out->unit, &out->f);
        if (out->gen_time < out->unit->not_before || out->gen_time > out->unit->not_after)
            findings_add(&out->f, "stamp.unit-out-of-time", out->unit->name, NULL);
    }
    return 0;
}

void tst_check_imprint(struct stamp *s, struct span digest)
{
    s->imprint_right = digest.len > 0 && span_equal(s->imprint, digest);
    if (!s->imprint_right)
        findings_add(&s->f, "stamp.imprint", NULL);
}

void tst_check_over(struct stamp *s, struct span data)
{
    unsigned char md[EVP_MAX_MD_SIZE];
    unsigned int n = 0;

    if (s->imprint_md == NULL)
        return;
    if (EVP_Digest(data.data, data.len, md, &n, s->imprint_md, NULL) != 1)
        n = 0;
    tst_check_imprint(s, (struct span){md, n});
}

bool tst_good(const struct stamp *s)
{
    return s->f.worst <= EFFECT_LEVEL && s->unit != NULL && s->value_right && s->imprint_right;
}

void tst_free(struct stamp *s)
{
    findings_free(&s->f);
}
