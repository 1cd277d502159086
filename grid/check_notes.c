/* Advice beside the findings; it never changes a verdict. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/text.h"
#include "base/utf8.h"
#include "grid/check_part.h"
#include "grid/clean.h"
#include "grid/form_part.h"

enum { REPEATED_LEAST = 3 };

struct justification {
    const struct check_tab *tab;
    const struct form_point *point;
    const char *text; /* the comment without the blanks at its ends */
    size_t len;
    bool told; /* already, as hollow or as a repetition */
};

static const char *const hollow[] = {"",
                                     "ras",
                                     "r a s",
                                     "neant",
                                     "na",
                                     "n a",
                                     "non",
                                     "oui",
                                     "ok",
                                     "nc",
                                     "n c",
                                     "aucun",
                                     "aucune",
                                     "voir rapport",
                                     "rien",
                                     "none",
                                     "nothing",
                                     "sans objet",
                                     "non applicable",
                                     "non concerne",
                                     "a completer"};

static bool is_hollow(const char *folded)
{
    for (size_t i = 0; i < sizeof hollow / sizeof hollow[0]; i++) {
        if (strcmp(folded, hollow[i]) == 0)
            return true;
    }
    return strlen(folded) < 3;
}

/* Only a short text can say nothing; a long one is not folded for it. */
static bool hollow_comment(struct check *c, const struct justification *j)
{
    enum { SHORT = 64 };

    if (j->len > SHORT)
        return false;
    char *folded = utf8_fold(j->text, c->e);
    bool empty = folded != NULL && is_hollow(folded);
    free(folded);
    return empty;
}

static void note_repeated(struct check *c, struct justification *all, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t same = 0;
        char times[24];
        for (size_t k = i; !all[i].told && k < n; k++) {
            if (all[i].len == all[k].len && memcmp(all[i].text, all[k].text, all[i].len) == 0) {
                same++;
                all[k].told = k > i || all[k].told;
            }
        }
        snprintf(times, sizeof times, "%zu", same);
        if (same >= REPEATED_LEAST)
            note_add(c, "justification-repeated", all[i].tab->sheet->name, &all[i].point->comment,
                     times);
    }
}

static void note_justifications(struct check *c)
{
    struct justification *all = calloc(FORM_JUSTIFICATIONS_MAX, sizeof *all);
    size_t n = 0, non = 0;

    for (size_t i = 0; all != NULL && i < c->tab_count; i++) {
        const struct check_tab *t = &c->tabs[i];
        for (size_t k = 0; t->expected && k < t->rule->count && n < FORM_JUSTIFICATIONS_MAX; k++) {
            const struct form_point *p = t->rows[k];
            enum answer a = t->answers[k];
            non += a == ANSWER_NO;
            if ((a != ANSWER_NO && a != ANSWER_NA) || clean_is_void(p->comment.text))
                continue;
            struct justification *j = &all[n++];
            *j = (struct justification){.tab = t, .point = p};
            j->text = clean_trim(p->comment.text, &j->len);
            j->told = hollow_comment(c, j);
            if (j->told)
                note_add(c, "justification-hollow", t->sheet->name, &p->comment, NULL);
        }
    }
    if (all != NULL)
        note_repeated(c, all, n);
    free(all);
    if (non > 0)
        note_add(c, "cvss-reminder", NULL, NULL, NULL);
}

static void note_if_differs(struct check *c, const char *sheet, const struct form_value *v)
{
    if (!v->display_differs)
        return;
    note_add(c, "answer-display-differs", sheet, v, NULL);
    c->display_differs++;
}

static void note_hidden_columns(struct check *c, const struct form_sheet *s)
{
    for (size_t i = 0; s->sheet != NULL && i < s->column_count; i++) {
        const struct form_column *column = &s->columns[i];
        struct form_value place = {.text = "", .row = s->header_row, .column = column->column};
        if ((column->id == COLUMN_ANSWER || column->id == COLUMN_SEVERITY ||
             column->id == COLUMN_COMMENT || column->id == COLUMN_POINT) &&
            book_column_hidden(s->sheet, column->column))
            note_add(c, "column-hidden", s->name, &place, NULL);
    }
}

