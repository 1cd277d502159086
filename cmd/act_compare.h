/* Part of the stage "verify": a document against the form that it should report on. */
#ifndef PARAPHE_CMD_ACT_COMPARE_H
#define PARAPHE_CMD_ACT_COMPARE_H

#include "cmd/act_check.h"

struct act_compare_request {
    const char *path;         /* the document */
    const struct jv *verdict; /* of act_verify: says which state of the document was signed first */
    const struct jv *grid;    /* the grid document of the form; NULL: `check` says how to read it */
    struct act_check_request check;
    const unsigned char *password;
    size_t password_len;
};

/* *out: "paraphe-comparison" 1. By the embedded data when the document has them, by its text else.
 */
int act_compare(const struct runner *runner, const struct act_compare_request *request,
                struct jv **out, struct err *e);

#endif
