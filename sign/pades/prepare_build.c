/* The objects of a signature update. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/date.h"
#include "base/err.h"
#include "base/jv.h"
#include "sign/pades/prepare.h"

static int put_text(struct pdf_value *dict, const char *key, const char *s, struct err *e)
{
    return s == NULL || *s == '\0' ? 0 : pdf_set_take(dict, key, pdf_make_text(s), e);
}

/* A signature reference dictionary (Table 256) around TransformParams, which is taken. */
static int add_reference(struct prepare *p, struct pdf_value *list, const char *method,
                         struct pdf_value *params, struct err *e)
{
    struct pdf_value *one = pdf_make_dict();
    int rc = pdf_set_take(params, "Type", pdf_make_name("TransformParams"), e);

    if (rc == 0)
        rc = pdf_set_take(params, "V", pdf_make_name("1.2"), e);
    if (rc != 0) {
        pdf_value_free(params);
        pdf_value_free(one);
        return -1;
    }
    /* params belongs to `one` from here on, also when setting it fails */
    if (pdf_set_take(one, "TransformParams", params, e) != 0 ||
        pdf_set_take(one, "Type", pdf_make_name("SigRef"), e) != 0 ||
        pdf_set_take(one, "TransformMethod", pdf_make_name(method), e) != 0 ||
        (strcmp(method, "FieldMDP") == 0 &&
         pdf_set_take(one, "Data", pdf_make_ref(pdf_catalog_ref(p->pdf, PDF_LATEST)), e) != 0)) {
        pdf_value_free(one);
        return -1;
    }
    return pdf_add_take(list, one, e);
}

/* The field's own Lock becomes a FieldMDP of the signature (12.7.5.5). */
static int add_field_lock(struct prepare *p, struct pdf_value *list, struct err *e)
{
    struct err local = ERR_INIT;
    const struct pdf_value *lock, *action, *fields;
    struct pdf_value *params = NULL;

    if (p->chosen == NULL)
        return 0;
    lock = pdf_get(p->pdf, p->chosen->dict, "Lock", PDF_LATEST, &local);
    action = pdf_get(p->pdf, lock, "Action", PDF_LATEST, &local);
    fields = pdf_get(p->pdf, lock, "Fields", PDF_LATEST, &local);
    if (err_is_set(&local)) {
        if (e != NULL)
            *e = local;
        return -1;
    }
    if (action == NULL)
        return 0;
    params = pdf_make_dict();
    if (pdf_set_take(params, "Action", pdf_value_copy(action, e), e) != 0 ||
        (fields != NULL && pdf_set_take(params, "Fields", pdf_value_copy(fields, e), e) != 0)) {
        pdf_value_free(params);
        return -1;
    }
    return add_reference(p, list, "FieldMDP", params, e);
}

static int add_references(struct prepare *p, struct pdf_value *sig, struct err *e)
{
    struct pdf_value *list = pdf_make_array();
    struct pdf_value *params;

    if (list == NULL)
        return err_set_memory(e);
    if (p->certify > 0) {
        params = pdf_make_dict();
        if (pdf_set_take(params, "P", pdf_make_int(p->certify), e) != 0) {
            pdf_value_free(params);
            goto fail;
        }
        if (add_reference(p, list, "DocMDP", params, e) != 0)
            goto fail;
    }
    if (add_field_lock(p, list, e) != 0)
        goto fail;
    if (pdf_count(list) > 0)
        return pdf_set_take(sig, "Reference", list, e);
    pdf_value_free(list);
    return 0;
fail:
    pdf_value_free(list);
    return -1;
}

static int put_signature(struct prepare *p, struct err *e)
{
    struct pdf_value *sig = pdf_make_dict();
    int64_t now = jv_get_int(p->ask, "time", 0);
    int rc = -1;

    p->sig_ref = pdf_update_reserve(p->update);
    if (pdf_set_take(sig, "Type", pdf_make_name(p->timestamp ? "DocTimeStamp" : "Sig"), e) != 0 ||
        pdf_set_take(sig, "Filter", pdf_make_name("Adobe.PPKLite"), e) != 0 ||
        pdf_set_take(sig, "SubFilter",
                     pdf_make_name(p->timestamp ? "ETSI.RFC3161" : "ETSI.CAdES.detached"),
                     e) != 0 ||
        pdf_set_take(sig, "ByteRange", pdf_make_ranges(), e) != 0 ||
        pdf_set_take(sig, "Contents", pdf_make_hole(p->hole), e) != 0)
        goto out;
    if (!p->timestamp &&
        (pdf_set_take(sig, "M", pdf_make_date(now, date_paris_offset(now)), e) != 0 ||
         put_text(sig, "Reason", jv_get_text(p->ask, "reason"), e) != 0 ||
         put_text(sig, "Location", jv_get_text(p->ask, "location"), e) != 0 ||
         put_text(sig, "ContactInfo", jv_get_text(p->ask, "contact"), e) != 0 ||
         add_references(p, sig, e) != 0))
        goto out;
    rc = pdf_update_put(p->update, p->sig_ref, sig, e);
out:
    pdf_value_free(sig);
    return rc;
}

