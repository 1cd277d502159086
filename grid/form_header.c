/* The header row of a tab of points: by its labels; where they do not suffice, by what stands below
 * them. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "grid/book_part.h"
#include "grid/check.h"
#include "grid/clean.h"
#include "grid/fault.h"
#include "grid/form_part.h"

enum {
    HEADER_CELLS_MAX = 5000,
    CONTENT_CELLS_MAX = 5000,
    SCANS_MAX = 8,
    LEAST = 3,
    WORD_BYTES = 32
};

/* What stands in a column below the header. */
struct content {
    unsigned filled, ids, answers, severities;
    size_t bytes;
};

static size_t row_end(const struct sheet *sheet, size_t i)
{
    uint32_t row = sheet->cells[i].row;

    while (i < sheet->count && sheet->cells[i].row == row)
        i++;
    return i;
}

static bool is_label(const struct cell *c)
{
    return c->type == CELL_TEXT && c->len <= LABEL_BYTES && (c->flags & CELL_COVERED) == 0 &&
           c->column < COLUMNS_MAX;
}

static void note_alike(struct header *h, enum column_id id, uint32_t column, size_t strength)
{
    if (id == COLUMN_SEVERITY && strength >= h->severity_alike_strength) {
        h->severity_alike = column;
        h->severity_alike_strength = strength;
    }
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

static int take_label(struct form *f, const struct cell *c, const struct layout *l,
                      struct header *h, struct err *e)
{
    size_t strength = 0;
    char *folded = utf8_fold(c->text, e);

    if (folded == NULL)
        return -1;
    enum column_id id = layout_column(l, folded, &strength);
    if (id == COLUMN_ANSWER && strength < LABEL_OWN && is_contrary(folded))
        id = COLUMN_NONE;
    free(folded);
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

/* Columns named Oui, Non and N/A, in cells from..to; true when the first two are there. */
static bool take_ticks(const struct sheet *sheet, size_t from, size_t to, struct header *h,
                       struct err *e)
{
    static const char *const names[TICKS] = {"Oui", "Non", "N/A"};
    uint32_t ticks[TICKS] = {0};

    for (size_t i = from; i < to; i++) {
        const struct cell *c = &sheet->cells[i];
        if (!is_label(c) || c->len > WORD_BYTES)
            continue;
        char *folded = utf8_fold(c->text, e);
        const char *tick = folded != NULL ? layout_tick(folded) : NULL;
        for (int k = 0; k < TICKS; k++) {
            if (tick != NULL && strcmp(tick, names[k]) == 0 && ticks[k] == 0)
                ticks[k] = c->column;
        }
        free(folded);
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

static int look_at_row(struct form *f, const struct sheet *sheet, size_t from, size_t to,
                       const struct layout *l, struct header *h, struct err *e)
{
    memset(h, 0, sizeof *h);
    h->last_row = sheet->cells[from].row;
    for (size_t i = from; i < to; i++) {
        if (is_label(&sheet->cells[i]) && take_label(f, &sheet->cells[i], l, h, e) != 0)
            return -1;
    }
    bool whole = h->has[COLUMN_ANSWER] && h->strength[COLUMN_ANSWER] >= LABEL_WHOLE;
    if (whole && take_ticks(sheet, from, to, h, e)) {
        h->ticks_beside = h->strength[COLUMN_ANSWER] < LABEL_OWN;
    } else if (!whole && (h->has[COLUMN_POINT] || h->has[COLUMN_WORDING]) &&
               take_ticks(sheet, from, to, h, e)) {
        set_ticked(h);
    } else if (h->has[COLUMN_ANSWER] && to < sheet->count &&
               sheet->cells[to].row == h->last_row + 1) {
        size_t end = row_end(sheet, to);
        if (only_ticks(sheet, to, end, e) && take_ticks(sheet, to, end, h, e)) {
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

/* An answer's column and two more, one of which tells the points apart. */
static bool is_header(const struct header *h)
{
    return columns_known(h) >= 3 && h->has[COLUMN_ANSWER] &&
           (h->has[COLUMN_POINT] || h->has[COLUMN_WORDING]);
}

static bool id_like(const struct cell *c)
{
    size_t n = 0;
    char id[ID_BYTES];

    if (c->type != CELL_TEXT || c->len >= ID_BYTES)
        return false;
    const char *text = clean_trim(c->text, &n);
    memcpy(id, text, n);
    id[n] = '\0';
    /* Bare numbers may count anything, and slashes may be dates. */
    return strspn(id, "0123456789") < n && strchr(id, '/') == NULL && form_id_plausible(id);
}

static bool is_answer(const struct cell *c)
{
    struct form_value v = {.text = c->text, .type = c->type, .flags = c->flags};

    return c->type == CELL_TEXT && c->len <= WORD_BYTES && answer_of(&v) <= ANSWER_NA;
}

static bool is_severity(const struct cell *c, const struct layout *l, struct err *e)
{
    char *folded = c->type == CELL_TEXT && c->len <= WORD_BYTES ? utf8_fold(c->text, e) : NULL;
    const char *severity = folded != NULL ? layout_severity(l, folded) : NULL;

    free(folded);
    /* A letter may stand for anything where no label says severity. */
    return severity != NULL && c->len > 3 && strcmp(severity, "NA") != 0;
}

/* `l` NULL: severities are not looked for. */
static void scan_below(const struct sheet *s, uint32_t row, const struct layout *l,
                       struct content all[COLUMNS_MAX], struct err *e)
{
    size_t from = book_row_start(s, row + 1);

    memset(all, 0, COLUMNS_MAX * sizeof *all);
    for (size_t i = from; i < s->count && i < from + CONTENT_CELLS_MAX; i++) {
        const struct cell *c = &s->cells[i];
        if (c->column >= COLUMNS_MAX || c->type == CELL_EMPTY || (c->flags & CELL_COVERED) != 0)
            continue;
        struct content *column = &all[c->column];
        column->filled++;
        column->bytes += c->len;
        column->ids += id_like(c);
        column->answers += is_answer(c);
        column->severities += l != NULL && is_severity(c, l, e);
    }
}

static bool taken(const struct header *h, uint32_t column)
{
    bool yes = h->ignored[column];

    for (int k = 0; k < COLUMN_COUNT; k++)
        yes |= h->has[k] && h->columns[k].column == column;
    for (int k = 0; k < TICKS; k++)
        yes |= h->ticks[k] == column;
    return yes;
}

static bool holds_answers(const struct content *c)
{
    return c->answers >= LEAST && c->answers == c->filled;
}

static void take_content(struct header *h, enum column_id id, uint32_t column)
{
    h->has[id] = true;
    h->strength[id] = 0;
    h->columns[id] = (struct form_column){id, column, "", true};
}

/* The columns without a known label, by what they hold. Not that of the answers, whose unknown
 * label might say "vulnerable": it is only remembered. A column of long texts is the wording only
 * where another one is known to be the comment. */
static void by_content(struct header *h, const struct content all[COLUMNS_MAX])
{
    uint32_t longest = 0;

    for (uint32_t column = 1; column < COLUMNS_MAX; column++) {
        const struct content *c = &all[column];
        if (taken(h, column) || c->filled < LEAST)
            continue;
        if (!h->has[COLUMN_POINT] && c->ids >= LEAST)
            take_content(h, COLUMN_POINT, column);
        else if (!h->has[COLUMN_ANSWER] && holds_answers(c))
            h->unnamed = h->unnamed == 0 ? column : h->unnamed;
        else if (!h->has[COLUMN_SEVERITY] && c->severities * 10 >= c->filled * 8 &&
                 c->severities >= LEAST)
            take_content(h, COLUMN_SEVERITY, column);
        else if (c->bytes > 15 * c->filled && (longest == 0 || c->filled > all[longest].filled))
            longest = column;
    }
    if (!h->has[COLUMN_WORDING] && h->has[COLUMN_COMMENT] && longest != 0)
        take_content(h, COLUMN_WORDING, longest);
}

/* Two columns may hold answers, or severities. With the whole label (and better, the user's own)
 * one of them is meant; where labels do not decide, rows in which the columns differ have no
 * answer. */
static void find_rivals(struct form_sheet *s, const struct header *h,
                        const struct content all[COLUMNS_MAX])
{
    size_t mine = h->strength[COLUMN_ANSWER];
    bool whole = mine >= LABEL_WHOLE;

    if (h->severity_alike != 0 && h->strength[COLUMN_SEVERITY] < LABEL_OWN &&
        (h->severity_alike_strength >= LABEL_WHOLE) ==
            (h->strength[COLUMN_SEVERITY] >= LABEL_WHOLE))
        s->severity_rival = h->severity_alike;
    if (mine >= LABEL_OWN || !h->has[COLUMN_ANSWER])
        return;
    for (size_t i = 0; i < h->alike_count; i++) {
        if (!whole || h->alike_strength[i] >= LABEL_WHOLE || holds_answers(&all[h->alike[i]])) {
            s->rivals[s->rival_count++] = h->alike[i];
            s->rivals_count = true;
        }
    }
    for (uint32_t column = 1; column < COLUMNS_MAX && !whole; column++) {
        if (taken(h, column) || !holds_answers(&all[column]) || s->rival_count >= RIVALS)
            continue;
        bool known = false;
        for (size_t i = 0; i < s->rival_count; i++)
            known |= s->rivals[i] == column;
        if (!known)
            s->rivals[s->rival_count++] = column;
        s->rivals_count = true;
    }
}

static bool same_columns(const struct header *a, const struct header *b)
{
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if (a->has[i] && b->has[i] && a->columns[i].column != b->columns[i].column)
            return false;
    }
    return true;
}

/* The first row that reads like a header by its labels is it; a later one with other columns is
 * only remembered. */
static int by_labels(struct form *f, struct form_sheet *s, const struct layout *l,
                     struct header *best, struct err *e)
{
    const struct sheet *sheet = s->sheet;
    struct header h;

    for (size_t i = 0; i < sheet->count && i < HEADER_CELLS_MAX && s->second_header == 0;) {
        size_t end = row_end(sheet, i);
        if (look_at_row(f, sheet, i, end, l, &h, e) != 0)
            return -1;
        if (is_header(&h) && s->header_row == 0) {
            s->header_row = sheet->cells[i].row;
            *best = h;
        } else if (is_header(&h) && !same_columns(&h, best)) {
            s->second_header = sheet->cells[i].row;
        }
        i = end;
    }
    return 0;
}

/* A row with two known labels, completed by what stands below it. */
static int by_both(struct form *f, struct form_sheet *s, const struct layout *l,
                   struct header *best, struct content all[COLUMNS_MAX], struct err *e)
{
    const struct sheet *sheet = s->sheet;
    unsigned scans = 0;
    struct header h;

    for (size_t i = 0; i < sheet->count && i < HEADER_CELLS_MAX && scans < SCANS_MAX;) {
        size_t end = row_end(sheet, i);
        if (look_at_row(f, sheet, i, end, l, &h, e) != 0)
            return -1;
        if (columns_known(&h) >= 2) {
            scans++;
            scan_below(sheet, h.last_row, l, all, e);
            by_content(&h, all);
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

int form_find_header(struct form *f, struct form_sheet *s, const struct layout *l,
                     struct header *out, struct err *e)
{
    struct content all[COLUMNS_MAX];

    if (by_labels(f, s, l, out, e) != 0)
        return -1;
    if (s->header_row == 0 && by_both(f, s, l, out, all, e) != 0)
        return -1;
    if (s->header_row == 0) {
        scan_below(s->sheet, 0, NULL, all, e);
        for (uint32_t column = 1; column < COLUMNS_MAX; column++)
            s->ids_unread = all[column].ids > s->ids_unread ? all[column].ids : s->ids_unread;
        return err_is_set(e) ? -1 : 0;
    }
    scan_below(s->sheet, out->last_row, l, all, e);
    by_content(out, all);
    s->ticked = out->ticks[0] != 0 && !out->ticks_beside &&
                out->columns[COLUMN_ANSWER].column == out->ticks[0];
    s->ticks_beside = out->ticks_beside ? out->ticks[0] : 0;
    s->answers_unnamed = out->has[COLUMN_ANSWER] ? 0 : out->unnamed;
    find_rivals(s, out, all);
    return err_is_set(e) ? -1 : 0;
}
