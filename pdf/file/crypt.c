#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "pdf/file/crypt_internal.h"

/* Algorithm 1: the key of one object. AES-256 uses that of the file. */
static int object_key(const struct pdf_crypt *c, enum crypt_method m, struct pdf_ref owner,
                      unsigned char key[CRYPT_KEY_MAX], size_t *len, struct err *e)
{
    const unsigned char number[5] = {(unsigned char)owner.num, (unsigned char)(owner.num >> 8),
                                     (unsigned char)(owner.num >> 16), (unsigned char)owner.gen,
                                     (unsigned char)(owner.gen >> 8)};
    const void *parts[] = {c->key, number, "sAlT"};
    const size_t lens[] = {c->key_len, 5, 4};

    if (m == CRYPT_AES256) {
        memcpy(key, c->key, CRYPT_KEY_MAX);
        *len = CRYPT_KEY_MAX;
        return 0;
    }
    *len = c->key_len + 5 < 16 ? c->key_len + 5 : 16;
    return crypt_md5(parts, lens, m == CRYPT_AES128 ? 3 : 2, key, e);
}

static const EVP_CIPHER *cipher_of(enum crypt_method m)
{
    return m == CRYPT_AES256 ? EVP_aes_256_cbc() : EVP_aes_128_cbc();
}

static int fail_openssl(struct err *e)
{
    return err_set_bug(e, "pdf/file/crypt: OpenSSL refused a cipher");
}

/* ---- decryption piece by piece ---- */
struct decrypt {
    struct filter f;
    enum crypt_method method;
    unsigned char key[CRYPT_KEY_MAX];
    size_t key_len;
    struct rc4 rc4;
    EVP_CIPHER_CTX *ctx;
    struct filter_in in;
    unsigned char block[AES_BLOCK], ready[AES_BLOCK]; /* AES: the block ahead tells the last one */
    size_t pos, len;
    bool ahead, ended;
};

static int64_t rc4_read(struct filter *f, unsigned char *to, size_t n, struct err *e)
{
    struct decrypt *self = (struct decrypt *)f;
    int64_t got = f->up->read(f->up, to, n, e);

    if (got > 0)
        rc4_run(&self->rc4, to, (size_t)got);
    return got;
}

/* 1: a whole block; 0: the end (a part of a block is dropped); -1. */
static int take_block(struct decrypt *self, unsigned char *to, struct err *e)
{
    for (int i = 0; i < AES_BLOCK; i++) {
        int c = filter_byte(&self->f, &self->in, e);
        if (c < 0)
            return c == -2 ? -1 : 0;
        to[i] = (unsigned char)c;
    }
    return 1;
}

static int aes_next(struct decrypt *self, struct err *e)
{
    unsigned char next[AES_BLOCK];
    int n = 0;

    if (self->ctx == NULL) { /* the first block is the initial vector */
        int rc = take_block(self, next, e);
        self->ctx = EVP_CIPHER_CTX_new();
        if (self->ctx == NULL ||
            EVP_DecryptInit_ex(self->ctx, cipher_of(self->method), NULL, self->key, next) != 1 ||
            EVP_CIPHER_CTX_set_padding(self->ctx, 0) != 1)
            return fail_openssl(e);
        if (rc > 0)
            rc = take_block(self, self->block, e);
        self->ahead = rc > 0;
        if (rc < 0)
            return -1;
    }
    self->pos = self->len = 0;
    if (!self->ahead) {
        self->ended = true;
        return 0;
    }
    int rc = take_block(self, next, e);
    if (rc < 0)
        return -1;
    if (EVP_DecryptUpdate(self->ctx, self->ready, &n, self->block, AES_BLOCK) != 1 ||
        n != AES_BLOCK)
        return fail_openssl(e);
    self->len = AES_BLOCK;
    self->ahead = rc > 0;
    memcpy(self->block, next, AES_BLOCK);
    /* A padding that makes no sense is left: other readers do so too. */
    if (!self->ahead && self->ready[AES_BLOCK - 1] >= 1 && self->ready[AES_BLOCK - 1] <= AES_BLOCK)
        self->len -= self->ready[AES_BLOCK - 1];
    return 0;
}

static int64_t aes_read(struct filter *f, unsigned char *to, size_t n, struct err *e)
{
    struct decrypt *self = (struct decrypt *)f;
    size_t done = 0;

    while (done < n) {
        if (self->pos == self->len) {
            if (self->ended)
                break;
            if (aes_next(self, e) != 0)
                return -1;
            continue;
        }
        to[done++] = self->ready[self->pos++];
    }
    return (int64_t)done;
}

static void decrypt_close(struct filter *f)
{
    struct decrypt *self = (struct decrypt *)f;

    EVP_CIPHER_CTX_free(self->ctx);
    explicit_bzero(self->key, sizeof self->key);
    free(self);
}

