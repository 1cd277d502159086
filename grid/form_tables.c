/* The tables of points of one sheet: usually one; or several, each with its header (form_blocks.h);
 * or one table in parts, told apart by headings between the rows or by a column. */
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "base/search.h"
#include "base/utf8.h"
#include "grid/book_part.h"
#include "grid/check.h"
#include "grid/clean.h"
#include "grid/fault.h"
#include "grid/form_blocks.h"

static struct form_sheet *new_table(struct form *f, const struct sheet *sheet, struct range area,
                                    struct err *e)
{
    void *items = f->sheets;

    if (book_grow(&items, &f->sheet_room, f->sheet_count, sizeof *f->sheets, e) != 0)
        return NULL;
    f->sheets = items;
    struct form_sheet *s = &f->sheets[f->sheet_count];
    *s = (struct form_sheet){
        .name = sheet->name, .sheet = sheet, .state = sheet->state, .area = area};
    s->folded = clean_fold_name(sheet->name, e);
    if (s->folded == NULL)
        return NULL;
    f->sheet_count++;
    return s;
}

static void drop_last(struct form *f)
{
    form_sheet_free(&f->sheets[--f->sheet_count]);
}

/* Whether a text is the name of a part and nothing else: its label, perhaps numbered. */
enum part { PART_NONE, PART_COMMON, PART_OTHER };

static enum part part_of(const struct layout *l, const char *text, struct err *e)
{
    char *folded = strlen(text) <= LABEL_BYTES ? clean_fold_name(text, e) : NULL;
    const char *name = folded;
    enum part part = PART_NONE;

    while (name != NULL && part == PART_NONE && *name != '\0') {
        const char *role = layout_sheet_role(l, name), *type = layout_type(l, name);
        size_t word = strcspn(name, " ");
        if (role != NULL && strcmp(role, "common") == 0)
            part = PART_COMMON;
        else if (type != NULL || (role != NULL && strcmp(role, "specific") == 0))
            part = PART_OTHER;
        else if (word > 2 && strncmp(name, "onglet", word) != 0 &&
                 strncmp(name, "partie", word) != 0 && strncmp(name, "section", word) != 0 &&
                 strncmp(name, "tableau", word) != 0)
            break; /* more than a number before the name */
        name += word + (name[word] == ' ');
    }
    free(folded);
    return part;
}

/* The only text of a row within columns; NULL when there are more, or none. */
static const struct cell *only_text(const struct sheet *sheet, const struct range *area,
                                    uint32_t row)
{
    const struct cell *only = NULL;

    for (size_t i = book_row_start(sheet, row); i < sheet->count && sheet->cells[i].row == row;
         i++) {
        const struct cell *c = &sheet->cells[i];
        if (c->column < area->column1 || c->column > area->column2 || c->type == CELL_EMPTY ||
            c->len == 0 || (c->flags & CELL_COVERED) != 0)
            continue;
        if (only != NULL || c->type != CELL_TEXT)
            return NULL;
        only = c;
    }
    return only;
}

struct parts {
    const char *title[FORM_TITLES_MAX]; /* in the order of the form */
    enum part part[FORM_TITLES_MAX];
    size_t count;
    bool common, other;
};

/* -1 when there are too many. */
static int part_index(struct parts *all, const char *title, enum part part)
{
    for (size_t i = 0; i < all->count; i++) {
        if (clean_same_word(all->title[i], title))
            return (int)i;
    }
    if (all->count == FORM_TITLES_MAX)
        return -1;
    all->title[all->count] = title;
    all->part[all->count] = part;
    all->common |= part == PART_COMMON;
    all->other |= part == PART_OTHER;
    return (int)all->count++;
}

/* For each point the heading above it, -1 for none. False when the headings do not tell common
 * points from others. */
static bool parts_by_heading(const struct form_sheet *s, const struct layout *l, struct parts *all,
                             int *of, struct err *e)
{
    uint32_t first = s->header_row > TITLE_ROWS ? s->header_row - TITLE_ROWS : 1;
    uint32_t row = first < s->area.row1 ? s->area.row1 : first;
    int now = -1;

    for (size_t i = 0; i < s->point_count; i++) {
        for (; row < s->points[i].id.row; row++) {
            const struct cell *title = only_text(s->sheet, &s->area, row);
            enum part part = title != NULL ? part_of(l, title->text, e) : PART_NONE;
            if (part != PART_NONE)
                now = part_index(all, title->text, part);
        }
        of[i] = now;
    }
    return all->common && all->other;
}

