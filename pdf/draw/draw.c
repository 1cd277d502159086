/* The document: made, paged, finished. */
#include "pdf/draw/draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "pdf/draw/draw_int.h"

static const char *const face_names[DRAW_FACES] = {"LiberationSans-Regular", "LiberationSans-Bold",
                                                   "LiberationSans-Italic"};

enum { UNPACKED_MAX = 2 << 20 };

/* libharu calls this on each error; the first one is kept. */
static void on_error(HPDF_STATUS error, HPDF_STATUS detail, void *self)
{
    struct draw *d = self;
    char code[96];

    if (d->failed)
        return;
    snprintf(code, sizeof code, "libharu 0x%04lX, %lu", (unsigned long)error,
             (unsigned long)detail);
    err_set_foreign(&d->failure, ERR_BUG, code, "err.draw.library", NULL);
    d->failed = true;
}

void draw_fail(struct draw *d, const struct err *e)
{
    if (!d->failed)
        d->failure = *e;
    d->failed = true;
}

void draw_fail_bug(struct draw *d, const char *where)
{
    struct err e = ERR_INIT;

    err_set_bug(&e, where);
    draw_fail(d, &e);
}

void draw_fail_memory(struct draw *d)
{
    struct err e = ERR_INIT;

    err_set_memory(&e);
    draw_fail(d, &e);
}

/* Only libharu's outer calls tell the handler; the inner ones leave their number in the document.
 */
bool draw_stopped(struct draw *d)
{
    if (!d->failed && d->doc != NULL && d->doc->error.error_no != HPDF_OK)
        on_error(d->doc->error.error_no, d->doc->error.detail_no, d);
    return d->failed;
}

int draw_new(struct draw **out, struct err *e)
{
    struct draw *d = calloc(1, sizeof *d);

    if (d == NULL)
        return err_set_memory(e);
    if (lib_hpdf_open(e) != 0) {
        free(d);
        return -1;
    }
    buf_init(&d->line, (size_t)ceilings.report_bytes);
    d->alpha = 1;
    d->doc = HPDF_New(on_error, d);
    if (d->doc == NULL) {
        draw_free(d);
        return err_set_memory(e);
    }
    HPDF_SetCompressionMode(d->doc, HPDF_COMP_IMAGE);
    for (size_t i = 0; i < DRAW_FACES; i++) {
        if (font_open(&d->fonts[i], face_names[i], e) != 0) {
            draw_free(d);
            return -1;
        }
    }
    d->root = draw_elem_add(d, NULL, "Document");
    *out = d;
    return 0;
}

void draw_free(struct draw *d)
{
    if (d == NULL)
        return;
    if (d->doc != NULL)
        HPDF_Free(d->doc);
    elem_free_all(d);
    for (size_t i = 0; i < DRAW_FACES; i++)
        font_close(&d->fonts[i]);
    for (size_t i = 0; i < d->nraws; i++) {
        part_free(&d->raws[i]->part);
        free(d->raws[i]);
    }
    for (size_t i = 0; i < d->npages; i++) {
        free(d->pages[i].parents);
        buf_free(&d->pages[i].drawn);
    }
    free(d->raws);
    free(d->pages);
    free(d->annot_parents);
    buf_free(&d->line);
    packer_close(&d->packer);
    free(d);
}

size_t draw_page_add(struct draw *d, double width, double height)
{
    if (draw_stopped(d))
        return 0;
    if (d->npages >= (size_t)ceilings.report_pages) {
        struct err e = ERR_INIT;
        char max[32];
        snprintf(max, sizeof max, "%lld", (long long)ceilings.report_pages);
        err_set(&e, ERR_INPUT, "err.draw.pages", max, NULL);
        draw_fail(d, &e);
        return 0;
    }
    size_t unpacked = 0;
    for (size_t i = d->packed; i < d->npages; i++)
        unpacked += d->pages[i].drawn.len;
    if (unpacked > UNPACKED_MAX)
        contents_pack(d, true);
    if (d->npages == d->room) {
        size_t room = d->room == 0 ? 32 : 2 * d->room;
        struct page *pages = realloc(d->pages, room * sizeof *pages);
        if (pages == NULL) {
            draw_fail_memory(d);
            return 0;
        }
        d->pages = pages;
        d->room = room;
    }
    struct page *p = &d->pages[d->npages];
    memset(p, 0, sizeof *p);
    d->page = p;
    p->page = HPDF_AddPage(d->doc);
    if (p->page == NULL)
        return 0;
    HPDF_Page_SetWidth(p->page, (HPDF_REAL)width);
    HPDF_Page_SetHeight(p->page, (HPDF_REAL)height);
    p->contents = ((HPDF_PageAttr)p->page->attr)->contents;
    buf_init(&p->drawn, (size_t)ceilings.report_bytes);
    p->number = p->page->header.obj_id & 0x00ffffff;
    p->width = width;
    p->height = height;
    p->face = -1;
    p->line = -1;
    p->alpha = 1;
    p->fill.r = p->stroke.r = -1;
    HPDF_Dict_AddNumber(p->page, "StructParents", (HPDF_INT32)d->npages);
    HPDF_Dict_AddName(p->page, "Tabs", "S");
    return d->npages++;
}

void draw_page_select(struct draw *d, size_t index)
{
    if (!draw_stopped(d) && index < d->npages)
        d->page = &d->pages[index];
}

size_t draw_page_count(const struct draw *d)
{
    return d->npages;
}

size_t draw_page_current(const struct draw *d)
{
    return d->page == NULL ? 0 : (size_t)(d->page - d->pages);
}

void draw_page_size(const struct draw *d, size_t index, double *width, double *height)
{
    *width = index < d->npages ? d->pages[index].width : 0;
    *height = index < d->npages ? d->pages[index].height : 0;
}

int draw_finish(struct draw *d, const struct draw_info *info, int fd, struct err *e)
{
    if (!draw_stopped(d) && (d->finished || d->open || d->npages == 0))
        draw_fail_bug(d, "draw_finish: no page, an open mark, or twice");
    d->finished = true;
    if (!draw_stopped(d)) {
        files_finish(d);
        fields_finish(d);
        meta_finish(d, info);
        tree_finish(d);
        resources_finish(d);
        contents_pack(d, false);
    }
    if (!draw_stopped(d))
        out_write(d, fd);
    if (!draw_stopped(d))
        return 0;
    if (e != NULL)
        *e = d->failure;
    return -1;
}
