#include "grid/layout_keys.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/jv.h"
#include "base/text.h"
#include "grid/layout.h"

enum { KNOWN_BYTES = 700 };

/* The names that may stand at one place, as one text for the sentence. */
struct known {
    char text[KNOWN_BYTES];
    size_t used;
};

static void add(struct known *k, const char *name)
{
    int n = snprintf(k->text + k->used, sizeof k->text - k->used, "%s%s", k->used > 0 ? ", " : "",
                     name);

    if (n > 0 && k->used + (size_t)n < sizeof k->text)
        k->used += (size_t)n;
    else
        k->text[k->used] = '\0';
}

/* Whole names only: "oui" is none of "Oui, Non". */
static bool has(const struct known *k, const char *name)
{
    size_t n = strlen(name);

    for (const char *at = strstr(k->text, name); n > 0 && at != NULL; at = strstr(at + 1, name)) {
        if ((at == k->text || at[-1] == ' ') && (at[n] == '\0' || at[n] == ','))
            return true;
    }
    return false;
}

static int unknown(const char *key, const char *where, const struct known *k, struct err *e)
{
    char shown[128];

    text_escape_terminal(shown, sizeof shown, key);
    return err_set(e, ERR_INPUT, "err.grid.layout-key", shown, where, k->text, NULL);
}

static int check_members(const struct jv *object, const char *where, const struct known *k,
                         struct err *e)
{
    for (void *it = jv_iter(object); it != NULL; it = jv_next(object, it)) {
        if (!has(k, jv_key(it)))
            return unknown(jv_key(it), where, k, e);
    }
    return 0;
}

/* An object whose members are lists of labels. */
static int check_labels(const struct jv *doc, const char *name, const struct known *k,
                        struct err *e)
{
    const struct jv *group = jv_get(doc, name);

    if (group == NULL)
        return 0;
    if (!jv_is_object(group))
        return err_set(e, ERR_INPUT, "err.grid.layout-shape", name, NULL);
    for (void *it = jv_iter(group); it != NULL; it = jv_next(group, it)) {
        const struct jv *list = jv_value(it);
        if (!jv_is_array(list))
            return err_set(e, ERR_INPUT, "err.grid.layout-shape", jv_key(it), NULL);
        for (size_t i = 0; i < jv_count(list); i++) {
            if (jv_str(jv_at(list, i)) == NULL)
                return err_set(e, ERR_INPUT, "err.grid.layout-shape", jv_key(it), NULL);
        }
    }
    return check_members(group, name, k, e);
}

static int check_list(const struct jv *doc, const char *name, const char *words, struct err *e)
{
    struct known k = {.used = 0};

    add(&k, words);
    return check_labels(doc, name, &k, e);
}

static int check_columns(const struct jv *doc, struct err *e)
{
    struct known k = {.used = 0};

    for (int i = 0; i < COLUMN_COUNT; i++)
        add(&k, column_name((enum column_id)i));
    add(&k, "ignored");
    return check_labels(doc, "columns", &k, e);
}

static int check_types(const struct jv *doc, const struct jv *builtin, struct err *e)
{
    struct known k = {.used = 0};
    const struct jv *types = jv_get(builtin, "types"), *more = jv_get(doc, "new_types");

    for (void *it = jv_iter(types); it != NULL; it = jv_next(types, it))
        add(&k, jv_key(it));
    for (size_t i = 0; i < jv_count(more); i++) {
        if (jv_str(jv_at(more, i)) == NULL)
            return err_set(e, ERR_INPUT, "err.grid.layout-shape", "new_types", NULL);
        add(&k, jv_str(jv_at(more, i)));
    }
    return check_labels(doc, "types", &k, e);
}

static int check_fields(const struct jv *doc, const struct jv *builtin, struct err *e)
{
    struct known ids = {.used = 0}, kinds = {.used = 0}, keys = {.used = 0};
    const struct jv *fields = jv_get(doc, "fields"), *all = jv_get(builtin, "fields");

    add(&kinds, "text, date, type, yesno, period");
    add(&keys, "id, kind, required, labels");
    for (size_t i = 0; i < jv_count(all); i++)
        add(&ids, jv_get_text(jv_at(all, i), "id"));
    if (fields != NULL && !jv_is_array(fields))
        return err_set(e, ERR_INPUT, "err.grid.layout-shape", "fields", NULL);
    for (size_t i = 0; i < jv_count(fields); i++) {
        const struct jv *f = jv_at(fields, i);
        const char *id = jv_get_text(f, "id"), *kind = jv_get_text(f, "kind");
        if (id == NULL || !jv_is_array(jv_get(f, "labels")))
            return err_set(e, ERR_INPUT, "err.grid.layout-shape", "fields", NULL);
        if (!has(&ids, id))
            return unknown(id, "fields", &ids, e);
        if (kind != NULL && !has(&kinds, kind))
            return unknown(kind, "fields.kind", &kinds, e);
        if (check_members(f, "fields", &keys, e) != 0)
            return -1;
    }
    return 0;
}

static int check_value(const struct jv *doc, struct err *e)
{
    struct known keys = {.used = 0}, ways = {.used = 0};
    const struct jv *value = jv_get(doc, "value");
    const char *direction = jv_get_text(value, "direction");

    add(&keys, "direction, offset");
    add(&ways, "right, below");
    if (direction != NULL && !has(&ways, direction))
        return unknown(direction, "value.direction", &ways, e);
    return check_members(value, "value", &keys, e);
}

static int check_numbers(const struct jv *doc, struct err *e)
{
    struct known thresholds = {.used = 0}, counts = {.used = 0}, limits = {.used = 0};
    const char *limit = jv_get_text(jv_get(doc, "thresholds"), "at_limit");

    add(&thresholds, "medium_non_max, at_limit, age_years, age_from");
    add(&counts, "common, type, proxy");
    add(&limits, "met, not-met");
    if (limit != NULL && !has(&limits, limit))
        return unknown(limit, "thresholds.at_limit", &limits, e);
    if (check_members(jv_get(doc, "thresholds"), "thresholds", &thresholds, e) != 0)
        return -1;
    return check_members(jv_get(doc, "expected_counts"), "expected_counts", &counts, e);
}

int layout_keys_check(const struct jv *doc, const struct jv *builtin, struct err *e)
{
    struct known keys = {.used = 0};

    add(&keys, "format, version, id, columns, sheets, types, new_types, answers, severities, "
               "fields, value, thresholds, expected_counts");
    if (check_members(doc, "paraphe-layout", &keys, e) != 0 || check_columns(doc, e) != 0 ||
        check_list(doc, "sheets", "information, common, specific, whole, ignored", e) != 0 ||
        check_types(doc, builtin, e) != 0 ||
        check_list(doc, "severities", "Haute, Moyenne, NA", e) != 0 ||
        check_list(doc, "answers", "Oui, Non, N/A", e) != 0 || check_fields(doc, builtin, e) != 0 ||
        check_value(doc, e) != 0)
        return -1;
    return check_numbers(doc, e);
}
