/* Ranges, contents, digest and CMS of one signature: what needs neither trust nor time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/digest.h"
#include "base/err.h"
#include "verify/algo.h"
#include "verify/sig.h"

/* A1, A2, A4 of ISO 32000-2 12.8.1: two pairs, from 0, the gap is /Contents and nothing else, the
 * end is that of a revision. */
static void check_ranges(struct pdf *pdf, struct sig *s)
{
    const struct pdf_sig_span *p = &s->span;
    int64_t size = pdf_size(pdf);

    if (p->range[0] != 0 || p->range[1] != p->contents_start || p->range[2] != p->contents_end ||
        p->range[3] < 0 || p->range[2] > size || p->range[3] > size - p->range[2]) {
        findings_add(&s->f, "pdf.range", NULL);
        return;
    }
    int64_t end = p->range[2] + p->range[3];
    s->covers_whole = end == size;
    s->revision = pdf_revision_ending(pdf, end);
    if (s->revision < 0 || !pdf_revision_own(pdf, s->revision)) {
        findings_add(&s->f, "pdf.range-end", NULL);
        return;
    }
    if (s->revision != s->first_seen ||
        pdf_place_of(pdf, s->num, s->revision).revision != s->revision)
        findings_add(&s->f, "pdf.signature-recycled", s->field, NULL);
    struct pdf_place then = pdf_place_of(pdf, s->num, s->revision);
    struct pdf_place now = pdf_place_of(pdf, s->num, PDF_LATEST);
    if (then.kind != now.kind || then.offset != now.offset || then.revision != now.revision)
        findings_add(&s->f, "pdf.signature-replaced", s->field, NULL);
    s->readable = true;
}

/* The hexadecimal digits as they stand in the file, so that no other reading of the token exists
 * (A3, A6). */
static int contents_read(struct pdf *pdf, struct sig *s, struct err *e)
{
    int64_t n = s->span.contents_end - s->span.contents_start - 2;
    unsigned char *hex = NULL;
    int rc = -1;

    if (n <= 0 || n % 2 != 0 || n / 2 > ceilings.cms_bytes) {
        findings_add(&s->f, "pdf.contents", NULL);
        return 0;
    }
    hex = malloc((size_t)n + 2);
    if (hex == NULL)
        return err_set_memory(e);
    if (pdf_pread(pdf, hex, (size_t)n + 2, s->span.contents_start, e) != 0)
        goto out;
    unsigned char *to = buf_room(&s->contents, (size_t)n / 2);
    if (to == NULL) {
        err_set_memory(e);
        goto out;
    }
    if (hex[0] != '<' || hex[n + 1] != '>' || hex_decode((const char *)hex + 1, (size_t)n, to) != 0)
        findings_add(&s->f, "pdf.contents", NULL);
    else
        s->contents.len = (size_t)n / 2;
    rc = 0;
out:
    free(hex);
    return rc;
}

/* How many bytes of the first range `ctx` has already: what was digested while the file was copied,
 * or for an earlier signature. */
static int64_t begun_by(const EVP_MD_CTX *done, int64_t size, const struct sig *s, const EVP_MD *md,
                        EVP_MD_CTX *ctx)
{
    bool fits = done != NULL && s->span.range[0] == 0 && s->span.range[1] >= size &&
                EVP_MD_get_type(md) == EVP_MD_get_type(EVP_MD_CTX_get0_md(done));

    return fits && EVP_MD_CTX_copy_ex(ctx, done) == 1 ? size : 0;
}

static int64_t begun_ahead(const struct env *env, const struct sig *s, const EVP_MD *md,
                           EVP_MD_CTX *ctx)
{
    bool first = env->ahead_size >= env->early_size;
    int64_t begun = first ? begun_by(env->ahead, env->ahead_size, s, md, ctx)
                          : begun_by(env->early, env->early_size, s, md, ctx);

    if (begun > 0)
        return begun;
    return first ? begun_by(env->early, env->early_size, s, md, ctx)
                 : begun_by(env->ahead, env->ahead_size, s, md, ctx);
}

