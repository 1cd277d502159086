/* The labels of a header row: where the tables begin and end that they could belong to. */
#include "grid/form_marks.h"
#include "base/ceilings.h"

#include <string.h>

enum { KNOWN_LEAST = 3, MARK_BYTES = 8 };

/* The known columns of marks from..to, a bit for each; columns named Oui and Non hold answers. */
unsigned marks_known(const struct look *k, size_t from, size_t to)
{
    unsigned bits = 0;
    bool yes = false, no = false;

    for (size_t i = from; i < to; i++) {
        if (k->marks[i].id < COLUMN_COUNT)
            bits |= 1U << k->marks[i].id;
        yes |= k->marks[i].tick == 'O';
        no |= k->marks[i].tick == 'N';
    }
    return yes && no ? bits | 1U << COLUMN_ANSWER : bits;
}

static bool knows(unsigned bits, enum column_id id)
{
    return (bits & 1U << id) != 0;
}

static bool is_table(unsigned bits)
{
    unsigned n = 0;

    for (int i = 0; i < COLUMN_COUNT; i++)
        n += knows(bits, (enum column_id)i);
    return n >= KNOWN_LEAST && knows(bits, COLUMN_ANSWER) &&
           (knows(bits, COLUMN_POINT) || knows(bits, COLUMN_WORDING));
}

/* Columns that may come before the one which names the points. */
static bool may_lead(enum column_id id)
{
    return id == COLUMN_WORDING || id == COLUMN_SEVERITY || id == COLUMN_THEME ||
           id == COLUMN_OWASP;
}

