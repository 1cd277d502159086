/* The stage "report": a grid document and its form to a PDF on disk. No printing, no options. */
#ifndef PARAPHE_CMD_ACT_REPORT_H
#define PARAPHE_CMD_ACT_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/ports.h"

struct jv;

struct act_report_request {
    const struct jv *grid; /* what act_check gave for this very form */
    const char *form;      /* path */
    int form_fd; /* the sealed bytes that act_check read, borrowed; 0: read again, compared */
    const char *output; /* path of the PDF; NULL: none */
    const char *html;   /* path of the HTML page; NULL: none */
    const char *lang;   /* of the report: "fr" or "en" */
    const char *look;   /* path of a look file; NULL */
    const char
        *attach; /* "form,data", "data", "none"; NULL: both, without the form when it has macros */
    const char *replaces; /* path of the report that this one replaces; NULL */
    const char *producer; /* "paraphe 0.1.0" */
    int64_t created;      /* instant */
    bool draft;
};

/* Refuses (ERR_FORM) a form with findings of level "erreur" unless draft; date-expired alone
 * refuses nothing. *out is what report_make gives, with "form", "output" and "carries" (what else
 * the attached workbook carries). An existing output is replaced unless it is a signed PDF or no
 * PDF. jv_free. */
int act_report(const struct runner *runner, const struct act_report_request *request,
               struct jv **out, struct err *e);

/* The pieces that the cover report of several forms shares. */
int act_report_form_check(const struct jv *grid, const char *form, bool draft, struct err *e);
int act_report_output_check(const char *path, const char *form, bool pdf, struct err *e);
int act_report_look(const char *path, struct jv **look, int *logo_fd, struct err *e);
int act_report_put(int fd, const char *path, struct err *e);

/* One cover report of several forms: request->grid is an array of their grid documents, in the
 * order of `forms`. */
int act_cover(const struct runner *runner, const struct act_report_request *request,
              const char *const *forms, struct jv **out, struct err *e);

#endif
