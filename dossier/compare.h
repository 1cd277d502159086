/* A signed document against the form: what its embedded data say, or, without data, what its text
 * shows. Never "the same" for what could not be read. */
#ifndef PARAPHE_DOSSIER_COMPARE_H
#define PARAPHE_DOSSIER_COMPARE_H

#include "base/err.h"

struct jv;

/* Both give
 * {"format":"paraphe-comparison","version":1,"method":"data|text","result":"same|different|incomplete|impossible",
 * "why": code or null, "points": {"found","different","not_found"}, "differences":
 * [{"code","sheet","cell","point","document", "form"}]} with the sentences of the language of the
 * messages. Comments are named, not quoted. `form` is the grid document computed from the form. */
int compare_data(const struct jv *carried, const struct jv *form, struct jv **out, struct err *e);
/* `text` is the answer of verify_text. */
int compare_text(const struct jv *text, const struct jv *form, struct jv **out, struct err *e);

/* Our report carries its data, but people read its pages: where the data are the same, the pages
 * must not show other points or answers. Takes both results; the one that counts, with "pages" (the
 * result of the text). Comments and fields that the pages do not show make a note only: a font may
 * lack a sign. */
struct jv *compare_pages(struct jv *data, struct jv *pages);

/* ---- shared by both, private ---- */
struct comparison {
    struct jv *differences;
    long found, different, not_found;
};
void compare_add(struct comparison *c, const char *code, const struct jv *sheet,
                 const struct jv *point, const char *cell, const char *document, const char *form);
struct jv *compare_result(struct comparison *c, const char *method, const char *why);

#endif
