#include "grid/layout_keys.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/jv.h"
#include "base/text.h"
#include "grid/layout.h"

enum { KNOWN_BYTES = 700, NAME_BYTES = 128 };

/* The names that may stand at one place, as the keys of an object; `lost` without memory for one.
 */
struct known {
    struct jv *names;
    bool lost;
};

static void add(struct known *k, const char *name)
{
    if (k->names == NULL)
        k->names = jv_object();
    jv_put_null(k->names, name);
    k->lost |= jv_get(k->names, name) == NULL;
}

static struct known known_list(const char *const *list)
{
    struct known k = {.names = NULL};

    for (; *list != NULL; list++)
        add(&k, *list);
    return k;
}

/* They are told as far as a sentence has room. */
static int unknown(const char *key, const char *where, const struct known *k, struct err *e)
{
    static const char more[] = ", \u2026";
    char shown[NAME_BYTES], all[KNOWN_BYTES] = "", name[NAME_BYTES];
    size_t used = 0;

    if (k->lost)
        return err_set_memory(e);
    for (void *it = jv_iter(k->names); it != NULL; it = jv_next(k->names, it)) {
        text_escape_terminal(name, sizeof name, jv_key(it));
        if (used + strlen(", ") + strlen(name) + sizeof more > sizeof all) {
            strcpy(all + used, more);
            break;
        }
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", used > 0 ? ", " : "", name);
    }
    text_escape_terminal(shown, sizeof shown, key);
    return err_set(e, ERR_INPUT, "err.grid.layout-key", shown, where, all, NULL);
}

static int check_name(const char *name, const char *where, const struct known *k, struct err *e)
{
    return name == NULL || jv_get(k->names, name) != NULL ? 0 : unknown(name, where, k, e);
}

static int check_members(const struct jv *object, const char *where, const struct known *k,
                         struct err *e)
{
    for (void *it = jv_iter(object); it != NULL; it = jv_next(object, it)) {
        if (check_name(jv_key(it), where, k, e) != 0)
            return -1;
    }
    return 0;
}

/* The same for a list that is written here. */
static int check_keys(const struct jv *object, const char *where, const char *const *list,
                      struct err *e)
{
    struct known k = known_list(list);
    int rc = check_members(object, where, &k, e);

    jv_free(k.names);
    return rc;
}

static int check_word(const char *word, const char *where, const char *const *list, struct err *e)
{
    struct known k = known_list(list);
    int rc = check_name(word, where, &k, e);

    jv_free(k.names);
    return rc;
}

/* An object whose members are lists of labels. Takes the names. */
static int check_labels(const struct jv *doc, const char *name, struct known k, struct err *e)
{
    const struct jv *group = jv_get(doc, name);
    int rc = 0;

    if (group != NULL && !jv_is_object(group))
        rc = err_set(e, ERR_INPUT, "err.grid.layout-shape", name, NULL);
    for (void *it = jv_iter(group); rc == 0 && it != NULL; it = jv_next(group, it)) {
        const struct jv *list = jv_value(it);
        bool texts = jv_is_array(list);
        for (size_t i = 0; texts && i < jv_count(list); i++)
            texts = jv_str(jv_at(list, i)) != NULL;
        if (!texts)
            rc = err_set(e, ERR_INPUT, "err.grid.layout-shape", jv_key(it), NULL);
    }
    if (rc == 0)
        rc = check_members(group, name, &k, e);
    jv_free(k.names);
    return rc;
}

static int check_columns(const struct jv *doc, struct err *e)
{
    struct known k = {.names = NULL};

    for (int i = 0; i < COLUMN_COUNT; i++)
        add(&k, column_name((enum column_id)i));
    add(&k, "ignored");
    return check_labels(doc, "columns", k, e);
}

