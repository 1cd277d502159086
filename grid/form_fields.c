/* The fields of a form: a label, and its value in the next cell or behind a colon. */
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "base/utf8.h"
#include "grid/book_part.h"
#include "grid/clean.h"
#include "grid/fault.h"
#include "grid/form_part.h"
#include "grid/rules.h"

enum { LABELS_LEAST = 2, STEPS = 4 };

/* A date that is only planned is not the one that the label names. */
static bool is_planned(const char *remark, struct err *e)
{
    static const char *const words[] = {"previ", "estime", "planned", "expected", "initial"};
    char *folded = utf8_fold(remark, e);
    bool yes = false;

    for (size_t i = 0; folded != NULL && i < sizeof words / sizeof words[0]; i++)
        yes |= strstr(folded, words[i]) != NULL;
    free(folded);
    return yes;
}

/* "Réévaluation (Oui / Non)" -> the folded text before the parenthesis; NULL when there is none. */
static char *fold_short(const char *text, struct err *e)
{
    const char *open = strchr(text, '(');
    char *copy, *folded = NULL;

    if (open == NULL || open == text || is_planned(open, e))
        return NULL;
    copy = strndup(text, (size_t)(open - text));
    if (copy == NULL) {
        err_set_memory(e);
        return NULL;
    }
    folded = utf8_fold(copy, e);
    free(copy);
    return folded;
}

struct found {
    const char *id;    /* NULL: a field of the rule set without a meaning */
    const char *label; /* of the rule set; NULL: as written */
};

/* The rule set's labels come before the layout's. */
static bool recognise(const struct layout *l, const struct rules *r, const char *folded,
                      const char *folded_short, struct found *out)
{
    for (size_t i = 0; r != NULL && i < r->field_count; i++) {
        if (strcmp(r->fields[i].folded, folded) == 0) {
            *out = (struct found){r->fields[i].id, r->fields[i].label};
            return true;
        }
    }
    const struct layout_field *field = layout_field(l, folded, folded_short);
    if (field == NULL || (r != NULL && !r->own && rules_field(r, field->id) == NULL))
        return false;
    *out = (struct found){field->id, NULL};
    return true;
}

static struct form_field *known(const struct form *f, const struct found *found)
{
    for (size_t i = 0; i < f->field_count; i++) {
        struct form_field *field = &f->fields[i];
        if (found->id != NULL ? field->id != NULL && strcmp(field->id, found->id) == 0
                              : field->id == NULL && strcmp(field->label, found->label) == 0)
            return field;
    }
    return NULL;
}

/* Where values stand from their labels. */
struct step {
    unsigned columns, rows;
};

static const struct cell *value_cell(const struct sheet *s, const struct cell *label,
                                     struct step step, uint32_t *row, uint32_t *column)
{
    *column = step.columns > 0 ? book_right_edge(s, label->row, label->column) + step.columns
                               : label->column;
    *row = label->row + step.rows;
    return book_cell(s, *row, *column);
}

/* One more field with its id and label, without a value; NULL with err. */
static struct form_field *new_field(struct form *f, const char *id, const char *label, size_t n,
                                    const char *sheet, struct err *e)
{
    void *items = f->fields;

    if (book_grow(&items, &f->field_room, f->field_count, sizeof *f->fields, e) != 0)
        return NULL;
    f->fields = items;
    struct form_field *field = &f->fields[f->field_count];
    *field = (struct form_field){.sheet = sheet, .value = {.text = ""}};
    if (id != NULL) /* of layout or rule set, which may go before the form */
        field->id = arena_text(&f->arena, id, strlen(id));
    field->label = arena_text(&f->arena, label, n);
    if (field->label == NULL || (id != NULL && field->id == NULL)) {
        fault_set(e, "zip-bomb");
        return NULL;
    }
    f->field_count++;
    return field;
}

int form_add_field(struct form *f, const char *id, const char *label, const char *sheet,
                   struct form_value value, struct form_field **out, struct err *e)
{
    struct form_field *field = new_field(f, id, label, strlen(label), sheet, e);

    if (field == NULL)
        return -1;
    field->value = value;
    if (out != NULL)
        *out = field;
    return 0;
}

