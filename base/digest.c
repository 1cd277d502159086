#include "base/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"

struct digest {
    EVP_MD_CTX *ctx;
};

static const struct {
    enum digest_kind kind;
    size_t size;
    const char *name, *openssl_name;
} kinds[] = {
    {DIGEST_SHA1, 20, "SHA-1", "SHA1"},
    {DIGEST_SHA256, 32, "SHA-256", "SHA256"},
    {DIGEST_SHA384, 48, "SHA-384", "SHA384"},
    {DIGEST_SHA512, 64, "SHA-512", "SHA512"},
};
enum { KINDS = sizeof kinds / sizeof kinds[0], CHUNK = 1 << 18 };

size_t digest_size(enum digest_kind kind)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (kinds[i].kind == kind)
            return kinds[i].size;
    }
    return 0;
}

const char *digest_name(enum digest_kind kind)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (kinds[i].kind == kind)
            return kinds[i].name;
    }
    return "?";
}

enum digest_kind digest_from_name(const char *name)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (strcasecmp(name, kinds[i].name) == 0 || strcasecmp(name, kinds[i].openssl_name) == 0)
            return kinds[i].kind;
    }
    return DIGEST_NONE;
}

/* Fetched once per process: EVP_get_digestbyname looks the algorithm up at each init. */
static const EVP_MD *method(enum digest_kind kind)
{
    static EVP_MD *fetched[KINDS];

    for (size_t i = 0; i < KINDS; i++) {
        if (kinds[i].kind != kind)
            continue;
        if (fetched[i] == NULL)
            fetched[i] = EVP_MD_fetch(NULL, kinds[i].openssl_name, NULL);
        return fetched[i];
    }
    return NULL;
}

struct digest *digest_new(enum digest_kind kind, struct err *e)
{
    const EVP_MD *md = method(kind);
    struct digest *d = calloc(1, sizeof *d);

    if (d != NULL)
        d->ctx = EVP_MD_CTX_new();
    if (d == NULL || d->ctx == NULL || md == NULL || EVP_DigestInit_ex2(d->ctx, md, NULL) != 1) {
        digest_free(d);
        err_set_memory(e);
        return NULL;
    }
    return d;
}

void digest_free(struct digest *d)
{
    if (d == NULL)
        return;
    EVP_MD_CTX_free(d->ctx);
    free(d);
}

int digest_copy(const struct digest *d, struct digest **out, struct err *e)
{
    struct digest *copy = calloc(1, sizeof *copy);

    if (copy != NULL)
        copy->ctx = EVP_MD_CTX_new();
    if (copy == NULL || copy->ctx == NULL || EVP_MD_CTX_copy_ex(copy->ctx, d->ctx) != 1) {
        digest_free(copy);
        return err_set_memory(e);
    }
    *out = copy;
    return 0;
}

int digest_add(struct digest *d, const void *data, size_t n, struct err *e)
{
    return EVP_DigestUpdate(d->ctx, data, n) == 1 ? 0 : err_set_bug(e, "digest_add");
}

int digest_add_range(struct digest *d, int fd, int64_t offset, int64_t length, struct err *e)
{
    /* of a small range only what it needs: a large piece of memory is mapped and unmapped */
    unsigned char *chunk = malloc(length > 0 && length < CHUNK ? (size_t)length : CHUNK);
    int rc = -1;

    if (chunk == NULL)
        return err_set_memory(e);
    while (length > 0) {
        ssize_t n = pread(fd, chunk, length < CHUNK ? (size_t)length : CHUNK, offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            err_set_errno(e, ERR_DISK, n < 0 ? errno : EIO, "err.base.file-read", "-", NULL);
            goto out;
        }
        if (digest_add(d, chunk, (size_t)n, e) != 0)
            goto out;
        offset += n;
        length -= n;
    }
    rc = 0;
out:
    free(chunk);
    return rc;
}

int digest_end(struct digest *d, unsigned char out[DIGEST_MAX], struct err *e)
{
    return EVP_DigestFinal_ex(d->ctx, out, NULL) == 1 ? 0 : err_set_bug(e, "digest_end");
}

int digest_bytes(enum digest_kind kind, const void *data, size_t n, unsigned char out[DIGEST_MAX],
                 struct err *e)
{
    const EVP_MD *md = method(kind);

    if (md == NULL || EVP_Digest(data, n, out, NULL, md, NULL) != 1)
        return err_set_bug(e, "digest_bytes");
    return 0;
}

int digest_file_hex(int fd, char out[DIGEST_HEX_MAX], struct err *e)
{
    struct stat st;
    unsigned char sum[DIGEST_MAX];
    struct digest *d = digest_new(DIGEST_SHA256, e);
    int rc = -1;

    if (d == NULL)
        return -1;
    if (fstat(fd, &st) != 0)
        err_set_errno(e, ERR_DISK, errno, "err.base.file-read", "-", NULL);
    else if (digest_add_range(d, fd, 0, st.st_size, e) == 0 && digest_end(d, sum, e) == 0)
        rc = 0;
    if (rc == 0)
        hex_lower(sum, 32, out);
    digest_free(d);
    return rc;
}

int digest_bytes_hex(const void *data, size_t n, char out[DIGEST_HEX_MAX], struct err *e)
{
    unsigned char sum[DIGEST_MAX];

    if (digest_bytes(DIGEST_SHA256, data, n, sum, e) != 0)
        return -1;
    hex_lower(sum, 32, out);
    return 0;
}

static void hex_with(const char *digits, const unsigned char *data, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[data[i] >> 4];
        out[2 * i + 1] = digits[data[i] & 15];
    }
    out[2 * n] = '\0';
}

void hex_lower(const unsigned char *data, size_t n, char *out)
{
    hex_with("0123456789abcdef", data, n, out);
}

void hex_upper(const unsigned char *data, size_t n, char *out)
{
    hex_with("0123456789ABCDEF", data, n, out);
}

/* A table: the digits of a signature are read several times, and long runs of letters and digits in
 * no order make comparisons slow. */
const signed char hex_values[256] = {
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  -1, -1, -1, -1, -1, -1, -1, 10, 11, 12, 13, 14, 15, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, 10, 11, 12, 13, 14, 15, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
};

int hex_decode(const char *hex, size_t n, unsigned char *out)
{
    if (n % 2 != 0)
        return -1;
    for (size_t i = 0; i < n; i += 2) {
        int high = hex_values[(unsigned char)hex[i]], low = hex_values[(unsigned char)hex[i + 1]];
        if ((high | low) < 0)
            return -1;
        out[i / 2] = (unsigned char)(high << 4 | low);
    }
    return 0;
}
