#include "grid/explain.h"

#include <string.h>

#include "base/ceilings.h"
#include "base/jv.h"
#include "grid/form_part.h"

static const char *const states[] = {"visible", "hidden", "very-hidden"};

static void put_letter(struct jv *o, uint32_t column)
{
    char address[BOOK_ADDRESS_MAX];

    if (column == 0) { /* of a grid document */
        jv_put_null(o, "column");
        return;
    }
    book_address(1, column, address);
    address[strcspn(address, "0123456789")] = '\0';
    jv_put_text(o, "column", address);
}

static struct jv *columns_json(const struct form_sheet *s, bool known)
{
    struct jv *all = jv_array();

    for (size_t i = 0; i < s->column_count; i++) {
        const struct form_column *c = &s->columns[i];
        if ((c->id != COLUMN_NONE) != known)
            continue;
        struct jv *o = jv_object();
        put_letter(o, c->column);
        jv_put_text(o, "label", c->label);
        if (known) {
            jv_put_text(o, "id", column_name(c->id));
            jv_put_text(o, "by", c->by_content ? "content" : "label");
        }
        jv_add_take(all, o);
    }
    return all;
}

static struct jv *missing_columns(const struct form_sheet *s)
{
    struct jv *all = jv_array();

    for (int id = 0; id < COLUMN_VERIFICATION; id++) {
        if (!form_sheet_has(s, (enum column_id)id))
            jv_add_text(all, column_name((enum column_id)id));
    }
    return all;
}

/* Columns that read like answers beside the one that was taken. */
static struct jv *rivals_json(const struct form_sheet *s)
{
    struct jv *all = jv_array();

    for (size_t i = 0; i < s->rival_count; i++) {
        char address[BOOK_ADDRESS_MAX];
        book_address(1, s->rivals[i], address);
        address[strcspn(address, "0123456789")] = '\0';
        jv_add_text(all, address);
    }
    return all;
}

/* The use of a sheet, and why. */
static void put_use(struct jv *o, const struct task_support *s, const struct task_form *f,
                    const struct form_sheet *sheet)
{
    const char *role = layout_sheet_role(s->layout, sheet->folded);
    bool left_out = layout_sheet_set_aside(s->layout, sheet->folded);

    for (size_t i = 0; i < f->rules->tab_count; i++) {
        if (strcmp(f->rules->tabs[i].folded, sheet->folded) != 0)
            continue;
        jv_put_text(o, "use", tab_role_name(f->rules->tabs[i].role));
        jv_put_text(o, "why", f->rules->own ? "own-header" : "ruleset-name");
        jv_put_text(o, "type", f->rules->tabs[i].type);
        return;
    }
    bool info = f->form->info_sheet != NULL && f->form->info_sheet == sheet->name;
    jv_put_text(o, "use", info ? "information" : "ignored");
    jv_put_text(o, "why",
                info                                           ? "field-labels"
                : left_out                                     ? "layout-name"
                : sheet->header_row != 0                       ? "header-but-no-tab"
                : role != NULL && strcmp(role, "ignored") == 0 ? "layout-name"
                                                               : "no-header");
    jv_put_null(o, "type");
}

static struct jv *sheets_json(const struct task_support *s, const struct task_form *f)
{
    struct jv *all = jv_array();

    for (size_t i = 0; i < f->form->sheet_count; i++) {
        const struct form_sheet *sheet = &f->form->sheets[i];
        struct jv *o = jv_object();
        size_t points = 0;
        for (size_t k = 0; k < sheet->point_count; k++)
            points += form_id_plausible(form_point_id(&sheet->points[k]));
        if (sheet->divided && sheet->name != f->form->info_sheet) {
            jv_free(o);
            continue; /* its parts follow */
        }
        jv_put_text(o, "name", sheet->name);
        jv_put_text(o, "part", sheet->part);
        jv_put_text(o, "state", states[sheet->state]);
        put_use(o, s, f, sheet);
        if (f->form->from_json)
            jv_put_null(o, "header_row");
        else
            jv_put_int(o, "header_row", sheet->header_row);
        jv_put_int(o, "points", (int64_t)points);
        jv_put_bool(o, "ticked", sheet->ticked);
        jv_put_take(o, "columns_rival", rivals_json(sheet));
        jv_put_take(o, "columns", columns_json(sheet, true));
        jv_put_take(o, "columns_unknown", columns_json(sheet, false));
        jv_put_take(o, "columns_missing",
                    sheet->header_row != 0 && !f->form->from_json ? missing_columns(sheet)
                                                                  : jv_array());
        jv_add_take(all, o);
    }
    return all;
}

static struct jv *fields_found(const struct form *f)
{
    struct jv *all = jv_array();

    for (size_t i = 0; i < f->field_count; i++) {
        const struct form_field *field = &f->fields[i];
        struct jv *o = jv_object();
        char address[BOOK_ADDRESS_MAX];
        if (field->value.row != 0)
            book_address(field->value.row, field->value.column, address);
        jv_put_text(o, "id", field->id);
        jv_put_text(o, "label", field->label);
        jv_put_text(o, "sheet", field->sheet);
        jv_put_text(o, "cell", field->value.row != 0 ? address : NULL);
        jv_put_bool(o, "filled", *field->value.text != '\0');
        jv_put_bool(o, "repeated", field->repeated);
        jv_add_take(all, o);
    }
    return all;
}

static struct jv *fields_missing(const struct task_support *s, const struct task_form *f)
{
    struct jv *all = jv_array();