static int add_field(struct form *f, struct form_sheet *s, struct step step,
                     const struct cell *label, const struct found *found, struct err *e)
{
    struct form_field *before = known(f, found);

    if (before != NULL) { /* on another sheet it is only another mention of it */
        before->repeated |= before->sheet == s->name;
        return 0;
    }
    struct form_field *field = new_field(f, found->id, label->text, label->len, s->name, e);
    if (field == NULL)
        return -1;
    field->label_row = label->row;
    field->label_column = label->column;
    uint32_t row, column;
    const struct cell *c = value_cell(s->sheet, label, step, &row, &column);
    if (form_value_at(f, s->sheet, row, column, &field->value, e) != 0)
        return -1;
    field->has_date = c != NULL && book_date(f->book, c, &field->date) == 0;
    return 0;
}

/* The label and the value of a line "label : value"; false when it is none. */
struct inside {
    const char *label, *value;
    size_t label_len, value_len;
};

static bool split_line(const char *line, size_t n, struct inside *out)
{
    const char *colon = memchr(line, ':', n);

    if (colon == NULL || colon - line > LABEL_BYTES)
        return false;
    *out = (struct inside){line, colon + 1, (size_t)(colon - line), n - (size_t)(colon + 1 - line)};
    return out->value_len > 0;
}

/* 1 when the line names a field and says something behind the colon, 0 when not, -1 with err. */
static int recognise_inside(struct form *f, const struct layout *l, const struct rules *r,
                            const struct inside *in, struct found *found, const char **value,
                            struct err *e)
{
    const char *label = arena_text(&f->arena, in->label, in->label_len);
    char *copy = strndup(in->value, in->value_len), *folded, *brief;
    size_t n = 0;
    int rc = -1;

    *value = NULL;
    if (label == NULL || copy == NULL) {
        free(copy);
        return label == NULL ? fault_set(e, "zip-bomb") : err_set_memory(e);
    }
    folded = utf8_fold(label, e);
    brief = fold_short(label, e);
    if (folded != NULL && !err_is_set(e))
        rc = *folded != '\0' && !clean_is_void(copy) && recognise(l, r, folded, brief, found);
    if (rc == 1) {
        const char *trimmed = clean_trim(copy, &n);
        *value = arena_text(&f->arena, trimmed, n);
        rc = *value != NULL ? 1 : fault_set(e, "zip-bomb");
    }
    free(folded);
    free(brief);
    free(copy);
    return rc;
}

static int add_inside(struct form *f, struct form_sheet *s, const struct cell *c,
                      const struct inside *in, const struct found *found, const char *value,
                      struct err *e)
{
    struct cell as_text = {
        .row = c->row, .type = CELL_TEXT, .text = value, .len = (uint32_t)strlen(value)};
    struct form_field *before = known(f, found);

    if (before != NULL) {
        before->repeated |= before->sheet == s->name;
        return 0;
    }
    struct form_field *field = new_field(f, found->id, in->label, in->label_len, s->name, e);
    if (field == NULL)
        return -1;
    field->label_row = c->row;
    field->label_column = c->column;
    field->value =
        (struct form_value){.text = value,
                            .row = c->row,
                            .column = c->column,
                            .type = CELL_TEXT,
                            .flags = c->flags,
                            .display_differs = book_display_differs(f->book, s->sheet, c)};
    field->has_date = book_date(f->book, &as_text, &field->date) == 0;
    return 0;
}

/* A value that reads like a label is still a value. */
static bool is_value(const struct form *f, const struct form_sheet *s, const struct cell *c)
{
    for (size_t i = 0; i < f->field_count; i++) {
        const struct form_field *field = &f->fields[i];
        if (field->sheet == s->name && field->value.row == c->row &&
            field->value.column == c->column)
            return true;
    }
    return false;
}

/* How many values stand at each of the places where forms have them. */
struct tally {
    size_t labels, beside, filled[STEPS]; /* beside: labels with another one to their right */
};
static const struct step steps[STEPS] = {{1, 0}, {2, 0}, {3, 0}, {0, 1}};

static bool is_label(const struct layout *l, const struct rules *r, const struct cell *c,
                     struct err *e)
{
    struct found found;
    char *folded = c->type == CELL_TEXT && c->len <= LABEL_BYTES ? utf8_fold(c->text, e) : NULL;
    bool yes = folded != NULL && *folded != '\0' && recognise(l, r, folded, NULL, &found);

    free(folded);
    return yes;
}

