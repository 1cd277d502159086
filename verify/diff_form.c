/* Fields of the form: values filled in, signatures made, signature fields added; nothing else
 * (Table 257). */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "verify/diff.h"

enum { DEPTH_MAX = 64, NAME_MAX_BYTES = 4096, LOOK_DEPTH = 3, AGAIN_WORK = 1000 };

/* Whether it was marked before. */
static bool widget_mark(struct diff *d, uint32_t num)
{
    unsigned char bit = (unsigned char)(1u << (num % 8));

    if (num >= d->limit)
        return false;
    bool before = (d->widgets[num / 8] & bit) != 0;
    d->widgets[num / 8] |= bit;
    return before;
}

static bool full_name(struct diff *d, const char *parent, const struct pdf_value *dict,
                      struct buf *out, struct err *e)
{
    const struct pdf_value *own = pdf_get(d->pdf, dict, "T", d->to, e);

    buf_text(out, parent);
    if (own != NULL && out->len > 0)
        buf_char(out, '.');
    pdf_text_utf8(own, out);
    return !out->failed;
}

/* The signature that a value of this revision is: its ranges end this revision, and it is new. */
static const struct sig *new_signature(const struct diff *d, const struct pdf_value *value)
{
    uint32_t num = pdf_ref_of(value).num;

    for (size_t i = 0; i < d->sigs->count; i++) {
        const struct sig *s = d->sigs->items[i];
        if (num != 0 && s->num == num && s->revision == d->to && s->first_seen == d->to &&
            diff_is_new(d, num))
            return s;
    }
    return NULL;
}

static int add_signature(struct diff *d, const struct pdf_value *value, const char *name,
                         bool fresh, struct err *e)
{
    const struct sig *s = new_signature(d, value);

    if (s == NULL)
        return diff_add(d, GRADE_NEVER, "signature-recycled", name, NULL, e);
    if (diff_explain_new(d, value, 0, e) != 0)
        return -1;
    enum grade shown = fresh && s->visible ? GRADE_PLACE : GRADE_SIGN;
    if (s->stamp)
        return diff_add(d, s->visible ? shown : GRADE_ALWAYS, "document-timestamp", name, s, e);
    return diff_add(d, shown, "signature", name, s, e);
}

/* A signature field and its one widget in one dictionary, or a field without widget: no other kind
 * of annotation, no actions, no kids that would show something of their own, no leaf of a tree of
 * names or numbers, which the tree of fields may be as well. */
static bool plain_field(const struct pdf_value *dict)
{
    static const char *const never[] = {"A", "AA", "Names", "Nums", NULL};
    const struct pdf_value *kind = pdf_key(dict, "Subtype");

    for (size_t i = 0; never[i] != NULL; i++) {
        if (pdf_key(dict, never[i]) != NULL)
            return false;
    }
    return pdf_is(dict, PDF_DICT) && !dict->doubled &&
           (kind == NULL || pdf_is_name(kind, "Widget"));
}

/* Widgets of a new field that are dictionaries of their own: new, plain, without a name or kids of
 * their own. */
static bool plain_kids(struct diff *d, const struct pdf_value *dict, struct err *e)
{
    const struct pdf_value *kids = pdf_get(d->pdf, dict, "Kids", d->to, e);
    bool plain = pdf_key(dict, "Kids") == NULL || pdf_count(kids) > 0;

    if (diff_work(d, (int64_t)pdf_count(kids), e) != 0)
        return false;
    for (size_t i = 0; i < pdf_count(kids) && plain; i++) {
        uint32_t num = pdf_ref_of(pdf_at(kids, i)).num;
        const struct pdf_value *kid = pdf_get_at(d->pdf, kids, i, d->to, e);
        plain = num != 0 && diff_is_new(d, num) && plain_field(kid) &&
                pdf_is_name(pdf_key(kid, "Subtype"), "Widget") && pdf_key(kid, "T") == NULL &&
                pdf_key(kid, "FT") == NULL && pdf_key(kid, "V") == NULL &&
                pdf_key(kid, "Kids") == NULL;
        if (plain)
            widget_mark(d, num);
    }
    return plain;
}

