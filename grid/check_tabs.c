/* Which application type is declared, which tabs it needs, and what the form has in their place. */
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/utf8.h"
#include "grid/check_part.h"
#include "grid/clean.h"

static struct check_tab *tab_declared(struct check *c, const char *text)
{
    char *folded = clean_fold_name(text, c->e);
    struct check_tab *found = NULL;

    if (folded == NULL)
        return NULL;
    /* A specimen's form names its tabs as its types; another's may not. */
    const char *type = !c->rules->specimen ? layout_type_declared(c->layout, folded) : NULL;
    for (size_t i = 0; *folded != '\0' && i < c->tab_count; i++) {
        struct check_tab *t = &c->tabs[i];
        if (t->role != TAB_COMMON && strcmp(t->rule->folded, folded) == 0)
            found = t;
    }
    for (size_t i = 0; found == NULL && type != NULL && i < c->tab_count; i++) {
        struct check_tab *t = &c->tabs[i];
        if (t->role != TAB_COMMON && strcmp(t->type, type) == 0)
            found = t;
    }
    free(folded);
    return found;
}

static bool same_type(const struct check_tab *a, const struct check_tab *b)
{
    return a != NULL && b != NULL && a->role != TAB_COMMON && b->role != TAB_COMMON &&
           strcmp(a->type, b->type) == 0;
}

/* The only type with a filled tab (its first one); NULL when there is none or more than one. */
static struct check_tab *only_filled(struct check *c, const struct check_tab *but)
{
    struct check_tab *found = NULL;

    for (size_t i = 0; i < c->tab_count; i++) {
        struct check_tab *t = &c->tabs[i];
        if (t->role == TAB_COMMON || same_type(t, but) || t->changed == 0)
            continue;
        if (found != NULL && !same_type(found, t))
            return NULL;
        found = found != NULL ? found : t;
    }
    return found;
}

static bool has_lps_tab(const struct check *c)
{
    for (size_t i = 0; i < c->tab_count; i++) {
        if (c->tabs[i].role != TAB_PROXY && c->tabs[i].sheet != NULL)
            return true;
    }
    return false;
}

/* The form has no place to declare its type, nor had the blank one. */
static bool untold_type(const struct check *c)
{
    return form_field(c->form, "application_type") == NULL &&
           (c->rules->own || rules_field(c->rules, "application_type") == NULL);
}

bool check_tab_unnamed(const struct check *c, const struct check_tab *t)
{
    return c->rules->own && t->rule->hint != HINT_NONE && !t->adopted && !t->expected &&
           t->changed > 0;
}

/* A type is declared that is known, and filled tabs that do not say what they are: they want a
 * name, and nothing else is wrong. Asked when it is known which tabs are expected. */
static bool only_names_lack(struct check *c)
{
    char *folded = clean_fold_name(form_field_text(c->form, "application_type"), c->e);
    bool known = folded != NULL && layout_type_declared(c->layout, folded) != NULL, any = false;

    for (size_t i = 0; i < c->tab_count; i++)
        any |= check_tab_unnamed(c, &c->tabs[i]);
    free(folded);
    return known && any;
}

static void find_type(struct check *c)
{
    const struct form_field *field = form_field(c->form, "application_type");

    if (field != NULL && !clean_is_void(field->value.text)) {
        c->type_tab = tab_declared(c, field->value.text);
    } else if (untold_type(c)) {
        /* Such a form has no place to declare its type: what is filled tells. */
        c->type_tab = only_filled(c, NULL);
        c->type_inferred = c->type_tab != NULL;
    }
    c->proxy = c->type_tab != NULL ? c->type_tab->role == TAB_PROXY : !has_lps_tab(c);
}

/* A type may have its points in several tabs. */
static void mark_expected(struct check *c)
{
    for (size_t i = 0; i < c->tab_count; i++) {
        struct check_tab *t = &c->tabs[i];
        if (c->proxy)
            t->expected = c->type_tab != NULL ? same_type(c->type_tab, t) : t->role == TAB_PROXY;
        else
            t->expected = same_type(c->type_tab, t) || t->role == TAB_COMMON;
    }
}

