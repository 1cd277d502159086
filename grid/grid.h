/* The form: read, recognised, checked. Hostile bytes are parsed only inside the tasks; everything
 * else here works on their JSON answers. docs/formats.md describes the documents. */
#ifndef PARAPHE_GRID_GRID_H
#define PARAPHE_GRID_GRID_H

#include <stdbool.h>
#include <stddef.h>

#include "base/date.h"
#include "base/err.h"
#include "base/ports.h"

struct jv;

/* fds: 0 the form, 1 support (JSON: rule sets and layout), 2 the initial form when there is one. */
extern const struct task grid_check_task;   /* "grid-check": the grid document */
extern const struct task grid_explain_task; /* "grid-explain": what was recognised */
extern const struct task grid_learn_task;   /* "grid-learn": a rule set from a blank form */
extern const struct task grid_cells_task; /* "grid-cells"; fds: 0 the form, 1 where the lines go */

struct grid_request {
    int form_fd;           /* sealed memory file; borrowed */
    const char *form_name; /* file name for messages and the document; no folder */
    int initial_fd;        /* -1: none */
    const char *initial_name;
    struct date deposit;
    const char *last_day;      /* YYYY-MM-DD: no later last day of deposit than this; NULL */
    const char *ruleset;       /* id or "sha256:HEX" of one of the known ones; NULL: recognised */
    const struct jv *rulesets; /* the user's: array of {"name","text"}; NULL */
    const struct jv *layout;   /* the user's: "paraphe-layout" object; NULL */
    bool
        brief; /* without theme, wording and comment of the points: for who only needs the result */
};

/* The grid document, format "paraphe-grid" version 1. A file that is no form is a result too:
 * verdict "formulaire invalide" with one finding. -1 only when the form could not be looked at
 * (memory, unknown rule set, broken layout). */
int grid_check(const struct runner *runner, const struct grid_request *request, struct jv **out,
               struct err *e);

/* "paraphe-explain" version 1: what was recognised where, what was not, and why. ERR_INPUT for a
 * file that is no form. */
int grid_explain(const struct runner *runner, const struct grid_request *request, struct jv **out,
                 struct err *e);
/* A rule set ("paraphe-ruleset") from a blank form. Texts may be NULL: id and title are then made
 * from the form. */
struct grid_learn {
    const char *id, *title, *source; /* source: from whom the blank form came */
};
int grid_learn(const struct runner *runner, const struct grid_request *request,
               const struct grid_learn *learn, struct jv **out, struct err *e);
/* Every cell as it was read, into a memory file: CSV (sheet,address,type,value,hidden) or JSON
 * Lines. */
int grid_cells(const struct runner *runner, int form_fd, const char *form_name, bool csv,
               int out_fd, struct err *e);

/* Exit status of a grid document: 0, 3 or 11. */
int grid_status(const struct jv *grid);
/* Whether a text is Oui, Non or N/A, as `check` reads them. */
bool grid_is_answer(const char *text);

#endif
