/* The fields of a form: a label, and its value in the next cell. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "grid/book_part.h"
#include "grid/fault.h"
#include "grid/form_part.h"
#include "grid/rules.h"

enum { FIELD_CELLS_MAX = 5000, LABELS_LEAST = 2, STEPS = 4 };

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

static int add_field(struct form *f, struct form_sheet *s, struct step step,
                     const struct cell *label, const struct found *found, struct err *e)
{
    struct form_field *before = known(f, found);
    void *items = f->fields;

    if (before != NULL) {
        before->repeated = true;
        return 0;
    }
    if (book_grow(&items, &f->field_room, f->field_count, sizeof *f->fields, e) != 0)
        return -1;
    f->fields = items;
    struct form_field *field = &f->fields[f->field_count];
    *field = (struct form_field){
        .id = found->id, .sheet = s->name, .label_row = label->row, .label_column = label->column};
    if (found->id != NULL) /* of layout or rule set, which may go before the form */
        field->id = arena_text(&f->arena, found->id, strlen(found->id));
    field->label = arena_text(&f->arena, label->text, label->len);
    if (field->label == NULL || (found->id != NULL && field->id == NULL))
        return fault_set(e, "zip-bomb");
    uint32_t row, column;
    const struct cell *c = value_cell(s->sheet, label, step, &row, &column);
    if (form_value_at(f, s->sheet, row, column, &field->value, e) != 0)
        return -1;
    field->has_date = c != NULL && book_date(f->book, c, &field->date) == 0;
    f->field_count++;
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

/* `tally`: the labels are only counted; NULL: fields are taken. */
static int walk(struct form *f, struct form_sheet *s, const struct layout *l, const struct rules *r,
                struct step step, struct tally *tally, struct err *e)
{
    const struct sheet *sheet = s->sheet;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < sheet->count && i < FIELD_CELLS_MAX; i++) {
        const struct cell *c = &sheet->cells[i];
        struct found found;
        if (s->header_row != 0 && c->row >= s->header_row)
            break; /* fields may stand above a table of points, in no other place of its sheet */
        if (c->type != CELL_TEXT || c->len > LABEL_BYTES || (c->flags & CELL_COVERED) != 0 ||
            (tally == NULL && is_value(f, s, c)))
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
        char *wanted = utf8_fold(r->info_sheet, e);
        if (wanted == NULL)
            return -1;
        for (size_t i = 0; *out == NULL && i < f->sheet_count; i++) {
            if (strcmp(f->sheets[i].folded, wanted) == 0)
                *out = &f->sheets[i];
        }
        free(wanted);
        return 0;
    }
    for (size_t i = 0; i < f->sheet_count; i++) {
        struct form_sheet *s = &f->sheets[i];
        const char *role = layout_sheet_role(l, s->folded);
        struct tally tally = {0};
        s->label_hits = 0;
        if (walk(f, s, l, r, (struct step){1, 0}, &tally, e) != 0)
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
    return walk(f, s, l, r, step, NULL, e);
}