static void count_values(const struct sheet *s, const struct cell *label, const struct layout *l,
                         const struct rules *r, struct tally *t, struct err *e)
{
    uint32_t row, column;

    t->labels++;
    for (size_t i = 0; i < STEPS; i++) {
        const struct cell *c = value_cell(s, label, steps[i], &row, &column);
        bool filled = c != NULL && c->type != CELL_EMPTY && c->len > 0;
        bool label_again = filled && is_label(l, r, c, e);
        t->filled[i] += filled && !label_again;
        t->beside += i == 0 && label_again;
    }
}

/* The layout's place; but where not one value stands there and most stand at another, that one. */
static struct step step_of(const struct layout *l, const struct tally *t)
{
    struct step step = {1, 0};
    size_t best = 0;

    layout_value_step(l, &step.columns, &step.rows);
    if (step.columns != 1 || t->filled[0] > 0 || t->labels < LABELS_LEAST + 1)
        return step; /* the user's own, or values where they are expected */
    if (t->beside * 2 > t->labels)
        return steps[STEPS - 1]; /* labels in a row: values can only stand below */
    for (size_t i = 1; i < STEPS; i++)
        best = t->filled[i] > t->filled[best] ? i : best;
    return t->filled[best] * 2 > t->labels ? steps[best] : step;
}

/* Something that is no label stands beside the cell: then the text behind the colon is a hint
 * ("Date (jj/mm/aaaa) : ..."). */
static bool value_beside(struct form *f, const struct form_sheet *s, const struct layout *l,
                         const struct rules *r, const struct cell *c, struct err *e)
{
    uint32_t row, column;
    const struct cell *beside = value_cell(s->sheet, c, steps[0], &row, &column);
    struct inside in;
    struct found found;
    const char *value;

    if (beside == NULL || beside->type == CELL_EMPTY || beside->len == 0 ||
        is_label(l, r, beside, e))
        return false;
    return !(beside->type == CELL_TEXT && beside->len <= FORM_FIELD_BYTES_MAX &&
             split_line(beside->text, strcspn(beside->text, "\n"), &in) &&
             recognise_inside(f, l, r, &in, &found, &value, e) == 1);
}

/* "Éditeur : Maison" in one cell, perhaps several such lines. */
static int walk_inside(struct form *f, struct form_sheet *s, const struct layout *l,
                       const struct rules *r, struct step step, const struct cell *c,
                       bool count_only, struct err *e)
{
    int rc = 0;

    for (const char *line = c->text; rc == 0 && *line != '\0';) {
        size_t n = strcspn(line, "\n");
        struct inside in;
        struct found found;
        const char *value;
        int known_label =
            split_line(line, n, &in) ? recognise_inside(f, l, r, &in, &found, &value, e) : 0;
        line += n + (line[n] != '\0');
        s->label_hits += known_label == 1;
        if (known_label < 0)
            return -1;
        if (known_label == 0 || count_only)
            continue;
        rc = value_beside(f, s, l, r, c, e) ? add_field(f, s, step, c, &found, e)
                                            : add_inside(f, s, c, &in, &found, value, e);
    }
    return err_is_set(e) ? -1 : rc;
}

/* Fields stand above, below or beyond the tables of points of their sheet, not in them. */
static bool in_table(const struct form *f, const struct form_sheet *of, const struct cell *c)
{
    for (size_t i = 0; i < f->sheet_count; i++) {
        const struct form_sheet *s = &f->sheets[i];
        bool below = (s->last_point != 0 && c->row > s->last_point) || c->row > s->area.row2;
        if (s->sheet == of->sheet && s->header_row != 0 && c->row >= s->header_row && !below &&
            c->column >= s->first_column && (s->last_column == 0 || c->column <= s->last_column))
            return true;
    }
    return false;
}

/* A sheet with several tables is looked at once. */
static bool is_again(const struct form *f, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (f->sheets[k].sheet == f->sheets[i].sheet)
            return true;
    }
    return false;
}

