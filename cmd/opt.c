#include "cmd/opt.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

struct opt_value {
    const char *name;
    const char *value; /* borrowed from argv; "" for a flag */
};
struct opt_values {
    struct opt_value *items;
    size_t count;
};

const struct opt opt_common[] = {
    {"json", OPT_FLAG, NULL},    {"quiet", OPT_FLAG, NULL},
    {"verbose", OPT_FLAG, NULL}, {"lang", OPT_VALUE, "fr|en"},
    {"config", OPT_VALUE, NULL}, {"color", OPT_VALUE, "auto|always|never"},
    {"help", OPT_FLAG, NULL},    {"version", OPT_FLAG, NULL},
    {NULL, OPT_FLAG, NULL},
};

static const struct opt *find_in(const struct opt *table, const char *name, size_t n)
{
    for (; table != NULL && table->name != NULL; table++) {
        if (strlen(table->name) == n && memcmp(table->name, name, n) == 0)
            return table;
    }
    return NULL;
}

/* Levenshtein distance, for "did you mean": names are short, a row of this size holds any of ours.
 */
enum { NAME_MAX_LEN = 40 };
static size_t distance(const char *a, size_t na, const char *b)
{
    size_t nb = strlen(b), row[NAME_MAX_LEN + 1];

    if (na > NAME_MAX_LEN || nb > NAME_MAX_LEN)
        return NAME_MAX_LEN;
    for (size_t j = 0; j <= nb; j++)
        row[j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            size_t above = row[j];
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            if (above + 1 < best)
                best = above + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
            diagonal = above;
        }
    }
    return row[nb];
}

static void nearest_in(const struct opt *table, const char *name, size_t n, const char **best,
                       size_t *best_distance)
{
    for (; table != NULL && table->name != NULL; table++) {
        size_t d = distance(name, n, table->name);
        if (d < *best_distance) {
            *best_distance = d;
            *best = table->name;
        }
    }
}

static int unknown(const char *verb, const struct opt *table, const char *arg, size_t n,
                   struct err *e)
{
    const char *best = NULL;
    size_t best_distance = 4; /* more than three letters away is no help */

    nearest_in(table, arg + 2, n, &best, &best_distance);
    nearest_in(opt_common, arg + 2, n, &best, &best_distance);
    if (best != NULL)
        return err_set(e, ERR_USAGE, "err.cmd.option-nearest", arg, best, NULL);
    return err_set(e, ERR_USAGE, "err.cmd.option-unknown", arg, verb, NULL);
}

static bool choice_fits(const char *choices, const char *value)
{
    size_t n = strlen(value);

    while (choices != NULL) {
        size_t len = strcspn(choices, "|");
        if (len == n && memcmp(choices, value, n) == 0)
            return true;
        choices = choices[len] == '|' ? choices + len + 1 : NULL;
    }
    return false;
}

static int add(struct opt_values *v, const struct opt *o, const char *value, struct err *e)
{
    if (o->kind == OPT_VALUE && opt_given(v, o->name))
        return err_set(e, ERR_USAGE, "err.cmd.option-twice", o->name, NULL);
    if (o->choices != NULL && o->kind != OPT_FLAG && !choice_fits(o->choices, value) &&
        !(o->kind == OPT_OPTIONAL && *value == '\0'))
        return err_set(e, ERR_USAGE, "err.cmd.option-choice", o->name, o->choices, NULL);
    struct opt_value *items = realloc(v->items, (v->count + 1) * sizeof *items);
    if (items == NULL)
        return err_set_memory(e);
    v->items = items;
    v->items[v->count++] = (struct opt_value){o->name, value};
    return 0;
}

/* One option at argv[*i]; moves *i over its value. */
static int parse_one(const char *verb, const struct opt *table, int argc, char **argv, int *i,
                     struct opt_values *v, struct err *e)
{
    const char *arg = strcmp(argv[*i], "-o") == 0 ? "--output" : argv[*i];
    if (strcmp(arg, "-h") == 0)
        arg = "--help";
    if (arg[1] != '-')
        return err_set(e, ERR_USAGE, "err.cmd.option-unknown", arg, verb, NULL);
    size_t n = strcspn(arg + 2, "=");
    const struct opt *o = find_in(table, arg + 2, n);
    if (o == NULL)
        o = find_in(opt_common, arg + 2, n);
    if (o == NULL)
        return unknown(verb, table, arg, n, e);
    const char *value = arg[2 + n] == '=' ? arg + 2 + n + 1 : NULL;
    if (o->kind == OPT_FLAG && value != NULL)
        return err_set(e, ERR_USAGE, "err.cmd.option-no-value", o->name, NULL);
    if (o->kind == OPT_FLAG || (o->kind == OPT_OPTIONAL && value == NULL))
        return add(v, o, "", e);
    if (value == NULL) {
        if (*i + 1 >= argc)
            return err_set(e, ERR_USAGE, "err.cmd.option-value", o->name, NULL);
        value = argv[++*i];
    }
    return add(v, o, value, e);
}

int opt_parse(const char *verb, const struct opt *table, int argc, char **argv,
              struct opt_values **out, char **args, size_t *nargs, struct err *e)
{
    struct opt_values *v = calloc(1, sizeof *v);
    bool only_args = false;

    *nargs = 0;
    if (v == NULL)
        return err_set_memory(e);
    for (int i = 0; i < argc; i++) {
        if (!only_args && strcmp(argv[i], "--") == 0) {
            only_args = true;
        } else if (only_args || argv[i][0] != '-' || argv[i][1] == '\0') {
            args[(*nargs)++] = argv[i];
        } else if (parse_one(verb, table, argc, argv, &i, v, e) != 0) {
            opt_free(v);
            return -1;
        }
    }
    *out = v;
    return 0;
}

void opt_free(struct opt_values *v)
{
    if (v != NULL)
        free(v->items);
    free(v);
}

bool opt_given(const struct opt_values *v, const char *name)
{
    return opt_count(v, name) > 0;
}

const char *opt_get(const struct opt_values *v, const char *name)
{
    size_t n = opt_count(v, name);

    return n > 0 ? opt_at(v, name, n - 1) : NULL;
}

size_t opt_count(const struct opt_values *v, const char *name)
{
    size_t n = 0;

    for (size_t i = 0; v != NULL && i < v->count; i++)
        n += strcmp(v->items[i].name, name) == 0;
    return n;
}

const char *opt_at(const struct opt_values *v, const char *name, size_t i)
{
    for (size_t k = 0; v != NULL && k < v->count; k++) {
        if (strcmp(v->items[k].name, name) == 0 && i-- == 0)
            return v->items[k].value;
    }
    return NULL;
}

int opt_skip_common(int argc, char **argv)
{
    int i = 0;

    while (i < argc && strncmp(argv[i], "--", 2) == 0) {
        size_t n = strcspn(argv[i] + 2, "=");
        const struct opt *o = find_in(opt_common, argv[i] + 2, n);
        if (o == NULL)
            break;
        i += o->kind == OPT_VALUE && argv[i][2 + n] == '\0' ? 2 : 1;
    }
    return i < argc ? i : argc;
}