/* Declared, but not as any tab. */
static void check_type(struct check *c, bool names)
{
    const struct form_field *field = form_field(c->form, "application_type");

    if (field != NULL && !clean_is_void(field->value.text) && c->type_tab == NULL && !names)
        finding_add(c, "meta-invalid", field->sheet, &field->value, NULL, NULL);
}

static bool mismatch(struct check *c)
{
    const struct form_field *field = form_field(c->form, "application_type");
    const struct check_tab *t = c->type_tab;

    if (t == NULL || field == NULL || t->sheet == NULL || t->changed > 0 ||
        only_filled(c, t) == NULL)
        return false;
    finding_add(c, "type-mismatch", field->sheet, &field->value, NULL, NULL);
    return true;
}

static bool has_common(const struct check *c)
{
    for (size_t i = 0; i < c->tab_count; i++) {
        if (c->tabs[i].role == TAB_COMMON)
            return true;
    }
    return false;
}

/* Filled though it is not asked for, or nobody can tell: then its name is what lacks, not an
 * answer, and it is told once a sheet. */
static void check_surplus(struct check *c, size_t i)
{
    const struct check_tab *t = &c->tabs[i];

    for (size_t k = 0; k < i && check_tab_unnamed(c, t); k++) {
        if (check_tab_unnamed(c, &c->tabs[k]) && c->tabs[k].sheet->name == t->sheet->name)
            return;
    }
    finding_add(c, "tab-unexpected", t->sheet->name,
                check_tab_unnamed(c, t) ? NULL : &t->first_changed->answer, NULL, NULL);
}

static void check_each(struct check *c, bool names, bool mismatched)
{
    bool any = false;

    for (size_t i = 0; i < c->tab_count; i++) {
        const struct check_tab *t = &c->tabs[i];
        any |= t->expected;
        if (t->expected && t->sheet == NULL)
            finding_add(c, "tab-missing", t->rule->name, NULL, NULL, NULL);
        else if (t->expected && t->answered == 0 && !(mismatched && t == c->type_tab))
            finding_add(c, "tab-empty", t->sheet->name, NULL, NULL, NULL);
        else if (!t->expected && t->changed > 0 && !mismatched)
            check_surplus(c, i);
    }
    if (names && !mismatched)
        return;
    /* A form in which no tab at all was recognised must never pass. */
    if (!any || (!c->proxy && c->type_tab == NULL && untold_type(c)))
        finding_add(c, "tab-missing", NULL, NULL, NULL, NULL);
    if (c->rules->own && any && !c->proxy && !c->together && !has_common(c))
        finding_add(c, "tab-missing", "Base commune", NULL, NULL, NULL);
}

static bool read_in_expected(const struct check *c, const char *id)
{
    for (size_t i = 0; i < c->tab_count; i++) {
        const struct rule_point *p = c->tabs[i].expected ? rules_point(c->tabs[i].rule, id) : NULL;
        if (p != NULL && c->tabs[i].rows[p - c->tabs[i].rule->points] != NULL)
            return true;
    }
    return false;
}

/* A copy without its header row: two rows with a point's identifier and a typed answer beside it.
 */
static bool copies_without_header(const struct check *c, const struct sheet *s)
{
    enum { ROWS_LEAST = 2 };
    size_t rows = 0;

    for (size_t i = 0; s != NULL && i < s->count && i < FORM_COPY_CELLS_MAX;) {
        uint32_t row = s->cells[i].row;
        bool id = false, answer = false;
        for (; i < s->count && s->cells[i].row == row; i++) {
            const struct cell *cell = &s->cells[i];
            struct form_value v = {.text = cell->text, .type = cell->type, .flags = cell->flags};
            if (cell->type != CELL_TEXT || cell->len > 64 || (cell->flags & CELL_FORMULA) != 0)
                continue;
            id |= read_in_expected(c, cell->text);
            answer |= answer_of(&v) <= ANSWER_NA;
        }
        rows += id && answer;
    }
    return rows >= ROWS_LEAST;
}

/* Another table of the same sheet. */
static bool has_sibling(const struct check *c, const struct form_sheet *s)
{
    for (size_t i = 0; i < c->tab_count; i++) {
        const struct form_sheet *other = c->tabs[i].sheet;
        if (c->tabs[i].expected && other != NULL && other != s && other->name == s->name)
            return true;
    }
    return false;
}

