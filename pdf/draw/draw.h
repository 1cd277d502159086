/* Drawing of PDF files: pages, text in embedded subset fonts, structure tree, bookmarks, metadata,
 * attachments, reserved signature fields. The result is PDF/A-3a and PDF/UA-1 when the caller tags
 * all that it draws. libharu stands behind; only this room includes it. Coordinates are points
 * (1/72 inch) from the lower left corner; text is UTF-8.
 *
 * The drawing calls return nothing: the first failure is remembered, the later calls do nothing,
 * and draw_finish reports it. Same calls, same bytes: no clock, locale, folder or environment is
 * read. One document belongs to one thread. */
#ifndef PARAPHE_PDF_DRAW_DRAW_H
#define PARAPHE_PDF_DRAW_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct draw;
struct draw_elem; /* an element of the structure tree; owned by the document */

enum draw_face { DRAW_REGULAR, DRAW_BOLD, DRAW_ITALIC, DRAW_FACES };

struct draw_colour {
    double r, g, b; /* sRGB, 0 to 1 */
};

/* Title and language are required by PDF/UA; the others may be NULL. */
struct draw_property {
    const char *name; /* of our own XMP schema, letters and digits only */
    const char *description;
    const char *value;
};
struct draw_info {
    const char *title, *author, *subject, *producer;
    const char *lang; /* BCP 47, "fr-FR" */
    int64_t created;  /* instant, seconds since 1970 UTC */
    const struct draw_property *properties;
    size_t nproperties;
};

int draw_new(struct draw **out, struct err *e); /* draw_free */
/* For the warm() of a task that draws, or makes a visible signature with a picture or a code: the
 * libraries, which no sandbox opens. */
void draw_warm(void);
void draw_appearance_warm(void);
void draw_free(struct draw *d);
/* Metadata, structure, fonts and identifiers are written, and the whole file to fd (empty, readable
 * too) from its start. The document can then only be freed. */
int draw_finish(struct draw *d, const struct draw_info *info, int fd, struct err *e);

/* ---- pages ---- */
size_t draw_page_add(struct draw *d, double width,
                     double height); /* its index from 0; becomes current */
void draw_page_select(struct draw *d, size_t index);
/* Nothing more is drawn on the page: what it holds can be packed. */
void draw_page_close(struct draw *d, size_t index);
size_t draw_page_count(const struct draw *d);
size_t draw_page_current(const struct draw *d);
void draw_page_size(const struct draw *d, size_t index, double *width, double *height);

/* ---- text and shapes on the current page ---- */
bool draw_covers(struct draw *d, enum draw_face face, uint32_t c);
/* Width of n bytes of text in points. Uncovered characters count as nothing. */
double draw_width(struct draw *d, enum draw_face face, double size, const char *s, size_t n);
double draw_char_width(struct draw *d, enum draw_face face, double size, uint32_t c);
/* One line with its base line at y. Control and uncovered characters must have been replaced
 * before: they fail the document. */
void draw_text(struct draw *d, enum draw_face face, double size, struct draw_colour colour,
               double x, double y, const char *s, size_t n);
/* The next text of the mark is another thing than the one before: a space is drawn between them, so
 * that who reads the structure does not run them together. */
void draw_apart(struct draw *d);
/* A line turned by `degrees` counter-clockwise about (x, y). */
void draw_text_turned(struct draw *d, enum draw_face face, double size, struct draw_colour colour,
                      double x, double y, double degrees, const char *s, size_t n);
void draw_fill(struct draw *d, struct draw_colour colour, double x, double y, double w, double h);
void draw_frame(struct draw *d, struct draw_colour colour, double line, double x, double y,
                double w, double h);
void draw_line(struct draw *d, struct draw_colour colour, double line, double x1, double y1,
               double x2, double y2);
/* A filled polygon of `points` pairs x, y; a filled rectangle with round corners. */
void draw_polygon(struct draw *d, struct draw_colour colour, const double *xy, size_t points);
void draw_rounded(struct draw *d, struct draw_colour colour, double x, double y, double w, double h,
                  double radius);