static int check_types(const struct jv *doc, const struct jv *builtin, struct err *e)
{
    struct known k = {.names = NULL};
    const struct jv *types = jv_get(builtin, "types"), *more = jv_get(doc, "new_types");

    for (size_t i = 0; i < jv_count(more); i++) {
        if (jv_str(jv_at(more, i)) == NULL)
            return err_set(e, ERR_INPUT, "err.grid.layout-shape", "new_types", NULL);
    }
    for (void *it = jv_iter(types); it != NULL; it = jv_next(types, it))
        add(&k, jv_key(it));
    for (size_t i = 0; i < jv_count(more); i++)
        add(&k, jv_str(jv_at(more, i)));
    return check_labels(doc, "types", k, e);
}

static int check_field(const struct jv *f, const struct known *ids, struct err *e)
{
    static const char *const kinds[] = {"text", "date", "type", "yesno", "period", NULL};
    static const char *const keys[] = {"id", "kind", "required", "labels", NULL};
    const char *id = jv_get_text(f, "id");

    if (id == NULL || !jv_is_array(jv_get(f, "labels")))
        return err_set(e, ERR_INPUT, "err.grid.layout-shape", "fields", NULL);
    if (check_name(id, "fields", ids, e) != 0 ||
        check_word(jv_get_text(f, "kind"), "fields.kind", kinds, e) != 0)
        return -1;
    return check_keys(f, "fields", keys, e);
}

static int check_fields(const struct jv *doc, const struct jv *builtin, struct err *e)
{
    struct known ids = {.names = NULL};
    const struct jv *fields = jv_get(doc, "fields"), *all = jv_get(builtin, "fields");
    int rc = 0;

    if (fields != NULL && !jv_is_array(fields))
        return err_set(e, ERR_INPUT, "err.grid.layout-shape", "fields", NULL);
    for (size_t i = 0; i < jv_count(all); i++)
        add(&ids, jv_get_text(jv_at(all, i), "id"));
    for (size_t i = 0; rc == 0 && i < jv_count(fields); i++)
        rc = check_field(jv_at(fields, i), &ids, e);
    jv_free(ids.names);
    return rc;
}

static int check_value(const struct jv *doc, struct err *e)
{
    static const char *const keys[] = {"direction", "offset", NULL};
    static const char *const ways[] = {"right", "below", NULL};
    const struct jv *value = jv_get(doc, "value");

    if (check_word(jv_get_text(value, "direction"), "value.direction", ways, e) != 0)
        return -1;
    return check_keys(value, "value", keys, e);
}

static int check_numbers(const struct jv *doc, struct err *e)
{
    static const char *const thresholds[] = {"medium_non_max", "at_limit", "age_years", "age_from",
                                             NULL};
    static const char *const counts[] = {"common", "type", "proxy", NULL};
    static const char *const limits[] = {"met", "not-met", NULL};
    const struct jv *given = jv_get(doc, "thresholds");

    if (check_word(jv_get_text(given, "at_limit"), "thresholds.at_limit", limits, e) != 0 ||
        check_keys(given, "thresholds", thresholds, e) != 0)
        return -1;
    return check_keys(jv_get(doc, "expected_counts"), "expected_counts", counts, e);
}

int layout_keys_check(const struct jv *doc, const struct jv *builtin, struct err *e)
{
    static const char *const keys[] = {
        "format",    "version", "id",    "columns",    "sheets",     "types",           "fields",
        "new_types", "answers", "value", "severities", "thresholds", "expected_counts", NULL};
    static const char *const sheets[] = {"information", "common",  "specific",
                                         "whole",       "ignored", NULL};
    static const char *const severities[] = {"Haute", "Moyenne", "NA", NULL};
    static const char *const answers[] = {"Oui", "Non", "N/A", NULL};

    if (check_keys(doc, "paraphe-layout", keys, e) != 0 || check_columns(doc, e) != 0 ||
        check_labels(doc, "sheets", known_list(sheets), e) != 0 ||
        check_types(doc, builtin, e) != 0 ||
        check_labels(doc, "severities", known_list(severities), e) != 0 ||
        check_labels(doc, "answers", known_list(answers), e) != 0 ||
        check_fields(doc, builtin, e) != 0 || check_value(doc, e) != 0)
        return -1;
    return check_numbers(doc, e);
}
