/* What one habilitation needs: for a solution, one form and its signed report for each
 * architecture, the proxy's (or the company that answers for it, or why there is none), and any
 * other proof. A folder with copies of the files and `dossier.json`
 * ("paraphe-dossier" 1, docs/formats.md). Nothing in that folder is ever trust material, policy or
 * rule set, whoever made it: this room reads dossier.json and the files that it names, inside the
 * folder, and nothing else. */
#ifndef PARAPHE_DOSSIER_DOSSIER_H
#define PARAPHE_DOSSIER_DOSSIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/date.h"
#include "base/err.h"
#include "base/ports.h"
#include "base/text.h"

struct jv;
struct dossier;

#define DOSSIER_FILE "dossier.json"
enum { DOSSIER_COMPONENTS_MAX = 64, DOSSIER_PROOFS_MAX = 256 };

/* NULL texts are left out; they can be filled later from the first form. */
struct dossier_identity {
    const char *solution, *version, *editor;
};
/* Makes the folder (0700; one that is there must be empty) and an empty dossier.json. */
int dossier_create(const char *folder, const struct dossier_identity *identity,
                   struct dossier **out, struct err *e);
/* ERR_INPUT when dossier.json is absent or not what docs/formats.md says. */
int dossier_load(const char *folder, struct dossier **out, struct err *e);
/* A dossier in memory over files that lie in `folder` already, under these relative paths: for a
 * job. `report` may be NULL. */
struct dossier_part {
    const char *kind, *type;
    const char *form, *report;
};
int dossier_view(const char *folder, const struct dossier_part *parts, size_t count,
                 struct dossier **out, struct err *e);
void dossier_free(struct dossier *d);
int dossier_save(const struct dossier *d, struct err *e);

/* Reading. A component is
 * {"id","kind":"lps|proxy","type","form":FILE|null,"report":FILE|null,"company","reference","exemption"};
 * a proof {"id","place","title","file":FILE}; FILE {"path","sha256","bytes"}. All borrowed. */
const char *dossier_folder(const struct dossier *d);
const struct jv *dossier_json(const struct dossier *d);
const struct jv *dossier_components(const struct dossier *d);
const struct jv *dossier_proofs(const struct dossier *d);
const struct jv *dossier_component(const struct dossier *d,
                                   const char *id); /* NULL when there is none */

/* ---- adding; each copies the file in and changes the manifest in memory: dossier_save after it
 * ---- */
struct dossier_source {
    const char *path;      /* of the file to copy */
    const char *extension; /* ".xlsx", ".xlsm", ".pdf"...: of the copy */
};
/* `type` is the type token of the grid ("application-web", "proxy-psc"). `component`: replaces that
 * component's form; NULL: a component of that type without form, else a new one. A form that is
 * there already (same bytes) changes nothing, but where its copy is lost or changed it is put back.
 * `id` receives the component's id, borrowed from the manifest. */
int dossier_add_form(struct dossier *d, const struct dossier_source *source, const char *kind,
                     const char *type, const char *component, const char **id, struct err *e);
/* `form_sha256`: of the form that the report says it was made from; NULL when it does not say, and
 * then `component` is needed unless one component only has no report. */
int dossier_add_report(struct dossier *d, const struct dossier_source *source,
                       const char *form_sha256, const char *component, const char **id,
                       struct err *e);
/* A proof of another kind, for a place of its own; title names it for people. One that is there
 * already is put back when its copy is lost or changed, and so is another file under its title. */
int dossier_add_proof(struct dossier *d, const struct dossier_source *source, const char *title,
                      const char **id, struct err *e);
/* The proxy is another company's, under a reference; or there is none, for a reason. */
int dossier_declare_proxy(struct dossier *d, const char *company, const char *reference,
                          struct err *e);
int dossier_exempt_proxy(struct dossier *d, const char *reason, struct err *e);
/* Fills solution, version and editor where they are still unknown. */
void dossier_identify(struct dossier *d, const struct dossier_identity *identity);

enum dossier_file_state { DOSSIER_FILE_OK, DOSSIER_FILE_MISSING, DOSSIER_FILE_CHANGED };
/* Opens a FILE of the manifest read-only, without following links and without leaving the folder,
 * and compares its digest. *fd is -1 unless DOSSIER_FILE_OK. -1 only for a failure that says
 * nothing about the file (disk, memory). */
int dossier_open(const struct dossier *d, const struct jv *file, int *fd,
                 enum dossier_file_state *state, struct err *e);

/* The digest of the form that a report carries in its grid.json, as lower-case hex; "" when it
 * carries none. The PDF is read in a worker; what it says counts only as far as its signature
 * holds. */
int dossier_report_form(const struct runner *runner, int pdf, char sha256[65], struct err *e);
extern const struct task dossier_report_task; /* fds: the PDF */

/* ---- complete? ----
 * `facts`: an object, component id ->
 * {"form":"ok|missing|changed","report":"ok|missing|changed","grid":grid document|null,
 * "verdict":verdict of the report|null,"report_form":sha256 of the form inside the report|null},
 * and "proofs": id -> state; made by cmd/ with the rooms that read forms and verify signatures. The
 * answer ("paraphe-dossier-status" 1):
 * {"complete","status","components":[{"id","kind","type","infrastructure","outcome",
 * "deposit_until","form","report","problems":[PROBLEM]}],"proofs","problems":[PROBLEM]}, PROBLEM
 * {"code","level","component","args"}; level: missing, wrong, expired, rejected, signature, remark.
 * status: the exit status of the worst (0 when complete); a rejected form counts as 11 unless
 * allow_rejected, and is a remark in what is only handed over: the deposit is refused later. */
struct dossier_rules {
    struct date today;
    bool allow_rejected;
    bool part; /* what an auditor hands over: other components are the editor's affair */
};
struct jv *dossier_assess(const struct dossier *d, const struct jv *facts,
                          const struct dossier_rules *rules);
/* A problem as a sentence in the language of the messages, and what to do ("" when nothing). */
void dossier_say_problem(const struct jv *problem, char *sentence, size_t sentence_size,
                         char *remedy, size_t remedy_size);
/* "Application web", "Proxy PSC": our word for a type token; `otherwise` where we have none
 * (another token, or NULL). Never the form's. */
const char *dossier_type_word(enum text_lang lang, const char *type, const char *otherwise);

#endif
