#include "cmd/act_bundle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/jv.h"
#include "base/text.h"
#include "data/data.h"
#include "dossier/dossier.h"
#include "submit/bundle/bundle.h"

static const char places_name[] = "places/edc-psc.json";
enum { LABEL_ROOM = 128, SENTENCE_ROOM = 2048 };

struct gathering {
    const struct act_bundle_request *r;
    struct jv *places, *notes;
    struct bundle_item *items;
    char (*labels)[LABEL_ROOM];
    size_t count, room;
    const char *until; /* the earliest last day */
    bool rejected;
};

static struct jv *places_load(struct err *e)
{
    const unsigned char *bytes = NULL;
    size_t n = 0;

    if (data_find(places_name, &bytes, &n) != 0) {
        err_set_bug(e, places_name);
        return NULL;
    }
    return places_parse((const char *)bytes, n, places_name, e);
}

static int add_item(struct gathering *g, const struct jv *file, const char *kind, const char *what,
                    const char *component, const char *label, const char *title, struct err *e)
{
    const struct jv *place = places_find(g->places, kind, what);
    const char *path = jv_get_text(file, "path"), *dot = strrchr(path, '.');
    enum dossier_file_state state = DOSSIER_FILE_MISSING;
    struct bundle_item *item = &g->items[g->count];

    if (place == NULL || g->count >= g->room)
        return err_set_bug(e, "bundle: place");
    snprintf(g->labels[g->count], LABEL_ROOM, "%s", label);
    *item = (struct bundle_item){.place = place,
                                 .component = component,
                                 .label = g->labels[g->count],
                                 .title = title,
                                 .extension = dot != NULL ? dot : "",
                                 .fd = -1,
                                 .sha256 = jv_get_text(file, "sha256"),
                                 .bytes = jv_get_int(file, "bytes", 0)};
    g->count++;
    if (dossier_open(g->r->dossier, file, &item->fd, &state, e) != 0)
        return -1;
    if (state != DOSSIER_FILE_OK)
        return err_set(e, ERR_DISK, "err.submit-bundle.changed", path, NULL);
    return 0;
}

/* Our word for the architecture, in French as the places are, and a number from the second of its
 * kind on. */
static void label_of(const struct gathering *g, const struct jv *c, char out[LABEL_ROOM])
{
    const struct jv *all = jv_get(g->r->status, "components");
    const char *type = jv_get_text(c, "type");
    const char *word = dossier_type_word(TEXT_FR, type, text_in(TEXT_FR, "dossier.type.other"));
    int number = 1;

    for (size_t i = 0; i < jv_count(all) && jv_at(all, i) != c; i++) {
        const char *other = jv_get_text(jv_at(all, i), "type");
        number += (type == NULL && other == NULL) ||
                  (type != NULL && other != NULL && strcmp(type, other) == 0);
    }
    if (number > 1)
        snprintf(out, LABEL_ROOM, "%.100s %d", word, number);
    else
        snprintf(out, LABEL_ROOM, "%.100s", word);
}

static void note(struct gathering *g, const char *id, const char *a, const char *b)
{
    char sentence[SENTENCE_ROOM];

    jv_add_text(g->notes, text_say(text_lang_get(), sentence, sizeof sentence, id, a, b, NULL));
}

static void note_problems(struct gathering *g, const struct jv *problems)
{
    char sentence[SENTENCE_ROOM], remedy[SENTENCE_ROOM];

    for (size_t i = 0; i < jv_count(problems); i++) {
        dossier_say_problem(jv_at(problems, i), sentence, sizeof sentence, remedy, sizeof remedy);
        jv_add_text(g->notes, sentence);
    }
}