/* /AP and the print and locked flags of what shows the signature. */
static int dress_widget(const struct prepare *p, struct pdf_value *widget, struct err *e)
{
    int64_t flags = pdf_int(pdf_key(widget, "F"), 0) | 132;
    struct pdf_ref shown = p->appearance_ref.num != 0 ? p->appearance_ref : p->blank_ref;
    struct pdf_value *ap;

    if (pdf_set_take(widget, "F", pdf_make_int(flags), e) != 0)
        return -1;
    if (shown.num == 0)
        return 0;
    ap = pdf_make_dict();
    if (pdf_set_take(ap, "N", pdf_make_ref(shown), e) != 0) {
        pdf_value_free(ap);
        return -1;
    }
    return pdf_set_take(widget, "AP", ap, e);
}

static int fill_field(struct prepare *p, struct err *e)
{
    const struct sigform_field *f = p->chosen;
    struct pdf_value *field = NULL, *widget = NULL;
    bool merged = f->widget.num == f->ref.num;
    int rc = -1;

    field = pdf_value_copy(f->dict, e);
    if (field == NULL || pdf_set_take(field, "V", pdf_make_ref(p->sig_ref), e) != 0 ||
        (merged && dress_widget(p, field, e) != 0) ||
        pdf_update_put(p->update, f->ref, field, e) != 0)
        goto out;
    if (!merged && f->widget.num != 0) {
        if (pdf_load(p->pdf, f->widget, PDF_LATEST, &widget, e) != 0 ||
            dress_widget(p, widget, e) != 0 || pdf_update_put(p->update, f->widget, widget, e) != 0)
            goto out;
    }
    rc = 0;
out:
    pdf_value_free(field);
    pdf_value_free(widget);
    return rc;
}

/* Adds a reference to the array under `key` of `owner` (a copy of object `ref`), whether that array
 * stands there or is an object of its own. *changed: whether `owner` itself must be written. */
static int add_to_array(struct prepare *p, struct pdf_value *owner, const char *key,
                        struct pdf_ref item, bool *changed, struct err *e)
{
    struct pdf_ref at = pdf_ref_of(pdf_key(owner, key));
    struct pdf_value *array = NULL;
    int rc = -1;

    if (at.num != 0 && pdf_load(p->pdf, at, PDF_LATEST, &array, e) != 0)
        return -1;
    *changed = !pdf_is(array, PDF_ARRAY);
    if (!*changed) {
        if (pdf_add_take(array, pdf_make_ref(item), e) == 0)
            rc = pdf_update_put(p->update, at, array, e);
        pdf_value_free(array);
        return rc;
    }
    /* an object that is null, missing or junk stays as it is: others may refer to it too */
    pdf_value_free(array);
    if (!pdf_is(pdf_key(owner, key), PDF_ARRAY) &&
        pdf_set_take(owner, key, pdf_make_array(), e) != 0)
        return -1;
    return pdf_add_take(pdf_key_mutable(owner, key), pdf_make_ref(item), e);
}

/* What a screen reader says of a new field that is seen (14.9.3; ISO 14289-1 7.18.1). */
static int put_tip(struct prepare *p, struct pdf_value *w, struct err *e)
{
    const struct jv *lines = jv_get(p->ask, "lines");
    struct buf tip = BUF_INIT(1 << 16);
    int rc = 0;

    for (size_t i = 0; p->visible && i < jv_count(lines); i++) {
        buf_text(&tip, tip.len > 0 ? ", " : "");
        buf_text(&tip, jv_str(jv_at(lines, i)) != NULL ? jv_str(jv_at(lines, i)) : "");
    }
    if (tip.len > 0)
        rc = pdf_set_take(w, "TU", pdf_make_text(buf_str(&tip)), e);
    buf_free(&tip);
    return rc;
}