/* A field that was not there before: only one for a signature. */
static int new_field(struct diff *d, struct pdf_ref ref, const char *parent, struct err *e)
{
    const struct pdf_value *dict = pdf_fetch(d->pdf, ref, d->to, e);
    struct buf name;
    int rc = -1;

    buf_init(&name, NAME_MAX_BYTES);
    if (dict == NULL || !full_name(d, parent, dict, &name, e) || err_is_set(e))
        goto out;
    const char *type = pdf_name(pdf_get(d->pdf, dict, "FT", d->to, e));
    if (!diff_is_new(d, ref.num) || type == NULL || strcmp(type, "Sig") != 0 ||
        !plain_field(dict) || !plain_kids(d, dict, e)) {
        rc = diff_add(d, GRADE_NEVER, "field-added", buf_str(&name), NULL, e);
        goto out;
    }
    widget_mark(d, ref.num);
    diff_explain(d, ref.num);
    const struct pdf_value *value = pdf_key(dict, "V");
    if (value != NULL)
        rc = add_signature(d, value, buf_str(&name), true, e);
    else if (pdf_key(dict, "AP") != NULL || pdf_key(dict, "Kids") != NULL ||
             pdf_count(pdf_get(d->pdf, dict, "MK", d->to, e)) >
                 0) /* nobody answers for what it shows */
        rc = diff_add(d, GRADE_NEVER, "field-added", buf_str(&name), NULL, e);
    else /* a place that another revision may fill */
        rc = diff_add(d, sig_has_place(d->pdf, dict, d->to, e) ? GRADE_PLACE : GRADE_SIGN,
                      "signature-field", buf_str(&name), NULL, e);
    /* the appearance, the lock, the kids: what is new with it */
    for (size_t i = 0; rc == 0 && i < pdf_entry_count(dict); i++) {
        if (strcmp(pdf_entry_at(dict, i)->key, "V") != 0)
            rc = diff_explain_new(d, &pdf_entry_at(dict, i)->value, 0, e);
    }
out:
    buf_free(&name);
    return rc;
}

/* A signature made by this revision in the field of this name: the value stands in the field, the
 * look in its widget. */
static bool signed_now(const struct diff *d, const char *name)
{
    for (size_t i = 0; i < d->sigs->count; i++) {
        const struct sig *s = d->sigs->items[i];
        if (s->first_seen == d->to && s->revision == d->to && strcmp(s->field, name) == 0)
            return true;
    }
    return false;
}

/* A signature field of before that got its value. */
static int signed_field(struct diff *d, const struct pdf_value *old, const struct pdf_value *now,
                        const char *name, struct err *e)
{
    static const char *const but[] = {"V", "AP", "M", "F", "MK", "Kids", NULL};

    if (diff_keys(d, old, now, but, "field", e) != 0)
        return -1;
    /* an action or a border, should the field be taken for one, would be named there */
    if (pdf_key(now, "F") != NULL && !pdf_is(pdf_key(now, "F"), PDF_INT) &&
        !diff_same(d, pdf_key(old, "F"), pdf_key(now, "F")))
        return diff_add(d, GRADE_NEVER, "field", name, NULL, e);
    const struct pdf_value *was = pdf_key(old, "V"), *is = pdf_key(now, "V");
    if (was != NULL && !diff_same(d, was, is))
        return diff_add(d, GRADE_NEVER, "signature-replaced", name, NULL, e);
    if (was == NULL && is != NULL && add_signature(d, is, name, false, e) != 0)
        return -1;
    if (was != NULL && (!diff_same(d, pdf_key(old, "AP"), pdf_key(now, "AP")) ||
                        !diff_same(d, pdf_key(old, "F"), pdf_key(now, "F")) ||
                        !diff_same(d, pdf_key(old, "MK"), pdf_key(now, "MK"))))
        return diff_add(d, GRADE_NEVER, "signature-appearance", name, NULL, e);
    if (was == NULL && is == NULL && !signed_now(d, name))
        return diff_add(d, GRADE_NEVER, "field", name, NULL, e);
    return diff_explain_new(d, pdf_key(now, "AP"), 0, e);
}

