#include "sign/pades/sigform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

enum { DEPTH_MAX = 32, FIELDS_MAX = 200000, SIGNATURES_MAX = 4096 };

struct walk {
    struct sigform *form;
    size_t seen;
    struct err *e;
};

static int grow(void *list, size_t count, size_t size, struct err *e)
{
    void **at = list;
    void *more = realloc(*at, (count + 1) * size);

    if (more == NULL)
        return err_set_memory(e);
    *at = more;
    memset((char *)more + count * size, 0, size);
    return 0;
}

static char *join_name(const char *parent, const struct pdf_value *t, struct err *e)
{
    char *own = t != NULL ? pdf_text_dup(t, e) : strdup(""), *out = NULL;

    if (own == NULL)
        return NULL;
    if (parent == NULL || *parent == '\0')
        return own;
    if (t == NULL) {
        free(own);
        own = strdup(parent);
        if (own == NULL)
            err_set_memory(e);
        return own;
    }
    if (asprintf(&out, "%s.%s", parent, own) < 0) {
        out = NULL;
        err_set_memory(e);
    }
    free(own);
    return out;
}

/* Kids that have a name are fields, the others are widgets (12.7.4.1). */
static bool kids_are_fields(struct pdf *pdf, const struct pdf_value *kids, struct err *e)
{
    for (size_t i = 0; i < pdf_count(kids); i++) {
        const struct pdf_value *kid = pdf_get_at(pdf, kids, i, PDF_LATEST, e);
        if (kid != NULL && pdf_get(pdf, kid, "T", PDF_LATEST, e) != NULL)
            return true;
    }
    return false;
}

static int add_signature(struct walk *w, struct pdf_ref ref, const struct pdf_value *dict,
                         const struct pdf_value *kids, const char *name)
{
    struct sigform *f = w->form;

    if (f->count >= SIGNATURES_MAX)
        return err_set(w->e, ERR_INPUT, "err.sign-pades.form", NULL);
    if (grow(&f->fields, f->count, sizeof *f->fields, w->e) != 0)
        return -1;
    struct sigform_field *field = &f->fields[f->count];
    field->name = strdup(name);
    if (field->name == NULL)
        return err_set_memory(w->e);
    f->count++;
    field->ref = ref;
    field->dict = dict;
    if (kids == NULL)
        field->widget = ref;
    else if (pdf_count(kids) == 1)
        field->widget = pdf_ref_of(pdf_at(kids, 0));
    field->value = pdf_get(f->pdf, dict, "V", PDF_LATEST, w->e);
    if (field->value != NULL) {
        f->signed_count++;
        field->doc_timestamp =
            pdf_is_name(pdf_get(f->pdf, field->value, "Type", PDF_LATEST, w->e), "DocTimeStamp");
    }
    return err_is_set(w->e) ? -1 : 0;
}

static int walk_field(struct walk *w, struct pdf_ref ref, const char *parent, const char *type,
                      int depth)
{
    struct pdf *pdf = w->form->pdf;
    int rc = -1;

    if (ref.num == 0)
        return 0; /* a direct field is none (12.7.4.1) */
    if (depth > DEPTH_MAX || ++w->seen > FIELDS_MAX)
        return err_set(w->e, ERR_INPUT, "err.sign-pades.form", NULL);
    const struct pdf_value *dict = pdf_fetch(pdf, ref, PDF_LATEST, w->e);
    if (dict == NULL)
        return -1;
    if (!pdf_is(dict, PDF_DICT))
        return 0;
    const struct pdf_value *kids = pdf_get(pdf, dict, "Kids", PDF_LATEST, w->e);
    const struct pdf_value *ft = pdf_get(pdf, dict, "FT", PDF_LATEST, w->e);
    const struct pdf_value *t = pdf_get(pdf, dict, "T", PDF_LATEST, w->e);
    if (ft != NULL && pdf_name(ft) != NULL)
        type = pdf_name(ft);
    char *name = err_is_set(w->e) ? NULL : join_name(parent, t, w->e);
    if (name == NULL)
        return -1;
    if (depth == 0) {
        if (grow(&w->form->top, w->form->top_count, sizeof *w->form->top, w->e) != 0)
            goto out;
        w->form->top[w->form->top_count] = strdup(name);
        if (w->form->top[w->form->top_count++] == NULL) {
            w->form->top_count--;
            err_set_memory(w->e);
            goto out;
        }
    }
    if (kids != NULL && kids_are_fields(pdf, kids, w->e)) {
        for (size_t i = 0; i < pdf_count(kids); i++) {
            if (walk_field(w, pdf_ref_of(pdf_at(kids, i)), name, type, depth + 1) != 0)
                goto out;
        }
    } else if (type != NULL && strcmp(type, "Sig") == 0 &&
               add_signature(w, ref, dict, kids, name) != 0) {
        goto out;
    }
    rc = err_is_set(w->e) ? -1 : 0;
out:
    free(name);
    return rc;
}

