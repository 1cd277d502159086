/* The text of a document in the order in which it is shown, against the points of a form: each
 * point's identifier, and behind it, before the next identifier, one of the three answers. What is
 * not certain is "not found". */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/jv.h"
#include "base/text.h"
#include "base/utf8.h"
#include "dossier/compare.h"

enum { ANSWERS = 3, SHORT_RUN = 3, SEGMENT_MAX = 400 };
static const char *const answers[ANSWERS] = {"Oui", "Non", "N/A"};
static const char *const in_english[ANSWERS] = {"Yes", "No", "N/A"}; /* as our reports say them */

struct run {
    const char *text; /* borrowed */
    char *folded;
    long point; /* index of the identifier that the run begins with; -1 */
};
struct shown {
    struct run *runs;
    size_t count;
    struct buf all; /* folded, without blanks; a form feed ends each page */
};
struct ids {
    char **folded;
    size_t count;
};

static void shown_free(struct shown *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->runs[i].folded);
    free(s->runs);
    buf_free(&s->all);
}

static void ids_free(struct ids *ids)
{
    for (size_t i = 0; i < ids->count; i++)
        free(ids->folded[i]);
    free(ids->folded);
}

static size_t points_count(const struct jv *form)
{
    size_t n = 0;

    for (size_t i = 0; i < jv_count(jv_get(form, "sheets")); i++)
        n += jv_count(jv_get(jv_at(jv_get(form, "sheets"), i), "points"));
    return n;
}

static int ids_read(struct ids *ids, const struct jv *form, struct err *e)
{
    size_t n = points_count(form);

    ids->folded = calloc(n + 1, sizeof(*ids->folded));
    if (ids->folded == NULL)
        return err_set_memory(e);
    for (size_t i = 0; i < jv_count(jv_get(form, "sheets")); i++) {
        const struct jv *points = jv_get(jv_at(jv_get(form, "sheets"), i), "points");
        for (size_t k = 0; k < jv_count(points); k++) {
            const char *id = jv_get_text(jv_at(points, k), "id");
            if ((ids->folded[ids->count] = utf8_fold(id != NULL ? id : "", e)) == NULL)
                return -1;
            ids->count++;
        }
    }
    return 0;
}

/* The run is the identifier, or begins with it and a blank. */
static long id_at(const struct ids *ids, const char *folded)
{
    for (size_t i = 0; i < ids->count; i++) {
        size_t n = strlen(ids->folded[i]);
        if (n > 0 && strncmp(folded, ids->folded[i], n) == 0 &&
            (folded[n] == '\0' || folded[n] == ' '))
            return (long)i;
    }
    return -1;
}

static int run_add(struct shown *s, const struct ids *ids, const char *text, struct err *e)
{
    struct run *r = &s->runs[s->count];

    r->text = text;
    r->folded = utf8_fold(text, e);
    if (r->folded == NULL)
        return -1;
    s->count++;
    r->point = id_at(ids, r->folded);
    for (const char *p = r->folded; *p != '\0'; p++) {
        if (*p != ' ')
            buf_char(&s->all, *p);
    }
    return 0;
}

static int shown_read(struct shown *s, const struct ids *ids, const struct jv *text, struct err *e)
{
    const struct jv *pages = jv_get(text, "pages");
    size_t n = 0;

    buf_init(&s->all, (size_t)ceilings.json_bytes);
    for (size_t i = 0; i < jv_count(pages); i++)
        n += jv_count(jv_at(pages, i));
    s->runs = calloc(n + 1, sizeof *s->runs);
    if (s->runs == NULL)
        return err_set_memory(e);
    for (size_t i = 0; i < jv_count(pages); i++) {
        for (size_t k = 0; k < jv_count(jv_at(pages, i)); k++) {
            const char *run = jv_str(jv_at(jv_at(pages, i), k));
            if (run_add(s, ids, run != NULL ? run : "", e) != 0)
                return -1;
        }
        buf_char(&s->all, '\f');
    }
    return buf_check(&s->all, e);
}

static bool is_word(const char *run, size_t n, const char *word)
{
    return strlen(word) == n && strncmp(word, run, n) == 0;
}

/* Which answer a run is, alone or beside a severity; headings, legends and sentences hold other
 * words too. */
