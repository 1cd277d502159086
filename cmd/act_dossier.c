#include "cmd/act_dossier.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/jv.h"
#include "cmd/act_check.h"
#include "cmd/judge.h"
#include "dossier/dossier.h"
#include "grid/group.h"

enum { SENTENCE_ROOM = 2048 };

static const char *const state_names[] = {"ok", "missing", "changed"};

/* Sets fact[key] to the state of the file and leaves it open when it is as it was. */
static int open_file(const struct dossier *d, const struct jv *file, struct jv *fact,
                     const char *key, int *fd, struct err *e)
{
    enum dossier_file_state state = DOSSIER_FILE_MISSING;

    if (dossier_open(d, file, fd, &state, e) != 0)
        return -1;
    jv_put_text(fact, key, state_names[state]);
    return 0;
}

static bool same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* `initial`: path of the form that it takes up again, with the last day of group_initial; NULL. */
static int read_form(const struct act_dossier_request *r, const struct jv *file,
                     const char *initial, const char *last_day, struct jv *fact, struct err *e)
{
    struct err own = ERR_INIT;
    struct jv *grid = NULL;
    int fd = -1;

    if (open_file(r->dossier, file, fact, "form", &fd, e) != 0)
        return -1;
    if (fd < 0)
        return 0;
    close(fd);
    char *path = path_join(dossier_folder(r->dossier), jv_get_text(file, "path"));
    if (path == NULL)
        return err_set_memory(e);
    struct act_check_request check = {.form = path,
                                      .initial = initial,
                                      .last_day = last_day,
                                      .deposit = r->deposit,
                                      .ruleset = r->ruleset,
                                      .layout = r->layout};
    int rc = act_check(r->judge->runner, &check, &grid, &own);
    free(path);
    if (rc != 0 && own.kind != ERR_INPUT && own.kind != ERR_FORM) { /* no matter of the file */
        *e = own;
        return -1;
    }
    if (rc != 0)
        jv_put_text(fact, "form_message", own.sentence);
    else if (same(jv_get_text(jv_get(grid, "form"), "sha256"), jv_get_text(file, "sha256")))
        jv_put_take(fact, "grid", jv_keep(grid));
    else /* between the two readings */
        jv_put_text(fact, "form", "changed");
    jv_free(grid);
    return 0;
}

static int read_report(const struct act_dossier_request *r, const struct jv *file, struct jv *fact,
                       struct err *e)
{
    struct jv *verdict = NULL;
    char form[65];
    int fd = -1, rc = -1;

    if (open_file(r->dossier, file, fact, "report", &fd, e) != 0)
        return -1;
    if (fd < 0)
        return 0;
    if (judge_file(r->judge, fd, path_name(jv_get_text(file, "path")), &verdict, e) == 0 &&
        dossier_report_form(r->judge->runner, fd, form, e) == 0) {
        jv_put_take(fact, "verdict", jv_keep(verdict));
        jv_put_text(fact, "report_form", form[0] != '\0' ? form : NULL);
        rc = 0;
    }
    jv_free(verdict);
    close(fd);
    return rc;
}

static int read_component(const struct act_dossier_request *r, const struct jv *c, struct jv *facts,
                          struct err *e)
{
    const struct jv *form = jv_get(c, "form"), *report = jv_get(c, "report");
    struct jv *fact = jv_object();
    int rc = 0;

    if (!jv_is_null(form))
        rc = read_form(r, form, NULL, NULL, fact, e);
    if (rc == 0 && !jv_is_null(report))
        rc = read_report(r, report, fact, e);
    jv_put_take(facts, jv_get_text(c, "id"), fact);
    return rc;
}

/* A re-evaluation is judged beside the form of the dossier that it takes up again. */
static int read_again(const struct act_dossier_request *r, struct jv *facts, struct err *e)
{
    const struct jv *components = dossier_components(r->dossier);
    struct jv *grids = jv_array();
    size_t n = jv_count(components);
    int rc = 0;

    for (size_t i = 0; i < n; i++) {
        const struct jv *grid =
            jv_get(jv_get(facts, jv_get_text(jv_at(components, i), "id")), "grid");
        jv_add_take(grids, grid != NULL ? jv_copy(grid) : jv_null());
    }
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const struct jv *c = jv_at(components, i);
        const char *last_day = NULL;
        size_t k = group_initial(grids, i, &last_day);
        if (k == n)
            continue;
        char *path = path_join(dossier_folder(r->dossier),
                               jv_get_text(jv_get(jv_at(components, k), "form"), "path"));
        rc = path == NULL ? err_set_memory(e)
                          : read_form(r, jv_get(c, "form"), path, last_day,
                                      jv_get(facts, jv_get_text(c, "id")), e);
        free(path);
    }
    jv_free(grids);
    return rc;
}

static int read_proofs(const struct act_dossier_request *r, struct jv *facts, struct err *e)
{
    const struct jv *proofs = dossier_proofs(r->dossier);
    struct jv *states = jv_object();
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < jv_count(proofs); i++) {
        const struct jv *p = jv_at(proofs, i);
        int fd = -1;
        rc = open_file(r->dossier, jv_get(p, "file"), states, jv_get_text(p, "id"), &fd, e);
        if (fd >= 0)
            close(fd);
    }
    jv_put_take(facts, "proofs", states);
    return rc;
}

