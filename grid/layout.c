#include "grid/layout.h"

#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/utf8.h"
#include "data/data.h"
#include "grid/clean.h"
#include "grid/layout_keys.h"

enum { DOCS = 2 };

struct label {
    char *folded;
    size_t len;
    const char *name; /* borrowed from the documents: column, role, type, severity, or field's id */
    size_t field;
    bool own; /* of the user's file */
};
struct labels {
    struct label *items;
    size_t count;
};
struct layout {
    struct jv *docs[DOCS]; /* the user's first; either may be NULL */
    struct labels columns, sheets, types, severities, field_labels;
    struct layout_field *fields;
    size_t field_count;
};

static const char *const names[COLUMN_COUNT] = {"point",    "theme",  "owasp",   "wording",
                                                "severity", "answer", "comment", "verification"};

const char *column_name(enum column_id id)
{
    return id < COLUMN_COUNT ? names[id] : NULL;
}

enum column_id column_from_name(const char *name)
{
    for (int i = 0; name != NULL && i < COLUMN_COUNT; i++) {
        if (strcmp(name, names[i]) == 0)
            return (enum column_id)i;
    }
    if (name != NULL && strcmp(name, "ignored") == 0)
        return COLUMN_IGNORED;
    return COLUMN_NONE;
}

/* Labels are folded like what they are compared with: names of tabs and types by clean_fold_name,
 * all others by utf8_fold. */
static int add_label(struct labels *l, char *(*fold)(const char *, struct err *), const char *label,
                     const char *name, size_t field, struct err *e)
{
    if (label == NULL || l->count >= LAYOUT_LABELS_MAX)
        return err_set(e, ERR_INPUT, "err.grid.layout-shape", name, NULL);
    struct label *items = realloc(l->items, (l->count + 1) * sizeof *items);
    if (items == NULL)
        return err_set_memory(e);
    l->items = items;
    char *folded = fold(label, e);
    if (folded == NULL)
        return -1;
    items[l->count++] = (struct label){folded, strlen(folded), name, field, false};
    return 0;
}

static int add_group(struct labels *l, char *(*fold)(const char *, struct err *),
                     const struct jv *group, struct err *e)
{
    for (void *it = jv_iter(group); it != NULL; it = jv_next(group, it)) {
        const struct jv *list = jv_value(it);
        for (size_t i = 0; i < jv_count(list); i++) {
            if (add_label(l, fold, jv_str(jv_at(list, i)), jv_key(it), 0, e) != 0)
                return -1;
        }
    }
    return 0;
}

/* What the built-in layout says of a field; NULL when it has no such one. */
static const struct jv *builtin_field(const struct layout *l, const char *id)
{
    const struct jv *fields = jv_get(l->docs[DOCS - 1], "fields");

    for (size_t i = 0; i < jv_count(fields); i++) {
        const char *known = jv_get_text(jv_at(fields, i), "id");
        if (known != NULL && id != NULL && strcmp(known, id) == 0)
            return jv_at(fields, i);
    }
    return NULL;
}

static int add_fields(struct layout *l, const struct jv *fields, struct err *e)
{
    for (size_t i = 0; i < jv_count(fields); i++) {
        const struct jv *f = jv_at(fields, i), *labels = jv_get(f, "labels");
        struct layout_field *items = realloc(l->fields, (l->field_count + 1) * sizeof *items);
        if (items == NULL)
            return err_set_memory(e);
        l->fields = items;
        const char *id = jv_get_text(f, "id"), *kind = jv_get_text(f, "kind");
        const struct jv *known = builtin_field(l, id);
        bool required = jv_get_bool(jv_get(f, "required") != NULL ? f : known, "required");
        if (id == NULL)
            return err_set(e, ERR_INPUT, "err.grid.layout-shape", "fields", NULL);
        kind = kind != NULL ? kind : jv_get_text(known, "kind");
        items[l->field_count] = (struct layout_field){id, kind != NULL ? kind : "text", required};
        l->field_count++;
        for (size_t k = 0; k < jv_count(labels); k++) {
            if (add_label(&l->field_labels, utf8_fold, jv_str(jv_at(labels, k)), "fields",
                          l->field_count - 1, e) != 0)
                return -1;
        }
    }
    return 0;
}

static int add_doc(struct layout *l, const struct jv *doc, struct err *e)
{
    const char *format = jv_get_text(doc, "format");

    if (format == NULL || strcmp(format, "paraphe-layout") != 0 ||
        jv_get_int(doc, "version", 0) != 1)
        return err_set(e, ERR_INPUT, "err.grid.layout-shape", "format", NULL);
    if (add_group(&l->columns, utf8_fold, jv_get(doc, "columns"), e) != 0 ||
        add_group(&l->sheets, clean_fold_name, jv_get(doc, "sheets"), e) != 0 ||
        add_group(&l->types, clean_fold_name, jv_get(doc, "types"), e) != 0 ||
        add_group(&l->severities, utf8_fold, jv_get(doc, "severities"), e) != 0)
        return -1;
    return add_fields(l, jv_get(doc, "fields"), e);
}