/* For the signatures to come, whose first range is longer: they need not read it again. */
static void keep_ahead(struct env *env, const struct sig *s, const EVP_MD_CTX *ctx)
{
    if (env->early == NULL && s->span.range[0] == 0 && s->span.range[1] > 0 &&
        (env->early = EVP_MD_CTX_new()) != NULL)
        env->early_size = EVP_MD_CTX_copy_ex(env->early, ctx) == 1 ? s->span.range[1] : 0;
    if (env->early != NULL && env->early_size == 0) {
        EVP_MD_CTX_free(env->early);
        env->early = NULL;
    }
    if (s->span.range[0] != 0 || s->span.range[1] <= env->ahead_size)
        return;
    if (env->ahead == NULL)
        env->ahead = EVP_MD_CTX_new();
    if (env->ahead != NULL && EVP_MD_CTX_copy_ex(env->ahead, ctx) == 1) {
        env->ahead_size = s->span.range[1];
    } else {
        EVP_MD_CTX_free(env->ahead);
        env->ahead = NULL;
        env->ahead_size = 0;
    }
}

static int digest_part(struct pdf *pdf, EVP_MD_CTX *ctx, int64_t at, int64_t left, struct err *e)
{
    enum { WINDOW = 1 << 18 };
    unsigned char *window = malloc(left > 0 && left < WINDOW ? (size_t)left : WINDOW);
    int rc = window != NULL ? 0 : err_set_memory(e);

    while (rc == 0 && left > 0) {
        size_t take = left > WINDOW ? WINDOW : (size_t)left;
        if (pdf_pread(pdf, window, take, at, e) != 0)
            rc = -1;
        else if (EVP_DigestUpdate(ctx, window, take) != 1)
            rc = err_set_bug(e, "sig_digest");
        at += (int64_t)take;
        left -= (int64_t)take;
    }
    free(window);
    return rc;
}

/* Digest of the two ranges. */
static int sig_digest(struct pdf *pdf, const struct sig *s, struct env *env, const EVP_MD *md,
                      unsigned char out[EVP_MAX_MD_SIZE], size_t *len, struct err *e)
{
    enum { SHAKE_BYTES = 64 };
    const int64_t *range = s->span.range;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    unsigned int n = SHAKE_BYTES;
    int rc = -1;

    if (ctx == NULL || EVP_DigestInit_ex(ctx, md, NULL) != 1) {
        err_set_memory(e);
        goto out;
    }
    int64_t begun = begun_ahead(env, s, md, ctx);
    if (digest_part(pdf, ctx, range[0] + begun, range[1] - begun, e) != 0)
        goto out;
    keep_ahead(env, s, ctx);
    if (digest_part(pdf, ctx, range[2], range[3], e) != 0)
        goto out;
    bool xof = (EVP_MD_get_flags(md) & EVP_MD_FLAG_XOF) != 0;
    if ((xof ? EVP_DigestFinalXOF(ctx, out, SHAKE_BYTES) : EVP_DigestFinal_ex(ctx, out, &n)) != 1) {
        err_set_bug(e, "sig_digest");
        goto out;
    }
    *len = n;
    rc = 0;
out:
    EVP_MD_CTX_free(ctx);
    return rc;
}

/* signing-time of a CMS that is no PAdES: a claim only. */
static void claimed_from_cms(struct sig *s)
{
    const struct cms_attr *a = cms_attr_find(&s->cms.signer.attrs, "1.2.840.113549.1.9.5");

    if (!s->claimed && a != NULL && a->count == 1 &&
        tlv_time(&a->first, &s->claimed_time, NULL) == 0)
        s->claimed = true;
}

static int signature_read(struct pdf *pdf, struct sig *s, struct span der, struct env *env,
                          struct err *e)
{
    unsigned char md[EVP_MAX_MD_SIZE];
    size_t n = 0;