static int add_component(struct gathering *g, const struct jv *c, struct err *e)
{
    const char *kind = jv_get_text(c, "kind"), *id = jv_get_text(c, "id");
    const char *until = jv_get_text(c, "deposit_until"), *outcome = jv_get_text(c, "outcome");
    char label[LABEL_ROOM];

    note_problems(g, jv_get(c, "problems"));
    if (jv_get_text(c, "company") != NULL) {
        note(g, "cmd.bundle.proxy-of", jv_get_text(c, "company"), jv_get_text(c, "reference"));
        return 0;
    }
    if (jv_get_text(c, "exemption") != NULL) {
        bool proxy = strcmp(kind, "proxy") == 0;
        const char *word =
            dossier_type_word(text_lang_get(), jv_get_text(c, "type"), text("dossier.type.other"));
        note(g, proxy ? "cmd.bundle.no-proxy" : "cmd.bundle.exempt", jv_get_text(c, "exemption"),
             word);
        return 0;
    }
    bool history = jv_get_bool(c, "history"); /* its re-evaluation says what counts */
    if (!history && until != NULL && (g->until == NULL || strcmp(until, g->until) < 0))
        g->until = until;
    g->rejected = g->rejected || (!history && outcome != NULL && strcmp(outcome, "not-met") == 0);
    if (history && jv_is_null(jv_get(c, "report"))) /* deposited with its own dossier */
        return 0;
    label_of(g, c, label);
    if (add_item(g, jv_get(c, "report"), kind, "report", id, label, NULL, e) != 0)
        return -1;
    return g->r->with_forms ? add_item(g, jv_get(c, "form"), kind, "form", id, label, NULL, e) : 0;
}

static int gather(struct gathering *g, struct err *e)
{
    const struct jv *components = jv_get(g->r->status, "components");
    const struct jv *proofs = jv_get(g->r->status, "proofs");
    char label[LABEL_ROOM];

    for (int proxy = 0; proxy < 2; proxy++) { /* the software first, then the proxy */
        for (size_t i = 0; i < jv_count(components); i++) {
            const struct jv *c = jv_at(components, i);
            if ((strcmp(jv_get_text(c, "kind"), "proxy") == 0) == (proxy == 1) &&
                add_component(g, c, e) != 0)
                return -1;
        }
    }
    for (size_t i = 0; i < jv_count(proofs); i++) {
        const struct jv *p = jv_at(proofs, i);
        snprintf(label, sizeof label, "%zu", i + 1);
        if (add_item(g, jv_get(p, "file"), NULL, "proof", jv_get_text(p, "id"), label,
                     jv_get_text(p, "title"), e) != 0)
            return -1;
    }
    note_problems(g, jv_get(g->r->status, "problems"));
    return 0;
}

int act_bundle(const struct act_bundle_request *r, struct jv **manifest, bool *already,
               struct err *e)
{
    struct gathering g = {.r = r, .notes = jv_array()};
    char day[DATE_TEXT_MAX];
    int rc = -1;

    if (jv_get_int(r->status, "status", -1) != 0) {
        err_set_bug(e, "act_bundle: incomplete");
        goto out;
    }
    g.room = 2 * jv_count(jv_get(r->status, "components")) + jv_count(jv_get(r->status, "proofs"));
    g.items = calloc(g.room + 1, sizeof *g.items);
    g.labels = calloc(g.room + 1, sizeof *g.labels);
    g.places = places_load(e);
    if (g.items == NULL || g.labels == NULL) {
        err_set_memory(e);
        goto out;
    }
    if (g.places == NULL || gather(&g, e) != 0)
        goto out;
    date_iso(r->deposit, day);
    struct bundle_request request = {.out = r->out,
                                     .places = g.places,
                                     .items = g.items,
                                     .count = g.count,
                                     .solution = jv_get(r->status, "solution"),
                                     .editor = jv_get(r->status, "editor"),
                                     .notes = g.notes,
                                     .instant = r->instant,
                                     .deposit_date = day,
                                     .deposit_until = g.until,
                                     .rejected = g.rejected,
                                     .encrypt_to = r->encrypt_to,
                                     .encrypt_at = r->encrypt_at,
                                     .stamp = r->stamp};
    rc = bundle_make(&request, manifest, already, e);
out:
    for (size_t i = 0; i < g.count; i++) {
        if (g.items[i].fd >= 0)
            close(g.items[i].fd);
    }
    free(g.items);
    free(g.labels);
    jv_free(g.places);
    jv_free(g.notes);
    return rc;
}