int layout_new(struct layout **out, const struct jv *extra, struct err *e)
{
    struct layout *l = calloc(1, sizeof *l);
    const unsigned char *bytes = NULL;
    size_t n = 0;
    int rc = -1;

    if (l == NULL)
        return err_set_memory(e);
    if (!jv_is_null(extra))
        l->docs[0] = jv_copy(extra);
    if (data_find("layout/default.json", &bytes, &n) != 0)
        err_set_bug(e, "layout/default.json is not compiled in");
    else
        l->docs[1] = jv_parse((const char *)bytes, n, "layout/default.json", e);
    if (l->docs[1] != NULL) {
        rc = l->docs[0] != NULL ? add_doc(l, l->docs[0], e) : 0;
        if (rc == 0 && l->docs[0] != NULL)
            rc = layout_keys_check(l->docs[0], l->docs[1], e);
        for (size_t i = 0; i < l->columns.count; i++)
            l->columns.items[i].own = true;
        for (size_t i = 0; i < l->sheets.count; i++)
            l->sheets.items[i].own = true;
        if (rc == 0)
            rc = add_doc(l, l->docs[1], e);
    }
    if (rc == 0)
        *out = l;
    else
        layout_free(l);
    return rc;
}

static void labels_free(struct labels *l)
{
    for (size_t i = 0; i < l->count; i++)
        free(l->items[i].folded);
    free(l->items);
}

void layout_free(struct layout *l)
{
    if (l == NULL)
        return;
    labels_free(&l->columns);
    labels_free(&l->sheets);
    labels_free(&l->types);
    labels_free(&l->severities);
    labels_free(&l->field_labels);
    free(l->fields);
    jv_free(l->docs[0]);
    jv_free(l->docs[1]);
    free(l);
}

enum column_id layout_column(const struct layout *l, const char *folded, size_t *strength)
{
    const char *best = NULL;
    size_t best_strength = 0;

    for (size_t i = 0; i < l->columns.count; i++) {
        const struct label *label = &l->columns.items[i];
        size_t n = label->len, s = n;
        if (n == 0 || strncmp(folded, label->folded, n) != 0)
            continue;
        if (folded[n] == '\0')
            s = 2 * n + LABEL_WHOLE + (label->own ? LABEL_OWN : 0); /* beats every beginning */
        else if (folded[n] != ' ')
            continue;
        if (s > best_strength) {
            best_strength = s;
            best = label->name;
        }
    }
    *strength = best_strength;
    return column_from_name(best);
}

const struct layout_field *layout_field(const struct layout *l, const char *folded,
                                        const char *folded_short)
{
    for (int pass = 0; pass < 2; pass++) {
        const char *key = pass == 0 ? folded : folded_short;
        if (key == NULL || *key == '\0')
            continue;
        for (size_t i = 0; i < l->field_labels.count; i++) {
            if (strcmp(l->field_labels.items[i].folded, key) == 0)
                return &l->fields[l->field_labels.items[i].field];
        }
    }
    return NULL;
}

size_t layout_field_count(const struct layout *l)
{
    return l->field_count;
}

const struct layout_field *layout_field_at(const struct layout *l, size_t i)
{
    return &l->fields[i];
}

const struct layout_field *layout_field_by_id(const struct layout *l, const char *id)
{
    for (size_t i = 0; i < l->field_count; i++) {
        if (strcmp(l->fields[i].id, id) == 0)
            return &l->fields[i];
    }
    return NULL;
}

const char *layout_field_label(const struct layout *l, const char *id)
{
    for (size_t d = DOCS; d > 0; d--) {
        const struct jv *fields = jv_get(l->docs[d - 1], "fields");
        for (size_t i = 0; i < jv_count(fields); i++) {
            const struct jv *f = jv_at(fields, i);
            const char *known = jv_get_text(f, "id"),
                       *label = jv_str(jv_at(jv_get(f, "labels"), 0));
            if (known != NULL && label != NULL && strcmp(known, id) == 0)
                return label;
        }
    }
    return id;
}

static const char *find(const struct labels *l, const char *folded)
{
    for (size_t i = 0; *folded != '\0' && i < l->count; i++) {
        if (strcmp(l->items[i].folded, folded) == 0)
            return l->items[i].name;
    }
    return NULL;
}

/* The longest label that stands in the text as whole words. */
static const char *find_within(const struct labels *l, const char *folded)
{
    const char *best = NULL;
    size_t best_len = 0;

    for (size_t i = 0; i < l->count; i++) {
        const char *label = l->items[i].folded, *at = folded;
        size_t n = l->items[i].len;
        for (at = n > best_len ? strstr(at, label) : NULL; at != NULL; at = strstr(at + 1, label)) {
            if ((at == folded || at[-1] == ' ') && (at[n] == '\0' || at[n] == ' ')) {
                best = l->items[i].name;
                best_len = n;
                break;
            }
        }
    }
    return best;
}

const char *layout_sheet_role_within(const struct layout *l, const char *folded)
{
    return find_within(&l->sheets, folded);
}

