/* The structure tree of a tagged document (ISO 32000-2 14.7): a revision that makes a signature in
 * a new widget may give this widget its place, and nothing else. Looked for from the new widgets,
 * not from what changed: a Form element that is new, whose one content is this widget; an element
 * that was there gains it as a child; the parent tree gains a key that is larger than all of
 * before. What of the tree changed beside that stays unexplained, and counts as a modification. */
#include <string.h>

#include "base/err.h"
#include "verify/diff.h"

enum { PLACES_MAX = 16, DEPTH_MAX = 64 };

struct place {
    int64_t key;          /* /StructParent of the widget */
    struct pdf_ref elem;  /* in the parent tree */
    struct pdf_ref owner; /* parent of the element: num 0 until it was looked at */
    const struct sig *sig;
};
struct tags {
    struct diff *d;
    struct pdf_ref root;
    struct place places[PLACES_MAX];
    size_t count;
    int64_t most; /* largest key of the old parent tree */
};

const struct sig *diff_signature(const struct diff *d)
{
    for (size_t i = 0; i < d->sigs->count; i++) {
        const struct sig *s = d->sigs->items[i];
        if (s->first_seen == d->to && s->revision == d->to)
            return s;
    }
    return NULL;
}

static bool only_keys(const struct pdf_value *dict, const char *const *names)
{
    if (!pdf_is(dict, PDF_DICT) || dict->doubled)
        return false;
    for (size_t i = 0; i < pdf_count(dict); i++) {
        const char *key = pdf_entry_at(dict, i)->key;
        const char *const *one = names;
        while (*one != NULL && strcmp(*one, key) != 0)
            one++;
        if (*one == NULL || strlen(key) != pdf_entry_at(dict, i)->key_len)
            return false;
    }
    return true;
}

/* ---- the new elements ---- */
static bool content_fits(struct diff *d, const struct pdf_value *k, struct pdf_ref widget,
                         struct pdf_ref page, struct err *e)
{
    static const char *const keys[] = {"Type", "Obj", "Pg", NULL};
    const struct pdf_value *content = pdf_resolve(d->pdf, k, d->to, e);
    struct pdf_ref apart = pdf_ref_of(k);

    if (pdf_is(content, PDF_ARRAY) && apart.num == 0 && pdf_count(content) == 1) {
        k = pdf_at(content, 0);
        apart = pdf_ref_of(k);
        content = pdf_resolve(d->pdf, k, d->to, e);
    }
    if ((apart.num != 0 && !diff_is_new(d, apart.num)) || !only_keys(content, keys) ||
        !pdf_is_name(pdf_key(content, "Type"), "OBJR") ||
        pdf_ref_of(pdf_key(content, "Obj")).num != widget.num ||
        (pdf_key(content, "Pg") != NULL && pdf_ref_of(pdf_key(content, "Pg")).num != page.num))
        return false;
    if (apart.num != 0)
        diff_explain(d, apart.num);
    return true;
}

/* Texts for who does not see the widget are about the widget. */
static bool element_fits(struct diff *d, const struct pdf_value *elem, struct pdf_ref widget,
                         struct pdf_ref page, struct err *e)
{
    static const char *const keys[] = {"Type", "S", "P", "K", "Pg", "Alt", "T", "Lang", NULL};
    static const char *const texts[] = {"Alt", "T", "Lang", NULL};

    if (!only_keys(elem, keys) || !pdf_is_name(pdf_key(elem, "S"), "Form") ||
        (pdf_key(elem, "Type") != NULL && !pdf_is_name(pdf_key(elem, "Type"), "StructElem")) ||
        (pdf_key(elem, "Pg") != NULL && pdf_ref_of(pdf_key(elem, "Pg")).num != page.num))
        return false;
    for (size_t i = 0; texts[i] != NULL; i++) {
        if (pdf_key(elem, texts[i]) != NULL && !pdf_is(pdf_key(elem, texts[i]), PDF_STRING))
            return false;
    }
    return content_fits(d, pdf_key(elem, "K"), widget, page, e);
}

static void widget_add(struct tags *t, struct pdf_ref widget, const struct sig *sig, struct err *e)
{
    const struct pdf_value *dict;

    if (widget.num == 0 || !diff_is_new(t->d, widget.num) || t->count == PLACES_MAX)
        return;
    dict = pdf_fetch(t->d->pdf, widget, t->d->to, e);
    if (pdf_is_name(pdf_key(dict, "Subtype"), "Widget") &&
        pdf_is(pdf_key(dict, "StructParent"), PDF_INT))
        t->places[t->count++] =
            (struct place){pdf_int(pdf_key(dict, "StructParent"), 0), widget, {0, 0}, sig};
}

