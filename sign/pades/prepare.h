/* Private to sign/pades/: the worker's side of making a signature update. */
#ifndef PARAPHE_SIGN_PADES_PREPARE_H
#define PARAPHE_SIGN_PADES_PREPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pdf/file/pdf.h"
#include "pdf/file/pdf_update.h"
#include "sign/pades/sigform.h"

struct err;
struct jv;

struct prepare {
    const struct jv *ask; /* the parameters */
    struct pdf *pdf;
    struct sigform form;
    struct pdf_update *update;
    bool timestamp;            /* a document time-stamp */
    bool plain;                /* no signature at all: revocation data alone */
    const struct buf *image;   /* of a visible signature; NULL for none */
    const struct jv *evidence; /* {"certs","ocsps","crls": [hex]}; NULL for none */
    size_t hole;
    int certify;                        /* 0, or P */
    const char *field;                  /* asked for by name, or NULL */
    bool visible;                       /* a rectangle on a page was asked for */
    int64_t page;                       /* index from 0 of a new widget */
    double rect[4];                     /* x0 y0 x1 y1 */
    const struct sigform_field *chosen; /* an existing field; NULL for a new one */
    char *new_name;
    char *chosen_name; /* of whichever */
    double box[4];     /* of the widget that will show the signature; all zero when invisible */
    int64_t rotate;    /* of its page */
    double unit;       /* of its page's coordinates, in points */
    int64_t shown;     /* index from 0 of that page; -1 when there is none */
    struct pdf_ref sig_ref, appearance_ref;
    struct pdf_ref blank_ref; /* the empty appearance where there is none but one is due */
    /* Of a new visible field in a tagged document: its structure element (num 0: none), its key in
     * the parent tree, and the root of the structure tree. */
    struct pdf_ref tag_ref, tag_root;
    int64_t tag_key;
    struct jv *notes; /* array of {"code", ...} */
};

/* The unit of the coordinates of a page in points: its own /UserUnit (Table 31), else 1. */
double prepare_unit(struct pdf *pdf, struct pdf_ref page);
/* The rect that was asked for, in points from the lower left corner of the page as it is seen,
 * becomes one of the page's own coordinates; ERR_USAGE when it does not lie on what is seen of the
 * page. */
int prepare_rect(struct prepare *p, struct err *e);
/* Sets page and rect by a text of the document ("after_text"), when one was given: visible, then.
 * prepare_place.c */
int prepare_place(struct prepare *p, int fd, const struct pdf_options *options, struct err *e);
/* Which field, and whether this signature may be added at all. */
int prepare_choose(struct prepare *p, struct err *e);
/* Seed values of the chosen field (12.7.5.5, Table 237): obeyed, or refused with the reason. */
int prepare_seed(struct prepare *p, struct err *e);
/* The signature dictionary, field, widget, page, form and catalog into the update. */
int prepare_build(struct prepare *p, struct err *e);
/* New certificates and revocation data into the catalog's DSS; `catalog` is a copy that is going to
 * be written when *catalog_changed. prepare_dss.c */
int prepare_dss(struct prepare *p, struct pdf_value *catalog, bool *catalog_changed, struct err *e);
/* The appearance of a visible signature, when it has one: sets appearance_ref, else blank_ref where
 * the document must have one. */
int prepare_appearance(struct prepare *p, struct err *e);
/* Whether the new field gets a place in the structure tree: sets tag_ref, or notes that it gets
 * none; and the objects of that place. prepare_tags.c */
int prepare_tags_begin(struct prepare *p, struct err *e);
int prepare_tags_put(struct prepare *p, struct pdf_ref widget, struct err *e);
/* Title and pages: into the reply. */
int prepare_facts(struct prepare *p, struct jv *reply, struct err *e);

void prepare_note(struct prepare *p, const char *code, const char *detail);

#endif