/* The same from a column whose cells name the part of each point; a merged cell holds for all its
 * rows. */
static bool parts_by_column(const struct form_sheet *s, const struct layout *l, uint32_t column,
                            struct parts *all, int *of, struct err *e)
{
    int now = -1;

    *all = (struct parts){.count = 0};
    for (size_t i = 0; i < s->point_count; i++) {
        of[i] = -1;
        if (!form_is_candidate(&s->points[i]))
            continue;
        const struct cell *c = book_cell(s->sheet, s->points[i].id.row, column);
        bool empty = c == NULL || c->type == CELL_EMPTY || c->len == 0;
        if (empty && book_covered(s->sheet, s->points[i].id.row, column)) {
            of[i] = now;
            continue;
        }
        enum part part = empty || c->type != CELL_TEXT ? PART_NONE : part_of(l, c->text, e);
        now = part != PART_NONE ? part_index(all, c->text, part) : -1;
        if (now < 0)
            return false;
        of[i] = now;
    }
    return all->common && all->other;
}

static bool find_parts(const struct form_sheet *s, const struct layout *l, struct parts *all,
                       int *of, struct err *e)
{
    *all = (struct parts){.count = 0};
    if (parts_by_heading(s, l, all, of, e))
        return true;
    for (uint32_t column = s->area.column1; column <= s->last_column && column < FORM_COLUMNS_MAX;
         column++) {
        if (parts_by_column(s, l, column, all, of, e))
            return true;
    }
    return false;
}

static int set_part(struct form *f, struct form_sheet *s, const char *title, struct err *e)
{
    s->part = arena_text(&f->arena, title, strlen(title));
    if (s->part == NULL)
        return fault_set(e, "zip-bomb");
    free(s->folded);
    free(s->part_folded);
    s->part_folded = clean_fold_name(title, e);
    s->folded = clean_fold_part(s->name, title, e);
    return s->folded != NULL && s->part_folded != NULL ? 0 : -1;
}

/* One more table with the points of a part, out of a copy of the whole one. */
static int add_part(struct form *f, size_t whole, const struct parts *all, const int *of, int part,
                    struct err *e)
{
    struct form_sheet *made = new_table(f, f->sheets[whole].sheet, f->sheets[whole].area, e);

    if (made == NULL)
        return -1;
    const struct form_sheet *s = &f->sheets[whole];
    struct form_sheet own = *made;
    *made = *s;
    made->folded = own.folded;
    made->points = calloc(s->point_count + 1, sizeof *made->points);
    made->columns = calloc(s->column_count + 1, sizeof *made->columns);
    made->point_count = 0;
    if (made->points == NULL || made->columns == NULL)
        return err_set_memory(e);
    memcpy(made->columns, s->columns, s->column_count * sizeof *s->columns);
    for (size_t i = 0; i < s->point_count; i++) {
        if (of[i] == part)
            made->points[made->point_count++] = s->points[i];
    }
    return part >= 0 ? set_part(f, made, all->title[part], e) : 0;
}

/* Whether the sheet's own name already says which points it has: then only headings that name both
 * parts divide it, which find_parts asks for anyway. */
static int divide(struct form *f, size_t at, const struct layout *l, struct err *e)
{
    int *of = calloc(f->sheets[at].point_count + 1, sizeof *of);
    struct parts all;
    size_t loose = 0;
    int rc = of != NULL ? 0 : err_set_memory(e);

    if (rc == 0 && f->sheets[at].point_count > 0 && find_parts(&f->sheets[at], l, &all, of, e)) {
        for (size_t i = 0; i < f->sheets[at].point_count; i++)
            loose += of[i] < 0 && form_is_candidate(&f->sheets[at].points[i]);
        for (int part = 0; rc == 0 && part < (int)all.count; part++)
            rc = add_part(f, at, &all, of, part, e);
        /* Points before the first heading belong to no part; they stay where they are. */
        struct form_sheet *whole = &f->sheets[at];
        size_t kept = 0;
        for (size_t i = 0; i < whole->point_count; i++) {
            if (of[i] < 0)
                whole->points[kept++] = whole->points[i];
        }
        whole->point_count = kept;
        whole->divided = loose == 0;
    }
    free(of);
    return rc == 0 && !err_is_set(e) ? 0 : -1;
}