/* New widgets of the signatures that this revision made. Until the parent tree was read, .elem is
 * the widget. */
static int widgets_find(struct tags *t, struct err *e)
{
    struct diff *d = t->d;

    for (size_t i = 0; i < d->sigs->count; i++) {
        const struct sig *s = d->sigs->items[i];
        if (s->first_seen != d->to || s->revision != d->to || s->field_ref.num == 0)
            continue;
        const struct pdf_value *field = pdf_fetch(d->pdf, s->field_ref, d->to, e);
        const struct pdf_value *kids = pdf_get(d->pdf, field, "Kids", d->to, e);
        widget_add(t, s->field_ref, s, e);
        for (size_t k = 0; k < pdf_count(kids); k++)
            widget_add(t, pdf_ref_of(pdf_at(kids, k)), s, e);
    }
    return err_is_set(e) ? -1 : 0;
}

static int key_seen(void *self, const struct pdf_value *key, const struct pdf_value *value,
                    struct err *e)
{
    struct tags *t = self;

    (void)value;
    (void)e;
    if (pdf_is(key, PDF_INT) && key->u.integer > t->most)
        t->most = key->u.integer;
    return 0;
}

static int key_found(void *self, const struct pdf_value *key, const struct pdf_value *value,
                     struct err *e)
{
    struct tags *t = self;

    (void)e;
    for (size_t i = 0; i < t->count; i++) {
        if (pdf_is(key, PDF_INT) && key->u.integer == t->places[i].key)
            t->places[i].owner = pdf_ref_of(value); /* the element, for now */
    }
    return 0;
}

/* Keeps the places that are whole: key, element, owner. */
static int places_check(struct tags *t, struct err *e)
{
    struct diff *d = t->d;
    size_t kept = 0;

    for (size_t i = 0; i < t->count; i++) {
        struct place p = t->places[i];
        struct pdf_ref widget = p.elem, elem = p.owner;
        if (p.key <= t->most || elem.num == 0 || !diff_is_new(d, elem.num))
            continue;
        struct pdf_ref page = pdf_ref_of(pdf_key(pdf_fetch(d->pdf, widget, d->to, e), "P"));
        const struct pdf_value *dict = pdf_fetch(d->pdf, elem, d->to, e);
        if (!element_fits(d, dict, widget, page, e))
            continue;
        p.elem = elem;
        p.owner = pdf_ref_of(pdf_key(dict, "P"));
        t->places[kept++] = p;
    }
    t->count = kept;
    return err_is_set(e) ? -1 : 0;
}

/* ---- what was there ---- */
static bool is_place(const struct tags *t, struct pdf_ref elem, uint32_t owner)
{
    for (size_t i = 0; i < t->count; i++) {
        if (t->places[i].elem.num == elem.num && t->places[i].owner.num == owner)
            return true;
    }
    return false;
}

/* /K: absent, one value, or an array; what was there stays in its order. */
static bool kids_fit(struct tags *t, const struct pdf_value *old, const struct pdf_value *now,
                     uint32_t owner, struct err *e)
{
    struct diff *d = t->d;
    const struct pdf_value *a = pdf_get(d->pdf, old, "K", d->from, e);
    const struct pdf_value *b = pdf_get(d->pdf, now, "K", d->to, e);
    size_t before = pdf_is(a, PDF_ARRAY) ? pdf_count(a) : a != NULL, kept = 0;
    size_t after = pdf_is(b, PDF_ARRAY) ? pdf_count(b) : b != NULL;

    for (size_t i = 0; i < after; i++) {
        const struct pdf_value *x = pdf_is(a, PDF_ARRAY) ? pdf_at(a, kept) : pdf_key(old, "K");
        const struct pdf_value *y = pdf_is(b, PDF_ARRAY) ? pdf_at(b, i) : pdf_key(now, "K");
        if (kept < before && pdf_value_equal(x, y))
            kept++;
        else if (pdf_ref_of(y).num == 0 || !is_place(t, pdf_ref_of(y), owner))
            return false;
    }
    if (kept == before && pdf_is(b, PDF_ARRAY))
        diff_explain_pair(d, pdf_key(old, "K"), pdf_key(now, "K"));
    return kept == before && !err_is_set(e);
}