static void check_repeated(struct check *c)
{
    for (size_t i = 0; i < c->form->sheet_count; i++) {
        const struct form_sheet *s = &c->form->sheets[i];
        const struct check_tab *t = check_tab_of_sheet(c, s);
        if ((t != NULL && t->expected) || rules_blank_has_sheet(c->rules, s->name))
            continue;
        bool repeats = s->header_row == 0 && s->name != c->form->info_sheet &&
                       copies_without_header(c, s->sheet);
        const struct form_point *first = NULL;
        for (size_t k = 0; k < s->point_count && first == NULL; k++) {
            const char *id = form_point_id(&s->points[k]);
            /* Tabs that number their points alike, each with its own, repeat nothing. */
            if (read_in_expected(c, id) && (t == NULL || rules_point(t->rule, id) == NULL))
                first = &s->points[k];
        }
        if (first != NULL && has_sibling(c, s))
            finding_add(c, "sheet-duplicate", s->name, &first->id, form_point_id(first), NULL);
        else if (repeats || first != NULL)
            finding_add(c, "sheet-duplicate", s->name, NULL, NULL, NULL);
    }
}

/* Whether what was not read may be a point: a rule set knows its own by their identifiers. */
static bool may_be_point(const struct check *c, const struct form_sheet *s)
{
    const struct cell *cell = s->sheet != NULL && s->unread_column != 0
                                  ? book_cell(s->sheet, s->unread_row, s->unread_column)
                                  : NULL;
    bool yes = c->rules->own || cell == NULL || cell->type != CELL_TEXT;

    for (size_t i = 0; !yes && i < c->tab_count; i++)
        yes = rules_point(c->tabs[i].rule, cell->text) != NULL;
    return yes || rules_id_shaped(c->rules, cell->text);
}

/* A further sheet of the common part or of the declared type by its name, of which no point was
 * read. Without a rule set nobody else misses them. */
static bool is_named_part(const struct check *c, const struct form_sheet *s)
{
    const char *folded = s->part_folded != NULL ? s->part_folded : s->folded;
    const char *type = layout_type(c->layout, folded), *role;

    if (!c->rules->own || s->point_count > 0 || s->divided || s->name == c->form->info_sheet ||
        layout_sheet_set_aside(c->layout, s->folded))
        return false;
    type = type != NULL ? type : layout_type_within(c->layout, folded);
    role = layout_sheet_role(c->layout, folded);
    role = role != NULL ? role : layout_sheet_role_within(c->layout, folded);
    if (type == NULL)
        return role != NULL && strcmp(role, "common") == 0 && !c->proxy && has_common(c);
    return c->type_tab != NULL && strcmp(c->type_tab->type, type) == 0;
}

/* Points of a sheet that counts which no table has. */
static void check_unread(struct check *c)
{
    for (size_t i = 0; i < c->form->sheet_count; i++) {
        const struct form_sheet *s = &c->form->sheets[i];
        const struct check_tab *t = check_tab_of_sheet(c, s);
        struct form_value place = {.text = "", .row = s->unread_row, .column = 1};
        bool counts = t != NULL ? t->expected || c->type_tab == NULL : is_named_part(c, s);
        if (s->unread_row == 0 || !(counts || has_sibling(c, s)) || !may_be_point(c, s))
            continue;
        place.column = s->unread_column != 0 ? s->unread_column : 1;
        finding_add(c, "points-unread", s->name, &place, NULL, NULL);
    }
}

static void check_extent(struct check *c)
{
    const char *told = NULL;

    for (size_t i = 0; i < c->form->sheet_count; i++) {
        const struct form_sheet *s = &c->form->sheets[i];
        const struct check_tab *t = check_tab_of_sheet(c, s);
        bool read = (t != NULL && t->expected) || s->name == c->form->info_sheet;
        if (read && s->name != told && form_sheet_vast(s) &&
            !rules_blank_is_vast(c->rules, s->name))
            finding_add(c, "dimension-excessive", told = s->name, NULL, NULL, NULL);
    }
}

void check_tabs(struct check *c)
{
    check_adopt(c);
    find_type(c);
    mark_expected(c);
    bool names = only_names_lack(c);
    check_type(c, names);
    check_each(c, names, mismatch(c));
    check_repeated(c);
    check_unread(c);
    check_extent(c);
}
