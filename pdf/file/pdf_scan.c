#include <stdlib.h>
#include <string.h>

#include "base/jv.h"
#include "base/search.h"
#include "pdf/file/scan_internal.h"

enum {
    ACTION_DEPTH = 8,
    ACTIONS = 64,
    ANNOTS = 5000,
    FIELDS = 256,
    FIELD_DEPTH = 32,
    FLAG_HIDDEN = 2,
    FLAG_NO_VIEW = 32
};

/* After SCAN_SAME pages with the same remark the document gets it as a whole. */
void scan_found(struct scan *s, const char *code, int64_t page)
{
    int pages = 0;

    for (size_t i = jv_count(s->findings); i > 0; i--) {
        const struct jv *one = jv_at(s->findings, i - 1);
        if (strcmp(jv_get_text(one, "code"), code) != 0)
            continue;
        int64_t there = jv_get_int(one, "page", 0);
        if (there == page || there == 0)
            return;
        pages++;
    }
    struct jv *o = jv_object();
    jv_put_text(o, "code", code);
    jv_put_int(o, "page", pages < SCAN_SAME ? page : 0);
    jv_add_take(s->findings, o);
}

const struct pdf_value *scan_get(struct scan *s, const struct pdf_value *dict, const char *key)
{
    return pdf_get(s->pdf, dict, key, PDF_LATEST, NULL);
}

static const struct pdf_value *get_at(struct scan *s, const struct pdf_value *array, size_t i)
{
    return pdf_get_at(s->pdf, array, i, PDF_LATEST, NULL);
}

struct box scan_box(const struct pdf_value *rect)
{
    double a = pdf_number(pdf_at(rect, 0), 0), b = pdf_number(pdf_at(rect, 1), 0);
    double c = pdf_number(pdf_at(rect, 2), 0), d = pdf_number(pdf_at(rect, 3), 0);

    return (struct box){a < c ? a : c, b < d ? b : d, a < c ? c : a, b < d ? d : b};
}

bool scan_holds(const struct box *b, double x, double y)
{
    return x >= b->x0 && x <= b->x1 && y >= b->y0 && y <= b->y1;
}

/* An action and those that follow it (12.6.2). */
static void look_at_action(struct scan *s, const struct pdf_value *action, int64_t page, int depth)
{
    static const struct {
        const char *type, *code;
    } known[] = {
        {"JavaScript", "javascript"}, {"Launch", "launch"},    {"SubmitForm", "submit"},
        {"ImportData", "submit"},     {"Rendition", "media"},  {"Movie", "media"},
        {"Sound", "media"},           {"GoTo3DView", "media"}, {"RichMediaExecute", "media"},
        {"SetOCGState", "layers"}};

    if (!pdf_is(action, PDF_DICT) || depth > ACTION_DEPTH)
        return;
    const struct pdf_value *type = scan_get(s, action, "S");
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (pdf_is_name(type, known[i].type))
            scan_found(s, known[i].code, page);
    }
    const struct pdf_value *next = scan_get(s, action, "Next");
    if (pdf_is(next, PDF_DICT))
        look_at_action(s, next, page, depth + 1);
    for (size_t i = 0; pdf_is(next, PDF_ARRAY) && i < pdf_count(next) && i < ACTIONS; i++)
        look_at_action(s, get_at(s, next, i), page, depth + 1);
}

/* /A and each of /AA of an annotation, field, page or catalog. */
static void look_at_actions(struct scan *s, const struct pdf_value *owner, int64_t page)
{
    const struct pdf_value *more = scan_get(s, owner, "AA");

    look_at_action(s, scan_get(s, owner, "A"), page, 0);
    look_at_action(s, scan_get(s, owner, "PA"), page, 0);
    for (size_t i = 0; i < pdf_entry_count(more) && i < ACTIONS; i++)
        look_at_action(s, scan_get(s, more, pdf_entry_at(more, i)->key), page, 0);
}

struct fields {
    struct box boxes[FIELDS];
    size_t count;
};

