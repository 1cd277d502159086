/* Associated files (ISO 32000-2, 14.13; ISO 19005-3, 6.8), bookmarks, links and reserved signature
 * fields. */
#include <string.h>

#include "base/ceilings.h"
#include "base/date.h"
#include "pdf/draw/draw_int.h"

void draw_attach(struct draw *d, const struct draw_file *file)
{
    if (draw_stopped(d))
        return;
    if (d->nfiles == FILES_MAX) {
        draw_fail_bug(d, "draw_attach: too many files");
        return;
    }
    d->files[d->nfiles++] = (struct file_kept){.what = *file, .draw = d};
}

static void file_write(struct draw *d, struct file_kept *file)
{
    const struct draw_file *what = &file->what;
    struct raw *stream = raw_new(d, true), *spec = raw_new(d, false);
    char when[DATE_TEXT_MAX];

    if (stream == NULL || spec == NULL)
        return;
    date_instant_pdf(what->modified, when);
    buf_text(&stream->part.dict, "/Type/EmbeddedFile/Subtype");
    put_name(&stream->part.dict, what->mime);
    buf_format(&stream->part.dict, "/Params<</Size %zu/ModDate(%s)>>", what->n, when);
    source_open(d, file, stream);
    struct buf *b = &spec->part.dict;
    buf_text(b, "/Type/Filespec/F");
    put_string(b, what->name);
    buf_text(b, "/UF");
    put_string(b, what->name);
    buf_text(b, "/Desc");
    put_string(b, what->description);
    buf_text(b, "/AFRelationship");
    put_name(b, what->relationship);
    buf_format(b, "/EF<</F %u 0 R/UF %u 0 R>>", stream->number, stream->number);
    file->number = spec->number;
}

static bool plain(const char *s)
{
    while (*s >= 0x20 && *s <= 0x7e)
        s++;
    return *s == '\0';
}

/* The name tree must be in the order of the strings' bytes as written: ASCII, then UTF-16BE with
 * its mark (0xFE). */
static bool name_after(const char *a, const char *b)
{
    return plain(a) != plain(b) ? plain(b) : strcmp(a, b) > 0;
}

static void names_write(struct draw *d)
{
    struct raw *names = raw_new(d, false);
    struct file_kept *order[FILES_MAX];

    if (names == NULL)
        return;
    for (size_t i = 0; i < d->nfiles; i++) {
        size_t at = i;
        for (; at > 0 && name_after(order[at - 1]->what.name, d->files[i].what.name); at--)
            order[at] = order[at - 1];
        order[at] = &d->files[i];
    }
    struct buf *b = &names->part.dict;
    buf_text(b, "/EmbeddedFiles<</Names[");
    for (size_t i = 0; i < d->nfiles; i++) {
        put_string(b, order[i]->what.name);
        buf_format(b, " %u 0 R ", order[i]->number);
    }
    buf_text(b, "]>>");
    HPDF_Dict_Add(d->doc->catalog, "Names", names->dict);
}

void files_finish(struct draw *d)
{
    if (d->nfiles == 0)
        return;
    for (size_t i = 0; i < d->nfiles && !draw_stopped(d); i++)
        file_write(d, &d->files[i]);
    if (draw_stopped(d))
        return;
    names_write(d);
    HPDF_Array af = HPDF_Array_New(d->doc->mmgr);
    for (size_t i = 0; i < d->nfiles && !draw_stopped(d); i++)
        HPDF_Array_Add(af, raw_of(d, d->files[i].number)->dict);
    if (af != NULL)
        HPDF_Dict_Add(d->doc->catalog, "AF", af);
}

void draw_bookmark(struct draw *d, int level, const char *title, double y)
{
    if (draw_stopped(d) || d->page == NULL)
        return;
    if (level < 1 || level > OUTLINE_LEVELS || (level > 1 && d->outline[level - 1] == NULL)) {
        draw_fail_bug(d, "draw_bookmark: level without its parent");
        return;
    }
    HPDF_Outline o =
        HPDF_CreateOutline(d->doc, level > 1 ? d->outline[level - 1] : NULL, "-", NULL);
    /* libharu's own destinations cannot keep the zoom */
    HPDF_Array to = o != NULL ? HPDF_Array_New(d->doc->mmgr) : NULL;
    if (to == NULL)
        return;
    dict_string(d, o, "Title", title);
    HPDF_Array_Add(to, d->page->page);
    HPDF_Array_AddName(to, "XYZ");
    HPDF_Array_AddNumber(to, 0);
    HPDF_Array_AddReal(to, (HPDF_REAL)y);
    HPDF_Array_AddNumber(to, 0);
    HPDF_Dict_Add(o, "Dest", to); /* takes it, also when it fails */
    if (draw_stopped(d))
        return;
    HPDF_Outline_SetOpened(o, level < 2 ? HPDF_TRUE : HPDF_FALSE);
    d->outline[level] = o;
    for (int i = level + 1; i <= OUTLINE_LEVELS; i++)
        d->outline[i] = NULL;
}

