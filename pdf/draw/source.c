/* Attached files are read, and compressed, while the document is written: memory holds a block of
 * them. */
#include <string.h>

#include <zlib.h>

#include "base/file.h"
#include "pdf/draw/draw_int.h"

static int source_read(struct file_kept *file, void *to, size_t n, struct err *e)
{
    const struct draw_file *what = &file->what;

    if (what->data != NULL)
        memcpy(to, (const unsigned char *)what->data + file->at, n);
    else if (file_pread_all(what->fd, to, n, (int64_t)file->at, what->name, e) != 0)
        return -1;
    file->at += n;
    return 0;
}

static size_t rest(const struct file_kept *file, size_t room)
{
    size_t left = file->what.n - file->at;

    return left < room ? left : room;
}

static int read_plain(struct file_kept *file, unsigned char *to, size_t *n, bool *end,
                      struct err *e)
{
    *n = rest(file, *n);
    int rc = source_read(file, to, *n, e);
    *end = file->at == file->what.n;
    return rc;
}

static int read_packed(struct file_kept *file, unsigned char *to, size_t *n, bool *end,
                       struct err *e)
{
    struct packer *p = &file->draw->packer;
    z_stream *z = p->z;
    int status = Z_OK;

    z->next_out = to;
    z->avail_out = (uInt)*n;
    while (z->avail_out > 0 && status == Z_OK) {
        if (z->avail_in == 0) {
            size_t part = rest(file, sizeof p->block);
            if (source_read(file, p->block, part, e) != 0)
                return -1;
            z->next_in = p->block;
            z->avail_in = (uInt)part;
        }
        status = deflate(z, file->at == file->what.n ? Z_FINISH : Z_NO_FLUSH);
    }
    if (status != Z_OK && status != Z_STREAM_END)
        return err_set_bug(e, "read_packed");
    *n -= z->avail_out;
    *end = status == Z_STREAM_END;
    return 0;
}

static HPDF_STATUS on_read(HPDF_Stream stream, HPDF_BYTE *to, HPDF_UINT *size)
{
    struct file_kept *file = stream->attr;
    struct err e = ERR_INIT;
    size_t n = *size;
    bool end = false;

    if ((file->packed ? read_packed : read_plain)(file, to, &n, &end, &e) != 0) {
        draw_fail(file->draw, &e);
        return HPDF_FILE_IO_ERROR;
    }
    *size = (HPDF_UINT)n;
    return end ? HPDF_STREAM_EOF : HPDF_OK;
}

static HPDF_STATUS on_seek(HPDF_Stream stream, HPDF_INT at, HPDF_WhenceMode mode)
{
    struct file_kept *file = stream->attr;
    struct err e = ERR_INIT;

    (void)at; /* only its start is looked for, before it is written */
    (void)mode;
    file->at = 0;
    if (!file->packed || packer_ready(&file->draw->packer, &e) == 0)
        return HPDF_OK;
    draw_fail(file->draw, &e);
    return HPDF_FAILD_TO_ALLOC_MEM;
}

static HPDF_INT32 on_tell(HPDF_Stream stream)
{
    return (HPDF_INT32)((struct file_kept *)stream->attr)->at;
}

static HPDF_UINT32 on_size(HPDF_Stream stream)
{
    return (HPDF_UINT32)((struct file_kept *)stream->attr)->what.n;
}

/* A ZIP (every workbook) is packed already. */
static bool is_zip(struct file_kept *file, struct err *e)
{
    char start[2] = "";

    if (file->what.n > 2)
        source_read(file, start, 2, e);
    file->at = 0;
    return memcmp(start, "PK", 2) == 0;
}

void source_open(struct draw *d, struct file_kept *file, struct raw *stream)
{
    struct err e = ERR_INIT;

    file->packed = file->what.n > 0 && !is_zip(file, &e);
    if (err_is_set(&e))
        draw_fail(d, &e);
    if (file->packed)
        buf_text(&stream->part.dict, "/Filter/FlateDecode");
    HPDF_Stream source =
        HPDF_CallbackReader_New(d->doc->mmgr, on_read, on_seek, on_tell, on_size, file);
    if (source == NULL)
        return; /* libharu has noted it */
    HPDF_Stream_Free(stream->dict->stream);
    stream->dict->stream = source;
    stream->dict->filter = HPDF_STREAM_FILTER_NONE;
}
