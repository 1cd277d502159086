#include "grid/say.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/jv.h"
#include "grid/form_part.h"

enum { TEXT_ID_BYTES = 128, VALUE_BYTES = 80 };

static const char *text_or(const struct jv *o, const char *key, const char *otherwise)
{
    const char *s = jv_get_text(o, key);

    return s != NULL ? s : otherwise;
}

/* Without a value, a cell, or even a sheet, and of a field that a layout file can name, some things
 * are said in other words. */
static void variant(char id[TEXT_ID_BYTES], const char *family, const char *name,
                    const struct jv *o, const char *end)
{
    bool placed = jv_get_text(o, "cell") != NULL || jv_get_text(o, "point") != NULL;

    snprintf(id, TEXT_ID_BYTES, "grid.%s.%s.unnamed%s", family, name, end);
    if (placed && jv_get_text(o, "value") == NULL && text_exists(id))
        return;
    snprintf(id, TEXT_ID_BYTES, "grid.%s.%s.known%s", family, name, end);
    if (jv_get_text(o, "field") != NULL && text_exists(id))
        return;
    snprintf(id, TEXT_ID_BYTES, "grid.%s.%s.%s%s", family, name,
             jv_get_text(o, "sheet") == NULL ? "whole" : "nowhere", end);
    if (placed || !text_exists(id))
        snprintf(id, TEXT_ID_BYTES, "grid.%s.%s%s", family, name, end);
}

static void say(enum text_lang lang, const char *family, const char *name, const struct jv *o,
                char *message, char *remedy)
{
    char id[TEXT_ID_BYTES], value[SAY_MAX / 4], raw[SAY_MAX / 4];

    /* A foreign value is shown escaped, and never much of it; but a label whole, for the layout. */
    struct date day;
    bool date = strcmp(family, "rule") == 0 && strncmp(name, "date-", 5) == 0;
    text_copy_whole(raw, 1 + (strcmp(family, "note") == 0 ? LABEL_BYTES : VALUE_BYTES),
                    text_or(o, "value", ""));
    if (date && lang == TEXT_FR && date_parse_iso(raw, &day) == 0)
        date_french(day, raw);
    text_escape_terminal(value, sizeof value, raw);
    const char *point = text_or(o, "point", "?"), *sheet = text_or(o, "sheet", "?");
    const char *cell = text_or(o, "cell", "?"), *field = text_or(o, "field", "?");
    variant(id, family, name, o, "");
    if (message != NULL)
        text_say(lang, message, SAY_MAX, id, value, point, sheet, cell, field, NULL);
    variant(id, family, name, o, ".remedy");
    if (remedy != NULL) {
        remedy[0] = '\0';
        if (text_exists(id))
            text_say(lang, remedy, SAY_MAX, id, value, point, sheet, cell, field, NULL);
    }
}

void say_finding(enum text_lang lang, const struct jv *finding, char *message, char *remedy)
{
    say(lang, "rule", text_or(finding, "rule", "?"), finding, message, remedy);
}

void say_note(enum text_lang lang, const struct jv *note, char *message, char *remedy)
{
    say(lang, "note", text_or(note, "code", "?"), note, message, remedy);
}

void say_place(enum text_lang lang, const struct jv *finding, char out[SAY_MAX])
{
    const char *sheet = jv_get_text(finding, "sheet"), *cell = jv_get_text(finding, "cell");

    if (sheet == NULL)
        text_copy_whole(out, SAY_MAX, text_in(lang, "grid.place.whole"));
    else if (cell == NULL)
        text_copy_whole(out, SAY_MAX, sheet);
    else
        text_say(lang, out, SAY_MAX, "grid.place.cell", sheet, cell, NULL);
}

static int64_t count_of(const struct jv *grid, const char *severity, const char *answer)
{
    return jv_get_int(jv_get(jv_get(grid, "counts"), severity), answer, 0);
}

static void number(int64_t n, char out[24])
{
    snprintf(out, 24, "%lld", (long long)n);
}

static size_t errors_of(const struct jv *grid)
{
    const struct jv *findings = jv_get(grid, "findings");
    size_t n = 0;

    for (size_t i = 0; i < jv_count(findings); i++)
        n += strcmp(text_or(jv_at(findings, i), "level", ""), "erreur") == 0;
    return n;
}

/* `out` has SAY_MAX / 2 bytes. */
static void append(char *out, const char *piece)
{
    size_t used = strlen(out);

    if (used > 0 && used + 3 < SAY_MAX / 2) {
        strcpy(out + used, ", ");
        used += 2;
    }
    text_copy_whole(out + used, SAY_MAX / 2 - used, piece);
}