void annot_add(struct draw *d, uint32_t number)
{
    struct page *p = d->page;

    if (draw_stopped(d))
        return;
    if (p->annots == NULL) {
        HPDF_Array annots = HPDF_Array_New(d->doc->mmgr);
        if (annots != NULL)
            HPDF_Dict_Add(p->page, "Annots", annots);
        if (draw_stopped(d))
            return;
        p->annots = annots;
    }
    HPDF_Array_Add(p->annots, raw_of(d, number)->dict);
}

static void put_box(struct buf *b, double x, double y, double w, double h)
{
    double v[4] = {x, y, x + w, y + h};

    buf_char(b, '[');
    for (size_t i = 0; i < 4; i++) {
        if (i > 0)
            buf_char(b, ' ');
        put_real(b, v[i]);
    }
    buf_char(b, ']');
}

void draw_link(struct draw *d, struct draw_elem *elem, const char *alt, double x, double y,
               double w, double h, size_t page, double top)
{
    struct raw *annot = d->page == NULL || elem == NULL ? NULL : raw_new(d, false);

    if (annot == NULL)
        return;
    if (page >= d->npages) {
        draw_fail_bug(d, "draw_link: no such page");
        return;
    }
    struct buf *b = &annot->part.dict;
    buf_text(b, "/Type/Annot/Subtype/Link/F 4/Border[0 0 0]/Rect");
    put_box(b, x, y, w, h);
    buf_text(b, "/Contents");
    put_string(b, alt);
    buf_format(b, "/StructParent %zu/Dest[%u 0 R/XYZ 0 ", annot_key(d, elem),
               d->pages[page].number);
    put_real(b, top);
    buf_text(b, " 0]");
    elem_kid(elem, KID_OBJECT, annot->number, d->page->number);
    annot_add(d, annot->number);
}

void draw_signature_field(struct draw *d, struct draw_elem *parent, const char *name,
                          const char *tip, double x, double y, double w, double h)
{
    struct draw_elem *form = d->page == NULL ? NULL : draw_elem_add(d, parent, "Form");
    struct raw *look = form == NULL ? NULL : raw_new(d, true);
    struct raw *field = look == NULL ? NULL : raw_new(d, false);

    if (field == NULL)
        return;
    if (d->nfields == FIELDS_MAX) {
        draw_fail_bug(d, "draw_signature_field: too many fields");
        return;
    }
    buf_text(&look->part.dict, "/Type/XObject/Subtype/Form/Resources<<>>/BBox");
    put_box(&look->part.dict, 0, 0, w, h);
    raw_close(d, look);
    struct buf *b = &field->part.dict;
    buf_text(b, "/Type/Annot/Subtype/Widget/FT/Sig/F 132/T");
    put_string(b, name);
    buf_text(b, "/TU");
    put_string(b, tip);
    buf_text(b, "/Rect");
    put_box(b, x, y, w, h);
    buf_format(b, "/P %u 0 R/StructParent %zu/AP<</N %u 0 R>>", d->page->number, annot_key(d, form),
               look->number);
    draw_elem_alt(d, form, tip);
    elem_kid(form, KID_OBJECT, field->number, d->page->number);
    annot_add(d, field->number);
    d->fields[d->nfields++] = field->number;
}

/* /SigFlags 3 from the start (fields exist, only append): signing then need not touch the form
 * dictionary. */
void fields_finish(struct draw *d)
{
    struct raw *form = d->nfields == 0 ? NULL : raw_new(d, false);

    if (form == NULL)
        return;
    buf_text(&form->part.dict, "/SigFlags 3/Fields[");
    for (size_t i = 0; i < d->nfields; i++)
        buf_format(&form->part.dict, "%s%u 0 R", i == 0 ? "" : " ", d->fields[i]);
    buf_char(&form->part.dict, ']');
    HPDF_Dict_Add(d->doc->catalog, "AcroForm", form->dict);
}