static int make_widget(struct prepare *p, struct pdf_ref ref, struct pdf_ref page, struct err *e)
{
    struct pdf_value *w = pdf_make_dict();
    int rc = -1;

    if (pdf_set_take(w, "Type", pdf_make_name("Annot"), e) == 0 &&
        pdf_set_take(w, "Subtype", pdf_make_name("Widget"), e) == 0 &&
        pdf_set_take(w, "FT", pdf_make_name("Sig"), e) == 0 &&
        pdf_set_take(w, "T", pdf_make_text(p->new_name), e) == 0 &&
        pdf_set_take(w, "V", pdf_make_ref(p->sig_ref), e) == 0 &&
        pdf_set_take(w, "P", pdf_make_ref(page), e) == 0 &&
        pdf_set_take(w, "Rect", pdf_make_rect(p->box[0], p->box[1], p->box[2], p->box[3]), e) ==
            0 &&
        put_tip(p, w, e) == 0 &&
        (p->tag_ref.num == 0 ||
         pdf_set_take(w, "StructParent", pdf_make_int(p->tag_key), e) == 0) &&
        dress_widget(p, w, e) == 0)
        rc = pdf_update_put(p->update, ref, w, e);
    pdf_value_free(w);
    return rc;
}

/* What stands where the list of the page's annotations should (7.7.3.3) is not thrown away: readers
 * may make something of it, and then the page would look otherwise than before. */
static int check_annots(struct prepare *p, const struct pdf_value *page, int64_t index,
                        struct err *e)
{
    struct err local = ERR_INIT;
    const struct pdf_value *annots = pdf_get(p->pdf, page, "Annots", PDF_LATEST, &local);
    char number[24];

    if (err_is_set(&local)) {
        if (e != NULL)
            *e = local;
        return -1;
    }
    if (annots == NULL || pdf_is(annots, PDF_ARRAY) || pdf_is(annots, PDF_NULL))
        return 0;
    snprintf(number, sizeof number, "%lld", (long long)index + 1);
    return err_set(e, ERR_INPUT, "err.sign-pades.annots", number, NULL);
}

static int put_on_page(struct prepare *p, struct pdf_ref field, struct err *e)
{
    int64_t index = p->visible ? p->page : 0;
    struct pdf_ref page;
    struct pdf_value *dict = NULL;
    bool changed = false;
    int rc = -1;

    if (pdf_page_ref(p->pdf, index, PDF_LATEST, &page, e) != 0 ||
        make_widget(p, field, page, e) != 0 || pdf_load(p->pdf, page, PDF_LATEST, &dict, e) != 0 ||
        check_annots(p, dict, index, e) != 0 ||
        add_to_array(p, dict, "Annots", field, &changed, e) != 0)
        goto out;
    if (p->tag_ref.num != 0 && pdf_key(dict, "Tabs") == NULL) { /* ISO 14289-1 7.18.3 */
        changed = true;
        if (pdf_set_take(dict, "Tabs", pdf_make_name("S"), e) != 0)
            goto out;
    }
    rc = changed ? pdf_update_put(p->update, page, dict, e) : 0;
out:
    pdf_value_free(dict);
    return rc;
}

/* The form dictionary: the new field (num 0: none) and SigFlags 3. It stands in `catalog` or is an
 * object of its own. */
static int put_form(struct prepare *p, struct pdf_value *catalog, struct pdf_ref field,
                    bool *catalog_changed, struct err *e)
{
    struct pdf_value *form =
        p->form.acroform != NULL ? pdf_value_copy(p->form.acroform, e) : pdf_make_dict();
    int64_t flags = pdf_int(pdf_key(form, "SigFlags"), 0);
    bool changed = (flags & 3) != 3, field_changed = false;
    int rc = -1;

    if (form == NULL)
        return err_set_memory(e);
    if (field.num != 0 && add_to_array(p, form, "Fields", field, &field_changed, e) != 0)
        goto out;
    if (p->form.acroform == NULL && pdf_key(form, "Fields") == NULL &&
        pdf_set_take(form, "Fields", pdf_make_array(), e) != 0)
        goto out;
    if (pdf_set_take(form, "SigFlags", pdf_make_int(flags | 3), e) != 0)
        goto out;
    rc = 0;
    if (!changed && !field_changed)
        goto out;
    if (p->form.acroform_ref.num != 0 && p->form.acroform != NULL) {
        rc = pdf_update_put(p->update, p->form.acroform_ref, form, e);
    } else {
        *catalog_changed = true;
        rc = pdf_set_take(catalog, "AcroForm", form, e);
        form = NULL;
    }
out:
    pdf_value_free(form);
    return rc;
}

