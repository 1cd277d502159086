/* From a grid document to a form: only answers, comments and fields are taken; its verdict, counts
 * and findings are not. */
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/utf8.h"
#include "grid/book_part.h"
#include "grid/clean.h"
#include "grid/form_part.h"

static void place(const char *address, struct form_value *v)
{
    const char *p = address;

    if (address == NULL ||
        book_parse_address(&p, address + strlen(address), &v->row, &v->column) != 0 || *p != '\0')
        v->row = v->column = 0;
}

static struct form_value value_of(const struct jv *o, const char *key, const char *address)
{
    const char *text = jv_get_text(o, key);
    struct form_value v = {.text = text != NULL ? text : ""};

    v.type = *v.text != '\0' ? CELL_TEXT : CELL_EMPTY;
    v.flags = text_exceeds_cell(v.text, strlen(v.text)) ? CELL_LONG : 0;
    place(address, &v);
    return v;
}

static int read_points(struct form_sheet *s, const struct jv *points, struct err *e)
{
    size_t n = jv_count(points);

    if (!jv_is_array(points) || n > FORM_POINTS_MAX)
        return err_set(e, ERR_INPUT, "err.grid.json-shape", "sheets.points", NULL);
    s->points = calloc(n + 1, sizeof *s->points);
    if (s->points == NULL)
        return err_set_memory(e);
    for (size_t i = 0; i < n; i++) {
        const struct jv *o = jv_at(points, i), *cells = jv_get(o, "cells");
        struct form_point *p = &s->points[s->point_count++];
        p->id = value_of(o, "id", jv_get_text(cells, "id"));
        p->theme = value_of(o, "theme", NULL);
        p->owasp = value_of(o, "owasp", NULL);
        p->wording = value_of(o, "wording", jv_get_text(cells, "wording"));
        p->severity = value_of(o, "severity", jv_get_text(cells, "severity"));
        p->answer = value_of(o, "answer", jv_get_text(cells, "answer"));
        p->comment = value_of(o, "comment", jv_get_text(cells, "comment"));
        p->rated =
            *p->severity.text != '\0' && (*p->wording.text != '\0' || *p->answer.text != '\0');
        if (*p->id.text == '\0' || strlen(p->id.text) > 60)
            return err_set(e, ERR_INPUT, "err.grid.json-shape", "sheets.points.id", NULL);
    }
    return 0;
}

static int read_columns(struct form_sheet *s, const struct jv *columns, struct err *e)
{
    size_t n = jv_count(columns);

    if (n > FORM_COLUMNS_MAX)
        return err_set(e, ERR_INPUT, "err.grid.json-shape", "sheets.columns", NULL);
    s->columns = calloc(n + 1, sizeof *s->columns);
    if (s->columns == NULL)
        return err_set_memory(e);
    for (size_t i = 0; i < n; i++) {
        const struct jv *o = jv_at(columns, i);
        const char *label = jv_get_text(o, "label");
        s->columns[s->column_count++] = (struct form_column){column_from_name(jv_get_text(o, "id")),
                                                             0, label != NULL ? label : "", false};
    }
    return 0;
}

static int read_sheets(struct form *f, const struct jv *sheets, struct err *e)
{
    if (!jv_is_array(sheets) || jv_count(sheets) > FORM_TABS_MAX)
        return err_set(e, ERR_INPUT, "err.grid.json-shape", "sheets", NULL);
    f->sheets = calloc(jv_count(sheets) + 1, sizeof *f->sheets);
    if (f->sheets == NULL)
        return err_set_memory(e);
    for (size_t i = 0; i < jv_count(sheets); i++) {
        const struct jv *o = jv_at(sheets, i);
        struct form_sheet *s = &f->sheets[f->sheet_count++];
        s->name = jv_get_text(o, "name");
        if (s->name == NULL)
            return err_set(e, ERR_INPUT, "err.grid.json-shape", "sheets.name", NULL);
        s->header_row = 1;
        s->part = jv_get_text(o, "part");
        s->folded = clean_fold_part(s->name, s->part, e);
        s->part_folded = s->part != NULL ? clean_fold_name(s->part, e) : NULL;
        if (s->folded == NULL || (s->part != NULL && s->part_folded == NULL) ||
            read_columns(s, jv_get(o, "columns"), e) != 0 ||
            read_points(s, jv_get(o, "points"), e) != 0)
            return -1;
    }
    return 0;
}

static int read_fields(struct form *f, const struct jv *fields, struct err *e)
{
    if (!jv_is_array(fields) || jv_count(fields) > FORM_FIELDS_MAX)
        return err_set(e, ERR_INPUT, "err.grid.json-shape", "fields", NULL);
    f->fields = calloc(jv_count(fields) + 1, sizeof *f->fields);
    if (f->fields == NULL)
        return err_set_memory(e);
    f->info_sheet = "grid.json";
    for (size_t i = 0; i < jv_count(fields); i++) {
        const struct jv *o = jv_at(fields, i);
        struct form_field *field = &f->fields[f->field_count++];
        field->id = jv_get_text(o, "id");
        field->label = jv_get_text(o, "label");
        field->sheet = jv_get_text(o, "sheet");
        field->value = value_of(o, "value", jv_get_text(o, "cell"));
        if (field->label == NULL)
            field->label = field->id != NULL ? field->id : "";
        if (field->sheet != NULL)
            f->info_sheet = field->sheet;
        struct cell as_text = {.type = CELL_TEXT, .text = field->value.text};
        field->has_date = book_date(NULL, &as_text, &field->date) == 0;
        for (size_t k = 0; field->id != NULL && k + 1 < f->field_count; k++) {
            if (f->fields[k].id != NULL && strcmp(f->fields[k].id, field->id) == 0)
                f->fields[k].repeated = true; /* the first counts, which is told */
        }
    }
    return 0;
}

const char *form_type_name(const struct form *f)
{
    return f->from_json ? "grid" : f->macro_type ? "xlsm" : "xlsx";
}

bool form_json_is_grid(const struct jv *doc)
{
    const char *format = jv_get_text(doc, "format");

    return format != NULL && strcmp(format, "paraphe-grid") == 0;
}

int form_from_json(struct form **out, struct jv *doc, struct err *e)
{
    struct form *f = calloc(1, sizeof *f);
    int rc = -1;

    if (f == NULL)
        return err_set_memory(e);
    arena_init(&f->arena, (size_t)ceilings.form_total_bytes);
    f->json = jv_keep(doc);
    f->from_json = true;
    if (jv_get_int(doc, "version", 0) != 1)
        err_set(e, ERR_INPUT, "err.grid.json-shape", "version", NULL);
    else if (read_sheets(f, jv_get(doc, "sheets"), e) == 0)
        rc = read_fields(f, jv_get(doc, "fields"), e);
    if (rc == 0)
        *out = f;
    else
        form_free(f);
    return rc;
}
