/* The header row of a tab of points: by its labels; where they do not suffice, by what stands below
 * them. */
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "base/utf8.h"
#include "grid/book_part.h"
#include "grid/clean.h"
#include "grid/fault.h"
#include "grid/form_header.h"

size_t form_row_end(const struct sheet *sheet, size_t i)
{
    uint32_t row = sheet->cells[i].row;

    while (i < sheet->count && sheet->cells[i].row == row)
        i++;
    return i;
}

void form_narrow(const struct sheet *sheet, const struct range *area, size_t *from, size_t *to)
{
    while (*from < *to && sheet->cells[*from].column < area->column1)
        ++*from;
    while (*to > *from && sheet->cells[*to - 1].column > area->column2)
        --*to;
}

bool form_is_label(const struct cell *c)
{
    return c->type == CELL_TEXT && c->len <= LABEL_BYTES && (c->flags & CELL_COVERED) == 0 &&
           c->column < FORM_COLUMNS_MAX;
}

static void note_alike(struct header *h, enum column_id id, uint32_t column, size_t strength)
{
    if (id == COLUMN_SEVERITY && strength >= h->severity_alike_strength) {
        h->severity_alike = column;
        h->severity_alike_strength = strength;
    }
    if (id == COLUMN_WORDING && strength >= LABEL_WHOLE)
        h->wording_alike = column;
    if (id != COLUMN_ANSWER || h->alike_count >= RIVALS)
        return;
    h->alike[h->alike_count] = column;
    h->alike_strength[h->alike_count++] = strength;
}

/* "Vulnérable", "Non conforme": Oui would mean the contrary. */
static bool is_contrary(const char *folded)
{
    static const char *const words[] = {"vuln",   "non conf", "non respect", "ecart",
                                        "faille", "anomal",   "defaut"};

    if (strncmp(folded, "conform", 7) == 0)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strstr(folded, words[i]) != NULL)
            return true;
    }
    return false;
}

int form_label_column(const struct cell *c, const struct layout *l, enum column_id *id,
                      size_t *strength, struct err *e)
{
    char *folded = utf8_fold(c->text, e);

    *id = COLUMN_NONE;
    *strength = 0;
    if (folded == NULL)
        return -1;
    *id = layout_column(l, folded, strength);
    /* "Explications" may explain the point; "Commentaire" and "Justification" never do. */
    if (*id == COLUMN_COMMENT && *strength >= LABEL_WHOLE &&
        (strncmp(folded, "comment", 7) == 0 || strncmp(folded, "justif", 6) == 0))
        *strength += LABEL_WHOLE;
    if (*id == COLUMN_ANSWER && *strength < LABEL_OWN && is_contrary(folded))
        *id = COLUMN_NONE;
    if (*strength < LABEL_WHOLE && layout_tick(folded) != NULL) /* "N/A" begins like "N°" */
        *id = COLUMN_NONE;
    free(folded);
    return 0;
}

static int take_label(struct form *f, const struct cell *c, const struct layout *l,
                      struct header *h, struct err *e)
{
    size_t strength = 0;
    enum column_id id;

    if (form_label_column(c, l, &id, &strength, e) != 0)
        return -1;
    if (id == COLUMN_COMMENT && strength >= LABEL_WHOLE && h->comment_count < RIVALS)
        h->comments[h->comment_count++] = c->column;
    if (id == COLUMN_IGNORED)
        h->ignored[c->column] = true;
    if (id >= COLUMN_COUNT)
        return 0;
    if (h->has[id] && strength <= h->strength[id]) {
        note_alike(h, id, c->column, strength);
        return 0;
    }
    if (h->has[id])
        note_alike(h, id, h->columns[id].column, h->strength[id]);
    const char *label = arena_text(&f->arena, c->text, c->len);
    if (label == NULL)
        return fault_set(e, "zip-bomb");
    h->has[id] = true;
    h->strength[id] = strength;
    h->columns[id] = (struct form_column){id, c->column, label, false};
    return 0;
}

const char *form_tick(const struct cell *c, struct err *e)
{
    char *folded = form_is_label(c) && c->len <= WORD_BYTES ? utf8_fold(c->text, e) : NULL;
    const char *tick = folded != NULL ? layout_tick(folded) : NULL;

    free(folded);
    return tick;
}

/* Columns named Oui, Non and N/A, in cells from..to; true when the first two are there. Nothing
 * else stands between these: answers of two tables in one row are no such names. */
