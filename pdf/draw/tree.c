/* The structure tree (ISO 32000-1, 14.7): elements are kept small and printed when the file is
 * written. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "pdf/draw/draw_int.h"

/* Without printf: a report has some thousand elements. */
static void put_number(struct buf *b, uint32_t n)
{
    char digits[10];
    size_t at = sizeof digits;

    do
        digits[--at] = (char)('0' + n % 10);
    while ((n /= 10) > 0);
    buf_append(b, digits + at, sizeof digits - at);
}

static void put_refer(struct buf *b, uint32_t number)
{
    put_number(b, number);
    buf_append(b, " 0 R", 4);
}

static void put_kid(struct buf *b, const struct kid *kid, uint32_t page)
{
    switch (kid->kind) {
    case KID_ELEM:
        put_refer(b, kid->value);
        break;
    case KID_MCID:
        if (kid->page == page)
            put_number(b, kid->value);
        else
            buf_format(b, "<</Type/MCR/Pg %u 0 R/MCID %u>>", kid->page, kid->value);
        break;
    case KID_OBJECT:
        buf_format(b, "<</Type/OBJR/Pg %u 0 R/Obj %u 0 R>>", kid->page, kid->value);
        break;
    }
}

static void put_attributes(struct buf *b, const struct draw_elem *e)
{
    if (e->scope != NULL || e->span > 1) {
        buf_text(b, "/A<</O/Table");
        if (e->scope != NULL)
            buf_format(b, "/Scope/%s", e->scope);
        if (e->span > 1)
            buf_format(b, "/ColSpan %d", e->span);
        buf_text(b, ">>");
    } else if (e->box[2] > e->box[0]) {
        buf_text(b, "/A<</O/Layout/Placement/Block/BBox[");
        for (size_t i = 0; i < 4; i++) {
            put_real(b, e->box[i]);
            buf_char(b, ' ');
        }
        buf_text(b, "]>>");
    } else if (strcmp(e->tag, "L") == 0) {
        buf_text(b, "/A<</O/List/ListNumbering/None>>");
    }
    if (e->alt != NULL) {
        buf_text(b, "/Alt");
        put_string(b, e->alt);
    }
}

static HPDF_STATUS elem_write(HPDF_Dict dict, HPDF_Stream stream)
{
    const struct draw_elem *e = dict->attr;
    struct buf *b = &e->draw->line;
    uint32_t page = 0;

    buf_clear(b);
    for (size_t i = 0; i < e->nkids && page == 0; i++) {
        if (e->kids[i].kind == KID_MCID)
            page = e->kids[i].page;
    }
    buf_text(b, "/S/");
    buf_text(b, e->tag);
    buf_text(b, "/P ");
    put_refer(b, e->parent != NULL ? e->parent->number : e->draw->tree);
    if (page != 0) {
        buf_text(b, "/Pg ");
        put_refer(b, page);
    }
    if (e->nkids > 0) {
        buf_text(b, e->nkids > 1 ? "/K[" : "/K ");
        for (size_t i = 0; i < e->nkids; i++) {
            if (i > 0)
                buf_char(b, ' ');
            put_kid(b, &e->kids[i], page);
        }
        if (e->nkids > 1)
            buf_char(b, ']');
    }
    put_attributes(b, e);
    return raw_write(stream, b);
}

struct draw_elem *draw_elem_root(struct draw *d)
{
    return d->root;
}

struct draw_elem *draw_elem_add(struct draw *d, struct draw_elem *parent, const char *tag)
{
    struct draw_elem *e = draw_stopped(d) ? NULL : calloc(1, sizeof *e);

    if (e == NULL) {
        draw_fail_memory(d);
        return NULL;
    }
    e->draw = d;
    e->parent = parent;
    e->next = d->elems;
    d->elems = e;
    snprintf(e->tag, sizeof e->tag, "%s", tag);
    e->dict = raw_dict(d, elem_write, e, &e->number);
    if (parent != NULL)
        elem_kid(parent, KID_ELEM, e->number, 0);
    return e;
}

void elem_free_all(struct draw *d)
{
    struct draw_elem *next;

    for (struct draw_elem *e = d->elems; e != NULL; e = next) {
        next = e->next;
        free(e->kids);
        free(e->alt);
        free(e);
    }
    d->elems = d->root = NULL;
}

void elem_kid(struct draw_elem *elem, enum kid_kind kind, uint32_t value, uint32_t page)
{
    if (elem->nkids == elem->room) {
        size_t room = elem->room == 0 ? 2 : 2 * elem->room;
        struct kid *kids = realloc(elem->kids, room * sizeof *kids);

        if (kids == NULL) {
            draw_fail_memory(elem->draw);
            return;
        }
        elem->kids = kids;
        elem->room = room;
    }
    elem->kids[elem->nkids++] = (struct kid){kind, value, page};
}

void draw_elem_alt(struct draw *d, struct draw_elem *elem, const char *text)
{
    if (draw_stopped(d) || elem == NULL)
        return;
    free(elem->alt);
    elem->alt = strdup(text);
    if (elem->alt == NULL)
        draw_fail_memory(d);
}

void draw_elem_scope(struct draw *d, struct draw_elem *elem, const char *scope)
{
    (void)d;
    if (elem != NULL)
        elem->scope = strcmp(scope, "Row") == 0 ? "Row" : "Column";
}

void draw_elem_columns(struct draw *d, struct draw_elem *elem, int span)
{
    (void)d;
    if (elem != NULL)
        elem->span = span;
}

void draw_elem_box(struct draw *d, struct draw_elem *elem, double x, double y, double w, double h)
{
    double box[4] = {x, y, x + w, y + h};

    (void)d;
    if (elem != NULL)
        memcpy(elem->box, box, sizeof box);
}

size_t annot_key(struct draw *d, struct draw_elem *elem)
{
    if (d->nannots == d->annots_room) {
        size_t room = d->annots_room == 0 ? 32 : 2 * d->annots_room;
        struct draw_elem **parents = realloc(d->annot_parents, room * sizeof(struct draw_elem *));

        if (parents == NULL) {
            draw_fail_memory(d);
            return 0;
        }
        d->annot_parents = parents;
        d->annots_room = room;
    }
    d->annot_parents[d->nannots] = elem;
    return (size_t)ceilings.report_pages + d->nannots++;
}

/* Number tree from /StructParents of pages and /StructParent of annotations to elements. */
static void parents_print(struct draw *d, struct buf *b)
{
    buf_text(b, "/Nums[");
    for (size_t i = 0; i < d->npages; i++) {
        buf_format(b, "%zu[", i);
        for (size_t k = 0; k < d->pages[i].nparents; k++) {
            put_refer(b, d->pages[i].parents[k]->number);
            buf_char(b, ' ');
        }
        buf_text(b, "]\n");
    }
    for (size_t i = 0; i < d->nannots; i++)
        buf_format(b, "%zu %u 0 R\n", (size_t)ceilings.report_pages + i,
                   d->annot_parents[i]->number);
    buf_char(b, ']');
}

void tree_finish(struct draw *d)
{
    struct raw *tree = raw_new(d, false), *parents = raw_new(d, false);

    if (tree == NULL || parents == NULL || d->root == NULL)
        return;
    parents_print(d, &parents->part.dict);
    buf_format(&tree->part.dict,
               "/Type/StructTreeRoot/K[%u 0 R]/ParentTree %u 0 R/ParentTreeNextKey %zu",
               d->root->number, parents->number, (size_t)ceilings.report_pages + d->nannots);
    d->tree = tree->number;
    HPDF_Dict_Add(d->doc->catalog, "StructTreeRoot", tree->dict);
}
