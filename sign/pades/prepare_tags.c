/* The place of a new visible field in the structure tree of a tagged document (ISO 32000-2 14.7;
 * ISO 14289-1 7.18.4): a Form element at the end of the document, the widget as its content, and a
 * key in the parent tree. As little as possible is written anew: the element that gains a child,
 * the node of the parent tree that gains a pair, and the root for its next key. verify/diff_tags.c
 * holds others and us to the same. */
#include <limits.h>
#include <string.h>

#include "base/err.h"
#include "base/jv.h"
#include "sign/pades/prepare.h"

static int key_max(void *self, const struct pdf_value *key, const struct pdf_value *value,
                   struct err *e)
{
    int64_t *most = self;

    (void)value;
    (void)e;
    if (pdf_is(key, PDF_INT) && key->u.integer > *most)
        *most = key->u.integer;
    return 0;
}

/* 1: the document is tagged and the tree can be read; 0: it is not; -1: it cannot be extended. */
static int tags_look(struct prepare *p)
{
    struct err ignored = ERR_INIT;
    struct pdf_ref at = pdf_ref_of(pdf_key(p->form.catalog, "StructTreeRoot"));
    const struct pdf_value *root, *marked, *parents;
    int64_t most = -1, next;

    marked = pdf_path(p->pdf, p->form.catalog, "MarkInfo/Marked", PDF_LATEST, &ignored);
    root = pdf_get(p->pdf, p->form.catalog, "StructTreeRoot", PDF_LATEST, &ignored);
    if (root == NULL || !pdf_bool(marked, false))
        return 0;
    parents = pdf_get(p->pdf, root, "ParentTree", PDF_LATEST, &ignored);
    next = pdf_int(pdf_get(p->pdf, root, "ParentTreeNextKey", PDF_LATEST, &ignored), 0);
    if (at.num == 0 || !pdf_is(root, PDF_DICT) || !pdf_is(parents, PDF_DICT) ||
        !pdf_is_name(pdf_key(root, "Type"), "StructTreeRoot") ||
        pdf_tree_walk(p->pdf, pdf_key(root, "ParentTree"), PDF_LATEST, key_max, &most, &ignored) !=
            0 ||
        most >= INT_MAX - 1 || next >= INT_MAX - 1)
        return -1;
    p->tag_key = most >= next ? most + 1 : next;
    p->tag_root = at;
    return 1;
}

int prepare_tags_begin(struct prepare *p, struct err *e)
{
    int tagged;

    if (!p->visible || p->chosen != NULL)
        return 0;
    /* other readers take any change of the tree after a signature for a modification */
    tagged = jv_get_bool(p->ask, "untagged") ? -1 : tags_look(p);
    if (tagged == 1 && p->form.signed_count == 0)
        p->tag_ref = pdf_update_reserve(p->update);
    else if (tagged != 0)
        prepare_note(p, "visible-untagged", NULL);
    (void)e;
    return 0;
}

/* An object that has two roles in the document cannot be written anew for both. */
static int put_once(struct prepare *p, struct pdf_ref ref, const struct pdf_value *v, struct err *e)
{
    if (pdf_update_has(p->update, ref.num))
        return err_set(e, ERR_INPUT, "err.sign-pades.tags", NULL);
    return pdf_update_put(p->update, ref, v, e);
}

/* Appends copies of the values to the list under `key` of owner, a copy of an object: an array
 * there or of its own, or one value that stands for a list. *changed: whether owner must be
 * written. */
