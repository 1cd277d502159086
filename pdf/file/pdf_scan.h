/* What somebody who looks at the pages cannot see, or what could change them later: for the warning
 * before a signature. */
#ifndef PARAPHE_PDF_FILE_PDF_SCAN_H
#define PARAPHE_PDF_FILE_PDF_SCAN_H

#include "pdf/file/pdf.h"

struct jv;

/* Appends {"code", "page"} to the array `findings`, each code once a page; page 0: the document.
 * - javascript, launch, submit: actions, wherever they hang
 * - media: film, sound, 3D, rich media
 * - hidden-layer, layers: optional content that is off, or that can be switched
 * - hidden-annotation: not shown
 * - external-stream: content that stands in another file
 * - invisible-text: drawn in no colour, or wholly transparent
 * - white-text: white where nothing was painted before
 * - tiny-text: smaller than 1.5 points
 * - outside-text: beside the visible part of the page
 * - covered-text: under a rectangle or picture painted later
 * - field-over-text: a form field that lies on text
 * - unused-objects: pages, fonts or forms that nothing refers to, ready to be exchanged (shadow
 *   attacks)
 * - other-generation: a reference to an object that has another generation, which readers resolve
 *   differently
 * - not-looked-at: a page too large or damaged to be looked into
 *
 * Where text stands is known by the widths of simple fonts, else estimated: a finding is a remark,
 * not a proof. A damaged part of the file is passed over. Returns -1 only when the page tree cannot
 * be walked or memory is short. */
int pdf_scan(struct pdf *pdf, struct jv *findings, struct err *e);
/* *page: the first page, from 1, where text lies under one of these annotations (object numbers,
 * ascending), as far as places can be estimated; 0: none. -1 as above. */
int pdf_scan_under(struct pdf *pdf, const uint32_t *widgets, size_t count, int64_t *page,
                   struct err *e);

#endif
