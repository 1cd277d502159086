#include "dossier/compare.h"

#include <stdio.h>
#include <string.h>

#include "base/jv.h"
#include "base/text.h"

enum { SENTENCE_MAX = 1024 };

static bool same_text(const char *a, const char *b)
{
    return (a == NULL || *a == '\0') ? (b == NULL || *b == '\0') : b != NULL && strcmp(a, b) == 0;
}

void compare_add(struct comparison *c, const char *code, const struct jv *sheet,
                 const struct jv *point, const char *cell, const char *document, const char *form)
{
    const char *name = jv_get_text(sheet, "name"), *id = jv_get_text(point, "id");
    const char *none = text("dossier.compare.none");
    const char *args[] = {name != NULL ? name : "", cell != NULL ? cell : "", id != NULL ? id : "",
                          document != NULL ? document : none, form != NULL ? form : none};
    char text_id[96], sentence[SENTENCE_MAX];
    struct jv *o = jv_object();

    jv_put_text(o, "code", code);
    jv_put_text(o, "sheet", name);
    jv_put_text(o, "cell", cell);
    jv_put_text(o, "point", id);
    jv_put_text(o, "document", document);
    jv_put_text(o, "form", form);
    snprintf(text_id, sizeof text_id, "dossier.compare.%s", code);
    text_format(sentence, sizeof sentence, text(text_id), args, 5);
    jv_put_text(o, "sentence", sentence);
    jv_add_take(c->differences, o);
}

struct jv *compare_result(struct comparison *c, const char *method, const char *why)
{
    struct jv *o = jv_object(), *points = jv_object();
    const char *result = why != NULL        ? "impossible"
                         : c->different > 0 ? "different"
                         : c->not_found > 0 ? "incomplete"
                                            : "same";
    char id[96], sentence[SENTENCE_MAX], found[24], different[24], lost[24];

    if (why != NULL) { /* nothing can be said: no list that looks like a result */
        jv_free(c->differences);
        c->differences = jv_array();
        c->found = c->different = c->not_found = 0;
    }
    snprintf(found, sizeof found, "%ld", c->found);
    snprintf(different, sizeof different, "%ld", c->different);
    snprintf(lost, sizeof lost, "%ld", c->not_found);
    const char *args[] = {found, different, lost};
    jv_put_text(o, "format", "paraphe-comparison");
    jv_put_int(o, "version", 1);
    jv_put_text(o, "method", method);
    jv_put_text(o, "result", result);
    jv_put_text(o, "why", why);
    snprintf(id, sizeof id, "dossier.compare.%s.%s", why != NULL ? "why" : "result",
             why != NULL ? why : result);
    text_format(sentence, sizeof sentence, text(id), args, 3);
    jv_put_text(o, "sentence", sentence);
    jv_put_int(points, "found", c->found);
    jv_put_int(points, "different", c->different);
    jv_put_int(points, "not_found", c->not_found);
    jv_put_take(o, "points", points);
    jv_put_take(o, "differences", c->differences);
    c->differences = NULL;
    return o;
}

static bool same_title(const struct jv *a, const struct jv *b)
{
    const char *name = jv_get_text(a, "name");

    return name != NULL && same_text(name, jv_get_text(b, "name")) &&
           same_text(jv_get_text(a, "part"), jv_get_text(b, "part"));
}

/* The same sheet as sheet `at` of `like`, and of a sheet in parts the same part: of several tables
 * without titles the one at the same place. */
static const struct jv *sheet_of(const struct jv *grid, const struct jv *like, size_t at)
{
    const struct jv *sheets = jv_get(grid, "sheets"), *others = jv_get(like, "sheets");
    size_t place = 0;

    for (size_t i = 0; i < at; i++)
        place += same_title(jv_at(others, i), jv_at(others, at));
    for (size_t i = 0; i < jv_count(sheets); i++) {
        if (same_title(jv_at(sheets, i), jv_at(others, at)) && place-- == 0)
            return jv_at(sheets, i);
    }
    return NULL;
}

static const struct jv *point_of(const struct jv *sheet, const char *id)
{
    const struct jv *points = jv_get(sheet, "points");

    for (size_t i = 0; id != NULL && i < jv_count(points); i++) {
        const char *own = jv_get_text(jv_at(points, i), "id");
        if (own != NULL && strcmp(own, id) == 0)
            return jv_at(points, i);
    }
    return NULL;
}

static bool point_same(struct comparison *c, const struct jv *sheet, const struct jv *was,
                       const struct jv *is)
{
    static const char *const keys[] = {"answer", "severity", "comment", "wording", "theme"};
    const struct jv *cells = jv_get(is, "cells");
    bool same = true;

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const char *a = jv_get_text(was, keys[i]), *b = jv_get_text(is, keys[i]);
        if (same_text(a, b))
            continue;
        same = false;
        bool quoted = i < 2; /* comments and wordings are named, not quoted */
        compare_add(c, keys[i], sheet, is, jv_get_text(cells, keys[i]), quoted ? a : NULL,
                    quoted ? b : NULL);
    }
    const struct jv *first_was = jv_get(was, "initial"), *first_is = jv_get(is, "initial");
    if (!same_text(jv_get_text(first_was, "answer"), jv_get_text(first_is, "answer"))) {
        same = false;
        compare_add(c, "initial", sheet, is, jv_get_text(cells, "answer"),
                    jv_get_text(first_was, "answer"), jv_get_text(first_is, "answer"));
    }
    return same;
}