    if (cms_parse(der, &s->cms) != 0) {
        findings_add(&s->f, "cms.not-der", NULL);
        return 0;
    }
    s->cms_ok = true;
    cms_pool(&s->cms, &env->pool, POOL_CMS, env->integrity_only);
    for (size_t i = 0; i < s->cms.ncrls; i++)
        evidence_add(&env->evidence, EVIDENCE_CRL, EVIDENCE_CMS, s->cms.crls[i].data,
                     s->cms.crls[i].len, s->revision, env->now);
    for (size_t i = 0; i < s->cms.nocsps; i++)
        evidence_add(&env->evidence, EVIDENCE_OCSP, EVIDENCE_CMS, s->cms.ocsps[i].data,
                     s->cms.ocsps[i].len, s->revision, env->now);
    cms_check_shape(&s->cms, s->use, &s->f);
    cms_check_attrs(&s->cms, s->use, &s->f);
    if (s->cms.nsigners == 0)
        return 0;
    claimed_from_cms(s);
    s->signer = cms_find_signer(&s->cms, s->use, &env->pool, &s->f);
    s->alg_ok = sigalg_read(s->cms.signer.sig_alg, s->cms.signer.digest_alg, &s->alg, &s->f) == 0;
    const EVP_MD *digest = sigalg_digest(s->cms.signer.digest_alg, NULL);
    if (!s->alg_ok || digest == NULL)
        return 0;
    if (sig_digest(pdf, s, env, digest, md, &n, e) != 0)
        return -1;
    s->value_right = cms_check_value(&s->cms, &s->alg, s->signer, (struct span){md, n}, &s->f);
    return 0;
}

static int stamp_document(struct pdf *pdf, struct sig *s, struct span der, struct env *env,
                          struct err *e)
{
    unsigned char md[EVP_MAX_MD_SIZE];
    size_t n = 0;

    if (tst_read(der, &env->pool, &s->document_stamp) != 0)
        return err_set_memory(e);
    if (s->document_stamp.imprint_md != NULL) {
        if (sig_digest(pdf, s, env, s->document_stamp.imprint_md, md, &n, e) != 0)
            return -1;
        tst_check_imprint(&s->document_stamp, (struct span){md, n});
    }
    s->signer = s->document_stamp.unit;
    s->alg = s->document_stamp.alg;
    s->cms_ok = true;
    s->value_right = s->document_stamp.value_right && s->document_stamp.imprint_right;
    findings_merge(&s->f, &s->document_stamp.f, EFFECT_FAILED);
    return 0;
}

void sig_place(struct pdf *pdf, struct sig *s)
{
    struct err own = ERR_INIT;

    if (s->num == 0) {
        findings_add(&s->f, "pdf.signature-malformed", NULL);
        return;
    }
    sig_read_dict(pdf, s, &own);
    sig_read_field_lock(pdf, s, &own);
    if (err_is_set(&own)) {
        findings_add(&s->f, "pdf.signature-malformed", NULL);
        return;
    }
    if (pdf_sig_span(pdf, s->num, s->first_seen, &s->span, &own) != 0)
        findings_add(&s->f,
                     strcmp(own.id, "err.pdf-file.sig-packed") == 0 ? "pdf.signature-packed"
                                                                    : "pdf.signature-malformed",
                     NULL);
    else
        check_ranges(pdf, s);
}

bool sig_is_bare(const struct sig *s)
{
    return strcmp(s->subfilter, "adbe.x509.rsa_sha1") == 0;
}

int sig_read(struct pdf *pdf, struct sig *s, struct env *env, struct err *e)
{
    bool zeros, ber;

    sig_place(pdf, s);
    if (!s->readable)
        return 0;
    if (contents_read(pdf, s, e) != 0)
        return -1;
    if (s->contents.len == 0 || sig_is_bare(s)) /* pdf.subfilter says that it is not verified */
        return 0;
    if (cms_split((struct span){s->contents.data, s->contents.len}, &s->der, &zeros, &ber) != 0) {
        findings_add(&s->f, "cms.not-der", NULL);
        return 0;
    }
    struct span der = {s->der.data, s->der.len};
    if (ber)
        findings_add(&s->f, "cms.ber", NULL);
    if (!zeros)
        findings_add(&s->f, "pdf.padding", NULL);
    int rc = s->stamp ? stamp_document(pdf, s, der, env, e) : signature_read(pdf, s, der, env, e);
    s->intact = rc == 0 && s->value_right && s->signer != NULL && s->f.worst < EFFECT_FAILED;
    return rc;
}