    for (size_t i = 0; i < f->rules->field_count && !f->rules->own; i++) {
        const char *id = f->rules->fields[i].id;
        if (id != NULL && form_field(f->form, id) == NULL)
            jv_add_text(all, id);
    }
    for (size_t i = 0; f->rules->own && i < layout_field_count(s->layout); i++) {
        const char *id = layout_field_at(s->layout, i)->id;
        bool period = strcmp(layout_field_at(s->layout, i)->kind, "period") == 0;
        if (!period && form_field(f->form, id) == NULL)
            jv_add_text(all, id);
    }
    return all;
}

/* A text in a column of labels that is neither a known one nor a value: perhaps a field under a new
 * name. */
static bool unknown_label(const struct form *f, const struct cell *c)
{
    bool beside = false;

    if (c->type != CELL_TEXT || c->len == 0 || c->len > LABEL_BYTES ||
        (c->flags & CELL_COVERED) != 0)
        return false;
    for (size_t i = 0; i < f->field_count; i++) {
        const struct form_field *field = &f->fields[i];
        beside |= field->label_column == c->column;
        if ((field->label_row == c->row && field->label_column == c->column) ||
            (field->value.row == c->row && field->value.column == c->column))
            return false;
    }
    return beside;
}

static bool is_numbered(const char *text)
{
    size_t n = strspn(text, "0123456789");

    return n > 0 && n < 3 && strchr(".)- ", text[n]) != NULL && text[n] != '\0';
}

/* A title of a group of fields: nothing stands in its row, and it looks otherwise than every label
 * of a field, reaches over its value, or has a number where those have none. */
static bool is_title(const struct form *f, const struct sheet *s, size_t at)
{
    const struct cell *c = &s->cells[at];
    uint32_t edge = book_right_edge(s, c->row, c->column);
    bool same_look = false, numbered = false, wide = false;

    for (size_t k = at + 1; k < s->count && s->cells[k].row == c->row; k++) {
        if (s->cells[k].len > 0 && (s->cells[k].flags & CELL_COVERED) == 0)
            return false;
    }
    for (size_t i = 0; i < f->field_count; i++) {
        const struct form_field *field = &f->fields[i];
        const struct cell *label =
            field->label_row != 0 ? book_cell(s, field->label_row, field->label_column) : NULL;
        if (label == NULL || field->sheet != s->name)
            continue;
        same_look |= label->style == c->style;
        numbered |= is_numbered(label->text);
        wide |= field->value.row == label->row && edge >= field->value.column;
    }
    return !same_look || wide || (is_numbered(c->text) && !numbered);
}

/* Texts in the columns of the labels that name no known field, or (`titles`) stand above several.
 */
static struct jv *labels_json(const struct form *f, bool titles)
{
    struct jv *all = jv_array();

    for (size_t i = 0; i < f->sheet_count; i++) {
        const struct form_sheet *s = &f->sheets[i];
        if (s->name != f->info_sheet || s->sheet == NULL ||
            (i > 0 && f->sheets[i - 1].sheet == s->sheet))
            continue;
        for (size_t k = 0; k < s->sheet->count && k < FORM_LABEL_CELLS_MAX &&
                           jv_count(all) < FORM_LABELS_TOLD_MAX;
             k++) {
            const struct cell *c = &s->sheet->cells[k];
            char address[BOOK_ADDRESS_MAX];
            if (s->header_row != 0 && c->row >= s->header_row)
                break;
            if (!unknown_label(f, c) || is_title(f, s->sheet, k) != titles)
                continue;
            struct jv *o = jv_object();
            book_address(c->row, c->column, address);
            jv_put_text(o, "cell", address);
            jv_put_text(o, "label", c->text);
            jv_add_take(all, o);
        }
    }
    return all;
}

static struct jv *candidates(const struct task_support *s, const struct task_form *f)
{
    struct jv *all = jv_array();

    for (size_t i = 0; i < s->rules.count; i++) {
        const struct rules *r = s->rules.items[i];
        struct jv *o = jv_object();
        jv_put_text(o, "id", r->id);
        jv_put_text(o, "form_version", r->form_version);
        jv_put_int(o, "points_percent", rules_match_percent(r, f->form));
        jv_put_bool(o, "chosen", r == f->rules);
        jv_add_take(all, o);
    }
    return all;
}

struct jv *explain_make(const struct task_support *s, const struct task_form *f)
{
    struct jv *doc = jv_object(), *rules = jv_object();
    const char *version = form_version_text(f->form);

    jv_put_text(doc, "format", "paraphe-explain");
    jv_put_int(doc, "version", 1);
    jv_put_text(doc, "form", f->file.name);
    jv_put_text(doc, "sha256", f->file.sha256);
    jv_put_text(doc, "type", form_type_name(f->form));
    jv_put_text(doc, "form_version", *version != '\0' ? version : NULL);
    jv_put_text(rules, "id", f->rules->own ? NULL : f->rules->id);
    jv_put_text(rules, "recognised_by", rules_by_name(f->by));
    jv_put_take(rules, "candidates", candidates(s, f));
    jv_put_take(doc, "ruleset", rules);
    jv_put_take(doc, "sheets", sheets_json(s, f));
    jv_put_text(doc, "information_sheet", f->form->info_sheet);
    jv_put_take(doc, "fields", fields_found(f->form));
    jv_put_take(doc, "fields_missing", fields_missing(s, f));
    jv_put_take(doc, "labels_unknown", labels_json(f->form, false));
    jv_put_take(doc, "section_titles", labels_json(f->form, true));
    return doc;
}