const char *layout_type_within(const struct layout *l, const char *folded)
{
    return find_within(&l->types, folded);
}

const char *layout_answer(const struct layout *l, const char *text)
{
    const struct jv *answers = jv_get(l->docs[0], "answers");

    for (void *it = jv_iter(answers); it != NULL; it = jv_next(answers, it)) {
        const struct jv *words = jv_value(it);
        for (size_t i = 0; i < jv_count(words); i++) {
            const char *word = jv_str(jv_at(words, i));
            if (word != NULL && *word != '\0' && clean_same_word(word, text))
                return jv_key(it);
        }
    }
    return NULL;
}

const char *layout_tick(const char *folded)
{
    static const char *const words[][2] = {
        {"oui", "Oui"},           {"yes", "Oui"}, {"non", "Non"},        {"no", "Non"},
        {"n a", "N/A"},           {"na", "N/A"},  {"sans objet", "N/A"}, {"non applicable", "N/A"},
        {"not applicable", "N/A"}};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(folded, words[i][0]) == 0)
            return words[i][1];
    }
    return NULL;
}

const char *layout_sheet_role(const struct layout *l, const char *folded)
{
    return find(&l->sheets, folded);
}

bool layout_sheet_set_aside(const struct layout *l, const char *folded)
{
    for (size_t i = 0; i < l->sheets.count; i++) {
        const struct label *label = &l->sheets.items[i];
        if (label->own && strcmp(label->name, "ignored") == 0 && strcmp(label->folded, folded) == 0)
            return true;
    }
    return false;
}

const char *layout_type(const struct layout *l, const char *folded)
{
    return find(&l->types, folded);
}

/* The longest label that stands at the beginning of the text as whole words. */
static const struct label *find_first(const struct labels *l, const char *text)
{
    const struct label *best = NULL;

    for (size_t i = 0; i < l->count; i++) {
        const struct label *label = &l->items[i];
        if (label->len > 0 && strncmp(text, label->folded, label->len) == 0 &&
            (text[label->len] == '\0' || text[label->len] == ' ') &&
            (best == NULL || label->len > best->len))
            best = label;
    }
    return best;
}

static const char *next_word(const char *text)
{
    text += strcspn(text, " ");
    return text + strspn(text, " ");
}

const char *layout_type_declared(const struct layout *l, const char *folded)
{
    const char *type = find(&l->types, folded), *at = folded;

    if (type != NULL)
        return type;
    while (*at != '\0') {
        const struct label *label = find_first(&l->types, at);
        if (label != NULL && type != NULL && strcmp(type, label->name) != 0)
            return NULL;
        type = label != NULL ? label->name : type;
        at = label != NULL ? at + label->len : next_word(at);
        at += strspn(at, " ");
    }
    return type;
}

static bool is_filler(const char *word)
{
    static const char *const words[] = {"gravite", "niveau", "criticite", "severite", "risque",
                                        "impact",  "de",     "la",        "est",      "priorite"};
    size_t n = strcspn(word, " ");

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i]) == n && strncmp(words[i], word, n) == 0)
            return true;
    }
    return n <= 2 && strspn(word, "0123456789") == n;
}

const char *layout_severity(const struct layout *l, const char *folded)
{
    const char *severity = find(&l->severities, folded), *at = folded;

    if (severity != NULL)
        return severity;
    while (*at != '\0') { /* "1 - Haute", "Gravité moyenne (non éliminatoire)", but nothing else */
        const struct label *label = find_first(&l->severities, at);
        bool other = label == NULL ? !is_filler(at) : strcmp(label->name, "NA") == 0;
        if (other || (label != NULL && severity != NULL && strcmp(severity, label->name) != 0))
            return NULL;
        severity = label != NULL ? label->name : severity;
        at = label != NULL ? at + label->len : next_word(at);
        at += strspn(at, " ");
    }
    return severity;
}

static const struct jv *get(const struct layout *l, const char *key)
{
    const struct jv *own = jv_get(l->docs[0], key);

    return own != NULL ? own : jv_get(l->docs[1], key);
}

const char *layout_type_label(const struct layout *l, const char *type)
{
    for (size_t i = 0; type != NULL && i < DOCS; i++) {
        const char *label = jv_str(jv_at(jv_get(jv_get(l->docs[i], "types"), type), 0));
        if (label != NULL)
            return label;
    }
    return type;
}

void layout_value_step(const struct layout *l, unsigned *columns, unsigned *rows)
{
    const struct jv *value = get(l, "value");
    const char *direction = jv_get_text(value, "direction");
    int64_t offset = jv_get_int(value, "offset", 1);
    unsigned step = offset >= 1 && offset <= 20 ? (unsigned)offset : 1;
    bool below = direction != NULL && strcmp(direction, "below") == 0;

    *columns = below ? 0 : step;
    *rows = below ? step : 0;
}

const struct jv *layout_thresholds(const struct layout *l)
{
    return get(l, "thresholds");
}

const struct jv *layout_expected_counts(const struct layout *l)
{
    return get(l, "expected_counts");
}
