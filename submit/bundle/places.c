#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "submit/bundle/bundle_part.h"

static bool is(const struct jv *object, const char *key, const char *value)
{
    const char *there = jv_get_text(object, key);

    return there != NULL && value != NULL && strcmp(there, value) == 0;
}

/* Fit for any file system that a person may copy the folder to (Windows: no <>:"/\|?*, no ending
 * dot or blank). */
static bool name_is_portable(const char *name)
{
    size_t n = name != NULL ? strlen(name) : 0;

    if (n == 0 || n > 120 || name[n - 1] == '.' || name[n - 1] == ' ' || name[0] == '.' ||
        !utf8_valid(name, n))
        return false;
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)name[i] < 0x20 || strchr("<>:\"/\\|?*", name[i]) != NULL)
            return false;
    }
    return true;
}

static bool both_languages(const struct jv *object, const char *key)
{
    const struct jv *v = jv_get(object, key);

    return jv_get_text(v, "fr") != NULL && jv_get_text(v, "en") != NULL;
}

static bool place_is_good(const struct jv *p)
{
    const char *proof = jv_get_text(p, "proof");

    return name_is_portable(jv_get_text(p, "id")) && name_is_portable(jv_get_text(p, "name")) &&
           name_is_portable(jv_get_text(p, "folder")) && jv_get_text(p, "what") != NULL &&
           (proof == NULL || name_is_portable(proof)) && both_languages(p, "title") &&
           both_languages(p, "where");
}

struct jv *places_parse(const char *text, size_t n, const char *name, struct err *e)
{
    struct jv *table = jv_parse(text, n, name, e);
    const struct jv *places = jv_get(table, "places");
    bool good = is(table, "format", "paraphe-places") && jv_get_int(table, "version", 0) == 1 &&
                both_languages(table, "note") &&
                jv_get_text(jv_get(table, "portal"), "name") != NULL && jv_count(places) > 0;

    if (table == NULL)
        return NULL;
    for (size_t i = 0; good && i < jv_count(places); i++)
        good = place_is_good(jv_at(places, i));
    if (good)
        return table;
    err_set(e, ERR_USAGE, "err.submit-bundle.places", name, NULL);
    jv_free(table);
    return NULL;
}

const struct jv *places_find(const struct jv *table, const char *kind, const char *what)
{
    const struct jv *places = jv_get(table, "places");

    for (size_t i = 0; i < jv_count(places); i++) {
        const struct jv *p = jv_at(places, i);
        if (is(p, "what", what) &&
            (kind != NULL ? is(p, "kind", kind) : jv_is_null(jv_get(p, "kind"))))
            return p;
    }
    return NULL;
}

const char *places_text(const struct jv *place, const char *key)
{
    return jv_get_text(jv_get(place, key), text_lang_name(text_lang_get()));
}