static int lock_names(struct sigform *f, struct sigform_lock *lock, const struct pdf_value *names,
                      struct err *e)
{
    for (size_t i = 0; i < pdf_count(names); i++) {
        const struct pdf_value *one = pdf_get_at(f->pdf, names, i, PDF_LATEST, e);
        if (one == NULL)
            continue;
        if (grow(&lock->names, lock->count, sizeof *lock->names, e) != 0)
            return -1;
        lock->names[lock->count] = pdf_text_dup(one, e);
        if (lock->names[lock->count] == NULL)
            return -1;
        lock->count++;
    }
    return err_is_set(e) ? -1 : 0;
}

static int add_lock(struct sigform *f, const struct sigform_field *by,
                    const struct pdf_value *params, struct err *e)
{
    const struct pdf_value *action = pdf_get(f->pdf, params, "Action", PDF_LATEST, e);

    if (action == NULL)
        return err_is_set(e) ? -1 : 0;
    if (grow(&f->locks, f->lock_count, sizeof *f->locks, e) != 0)
        return -1;
    struct sigform_lock *lock = &f->locks[f->lock_count++];
    lock->action = pdf_is_name(action, "Include")   ? LOCK_INCLUDE
                   : pdf_is_name(action, "Exclude") ? LOCK_EXCLUDE
                                                    : LOCK_ALL;
    lock->by = strdup(by->name);
    if (lock->by == NULL)
        return err_set_memory(e);
    return lock_names(f, lock, pdf_get(f->pdf, params, "Fields", PDF_LATEST, e), e);
}

/* FieldMDP of the signature; DocMDP when it certifies; /P of the field's own Lock
 * (12.7.5.5, 12.8.2.4). */
static int read_transforms(struct sigform *f, const struct sigform_field *field, struct err *e)
{
    const struct pdf_value *all = pdf_get(f->pdf, field->value, "Reference", PDF_LATEST, e);

    for (size_t i = 0; i < pdf_count(all); i++) {
        const struct pdf_value *one = pdf_get_at(f->pdf, all, i, PDF_LATEST, e);
        const struct pdf_value *method = pdf_get(f->pdf, one, "TransformMethod", PDF_LATEST, e);
        const struct pdf_value *params = pdf_get(f->pdf, one, "TransformParams", PDF_LATEST, e);
        if (pdf_is_name(method, "FieldMDP") && params != NULL && add_lock(f, field, params, e) != 0)
            return -1;
        if (pdf_is_name(method, "DocMDP") && f->certified == 0) {
            int64_t p = pdf_int(pdf_get(f->pdf, params, "P", PDF_LATEST, e), 2);
            f->certified = p >= 1 && p <= 3 ? (int)p : 2;
        }
    }
    int64_t p = pdf_int(pdf_path(f->pdf, field->dict, "Lock/P", PDF_LATEST, e), 0);
    if (p >= 1 && p <= 3 && (f->lock_p == 0 || p < f->lock_p))
        f->lock_p = (int)p;
    return err_is_set(e) ? -1 : 0;
}

