/* What the signer is told about the document before the PIN: title, pages, and what cannot be seen
 * on the pages. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/jv.h"
#include "base/utf8.h"
#include "sign/pades/prepare.h"

enum { PAGES_LOOKED_AT = 2000, FINDINGS_MAX = 64, TEXT_MAX = 512 };

static void put_info(struct pdf *pdf, const char *key, const char *as, struct jv *reply,
                     struct err *e)
{
    const struct pdf_value *v = pdf_path(pdf, pdf_trailer(pdf, PDF_LATEST), key, PDF_LATEST, e);
    char *text = v != NULL ? pdf_text_dup(v, e) : NULL;

    if (text != NULL && strlen(text) > TEXT_MAX)
        text[utf8_whole_length(text, TEXT_MAX)] = '\0';
    jv_put_text(reply, as, text);
    free(text);
}

int prepare_facts(struct prepare *p, struct jv *reply, struct err *e)
{
    struct err local = ERR_INIT;
    int64_t pages = 0;

    put_info(p->pdf, "Info/Title", "title", reply, &local);
    put_info(p->pdf, "Info/Subject", "result", reply, &local);
    err_clear(&local); /* a damaged title is no reason to refuse */
    if (pdf_page_count(p->pdf, PDF_LATEST, &pages, e) != 0)
        return -1;
    jv_put_int(reply, "pages", pages);
    return 0;
}

struct scan {
    struct pdf *pdf;
    struct jv *findings;
    struct err err; /* of one look-up; a damaged part is passed over: signing does not draw it */
};

static void found(struct scan *s, const char *code, int64_t page)
{
    if (jv_count(s->findings) >= FINDINGS_MAX)
        return;
    for (size_t i = 0; i < jv_count(s->findings); i++) { /* one of a kind a page */
        const struct jv *one = jv_at(s->findings, i);
        if (strcmp(jv_get_text(one, "code"), code) == 0 && jv_get_int(one, "page", 0) == page)
            return;
    }
    struct jv *o = jv_object();
    jv_put_text(o, "code", code);
    jv_put_int(o, "page", page);
    jv_add_take(s->findings, o);
}

static const struct pdf_value *get(struct scan *s, const struct pdf_value *dict, const char *key)
{
    const struct pdf_value *v = pdf_get(s->pdf, dict, key, PDF_LATEST, &s->err);

    err_clear(&s->err);
    return v;
}

/* An action and those that follow it (12.6.2). */
static void look_at_action(struct scan *s, const struct pdf_value *action, int64_t page, int depth)
{
    if (!pdf_is(action, PDF_DICT) || depth > 8)
        return;
    const struct pdf_value *type = get(s, action, "S");
    if (pdf_is_name(type, "JavaScript"))
        found(s, "javascript", page);
    else if (pdf_is_name(type, "Launch"))
        found(s, "launch", page);
    else if (pdf_is_name(type, "SubmitForm") || pdf_is_name(type, "ImportData"))
        found(s, "submit", page);
    const struct pdf_value *next = get(s, action, "Next");
    if (pdf_is(next, PDF_DICT))
        look_at_action(s, next, page, depth + 1);
    for (size_t i = 0; pdf_is(next, PDF_ARRAY) && i < pdf_count(next) && i < 64; i++) {
        look_at_action(s, pdf_get_at(s->pdf, next, i, PDF_LATEST, &s->err), page, depth + 1);
        err_clear(&s->err);
    }
}

static void look_at_actions(struct scan *s, const struct pdf_value *owner, int64_t page)
{
    const struct pdf_value *more = get(s, owner, "AA");

    look_at_action(s, get(s, owner, "A"), page, 0);
    for (size_t i = 0; i < pdf_count(more); i++)
        look_at_action(s, get(s, more, pdf_entry_at(more, i)->key), page, 0);
}

static int look_at_page(void *self, int64_t index, struct pdf_ref ref, const struct pdf_value *page,
                        struct err *e)
{
    struct scan *s = self;
    const struct pdf_value *annots = get(s, page, "Annots"), *contents;

    (void)ref;
    (void)e;
    look_at_actions(s, page, index + 1);
    for (size_t i = 0; i < pdf_count(annots) && i < 5000; i++) {
        const struct pdf_value *one = pdf_get_at(s->pdf, annots, i, PDF_LATEST, &s->err);
        err_clear(&s->err);
        look_at_actions(s, one, index + 1);
        if ((pdf_int(get(s, one, "F"), 0) & 2) != 0)
            found(s, "hidden-annotation", index + 1);
    }
    contents = get(s, page, "Contents");
    if (pdf_is(contents, PDF_STREAM) && pdf_key(contents, "F") != NULL)
        found(s, "external-stream", index + 1);
    pdf_drop_cache(s->pdf);
    return index + 1 >= PAGES_LOOKED_AT ? 1 : 0;
}

static void look_at_layers(struct scan *s, const struct pdf_value *catalog)
{
    const struct pdf_value *layers = get(s, catalog, "OCProperties"), *how = get(s, layers, "D");

    if (pdf_count(get(s, how, "OFF")) > 0 || pdf_is_name(get(s, how, "BaseState"), "OFF"))
        found(s, "hidden-layer", 0);
    else if (pdf_count(get(s, layers, "OCGs")) > 0)
        found(s, "layers", 0);
}

int prepare_scan(struct pdf *pdf, struct jv *findings, struct err *e)
{
    struct scan s = {pdf, findings, ERR_INIT};
    const struct pdf_value *catalog = pdf_catalog(pdf, PDF_LATEST, e);

    if (catalog == NULL)
        return -1;
    look_at_action(&s, get(&s, catalog, "OpenAction"), 0, 0);
    look_at_actions(&s, catalog, 0);
    if (get(&s, get(&s, catalog, "Names"), "JavaScript") != NULL)
        found(&s, "javascript", 0);
    look_at_layers(&s, catalog);
    return pdf_page_walk(pdf, PDF_LATEST, look_at_page, &s, e) < 0 ? -1 : 0;
}
