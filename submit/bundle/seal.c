/* Encryption for a hand-over: CMS AuthEnvelopedData (RFC 5083) with AES-256-GCM (RFC 5084). */
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/ceilings.h"
#include "base/file.h"
#include "submit/bundle/bundle_part.h"

static int ssl_failed(struct err *e, enum err_kind kind, const char *id, const char *name)
{
    unsigned long code = ERR_peek_last_error();
    const char *reason = code != 0 ? ERR_reason_error_string(code) : NULL;

    err_set_foreign(e, kind, reason, id, name, NULL);
    ERR_clear_error();
    return -1;
}

static X509 *certificate_read(const char *path, struct err *e)
{
    struct buf bytes = BUF_INIT((size_t)ceilings.certificate_bytes);
    X509 *cert = NULL;

    if (file_read(path, bytes.max, &bytes, e) != 0)
        return NULL;
    BIO *bio = BIO_new_mem_buf(bytes.data, (int)bytes.len);
    if (bio != NULL && strstr(buf_str(&bytes), "-----BEGIN") != NULL)
        cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    else if (bio != NULL)
        cert = d2i_X509_bio(bio, NULL);
    BIO_free(bio);
    buf_free(&bytes);
    if (cert == NULL)
        ssl_failed(e, ERR_INPUT, "err.submit-bundle.certificate", path);
    return cert;
}

/* A certificate for signing only, or out of its time, is not one to entrust open weaknesses to. */
static int certificate_check(X509 *cert, const char *path, int64_t instant, struct err *e)
{
    time_t at = (time_t)instant;
    uint32_t usage = X509_get_key_usage(cert); /* all bits when there is no such extension */
    EVP_PKEY *key = X509_get0_pubkey(cert);
    bool rsa = key != NULL && EVP_PKEY_is_a(key, "RSA"),
         ec = key != NULL && EVP_PKEY_is_a(key, "EC");

    if (X509_cmp_time(X509_get0_notBefore(cert), &at) >= 0 ||
        X509_cmp_time(X509_get0_notAfter(cert), &at) <= 0)
        return err_set(e, ERR_SIGNATURE, "err.submit-bundle.certificate-date", path, NULL);
    if (!(rsa && (usage & KU_KEY_ENCIPHERMENT) != 0) && !(ec && (usage & KU_KEY_AGREEMENT) != 0))
        return err_set(e, ERR_SIGNATURE, "err.submit-bundle.certificate-usage", path, NULL);
    if (EVP_PKEY_get_security_bits(key) < 112)
        return err_set(e, ERR_SIGNATURE, "err.submit-bundle.certificate-weak", path, NULL);
    return 0;
}

int bundle_receiver_check(const char *certificate, int64_t instant, struct err *e)
{
    X509 *cert = certificate_read(certificate, e);
    int rc = cert != NULL ? certificate_check(cert, certificate, instant, e) : -1;

    X509_free(cert);
    return rc;
}

static int recipient_add(CMS_ContentInfo *cms, X509 *cert)
{
    CMS_RecipientInfo *to = CMS_add1_recipient_cert(cms, cert, CMS_KEY_PARAM);
    EVP_PKEY_CTX *key = to != NULL ? CMS_RecipientInfo_get0_pkey_ctx(to) : NULL;

    if (to == NULL)
        return -1;
    /* OAEP rather than PKCS #1 v1.5, whose decryption leaks when done carelessly (RFC 8017, 7.2) */
    if (CMS_RecipientInfo_type(to) == CMS_RECIPINFO_TRANS &&
        (key == NULL || EVP_PKEY_CTX_set_rsa_padding(key, RSA_PKCS1_OAEP_PADDING) <= 0 ||
         EVP_PKEY_CTX_set_rsa_oaep_md(key, EVP_sha256()) <= 0))
        return -1;
    return 0;
}

int bundle_seal(int from, const char *name, const char *certificate, int64_t instant, int to,
                struct err *e)
{
    X509 *cert = certificate_read(certificate, e);
    const unsigned flags = CMS_BINARY | CMS_PARTIAL | CMS_STREAM;
    CMS_ContentInfo *cms = NULL;
    BIO *in = NULL, *out = NULL;
    int copy = -1, rc = -1;

    if (cert == NULL || certificate_check(cert, certificate, instant, e) != 0)
        goto out;
    copy = dup(from); /* BIO_s_fd reads on from the position */
    in = copy >= 0 && lseek(copy, 0, SEEK_SET) == 0 ? BIO_new_fd(copy, BIO_NOCLOSE) : NULL;
    out = BIO_new_fd(to, BIO_NOCLOSE);
    cms = CMS_encrypt(NULL, NULL, EVP_aes_256_gcm(), flags);
    if (in == NULL || out == NULL || cms == NULL || recipient_add(cms, cert) != 0 ||
        i2d_CMS_bio_stream(out, cms, in, (int)flags) != 1 || BIO_flush(out) != 1)
        ssl_failed(e, ERR_DISK, "err.submit-bundle.seal", name);
    else
        rc = 0;
out:
    CMS_ContentInfo_free(cms);
    BIO_free(in);
    BIO_free(out);
    X509_free(cert);
    if (copy >= 0)
        close(copy);
    return rc;
}
