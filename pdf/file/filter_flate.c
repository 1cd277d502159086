#include "pdf/file/pdf_internal.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct flate {
    struct filter f;
    struct filter_in in;
    z_stream z;
    bool ended;
};

int filter_byte(struct filter *f, struct filter_in *in, struct err *e)
{
    if (in->pos == in->len) {
        if (in->ended)
            return -1;
        int64_t n = f->up->read(f->up, in->bytes, sizeof in->bytes, e);
        if (n < 0)
            return -2;
        in->ended = n == 0;
        in->pos = 0;
        in->len = (size_t)n;
        if (n == 0)
            return -1;
    }
    return in->bytes[in->pos++];
}

static int64_t flate_read(struct filter *f, unsigned char *to, size_t n, struct err *e)
{
    struct flate *self = (struct flate *)f;

    self->z.next_out = to;
    self->z.avail_out = n > 1 << 30 ? 1 << 30 : (unsigned)n;
    unsigned room = self->z.avail_out;
    while (!self->ended && self->z.avail_out == room) {
        if (self->z.avail_in == 0 && !self->in.ended) {
            int64_t got = f->up->read(f->up, self->in.bytes, sizeof self->in.bytes, e);
            if (got < 0)
                return -1;
            self->in.ended = got == 0;
            self->z.next_in = self->in.bytes;
            self->z.avail_in = (unsigned)got;
        }
        int rc = inflate(&self->z, Z_SYNC_FLUSH);
        if (rc == Z_STREAM_END)
            self->ended = true;
        else if (rc == Z_BUF_ERROR && self->in.ended)
            self->ended = true; /* cut short: what came out is taken, as readers do */
        else if (rc != Z_OK && rc != Z_BUF_ERROR)
            return rc == Z_MEM_ERROR ? err_set_memory(e) : fail_stream(e, f->num);
    }
    return room - self->z.avail_out;
}

static void flate_close(struct filter *f)
{
    inflateEnd(&((struct flate *)f)->z);
    free(f);
}

struct filter *filter_flate(void)
{
    struct flate *self = calloc(1, sizeof *self);

    if (self == NULL || inflateInit(&self->z) != Z_OK) {
        free(self);
        return NULL;
    }
    self->f.read = flate_read;
    self->f.close = flate_close;
    return &self->f;
}