int sigform_read(struct sigform *form, struct pdf *pdf, struct err *e)
{
    struct err local = ERR_INIT;
    struct walk w = {form, 0, e != NULL ? e : &local};

    memset(form, 0, sizeof *form);
    form->pdf = pdf;
    form->catalog = pdf_catalog(pdf, PDF_LATEST, w.e);
    if (form->catalog == NULL)
        return -1;
    form->acroform_ref = pdf_ref_of(pdf_key(form->catalog, "AcroForm"));
    form->acroform = pdf_get(pdf, form->catalog, "AcroForm", PDF_LATEST, w.e);
    if (form->acroform != NULL && !pdf_is(form->acroform, PDF_DICT))
        return err_set(w.e, ERR_INPUT, "err.sign-pades.form", NULL);
    const struct pdf_value *fields = pdf_get(pdf, form->acroform, "Fields", PDF_LATEST, w.e);
    if (fields != NULL && !pdf_is(fields, PDF_ARRAY))
        return err_set(w.e, ERR_INPUT, "err.sign-pades.form", NULL);
    for (size_t i = 0; i < pdf_count(fields); i++) {
        if (walk_field(&w, pdf_ref_of(pdf_at(fields, i)), NULL, NULL, 0) != 0)
            return -1;
    }
    for (size_t i = 0; i < form->count; i++) {
        if (form->fields[i].value != NULL && read_transforms(form, &form->fields[i], w.e) != 0)
            return -1;
    }
    form->xfa = pdf_get(pdf, form->acroform, "XFA", PDF_LATEST, w.e) != NULL;
    return err_is_set(w.e) ? -1 : 0;
}

void sigform_free(struct sigform *form)
{
    for (size_t i = 0; i < form->count; i++)
        free(form->fields[i].name);
    for (size_t i = 0; i < form->top_count; i++)
        free(form->top[i]);
    for (size_t i = 0; i < form->lock_count; i++) {
        for (size_t k = 0; k < form->locks[i].count; k++)
            free(form->locks[i].names[k]);
        free(form->locks[i].names);
        free(form->locks[i].by);
    }
    free(form->fields);
    free(form->top);
    free(form->locks);
    memset(form, 0, sizeof *form);
}

const struct sigform_field *sigform_find(const struct sigform *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++) {
        if (strcmp(form->fields[i].name, name) == 0)
            return &form->fields[i];
    }
    return NULL;
}

/* A name stands for the field and for all below it, never for a mere beginning of letters (pades.md
 * A16). */
static bool names(const struct sigform_lock *lock, const char *name)
{
    for (size_t i = 0; i < lock->count; i++) {
        size_t n = strlen(lock->names[i]);
        if (strncmp(lock->names[i], name, n) == 0 && (name[n] == '\0' || name[n] == '.'))
            return true;
    }
    return false;
}

bool sigform_locked(const struct sigform *form, const char *name, const char **by)
{
    for (size_t i = 0; i < form->lock_count; i++) {
        const struct sigform_lock *lock = &form->locks[i];
        bool named = names(lock, name);
        *by = lock->by;
        if (lock->action == LOCK_ALL || (lock->action == LOCK_INCLUDE && named) ||
            (lock->action == LOCK_EXCLUDE && !named))
            return true;
    }
    return false;
}

char *sigform_new_name(const struct sigform *form, struct err *e)
{
    for (size_t n = 1; n <= form->top_count + 1; n++) {
        char name[32];
        bool taken = false;
        snprintf(name, sizeof name, "Signature%zu", n);
        for (size_t i = 0; i < form->top_count; i++)
            taken = taken || strcmp(form->top[i], name) == 0;
        if (!taken) {
            char *out = strdup(name);
            if (out == NULL)
                err_set_memory(e);
            return out;
        }
    }
    err_set_bug(e, "sigform_new_name");
    return NULL;
}
