/* A form without a rule set: where answers and severities stand that no table has. With a rule set
 * its points are known one by one. */
#include <stdio.h>
#include <string.h>

#include "grid/check_part.h"

/* The entries from..to of form->loose, all of one sheet. */
struct place {
    const struct form_sheet *table; /* the first of the sheet */
    bool points;                    /* the sheet has some that were read */
    size_t from, to;
};

static struct place place_of(const struct form *f, size_t from)
{
    struct place p = {.from = from, .to = from};

    while (p.to < f->loose_count && f->loose[p.to].sheet == f->loose[from].sheet)
        p.to++;
    for (size_t i = 0; i < f->sheet_count; i++) {
        if (f->sheets[i].sheet != f->loose[from].sheet)
            continue;
        p.table = p.table == NULL ? &f->sheets[i] : p.table;
        p.points |= f->sheets[i].point_count > 0;
    }
    return p;
}

/* A sheet whose name says that no point is on it, or one of which more was told. */
static bool is_told(const struct check *c, const struct place *p)
{
    const char *role = layout_sheet_role(c->layout, p->table->folded);

    if (!p->points && role != NULL && strcmp(role, "ignored") == 0)
        return true;
    for (size_t i = 0; i < jv_count(c->findings); i++) {
        const struct jv *f = jv_at(c->findings, i);
        const char *sheet = jv_get_text(f, "sheet");
        if (strcmp(jv_get_text(f, "rule"), "points-unread") == 0 && sheet != NULL &&
            strcmp(sheet, p->table->name) == 0)
            return true;
    }
    return false;
}

/* A field of the form and its value, or a line that looks like one. */
static bool is_field(const struct check *c, const struct place *p, const struct form_loose *l)
{
    for (size_t i = 0; i < c->form->field_count; i++) {
        const struct form_field *f = &c->form->fields[i];
        if (f->value.row == l->row && f->value.column >= l->column1 &&
            f->value.column <= l->column2 && strcmp(f->sheet, p->table->name) == 0)
            return true;
    }
    return l->above && !l->telling && p->table->name == c->form->info_sheet;
}

static bool is_answer_after_yes(const char *word)
{
    return strcmp(word, "Non") == 0 || strcmp(word, "N/A") == 0;
}

/* Oui, Non, N/A; or another severity after a severity. */
static bool follows(const char *word, const char *before)
{
    if (strcmp(before, "Oui") == 0)
        return strcmp(word, "Non") == 0;
    if (strcmp(before, "Non") == 0)
        return strcmp(word, "N/A") == 0;
    return !is_answer_after_yes(before) && !is_answer_after_yes(word) && strcmp(word, "Oui") != 0 &&
           strcmp(word, before) != 0;
}

/* What the words mean, each with the explanation after it: Oui, Non and N/A in this order, or
 * severities. Two answers may be those of two points. */
static bool is_legend(const struct check *c, const struct place *p)
{
    const struct form_loose *all = c->form->loose;
    bool answers = strcmp(all[p->from].word, "Oui") == 0;

    if (p->points || p->to - p->from < (answers ? 3 : 2) || is_answer_after_yes(all[p->from].word))
        return false;
    for (size_t i = p->from; i < p->to; i++) {
        if (!all[i].word_first || (i > p->from && !follows(all[i].word, all[i - 1].word)))
            return false;
    }
    return true;
}

void check_loose(struct check *c)
{
    const struct form *f = c->form;

    for (size_t at = 0; c->rules->own && at < f->loose_count;) {
        struct place p = place_of(f, at);
        struct form_value first = {.text = ""};
        struct range all = {BOOK_ROWS, 0, BOOK_COLUMNS, 0};
        at = p.to;
        if (p.table == NULL || is_told(c, &p) || is_legend(c, &p))
            continue;
        for (size_t i = p.from; i < p.to; i++) {
            const struct form_loose *l = &f->loose[i];
            if (is_field(c, &p, l))
                continue;
            all.row1 = l->row < all.row1 ? l->row : all.row1;
            all.row2 = l->row > all.row2 ? l->row : all.row2;
            all.column1 = l->column1 < all.column1 ? l->column1 : all.column1;
            all.column2 = l->column2 > all.column2 ? l->column2 : all.column2;
        }
        if (all.row2 == 0)
            continue;
        char from[BOOK_ADDRESS_MAX], to[BOOK_ADDRESS_MAX], range[2 * BOOK_ADDRESS_MAX + 1];
        book_address(all.row1, all.column1, from);
        book_address(all.row2, all.column2, to);
        snprintf(range, sizeof range, "%s:%s", from, to);
        first.row = all.row1;
        first.column = all.column1;
        note_add(c, "answers-unread", p.table->name, &first, range);
    }
}