static bool take_ticks(const struct sheet *sheet, size_t from, size_t to, struct header *h,
                       struct err *e)
{
    static const char *const names[TICKS] = {"Oui", "Non", "N/A"};
    uint32_t ticks[TICKS] = {0};

    for (size_t i = from; i < to; i++) {
        const struct cell *c = &sheet->cells[i];
        const char *tick = form_tick(c, e);
        for (int k = 0; k < TICKS; k++) {
            if (tick != NULL && strcmp(tick, names[k]) == 0 && ticks[k] == 0)
                ticks[k] = c->column;
        }
        bool other = tick == NULL && c->len > 0 && (c->flags & CELL_COVERED) == 0;
        if (other && (ticks[0] == 0 || ticks[1] == 0))
            memset(ticks, 0, sizeof ticks);
    }
    if (ticks[0] == 0 || ticks[1] == 0)
        return false;
    memcpy(h->ticks, ticks, sizeof ticks);
    return true;
}

/* Nothing but such names, which no row of points is. */
static bool only_ticks(const struct sheet *sheet, size_t from, size_t to, struct err *e)
{
    for (size_t i = from; i < to; i++) {
        const struct cell *c = &sheet->cells[i];
        if (c->type == CELL_EMPTY || (c->flags & CELL_COVERED) != 0)
            continue;
        char *folded = c->type == CELL_TEXT && c->len <= WORD_BYTES ? utf8_fold(c->text, e) : NULL;
        bool tick = folded != NULL && layout_tick(folded) != NULL;
        free(folded);
        if (!tick)
            return false;
    }
    return true;
}

static void set_ticked(struct header *h)
{
    const char *label = h->has[COLUMN_ANSWER] ? h->columns[COLUMN_ANSWER].label : "Oui / Non / N/A";

    h->has[COLUMN_ANSWER] = true;
    h->strength[COLUMN_ANSWER] = LABEL_OWN;
    h->columns[COLUMN_ANSWER] = (struct form_column){COLUMN_ANSWER, h->ticks[0], label, false};
    h->alike_count = 0;
}

int form_look_at_row(struct form *f, const struct form_sheet *s, size_t from, size_t to,
                     const struct layout *l, struct header *h, struct err *e)
{
    const struct sheet *sheet = s->sheet;
    size_t below = form_row_end(sheet, from), below_end;

    memset(h, 0, sizeof *h);
    h->last_row = sheet->cells[from].row;
    form_narrow(sheet, &s->area, &from, &to);
    for (size_t i = from; i < to; i++) {
        if (form_is_label(&sheet->cells[i]) && take_label(f, &sheet->cells[i], l, h, e) != 0)
            return -1;
    }
    bool whole = h->has[COLUMN_ANSWER] && h->strength[COLUMN_ANSWER] >= LABEL_WHOLE;
    if (whole && take_ticks(sheet, from, to, h, e)) {
        h->ticks_beside = h->strength[COLUMN_ANSWER] < LABEL_OWN;
    } else if (!whole && (h->has[COLUMN_POINT] || h->has[COLUMN_WORDING]) &&
               take_ticks(sheet, from, to, h, e)) {
        set_ticked(h);
    } else if (h->has[COLUMN_ANSWER] && below < sheet->count &&
               sheet->cells[below].row == h->last_row + 1) {
        below_end = form_row_end(sheet, below);
        form_narrow(sheet, &s->area, &below, &below_end);
        if (only_ticks(sheet, below, below_end, e) && take_ticks(sheet, below, below_end, h, e)) {
            set_ticked(h);
            h->last_row++;
        }
    }
    return err_is_set(e) ? -1 : 0;
}

static size_t columns_known(const struct header *h)
{
    size_t n = 0;

    for (int i = 0; i < COLUMN_COUNT; i++)
        n += h->has[i];
    return n;
}

bool form_is_header(const struct header *h)
{
    return columns_known(h) >= 3 && h->has[COLUMN_ANSWER] &&
           (h->has[COLUMN_POINT] || h->has[COLUMN_WORDING]);
}

/* Known by its beginning, as a whole, or by the user's own layout. */
static int label_rank(size_t strength)
{
    return (strength >= LABEL_WHOLE) + (strength >= LABEL_OWN);
}

/* Two columns may hold answers, or severities. With the whole label (and better, the user's own)
 * one of them is meant; where labels do not decide, rows in which the columns differ have no
 * answer. */