static int grow(struct prepare *p, struct pdf_value *owner, const char *key,
                const struct pdf_value *items, bool *changed, struct err *e)
{
    struct err local = ERR_INIT;
    struct pdf_ref at = pdf_ref_of(pdf_key(owner, key));
    const struct pdf_value *old = pdf_get(p->pdf, owner, key, PDF_LATEST, &local);
    bool apart = at.num != 0 && pdf_is(old, PDF_ARRAY);
    struct pdf_value *list =
        pdf_is(old, PDF_ARRAY) ? pdf_value_copy(old, &local) : pdf_make_array();
    int rc = -1;

    if (err_is_set(&local)) {
        if (e != NULL)
            *e = local;
        goto out;
    }
    if (old != NULL && !pdf_is(old, PDF_ARRAY) &&
        pdf_add_take(list, pdf_value_copy(pdf_key(owner, key), e), e) != 0)
        goto out;
    for (size_t i = 0; i < pdf_count(items); i++) {
        if (pdf_add_take(list, pdf_value_copy(pdf_at(items, i), e), e) != 0)
            goto out;
    }
    if (apart) {
        rc = put_once(p, at, list, e);
    } else {
        rc = pdf_set_take(owner, key, list, e);
        list = NULL;
        *changed = true;
    }
out:
    pdf_value_free(list);
    return rc;
}

static int grow_take(struct prepare *p, struct pdf_value *owner, const char *key,
                     struct pdf_value *first, struct pdf_value *second, bool *changed,
                     struct err *e)
{
    struct pdf_value *items = pdf_make_array();
    int rc = pdf_add_take(items, first, e);

    if (rc == 0 && second != NULL)
        rc = pdf_add_take(items, second, e);
    else if (rc != 0)
        pdf_value_free(second);
    if (rc == 0)
        rc = grow(p, owner, key, items, changed, e);
    pdf_value_free(items);
    return rc;
}

/* The one Document element that holds all others, or the root itself. */
static struct pdf_ref parent_find(struct prepare *p, const struct pdf_value *root, struct err *e)
{
    const struct pdf_value *kids = pdf_get(p->pdf, root, "K", PDF_LATEST, e);
    struct pdf_ref only = pdf_is(kids, PDF_ARRAY) && pdf_count(kids) == 1
                              ? pdf_ref_of(pdf_at(kids, 0))
                              : pdf_ref_of(pdf_key(root, "K"));
    const struct pdf_value *elem = only.num != 0 && (pdf_is(kids, PDF_DICT) || pdf_count(kids) == 1)
                                       ? pdf_fetch(p->pdf, only, PDF_LATEST, e)
                                       : NULL;
    const struct pdf_value *type = pdf_key(elem, "Type");
    const char *role = pdf_name(pdf_get(p->pdf, elem, "S", PDF_LATEST, e));
    const struct pdf_value *roles = pdf_get(p->pdf, root, "RoleMap", PDF_LATEST, e);

    if (role != NULL && strcmp(role, "Document") != 0)
        role = pdf_name(pdf_get(p->pdf, roles, role, PDF_LATEST, e));
    if (pdf_is(elem, PDF_DICT) && role != NULL && strcmp(role, "Document") == 0 &&
        pdf_key(elem, "P") != NULL && /* without it, it is no element (Table 355) */
        (type == NULL || pdf_is_name(type, "StructElem")))
        return only;
    return p->tag_root;
}

static int put_element(struct prepare *p, struct pdf_ref parent, struct pdf_ref page,
                       struct pdf_ref widget, struct err *e)
{
    struct pdf_value *elem = pdf_make_dict(), *content = pdf_make_dict();
    int rc = -1;

    if (pdf_set_take(content, "Type", pdf_make_name("OBJR"), e) != 0 ||
        pdf_set_take(content, "Obj", pdf_make_ref(widget), e) != 0 ||
        pdf_set_take(content, "Pg", pdf_make_ref(page), e) != 0)
        goto out;
    rc = pdf_set_take(elem, "K", content, e);
    content = NULL;
    if (rc == 0 && (pdf_set_take(elem, "Type", pdf_make_name("StructElem"), e) != 0 ||
                    pdf_set_take(elem, "S", pdf_make_name("Form"), e) != 0 ||
                    pdf_set_take(elem, "P", pdf_make_ref(parent), e) != 0 ||
                    pdf_set_take(elem, "Pg", pdf_make_ref(page), e) != 0 ||
                    pdf_update_put(p->update, p->tag_ref, elem, e) != 0))
        rc = -1;
out:
    pdf_value_free(elem);
    pdf_value_free(content);
    return rc;
}

