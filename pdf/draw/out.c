/* The finished file goes straight to its descriptor, so that memory holds it nowhere. */
#include <stdio.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/digest.h"
#include "base/file.h"
#include "pdf/draw/draw_int.h"

enum { BLOCK = 1 << 16 };

struct out {
    struct draw *d; /* keeps the first failure */
    int fd;
    int64_t at; /* bytes written */
    struct digest *digest;
    size_t n; /* bytes that wait in the block */
    unsigned char block[BLOCK];
};

static int out_flush(struct out *o, struct err *e)
{
    if (o->n > 0 && (digest_add(o->digest, o->block, o->n, e) != 0 ||
                     file_pwrite_all(o->fd, o->block, o->n, o->at, "report", e) != 0))
        return -1;
    o->at += (int64_t)o->n;
    o->n = 0;
    return 0;
}

static int out_add(struct out *o, const unsigned char *bytes, size_t n, struct err *e)
{
    char max[32];

    if ((int64_t)n > ceilings.report_bytes - o->at - (int64_t)o->n) {
        snprintf(max, sizeof max, "%lld", (long long)ceilings.report_bytes);
        return err_set(e, ERR_INPUT, "err.base.buffer-full", max, NULL);
    }
    while (n > 0) {
        size_t part = n < BLOCK - o->n ? n : BLOCK - o->n;
        memcpy(o->block + o->n, bytes, part);
        o->n += part;
        bytes += part;
        n -= part;
        if (o->n == BLOCK && out_flush(o, e) != 0)
            return -1;
    }
    return 0;
}

static HPDF_STATUS on_write(HPDF_Stream stream, const HPDF_BYTE *bytes, HPDF_UINT n)
{
    struct out *o = stream->attr;
    struct err e = ERR_INIT;

    if (n < BLOCK - o->n) { /* most are short */
        memcpy(o->block + o->n, bytes, n);
        o->n += n;
        return HPDF_OK;
    }
    if (out_add(o, bytes, n, &e) == 0)
        return HPDF_OK;
    draw_fail(o->d, &e);
    return HPDF_FILE_IO_ERROR;
}

static const char no_id[] = "<00000000000000000000000000000000>";

static void trailer_identify(struct draw *d)
{
    static HPDF_BYTE zeros[16];
    HPDF_Array id = HPDF_Array_New(d->doc->mmgr);

    for (int i = 0; i < 2 && !draw_stopped(d); i++)
        HPDF_Array_Add(id, HPDF_Binary_New(d->doc->mmgr, zeros, sizeof zeros));
    if (id != NULL)
        HPDF_Dict_Add(d->doc->trailer, "ID", id);
}

/* The identifier of the file is the digest of its bytes with the identifier's place zeroed: no
 * clock, no chance. */
static int file_identify(struct out *o, struct err *e)
{
    unsigned char sum[DIGEST_MAX], tail[1024];
    size_t n = o->at < (int64_t)sizeof tail ? (size_t)o->at : sizeof tail, places = 0;
    char hex[33];

    if (digest_end(o->digest, sum, e) != 0 ||
        file_pread_all(o->fd, tail, n, o->at - (int64_t)n, "report", e) != 0)
        return -1;
    hex_lower(sum, 16, hex);
    for (unsigned char *p = tail; (p = memmem(p, n - (size_t)(p - tail), no_id, 34)) != NULL;) {
        memcpy(p + 1, hex, 32);
        places++;
    }
    if (places != 2)
        return err_set_bug(e, "file_identify: no place in the trailer");
    return file_pwrite_all(o->fd, tail, n, o->at - (int64_t)n, "report", e);
}

void out_write(struct draw *d, int fd)
{
    struct err e = ERR_INIT;
    struct out o = {.d = d, .fd = fd, .digest = digest_new(DIGEST_SHA256, &e)};

    d->doc->pdf_version = HPDF_VER_17;
    trailer_identify(d);
    d->doc->stream = HPDF_CallbackWriter_New(d->doc->mmgr, on_write, &o);
    if (o.digest == NULL || d->doc->stream == NULL)
        draw_fail_memory(d);
    if (!draw_stopped(d))
        HPDF_SaveToStream(d->doc);
    if (!draw_stopped(d) && (out_flush(&o, &e) != 0 || file_identify(&o, &e) != 0))
        draw_fail(d, &e);
    digest_free(o.digest);
}