/* `tally`: the labels are only counted; NULL: fields are taken. */
static int walk(struct form *f, struct form_sheet *s, const struct layout *l, const struct rules *r,
                struct step step, struct tally *tally, struct err *e)
{
    const struct sheet *sheet = s->sheet;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < sheet->count && i < FORM_LABEL_CELLS_MAX; i++) {
        const struct cell *c = &sheet->cells[i];
        struct found found;
        if (c->type != CELL_TEXT || c->len > FORM_FIELD_BYTES_MAX ||
            (c->flags & CELL_COVERED) != 0 || in_table(f, s, c) ||
            (tally == NULL && is_value(f, s, c)))
            continue;
        if (memchr(c->text, ':', c->len) != NULL)
            rc = walk_inside(f, s, l, r, step, c, tally != NULL, e);
        if (rc != 0 || c->len > LABEL_BYTES)
            continue;
        char *folded = utf8_fold(c->text, e), *brief = fold_short(c->text, e);
        if (folded == NULL)
            rc = -1;
        else if (*folded != '\0' && recognise(l, r, folded, brief, &found)) {
            s->label_hits++;
            if (tally != NULL)
                count_values(sheet, c, l, r, tally, e);
            else
                rc = add_field(f, s, step, c, &found, e);
        }
        free(folded);
        free(brief);
    }
    return rc;
}

/* The sheet that the rule set names; else the one with the most labels, one with the layout's name
 * before others. */
static int choose_sheet(struct form *f, const struct layout *l, const struct rules *r,
                        struct form_sheet **out, struct err *e)
{
    enum { NAME_BONUS = 1000 };
    size_t best = 0;

    *out = NULL;
    if (r != NULL && r->info_sheet != NULL) {
        char *wanted = clean_fold_name(r->info_sheet, e);
        for (size_t i = 0; wanted != NULL && *out == NULL && i < f->sheet_count; i++) {
            char *name = clean_fold_name(f->sheets[i].name, e);
            if (name != NULL && strcmp(name, wanted) == 0)
                *out = &f->sheets[i];
            free(name);
        }
        free(wanted);
        return err_is_set(e) ? -1 : 0;
    }
    for (size_t i = 0; i < f->sheet_count; i++) {
        struct form_sheet *s = &f->sheets[i];
        const char *role = layout_sheet_role(l, s->folded);
        struct tally tally = {0};
        s->label_hits = 0;
        if (is_again(f, i) || walk(f, s, l, r, (struct step){1, 0}, &tally, e) != 0)
            continue;
        bool named = role != NULL && strcmp(role, "information") == 0;
        size_t weight = s->label_hits + (named ? NAME_BONUS : 0);
        if ((s->label_hits >= LABELS_LEAST || (named && s->label_hits > 0)) && weight > best) {
            best = weight;
            *out = s;
        }
    }
    return err_is_set(e) ? -1 : 0;
}

/* What the first sheet does not have may stand on another one with labels: identity here, dates
 * there. */
static int others(struct form *f, const struct layout *l, const struct rules *r, struct err *e)
{
    if (r != NULL && r->specimen)
        return 0;
    for (size_t i = 0; i < f->sheet_count; i++) {
        struct form_sheet *s = &f->sheets[i];
        const char *role = layout_sheet_role(l, s->folded);
        struct tally tally = {0};
        if (s->name == f->info_sheet || is_again(f, i) ||
            (role != NULL && strcmp(role, "ignored") == 0))
            continue;
        s->label_hits = 0;
        if (walk(f, s, l, r, (struct step){1, 0}, &tally, e) != 0)
            return -1;
        if (s->label_hits >= LABELS_LEAST && walk(f, s, l, r, step_of(l, &tally), NULL, e) != 0)
            return -1;
    }
    return 0;
}

int form_read_fields(struct form *f, const struct layout *l, const struct rules *r, struct err *e)
{
    struct form_sheet *s = NULL;

    if (f->from_json)
        return 0;
    f->field_count = 0;
    f->info_sheet = NULL;
    if (choose_sheet(f, l, r, &s, e) != 0)
        return -1;
    if (s == NULL)
        return 0;
    f->info_sheet = s->name;
    struct tally tally = {0};
    if (walk(f, s, l, r, (struct step){1, 0}, &tally, e) != 0)
        return -1;
    s->label_hits = 0;
    struct step step = step_of(l, &tally);
    f->values_below = step.rows > 0;
    f->values_right = step.columns;
    if (walk(f, s, l, r, step, NULL, e) != 0)
        return -1;
    return others(f, l, r, e) == 0 ? form_fields_complete(f, l, r, e) : -1;
}