/* Opacity of what follows, 0 to 1 in steps of 0.01; 1 at the start. */
void draw_alpha(struct draw *d, double alpha);
/* Takes a PNG or JPEG image into the document, once for all its uses; what is transparent stands on
 * white. Broken, too large and CMYK images are ERR_INPUT; the document can then go on without. */
int draw_image_add(struct draw *d, const void *bytes, size_t n, size_t *image, unsigned *columns,
                   unsigned *rows, struct err *e);
void draw_image(struct draw *d, size_t image, double x, double y, double w, double h);

/* ---- structure: every drawing call stands between begin or artifact, and end ---- */
struct draw_elem *draw_elem_root(struct draw *d); /* the Document element */
struct draw_elem *draw_elem_add(struct draw *d, struct draw_elem *parent, const char *tag);
void draw_elem_alt(struct draw *d, struct draw_elem *elem, const char *text);
void draw_elem_scope(struct draw *d, struct draw_elem *elem,
                     const char *scope); /* "Column", "Row" */
void draw_elem_columns(struct draw *d, struct draw_elem *elem, int span);
void draw_elem_box(struct draw *d, struct draw_elem *elem, double x, double y, double w, double h);
void draw_begin(struct draw *d, struct draw_elem *elem);
void draw_artifact(struct draw *d, const char *type); /* "Pagination", "Layout", "Background" */
void draw_end(struct draw *d);

/* ---- around the pages ---- */
/* level 1 is outermost; y is the top of the target on the current page. */
void draw_bookmark(struct draw *d, int level, const char *title, double y);
/* A link from a box of the current page to a place of another; elem is the Link element around its
 * text. */
void draw_link(struct draw *d, struct draw_elem *elem, const char *alt, double x, double y,
               double w, double h, size_t page, double top);
struct draw_file {
    const char *name, *description;
    const char *mime;         /* "application/json" */
    const char *relationship; /* "Data", "Source"... */
    const void *data;         /* n bytes; NULL: those of fd, from its start */
    int fd;
    size_t n;
    int64_t modified;
};
/* What file points to is borrowed until draw_finish, which reads the bytes. */
void draw_attach(struct draw *d, const struct draw_file *file);
/* An empty signature field with its widget, tagged as a Form inside parent. `tip` is what a screen
 * reader says. */
void draw_signature_field(struct draw *d, struct draw_elem *parent, const char *name,
                          const char *tip, double x, double y, double w, double h);

/* ---- the appearance of a visible signature, as objects for somebody else's file ---- */
struct draw_appearance {
    double width, height;
    const char *const *lines; /* the first is drawn bold; they are shrunk to fit */
    size_t nlines;
    /* A logo or a handwritten signature, PNG or JPEG: beside the text, or above it in a narrow
     * box; NULL for none. alt: what a screen reader says of it. */
    const void *image;
    size_t image_len;
    const char *image_alt;
    bool flat;     /* no transparency (PDF/A-1): what shows through is the ground of the box */
    bool cid_sets; /* the fonts list their characters (ISO 19005-1 6.3.5), as PDF/A-1 wants it */
    /* Text of a QR code, beside or below the text; NULL for none. */
    const char *code, *code_alt;
};
struct draw_object {
    uint32_t number;
    struct buf *dict;   /* "<<...>>", without /Length; owned by the list */
    struct buf *stream; /* encoded as the dictionary says; NULL when it is no stream */
};
struct draw_objects {
    struct draw_object *items; /* items[0] is the form XObject for /AP /N */
    size_t count;
};
/* The objects are numbered first, first + 1... and refer only to one another. Colours are CalRGB:
 * they mean the same whatever the file's output intent is. Characters that the font lacks become
 * "?". ERR_USAGE: err.draw.appearance (too small), .code-small {1}: the side in points that the
 * code needs; .code-long; ERR_INPUT: what picture_read says of the image. */
int draw_appearance_make(const struct draw_appearance *spec, uint32_t first,
                         struct draw_objects *out, struct err *e);
void draw_objects_free(struct draw_objects *list);

#endif