/* "W-05 (gravité haute) à Non, 11 réponses Non de gravité moyenne pour 10 admises" */
static void reasons(enum text_lang lang, const struct jv *grid, char *out)
{
    const struct jv *findings = jv_get(grid, "findings");
    char piece[256], a[24], b[24];

    out[0] = '\0';
    for (size_t i = 0; i < jv_count(findings); i++) {
        const struct jv *f = jv_at(findings, i);
        if (strcmp(text_or(f, "rule", ""), "high-non") != 0)
            continue;
        text_say(lang, piece, sizeof piece, "grid.outcome.high", text_or(f, "point", "?"), NULL);
        append(out, piece);
    }
    const struct jv *thresholds = jv_get(grid, "thresholds");
    int64_t limit = jv_get_int(thresholds, "medium_non_max", 0);
    int64_t medium = count_of(grid, "Moyenne", "Non");
    bool strict = strcmp(text_or(thresholds, "at_limit", "met"), "met") != 0;
    if (medium > limit || (strict && medium == limit)) {
        number(medium, a);
        number(limit - strict, b);
        text_say(lang, piece, sizeof piece, "grid.outcome.medium", a, b, NULL);
        append(out, piece);
    }
}

static size_t notes_of(const struct jv *grid, const char *code)
{
    const struct jv *notes = jv_get(grid, "notes");
    size_t n = 0;

    for (size_t i = 0; i < jv_count(notes); i++)
        n += strcmp(text_or(jv_at(notes, i), "code", ""), code) == 0;
    return n;
}

static void add_reserve(enum text_lang lang, const char *id, int64_t n, char *out)
{
    char a[24], whole[64], piece[SAY_MAX / 4];

    if (n <= 0)
        return;
    number(n, a);
    text_say(lang, piece, sizeof piece, text_plural(lang, whole, sizeof whole, id, (long)n), a,
             NULL);
    append(out, piece);
}

/* Whatever makes the result less than sure stands in the same sentence as the result. */
static void say_met(enum text_lang lang, const struct jv *grid, char out[SAY_MAX])
{
    char a[24], b[24], reserve[SAY_MAX / 2] = "", head[SAY_MAX / 4];
    int64_t medium = count_of(grid, "Moyenne", "Non");
    int64_t limit = jv_get_int(jv_get(grid, "thresholds"), "medium_non_max", 0);

    number(medium, a);
    number(limit, b);
    text_say(lang, head, sizeof head,
             medium == limit && limit > 0 ? "grid.outcome.met-at-limit" : "grid.outcome.met", a, b,
             NULL);
    add_reserve(lang, "grid.reserve.high-na", count_of(grid, "Haute", "N/A"), reserve);
    add_reserve(lang, "grid.reserve.display", (int64_t)notes_of(grid, "answer-display-differs"),
                reserve);
    if (notes_of(grid, "age-unknown") + notes_of(grid, "initial-undated") > 0)
        append(reserve, text_in(lang, "grid.reserve.age"));
    if (jv_is_null(jv_get(grid, "ruleset"))) {
        append(reserve, text_in(lang, "grid.reserve.own"));
        if (notes_of(grid, "answers-unread") > 0)
            append(reserve, text_in(lang, "grid.reserve.unread"));
        add_reserve(lang, "grid.reserve.points", (int64_t)notes_of(grid, "points-unusual"),
                    reserve);
    }
    if (reserve[0] != '\0')
        text_say(lang, out, SAY_MAX, "grid.outcome.met-reserve", head, reserve, NULL);
    else
        text_copy_whole(out, SAY_MAX, head);
}

void say_outcome(enum text_lang lang, const struct jv *grid, char out[SAY_MAX])
{
    const char *outcome = jv_get_text(grid, "outcome");
    size_t errors = errors_of(grid);
    char id[64], n[24], why[SAY_MAX / 2];

    if (errors > 0 || outcome == NULL) {
        number((int64_t)errors, n);
        text_say(lang, out, SAY_MAX,
                 text_plural(lang, id, sizeof id, "grid.outcome.correct", (long)errors), n, NULL);
    } else if (strcmp(outcome, "not-met") == 0) {
        reasons(lang, grid, why);
        text_say(lang, out, SAY_MAX, "grid.outcome.not-met", why, NULL);
    } else {
        say_met(lang, grid, out);
    }
}

void say_deposit(enum text_lang lang, const struct jv *grid, char out[SAY_MAX])
{
    const char *until = jv_get_text(grid, "deposit_until"),
               *day = text_or(grid, "reference_date", "");
    struct date d;
    char shown[DATE_TEXT_MAX];

    out[0] = '\0';
    if (until == NULL || date_parse_iso(until, &d) != 0)
        return;
    if (lang == TEXT_FR)
        date_french(d, shown);
    else
        date_iso(d, shown);
    text_say(lang, out, SAY_MAX,
             strcmp(day, until) > 0 ? "grid.deposit.past" : "grid.deposit.until", shown, NULL);
}

void say_ruleset(enum text_lang lang, const struct jv *grid, char out[SAY_MAX])
{
    const struct jv *r = jv_get(grid, "ruleset");
    const char *title = text_or(r, "title", text_or(r, "id", ""));
    bool points = strcmp(text_or(r, "recognised_by", ""), "points") == 0;

    out[0] = '\0';
    if (!jv_is_null(r))
        text_say(lang, out, SAY_MAX, points ? "grid.ruleset.by-points" : "grid.ruleset.used", title,
                 NULL);
}

const char *say_caveat(enum text_lang lang)
{
    return text_in(lang, "grid.caveat");
}