/* A leaf of its own where the tree has branches; its key is the largest. */
static int put_leaf(struct prepare *p, struct pdf_ref *out, struct err *e)
{
    struct pdf_value *leaf = pdf_make_dict(), *limits = pdf_make_array(), *pair = pdf_make_array();
    int rc = -1;

    if (pdf_add_take(limits, pdf_make_int(p->tag_key), e) != 0 ||
        pdf_add_take(limits, pdf_make_int(p->tag_key), e) != 0 ||
        pdf_add_take(pair, pdf_make_int(p->tag_key), e) != 0 ||
        pdf_add_take(pair, pdf_make_ref(p->tag_ref), e) != 0)
        goto out;
    rc = pdf_set_take(leaf, "Limits", limits, e);
    limits = NULL;
    if (rc == 0) {
        rc = pdf_set_take(leaf, "Nums", pair, e);
        pair = NULL;
    }
    if (rc == 0)
        rc = pdf_update_add(p->update, leaf, out, e);
out:
    pdf_value_free(leaf);
    pdf_value_free(limits);
    pdf_value_free(pair);
    return rc;
}

/* The pair of key and element into the parent tree, which stands in `root` or is an object of its
 * own. */
static int put_parent(struct prepare *p, struct pdf_value *root, struct err *e)
{
    struct pdf_ref at = pdf_ref_of(pdf_key(root, "ParentTree")), leaf = {0, 0};
    struct pdf_value *own = NULL, *tree = pdf_key_mutable(root, "ParentTree");
    bool changed = false;
    int rc = -1;

    if (at.num != 0 && pdf_load(p->pdf, at, PDF_LATEST, &own, e) != 0)
        return -1;
    tree = own != NULL ? own : tree;
    if (!pdf_is(tree, PDF_DICT)) { /* tags_look has seen one behind a reference to a reference */
        err_set(e, ERR_INPUT, "err.sign-pades.tags", NULL);
        goto out;
    }
    rc = pdf_key(tree, "Kids") != NULL
             ? (put_leaf(p, &leaf, e) == 0
                    ? grow_take(p, tree, "Kids", pdf_make_ref(leaf), NULL, &changed, e)
                    : -1)
             : grow_take(p, tree, "Nums", pdf_make_int(p->tag_key), pdf_make_ref(p->tag_ref),
                         &changed, e);
    if (rc == 0 && changed && own != NULL)
        rc = put_once(p, at, own, e);
out:
    pdf_value_free(own);
    return rc;
}

int prepare_tags_put(struct prepare *p, struct pdf_ref widget, struct err *e)
{
    struct err local = ERR_INIT;
    struct pdf_value *root = NULL, *owner = NULL;
    struct pdf_ref page;
    bool changed = false;
    int rc = -1;

    if (p->tag_ref.num == 0)
        return 0;
    if (pdf_page_ref(p->pdf, p->page, PDF_LATEST, &page, e) != 0 ||
        pdf_load(p->pdf, p->tag_root, PDF_LATEST, &root, e) != 0)
        return -1;
    struct pdf_ref parent = parent_find(p, root, &local);
    if (err_is_set(&local)) {
        if (e != NULL)
            *e = local;
        goto out;
    }
    if (put_element(p, parent, page, widget, e) != 0 || put_parent(p, root, e) != 0 ||
        pdf_set_take(root, "ParentTreeNextKey", pdf_make_int(p->tag_key + 1), e) != 0)
        goto out;
    if (parent.num == p->tag_root.num) {
        rc = grow_take(p, root, "K", pdf_make_ref(p->tag_ref), NULL, &changed, e);
    } else if (pdf_load(p->pdf, parent, PDF_LATEST, &owner, e) == 0) {
        rc = grow_take(p, owner, "K", pdf_make_ref(p->tag_ref), NULL, &changed, e);
        if (rc == 0 && changed)
            rc = put_once(p, parent, owner, e);
    }
    if (rc == 0)
        rc = put_once(p, p->tag_root, root, e);
out:
    pdf_value_free(root);
    pdf_value_free(owner);
    return rc;
}
