/* Makes the bytes of an incremental update (7.5.6): the caller appends them to the file and nothing
 * else changes.
 *
 * The update starts on a new line (a last CR is never made a CR LF), its cross-reference has the
 * kind of the newest section (a table after a hybrid one; a stream where a table cannot hold the
 * offsets), its trailer repeats Root, Info, Encrypt and ID with a new second part. Same input, same
 * bytes. Nothing is compressed unless asked; object streams are never used, so every new object has
 * an offset of its own. In an encrypted file strings and streams are encrypted, except the hole. */
#ifndef PARAPHE_PDF_FILE_PDF_UPDATE_H
#define PARAPHE_PDF_FILE_PDF_UPDATE_H

#include "pdf/file/pdf.h"

struct pdf_update;

struct pdf_update_marks {
    int64_t base; /* size of the file before */
    int64_t size; /* size with the update */
    int64_t hole_start,
        hole_end; /* absolute: from '<' to after '>'; -1 when the update has no hole */
    int64_t ranges_start, ranges_end; /* absolute: from '[' to after ']'; already filled */
    int64_t range[4]; /* what stands there: 0 hole_start hole_end (size - hole_end) */
    int64_t startxref;
};

int pdf_update_new(struct pdf_update **out, struct pdf *pdf, struct err *e);
void pdf_update_free(struct pdf_update *u); /* NULL is allowed */
/* Gives no number either that the file refers to without defining it. Every object is read: only
 * for files that turned out to hold such references; before the first number is reserved. */
void pdf_update_avoid(struct pdf_update *u);
/* A number that no object of the file has; its object must be put before the end. */
struct pdf_ref pdf_update_reserve(struct pdf_update *u);
/* A new object, or the replacement of one; the value is borrowed and printed at once. Putting the
 * same number twice is a bug. The value may hold one PDF_HOLE and one PDF_RANGES over the whole
 * update. */
int pdf_update_put(struct pdf_update *u, struct pdf_ref ref, const struct pdf_value *value,
                   struct err *e);
/* Whether an object of this number was put already. */
bool pdf_update_has(const struct pdf_update *u, uint32_t num);
/* Reserve and put. */
int pdf_update_add(struct pdf_update *u, const struct pdf_value *value, struct pdf_ref *out,
                   struct err *e);
/* A stream: the dictionary is borrowed, /Length is set here. `flate`: compress and set /Filter
 * (none may be set then). */
int pdf_update_put_stream(struct pdf_update *u, struct pdf_ref ref, const struct pdf_value *dict,
                          const void *data, size_t len, bool flate, struct err *e);
/* The bytes between "12 0 obj" and "endobj", as they are: only for files that are not encrypted, or
 * bytes without strings. */
int pdf_update_put_raw(struct pdf_update *u, struct pdf_ref ref, const void *bytes, size_t len,
                       struct err *e);
/* Ends the update: the bytes are appended to out. The update can then only be freed. */
int pdf_update_finish(struct pdf_update *u, struct buf *out, struct pdf_update_marks *marks,
                      struct err *e);

#endif
