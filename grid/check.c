#include "grid/check.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/jv.h"
#include "grid/check_part.h"
#include "grid/clean.h"
#include "grid/fault.h"
#include "grid/rules_pick.h"

static const char *const answer_names[] = {"Oui", "Non", "N/A", "vide", "invalide"};
static const char *const warnings[] = {"dimension-excessive", "row-hidden", "text-control-char",
                                       "medium-at-limit", "high-na"};
static const char *const rejections[] = {"high-non", "medium-over-limit"};

const char *answer_name(enum answer a)
{
    return answer_names[a];
}

const char *answer_token(enum answer a)
{
    return a <= ANSWER_NA ? answer_names[a] : NULL;
}

enum answer answer_of(const struct form_value *v)
{
    size_t n = 0;
    const char *text = clean_trim(v->text, &n);

    if ((v->flags & CELL_FORMULA) != 0)
        return ANSWER_INVALID;
    if (n == 0)
        return ANSWER_EMPTY;
    if (v->type != CELL_TEXT)
        return ANSWER_INVALID;
    if (n == 3 && strncasecmp(text, "Oui", 3) == 0)
        return ANSWER_YES;
    if (n == 3 && strncasecmp(text, "Non", 3) == 0)
        return ANSWER_NO;
    if ((n == 3 && strncasecmp(text, "N/A", 3) == 0) || (n == 2 && strncasecmp(text, "NA", 2) == 0))
        return ANSWER_NA;
    return ANSWER_INVALID;
}

static bool among(const char *rule, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(rule, list[i]) == 0)
            return true;
    }
    return false;
}

static struct jv *place(const char *sheet, const struct form_value *v)
{
    struct jv *o = jv_object();
    char address[BOOK_ADDRESS_MAX];

    jv_put_text(o, "sheet", sheet);
    if (v != NULL && v->row > 0) {
        book_address(v->row, v->column, address);
        jv_put_text(o, "cell", address);
    } else {
        jv_put_null(o, "cell");
    }
    return o;
}

void finding_add(struct check *c, const char *rule, const char *sheet, const struct form_value *v,
                 const char *point, const char *value)
{
    struct jv *o = place(sheet, v);
    bool warning = among(rule, warnings, sizeof warnings / sizeof warnings[0]);
    bool rejection = among(rule, rejections, sizeof rejections / sizeof rejections[0]);

    jv_put_text(o, "rule", rule);
    jv_put_text(o, "level", warning ? "avertissement" : rejection ? "rejet" : "erreur");
    jv_put_text(o, "point", point);
    if (value != NULL && *value != '\0')
        jv_put_text(o, "value", value);
    jv_add_take(c->findings, o);
    c->errors += !warning && !rejection;
    c->rejections += rejection;
    c->expired += strcmp(rule, "date-expired") == 0;
}

void note_add(struct check *c, const char *code, const char *sheet, const struct form_value *v,
              const char *value)
{
    struct jv *o = place(sheet, v);

    jv_put_text(o, "code", code);
    if (value != NULL && *value != '\0')
        jv_put_text(o, "value", value);
    jv_add_take(c->notes, o);
}

void check_field_id(struct jv *list, const char *id)
{
    if (id != NULL && jv_count(list) > 0)
        jv_put_text(jv_at(list, jv_count(list) - 1), "field", id);
}

void check_text(struct check *c, const char *sheet, const struct form_value *v, const char *point)
{
    if ((v->flags & CELL_LONG) != 0)
        finding_add(c, "text-too-long", sheet, v, point, NULL);
    if (clean_has_bidi(v->text))
        finding_add(c, "text-bidi-control", sheet, v, point, NULL);
    if (clean_has_control(v->text))
        finding_add(c, "text-control-char", sheet, v, point, NULL);
}

/* The answer of a row. A formula that the blank form has too stands for its value; what the blank
 * form says in place of an answer ("Choisir...") is none. `as_blank`: unchanged. */
static enum answer answer_in(const struct check *c, const struct check_tab *t,
                             const struct form_point *p, bool *as_blank)
{
    const char *sheet = t->sheet->name, *id = form_point_id(p);
    const char *blank = c->rules->own ? NULL : rules_blank_answer(c->rules, sheet, id);
    struct form_value v = p->answer;

    if ((v.flags & CELL_FORMULA) != 0 && !c->rules->own && rules_blank_formula(c->rules, sheet, id))
        v.flags &= (uint8_t)~CELL_FORMULA;
    enum answer a = p->rival != NULL ? ANSWER_INVALID : answer_of(&v);
    *as_blank = blank != NULL && clean_same_word(blank, v.text);
    return *as_blank && a == ANSWER_INVALID ? ANSWER_EMPTY : a;
}

static void bind_rows(struct check *c, struct check_tab *t)
{
    for (size_t k = 0; k < t->rule->count; k++)
        t->answers[k] = ANSWER_EMPTY;
    for (size_t k = 0; t->sheet != NULL && k < t->sheet->point_count; k++) {
        const struct form_point *p = &t->sheet->points[k];
        const struct rule_point *known = rules_point(t->rule, form_point_id(p));
        if (known == NULL && !rules_id_shaped(c->rules, form_point_id(p)))
            continue;
        bool as_blank = false;
        enum answer a = answer_in(c, t, p, &as_blank);
        if (known != NULL && t->rows[known - t->rule->points] == NULL) {
            t->rows[known - t->rule->points] = p;
            t->answers[known - t->rule->points] = a;
        }
        t->answered += a != ANSWER_EMPTY;
        if (a == ANSWER_EMPTY || as_blank)
            continue;
        t->first_changed = t->first_changed != NULL ? t->first_changed : p;
        t->changed++;
    }
}

