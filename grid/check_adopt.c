/* Tabs whose name does not say what they are ("Tests", "Volet 3"): read as what the declared type
 * still needs, where nothing else could be meant (docs/decisions/0027). */
#include <stdlib.h>
#include <string.h>

#include "base/jv.h"
#include "grid/check_part.h"
#include "grid/clean.h"

/* What the names of the tabs say, beside the declared type. */
struct named {
    size_t common, types, declared; /* tabs with a telling name */
    size_t open, open_points;       /* tabs without one, and their points */
    size_t specific, whole;         /* of these */
};

static const char *declared_type(const struct check *c)
{
    char *folded = clean_fold_name(form_field_text(c->form, "application_type"), c->e);
    const char *type = folded != NULL ? layout_type_declared(c->layout, folded) : NULL;

    free(folded);
    return type;
}

static struct named count(const struct check *c, const char *type)
{
    struct named n = {0};

    for (size_t i = 0; i < c->tab_count; i++) {
        const struct rule_tab *rule = c->tabs[i].rule;
        bool open = rule->hint != HINT_NONE;
        n.common += rule->role == TAB_COMMON;
        n.types += rule->role != TAB_COMMON && !open;
        n.declared += rule->role != TAB_COMMON && !open && strcmp(rule->type, type) == 0;
        n.open += open;
        n.open_points += open ? rule->count : 0;
        n.specific += rule->hint == HINT_SPECIFIC;
        n.whole += rule->hint == HINT_WHOLE;
    }
    return n;
}

static bool in_range(const struct check *c, size_t points, const char *const *parts, size_t n)
{
    const struct jv *own = jv_get(c->rules->doc, "expected_counts");
    const struct jv *ranges = own != NULL ? own : layout_expected_counts(c->layout);
    int64_t least = 0, most = 0;

    for (size_t i = 0; i < n; i++) {
        const struct jv *range = jv_get(ranges, parts[i]);
        least += jv_num(jv_at(range, 0), 0);
        most += jv_num(jv_at(range, 1), 0);
    }
    return (int64_t)points >= least && (int64_t)points <= most;
}

static void adopt(struct check *c, enum tab_role role, const char *type)
{
    for (size_t i = 0; i < c->tab_count; i++) {
        struct check_tab *t = &c->tabs[i];
        if (t->rule->hint == HINT_NONE)
            continue;
        t->adopted = true;
        t->role = role;
        t->type = type;
    }
}

void check_adopt(struct check *c)
{
    static const char *const common[] = {"common"}, *const type_part[] = {"type"},
                             *const proxy_part[] = {"proxy"}, *const both[] = {"common", "type"};
    const char *type = c->rules->specimen ? NULL : declared_type(c);

    if (type == NULL)
        return;
    struct named n = count(c, type);
    bool proxy = strncmp(type, "proxy", 5) == 0;
    enum tab_role role = proxy ? TAB_PROXY : TAB_TYPE;
    if (n.open == 0)
        return;
    if (n.declared > 0) { /* only the common tab may be the one without a name */
        if (n.common == 0 && !proxy && n.open == 1 && n.specific == 0 &&
            in_range(c, n.open_points, common, 1))
            adopt(c, TAB_COMMON, NULL);
        return;
    }
    if (n.types > 0 && n.specific < n.open)
        return; /* where the other types are named, so would be this one */
    if (n.common > 0 || proxy) {
        if (n.open == 1 || in_range(c, n.open_points, proxy ? proxy_part : type_part, 1))
            adopt(c, role, type);
    } else if (in_range(c, n.open_points, both, 2)) {
        c->together = true;
        adopt(c, role, type);
    }
}