static void look_at_annotation(struct scan *s, const struct pdf_value *one, struct fields *fields,
                               int64_t page)
{
    static const char *const media[] = {"Screen", "Movie", "Sound", "3D", "RichMedia"};
    const struct pdf_value *subtype = scan_get(s, one, "Subtype"), *type = scan_get(s, one, "FT");
    int64_t flags = pdf_int(scan_get(s, one, "F"), 0);
    struct box box = scan_box(scan_get(s, one, "Rect"));
    bool drawn = box.x1 > box.x0 && box.y1 > box.y0;

    look_at_actions(s, one, page);
    for (size_t i = 0; i < sizeof media / sizeof media[0]; i++) {
        if (pdf_is_name(subtype, media[i]))
            scan_found(s, "media", page);
    }
    /* An invisible signature has no place on the page: it hides nothing. */
    if ((flags & (FLAG_HIDDEN | FLAG_NO_VIEW)) != 0 && drawn && !pdf_is_name(subtype, "Popup"))
        scan_found(s, "hidden-annotation", page);
    if (type == NULL)
        type = scan_get(s, scan_get(s, one, "Parent"), "FT");
    if (pdf_is_name(subtype, "Widget") && drawn && (flags & FLAG_HIDDEN) == 0 &&
        (pdf_is_name(type, "Tx") || pdf_is_name(type, "Ch") || pdf_is_name(type, "Sig")) &&
        fields->count < FIELDS)
        fields->boxes[fields->count++] = box;
}

static bool is_external(struct scan *s, const struct pdf_value *stream)
{
    return pdf_is(stream, PDF_STREAM) &&
           (pdf_key(stream, "FFilter") != NULL || pdf_is(scan_get(s, stream, "F"), PDF_STRING) ||
            pdf_is_name(scan_get(s, scan_get(s, stream, "F"), "Type"), "Filespec") ||
            pdf_key(scan_get(s, stream, "Ref"), "F") != NULL);
}

static void look_at_streams(struct scan *s, const struct pdf_value *page,
                            const struct pdf_value *resources, int64_t number)
{
    const struct pdf_value *contents = scan_get(s, page, "Contents");
    const struct pdf_value *objects = scan_get(s, resources, "XObject");

    if (is_external(s, contents))
        scan_found(s, "external-stream", number);
    for (size_t i = 0; pdf_is(contents, PDF_ARRAY) && i < pdf_count(contents) && i < 1000; i++) {
        if (is_external(s, get_at(s, contents, i)))
            scan_found(s, "external-stream", number);
    }
    for (size_t i = 0; i < pdf_entry_count(objects) && i < 1000; i++) {
        if (is_external(s, scan_get(s, objects, pdf_entry_at(objects, i)->key)))
            scan_found(s, "external-stream", number);
    }
}

static struct box visible_box(struct scan *s, struct pdf_ref ref)
{
    struct box box = {0, 0, 612, 792}, crop;
    struct pdf_value *v = NULL;

    if (pdf_page_attribute(s->pdf, ref, "MediaBox", PDF_LATEST, &v, NULL) == 0 && pdf_count(v) == 4)
        box = scan_box(v);
    pdf_value_free(v);
    v = NULL;
    if (pdf_page_attribute(s->pdf, ref, "CropBox", PDF_LATEST, &v, NULL) == 0 &&
        pdf_count(v) == 4) {
        crop = scan_box(v);
        box.x0 = crop.x0 > box.x0 ? crop.x0 : box.x0;
        box.y0 = crop.y0 > box.y0 ? crop.y0 : box.y0;
        box.x1 = crop.x1 < box.x1 ? crop.x1 : box.x1;
        box.y1 = crop.y1 < box.y1 ? crop.y1 : box.y1;
    }
    pdf_value_free(v);
    return box;
}

static int look_at_page(void *self, int64_t index, struct pdf_ref ref, const struct pdf_value *page,
                        struct err *e)
{
    struct scan *s = self;
    struct fields fields = {.count = 0};
    const struct pdf_value *annots = scan_get(s, page, "Annots");
    struct pdf_value *resources = NULL;
    struct box visible = visible_box(s, ref);

    look_at_actions(s, page, index + 1);
    for (size_t i = 0; i < pdf_count(annots) && i < ANNOTS; i++)
        look_at_annotation(s, get_at(s, annots, i), &fields, index + 1);
    pdf_page_attribute(s->pdf, ref, "Resources", PDF_LATEST, &resources, NULL);
    look_at_streams(s, page, resources, index + 1);
    int rc = scan_content(s, page, resources, &visible, fields.boxes, fields.count, index + 1, e);
    pdf_value_free(resources);
    pdf_drop_cache(s->pdf);
    if (rc == 0 && index + 1 >= SCAN_PAGES) {
        scan_found(s, "not-looked-at", 0);
        return 1;
    }
    return rc;
}