/* Whoever reads the form by eye may look at the other table. */
static void note_second_header(struct check *c, const struct form_sheet *s)
{
    struct form_value place = {.text = "", .row = s->second_header, .column = 1};

    note_add(c, "header-repeated", s->name, &place, NULL);
}

/* Columns that the report and the checks need. */
static void note_missing_columns(struct check *c, const struct form_sheet *s, bool is_tab)
{
    static const struct {
        enum column_id id;
        const char *code;
    } needed[] = {{COLUMN_POINT, "column-missing-point"},
                  {COLUMN_WORDING, "column-missing-wording"},
                  {COLUMN_SEVERITY, "column-missing-severity"},
                  {COLUMN_COMMENT, "column-missing-comment"}};
    struct form_value place = {.text = "", .row = s->header_row, .column = 1};

    for (size_t i = 0; s->header_row != 0 && i < sizeof needed / sizeof needed[0]; i++) {
        bool said = needed[i].id == COLUMN_POINT
                        ? s->ids_joined || s->ids_made
                        : needed[i].id == COLUMN_SEVERITY && c->rules->own && is_tab;
        bool joined = needed[i].id == COLUMN_WORDING && s->ids_joined;
        if (!form_sheet_has(s, needed[i].id) && !said && !joined)
            note_add(c, needed[i].code, s->name, &place, NULL);
    }
}

static const struct form_column *column_of(const struct form_sheet *s, uint32_t column)
{
    for (size_t i = 0; i < s->column_count; i++) {
        if (s->columns[i].column == column && s->columns[i].label != NULL)
            return &s->columns[i];
    }
    return NULL;
}

static bool label_of_another(struct check *c, const struct form_sheet *s, uint32_t column,
                             const char *folded)
{
    bool same = false;

    for (size_t i = 0; i < s->column_count && !same; i++) {
        char *other = s->columns[i].column != column && s->columns[i].label != NULL
                          ? utf8_fold(s->columns[i].label, c->e)
                          : NULL;
        same = other != NULL && strcmp(other, folded) == 0;
        free(other);
    }
    return same;
}

/* The label of a column as a layout file can name it, between quotes; "" where it cannot: no label,
 * one that is too long or that another column has too. */
static void label_for_layout(struct check *c, const struct form_sheet *s, uint32_t column,
                             char out[LABEL_BYTES + 1])
{
    const struct form_column *own = column_of(s, column);
    char *folded =
        own != NULL && strlen(own->label) <= LABEL_BYTES ? utf8_fold(own->label, c->e) : NULL;
    char safe[LABEL_BYTES + 1];

    out[0] = '\0';
    if (folded != NULL && *folded != '\0' && !label_of_another(c, s, column, folded)) {
        text_copy_whole(out, LABEL_BYTES + 1, own->label);
        clean_blanks(out);
        text_escape_terminal(safe, sizeof safe, out);
        if (strcmp(safe, out) != 0 || strpbrk(out, "\"\\") != NULL)
            text_copy_whole(out, LABEL_BYTES + 1, folded); /* reads the same in a layout */
    }
    free(folded);
}

/* At the header of a column, with the label of `named`; nothing for column 0. */
static void note_columns(struct check *c, const char *code, const struct form_sheet *s,
                         uint32_t column, uint32_t named)
{
    struct form_value place = {.text = "", .row = s->header_row, .column = column};
    char label[LABEL_BYTES + 1];

    if (column == 0)
        return;
    label_for_layout(c, s, named, label);
    note_add(c, code, s->name, &place, label);
}

static void note_column(struct check *c, const char *code, const struct form_sheet *s,
                        uint32_t column)
{
    note_columns(c, code, s, column, column);
}

