/* Answers and severities that no table has. A form without a rule set may lack any point that its
 * reader did not see: wherever such a word stands beside a text, and does not repeat a point that
 * was read, somebody must hear of it. */
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "base/utf8.h"
#include "grid/book_part.h"
#include "grid/check.h"
#include "grid/clean.h"
#include "grid/form_unread.h"

enum { TEXT_LEAST = 3 };

/* What stands in the row, outside all tables. */
struct loose {
    const struct cell *word;     /* the first answer, else the first severity; NULL */
    const char *answer;          /* Oui, Non, N/A; NULL */
    const char *severity;        /* Haute, Moyenne; NULL */
    const struct cell *texts[8]; /* the first of those that are neither of them nor numbers */
    size_t text_count;
    bool two; /* different answers */
    bool formula;
    char id[ID_BYTES]; /* the first identifier; "" */
    const struct cell *id_cell;
};

static const char *answer_word(const struct cell *c)
{
    struct form_value v = {.text = c->text, .type = c->type, .flags = c->flags};

    return form_is_answer(c) ? answer_token(answer_of(&v)) : NULL;
}

/* The name of a type or of a part is no wording: such names stand in lists to choose from. */
static bool is_name(const struct unread *u, const struct cell *c)
{
    char *folded = c->len <= LABEL_BYTES ? clean_fold_name(c->text, u->e) : NULL;
    bool yes = folded != NULL && (*folded == '\0' || layout_type(u->l, folded) != NULL ||
                                  layout_sheet_role(u->l, folded) != NULL);

    free(folded);
    return yes;
}

static void take_cell(const struct unread *u, const struct cell *c, struct loose *out)
{
    const char *answer = answer_word(c);
    char id[ID_BYTES];

    out->formula |= (c->flags & CELL_FORMULA) != 0 && c->type == CELL_NUMBER;
    if (answer != NULL) {
        out->two |= out->answer != NULL && strcmp(out->answer, answer) != 0;
        out->word = out->answer == NULL ? c : out->word;
        out->answer = out->answer == NULL ? answer : out->answer;
    } else if (form_is_severity_word(c, u->l, u->e)) {
        out->word = out->word == NULL ? c : out->word;
        out->severity = out->severity == NULL ? form_severity(c, u->l, u->e) : out->severity;
    } else if (out->id_cell == NULL && unread_is_id(c, id)) {
        strcpy(out->id, id);
        out->id_cell = c;
    } else if (c->type == CELL_TEXT && c->len >= TEXT_LEAST && !is_name(u, c) &&
               out->text_count < sizeof out->texts / sizeof out->texts[0]) {
        out->texts[out->text_count++] = c;
    }
}

/* Whether a point that was read says the same: its answer and severity, where they stand here, and
 * its wording, perhaps shortened. Without an answer nothing is lost but the word itself. */
static bool says_same(const struct unread *u, const struct loose *row, const struct form_point *p)
{
    const char *answer = answer_token(answer_of(&p->answer)), *severity = NULL;
    char *folded = row->severity != NULL ? utf8_fold(p->severity.text, u->e) : NULL;

    if (folded != NULL)
        severity = layout_severity(u->l, folded);
    free(folded);
    if ((row->answer != NULL && (answer == NULL || strcmp(answer, row->answer) != 0)) ||
        (row->severity != NULL && (severity == NULL || strcmp(severity, row->severity) != 0)))
        return false;
    for (size_t i = 0; i < row->text_count; i++) {
        if (clean_is_shortened(row->texts[i]->text, p->wording.text, u->e))
            return true;
    }
    return row->text_count == 0 || row->answer == NULL;
}

static bool repeats(const struct unread *u, const struct loose *row)
{
    size_t first = *row->id != '\0' ? unread_find(u, row->id) : u->point_count;

    for (size_t i = first; i < u->point_count && i - first < FORM_ALIKE_MAX &&
                           strcmp(form_point_id(u->points[i]), row->id) == 0;
         i++) {
        if (says_same(u, row, u->points[i]))
            return true;
    }
    for (size_t i = 0; i < row->text_count; i++) {
        if (row->texts[i]->len >= WORDING_LEAST &&
            unread_has_wording(u, row->texts[i]->text, row->answer))
            return true;
    }
    return false;
}

static bool is_long(const struct loose *row)
{
    bool any = false;

    for (size_t i = 0; i < row->text_count; i++)
        any |= row->texts[i]->len >= WORDING_LEAST;
    return any;
}

/* The labels of a table of counts: Oui and Non beside each other, and neither below them. */
static bool is_heading(const struct sheet *sheet, const struct loose *row)
{
    const struct cell *below = book_cell(sheet, row->word->row + 1, row->word->column);

    return row->two && (below == NULL || !form_is_answer(below));
}

/* An answer or a severity, and then what it means: one text of some length, not below a label of
 * points. */
static bool explains(const struct unread *u, const struct sheet *sheet, const struct loose *row)
{
    const struct cell *text = row->text_count == 1 ? row->texts[0] : NULL;
    const struct cell *label = text != NULL ? book_cell(sheet, text->row - 1, text->column) : NULL;
    enum column_id id = COLUMN_NONE;
    size_t strength;

    if (text == NULL || !is_long(row) || row->id_cell != NULL ||
        (row->answer != NULL && row->severity != NULL))
        return false;
    if (label != NULL && form_is_label(label) &&
        form_label_column(label, u->l, &id, &strength, u->e) != 0)
        return false;
    return id >= COLUMN_COUNT;
}

static int keep(struct unread *u, struct form *f, const struct sheet *sheet,
                const struct loose *row, bool above)
{
    const struct cell *text = row->text_count > 0 ? row->texts[0] : row->id_cell;
    uint32_t a = text->column, b = row->word->column;
    void *items = f->loose;

    if (row->id_cell != NULL && row->id_cell->column < a)
        a = row->id_cell->column;
    if (book_grow(&items, &f->loose_room, f->loose_count, sizeof *f->loose, u->e) != 0)
        return -1;
    f->loose = items;
    f->loose[f->loose_count++] =
        (struct form_loose){.sheet = sheet,
                            .row = row->word->row,
                            .column1 = a < b ? a : b,
                            .column2 = a < b ? b : a,
                            .above = above,
                            .word_first = a > b && explains(u, sheet, row),
                            .word = row->answer != NULL ? row->answer : row->severity,
                            .telling = is_long(row) || row->id_cell != NULL};
    return 0;
}

int loose_look(struct unread *u, struct form *f, const struct sheet *sheet, bool above)
{
    struct loose row = {.text_count = 0};
    bool any = u->answers > 0, text = false;

    /* A severity alone counts beside a text of some length; few rows have one, and each short text
     * would have to be folded. */
    for (size_t i = 0; i < u->count && !any && !text; i++)
        text = u->row[i]->type == CELL_TEXT && u->row[i]->len >= WORDING_LEAST;
    for (size_t i = 0; i < u->count && text && !any; i++)
        any = form_is_severity_word(u->row[i], u->l, u->e);
    if (!any)
        return 0;
    for (size_t i = 0; i < u->count; i++)
        take_cell(u, u->row[i], &row);
    if (row.word == NULL || (row.text_count == 0 && (row.id_cell == NULL || row.answer == NULL)))
        return 0;
    if (row.answer == NULL && (row.formula || !is_long(&row)))
        return 0; /* "Nombre de points | Haute | 12" */
    if (is_heading(sheet, &row) || unread_sort(u) != 0)
        return err_is_set(u->e) ? -1 : 0;
    return repeats(u, &row) ? 0 : keep(u, f, sheet, &row, above);
}
