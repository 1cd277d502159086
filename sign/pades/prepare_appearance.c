/* The appearance of a visible signature, drawn by pdf/draw and put into the update: encrypted where
 * the file is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/date.h"
#include "base/err.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/text.h"
#include "pdf/draw/draw.h"
#include "sign/pades/prepare.h"

enum { LINES_MAX = 16, WIDTH_MIN = 24, HEIGHT_MIN = 10 };

/* 12.5.5: the appearance turned by its /Matrix is fitted to the rectangle, so that it stands
 * upright on a turned page. */
static int turn(struct pdf_value *form, int64_t rotate, struct err *e)
{
    static const signed char turns[3][4] = {{0, 1, -1, 0}, {-1, 0, 0, -1}, {0, -1, 1, 0}};
    struct pdf_value *matrix;

    if (rotate != 90 && rotate != 180 && rotate != 270)
        return 0;
    matrix = pdf_make_array();
    for (size_t i = 0; i < 6; i++) {
        if (pdf_add_take(matrix, pdf_make_int(i < 4 ? turns[rotate / 90 - 1][i] : 0), e) != 0) {
            pdf_value_free(matrix);
            return -1;
        }
    }
    return pdf_set_take(form, "Matrix", matrix, e);
}

static int put_object(struct prepare *p, const struct draw_object *o, struct pdf_ref ref, bool form,
                      struct err *e)
{
    struct pdf_value *dict = pdf_make_parsed(o->dict->data, o->dict->len, e);
    int rc = dict == NULL || (form && turn(dict, p->rotate, e) != 0) ? -1 : 0;

    if (rc == 0)
        rc = o->stream != NULL ? pdf_update_put_stream(p->update, ref, dict, o->stream->data,
                                                       o->stream->len, false, e)
                               : pdf_update_put(p->update, ref, dict, e);
    pdf_value_free(dict);
    return rc;
}

static int put_objects(struct prepare *p, const struct draw_objects *objects, struct pdf_ref first,
                       struct err *e)
{
    for (size_t i = 0; i < objects->count; i++) {
        struct pdf_ref ref = i == 0 ? first : pdf_update_reserve(p->update);
        if (ref.num != objects->items[i].number)
            return err_set_bug(e, "prepare_appearance: numbers");
        if (put_object(p, &objects->items[i], ref, i == 0, e) != 0)
            return -1;
    }
    return 0;
}

/* The part of PDF/A that the document says it is, as a digit; '\0' for none. */
static char archive_part(struct prepare *p)
{
    struct buf xmp = BUF_INIT(1 << 20);
    const struct pdf_value *v = pdf_get(p->pdf, p->form.catalog, "Metadata", PDF_LATEST, NULL);
    const char *at = NULL;
    char part = '\0';

    if (pdf_is(v, PDF_STREAM) &&
        pdf_stream_data(p->pdf, v, PDF_LATEST, PDF_DECODE_ALL, xmp.max, &xmp, NULL) == 0)
        at = strstr(buf_str(&xmp), "pdfaid:part");
    if (at != NULL)
        part = at[strcspn(at, "0123456789")];
    buf_free(&xmp);
    return part;
}

/* PDF/A-1 knows no transparency, and the later parts know it on pages of documents that have an
 * output intent (ISO 19005-1 6.4, 19005-2 6.2.10). */
static void archive_rules(struct prepare *p, struct draw_appearance *spec)
{
    char part = archive_part(p);

    spec->cid_sets = part == '1';
    spec->flat =
        part == '1' || (part != '\0' && pdf_count(pdf_get(p->pdf, p->form.catalog, "OutputIntents",
                                                          PDF_LATEST, NULL)) == 0);
}

static bool has_appearance(struct prepare *p)
{
    struct pdf_value *widget = NULL;
    bool has = p->chosen != NULL && pdf_key(p->chosen->dict, "AP") != NULL;

    if (!has && p->chosen != NULL && p->chosen->widget.num != 0 &&
        pdf_load(p->pdf, p->chosen->widget, PDF_LATEST, &widget, NULL) == 0)
        has = pdf_key(widget, "AP") != NULL;
    pdf_value_free(widget);
    return has;
}

/* A field of PDF/A-1 has an appearance although nothing of it is seen, one of the later parts when
 * it takes up room (ISO 19005-1 6.9, 19005-2 6.3.3): an empty one. */