static uint32_t answer_column(const struct form_sheet *s)
{
    for (size_t i = 0; i < s->column_count; i++) {
        if (s->columns[i].id == COLUMN_ANSWER)
            return s->columns[i].column;
    }
    return 0;
}

/* Which column was read, when others could have been; its label is what a layout file names. */
static void note_answer_columns(struct check *c, const struct form_sheet *s)
{
    note_columns(c, "ticks-ambiguous", s, s->ticks_beside, answer_column(s));
    note_column(c, "answers-unnamed", s, s->answers_unnamed);
    note_column(c, "severity-ambiguous", s, s->severity_rival);
    note_column(c, "comments-joined", s, s->comments_joined);
    note_column(c, "column-unread", s, s->texts_unread);
    for (size_t i = 0; i < s->rival_count; i++)
        note_column(c, "column-ambiguous", s, s->rivals[i]);
    if (s->ids_made)
        note_add(c, "ids-made", s->name, NULL, NULL);
    for (size_t i = 0; i < s->column_count; i++) {
        const struct form_column *column = &s->columns[i];
        struct form_value place = {.text = "", .row = s->header_row, .column = column->column};
        if (column->id == COLUMN_ANSWER && s->ticked)
            note_add(c, "answers-ticked", s->name, &place, NULL);
        else if (column->by_content && column->id != COLUMN_POINT)
            note_add(c, "column-by-content", s->name, &place, column_name(column->id));
    }
}

/* Once for all tables of a sheet, at the first. */
static void note_whole(struct check *c, size_t first)
{
    const char *name = c->form->sheets[first].name;
    size_t points = 0;
    char count[24];

    for (size_t i = 0; i < c->form->sheet_count; i++) {
        const struct form_sheet *s = &c->form->sheets[i];
        const struct check_tab *t = s->name == name ? check_tab_of_sheet(c, s) : NULL;
        if (t == NULL || !t->adopted || t->role == TAB_COMMON)
            continue;
        if (i < first)
            return;
        points += t->rule->count;
    }
    snprintf(count, sizeof count, "%zu", points);
    note_add(c, "tab-taken-whole", name, NULL, count);
}

/* What looks like points and was not taken as a tab: with a rule set such sheets are checked
 * elsewhere (sheet-duplicate). */
static void note_unknown_sheets(struct check *c)
{
    enum { IDS_LEAST = 5 };

    for (size_t i = 0; i < c->form->sheet_count; i++) {
        const struct form_sheet *s = &c->form->sheets[i];
        const struct check_tab *t = check_tab_of_sheet(c, s);
        bool known = t != NULL && t->rule->hint == HINT_NONE;
        char count[24];
        if (!c->rules->own && (t == NULL || !t->adopted))
            continue;
        if (s->sheet == NULL || (s->name == c->form->info_sheet && s->header_row == 0))
            continue;
        if (t == NULL && (s->point_count > 0 || s->unread_row != 0) &&
            layout_sheet_set_aside(c->layout, s->folded)) {
            note_add(c, "tab-ignored", s->name, NULL, NULL);
            continue;
        }
        snprintf(count, sizeof count, "%zu", t != NULL ? t->rule->count : s->ids_unread);
        if (t != NULL && t->adopted && t->role != TAB_COMMON && c->together)
            note_whole(c, i);
        else if (t != NULL && t->adopted)
            note_add(c, t->role == TAB_COMMON ? "tab-taken-common" : "tab-taken-type", s->name,
                     NULL, count);
        else if (t != NULL && t->role != TAB_COMMON && !known && !check_tab_unnamed(c, t))
            note_add(c, "tab-name-unknown", s->name, NULL, count);
        else if (t == NULL && s->header_row != 0 && s->point_count == 0 && !s->divided)
            note_missing_columns(c, s, false);
        else if (t == NULL && s->header_row == 0 && s->ids_unread >= IDS_LEAST)
            note_add(c, "header-not-found", s->name, NULL, count);
        else if (t == NULL && s->header_row == 0 && s->ids_across >= IDS_LEAST)
            note_add(c, "points-across", s->name, NULL, NULL);
    }
}