/* EN 319 142-1 5.6: a file before 2.0 says that it uses the ETSI extension; other entries stay. */
static int put_extension(struct prepare *p, struct pdf_value *catalog, bool *catalog_changed,
                         struct err *e)
{
    struct err local = ERR_INIT;
    const struct pdf_value *old;
    struct pdf_ref at = pdf_ref_of(pdf_key(catalog, "Extensions"));
    struct pdf_value *all = NULL, *esic = NULL;
    int rc = -1;

    old = pdf_get(p->pdf, catalog, "Extensions", PDF_LATEST, &local);
    if (err_is_set(&local)) {
        if (e != NULL)
            *e = local;
        return -1;
    }
    if (pdf_version(p->pdf) >= 20 || pdf_key(old, "ESIC") != NULL)
        return 0;
    all = pdf_is(old, PDF_DICT) ? pdf_value_copy(old, e) : pdf_make_dict();
    esic = pdf_make_dict();
    if (pdf_set_take(esic, "BaseVersion", pdf_make_name("1.7"), e) != 0 ||
        pdf_set_take(esic, "ExtensionLevel", pdf_make_int(1), e) != 0)
        goto out;
    rc = pdf_set_take(all, "ESIC", esic, e);
    esic = NULL;
    if (rc != 0)
        goto out;
    if (at.num != 0 && pdf_is(old, PDF_DICT)) {
        rc = pdf_update_put(p->update, at, all, e);
    } else {
        *catalog_changed = true;
        rc = pdf_set_take(catalog, "Extensions", all, e);
        all = NULL;
    }
out:
    pdf_value_free(esic);
    pdf_value_free(all);
    return rc;
}

static int put_permissions(struct prepare *p, struct pdf_value *catalog, bool *catalog_changed,
                           struct err *e)
{
    struct err local = ERR_INIT;
    const struct pdf_value *old;
    struct pdf_value *perms;

    if (p->certify == 0)
        return 0;
    old = pdf_get(p->pdf, catalog, "Perms", PDF_LATEST, &local);
    if (err_is_set(&local)) {
        if (e != NULL)
            *e = local;
        return -1;
    }
    perms = pdf_is(old, PDF_DICT) ? pdf_value_copy(old, e) : pdf_make_dict();
    if (pdf_set_take(perms, "DocMDP", pdf_make_ref(p->sig_ref), e) != 0) {
        pdf_value_free(perms);
        return -1;
    }
    *catalog_changed = true;
    return pdf_set_take(catalog, "Perms", perms, e);
}

/* The signature with its field and widget; *field is the new one, num 0 when an existing one was
 * filled. */
static int put_field(struct prepare *p, struct pdf_ref *field, struct err *e)
{
    *field = (struct pdf_ref){0, 0};
    if (put_signature(p, e) != 0 || prepare_appearance(p, e) != 0)
        return -1;
    if (p->chosen != NULL)
        return fill_field(p, e);
    *field = pdf_update_reserve(p->update);
    return prepare_tags_begin(p, e) != 0 ? -1 : put_on_page(p, *field, e);
}

int prepare_build(struct prepare *p, struct err *e)
{
    struct pdf_value *catalog = NULL;
    struct pdf_ref field = {0, 0};
    bool changed = false;
    int rc = -1;

    if (!p->plain && put_field(p, &field, e) != 0)
        return -1;
    catalog = pdf_value_copy(p->form.catalog, e);
    if (catalog == NULL || (!p->plain && put_form(p, catalog, field, &changed, e) != 0) ||
        prepare_dss(p, catalog, &changed, e) != 0 || put_extension(p, catalog, &changed, e) != 0 ||
        put_permissions(p, catalog, &changed, e) != 0)
        goto out;
    rc = changed ? pdf_update_put(p->update, pdf_catalog_ref(p->pdf, PDF_LATEST), catalog, e) : 0;
    if (rc == 0)
        rc = prepare_tags_put(p, field, e);
out:
    pdf_value_free(catalog);
    return rc;
}
