/* The stage "check": a form on disk to its grid document. No printing, no options. */
#ifndef PARAPHE_CMD_ACT_CHECK_H
#define PARAPHE_CMD_ACT_CHECK_H

#include <stdbool.h>

#include "base/date.h"
#include "base/err.h"
#include "base/ports.h"

struct jv;

struct act_check_request {
    const char *form;    /* path */
    const char *initial; /* path of the form that a re-evaluation takes up again; NULL */
    struct date deposit;
    const char *last_day;     /* of what the initial form takes up itself, see grid_request; NULL */
    const char *ruleset;      /* id, "sha256:HEX" or path of a file; NULL: recognised */
    const char *layout;       /* path of a layout file; NULL */
    const char *rulesets_dir; /* folder of the user's rule sets; NULL: the usual one; "": none */
    const struct jv *frozen;  /* what act_check_freeze gave, in place of folder and files; NULL */
    bool brief;               /* see grid_request */
    int *form_fd;             /* when not NULL: gets the sealed bytes that were checked, to close */
};

/* The grid document, also for a file that is no form. -1 only when nothing could be read: see
 * grid_check. */
int act_check(const struct runner *runner, const struct act_check_request *request, struct jv **out,
              struct err *e);

/* The contents of all that decides how a form is judged, so that it can be judged alike later: the
 * named rule set (a file), those of the user's folder, the layout: {"rulesets": [{"name", "sha256",
 * "text"}], "layout": the same or null}. Either name may be NULL. */
int act_check_freeze(const char *ruleset, const char *layout, struct jv **out, struct err *e);

#endif