static void note_tabs(struct check *c)
{
    for (size_t i = 0; i < c->tab_count; i++) {
        const struct check_tab *t = &c->tabs[i];
        if (!t->expected || t->sheet == NULL)
            continue;
        for (size_t k = 0; k < t->rule->count; k++) {
            if (t->rows[k] == NULL)
                continue;
            note_if_differs(c, t->sheet->name, &t->rows[k]->severity);
            note_if_differs(c, t->sheet->name, &t->rows[k]->answer);
            note_if_differs(c, t->sheet->name, &t->rows[k]->comment);
        }
        note_hidden_columns(c, t->sheet);
        if (t->sheet->state != SHEET_VISIBLE)
            note_add(c, "tab-hidden", t->sheet->name, NULL, NULL);
        if (t->sheet->second_header != 0)
            note_second_header(c, t->sheet);
        if (t->sheet->header_row == 0 && t->sheet->sheet != NULL)
            note_add(c, "header-not-found", t->sheet->name, NULL, NULL);
        if (t->sheet->sheet != NULL) {
            note_missing_columns(c, t->sheet, true);
            note_answer_columns(c, t->sheet);
        }
    }
}

static void note_fields(struct check *c)
{
    for (size_t i = 0; i < c->form->sheet_count; i++) {
        const struct form_sheet *s = &c->form->sheets[i];
        bool again = i > 0 && c->form->sheets[i - 1].name == s->name;
        if (s->name == c->form->info_sheet && s->state != SHEET_VISIBLE && !again)
            note_add(c, "tab-hidden", s->name, NULL, NULL);
    }
    if (c->form->info_sheet != NULL && !c->form->from_json &&
        (c->form->values_below || c->form->values_right > 1))
        note_add(c, "field-values-apart", c->form->info_sheet, NULL, NULL);
    for (size_t i = 0; i < c->form->field_count; i++) {
        const struct form_field *f = &c->form->fields[i];
        if (f->has_date)
            note_if_differs(c, f->sheet, &f->value);
        if (f->repeated)
            note_add(c, "field-repeated", f->sheet, &f->value, NULL);
        if ((f->value.flags & CELL_FORMULA) != 0)
            note_add(c, "field-formula", f->sheet, &f->value, NULL);
    }
}

/* Under its own rules a form lacks no field, but the layout knows which ones forms have. */
static void note_unknown_fields(struct check *c)
{
    for (size_t i = 0; c->rules->own && !c->form->from_json && i < layout_field_count(c->layout);
         i++) {
        const struct layout_field *field = layout_field_at(c->layout, i);
        if (field->required && strcmp(field->kind, "period") != 0 &&
            strcmp(field->id, c->rules->age_from) != 0 && /* told as a finding */
            layout_field_by_id(c->layout, field->id) == field &&
            form_field(c->form, field->id) == NULL) {
            note_add(c, "field-not-found", c->form->info_sheet, NULL,
                     layout_field_label(c->layout, field->id));
            check_field_id(c->notes, field->id);
        }
    }
}

/* A part and the further parts of the same tab. */
static size_t points_of_tab(const struct check *c, size_t i)
{
    const struct check_tab *tab = &c->tabs[i];
    size_t n = 0;

    for (size_t k = 0; k < c->tab_count; k++) {
        const struct check_tab *other = &c->tabs[k];
        bool same = other->role == tab->role && (tab->type == NULL || other->type == NULL ||
                                                 strcmp(tab->type, other->type) == 0);
        if (same && k < i && c->tabs[k].expected)
            return 0; /* said at the first part */
        n += same && other->expected ? other->rule->count : 0;
    }
    return n;
}

/* How many points a tab has is no finding: a rule set knows them one by one. But a form under its
 * own rules cannot lack one, and a rule set may have been learnt from a blank form that was not
 * whole: the ranges of the rule set, or else the published ones, are what there is to compare
 * with. */