int act_dossier_status(const struct act_dossier_request *r, struct jv **status, struct err *e)
{
    const struct jv *components = dossier_components(r->dossier);
    struct dossier_rules rules = {r->deposit, r->allow_rejected, false};
    struct jv *facts = jv_object();
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < jv_count(components); i++)
        rc = read_component(r, jv_at(components, i), facts, e);
    if (rc == 0)
        rc = read_again(r, facts, e);
    if (rc == 0)
        rc = read_proofs(r, facts, e);
    if (rc == 0)
        *status = dossier_assess(r->dossier, facts, &rules);
    jv_free(facts);
    return rc;
}

static void add_sentences(struct jv *problems)
{
    char sentence[SENTENCE_ROOM], remedy[SENTENCE_ROOM];

    for (size_t i = 0; i < jv_count(problems); i++) {
        struct jv *p = jv_at(problems, i);
        dossier_say_problem(p, sentence, sizeof sentence, remedy, sizeof remedy);
        jv_put_text(p, "message", sentence);
        jv_put_text(p, "remedy", remedy[0] != '\0' ? remedy : NULL);
    }
}

struct jv *act_dossier_sentences(const struct jv *status)
{
    struct jv *copy = jv_copy(status);
    const struct jv *components = jv_get(copy, "components");

    for (size_t i = 0; i < jv_count(components); i++)
        add_sentences(jv_get(jv_at(components, i), "problems"));
    add_sentences(jv_get(copy, "problems"));
    return copy;
}

/* ---- adding ---- */
/* Lower case, at most 8 letters and digits, else ".bin": it becomes part of a name. */
static void extension_of(const char *path, char out[10])
{
    const char *dot = strrchr(path_name(path), '.');
    size_t n = dot != NULL ? strlen(dot) : 0;

    strcpy(out, ".bin");
    if (n < 2 || n > 9)
        return;
    for (size_t i = 1; i < n; i++) {
        if (!isalnum((unsigned char)dot[i]) || (unsigned char)dot[i] > 0x7f)
            return;
    }
    for (size_t i = 0; i <= n; i++)
        out[i] = (char)tolower((unsigned char)dot[i]);
}

static const char *field_value(const struct jv *grid, const char *id)
{
    const struct jv *fields = jv_get(grid, "fields");

    for (size_t i = 0; i < jv_count(fields); i++) {
        if (same(jv_get_text(jv_at(fields, i), "id"), id))
            return jv_get_text(jv_at(fields, i), "value");
    }
    return NULL;
}

static int add_form(const struct act_dossier_add *r, const struct dossier_source *source,
                    const char **id, struct err *e)
{
    struct act_check_request check = {
        .form = r->path, .deposit = r->deposit, .ruleset = r->ruleset, .layout = r->layout};
    struct jv *grid = NULL;

    if (act_check(r->runner, &check, &grid, e) != 0)
        return -1;
    const char *kind = jv_get_text(grid, "kind"), *type = jv_get_text(grid, "type");
    int rc = -1;
    if (kind == NULL)
        err_set(e, ERR_FORM, "err.cmd.dossier-no-form", path_name(r->path), NULL);
    else
        rc = dossier_add_form(r->dossier, source, kind, type, r->component, id, e);
    if (rc == 0 && strcmp(kind, "lps") == 0) {
        struct dossier_identity identity = {field_value(grid, "solution"),
                                            field_value(grid, "solution_version"),
                                            field_value(grid, "editor")};
        dossier_identify(r->dossier, &identity);
    }
    jv_free(grid);
    return rc;
}

static int add_report(const struct act_dossier_add *r, const struct dossier_source *source,
                      const char **id, struct err *e)
{
    char form[65];
    int fd = file_open(r->path, NULL, e);
    int rc = fd >= 0 ? dossier_report_form(r->runner, fd, form, e) : -1;

    if (fd >= 0)
        close(fd);
    if (rc == 0)
        rc = dossier_add_report(r->dossier, source, form[0] != '\0' ? form : NULL, r->component, id,
                                e);
    return rc;
}

static int first_bytes(const char *path, char out[5], struct err *e)
{
    int64_t size = 0;
    int fd = file_open(path, &size, e), rc = -1;

    memset(out, 0, 5);
    if (fd >= 0)
        rc = file_pread_all(fd, out, size < 4 ? (size_t)size : 4, 0, path, e);
    if (fd >= 0)
        close(fd);
    return rc;
}

int act_dossier_add(const struct act_dossier_add *r, enum act_dossier_kind *kind, const char **id,
                    struct err *e)
{
    char first[5], extension[10];
    struct dossier_source source = {r->path, extension};

    if (first_bytes(r->path, first, e) != 0)
        return -1;
    extension_of(r->path, extension);
    if (r->title != NULL) {
        *kind = ACT_DOSSIER_PROOF;
        return dossier_add_proof(r->dossier, &source, r->title, id, e);
    }
    if (strncmp(first, "%PDF", 4) == 0) {
        *kind = ACT_DOSSIER_REPORT;
        source.extension = ".pdf";
        return add_report(r, &source, id, e);
    }
    if (strncmp(first, "PK", 2) == 0 || first[0] == '{') { /* a workbook, or a grid document */
        *kind = ACT_DOSSIER_FORM;
        if (first[0] == '{')
            source.extension = ".json";
        return add_form(r, &source, id, e);
    }
    return err_set(e, ERR_USAGE, "err.cmd.dossier-what", path_name(r->path), NULL);
}