static int answer_of(const char *run)
{
    int found = -1, words = 0;

    while (*run != '\0') {
        run += strspn(run, " ");
        size_t n = strcspn(run, " ");
        bool known = n == 0 || is_word(run, n, "Haute") || is_word(run, n, "Moyenne") ||
                     is_word(run, n, "NA") || is_word(run, n, "High") || is_word(run, n, "Medium");
        for (int i = 0; i < ANSWERS && n > 0; i++) {
            if (is_word(run, n, answers[i]) || is_word(run, n, in_english[i])) {
                found = i;
                known = true;
            }
        }
        if (!known || ++words > SHORT_RUN)
            return -1;
        run += n;
    }
    return found;
}

/* What stands behind one place where the identifier is shown, up to the next one: the first answer
 * counts; a legend or the answer of a first test may follow. */
struct segment {
    int first; /* -1: none */
    bool seen[ANSWERS];
};

/* The three answers one after the other, each once: the list from which they are chosen. */
static bool is_legend(const struct shown *s, size_t at)
{
    bool seen[ANSWERS] = {false};

    for (size_t i = at; i < at + ANSWERS; i++) {
        int a = i < s->count ? answer_of(s->runs[i].text) : -1;
        if (a < 0 || seen[a])
            return false;
        seen[a] = true;
    }
    return true;
}

static void segment_look(const struct shown *s, size_t at, struct segment *out)
{
    *out = (struct segment){.first = -1};
    for (size_t i = at; i < s->count && i < at + SEGMENT_MAX; i++) {
        if (i > at && s->runs[i].point >= 0 && s->runs[i].point != s->runs[at].point)
            return;
        int a = answer_of(s->runs[i].text);
        if (a >= 0 && is_legend(s, i)) {
            i += ANSWERS - 1;
            continue;
        }
        if (a < 0)
            continue;
        out->seen[a] = true;
        if (out->first < 0)
            out->first = a;
    }
}

/* A text may be cut by the end of a page, with what stands at foot and head between; nowhere else.
 * `at` is where it begins. A cell of 32 767 short lines fills some hundred pages. */
static bool goes_on(const char *at, const char *wanted)
{
    enum { CUTS = 500, GAP = 4000, LEAST = 12 };

    for (int cuts = 0; cuts < CUTS; cuts++) {
        while (*wanted != '\0' && *at == *wanted) {
            at++;
            wanted++;
        }
        if (*wanted == '\0')
            return true;
        const char *end = strchr(at, '\f'), *next = NULL;
        if (end == NULL || end - at > GAP)
            return false;
        size_t n = strlen(wanted) < LEAST ? strlen(wanted) : LEAST;
        for (const char *p = end; *p != '\0' && p - at < GAP && next == NULL; p++) {
            if (strncmp(p, wanted, n) == 0)
                next = p;
        }
        if (next == NULL)
            return false;
        at = next;
    }
    return false;
}

static bool contains(const struct shown *s, const char *wanted, struct err *e)
{
    char *folded = utf8_fold(wanted, e), *to = folded, first[13];

    if (folded == NULL)
        return false;
    for (char *p = folded; *p != '\0'; p++) {
        if (*p != ' ')
            *to++ = *p;
    }
    *to = '\0';
    bool found = *folded == '\0';
    text_copy_whole(first, sizeof first, folded);
    for (const char *p = buf_str(&s->all); !found && (p = strstr(p, first)) != NULL; p++)
        found = goes_on(p, folded);
    free(folded);
    return found;
}

static int answer_index(const char *answer)
{
    for (int i = 0; answer != NULL && i < ANSWERS; i++) {
        if (strcmp(answers[i], answer) == 0)
            return i;
    }
    return -1;
}

/* All places where the point is shown, taken together. */
struct view {
    bool met;          /* its identifier is shown */
    bool right, wrong; /* some place shows the expected answer first; some place another one, and
                          nowhere the expected one */
    bool unclear;      /* another one first, the expected one later */
    int other;
};

static struct view point_view(const struct shown *s, size_t index, int due)
{
    struct view v = {.other = -1};
    struct segment g;