static void note_counts(struct check *c)
{
    const struct jv *own = jv_get(c->rules->doc, "expected_counts");
    const struct jv *ranges =
        own != NULL || !c->rules->own ? own : layout_expected_counts(c->layout);

    for (size_t i = 0; i < c->tab_count; i++) {
        const struct check_tab *t = &c->tabs[i];
        const struct jv *range = jv_get(ranges, tab_role_name(t->role));
        int64_t least = jv_num(jv_at(range, 0), 0), most = jv_num(jv_at(range, 1), INT64_MAX);
        size_t points = t->expected ? points_of_tab(c, i) : 0;
        char count[24];
        snprintf(count, sizeof count, "%zu", points);
        if (points == 0 || c->together || ((int64_t)points >= least && (int64_t)points <= most))
            continue;
        note_add(c, "points-unusual", t->rule->name, NULL, count);
    }
}

static void note_initial(struct check *c)
{
    const struct form_field *again = form_field(c->form, "reevaluation");
    static const char *const same[] = {"solution", "application_type", "editor"};
    bool declared = again != NULL && clean_same_word(again->value.text, "Oui");
    char count[24];

    if (c->initial == NULL) {
        if (declared)
            note_add(c, "initial-not-given", NULL, NULL, NULL);
        return;
    }
    if (!declared)
        note_add(c, "initial-not-declared", NULL, NULL, NULL);
    if (c->initial_same)
        note_add(c, "initial-same", NULL, NULL, NULL);
    if (c->initial_undated)
        note_add(c, "initial-undated", NULL, NULL, NULL);
    snprintf(count, sizeof count, "%zu", c->initial_unanswered);
    if (c->initial_unanswered > 0)
        note_add(c, "initial-unanswered", NULL, NULL, count);
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        const struct form_field *now = form_field(c->form, same[i]);
        if (now != NULL &&
            !clean_same_word(now->value.text, form_field_text(c->initial->form, same[i])))
            note_add(c, "initial-differs", now->sheet, &now->value, NULL);
    }
    const struct form_field *reference = form_field(c->form, "initial_reference");
    const char *named = form_field_text(c->initial->form, "form_reference");
    if (reference != NULL && !clean_is_void(reference->value.text) && named != NULL &&
        !clean_is_void(named) && !clean_same_word(reference->value.text, named))
        note_add(c, "initial-differs", reference->sheet, &reference->value, NULL);
}

static void note_carries(struct check *c)
{
    static const struct {
        unsigned bit;
        const char *code;
    } all[] = {
        {CARRIES_AUTHORS, "carries-authors"},
        {CARRIES_HIDDEN_SHEETS, "carries-hidden-sheets"},
        {CARRIES_NOTES, "carries-notes"},
        {CARRIES_CUSTOM_DATA | CARRIES_CONNECTIONS | CARRIES_EMBEDDED, "carries-other"},
    };

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if ((c->form->carries & all[i].bit) != 0)
            note_add(c, all[i].code, NULL, NULL, NULL);
    }
}

void check_notes(struct check *c)
{
    if (c->rules->own)
        note_add(c, "ruleset-none", NULL, NULL, NULL);
    if (c->rules_foreign)
        note_add(c, "ruleset-foreign", NULL, NULL, c->rules->title);
    check_version(c);
    if (c->form->from_json)
        note_add(c, "no-workbook", NULL, NULL, NULL);
    if (c->type_inferred)
        note_add(c, "type-inferred", NULL, NULL, c->type_tab->type);
    if (c->age_unknown)
        note_add(c, "age-unknown", NULL, NULL, layout_field_label(c->layout, c->rules->age_from));
    note_tabs(c);
    note_unknown_sheets(c);
    check_loose(c);
    note_justifications(c);
    note_fields(c);
    note_unknown_fields(c);
    note_counts(c);
    note_initial(c);
    note_carries(c);
}
