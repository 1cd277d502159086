/* All signatures over all revisions: one that a later revision hides, replaces or shares between
 * fields is found by having been there before. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/err.h"
#include "base/jv.h"
#include "verify/sig.h"

struct find {
    struct pdf *pdf;
    int revision;
    struct sigs *sigs;
    bool present[SIG_MAX]; /* in the revision being walked */
};

struct sig *sig_new(struct sigs *s, struct err *e)
{
    struct sig *one;

    if (s->count == SIG_MAX) {
        err_set(e, ERR_INPUT, "err.verify.signatures-many", NULL);
        return NULL;
    }
    one = calloc(1, sizeof *one);
    if (one == NULL || findings_init(&one->f) != 0 || (one->changes = jv_array()) == NULL) {
        free(one);
        err_set_memory(e);
        return NULL;
    }
    buf_init(&one->contents, (size_t)ceilings.cms_bytes);
    buf_init(&one->der, 2 * (size_t)ceilings.cms_bytes);
    one->revision = -1;
    s->items[s->count++] = one;
    return one;
}

static void lock_free(struct lock *l)
{
    for (size_t i = 0; i < l->count; i++)
        free(l->names[i]);
}

void sigs_free(struct sigs *s)
{
    for (size_t i = 0; i < s->count; i++) {
        struct sig *one = s->items[i];
        for (size_t k = 0; k < one->nstamps; k++) {
            tst_free(one->stamps[k]);
            free(one->stamps[k]);
        }
        tst_free(&one->document_stamp);
        lock_free(&one->lock);
        lock_free(&one->fieldmdp);
        findings_free(&one->f);
        jv_free(one->changes);
        buf_free(&one->contents);
        buf_free(&one->der);
        free(one->field);
        free(one);
    }
    s->count = 0;
}

/* A field of type Sig with a value, or any field whose value looks like a signature: odd types do
 * not hide one. */
static bool is_signature(struct find *f, const struct field *field, struct err *e)
{
    if (field->value == NULL)
        return false;
    if (field->type != NULL && strcmp(field->type, "Sig") == 0)
        return true;
    const struct pdf_value *v = pdf_resolve(f->pdf, field->value, f->revision, e);
    return pdf_key(v, "ByteRange") != NULL ||
           (pdf_key(v, "SubFilter") != NULL && pdf_key(v, "Contents") != NULL);
}

static int add(struct find *f, const struct field *field, uint32_t num, struct err *e)
{
    struct sig *s = sig_new(f->sigs, e);

    if (s == NULL)
        return -1;
    f->present[f->sigs->count - 1] = true;
    s->num = num;
    s->field_ref = field->ref;
    s->first_seen = f->revision;
    s->field = strdup(field->name);
    return s->field != NULL ? 0 : err_set_memory(e);
}

static int field_look(void *self, const struct field *field, struct err *e)
{
    struct find *f = self;
    bool known = false;

    if (!is_signature(f, field, e))
        return err_is_set(e) ? -1 : 0;
    uint32_t num = pdf_ref_of(field->value).num;
    for (size_t i = 0; i < f->sigs->count; i++) {
        struct sig *s = f->sigs->items[i];
        bool same_name = strcmp(s->field, field->name) == 0;

        if (s->num == num && num != 0 && same_name && s->field_ref.num == field->ref.num) {
            f->present[i] = known = true;
            continue;
        }
        if (num == 0 && same_name && s->num == 0) {
            f->present[i] = known = true;
            continue;
        }
        if (s->num == num && num != 0) /* one value in two fields, or a recycled one */
            findings_add(&s->f, "pdf.value-shared", s->field, field->name, NULL);
        else if (same_name && f->present[i])
            findings_add(&s->f, "pdf.name-twice", s->field, NULL);
        else if (same_name)
            findings_add(&s->f, "pdf.signature-replaced", s->field, NULL);
        else
            continue;
    }
    return known ? 0 : add(f, field, num, e);
}

/* What /Perms names must be one of the signatures (12.8.6). */
static int perms_look(struct find *f, struct err *e)
{
    const struct pdf_value *catalog = pdf_catalog(f->pdf, f->revision, e);
    const struct pdf_value *perms = pdf_get(f->pdf, catalog, "Perms", f->revision, e);
    const struct pdf_value *docmdp = pdf_key(perms, "DocMDP");

    if (err_is_set(e))
        return -1;
    if (docmdp == NULL)
        return 0;
    uint32_t num = pdf_ref_of(docmdp).num;
    for (size_t i = 0; i < f->sigs->count; i++) {
        if (f->sigs->items[i]->num == num && num != 0)
            return 0;
    }
    struct field stray = {"/Perms/DocMDP", {0, 0}, NULL, "Sig", docmdp, 0};
    for (size_t i = 0; i < f->sigs->count; i++) {
        if (strcmp(f->sigs->items[i]->field, stray.name) == 0) {
            f->present[i] = true;
            return 0;
        }
    }
    if (add(f, &stray, num, e) != 0)
        return -1;
    findings_add(&f->sigs->items[f->sigs->count - 1]->f, "pdf.perms-stray", NULL);
    return 0;
}

int sigs_find(struct pdf *pdf, struct sigs *out, struct err *e)
{
    struct find f = {.pdf = pdf, .sigs = out};
    int last = pdf_revision_count(pdf) - 1;

    for (f.revision = 0; f.revision <= last; f.revision++) {
        memset(f.present, 0, sizeof f.present);
        if (fields_walk(pdf, f.revision, field_look, &f, e) != 0 || perms_look(&f, e) != 0)
            return -1;
        pdf_drop_cache(pdf);
    }
    for (size_t i = 0; i < out->count; i++) {
        if (!f.present[i])
            findings_add(&out->items[i]->f, "pdf.signature-removed", out->items[i]->field, NULL);
    }
    return 0;
}
