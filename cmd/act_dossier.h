/* What is known of the files of a dossier: forms read, signatures judged. No printing, no options.
 */
#ifndef PARAPHE_CMD_ACT_DOSSIER_H
#define PARAPHE_CMD_ACT_DOSSIER_H

#include "base/date.h"
#include "base/err.h"
#include "base/ports.h"

struct dossier;
struct judge;
struct jv;

struct act_dossier_request {
    const struct dossier *dossier;
    const struct judge *judge;
    struct date deposit;
    const char *ruleset, *layout; /* as for act_check; NULL */
    bool allow_rejected;
};
/* Reads every file and says whether all is there: the document of dossier_assess. */
int act_dossier_status(const struct act_dossier_request *request, struct jv **status,
                       struct err *e);
/* A copy in which each problem has its message and remedy; NULL on want of memory. */
struct jv *act_dossier_sentences(const struct jv *status);

/* A job's own files as a dossier: what was read and judged before is taken over. */
struct act_dossier_part {
    const char *form, *report; /* paths inside `folder`; report may be NULL */
    const struct jv *grid;     /* grid document of the form */
    const struct jv *verdict;  /* of the report; NULL when there is none */
};
struct act_dossier_job {
    const char *folder;
    const struct act_dossier_part *parts;
    size_t count;
    const struct runner *runner;
    struct date deposit;
    bool allow_rejected;
    bool part; /* an auditor's: only what was audited */
    const char *proxy_of, *reference,
        *no_proxy; /* declarations in place of the proxy's form; NULL */
};
/* The dossier (dossier_free) and its status: both are what act_bundle takes. */
int act_dossier_of_job(const struct act_dossier_job *job, struct dossier **dossier,
                       struct jv **status, struct err *e);

enum act_dossier_kind { ACT_DOSSIER_FORM, ACT_DOSSIER_REPORT, ACT_DOSSIER_PROOF };
struct act_dossier_add {
    struct dossier *dossier;
    const struct runner *runner;
    const char *path;
    const char *component; /* NULL: found */
    const char *title;     /* given: the file is a proof of another kind; NULL */
    struct date deposit;
    const char *ruleset, *layout;
};
/* Adds one file: a workbook becomes the form of a component, a PDF the report of one, anything with
 * a title a proof. The dossier is not saved. `id`: of the component or proof, borrowed from the
 * dossier. */
int act_dossier_add(const struct act_dossier_add *request, enum act_dossier_kind *kind,
                    const char **id, struct err *e);

#endif