static void sheets_compare(struct comparison *c, const struct jv *carried, const struct jv *form)
{
    const struct jv *sheets = jv_get(form, "sheets");

    for (size_t i = 0; i < jv_count(sheets); i++) {
        const struct jv *sheet = jv_at(sheets, i), *points = jv_get(sheet, "points");
        const struct jv *other = sheet_of(carried, form, i);
        for (size_t k = 0; k < jv_count(points); k++) {
            const struct jv *is = jv_at(points, k);
            const struct jv *was = point_of(other, jv_get_text(is, "id"));
            if (was == NULL) {
                c->not_found++;
                compare_add(c, "point-missing", sheet, is, jv_get_text(jv_get(is, "cells"), "id"),
                            NULL, NULL);
            } else if (point_same(c, sheet, was, is)) {
                c->found++;
            } else {
                c->different++;
            }
        }
    }
    sheets = jv_get(carried, "sheets");
    for (size_t i = 0; i < jv_count(sheets); i++) {
        const struct jv *sheet = jv_at(sheets, i), *points = jv_get(sheet, "points");
        const struct jv *other = sheet_of(form, carried, i);
        for (size_t k = 0; k < jv_count(points); k++) {
            const char *id = jv_get_text(jv_at(points, k), "id");
            /* one that stands there twice says two things */
            if (point_of(other, id) != NULL &&
                (point_of(sheet, id) == jv_at(points, k) ||
                 jv_count(jv_get(other, "points")) == jv_count(points)))
                continue;
            c->different++;
            compare_add(c, "point-extra", sheet, jv_at(points, k), NULL, NULL, NULL);
        }
    }
}

static const struct jv *field_of(const struct jv *grid, const struct jv *like)
{
    const struct jv *fields = jv_get(grid, "fields");
    const char *id = jv_get_text(like, "id"), *label = jv_get_text(like, "label");

    for (size_t i = 0; i < jv_count(fields); i++) {
        const struct jv *f = jv_at(fields, i);
        const char *own = jv_get_text(f, "id"), *own_label = jv_get_text(f, "label");
        if (id != NULL ? own != NULL && strcmp(own, id) == 0
                       : own == NULL && same_text(own_label, label))
            return f;
    }
    return NULL;
}

static void fields_compare(struct comparison *c, const struct jv *carried, const struct jv *form)
{
    const struct jv *fields = jv_get(form, "fields");

    for (size_t i = 0; i < jv_count(fields); i++) {
        const struct jv *is = jv_at(fields, i), *was = field_of(carried, is);
        struct jv *sheet;
        if (was != NULL && same_text(jv_get_text(was, "value"), jv_get_text(is, "value")))
            continue;
        sheet = jv_object();
        jv_put_text(sheet, "name", jv_get_text(is, "sheet"));
        c->different++;
        compare_add(c, "field", sheet, NULL, jv_get_text(is, "cell"), NULL,
                    jv_get_text(is, "label"));
        jv_free(sheet);
    }
}

int compare_data(const struct jv *carried, const struct jv *form, struct jv **out, struct err *e)
{
    struct comparison c = {.differences = jv_array()};
    const char *a = jv_get_text(jv_get(carried, "form"), "sha256");
    const char *b = jv_get_text(jv_get(form, "form"), "sha256");

    if (c.differences == NULL)
        return err_set_memory(e);
    sheets_compare(&c, carried, form);
    fields_compare(&c, carried, form);
    /* Another file with the same contents is said, and is no difference. */
    if (!same_text(a, b))
        compare_add(&c, "file", NULL, NULL, NULL, a, b);
    *out = compare_result(&c, "data", jv_count(jv_get(form, "sheets")) == 0 ? "form" : NULL);
    return 0;
}

static long missing(const struct jv *pages)
{
    const struct jv *list = jv_get(pages, "differences");
    long n = 0;

    for (size_t i = 0; i < jv_count(list); i++) {
        const char *code = jv_get_text(jv_at(list, i), "code");
        n += code != NULL &&
             (strcmp(code, "comment-missing") == 0 || strcmp(code, "field-missing") == 0);
    }
    return n;
}

static bool result_is(const struct jv *comparison, const char *result)
{
    const char *own = jv_get_text(comparison, "result");

    return own != NULL && strcmp(own, result) == 0;
}

struct jv *compare_pages(struct jv *data, struct jv *pages)
{
    char sentence[SENTENCE_MAX], count[24];
    long lost = missing(pages);

    bool bare =
        result_is(pages, "incomplete") && (size_t)lost == jv_count(jv_get(pages, "differences"));
    jv_put_text(data, "pages", jv_get_text(pages, "result"));
    if (result_is(pages, "same") || bare) {
        if (bare) {
            struct jv *notes = jv_array(), *note = jv_object();
            snprintf(count, sizeof count, "%ld", lost);
            const char *args[] = {count};
            text_format(sentence, sizeof sentence, text("dossier.compare.pages.lost"), args, 1);
            jv_put_text(note, "code", "pages-incomplete");
            jv_put_text(note, "sentence", sentence);
            jv_add_take(notes, note);
            jv_put_take(data, "notes", notes);
        }
        jv_free(pages);
        return data;
    }
    const char *said = jv_get_text(pages, "sentence");
    const char *args[] = {said != NULL ? said : ""};
    text_format(sentence, sizeof sentence,
                text(result_is(pages, "impossible") ? "dossier.compare.pages.unread"
                                                    : "dossier.compare.pages.other"),
                args, 1);
    jv_put_text(pages, "sentence", sentence);
    jv_put_text(pages, "pages", jv_get_text(pages, "result"));
    jv_free(data);
    return pages;
}
