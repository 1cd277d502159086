/* A rule set: what a form of one version must contain, and its thresholds (docs/formats.md "Rule
 * set"). */
#ifndef PARAPHE_GRID_RULES_H
#define PARAPHE_GRID_RULES_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct jv;

enum severity { SEVERITY_HIGH, SEVERITY_MEDIUM, SEVERITY_NA, SEVERITY_COUNT, SEVERITY_UNKNOWN };
const char *severity_name(enum severity s); /* "Haute", "Moyenne", "NA"; "" for unknown */
enum severity severity_from_name(const char *name);

enum tab_role { TAB_COMMON, TAB_TYPE, TAB_PROXY };
const char *tab_role_name(enum tab_role role); /* "common", "type", "proxy" */

/* What the name of a tab leaves open, to be decided by the declared type (grid/check_adopt.c). */
enum tab_hint {
    HINT_NONE,     /* the name says what the tab is */
    HINT_UNNAMED,  /* it says nothing: "Tests" */
    HINT_SPECIFIC, /* the points of the type, whichever it is: "Points spécifiques" */
    HINT_WHOLE     /* common points and those of the type together */
};
const char *tab_hint_name(enum tab_hint hint); /* NULL for HINT_NONE */

struct rule_point {
    const char *id, *theme, *owasp, *wording,
        *verification;         /* never NULL but verification and owasp */
    const char *severity_text; /* as the form writes it */
    char *wording_plain;       /* as compared: NFC, blanks reduced */
    enum severity severity;
};
struct rule_tab {
    const char *id, *name, *type; /* type: NULL for the common tab */
    const char *part;             /* of the sheet: its title; NULL for the whole */
    char *folded;
    enum tab_role role;
    enum tab_hint hint;
    struct rule_point *points;
    size_t count;
};
enum field_kind { FIELD_TEXT, FIELD_DATE, FIELD_TYPE, FIELD_YESNO, FIELD_PERIOD, FIELD_KINDS };
enum field_kind field_kind_from_name(const char *name);
struct rule_field {
    const char *id, *label; /* id may be NULL: a field without a well-known meaning */
    char *folded;
    const char *placeholder; /* what the blank form has there, which is no value; NULL */
    enum field_kind kind;
    bool required;
};
struct rules {
    struct jv *doc; /* owns every borrowed text above */
    const char *id, *title, *form_version, *match_contains, *info_sheet;
    bool specimen;
    bool own;         /* made from the very form that it checks: alterations cannot be seen */
    char sha256[129]; /* of the file; "" when made from the form */
    struct rule_tab *tabs;
    size_t tab_count;
    struct rule_field *fields;
    size_t field_count;
    int medium_max, age_years;
    const char *age_from; /* the field whose date the age counts from */
    bool limit_passes;    /* exactly medium_max is met */
    int blank_external_links;
};

/* Takes doc, also on failure. `what` is for messages; `sha256` may be NULL. */
int rules_from_json_take(struct rules **out, struct jv *doc, const char *what, const char *sha256,
                         struct err *e);
/* Parses text, with its digest. */
int rules_parse(struct rules **out, const char *json, size_t n, const char *what, struct err *e);
void rules_free(struct rules *r);

const struct rule_tab *rules_tab_of_type(const struct rules *r, const char *type);
const struct rule_tab *rules_tab_common(const struct rules *r);
const struct rule_point *rules_point(const struct rule_tab *tab, const char *id);
const struct rule_field *rules_field(const struct rules *r, const char *id);
/* Whether the text has the shape of this rule set's identifiers ("A-00": letter, dash, two digits).
 */
bool rules_id_shaped(const struct rules *r, const char *id);
/* Whether the blank form itself had this sheet beside its tabs, so that it is no copy. */
bool rules_blank_has_sheet(const struct rules *r, const char *name);

/* What the blank form already has as the answer of a point; NULL for nothing. */
const char *rules_blank_answer(const struct rules *r, const char *sheet, const char *point);
/* The same of its comment, which justifies nothing. */
const char *rules_blank_comment(const struct rules *r, const char *sheet, const char *point);
/* Whether the blank form itself hides the row of a point, or declares far too many rows. */
bool rules_blank_hidden(const struct rules *r, const char *sheet, const char *point);
bool rules_blank_is_vast(const struct rules *r, const char *sheet);
/* Whether the blank form itself has a formula as the answer of a point. */
bool rules_blank_formula(const struct rules *r, const char *sheet, const char *point);

/* NFC with every run of blanks (no-break ones and line ends too) reduced to one, none at the ends;
 * malloc'ed. */
char *wording_plain(const char *s, struct err *e);

#endif
