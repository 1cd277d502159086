#include "pdf/file/pdf_internal.h"

enum { TREE_DEPTH = 64 };

struct walk {
    struct pdf *pdf;
    int revision;
    struct pdf_seen seen;
    int (*fn)(void *self, const struct pdf_value *key, const struct pdf_value *value,
              struct err *e);
    void *self;
};

/* Pairs of /Names or /Nums. Values are lent as they stand, often references. */
static int walk_leaf(struct walk *w, const struct pdf_value *pairs, struct err *e)
{
    for (size_t i = 0; i + 1 < pdf_count(pairs); i += 2) {
        const struct pdf_value *key = pdf_at(pairs, i);
        struct pdf_value *loaded = NULL;
        if (pdf_is(key, PDF_REF)) {
            if (pdf_load(w->pdf, key->u.ref, w->revision, &loaded, e) != 0)
                return -1;
            key = loaded;
        }
        int rc = pdf_is(key, PDF_STRING) || pdf_is(key, PDF_INT)
                     ? w->fn(w->self, key, pdf_at(pairs, i + 1), e)
                     : 0;
        pdf_value_free(loaded);
        if (rc != 0)
            return rc;
    }
    return 0;
}

/* An entry that may be a reference: a value that the caller owns in *owned when it was one. */
static int entry(struct walk *w, const struct pdf_value *dict, const char *key,
                 const struct pdf_value **out, struct pdf_value **owned, struct err *e)
{
    *out = pdf_key(dict, key);
    *owned = NULL;
    if (!pdf_is(*out, PDF_REF))
        return 0;
    if (pdf_load(w->pdf, (*out)->u.ref, w->revision, owned, e) != 0)
        return -1;
    *out = *owned;
    return 0;
}

static int walk_node(struct walk *w, const struct pdf_value *node, int depth, struct err *e);

static int walk_kids(struct walk *w, const struct pdf_value *kids, int depth, struct err *e)
{
    for (size_t i = 0; i < pdf_count(kids); i++) {
        const struct pdf_value *kid = pdf_at(kids, i);
        struct pdf_value *loaded = NULL;
        if (pdf_is(kid, PDF_REF)) {
            if (!seen_add(&w->seen, kid->u.ref.num))
                return err_set(e, ERR_INPUT, "err.pdf-file.loop", NULL);
            if (pdf_load(w->pdf, kid->u.ref, w->revision, &loaded, e) != 0)
                return -1;
            kid = loaded;
        }
        int rc = walk_node(w, kid, depth + 1, e);
        pdf_value_free(loaded);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static int walk_node(struct walk *w, const struct pdf_value *node, int depth, struct err *e)
{
    static const char *const leaves[] = {"Names", "Nums"};
    const struct pdf_value *list;
    struct pdf_value *owned = NULL;
    int rc = 0;

    if (depth > TREE_DEPTH)
        return err_set(e, ERR_INPUT, "err.pdf-file.loop", NULL);
    for (int i = 0; i < 2 && rc == 0; i++) {
        rc = entry(w, node, leaves[i], &list, &owned, e);
        if (rc == 0)
            rc = walk_leaf(w, list, e);
        pdf_value_free(owned);
        owned = NULL;
    }
    if (rc != 0)
        return rc;
    rc = entry(w, node, "Kids", &list, &owned, e);
    if (rc == 0)
        rc = walk_kids(w, list, depth, e);
    pdf_value_free(owned);
    return rc;
}

int pdf_tree_walk(struct pdf *pdf, const struct pdf_value *root, int revision,
                  int (*fn)(void *self, const struct pdf_value *key, const struct pdf_value *value,
                            struct err *e),
                  void *self, struct err *e)
{
    struct walk w = {.pdf = pdf, .revision = revision, .fn = fn, .self = self};
    struct pdf_value *loaded = NULL;
    int rc = 0;

    if (root == NULL)
        return 0;
    if (seen_init(&w.seen, pdf_object_limit(pdf, revision), e) != 0)
        return -1;
    if (pdf_is(root, PDF_REF)) {
        seen_add(&w.seen, root->u.ref.num);
        rc = pdf_load(pdf, root->u.ref, revision, &loaded, e);
        root = loaded;
    }
    if (rc == 0)
        rc = walk_node(&w, root, 0, e);
    pdf_value_free(loaded);
    seen_free(&w.seen);
    return rc;
}
