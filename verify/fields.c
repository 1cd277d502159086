/* The tree of form fields, with guards against loops and depth. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "verify/sig.h"

enum { DEPTH_MAX = 64, NAME_MAX_BYTES = 4096, KIDS_MAX = 1000000 };

struct walk {
    struct pdf *pdf;
    int revision;
    int (*fn)(void *self, const struct field *field, struct err *e);
    void *self;
    unsigned char *seen; /* one bit an object */
    uint32_t limit;
    size_t kids; /* that were looked at, in all: fields may share their lists */
};

static bool first_visit(struct walk *w, uint32_t num)
{
    if (num == 0 || num >= w->limit)
        return false;
    unsigned char bit = (unsigned char)(1u << (num % 8));
    bool first = (w->seen[num / 8] & bit) == 0;
    w->seen[num / 8] |= bit;
    return first;
}

static int field_visit(struct walk *w, struct pdf_ref ref, const char *parent, const char *type,
                       const struct pdf_value *value, int depth, struct err *e);

static int kids_visit(struct walk *w, const struct pdf_value *kids, const char *name,
                      const char *type, const struct pdf_value *value, int depth, struct err *e)
{
    for (size_t i = 0; i < pdf_count(kids); i++) {
        struct pdf_ref ref = pdf_ref_of(pdf_at(kids, i));

        if (ref.num == 0)
            return err_set(e, ERR_INPUT, "err.verify.field-tree", NULL);
        int rc = field_visit(w, ref, name, type, value, depth, e);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static bool named_kids(struct walk *w, const struct pdf_value *kids, struct err *e)
{
    for (size_t i = 0; i < pdf_count(kids); i++) {
        const struct pdf_value *kid = pdf_get_at(w->pdf, kids, i, w->revision, e);
        if (++w->kids > KIDS_MAX) {
            err_set(e, ERR_INPUT, "err.verify.field-tree", NULL);
            return false;
        }
        if (pdf_key(kid, "T") != NULL)
            return true;
    }
    return false;
}

static int field_visit(struct walk *w, struct pdf_ref ref, const char *parent, const char *type,
                       const struct pdf_value *value, int depth, struct err *e)
{
    struct buf name;
    struct field field = {0};
    int rc = -1;

    if (depth > DEPTH_MAX || !first_visit(w, ref.num))
        return err_set(e, ERR_INPUT, "err.verify.field-tree", NULL);
    buf_init(&name, NAME_MAX_BYTES);
    const struct pdf_value *dict = pdf_fetch(w->pdf, ref, w->revision, e);
    if (dict == NULL)
        goto out;
    if (!pdf_is(dict,
                PDF_DICT)) { /* a freed or odd kid: not a field; what is lost shows elsewhere */
        rc = 0;
        goto out;
    }
    const struct pdf_value *own = pdf_get(w->pdf, dict, "T", w->revision, e);
    buf_text(&name, parent);
    if (own != NULL) {
        if (name.len > 0)
            buf_char(&name, '.');
        pdf_text_utf8(own, &name);
    }
    const char *own_type = pdf_name(pdf_get(w->pdf, dict, "FT", w->revision, e));
    if (own_type != NULL)
        type = own_type;
    if (pdf_key(dict, "V") != NULL)
        value = pdf_key(dict, "V");
    const struct pdf_value *kids = pdf_get(w->pdf, dict, "Kids", w->revision, e);
    if (err_is_set(e) || buf_check(&name, e) != 0)
        goto out;
    bool named = named_kids(w, kids, e);
    if (err_is_set(e))
        goto out;
    if (!named && (own != NULL || depth == 0)) {
        field = (struct field){buf_str(&name), ref, dict, type, value, depth};
        rc = w->fn(w->self, &field, e);
        goto out;
    }
    rc = kids_visit(w, kids, buf_str(&name), type, value, depth + 1, e);
out:
    buf_free(&name);
    return rc;
}

int fields_walk(struct pdf *pdf, int revision,
                int (*fn)(void *self, const struct field *field, struct err *e), void *self,
                struct err *e)
{
    struct walk w = {.pdf = pdf,
                     .revision = revision,
                     .fn = fn,
                     .self = self,
                     .limit = pdf_object_limit(pdf, revision)};
    const struct pdf_value *catalog = pdf_catalog(pdf, revision, e);
    int rc = -1;

    if (catalog == NULL)
        return -1;
    const struct pdf_value *fields = pdf_path(pdf, catalog, "AcroForm/Fields", revision, e);
    if (err_is_set(e))
        return -1;
    w.seen = calloc(1, (size_t)w.limit / 8 + 1);
    if (w.seen == NULL)
        return err_set_memory(e);
    rc = kids_visit(&w, fields, "", NULL, NULL, 0, e);
    free(w.seen);
    return rc;
}
