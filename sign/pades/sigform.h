/* Private to sign/pades/: what a PDF's form says about signatures (ISO 32000-2 12.7, 12.8). Runs in
 * the worker. */
#ifndef PARAPHE_SIGN_PADES_SIGFORM_H
#define PARAPHE_SIGN_PADES_SIGFORM_H

#include <stdbool.h>
#include <stddef.h>

#include "pdf/file/pdf.h"

struct err;

struct sigform_field {
    struct pdf_ref ref;
    struct pdf_ref widget; /* the field itself when merged; {0, 0} when it has none or several */
    char *name;            /* full, parts joined by dots */
    const struct pdf_value *dict;  /* borrowed from the pdf */
    const struct pdf_value *value; /* /V, resolved; NULL when unsigned */
    bool doc_timestamp;
};
struct sigform_lock { /* a FieldMDP of an earlier signature */
    enum { LOCK_ALL, LOCK_INCLUDE, LOCK_EXCLUDE } action;
    char **names;
    size_t count;
    char *by; /* the field whose signature set it */
};
struct sigform {
    struct pdf *pdf;
    const struct pdf_value *catalog;  /* borrowed */
    const struct pdf_value *acroform; /* borrowed, a dictionary; NULL when there is none */
    struct pdf_ref acroform_ref;      /* {0, 0}: direct in the catalog */
    struct sigform_field *fields;     /* signature fields only, in their order */
    size_t count;
    char **top; /* names of the top-level fields of any kind */
    size_t top_count;
    struct sigform_lock *locks;
    size_t lock_count;
    size_t signed_count; /* signatures and document time-stamps */
    int certified;       /* P of the certification: 0 none, else 1 to 3 */
    int lock_p;          /* the least /P of a Lock of a signed field; 0 none */
    bool xfa;
};

/* Loops and depth are guarded; a form that cannot be read is ERR_INPUT. sigform_free also after a
 * failure. */
int sigform_read(struct sigform *form, struct pdf *pdf, struct err *e);
void sigform_free(struct sigform *form);
/* NULL when there is none of this full name. */
const struct sigform_field *sigform_find(const struct sigform *form, const char *name);
/* Whether an earlier signature locked the field of this name; then *by is its field. */
bool sigform_locked(const struct sigform *form, const char *name, const char **by);
/* "Signature1", "Signature2"...: the first that no top-level field has. malloc'ed; NULL and err. */
char *sigform_new_name(const struct sigform *form, struct err *e);

#endif