    for (size_t i = 0; i < s->count; i++) {
        if (s->runs[i].point != (long)index)
            continue;
        v.met = true;
        segment_look(s, i, &g);
        if (g.first < 0)
            continue;
        if (g.first == due) {
            v.right = true;
        } else if (due >= 0 && g.seen[due]) {
            v.unclear = true;
        } else {
            v.wrong = true;
            v.other = g.first;
        }
    }
    return v;
}

static void point_compare(struct comparison *c, const struct shown *s, size_t index,
                          const struct jv *sheet, const struct jv *point, bool *met, struct err *e)
{
    const struct jv *cells = jv_get(point, "cells");
    const char *due = jv_get_text(point, "answer"), *comment = jv_get_text(point, "comment");
    const char *cell = jv_get_text(cells, "answer");
    struct view v = point_view(s, index, answer_index(due));

    *met = v.met;
    if (!v.met) {
        c->not_found++;
        compare_add(c, "point-missing", sheet, point, jv_get_text(cells, "id"), NULL, NULL);
    } else if (v.wrong && !v.right) {
        c->different++;
        compare_add(c, "answer", sheet, point, cell, answers[v.other], due);
    } else if (v.wrong || v.unclear || (due != NULL && !v.right)) {
        c->not_found++;
        compare_add(c, "answer-unclear", sheet, point, cell, NULL, due);
    } else if (comment != NULL && *comment != '\0' && !contains(s, comment, e)) {
        c->not_found++;
        compare_add(c, "comment-missing", sheet, point, jv_get_text(cells, "comment"), NULL, NULL);
    } else {
        c->found++;
    }
}

static void fields_compare(struct comparison *c, const struct shown *s, const struct jv *form,
                           struct err *e)
{
    static const char *const ids[] = {"solution", "solution_version", "editor", "passi"};
    const struct jv *fields = jv_get(form, "fields");

    for (size_t i = 0; i < jv_count(fields); i++) {
        const struct jv *f = jv_at(fields, i);
        const char *id = jv_get_text(f, "id"), *value = jv_get_text(f, "value");
        for (size_t k = 0; k < sizeof ids / sizeof ids[0]; k++) {
            if (id == NULL || value == NULL || *value == '\0' || strcmp(id, ids[k]) != 0 ||
                contains(s, value, e))
                continue;
            struct jv *sheet = jv_object();
            jv_put_text(sheet, "name", jv_get_text(f, "sheet"));
            c->not_found++;
            compare_add(c, "field-missing", sheet, NULL, jv_get_text(f, "cell"), NULL,
                        jv_get_text(f, "label"));
            jv_free(sheet);
        }
    }
}

/* Why nothing can be said: a scan, fonts without meaning, another document or a layout that
 * separates points from answers. */
static const char *impossible(const struct jv *text, size_t points, size_t met, long unclear)
{
    int64_t mapped = jv_get_int(text, "mapped", 0), unmapped = jv_get_int(text, "unmapped", 0);

    if (points == 0)
        return "form";
    if (mapped == 0 && unmapped == 0)
        return "scan";
    if (unmapped * 10 > mapped)
        return "fonts";
    if (met * 2 < points || (size_t)unclear * 2 > points)
        return "layout";
    return NULL;
}

int compare_text(const struct jv *text, const struct jv *form, struct jv **out, struct err *e)
{
    struct comparison c = {.differences = jv_array()};
    struct shown s = {0};
    struct ids ids = {0};
    size_t index = 0, met = 0;
    int rc = -1;

    if (ids_read(&ids, form, e) != 0 || shown_read(&s, &ids, text, e) != 0)
        goto out;
    for (size_t i = 0; i < jv_count(jv_get(form, "sheets")); i++) {
        const struct jv *sheet = jv_at(jv_get(form, "sheets"), i);
        for (size_t k = 0; k < jv_count(jv_get(sheet, "points")); k++, index++) {
            bool there;
            point_compare(&c, &s, index, sheet, jv_at(jv_get(sheet, "points"), k), &there, e);
            met += there;
        }
    }
    const char *why = impossible(text, index, met, c.not_found - (long)(index - met));
    fields_compare(&c, &s, form, e);
    if (err_is_set(e))
        goto out;
    *out = compare_result(&c, "text", why);
    rc = 0;
out:
    jv_free(c.differences);
    shown_free(&s);
    ids_free(&ids);
    return rc;
}