/* A title above a table beside or below another one. */
static int title_of(struct form *f, struct form_sheet *s, const struct layout *l, struct err *e)
{
    for (uint32_t row = s->header_row - 1;
         s->part == NULL && row >= s->area.row1 && row > 0 && row + TITLE_ROWS >= s->header_row;
         row--) {
        const struct cell *title = only_text(s->sheet, &s->area, row);
        if (title != NULL && part_of(l, title->text, e) != PART_NONE)
            return set_part(f, s, title->text, e);
    }
    return err_is_set(e) ? -1 : 0;
}

static size_t candidates(const struct form_sheet *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->point_count; i++)
        n += form_is_candidate(&s->points[i]);
    return n;
}

static int by_name(const void *a, const void *b)
{
    const struct form_point *const *p = a, *const *q = b;
    int order = strcmp(form_point_id(*p), form_point_id(*q));

    return order != 0 ? order : strcmp((*p)->wording.text, (*q)->wording.text);
}

static bool says_otherwise(const struct form_point *a, const struct form_point *b)
{
    enum answer answer = answer_of(&b->answer);

    return (answer != ANSWER_EMPTY && answer != answer_of(&a->answer)) ||
           (!clean_is_void(b->severity.text) &&
            !clean_same_word(b->severity.text, a->severity.text));
}

/* The points of the earlier tables of a sheet, sorted by name, each table once. */
struct sorted {
    const struct form_point **points;
    size_t count;
};

static int sort_table(const struct form_sheet *s, struct sorted *out, struct err *e)
{
    if (out->points != NULL)
        return 0;
    out->points = calloc(s->point_count + 1, sizeof *out->points);
    if (out->points == NULL)
        return err_set_memory(e);
    for (size_t i = 0; i < s->point_count; i++) {
        if (form_is_candidate(&s->points[i]))
            out->points[out->count++] = &s->points[i];
    }
    if (out->count > 0)
        qsort(out->points, out->count, sizeof(struct form_point *), by_name);
    return 0;
}

struct wanted {
    const struct sorted *in;
    const struct form_point *point;
};

static bool id_below(const void *self, size_t i)
{
    const struct wanted *w = self;

    return strcmp(form_point_id(w->in->points[i]), form_point_id(w->point)) < 0;
}

/* With this wording, or with one of which it is a shortened form, as in a plan of action. */
static bool stands_in(const struct sorted *a, const struct form_point *p, struct err *e)
{
    const struct form_point **found =
        a->count > 0 ? bsearch(&p, a->points, a->count, sizeof(struct form_point *), by_name)
                     : NULL;

    if (found != NULL)
        return !says_otherwise(*found, p);
    const struct wanted w = {a, p};
    size_t first = search_first(a->count, id_below, &w);
    for (size_t i = first; i < a->count && i - first < FORM_ALIKE_MAX &&
                           strcmp(form_point_id(a->points[i]), form_point_id(p)) == 0;
         i++) {
        if (!says_otherwise(a->points[i], p) &&
            clean_is_shortened(p->wording.text, a->points[i]->wording.text, e))
            return true;
    }
    return false;
}

/* Whether every point of b stands in a too, by identifier and wording, with no other answer or
 * severity. Which of the two counts is not for us to say. */
static bool is_copy(const struct sorted *a, const struct form_sheet *b, struct err *e)
{
    bool copy = true;

    for (size_t i = 0; copy && i < b->point_count; i++)
        copy = !form_is_candidate(&b->points[i]) || stands_in(a, &b->points[i], e);
    return copy;
}

/* Whoever reads the form by eye may look at a table that is not read: told where it begins. */
static void tell_unread(struct form *f, size_t table, uint32_t row, bool pointless)
{
    struct form_sheet *s = table < f->sheet_count ? &f->sheets[table] : NULL;

    if (s != NULL && s->second_header == 0)
        s->second_header = row;
    if (s != NULL && s->pointless_header == 0 && pointless)
        s->pointless_header = row;
}