/* All keys but those listed are the same, without an entry in the list of changes. */
static bool rest_same(const struct pdf_value *old, const struct pdf_value *now,
                      const char *const *but)
{
    const struct pdf_value *sides[2] = {old, now};

    if (!pdf_is(old, PDF_DICT) || !pdf_is(now, PDF_DICT) || old->doubled || now->doubled)
        return false;
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < pdf_count(sides[side]); i++) {
            const char *key = pdf_entry_at(sides[side], i)->key;
            const char *const *one = but;
            while (*one != NULL && strcmp(*one, key) != 0)
                one++;
            if (*one == NULL && !pdf_value_equal(pdf_key(old, key), pdf_key(now, key)))
                return false;
        }
    }
    return true;
}

static bool owner_fits(struct tags *t, struct pdf_ref owner, struct err *e)
{
    static const char *const but[] = {"K", NULL};
    struct diff *d = t->d;
    struct pdf_value *old = NULL, *now = NULL;
    bool fits = false;

    if (owner.num == t->root.num)
        return true; /* with the root */
    if (owner.num != 0 && !diff_is_new(d, owner.num) &&
        pdf_load(d->pdf, owner, d->from, &old, e) == 0 &&
        pdf_load(d->pdf, owner, d->to, &now, e) == 0)
        fits = pdf_name(pdf_key(old, "S")) != NULL && pdf_key(old, "P") != NULL &&
               (pdf_key(old, "Type") == NULL || pdf_is_name(pdf_key(old, "Type"), "StructElem")) &&
               rest_same(old, now, but) && kids_fit(t, old, now, owner.num, e);
    if (fits)
        diff_explain(d, owner.num);
    pdf_value_free(old);
    pdf_value_free(now);
    return fits;
}

/* Pairs from `from` on are places. */
static bool pairs_fit(const struct tags *t, const struct pdf_value *pairs, size_t from)
{
    size_t n = pdf_count(pairs);

    if (n % 2 != 0 || from % 2 != 0)
        return false;
    for (size_t i = from; i + 1 < n; i += 2) {
        bool fits = false;
        for (size_t k = 0; k < t->count; k++)
            fits = fits || (pdf_is(pdf_at(pairs, i), PDF_INT) &&
                            pdf_int(pdf_at(pairs, i), -1) == t->places[k].key &&
                            pdf_ref_of(pdf_at(pairs, i + 1)).num == t->places[k].elem.num);
        if (!fits)
            return false;
    }
    return true;
}

/* The array `now` is `old` with something behind it. */
static bool begins(const struct pdf_value *old, const struct pdf_value *now)
{
    size_t n = pdf_count(old);

    if ((old != NULL && !pdf_is(old, PDF_ARRAY)) || (now != NULL && !pdf_is(now, PDF_ARRAY)) ||
        pdf_count(now) < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!pdf_value_equal(pdf_at(old, i), pdf_at(now, i)))
            return false;
    }
    return true;
}

static bool limits_fit(const struct tags *t, const struct pdf_value *old,
                       const struct pdf_value *now)
{
    bool known = false;

    if (old == NULL ? now == NULL : pdf_value_equal(old, now))
        return true;
    for (size_t i = 0; i < t->count; i++)
        known = known || pdf_int(pdf_at(now, 1), -1) == t->places[i].key;
    return known && pdf_is(old, PDF_ARRAY) && pdf_is(now, PDF_ARRAY) && pdf_count(now) == 2 &&
           pdf_value_equal(pdf_at(old, 0), pdf_at(now, 0));
}

/* A leaf that is new and holds nothing but places. */
static bool leaf_fits(const struct tags *t, const struct pdf_value *ref, struct err *e)
{
    static const char *const keys[] = {"Limits", "Nums", NULL};
    struct diff *d = t->d;
    uint32_t num = pdf_ref_of(ref).num;
    const struct pdf_value *leaf = pdf_resolve(d->pdf, ref, d->to, e);
    const struct pdf_value *limits = pdf_key(leaf, "Limits"), *pairs = pdf_key(leaf, "Nums");

    if (num == 0 || !diff_is_new(d, num) || !only_keys(leaf, keys) || pdf_count(limits) != 2 ||
        !pdf_is(pdf_at(limits, 0), PDF_INT) || !pdf_is(pdf_at(limits, 1), PDF_INT) ||
        !pdf_is(pairs, PDF_ARRAY) || pdf_count(pairs) == 0 || !pairs_fit(t, pairs, 0))
        return false;
    diff_explain(d, num);
    return true;
}

/* A node of the parent tree: pairs or leaves more at its end; below it only the last kid can hold
 * larger keys. */
