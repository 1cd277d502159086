#include "pdf/draw/pack.h"

#include <stdlib.h>

#include <zlib.h>

#include "base/buf.h"
#include "base/err.h"

/* A report's streams come out 8 % larger than at level 6 (4 KB of 150), in a little more than half
 * the time. */
enum { LEVEL = 2 };

int packer_ready(struct packer *p, struct err *e)
{
    if (p->z != NULL && deflateReset(p->z) == Z_OK)
        return 0;
    packer_close(p);
    p->z = calloc(1, sizeof *p->z);
    if (p->z != NULL && deflateInit(p->z, LEVEL) == Z_OK)
        return 0;
    free(p->z);
    p->z = NULL;
    return err_set_memory(e);
}

int packer_pack(struct packer *p, struct buf *bytes, struct err *e)
{
    struct buf packed = BUF_INIT(bytes->max);

    if (packer_ready(p, e) != 0)
        return -1;
    size_t bound = deflateBound(p->z, (uLong)bytes->len);
    unsigned char *to = buf_room(&packed, bound);
    if (to == NULL)
        return buf_check(&packed, e);
    p->z->next_in = bytes->data;
    p->z->avail_in = (uInt)bytes->len;
    p->z->next_out = to;
    p->z->avail_out = (uInt)bound;
    if (deflate(p->z, Z_FINISH) != Z_STREAM_END) {
        buf_free(&packed);
        return err_set_bug(e, "packer_pack");
    }
    packed.len = bound - p->z->avail_out;
    buf_free(bytes);
    *bytes = packed;
    return 0;
}

void packer_close(struct packer *p)
{
    if (p->z != NULL)
        deflateEnd(p->z);
    free(p->z);
    p->z = NULL;
}