static bool same_text(const struct cell *a, const struct cell *b)
{
    return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* Columns of marks from..to that come twice. */
static size_t repeated(const struct look *k, size_t from, size_t to)
{
    unsigned seen = 0;
    size_t n = 0;

    for (size_t i = from; i < to; i++) {
        enum column_id id = k->marks[i].id;
        if (id >= COLUMN_COUNT)
            continue;
        n += knows(seen, id);
        seen |= 1U << id;
    }
    return n;
}

/* How well a table that begins with mark `start` could end before mark `i`, when mark `next`
 * belongs to another: the first label comes again, there is a gap, only columns that may lead stand
 * between. */
enum ending { AGAIN, GAP, LEADING, SOMEHOW };

static enum ending ending_at(const struct look *k, size_t start, size_t i, size_t next)
{
    const struct mark *m = k->marks;

    if (same_text(m[i].cell, m[start].cell))
        return AGAIN;
    if (m[i].cell->column > m[i - 1].edge + 1)
        return GAP;
    while (i < next && may_lead(m[i].id))
        i++;
    return i == next ? LEADING : SOMEHOW;
}

/* Where the table ends that begins with mark `start`: where its labels and those that follow come
 * twice least often. 0: it is no table yet. */
size_t marks_table_end(const struct look *k, size_t start, size_t next, enum column_id anchor)
{
    size_t least = start + 1, after = next + 1, best = 0, best_cost = SIZE_MAX;
    enum ending best_ending = SOMEHOW;

    while (least <= next && !is_table(marks_known(k, start, least)))
        least++;
    while (after < k->count && k->marks[after].id != anchor)
        after++;
    for (size_t i = next; i >= least && next - start <= FORM_HEADER_LABELS_MAX; i--) {
        size_t cost = repeated(k, start, i) + repeated(k, i, after);
        enum ending ending = ending_at(k, start, i, next);
        bool further = ending == LEADING && best_ending == LEADING;
        if (cost < best_cost || (cost == best_cost && (ending < best_ending || further))) {
            best = i;
            best_cost = cost;
            best_ending = ending;
        }
    }
    return best;
}

/* Two tables, and not one with further columns: what the first tells its points by, the second has
 * too. */
bool marks_are_two(unsigned a, unsigned b, enum column_id anchor)
{
    if (!is_table(a) || !is_table(b) || !knows(a, anchor) || !knows(b, anchor))
        return false;
    if (anchor == COLUMN_WORDING && (!knows(a, COLUMN_SEVERITY) || !knows(b, COLUMN_SEVERITY)))
        return false;
    return (!knows(a, COLUMN_WORDING) || knows(b, COLUMN_WORDING)) &&
           (!knows(a, COLUMN_SEVERITY) || knows(b, COLUMN_SEVERITY));
}

/* Whether nothing lacks that a table of points needs. */
static bool is_whole(unsigned bits)
{
    return is_table(bits) && knows(bits, COLUMN_SEVERITY);
}

/* Once a row, whatever number of marks it has. */
static const struct below *look_below(struct look *k)
{
    struct below *all = k->below;

    if (k->looked_below)
        return all;
    k->looked_below = true;
    memset(all, 0, sizeof k->below);
    for (size_t i = k->to; i < k->sheet->count && i - k->to < FORM_LABEL_CELLS_MAX; i++) {
        const struct cell *c = &k->sheet->cells[i];
        if (c->column >= FORM_COLUMNS_MAX || c->type == CELL_EMPTY || c->len == 0)
            continue;
        all[c->column].filled++;
        all[c->column].answers +=
            form_is_answer(c) ||
            (c->type == CELL_TEXT && c->len <= MARK_BYTES && form_is_mark(c->text));
        all[c->column].numbers += c->type == CELL_NUMBER;
    }
    return all;
}

/* The same of marks from..to: of the column that is filled most, of those for answers, and how many
 * columns hold nothing but numbers. */
static struct below sum_below(struct look *k, size_t from, size_t to, size_t *most)
{
    const struct below *all = look_below(k);
    struct below sum = {.filled = 0};

    *most = 0;
    for (size_t i = from; i < to; i++) {
        const struct below *column = &all[k->marks[i].cell->column];
        bool answer = k->marks[i].id == COLUMN_ANSWER || k->marks[i].tick != 0;
        *most = column->filled > *most ? column->filled : *most;
        sum.filled += answer ? column->filled : 0;
        sum.answers += answer ? column->answers : 0;
        sum.numbers += column->filled > 0 && column->numbers == column->filled;
    }
    return sum;
}

/* Whether marks other..other_end, on the far side of a gap from the whole table table..table_end,
 * are those of something else: counts, remarks, a plan. They repeat its labels and have not half of
 * its rows, or are all of a table's but the answers. What holds answers, or begins with one or with
 * a comment, or is but a severity, says more of the points themselves. */
static bool is_aside(struct look *k, size_t table, size_t table_end, size_t other, size_t other_end)
{
    unsigned bits = marks_known(k, table, table_end), others = marks_known(k, other, other_end);
    bool named = knows(others, COLUMN_POINT) || knows(others, COLUMN_WORDING);
    bool themed = knows(others, COLUMN_THEME) || knows(others, COLUMN_OWASP);
    enum column_id first = k->marks[other].id;
    size_t most, own = 0;

    if (other_end - other < 2 || first == COLUMN_ANSWER || first == COLUMN_COMMENT ||
        !is_whole(bits) || (bits & others) == 0)
        return false;
    if (knows(others, COLUMN_POINT) && knows(others, COLUMN_WORDING) &&
        knows(others, COLUMN_SEVERITY) && !knows(others, COLUMN_ANSWER))
        return true;
    struct below sum = sum_below(k, other, other_end, &most);
    if (sum.answers > 0 && (named || !themed))
        return false;
    if (named ? knows(others, COLUMN_ANSWER) && sum.filled == 0 : !themed && sum.numbers == 0)
        return false;
    for (size_t i = table; i < table_end; i++)
        own = k->marks[i].id == COLUMN_SEVERITY ? k->below[k->marks[i].cell->column].filled : own;
    return 2 * most < own;
}

/* What tells the points apart in tables of marks from..to: identifiers, where there are several
 * columns of them. */
enum column_id marks_anchor(const struct look *k, size_t from, size_t to)
{
    size_t points = 0;

    for (size_t i = from; i < to; i++)
        points += k->marks[i].id == COLUMN_POINT;
    return points > 1 ? COLUMN_POINT : COLUMN_WORDING;
}

size_t marks_run_end(const struct look *k, size_t i)
{
    do
        i++;
    while (i < k->count && k->marks[i].cell->column <= k->marks[i - 1].edge + 1);
    return i;
}

/* Forgets marks from..to, which belong to no table; their columns are listed. */
static void set_aside(struct look *k, size_t from, size_t to)
{
    k->asides[k->aside_count++] = (struct span){k->marks[from].cell->column, k->marks[to - 1].edge};
    memmove(&k->marks[from], &k->marks[to], (k->count - to) * sizeof *k->marks);
    k->count -= to - from;
}

void marks_set_asides(struct look *k)
{
    size_t start = 0;

    k->aside_count = 0;
    for (size_t run = 0, end; run < k->count && k->aside_count < FORM_ASIDES_MAX; run = end) {
        end = marks_run_end(k, run);
        if (run == start)
            continue;
        if (is_aside(k, start, run, run, end)) {
            set_aside(k, run, end);
            end = run;
        } else if (is_aside(k, run, end, start, run)) {
            set_aside(k, start, run);
            end = start;
        } else if (is_whole(marks_known(k, start, run))) {
            start = run;
        }
    }
}
