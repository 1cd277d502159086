#include "pdf/file/pdf_internal.h"

#include <stdlib.h>
#include <string.h>

enum { TREE_DEPTH = 64 };

struct walk {
    struct pdf *pdf;
    int revision;
    struct pdf_seen seen;
    int64_t index; /* of the next page */
    int64_t skip;  /* pages before it are passed over by /Count; -1: none */
    int (*fn)(void *self, int64_t index, struct pdf_ref ref, const struct pdf_value *page,
              struct err *e);
    void *self;
};

static int fail_page(struct err *e)
{
    return err_set(e, ERR_INPUT, "err.pdf-file.page", NULL);
}

static int walk_node(struct walk *w, struct pdf_ref ref, int depth, struct err *e);

static int walk_kids(struct walk *w, const struct pdf_value *kids, int depth, struct err *e)
{
    for (size_t i = 0; i < pdf_count(kids); i++) {
        struct pdf_ref kid = pdf_ref_of(pdf_at(kids, i));
        if (kid.num == 0)
            return fail_page(e);
        int rc = walk_node(w, kid, depth + 1, e);
        if (rc != 0)
            return rc;
    }
    return 0;
}

/* A node with /Kids is an inner one whatever its /Type says. */
static int walk_node(struct walk *w, struct pdf_ref ref, int depth, struct err *e)
{
    struct pdf_value *node = NULL, *list = NULL;
    int rc = -1;

    if (depth > TREE_DEPTH)
        return err_set(e, ERR_INPUT, "err.pdf-file.loop", NULL);
    if (pdf_load(w->pdf, ref, w->revision, &node, e) != 0)
        return -1;
    const struct pdf_value *kids = pdf_key(node, "Kids");
    if (pdf_is(kids, PDF_REF)) {
        if (pdf_load(w->pdf, kids->u.ref, w->revision, &list, e) != 0)
            goto out;
        kids = list;
    }
    if (node->kind != PDF_DICT) {
        rc = fail_page(e);
    } else if (pdf_is(kids, PDF_ARRAY)) {
        int64_t count = pdf_int(pdf_key(node, "Count"), -1);
        /* A page may stand there twice, which is harmless; an inner node may not. */
        if (!seen_add(&w->seen, ref.num))
            rc = err_set(e, ERR_INPUT, "err.pdf-file.loop", NULL);
        else if (depth > 0 && count > 0 && w->index + count <= w->skip) {
            w->index += count;
            rc = 0;
        } else {
            rc = walk_kids(w, kids, depth, e);
        }
    } else {
        rc = w->fn(w->self, w->index, ref, node, e);
        w->index++;
    }
out:
    pdf_value_free(list);
    pdf_value_free(node);
    return rc;
}

static int walk_from(struct pdf *pdf, int revision, int64_t skip,
                     int (*fn)(void *self, int64_t index, struct pdf_ref ref,
                               const struct pdf_value *page, struct err *e),
                     void *self, struct err *e)
{
    struct walk w = {.pdf = pdf, .revision = revision, .skip = skip, .fn = fn, .self = self};
    const struct pdf_value *catalog = pdf_catalog(pdf, revision, e);
    struct pdf_ref root = pdf_ref_of(pdf_key(catalog, "Pages"));

    if (catalog == NULL)
        return -1;
    if (root.num == 0)
        return fail_page(e);
    if (seen_init(&w.seen, pdf_object_limit(pdf, revision), e) != 0)
        return -1;
    int rc = walk_node(&w, root, 0, e);
    seen_free(&w.seen);
    return rc;
}

int pdf_page_walk(struct pdf *pdf, int revision,
                  int (*fn)(void *self, int64_t index, struct pdf_ref ref,
                            const struct pdf_value *page, struct err *e),
                  void *self, struct err *e)
{
    return walk_from(pdf, revision, -1, fn, self, e);
}

static int count_page(void *self, int64_t index, struct pdf_ref ref, const struct pdf_value *page,
                      struct err *e)
{
    (void)ref;
    (void)page;
    (void)e;
    *(int64_t *)self = index + 1;
    return 0;
}

int pdf_page_count(struct pdf *pdf, int revision, int64_t *out, struct err *e)
{
    int64_t count = 0;

    if (walk_from(pdf, revision, -1, count_page, &count, e) != 0)
        return -1;
    *out = count;
    return 0;
}

struct wanted {
    int64_t index;
    struct pdf_ref ref;
};

static int match_page(void *self, int64_t index, struct pdf_ref ref, const struct pdf_value *page,
                      struct err *e)
{
    struct wanted *w = self;

    (void)page;
    (void)e;
    if (index != w->index)
        return 0;
    w->ref = ref;
    return 1;
}

/* Whole branches are passed over by their /Count; when that leads nowhere, the counts were wrong
 * and all pages are walked. */
int pdf_page_ref(struct pdf *pdf, int64_t index, int revision, struct pdf_ref *out, struct err *e)
{
    struct wanted w = {index, {0, 0}};

    if (index < 0)
        return fail_page(e);
    int rc = walk_from(pdf, revision, index, match_page, &w, e);
    if (rc == 0)
        rc = walk_from(pdf, revision, -1, match_page, &w, e);
    if (rc < 0)
        return -1;
    if (rc == 0)
        return fail_page(e);
    *out = w.ref;
    return 0;
}

int pdf_page_attribute(struct pdf *pdf, struct pdf_ref page, const char *key, int revision,
                       struct pdf_value **out, struct err *e)
{
    struct pdf_value *node = NULL;
    int rc = 0;

    *out = NULL;
    for (int depth = 0; page.num != 0; depth++) {
        if (depth > TREE_DEPTH)
            return err_set(e, ERR_INPUT, "err.pdf-file.loop", NULL);
        if (pdf_load(pdf, page, revision, &node, e) != 0)
            return -1;
        const struct pdf_value *found = pdf_key(node, key);
        struct pdf_ref ref = pdf_ref_of(found);
        if (ref.num != 0) {
            struct err local = ERR_INIT;
            found = pdf_resolve(pdf, found, revision, &local);
            if (err_is_set(&local)) {
                pdf_value_free(node);
                if (e != NULL)
                    *e = local;
                return -1;
            }
        }
        if (found != NULL) {
            *out = pdf_value_copy(found, e);
            rc = *out != NULL ? 0 : -1;
        }
        page = found != NULL ? (struct pdf_ref){0, 0} : pdf_ref_of(pdf_key(node, "Parent"));
        pdf_value_free(node);
        node = NULL;
    }
    return rc;
}