static void look_at_layers(struct scan *s, const struct pdf_value *catalog)
{
    const struct pdf_value *layers = scan_get(s, catalog, "OCProperties");
    const struct pdf_value *how = scan_get(s, layers, "D");

    if (pdf_count(scan_get(s, how, "OFF")) > 0 || pdf_is_name(scan_get(s, how, "BaseState"), "OFF"))
        scan_found(s, "hidden-layer", 0);
    else if (pdf_count(scan_get(s, layers, "OCGs")) > 0)
        scan_found(s, "layers", 0);
}

/* Actions of fields that have no annotation of their own. */
static void look_at_fields(struct scan *s, const struct pdf_value *list, struct pdf_seen *seen,
                           int depth)
{
    for (size_t i = 0; depth < FIELD_DEPTH && i < pdf_count(list) && i < ANNOTS; i++) {
        struct pdf_ref ref = pdf_ref_of(pdf_at(list, i));
        if (ref.num == 0 || !seen_add(seen, ref.num))
            continue;
        const struct pdf_value *field = get_at(s, list, i);
        look_at_actions(s, field, 0);
        look_at_fields(s, scan_get(s, field, "Kids"), seen, depth + 1);
    }
}

static int look_at_catalog(struct scan *s, const struct pdf_value *catalog, struct err *e)
{
    struct pdf_seen seen;

    look_at_action(s, scan_get(s, catalog, "OpenAction"), 0, 0);
    look_at_actions(s, catalog, 0);
    if (scan_get(s, scan_get(s, catalog, "Names"), "JavaScript") != NULL)
        scan_found(s, "javascript", 0);
    look_at_layers(s, catalog);
    if (seen_init(&seen, pdf_object_limit(s->pdf, PDF_LATEST), e) != 0)
        return -1;
    look_at_fields(s, scan_get(s, scan_get(s, catalog, "AcroForm"), "Fields"), &seen, 0);
    seen_free(&seen);
    return 0;
}

int pdf_scan(struct pdf *pdf, struct jv *findings, struct err *e)
{
    struct scan s = {.pdf = pdf, .findings = findings};
    const struct pdf_value *catalog = pdf_catalog(pdf, PDF_LATEST, e);

    if (catalog == NULL || look_at_catalog(&s, catalog, e) != 0)
        return -1;
    pdf_drop_cache(pdf);
    if (pdf_page_walk(pdf, PDF_LATEST, look_at_page, &s, e) < 0)
        return -1;
    return scan_unused(&s, e);
}

/* ---- what lies under some annotations ---- */
struct under {
    struct scan scan;
    const uint32_t *widgets;
    size_t count;
    int64_t page; /* the first on which text lies under one; 0 */
};

static bool is_among(const struct under *u, uint32_t num)
{
    return num != 0 && search_has(u->widgets, u->count, num);
}

static int look_under(void *self, int64_t index, struct pdf_ref ref, const struct pdf_value *page,
                      struct err *e)
{
    struct under *u = self;
    struct fields fields = {.count = 0};
    const struct pdf_value *annots = scan_get(&u->scan, page, "Annots");
    struct pdf_value *resources = NULL;

    for (size_t i = 0; i < pdf_count(annots) && i < ANNOTS && fields.count < FIELDS; i++) {
        if (is_among(u, pdf_ref_of(pdf_at(annots, i)).num))
            fields.boxes[fields.count++] =
                scan_box(scan_get(&u->scan, get_at(&u->scan, annots, i), "Rect"));
    }
    if (fields.count == 0)
        return 0;
    struct box visible = visible_box(&u->scan, ref);
    pdf_page_attribute(u->scan.pdf, ref, "Resources", PDF_LATEST, &resources, NULL);
    int rc =
        scan_content(&u->scan, page, resources, &visible, fields.boxes, fields.count, index + 1, e);
    pdf_value_free(resources);
    for (size_t i = 0; rc == 0 && i < jv_count(u->scan.findings); i++) {
        if (strcmp(jv_get_text(jv_at(u->scan.findings, i), "code"), "field-over-text") == 0) {
            u->page = index + 1;
            rc = 1;
        }
    }
    return rc;
}

int pdf_scan_under(struct pdf *pdf, const uint32_t *widgets, size_t count, int64_t *page,
                   struct err *e)
{
    struct under u = {{.pdf = pdf, .findings = jv_array()}, widgets, count, 0};
    int rc = pdf_page_walk(pdf, PDF_LATEST, look_under, &u, e);

    jv_free(u.scan.findings);
    pdf_drop_cache(pdf);
    *page = u.page;
    return rc < 0 ? -1 : 0;
}