static struct decrypt *decrypt_new(const struct pdf_crypt *c, enum crypt_method m,
                                   struct pdf_ref owner, struct err *e)
{
    struct decrypt *self = calloc(1, sizeof *self);

    if (self == NULL) {
        err_set_memory(e);
        return NULL;
    }
    self->f.close = decrypt_close;
    self->f.num = owner.num;
    self->method = m;
    if (object_key(c, m, owner, self->key, &self->key_len, e) != 0) {
        decrypt_close(&self->f);
        return NULL;
    }
    self->f.read = m == CRYPT_RC4 ? rc4_read : aes_read;
    if (m == CRYPT_RC4)
        rc4_start(&self->rc4, self->key, self->key_len);
    return self;
}

static int stream_method(const struct pdf *pdf, const struct pdf_value *stream, const char *name,
                         enum crypt_method *out, struct err *e)
{
    const struct pdf_crypt *c = pdf->crypt;
    const struct pdf_value *type = pdf_key(stream, "Type");

    *out = CRYPT_IDENTITY;
    if (c == NULL || pdf_is_name(type, "XRef"))
        return 0;
    if (name != NULL) {
        for (size_t i = 0; i < c->nnamed; i++) {
            if (strcmp(c->named[i].name, name) == 0) {
                *out = c->named[i].method;
                return 0;
            }
        }
        return strcmp(name, "Identity") == 0 ? 0 : fail_stream(e, stream->u.stream.owner.num);
    }
    if (pdf_is_name(type, "Metadata") && !c->metadata)
        return 0;
    *out = pdf_is_name(type, "EmbeddedFile") ? c->files : c->streams;
    return 0;
}

int crypt_filter(struct pdf *pdf, const struct pdf_value *stream, const char *name,
                 struct filter **out, struct err *e)
{
    enum crypt_method m;

    *out = NULL;
    if (stream_method(pdf, stream, name, &m, e) != 0)
        return -1;
    if (m == CRYPT_IDENTITY)
        return 0;
    struct decrypt *self = decrypt_new(pdf->crypt, m, stream->u.stream.owner, e);
    if (self == NULL)
        return -1;
    *out = &self->f;
    return 0;
}

/* ---- strings ---- */
struct memory {
    struct filter f;
    const unsigned char *data;
    size_t left;
};

static int64_t memory_read(struct filter *f, unsigned char *to, size_t n, struct err *e)
{
    struct memory *self = (struct memory *)f;

    (void)e;
    if (n > self->left)
        n = self->left;
    memcpy(to, self->data, n);
    self->data += n;
    self->left -= n;
    return (int64_t)n;
}

static int decrypt_string(struct pdf *pdf, struct pdf_value *v, struct pdf_ref owner, struct err *e)
{
    struct decrypt *d = decrypt_new(pdf->crypt, pdf->crypt->strings, owner, e);
    unsigned char *plain = malloc(v->u.string.len + 1);
    struct memory source = {
        {memory_read, NULL, NULL, owner.num}, v->u.string.data, v->u.string.len};
    int64_t n = -1;

    if (plain == NULL)
        err_set_memory(e);
    if (d != NULL && plain != NULL) {
        d->f.up = &source.f;
        n = d->f.read(&d->f, plain, v->u.string.len, e);
    }
    if (d != NULL)
        decrypt_close(&d->f);
    if (n < 0) {
        free(plain);
        return -1;
    }
    plain[n] = '\0';
    free(v->u.string.data);
    v->u.string.data = plain;
    v->u.string.len = (size_t)n;
    return 0;
}

bool crypt_is_signature(const struct pdf_value *dict)
{
    const struct pdf_value *type = pdf_key(dict, "Type");

    if (pdf_is_name(type, "Sig") || pdf_is_name(type, "DocTimeStamp"))
        return true;
    return pdf_key(dict, "ByteRange") != NULL && pdf_key(dict, "Filter") != NULL;
}

static int walk(struct pdf *pdf, struct pdf_value *v, struct pdf_ref owner, struct err *e)
{
    switch (v->kind) {
    case PDF_STRING:
        return decrypt_string(pdf, v, owner, e);
    case PDF_ARRAY:
        for (size_t i = 0; i < v->u.array.count; i++) {
            if (walk(pdf, &v->u.array.items[i], owner, e) != 0)
                return -1;
        }
        return 0;
    case PDF_DICT: {
        bool signature = crypt_is_signature(v);
        for (size_t i = 0; i < v->u.dict.count; i++) {
            struct pdf_entry *entry = &v->u.dict.entries[i];
            if (signature && strcmp(entry->key, "Contents") == 0)
                continue; /* A6 */
            if (walk(pdf, &entry->value, owner, e) != 0)
                return -1;
        }
        return 0;
    }
    case PDF_STREAM:
        return walk(pdf, v->u.stream.dict, owner, e);
    default:
        return 0;
    }
}

