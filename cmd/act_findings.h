/* The list of findings as a file for the person who corrects the form: HTML or a workbook, each
 * line with a link that opens the form at the cell, in the order in which one walks through the
 * form. */
#ifndef PARAPHE_CMD_ACT_FINDINGS_H
#define PARAPHE_CMD_ACT_FINDINGS_H

#include "base/err.h"
#include "base/text.h"

struct buf;
struct jv;

/* `forms`: array of {"path": as given, "grid": grid document}. The ending of `out`, .html or .xlsx,
 * decides. An existing file is not replaced. */
int act_findings(const struct jv *forms, const char *out, enum text_lang lang, struct err *e);

/* The rows: array of {"place","level","message","remedy","link"} of one form, sorted. */
struct jv *findings_rows(const struct jv *form, enum text_lang lang);
int findings_html(const struct jv *forms, enum text_lang lang, struct buf *out, struct err *e);
int findings_xlsx(const struct jv *forms, enum text_lang lang, struct buf *out, struct err *e);

#endif
