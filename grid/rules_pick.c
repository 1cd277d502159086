#include "grid/rules_pick.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/utf8.h"
#include "data/data.h"
#include "grid/clean.h"

enum { MATCH_LEAST = 80 };

static const char *const by_names[] = {"none", "option", "version", "points"};

const char *rules_by_name(enum rules_by by)
{
    return by_names[by];
}

static int add(struct rules_list *l, const char *json, size_t n, const char *what, struct err *e)
{
    struct rules **items;

    if (l->count >= RULESETS_MAX)
        return err_set(e, ERR_USAGE, "err.grid.rulesets-many", NULL);
    items = realloc(l->items, (l->count + 1) * sizeof(struct rules *));
    if (items == NULL)
        return err_set_memory(e);
    l->items = items;
    if (rules_parse(&items[l->count], json, n, what, e) != 0)
        return -1;
    l->count++;
    return 0;
}

int rules_list_load(struct rules_list *out, const struct jv *extra, struct err *e)
{
    const char *name;

    *out = (struct rules_list){NULL, 0};
    for (size_t i = 0; i < jv_count(extra); i++) {
        const char *json = jv_get_text(jv_at(extra, i), "text");
        name = jv_get_text(jv_at(extra, i), "name");
        if (json == NULL || name == NULL)
            return err_set_bug(e, "rules_list_load: extra");
        if (add(out, json, strlen(json), name, e) != 0)
            goto fail;
    }
    for (size_t i = 0; (name = data_name(i)) != NULL; i++) {
        const unsigned char *bytes = NULL;
        size_t n = 0;
        if (strncmp(name, "rulesets/", 9) != 0)
            continue;
        data_find(name, &bytes, &n);
        if (add(out, (const char *)bytes, n, name, e) != 0)
            goto fail;
    }
    return 0;
fail:
    rules_list_free(out);
    return -1;
}

void rules_list_free(struct rules_list *l)
{
    for (size_t i = 0; i < l->count; i++)
        rules_free(l->items[i]);
    free(l->items);
    *l = (struct rules_list){NULL, 0};
}

static int folds_contain(const char *text, const char *piece, bool whole, struct err *e)
{
    char *a = utf8_fold(text, e), *b = utf8_fold(piece, e);
    int rc = a == NULL || b == NULL
                 ? -1
                 : *b != '\0' && (whole ? strcmp(a, b) == 0 : strstr(a, b) != NULL);

    free(a);
    free(b);
    return rc;
}

int rules_version_fits(const struct rules *r, const struct form *f, struct err *e)
{
    const char *version = form_version_text(f);

    if (*version == '\0')
        return 0;
    if (r->match_contains != NULL)
        return folds_contain(version, r->match_contains, false, e);
    return r->form_version != NULL ? folds_contain(version, r->form_version, true, e) : 0;
}

size_t rules_points_like(const struct rule_tab *tab, const struct form *f,
                         const struct form_sheet *s, struct err *e)
{
    size_t n = 0;

    for (size_t k = 0; k < s->point_count; k++) {
        const struct rule_point *p = rules_point(tab, form_point_id(&s->points[k]));
        char *plain = p != NULL ? wording_plain(s->points[k].wording.text, e) : NULL;
        bool untold = f->from_json && clean_is_void(s->points[k].wording.text);
        n += plain != NULL && (untold || strcmp(plain, p->wording_plain) == 0);
        free(plain);
    }
    return n;
}

/* Of several tables of one name the one that fits best, as when the tabs are bound. */
int rules_match_percent(const struct rules *r, const struct form *f)
{
    size_t all = 0, same = 0;
    struct err ignored = ERR_INIT;

    for (size_t i = 0; i < r->tab_count; i++) {
        size_t best = 0;
        bool any = false;
        for (size_t k = 0; k < f->sheet_count; k++) {
            const struct form_sheet *s = &f->sheets[k];
            if (strcmp(s->folded, r->tabs[i].folded) != 0 || s->header_row == 0)
                continue;
            any = true;
            size_t n = rules_points_like(&r->tabs[i], f, s, &ignored);
            best = n > best ? n : best;
        }
        all += any ? r->tabs[i].count : 0;
        same += best;
    }
    return all > 0 ? (int)((same < all ? same : all) * 100 / all) : 0;
}

static bool is_wanted(const struct rules *r, const char *wanted)
{
    if (strncmp(wanted, "sha256:", 7) == 0)
        return strcmp(r->sha256, wanted + 7) == 0;
    return strcmp(r->id, wanted) == 0;
}

int rules_pick(const struct rules_list *l, const char *wanted, const struct form *f,
               const struct rules **out, enum rules_by *by, struct err *e)
{
    int best = MATCH_LEAST - 1;

    *out = NULL;
    *by = RULES_BY_NONE;
    for (size_t i = 0; i < l->count && *out == NULL; i++) {
        if (wanted != NULL ? !is_wanted(l->items[i], wanted) : false)
            continue;
        int fits = rules_version_fits(l->items[i], f, e);
        if (fits < 0)
            return -1;
        /* A specimen's rules hold for forms that call themselves specimens, and for no other, even
         * when asked for. */
        if (wanted != NULL && l->items[i]->specimen && fits == 0)
            return 0;
        if (wanted != NULL || fits == 1) {
            *out = l->items[i];
            *by = wanted != NULL ? RULES_BY_OPTION : RULES_BY_VERSION;
        }
    }
    if (wanted != NULL && *out == NULL)
        return err_set(e, ERR_USAGE, "err.grid.ruleset-unknown", wanted, NULL);
    for (size_t i = 0; i < l->count && *by != RULES_BY_OPTION && *by != RULES_BY_VERSION; i++) {
        int percent = l->items[i]->specimen ? 0 : rules_match_percent(l->items[i], f);
        if (percent > best) {
            best = percent;
            *out = l->items[i];
        }
    }
    if (*out != NULL && *by == RULES_BY_NONE)
        *by = RULES_BY_POINTS;
    return 0;
}