static void find_rivals(struct form_sheet *s, const struct header *h,
                        const struct content all[FORM_COLUMNS_MAX])
{
    size_t mine = h->strength[COLUMN_ANSWER];
    bool whole = mine >= LABEL_WHOLE;

    if (h->severity_alike != 0 &&
        label_rank(h->severity_alike_strength) == label_rank(h->strength[COLUMN_SEVERITY]))
        s->severity_rival = h->severity_alike;
    s->wording_rival = h->wording_alike;
    if (!h->has[COLUMN_ANSWER])
        return;
    for (size_t i = 0; i < h->alike_count; i++) {
        if (label_rank(h->alike_strength[i]) >= label_rank(mine) ||
            (mine < LABEL_OWN && content_holds_answers(&all[h->alike[i]]))) {
            s->rivals[s->rival_count++] = h->alike[i];
            s->rivals_count = true;
        }
    }
    for (uint32_t column = 1; column < FORM_COLUMNS_MAX && !whole; column++) {
        if (content_taken(h, column) || !content_holds_answers(&all[column]) ||
            s->rival_count >= RIVALS)
            continue;
        bool known = false;
        for (size_t i = 0; i < s->rival_count; i++)
            known |= s->rivals[i] == column;
        if (!known)
            s->rivals[s->rival_count++] = column;
        s->rivals_count = true;
    }
}

/* The first row that reads like a header by its labels, from `row` on. */
static int by_labels(struct form *f, struct form_sheet *s, uint32_t row, const struct layout *l,
                     struct header *best, struct err *e)
{
    const struct sheet *sheet = s->sheet;
    size_t first = book_row_start(sheet, row);

    for (size_t i = first; i < sheet->count && sheet->cells[i].row <= s->area.row2 &&
                           i < first + FORM_LABEL_CELLS_MAX && s->header_row == 0;) {
        size_t end = form_row_end(sheet, i);
        if (form_look_at_row(f, s, i, end, l, best, e) != 0)
            return -1;
        if (form_is_header(best))
            s->header_row = sheet->cells[i].row;
        i = end;
    }
    return 0;
}

/* A row with two known labels, completed by what stands below it. */
static int by_both(struct form *f, struct form_sheet *s, const struct layout *l,
                   struct header *best, struct content all[FORM_COLUMNS_MAX], struct err *e)
{
    const struct sheet *sheet = s->sheet;
    size_t first = book_row_start(sheet, s->area.row1);
    unsigned scans = 0;
    struct header h;

    for (size_t i = first; i < sheet->count && sheet->cells[i].row <= s->area.row2 &&
                           i < first + FORM_LABEL_CELLS_MAX && scans < FORM_SCANS_MAX;) {
        size_t end = form_row_end(sheet, i);
        if (form_look_at_row(f, s, i, end, l, &h, e) != 0)
            return -1;
        if (columns_known(&h) >= 2) {
            scans++;
            content_scan(sheet, &s->area, h.last_row, l, all, e);
            content_complete(&h, all);
            if ((h.has[COLUMN_ANSWER] || h.unnamed != 0) && h.has[COLUMN_POINT] &&
                (h.has[COLUMN_WORDING] || h.has[COLUMN_SEVERITY])) {
                s->header_row = sheet->cells[i].row;
                *best = h;
                return 0;
            }
        }
        i = end;
    }
    return 0;
}

int form_find_header(struct form *f, struct form_sheet *s, uint32_t row, const struct layout *l,
                     struct header *out, struct err *e)
{
    struct content all[FORM_COLUMNS_MAX];

    if (by_labels(f, s, row != 0 ? row : s->area.row1, l, out, e) != 0)
        return -1;
    if (s->header_row == 0 && by_both(f, s, l, out, all, e) != 0)
        return -1;
    if (s->header_row == 0) {
        content_scan(s->sheet, &s->area, s->area.row1 - 1, NULL, all, e);
        for (uint32_t column = 1; column < FORM_COLUMNS_MAX; column++)
            s->ids_unread = all[column].ids > s->ids_unread ? all[column].ids : s->ids_unread;
        s->ids_across = content_ids_across(s->sheet);
        return err_is_set(e) ? -1 : 0;
    }
    content_scan(s->sheet, &s->area, out->last_row, l, all, e);
    content_complete(out, all);
    s->ticked = out->ticks[0] != 0 && !out->ticks_beside &&
                out->columns[COLUMN_ANSWER].column == out->ticks[0];
    s->ticks_beside = out->ticks_beside ? out->ticks[0] : 0;
    s->answers_unnamed = out->has[COLUMN_ANSWER] ? 0 : out->unnamed;
    find_rivals(s, out, all);
    return err_is_set(e) ? -1 : 0;
}
