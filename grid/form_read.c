/* From a workbook to a form. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/utf8.h"
#include "grid/book_part.h"
#include "grid/clean.h"
#include "grid/fault.h"
#include "grid/form_part.h"
#include "grid/rules.h"

static int text_of(struct form *f, const struct cell *c, const char **out, struct err *e)
{
    struct buf shown = BUF_INIT((size_t)ceilings.form_strings_bytes);

    if (c->type == CELL_TEXT) { /* lives as long as the book, which the form owns */
        *out = c->text;
        return 0;
    }
    book_value(f->book, c, &shown);
    *out = arena_text(&f->arena, buf_str(&shown), shown.len);
    bool failed = shown.failed;
    buf_free(&shown);
    return *out != NULL && !failed ? 0 : fault_set(e, "zip-bomb");
}

int form_value_at(struct form *f, const struct sheet *s, uint32_t row, uint32_t column,
                  struct form_value *out, struct err *e)
{
    const struct cell *c = book_cell(s, row, column);

    *out = (struct form_value){.text = "", .row = row, .column = column};
    if (c == NULL)
        return 0;
    out->type = c->type;
    out->flags = c->flags;
    out->display_differs = book_display_differs(f->book, s, c);
    return text_of(f, c, &out->text, e);
}

static int read_sheets(struct form *f, const struct layout *l, struct err *e)
{
    for (size_t i = 0; i < f->book->sheet_count; i++) {
        const struct sheet *s = &f->book->sheets[i];
        if (s->is_worksheet && form_read_tables(f, s, l, e) != 0)
            return -1;
    }
    return form_find_unread(f, l, e);
}

int form_read_take(struct form **out, struct book *book, const struct layout *l, struct err *e)
{
    struct form *f = calloc(1, sizeof *f);
    int rc = -1;

    if (f == NULL) {
        book_free(book);
        return err_set_memory(e);
    }
    arena_init(&f->arena, (size_t)ceilings.form_total_bytes);
    f->book = book;
    f->macro_type = book->macro_type;
    f->carries = book->carries;
    f->external_links = book->external_links;
    rc = read_sheets(f, l, e);
    if (rc == 0)
        *out = f;
    else
        form_free(f);
    return rc;
}

void form_sheet_free(struct form_sheet *s)
{
    free(s->folded);
    free(s->part_folded);
    free(s->columns);
    free(s->points);
}

void form_free(struct form *f)
{
    if (f == NULL)
        return;
    for (size_t i = 0; i < f->sheet_count; i++)
        form_sheet_free(&f->sheets[i]);
    free(f->sheets);
    free(f->fields);
    free(f->loose);
    jv_free(f->json);
    book_free(f->book);
    arena_free(&f->arena);
    free(f);
}

const struct form_field *form_field(const struct form *f, const char *id)
{
    for (size_t i = 0; i < f->field_count; i++) {
        if (f->fields[i].id != NULL && strcmp(f->fields[i].id, id) == 0)
            return &f->fields[i];
    }
    return NULL;
}

const char *form_field_text(const struct form *f, const char *id)
{
    const struct form_field *field = form_field(f, id);

    return field != NULL ? field->value.text : "";
}

const char *form_version_text(const struct form *f)
{
    return form_field_text(f, "form_version");
}

bool form_sheet_has(const struct form_sheet *s, enum column_id id)
{
    for (size_t i = 0; i < s->column_count; i++) {
        if (s->columns[i].id == id)
            return true;
    }
    return false;
}

const char *form_point_id(const struct form_point *p)
{
    return p->id.text;
}
