/* A job seen as a dossier. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/jv.h"
#include "cmd/act_dossier.h"
#include "dossier/dossier.h"

static const char *field_value(const struct jv *grid, const char *id)
{
    const struct jv *fields = jv_get(grid, "fields");

    for (size_t i = 0; i < jv_count(fields); i++) {
        const char *there = jv_get_text(jv_at(fields, i), "id");
        if (there != NULL && strcmp(there, id) == 0)
            return jv_get_text(jv_at(fields, i), "value");
    }
    return NULL;
}

static int view(const struct act_dossier_job *job, struct dossier **dossier, struct err *e)
{
    struct dossier_part *parts = calloc(job->count + 1, sizeof *parts);

    if (parts == NULL)
        return err_set_memory(e);
    for (size_t i = 0; i < job->count; i++) {
        const struct act_dossier_part *p = &job->parts[i];
        const char *kind = jv_get_text(p->grid, "kind");
        parts[i] = (struct dossier_part){kind != NULL ? kind : "lps", jv_get_text(p->grid, "type"),
                                         p->form, p->report};
    }
    int rc = dossier_view(job->folder, parts, job->count, dossier, e);
    free(parts);
    return rc;
}

static int declare(const struct act_dossier_job *job, struct dossier *d, struct err *e)
{
    for (size_t i = 0; i < job->count; i++) {
        struct dossier_identity identity = {field_value(job->parts[i].grid, "solution"),
                                            field_value(job->parts[i].grid, "solution_version"),
                                            field_value(job->parts[i].grid, "editor")};
        const char *kind = jv_get_text(job->parts[i].grid, "kind");
        if (kind != NULL && strcmp(kind, "lps") == 0)
            dossier_identify(d, &identity);
    }
    if (job->proxy_of != NULL)
        return dossier_declare_proxy(d, job->proxy_of, job->reference, e);
    return job->no_proxy != NULL ? dossier_exempt_proxy(d, job->no_proxy, e) : 0;
}

/* The report of the i-th component, which stands in the order of the parts. */
static int report_form(const struct act_dossier_job *job, const struct dossier *d,
                       const struct jv *component, char form[65], struct err *e)
{
    enum dossier_file_state state = DOSSIER_FILE_MISSING;
    int fd = -1;

    form[0] = '\0';
    if (jv_is_null(jv_get(component, "report")))
        return 0;
    int rc = dossier_open(d, jv_get(component, "report"), &fd, &state, e);
    if (rc == 0 && fd >= 0)
        rc = dossier_report_form(job->runner, fd, form, e);
    if (fd >= 0)
        close(fd);
    return rc;
}

static int facts_of(const struct act_dossier_job *job, const struct dossier *d, struct jv *facts,
                    struct err *e)
{
    char form[65];

    for (size_t i = 0; i < job->count; i++) {
        const struct jv *c = jv_at(dossier_components(d), i);
        struct jv *fact = jv_object();
        if (report_form(job, d, c, form, e) != 0) {
            jv_free(fact);
            return -1;
        }
        jv_put_text(fact, "form", "ok");
        jv_put_text(fact, "report", "ok");
        jv_put_take(fact, "grid", jv_copy(job->parts[i].grid));
        jv_put_take(fact, "verdict",
                    job->parts[i].verdict != NULL ? jv_copy(job->parts[i].verdict) : jv_null());
        jv_put_text(fact, "report_form", form[0] != '\0' ? form : NULL);
        jv_put_take(facts, jv_get_text(c, "id"), fact);
    }
    jv_put_take(facts, "proofs", jv_object());
    return 0;
}

int act_dossier_of_job(const struct act_dossier_job *job, struct dossier **dossier,
                       struct jv **status, struct err *e)
{
    struct dossier_rules rules = {job->deposit, job->allow_rejected, job->part};
    struct dossier *d = NULL;
    struct jv *facts = jv_object();
    int rc = view(job, &d, e);

    if (rc == 0)
        rc = declare(job, d, e);
    if (rc == 0)
        rc = facts_of(job, d, facts, e);
    if (rc == 0)
        *status = dossier_assess(d, facts, &rules);
    jv_free(facts);
    if (rc == 0)
        *dossier = d;
    else
        dossier_free(d);
    return rc;
}