int crypt_value(struct pdf *pdf, struct pdf_value *v, struct pdf_ref owner, struct err *e)
{
    if (pdf->crypt->strings == CRYPT_IDENTITY || owner.num == pdf->crypt->self ||
        (pdf_is(v, PDF_STREAM) && pdf_is_name(pdf_key(v, "Type"), "XRef")))
        return 0;
    return walk(pdf, v, owner, e);
}

/* ---- encryption ---- */

/* The initial vector comes from the content and the object under the key, not from chance: the same
 * update has the same bytes, and two different contents never share a vector. */
static int make_iv(const unsigned char *key, size_t key_len, struct pdf_ref owner, const void *data,
                   size_t len, unsigned char iv[AES_BLOCK], struct err *e)
{
    unsigned char digest[DIGEST_MAX], mac[EVP_MAX_MD_SIZE], input[DIGEST_MAX + 8];
    unsigned n = 0;

    if (digest_bytes(DIGEST_SHA256, data, len, digest, e) != 0)
        return -1;
    memcpy(input, digest, 32);
    memcpy(input + 32, &owner.num, 4);
    memcpy(input + 36, &owner.gen, 4);
    if (HMAC(EVP_sha256(), key, (int)key_len, input, 40, mac, &n) == NULL)
        return fail_openssl(e);
    memcpy(iv, mac, AES_BLOCK);
    return 0;
}

static int encrypt_aes(enum crypt_method m, const unsigned char *key, size_t key_len,
                       struct pdf_ref owner, const void *data, size_t len, struct buf *out,
                       struct err *e)
{
    unsigned char iv[AES_BLOCK];
    EVP_CIPHER_CTX *ctx = NULL;
    int a = 0, b = 0, rc = -1;

    if (make_iv(key, key_len, owner, data, len, iv, e) != 0)
        return -1;
    buf_append(out, iv, AES_BLOCK);
    unsigned char *to = len < INT32_MAX - 64 ? buf_room(out, len + AES_BLOCK) : NULL;
    if (to == NULL)
        return fail_limit(e, "pdf-file.limit-stream", (int64_t)out->max);
    ctx = EVP_CIPHER_CTX_new();
    if (ctx != NULL && EVP_EncryptInit_ex(ctx, cipher_of(m), NULL, key, iv) == 1 &&
        EVP_EncryptUpdate(ctx, to, &a, data, (int)len) == 1 &&
        EVP_EncryptFinal_ex(ctx, to + a, &b) == 1) {
        out->len += (size_t)(a + b);
        rc = 0;
    } else {
        fail_openssl(e);
    }
    EVP_CIPHER_CTX_free(ctx);
    return rc;
}

int crypt_encrypt(struct pdf *pdf, struct pdf_ref owner, bool stream, const void *data, size_t len,
                  struct buf *out, struct err *e)
{
    enum crypt_method m = stream ? pdf->crypt->streams : pdf->crypt->strings;
    unsigned char key[CRYPT_KEY_MAX];
    size_t key_len = 0;
    struct rc4 r;

    if (m == CRYPT_IDENTITY) {
        buf_append(out, data, len);
        return buf_check(out, e);
    }
    if (object_key(pdf->crypt, m, owner, key, &key_len, e) != 0)
        return -1;
    if (m != CRYPT_RC4)
        return encrypt_aes(m, key, key_len, owner, data, len, out, e);
    size_t at = out->len;
    buf_append(out, data, len);
    if (buf_check(out, e) != 0)
        return -1;
    rc4_start(&r, key, key_len);
    rc4_run(&r, out->data + at, len);
    return 0;
}

void pdf_warm(void)
{
    static const unsigned char zero[CRYPT_KEY_MAX];
    static const EVP_CIPHER *(*const ciphers[])(void) = {EVP_aes_128_cbc, EVP_aes_256_cbc,
                                                         EVP_aes_256_ecb};
    static const enum digest_kind kinds[] = {DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512};
    unsigned char out[DIGEST_MAX + AES_BLOCK];
    const void *part = zero;
    size_t len = sizeof zero;
    int n = 0;

    for (size_t i = 0; i < sizeof ciphers / sizeof ciphers[0]; i++) {
        EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
        if (ctx != NULL && EVP_EncryptInit_ex(ctx, ciphers[i](), NULL, zero, zero) == 1)
            EVP_EncryptUpdate(ctx, out, &n, zero, AES_BLOCK);
        EVP_CIPHER_CTX_free(ctx);
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        digest_bytes(kinds[i], zero, sizeof zero, out, NULL);
    crypt_md5(&part, &len, 1, out, NULL);
    make_iv(zero, sizeof zero, (struct pdf_ref){1, 0}, zero, sizeof zero, out, NULL);
}
