/* A rule set from a blank official form: its tabs, points, fields, and what it contains that is
 * therefore no finding. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jv.h"
#include "base/text.h"
#include "base/utf8.h"
#include "grid/clean.h"
#include "grid/explain.h"
#include "grid/fault.h"

static bool is_tab(const struct jv *doc, const char *name)
{
    const struct jv *tabs = jv_get(doc, "tabs");

    for (size_t i = 0; i < jv_count(tabs); i++) {
        if (strcmp(jv_get_text(jv_at(tabs, i), "name"), name) == 0)
            return true;
    }
    return false;
}

/* A rule set that lacks points would not miss them in any form. */
static bool is_cut(const struct form *f, const struct jv *doc)
{
    for (size_t i = 0; i < f->sheet_count; i++) {
        if (f->sheets[i].truncated && is_tab(doc, f->sheets[i].name))
            return true;
    }
    return false;
}

static void add_row(struct jv *list, const struct form_sheet *s, const struct form_point *p,
                    const char *answer, const char *comment)
{
    struct jv *o = jv_object();

    jv_put_text(o, "sheet", s->name);
    jv_put_text(o, "point", form_point_id(p));
    if (answer != NULL)
        jv_put_text(o, "answer", answer);
    if (comment != NULL)
        jv_put_text(o, "comment", comment);
    jv_add_take(list, o);
}

/* Answers and comments that the blank form already has, and formulas in place of answers. */
static void add_prefilled(const struct form_sheet *s, struct jv *prefilled, struct jv *formulas)
{
    for (size_t k = 0; k < s->point_count; k++) {
        const struct form_point *p = &s->points[k];
        bool formula = (p->answer.flags & CELL_FORMULA) != 0;
        bool answer = !formula && !clean_is_void(p->answer.text);
        if (formula)
            add_row(formulas, s, p, NULL, NULL);
        /* A comment beside an answer is one: whoever learns a filled form has no invitations. */
        bool invitation = answer_of(&p->answer) > ANSWER_NA && !clean_is_void(p->comment.text);
        if (answer || invitation)
            add_row(prefilled, s, p, answer ? p->answer.text : NULL,
                    invitation ? p->comment.text : NULL);
    }
}

/* Rows that it hides, and those of an identifier that it gives twice. */
static void add_odd_rows(const struct form_sheet *s, struct jv *hidden, struct jv *repeated)
{
    for (size_t k = 0; k < s->point_count; k++) {
        if (s->points[k].row_hidden)
            add_row(hidden, s, &s->points[k], NULL, NULL);
        if (s->points[k].repeats)
            add_row(repeated, s, &s->points[k], NULL, NULL);
    }
}

static struct jv *blank_json(const struct form *f, const struct jv *doc)
{
    struct jv *blank = jv_object(), *sheets = jv_array(), *prefilled = jv_array();
    struct jv *formulas = jv_array(), *hidden = jv_array(), *repeated = jv_array();
    struct jv *vast = jv_array();

    for (size_t i = 0; i < f->sheet_count; i++) {
        const struct form_sheet *s = &f->sheets[i];
        if (is_tab(doc, s->name)) {
            add_prefilled(s, prefilled, formulas);
            add_odd_rows(s, hidden, repeated);
        } else {
            jv_add_text(sheets, s->name);
        }
        if (form_sheet_vast(s) && !jv_has_text(vast, s->name))
            jv_add_text(vast, s->name);
    }
    jv_put_take(blank, "hidden", hidden);
    jv_put_take(blank, "repeated", repeated);
    jv_put_take(blank, "vast", vast);
    jv_put_int(blank, "external_links", f->external_links);
    jv_put_take(blank, "sheets", sheets);
    jv_put_take(blank, "prefilled", prefilled);
    jv_put_take(blank, "formulas", formulas);
    return blank;
}

/* "à compléter", "<nom>", "jj/mm/aaaa": an invitation to write, not a value. */
static bool invites(const char *text, struct err *e)
{
    static const char *const words[] = {
        "completer",    "saisir", "indiquer", "renseigner", "choisir", "remplir", "inserer",
        "selectionner", "jj mm",  "xxx",      "select",     "enter",   "choose"};
    char *folded = utf8_fold(text, e);
    bool yes = folded != NULL && (*folded == '\0' || strchr("<[{", text[0]) != NULL);

    for (size_t i = 0; folded != NULL && i < sizeof words / sizeof words[0]; i++)
        yes |= strstr(folded, words[i]) != NULL;
    free(folded);
    return yes;
}

static void add_placeholders(struct jv *doc, const struct form *f, struct err *e)
{
    const struct jv *fields = jv_get(jv_get(doc, "information"), "fields");

    for (size_t i = 0; i < jv_count(fields) && i < f->field_count; i++) {
        const char *text = f->fields[i].value.text;
        if (!clean_is_void(text) && invites(text, e))
            jv_put_text(jv_at(fields, i), "placeholder", text);
    }
}

static void default_id(const struct task_form *f, char *out, size_t size, struct err *e)
{
    char *folded = utf8_fold(form_version_text(f->form), e);

    if (folded == NULL || *folded == '\0')
        snprintf(out, size, "form-%.12s", f->file.sha256);
    else
        text_copy_whole(out, size, folded);
    for (char *p = out; *p != '\0'; p++)
        *p = *p == ' ' ? '-' : *p;
    free(folded);
}

struct jv *learn_make(const struct task_support *s, const struct task_form *f, const struct jv *p,
                      struct err *e)
{
    struct jv *doc = rules_own_json(f->form, s->layout, e), *provenance = jv_object();
    const char *id = jv_get_text(p, "id"), *title = jv_get_text(p, "title");
    char made_id[80];

    if (doc == NULL) {
        jv_free(provenance);
        return NULL;
    }
    if (jv_count(jv_get(doc, "tabs")) == 0) {
        jv_free(doc);
        jv_free(provenance);
        err_set(e, ERR_INPUT, "err.grid.learn-nothing", f->file.name, NULL);
        return NULL;
    }
    if (is_cut(f->form, doc)) {
        jv_free(doc);
        jv_free(provenance);
        fault_set(e, "zip-bomb");
        return NULL;
    }
    default_id(f, made_id, sizeof made_id, e);
    jv_put_text(doc, "id", id != NULL ? id : made_id);
    if (title != NULL)
        jv_put_text(doc, "title", title);
    else if (jv_get_text(doc, "title") == NULL)
        jv_put_text(doc, "title", f->file.name);
    jv_put_text(provenance, "source", jv_get_text(p, "source"));
    jv_put_text(provenance, "date", jv_get_text(p, "date"));
    jv_put_text(provenance, "blank_name", f->file.name);
    jv_put_text(provenance, "blank_sha256", f->file.sha256);
    jv_put_take(doc, "provenance", provenance);
    jv_put_take(doc, "blank", blank_json(f->form, doc));
    add_placeholders(doc, f->form, e);
    return doc;
}
