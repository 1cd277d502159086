/* The report of one form: title page, synthesis, non-conformities, every point of every tab,
 * digests and a page for signatures. Its contents are the grid document (grid/grid.h) and nothing
 * else; grid.json and the workbook travel inside. Drawn in a task. */
#ifndef PARAPHE_PDF_REPORT_REPORT_H
#define PARAPHE_PDF_REPORT_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ports.h"

struct jv;

struct report_request {
    const struct jv *grid; /* the grid document */
    const char *lang;      /* "fr" or "en" */
    const char *producer;  /* "paraphe 0.1.0" */
    int64_t created;       /* instant, seconds since 1970 UTC */
    bool draft;            /* stamps every page and leaves out the signature fields */
    bool attach_data;      /* grid.json */
    int form_fd;           /* the workbook to attach; -1: none */
    const struct jv *look; /* docs/look.md; NULL: the look of the house */
    int logo_fd;           /* PNG or JPEG; -1: none */
    /* NULL, or what this report replaces: {"reference", "version", "sha256"}; the version is one
     * more than its own. */
    const struct jv *replaces;
};

/* Draws into out_fd (empty, writable). *out becomes
 * {"format":"paraphe-report","version":1,"pages","bytes","sha256",
 * "reference","revision","fields":[...],"attached":[...],"warnings":[{"code","sheet","cell","value"}]};
 * jv_free. */
int report_make(const struct runner *runner, const struct report_request *request, int out_fd,
                struct jv **out, struct err *e);

/* A cover report of several forms: request->grid is an array of grid documents; nothing but their
 * data is attached. */
int report_cover(const struct runner *runner, const struct report_request *request, int out_fd,
                 struct jv **out, struct err *e);

/* The same content as one self-contained HTML page, written to out_fd. */
int report_html(const struct runner *runner, const struct report_request *request, int out_fd,
                struct err *e);

/* What an earlier report (signed or not) says of itself: {"reference" or null, "version",
 * "sha256"}; jv_free. A file that is no PDF is ERR_INPUT, naming `name`. */
int report_old(const struct runner *runner, int fd, const char *name, struct jv **out,
               struct err *e);

/* fds: output, form or none, logo or none (the params say which are there). */
extern const struct task report_draw_task;
extern const struct task report_cover_task; /* the same fds */
extern const struct task report_html_task;
extern const struct task report_old_task;

#endif