/* A button that only pushes has no value: its look is content. */
static const char PUSH[] = "push";

static const char *type_of(struct diff *d, const struct pdf_value *dict, const char *inherited,
                           struct err *e)
{
    enum { PUSHBUTTON = 1 << 16 }; /* Table 229 */
    const char *own = pdf_name(pdf_get(d->pdf, dict, "FT", d->from, e));
    int64_t flags = pdf_int(pdf_get(d->pdf, dict, "Ff", d->from, e), 0);

    if (own == NULL)
        own = inherited;
    if ((flags & PUSHBUTTON) != 0 && (own == NULL || strcmp(own, "Btn") == 0))
        return PUSH;
    return inherited == PUSH && own != NULL && strcmp(own, "Btn") == 0 ? PUSH : own;
}

/* A text, a state, a choice, or a list of choices. */
static bool plain_value(const struct pdf_value *v)
{
    for (size_t i = 0; pdf_is(v, PDF_ARRAY) && i < pdf_count(v); i++) {
        const struct pdf_value *one = pdf_at(v, i);
        if (pdf_is(one, PDF_REF) || pdf_is(one, PDF_DICT) || pdf_is(one, PDF_ARRAY))
            return false;
    }
    return !pdf_is(v, PDF_REF) && !pdf_is(v, PDF_DICT);
}

/* Values are written in the field itself, and an appearance is a dictionary of appearances: nothing
 * that could be shown by whoever takes the field for another kind of dictionary. */
static bool plain_filling(struct diff *d, const struct pdf_value *old, const struct pdf_value *now,
                          struct err *e)
{
    static const char *const values[] = {"V", "AS", "M", "I", "RV"};
    const struct pdf_value *kind = pdf_key(now, "Subtype");
    const struct pdf_value *look = pdf_get(d->pdf, now, "AP", d->to, e);

    if (kind != NULL && !pdf_is_name(kind, "Widget"))
        return false;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        const struct pdf_value *v = pdf_key(now, values[i]);
        if (!plain_value(v) && !diff_same(d, pdf_key(old, values[i]), v))
            return false;
    }
    for (size_t i = 0; i < pdf_count(look); i++) {
        const char *key = pdf_is(look, PDF_DICT) ? pdf_entry_at(look, i)->key : "";
        if (strcmp(key, "N") != 0 && strcmp(key, "R") != 0 && strcmp(key, "D") != 0)
            return diff_same(d, pdf_key(old, "AP"), pdf_key(now, "AP"));
    }
    return look == NULL || pdf_is(look, PDF_DICT);
}

/* The value of a field is what it was; a widget has that of the field it belongs to. */
static bool value_kept(struct diff *d, const struct pdf_value *old, const struct pdf_value *now)
{
    enum { LEVELS = 8 };
    struct err own = ERR_INIT;

    for (int level = 0; level < LEVELS; level++) {
        if (pdf_key(old, "V") != NULL || pdf_key(now, "V") != NULL)
            return diff_same(d, pdf_key(old, "V"), pdf_key(now, "V"));
        old = pdf_get(d->pdf, old, "Parent", d->from, &own);
        now = pdf_get(d->pdf, now, "Parent", d->to, &own);
        if (old == NULL || now == NULL)
            break;
    }
    return true;
}

/* A field that shows something else while its value stays: nobody filled it in, somebody replaced
 * what the signer saw (shadow attack, "replace"). A button that had no state yet may get one. */