/* The earlier table that the last one copies, or stands beside without a point of its own; SIZE_MAX
 * when the last one counts. */
static size_t needless(struct form *f, size_t from, struct sorted sorted[FORM_TABLES_MAX],
                       struct err *e)
{
    size_t last = f->sheet_count - 1;

    if (candidates(&f->sheets[last]) == 0)
        return from < last ? from : SIZE_MAX;
    for (size_t k = from; k < last; k++) {
        if (sort_table(&f->sheets[k], &sorted[k - from], e) != 0)
            break;
        if (is_copy(&sorted[k - from], &f->sheets[last], e))
            return k;
    }
    return SIZE_MAX;
}

/* Reads block i as one more table. Of one that is needless *like says which other one is. */
static int read_block(struct form *f, const struct sheet *sheet, const struct block *block,
                      size_t from, struct sorted sorted[FORM_TABLES_MAX], size_t *like, bool *empty,
                      const struct layout *l, struct err *e)
{
    struct form_sheet *s = new_table(f, sheet, block->area, e);

    if (s == NULL || form_read_points(f, s, block->row, l, e) != 0)
        return -1;
    *empty = candidates(s) == 0;
    *like = needless(f, from, sorted, e);
    return err_is_set(e) ? -1 : 0;
}

/* All tables of a sheet, in the order of their headers. *again: one has no points and its header
 * parts another table, which must be read without it. */
static int read_blocks(struct form *f, const struct sheet *sheet, struct blocks *b, size_t from,
                       const struct layout *l, bool *again, struct err *e)
{
    struct sorted sorted[FORM_TABLES_MAX] = {{NULL, 0}};
    size_t table[FORM_TABLES_MAX], like;
    bool empty;
    int rc = 0;

    *again = false;
    form_place_blocks(b);
    for (size_t i = 0; rc == 0 && i < b->count && !*again; i++) {
        size_t above = form_block_above(b, i);
        struct block *block = &b->items[i];
        table[i] = SIZE_MAX;
        if (block->dropped) {
            tell_unread(f, above != SIZE_MAX ? table[above] : from, block->row, true);
            continue;
        }
        rc = read_block(f, sheet, block, from, sorted, &like, &empty, l, e);
        if (rc != 0)
            break;
        if (empty && above != SIZE_MAX) {
            block->dropped = *again = true;
        } else if (like == SIZE_MAX) {
            table[i] = f->sheet_count - 1;
        } else {
            drop_last(f);
            tell_unread(f, like, block->row, empty);
        }
    }
    for (size_t i = 0; i < FORM_TABLES_MAX; i++)
        free(sorted[i].points);
    return rc;
}

static void drop_from(struct form *f, size_t from)
{
    while (f->sheet_count > from)
        drop_last(f);
}

int form_read_tables(struct form *f, const struct sheet *sheet, const struct layout *l,
                     struct err *e)
{
    const struct range whole = {1, BOOK_ROWS, 1, BOOK_COLUMNS};
    size_t from = f->sheet_count;
    struct blocks *b = calloc(1, sizeof *b);
    bool again = true;
    int rc = b != NULL ? form_find_blocks(f, sheet, l, b, e) : err_set_memory(e);

    /* Each time round drops one more block, of FORM_TABLES_MAX. */
    while (rc == 0 && b->count > 0 && again) {
        drop_from(f, from);
        rc = read_blocks(f, sheet, b, from, l, &again, e);
    }
    if (rc == 0 && b->count == 0) {
        struct form_sheet *s = new_table(f, sheet, whole, e);
        rc = s != NULL ? form_read_points(f, s, 0, l, e) : -1;
    }
    bool several = f->sheet_count > from + 1;
    for (size_t i = from, n = f->sheet_count; rc == 0 && i < n; i++) {
        size_t parts = f->sheet_count;
        rc = divide(f, i, l, e);
        if (rc == 0 && several && f->sheet_count == parts && f->sheets[i].header_row != 0)
            rc = title_of(f, &f->sheets[i], l, e);
    }
    if (rc == 0 && b->further_row != 0 && f->sheet_count > from)
        f->sheets[from].unread_row = b->further_row;
    free(b);
    return rc;
}