/* The table of the tab's name that has most of its points, and that no tab before has taken: of two
 * that number their points alike each tab takes the next; remarks above the points are no tab. */
static const struct form_sheet *sheet_for(struct check *c, const struct rule_tab *tab)
{
    const struct form_sheet *best = NULL;
    size_t most = SIZE_MAX; /* counted when there is a second one */

    for (size_t i = 0; i < c->form->sheet_count; i++) {
        const struct form_sheet *s = &c->form->sheets[i];
        if (strcmp(s->folded, tab->folded) != 0 || check_tab_of_sheet(c, s) != NULL)
            continue;
        if (best == NULL) {
            best = s;
            continue;
        }
        most = most == SIZE_MAX ? rules_points_like(tab, c->form, best, c->e) : most;
        size_t n = rules_points_like(tab, c->form, s, c->e);
        best = n > most ? s : best;
        most = n > most ? n : most;
    }
    return best;
}

static int bind_tabs(struct check *c)
{
    const struct rules *r = c->rules;

    c->tabs = calloc(r->tab_count + 1, sizeof *c->tabs);
    if (c->tabs == NULL)
        return err_set_memory(c->e);
    for (size_t i = 0; i < r->tab_count; i++) {
        struct check_tab *t = &c->tabs[c->tab_count++];
        t->rule = &r->tabs[i];
        t->role = t->rule->role;
        t->type = t->rule->type;
        t->rows = calloc(t->rule->count + 1, sizeof(struct form_point *));
        t->answers = calloc(t->rule->count + 1, sizeof *t->answers);
        if (t->rows == NULL || t->answers == NULL)
            return err_set_memory(c->e);
        t->sheet = sheet_for(c, t->rule);
        bind_rows(c, t);
    }
    return 0;
}

bool check_is_point(const struct check *c, const struct rule_tab *tab, const struct form_point *p)
{
    return rules_point(tab, form_point_id(p)) != NULL ||
           rules_id_shaped(c->rules, form_point_id(p));
}

const struct check_tab *check_tab_of_sheet(const struct check *c, const struct form_sheet *s)
{
    for (size_t i = 0; i < c->tab_count; i++) {
        if (c->tabs[i].sheet == s)
            return &c->tabs[i];
    }
    return NULL;
}

int check_run(struct check *c)
{
    c->findings = jv_array();
    c->notes = jv_array();
    if (c->findings == NULL || c->notes == NULL)
        return err_set_memory(c->e);
    if (bind_tabs(c) != 0)
        return -1;
    check_tabs(c);
    for (size_t i = 0; i < c->tab_count; i++) {
        if (c->tabs[i].expected && c->tabs[i].sheet != NULL && c->tabs[i].sheet->truncated)
            return fault_set(c->e, "zip-bomb");
    }
    check_points(c);
    check_fields(c);
    check_initial(c);
    check_score(c);
    check_notes(c);
    return err_is_set(c->e) ? -1 : 0;
}

void check_end(struct check *c)
{
    for (size_t i = 0; i < c->tab_count; i++) {
        free(c->tabs[i].rows);
        free(c->tabs[i].answers);
    }
    free(c->tabs);
    jv_free(c->findings);
    jv_free(c->notes);
    c->tabs = NULL;
    c->findings = c->notes = NULL;
    c->tab_count = 0;
}

const char *check_verdict(const struct check *c)
{
    return c->errors > 0 ? "formulaire invalide" : c->rejections > 0 ? "non validé" : "validé";
}

const char *check_completeness(const struct check *c)
{
    return c->errors > c->expired ? "incomplete" : "complete";
}

/* A form that is only too old was complete, and its thresholds can be told. */
const char *check_outcome(const struct check *c)
{
    size_t medium = c->counts[SEVERITY_MEDIUM][ANSWER_NO];
    size_t limit = (size_t)c->rules->medium_max;

    if (c->errors > c->expired)
        return NULL;
    if (c->counts[SEVERITY_HIGH][ANSWER_NO] > 0 || medium > limit ||
        (medium == limit && !c->rules->limit_passes))
        return "not-met";
    if (c->counts[SEVERITY_HIGH][ANSWER_NA] > 0 || c->rules->own || c->display_differs > 0 ||
        c->age_unknown || c->initial_undated)
        return "met-reserve";
    return medium == limit && limit > 0 ? "met-at-limit" : "met";
}

struct jv *check_counts_json(const struct check *c)
{
    struct jv *all = jv_object();

    for (int s = 0; s < SEVERITY_COUNT; s++) {
        struct jv *row = jv_object();
        for (int a = 0; a < ANSWER_COUNT; a++)
            jv_put_int(row, answer_names[a], (int64_t)c->counts[s][a]);
        jv_put_take(all, severity_name((enum severity)s), row);
    }
    return all;
}