static bool look_alone(struct diff *d, const struct pdf_value *old, const struct pdf_value *now)
{
    return value_kept(d, old, now) && (pdf_key(old, "AS") != NULL || pdf_key(now, "AS") == NULL);
}

static int filled_field(struct diff *d, const struct pdf_value *old, const struct pdf_value *now,
                        const char *name, const char *type, struct err *e)
{
    static const char *const but[] = {"V", "AS", "AP", "M", "I", "RV", "Kids", "DA", NULL};

    if (diff_keys(d, old, now, but, "field", e) != 0 ||
        (!diff_default_same(d, pdf_key(old, "DA"), pdf_key(now, "DA")) &&
         diff_add(d, GRADE_NEVER, "field", "DA", NULL, e) != 0))
        return -1;
    bool shows = !diff_same(d, pdf_key(old, "AP"), pdf_key(now, "AP")) ||
                 !diff_same(d, pdf_key(old, "AS"), pdf_key(now, "AS"));
    bool alone = shows && look_alone(d, old, now);
    if (!plain_filling(d, old, now, e) || (shows && type != NULL && strcmp(type, PUSH) == 0)) {
        if (err_is_set(e) || diff_add(d, GRADE_NEVER, "field", name, NULL, e) != 0)
            return -1;
    } else if (diff_add(d, alone ? GRADE_NEVER : GRADE_FILL, alone ? "form-look" : "form-fill",
                        name, NULL, e) != 0) {
        return -1;
    }
    /* a new appearance may be made of new objects only: a replaced one might be drawn elsewhere too
     */
    return diff_explain_new(d, pdf_key(now, "AP"), 0, e);
}

static int look_replaced(struct diff *d, const struct pdf_value *was, const struct pdf_value *is,
                         int depth, bool *found, struct err *e);

/* /AP, or the states below it: keys of appearances at first, then names of states. */
static int look_states(struct diff *d, const struct pdf_value *was, const struct pdf_value *is,
                       int depth, bool *found, struct err *e)
{
    for (size_t i = 0; depth < LOOK_DEPTH && i < pdf_entry_count(is); i++) {
        const struct pdf_entry *entry = pdf_entry_at(is, i);
        if (look_replaced(d, pdf_key(was, entry->key), &entry->value, depth + 1, found, e) != 0)
            return -1;
    }
    return 0;
}

/* The dictionary of appearances, where it is an object of its own that was written anew. */
static int look_listed(struct diff *d, const struct pdf_value *was, const struct pdf_value *is,
                       uint32_t num, bool *found, struct err *e)
{
    static const char *const keys[] = {"N", "R", "D", NULL};

    if (!diff_changed(d, num) || pdf_value_equal(was, is))
        return 0;
    for (size_t i = 0; i < pdf_entry_count(is); i++) {
        if (!diff_listed(keys, pdf_entry_at(is, i)->key))
            return 0;
    }
    if (is->doubled)
        return 0;
    *found = true;
    diff_explain(d, num);
    return diff_explain_new(d, is, 0, e);
}

/* An appearance that was written anew in its place: it shows what the field shows and nothing else,
 * because nothing but the field's appearances refers to it, nor to the dictionaries on the way. */
