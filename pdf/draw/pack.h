/* Flate streams (ISO 32000-1, 7.4.4), one after the other by the same deflater: its 260 KB are
 * taken once and not for each page. */
#ifndef PARAPHE_PDF_DRAW_PACK_H
#define PARAPHE_PDF_DRAW_PACK_H

struct buf;
struct err;
struct z_stream_s;

struct packer {
    struct z_stream_s *z;         /* NULL until the first use */
    unsigned char block[1 << 14]; /* of a file that is read in parts */
};
/* Makes z begin anew. */
int packer_ready(struct packer *p, struct err *e);
/* Replaces the bytes by their compressed form; on failure they stay. */
int packer_pack(struct packer *p, struct buf *bytes, struct err *e);
void packer_close(struct packer *p);

#endif