static bool node_fits(struct tags *t, const struct pdf_value *old_raw,
                      const struct pdf_value *now_raw, int depth, struct err *e)
{
    static const char *const but[] = {"Nums", "Kids", "Limits", NULL};
    struct diff *d = t->d;
    uint32_t num = pdf_ref_of(now_raw).num;
    const struct pdf_value *old = pdf_resolve(d->pdf, old_raw, d->from, e);
    const struct pdf_value *now = pdf_resolve(d->pdf, now_raw, d->to, e);
    const struct pdf_value *a = pdf_get(d->pdf, old, "Kids", d->from, e);
    const struct pdf_value *b = pdf_get(d->pdf, now, "Kids", d->to, e);
    const struct pdf_value *x = pdf_get(d->pdf, old, "Nums", d->from, e);
    const struct pdf_value *y = pdf_get(d->pdf, now, "Nums", d->to, e);
    size_t kids = pdf_count(a);

    if (depth > DEPTH_MAX || pdf_ref_of(old_raw).num != num || !rest_same(old, now, but) ||
        !begins(a, b) || !begins(x, y) || !pairs_fit(t, y, pdf_count(x)) ||
        !limits_fit(t, pdf_key(old, "Limits"), pdf_key(now, "Limits")))
        return false;
    for (size_t i = kids; i < pdf_count(b); i++) {
        if (!leaf_fits(t, pdf_at(b, i), e))
            return false;
    }
    if (num != 0)
        diff_explain(d, num);
    diff_explain_pair(d, pdf_key(old, "Nums"), pdf_key(now, "Nums"));
    diff_explain_pair(d, pdf_key(old, "Kids"), pdf_key(now, "Kids"));
    if (kids > 0 && pdf_count(b) == kids)
        return node_fits(t, pdf_at(a, kids - 1), pdf_at(b, kids - 1), depth + 1, e);
    return !err_is_set(e);
}

static bool root_fits(struct tags *t, const struct pdf_value *old, const struct pdf_value *now,
                      struct err *e)
{
    static const char *const but[] = {"K", "ParentTree", "ParentTreeNextKey", NULL};
    const struct pdf_value *next = pdf_key(now, "ParentTreeNextKey");
    int64_t before = pdf_int(pdf_key(old, "ParentTreeNextKey"), 0);

    if (!rest_same(old, now, but) || !kids_fit(t, old, now, t->root.num, e) ||
        (!pdf_value_equal(pdf_key(old, "ParentTreeNextKey"), next) &&
         (!pdf_is(next, PDF_INT) || pdf_int(next, -1) < before)))
        return false;
    for (size_t i = 0; i < t->count; i++) {
        if (t->places[i].key < before)
            return false; /* a key that was given away before: a page may wait for it */
    }
    if (!node_fits(t, pdf_key(old, "ParentTree"), pdf_key(now, "ParentTree"), 0, e))
        return false;
    diff_explain(t->d, t->root.num);
    return true;
}

static int tags_judge(struct tags *t, const struct pdf_value *old, const struct pdf_value *now,
                      struct err *e)
{
    struct diff *d = t->d;
    bool fits = root_fits(t, old, now, e);

    for (size_t i = 0; fits && i < t->count; i++)
        fits = owner_fits(t, t->places[i].owner, e);
    for (size_t i = 0; fits && i < t->count; i++) {
        diff_explain(d, t->places[i].elem.num);
        if (diff_add(d, GRADE_SIGN, "structure", t->places[i].sig->field, t->places[i].sig, e) != 0)
            return -1;
    }
    if (err_is_set(e))
        return -1;
    return fits ? 0 : diff_add(d, GRADE_NEVER, "structure-changed", NULL, NULL, e);
}

int diff_tags(struct diff *d, struct err *e)
{
    struct tags t = {.d = d, .most = -1};
    struct pdf_value *old = NULL, *now = NULL;
    const struct pdf_value *catalog = pdf_catalog(d->pdf, d->to, e);
    int rc = -1;

    if (catalog == NULL)
        return -1;
    t.root = pdf_ref_of(pdf_key(catalog, "StructTreeRoot"));
    if (t.root.num == 0 || diff_is_new(d, t.root.num) || widgets_find(&t, e) != 0 || t.count == 0)
        return err_is_set(e) ? -1 : 0;
    if (pdf_load(d->pdf, t.root, d->from, &old, e) != 0 ||
        pdf_load(d->pdf, t.root, d->to, &now, e) != 0 ||
        pdf_tree_walk(d->pdf, pdf_key(old, "ParentTree"), d->from, key_seen, &t, e) != 0 ||
        pdf_tree_walk(d->pdf, pdf_key(now, "ParentTree"), d->to, key_found, &t, e) != 0 ||
        places_check(&t, e) != 0)
        goto out;
    rc = t.count > 0 ? tags_judge(&t, old, now, e) : 0;
out:
    pdf_value_free(old);
    pdf_value_free(now);
    return rc;
}