static int look_replaced(struct diff *d, const struct pdf_value *was, const struct pdf_value *is,
                         int depth, bool *found, struct err *e)
{
    struct pdf_value *old = NULL, *now = NULL;
    uint32_t num = pdf_ref_of(is).num;
    int rc = -1;

    if (pdf_is(is, PDF_DICT))
        return look_states(d, was, is, depth, found, e);
    if (num == 0 || !pdf_is(was, PDF_REF) || pdf_ref_of(was).num != num ||
        awaited_shared(d->awaited, num) || awaited_drawn(d->awaited, num))
        return 0;
    if (pdf_load(d->pdf, pdf_ref_of(was), d->from, &old, e) != 0 ||
        pdf_load(d->pdf, pdf_ref_of(is), d->to, &now, e) != 0)
        goto out;
    rc = 0;
    if (pdf_is(old, PDF_DICT) && pdf_is(now, PDF_DICT)) {
        rc = depth > 0 ? 0 : look_listed(d, old, now, num, found, e);
        if (rc == 0)
            rc = look_states(d, old, now, depth, found, e);
    } else if (depth > 0 && diff_changed(d, num) && pdf_is(old, PDF_STREAM) &&
               pdf_is(now, PDF_STREAM) && pdf_is_name(pdf_key(old, "Subtype"), "Form") &&
               pdf_is_name(pdf_key(now, "Subtype"), "Form")) {
        *found = true;
        diff_explain(d, num);
        rc = diff_explain_new(d, pdf_key(now, "Resources"), 0, e);
    }
out:
    pdf_value_free(old);
    pdf_value_free(now);
    return rc;
}

static int field_look(struct diff *d, const struct pdf_value *old, const struct pdf_value *now,
                      const char *name, const char *type, struct err *e)
{
    bool found = false;

    bool sig = type != NULL && strcmp(type, "Sig") == 0;
    if (type == NULL || strcmp(type, PUSH) == 0 ||
        (sig && (pdf_key(old, "V") != NULL || !signed_now(d, name))))
        return 0;
    if (look_replaced(d, pdf_key(old, "AP"), pdf_key(now, "AP"), 0, &found, e) != 0)
        return -1;
    if (!found || sig)
        return 0;
    bool alone = look_alone(d, old, now);
    return diff_add(d, alone ? GRADE_NEVER : GRADE_FILL, alone ? "form-look" : "form-fill", name,
                    NULL, e);
}

static int fields_diff(struct diff *d, const struct pdf_value *old, const struct pdf_value *now,
                       const char *parent, const char *type, int depth, struct err *e);

static int field_diff(struct diff *d, struct pdf_ref ref, const char *parent, const char *type,
                      int depth, struct err *e)
{
    struct pdf_value *old = NULL, *now = NULL;
    struct buf name;
    int rc = -1;

    buf_init(&name, NAME_MAX_BYTES);
    if (depth > DEPTH_MAX) {
        err_set(e, ERR_INPUT, "err.verify.field-tree", NULL);
        goto out;
    }
    /* a kid of several fields, which are kids of several fields... */
    if (widget_mark(d, ref.num) && diff_work(d, AGAIN_WORK, e) != 0)
        goto out;
    if (pdf_load(d->pdf, ref, d->from, &old, e) != 0 ||
        pdf_load(d->pdf, ref, d->to, &now, e) != 0 || !full_name(d, parent, now, &name, e))
        goto out;
    if (!pdf_is(old, PDF_DICT) ||
        !pdf_is(now, PDF_DICT)) { /* a stream would show something of its own */
        rc = pdf_is_null(old) && pdf_is_null(now) && !err_is_set(e)
                 ? 0
                 : diff_add(d, GRADE_NEVER, "field", buf_str(&name), NULL, e);
        goto out;
    }
    type = type_of(d, old, type, e);
    bool filled = diff_changed(d, ref.num) && !pdf_value_equal(old, now);
    if (field_look(d, old, now, buf_str(&name), type, e) != 0)
        goto out;
    if (filled) {
        bool sig = type != NULL && strcmp(type, "Sig") == 0;
        rc = sig ? signed_field(d, old, now, buf_str(&name), e)
                 : filled_field(d, old, now, buf_str(&name), type, e);
        if (rc != 0)
            goto out;
        diff_explain(d, ref.num);
    }
    const struct pdf_value *ka = pdf_get(d->pdf, old, "Kids", d->from, e);
    const struct pdf_value *kb = pdf_get(d->pdf, now, "Kids", d->to, e);
    if (err_is_set(e)) {
        rc = -1;
        goto out;
    }
    diff_explain_pair(d, pdf_key(old, "Kids"), pdf_key(now, "Kids"));
    rc = fields_diff(d, ka, kb, buf_str(&name), type, depth + 1, e);
out:
    pdf_value_free(old);
    pdf_value_free(now);
    buf_free(&name);
    return rc;
}

