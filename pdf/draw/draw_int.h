/* Inside of pdf/draw: the document under way. libharu keeps pages, objects and the file; what it
 * cannot do rightly is written as objects of our own text (`struct raw`). */
#ifndef PARAPHE_PDF_DRAW_DRAW_INT_H
#define PARAPHE_PDF_DRAW_DRAW_INT_H

#include "base/buf.h"
#include "base/err.h"
#include "pdf/draw/draw.h"
#include "pdf/draw/font.h"
#include "pdf/draw/lib_hpdf.h"

/* An object of libharu whose dictionary entries are our own text. */
struct raw {
    HPDF_Dict dict;
    uint32_t number;
    struct part part; /* until the file is written */
};

struct page {
    HPDF_Page page;
    struct buf drawn;   /* operators that wait for their compression */
    HPDF_Dict contents; /* the stream into which they go */
    HPDF_Array all;     /* of these streams, once there is more than one */
    bool closed;        /* nothing more is drawn */
    uint32_t number;
    double width, height;
    struct draw_elem **parents; /* by MCID */
    size_t nparents, room;
    HPDF_Array annots; /* NULL while there is none */
    /* what the content stream has set */
    int face; /* -1: none yet */
    double size;
    struct draw_colour fill, stroke;
    double line, alpha;
};

enum kid_kind { KID_ELEM, KID_MCID, KID_OBJECT };
struct kid {
    enum kid_kind kind;
    uint32_t value; /* object number, or MCID */
    uint32_t page;  /* object number of the page of an MCID or object */
};
struct draw_elem {
    struct draw *draw;
    struct draw_elem *parent, *next; /* next: of all elements, for freeing */
    HPDF_Dict dict;
    uint32_t number;
    char tag[16];
    const char *scope; /* static */
    int span;
    char *alt;
    double box[4]; /* of a figure; zero otherwise */
    struct kid *kids;
    size_t nkids, room;
};

struct file_kept {
    struct draw_file what;
    uint32_t number; /* of the file specification, once written */
    struct draw *draw;
    size_t at; /* bytes read */
    bool packed;
};
enum { FILES_MAX = 16, FIELDS_MAX = 16, OUTLINE_LEVELS = 6, IMAGES_MAX = 16 };

struct draw {
    HPDF_Doc doc;
    struct err failure; /* the first one */
    bool failed, finished;
    struct page *pages;
    size_t npages, room;
    size_t packed;     /* the pages before have been compressed once */
    struct page *page; /* the current one */
    double alpha;
    struct font fonts[DRAW_FACES];
    struct draw_elem *root, *elems;
    bool open;
    bool reads;       /* the open mark is no artifact */
    bool read, apart; /* it has text; its next one stands apart */
    uint32_t tree;    /* object number of the structure tree root */
    struct buf line;  /* one object at a time */
    struct packer packer;
    struct raw **raws;
    size_t nraws, raws_room;
    struct draw_elem **annot_parents; /* /StructParent keys after those of the pages */
    size_t nannots, annots_room;
    uint32_t fields[FIELDS_MAX];
    size_t nfields;
    struct file_kept files[FILES_MAX];
    size_t nfiles;
    HPDF_Outline outline[OUTLINE_LEVELS + 1];
    HPDF_Image images[IMAGES_MAX];
    size_t nimages;
    bool alphas[101]; /* graphics states in use, by percent */
};

void draw_fail(struct draw *d, const struct err *e);
void draw_fail_bug(struct draw *d, const char *where);
void draw_fail_memory(struct draw *d);
/* True when the document has failed; calls then do nothing. Notices what libharu's error handler
 * wrote down. */
bool draw_stopped(struct draw *d);

/* raw.c */
struct raw *raw_new(struct draw *d, bool streamed); /* NULL after failure */
/* Compresses what the pages have drawn. Nothing is drawn on them after, unless `more`. */
void contents_pack(struct draw *d, bool more);
/* Hands the stream's bytes to libharu, compressed when `packed`, and frees them here. */
void raw_close(struct draw *d, struct raw *raw);
HPDF_Dict raw_dict(struct draw *d, HPDF_Dict_OnWriteFunc write, void *attr, uint32_t *number);
HPDF_STATUS raw_write(HPDF_Stream stream, struct buf *text);
/* "(...)" or "<FEFF...>", a text string of ISO 32000-1, 7.9.2.2. */
void put_string(struct buf *b, const char *utf8);
void put_real(struct buf *b, double v); /* at most two decimals */
void put_name(struct buf *b, const char *name);
void dict_string(struct draw *d, HPDF_Dict dict, const char *key, const char *utf8);
struct raw *raw_of(struct draw *d, uint32_t number);

/* fonts.c, tree.c, meta.c, files.c: what draw_finish writes */
void resources_finish(struct draw *d);
void tree_finish(struct draw *d);
void meta_finish(struct draw *d, const struct draw_info *info);
void files_finish(struct draw *d);
void fields_finish(struct draw *d);
/* out.c: the whole file into fd, from its start. */
void out_write(struct draw *d, int fd);
/* source.c: the stream's bytes come from the file when libharu writes it. */
void source_open(struct draw *d, struct file_kept *file, struct raw *stream);
/* Key of the parent tree for an annotation whose structure element is elem. */
size_t annot_key(struct draw *d, struct draw_elem *elem);
void elem_kid(struct draw_elem *elem, enum kid_kind kind, uint32_t value, uint32_t page);
void elem_free_all(struct draw *d);
void annot_add(struct draw *d, uint32_t number);

#endif