static int put_blank(struct prepare *p, struct err *e)
{
    char part = archive_part(p);
    struct pdf_value *form;
    int rc = -1;

    if (part == '\0' || (part != '1' && p->box[0] == p->box[2] && p->box[1] == p->box[3]) ||
        has_appearance(p))
        return 0;
    form = pdf_make_dict();
    p->blank_ref = pdf_update_reserve(p->update);
    if (pdf_set_take(form, "Type", pdf_make_name("XObject"), e) == 0 &&
        pdf_set_take(form, "Subtype", pdf_make_name("Form"), e) == 0 &&
        pdf_set_take(form, "BBox", pdf_make_rect(0, 0, 0, 0), e) == 0 &&
        pdf_set_take(form, "Resources", pdf_make_dict(), e) == 0)
        rc = pdf_update_put_stream(p->update, p->blank_ref, form, "", 0, false, e);
    pdf_value_free(form);
    return rc;
}

/* What the QR code holds: docs/signing.md. The letters are those of its compact alphabet, but for
 * the name. */
static int code_text(const struct prepare *p, struct buf *out, struct err *e)
{
    const char *input = jv_get_text(p->ask, "input_sha256");
    const char *cert = jv_get_text(p->ask, "cert_sha256");
    char when[DATE_TEXT_MAX];
    size_t from;

    if (input == NULL || cert == NULL)
        return err_set_bug(e, "prepare_appearance: code");
    date_instant_iso(jv_get_int(p->ask, "time", 0), when);
    buf_format(out, "PARAPHE:1 SHA256:%s DATE:%s CERT:%s FIELD:", input, when, cert);
    from = out->len;
    for (size_t i = 0; !out->failed && i < from; i++)
        out->data[i] =
            (unsigned char)(out->data[i] >= 'a' && out->data[i] <= 'f' ? out->data[i] - 'a' + 'A'
                                                                       : out->data[i]);
    for (const char *c = p->chosen_name; *c != '\0'; c++) { /* readers guess what bytes mean */
        if (*c > ' ' && *c < 0x7f && *c != '%')
            buf_char(out, *c);
        else
            buf_format(out, "%%%02X", (unsigned char)*c);
    }
    return buf_check(out, e);
}

static int make(struct prepare *p, struct draw_appearance *spec, struct err *e)
{
    struct buf code = BUF_INIT(1 << 16);
    struct draw_objects objects = {NULL, 0};
    struct pdf_ref first;
    int rc = -1;

    if (jv_get_bool(p->ask, "code")) {
        if (code_text(p, &code, e) != 0)
            goto out;
        spec->code = buf_str(&code);
        spec->code_alt = jv_get_text(p->ask, "code_alt");
    }
    if (p->image != NULL) {
        spec->image = p->image->data;
        spec->image_len = p->image->len;
        spec->image_alt = jv_get_text(p->ask, "image_alt");
    }
    archive_rules(p, spec);
    first = pdf_update_reserve(p->update);
    if (draw_appearance_make(spec, first.num, &objects, e) == 0 && objects.count > 0 &&
        put_objects(p, &objects, first, e) == 0) {
        p->appearance_ref = first;
        rc = 0;
    }
out:
    draw_objects_free(&objects);
    buf_free(&code);
    return rc;
}

int prepare_appearance(struct prepare *p, struct err *e)
{
    const struct jv *lines = jv_get(p->ask, "lines");
    const char *texts[LINES_MAX];
    struct draw_appearance spec = {.lines = texts};

    spec.width = p->box[2] > p->box[0] ? p->box[2] - p->box[0] : p->box[0] - p->box[2];
    spec.height = p->box[3] > p->box[1] ? p->box[3] - p->box[1] : p->box[1] - p->box[3];
    if (p->timestamp)
        return put_blank(p, e);
    spec.width *= p->unit; /* fitted to the rectangle (12.5.5) */
    spec.height *= p->unit;
    if (jv_count(lines) == 0 ||
        (!p->visible && (spec.width < WIDTH_MIN || spec.height < HEIGHT_MIN))) {
        /* a field too small for words is signed all the same */
        if (jv_get_bool(p->ask, "code") || p->image != NULL)
            prepare_note(p, "not-shown", NULL);
        return put_blank(p, e);
    }
    if (p->rotate == 90 || p->rotate == 270) {
        double width = spec.width;
        spec.width = spec.height;
        spec.height = width;
    }
    for (size_t i = 0; i < jv_count(lines) && spec.nlines < LINES_MAX; i++) {
        texts[spec.nlines] = jv_str(jv_at(lines, i));
        if (texts[spec.nlines] != NULL)
            spec.nlines++;
    }
    return make(p, &spec, e);
}