/* What was there stays, in its order; new ones come between or after. */
static int fields_diff(struct diff *d, const struct pdf_value *old, const struct pdf_value *now,
                       const char *parent, const char *type, int depth, struct err *e)
{
    size_t kept = 0;

    if ((old != NULL && !pdf_is(old, PDF_ARRAY)) || (now != NULL && !pdf_is(now, PDF_ARRAY)))
        return (pdf_is(old, PDF_STREAM) && pdf_is(now, PDF_STREAM)) || diff_same(d, old, now)
                   ? 0 /* no list of fields: accounted for as any other object */
                   : diff_add(d, GRADE_NEVER, "field", parent, NULL, e);
    for (size_t i = 0; i < pdf_count(now); i++) {
        struct pdf_ref ref = pdf_ref_of(pdf_at(now, i));
        int rc;

        if (ref.num == 0) {
            if (kept < pdf_count(old) && pdf_value_equal(pdf_at(old, kept), pdf_at(now, i))) {
                kept++;
                continue;
            }
            rc = diff_add(d, GRADE_NEVER, "field-added", parent, NULL, e);
        } else if (kept < pdf_count(old) && pdf_value_equal(pdf_at(old, kept), pdf_at(now, i))) {
            kept++;
            rc = field_diff(d, ref, parent, type, depth, e);
        } else {
            rc = new_field(d, ref, parent, e);
        }
        if (rc != 0)
            return -1;
    }
    return kept == pdf_count(old) ? 0 : diff_add(d, GRADE_NEVER, "field-removed", parent, NULL, e);
}

/* A form made by this revision holds nothing but its fields and what signatures need. */
static int form_made(struct diff *d, const struct pdf_value *form, struct err *e)
{
    static const char *const fine[] = {"Fields", "SigFlags", "DR", "DA", NULL};

    if (diff_keys(d, NULL, form, fine, "form", e) != 0)
        return -1;
    return diff_explain_new(d, pdf_key(form, "DR"), 0, e);
}

int diff_form(struct diff *d, const struct pdf_value *old, const struct pdf_value *now,
              struct err *e)
{
    static const char *const but[] = {"Fields", "SigFlags", "DR", "DA", NULL};
    const struct pdf_value *a = pdf_get(d->pdf, old, "AcroForm", d->from, e);
    const struct pdf_value *b = pdf_get(d->pdf, now, "AcroForm", d->to, e);

    if (err_is_set(e))
        return -1;
    if (a == NULL && b == NULL)
        return 0;
    if (b == NULL)
        return diff_add(d, GRADE_NEVER, "form-removed", NULL, NULL, e);
    if (a == NULL ? form_made(d, b, e) != 0
                  : diff_keys(d, a, b, but, "form", e) != 0 || diff_resources(d, a, b, e) != 0)
        return -1;
    int64_t flags_a = pdf_int(pdf_key(a, "SigFlags"), 0),
            flags_b = pdf_int(pdf_key(b, "SigFlags"), 0);
    if ((flags_a & flags_b) != flags_a)
        return diff_add(d, GRADE_NEVER, "form", "SigFlags", NULL, e);
    diff_explain_pair(d, pdf_key(old, "AcroForm"), pdf_key(now, "AcroForm"));
    diff_explain_pair(d, pdf_key(a, "Fields"), pdf_key(b, "Fields"));
    const struct pdf_value *fa = pdf_get(d->pdf, a, "Fields", d->from, e);
    const struct pdf_value *fb = pdf_get(d->pdf, b, "Fields", d->to, e);
    if (err_is_set(e))
        return -1;
    return fields_diff(d, fa, fb, "", NULL, 0, e);
}
