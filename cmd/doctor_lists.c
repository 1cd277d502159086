/* The trusted lists that are kept here, and the snapshots that the configuration names: in force,
 * about to end, ended, of which countries. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/date.h"
#include "base/jv.h"
#include "base/text.h"
#include "cmd/anchors.h"
#include "cmd/cmd.h"
#include "cmd/doctor.h"
#include "trust/list.h"

enum { NAMES_MAX = 1500, SOON = 14 * 86400 };

enum list_state { IN_FORCE, ENDS_SOON, OVER, LIST_STATES };

static enum list_state state_of(const struct jv *list, int64_t now)
{
    const char *next = jv_get_text(list, "next_update");
    int64_t until = 0;

    if (trust_list_expired(list, now) || date_instant_parse(next, &until) != 0)
        return OVER;
    return until - now < SOON ? ENDS_SOON : IN_FORCE;
}

/* "FR (until 2026-12-20)"; a list without an end is closed. */
static void name_add(struct buf *names, const struct jv *list)
{
    const char *next = jv_get_text(list, "next_update"), *of = jv_get_text(list, "territory");
    char one[160], day[DATE_TEXT_MAX] = "";
    int64_t until = 0;

    if (next != NULL && date_instant_parse(next, &until) == 0)
        text_day(date_in_paris(until), day);
    text_say(text_lang_get(), one, sizeof one,
             *day != '\0' ? "cmd.doctor.list-until" : "cmd.doctor.list-closed",
             of != NULL ? of : "?", day, NULL);
    buf_format(names, "%s%s", names->len > 0 ? ", " : "", one);
}

/* Those in a state; found: whether it is known where their next issue is, then their territories
 * go to `places`. */
static bool collect(const struct jv *lists, int64_t now, enum list_state state, const bool *found,
                    struct buf *names, struct buf *places)
{
    const struct jv *signers;
    const char *url;

    buf_clear(names);
    buf_clear(places);
    for (size_t i = 0; i < jv_count(lists); i++) {
        const struct jv *list = jv_at(lists, i);
        const char *of = jv_get_text(list, "territory");
        if (state_of(list, now) != state ||
            (found != NULL &&
             *found != (of != NULL && trust_list_source(lists, of, &url, &signers))))
            continue;
        name_add(names, list);
        buf_format(places, "%s%s", places->len > 0 ? " " : "", of != NULL ? of : "?");
    }
    return names->len > 0 && buf_check(names, NULL) == 0 && buf_check(places, NULL) == 0;
}

static void say_kept(struct doctor *d, const struct jv *lists, int64_t now, size_t *in_force)
{
    static const char *const update[] = {NULL, "lists-soon", "lists-over"},
                             *const import[] = {NULL, "lists-soon-import", "lists-over-import"};
    struct buf names = BUF_INIT(NAMES_MAX), places = BUF_INIT(NAMES_MAX);

    if (collect(lists, now, IN_FORCE, NULL, &names, &places))
        doctor_say(d, DOCTOR_OK, "lists", buf_str(&names), NULL);
    for (int state = ENDS_SOON; state < LIST_STATES; state++) {
        for (int i = 0; i < 2; i++) {
            const bool found = i == 0;
            if (collect(lists, now, (enum list_state)state, &found, &names, &places))
                doctor_say(d, DOCTOR_WARN, found ? update[state] : import[state], buf_str(&names),
                           buf_str(&places), NULL);
        }
    }
    for (size_t i = 0; i < jv_count(lists); i++)
        *in_force += state_of(jv_at(lists, i), now) != OVER;
    buf_free(&names);
    buf_free(&places);
}

static void say_snapshot(struct doctor *d, const char *path, int64_t now, size_t *in_force)
{
    static const char *const ids[] = {"snapshot", "snapshot-soon", "snapshot-over"};
    struct buf names = BUF_INIT(NAMES_MAX), places = BUF_INIT(NAMES_MAX);
    struct jv *lists = NULL;
    struct err e = ERR_INIT;

    if (trust_snapshot_read(path, &lists, &e) != 0) {
        doctor_say(d, DOCTOR_BAD, "anchors-bad", e.sentence, NULL);
        return;
    }
    for (int state = IN_FORCE; state < LIST_STATES; state++) {
        if (collect(lists, now, (enum list_state)state, NULL, &names, &places))
            doctor_say(d, state == IN_FORCE ? DOCTOR_OK : DOCTOR_WARN, ids[state], path,
                       buf_str(&names), NULL);
    }
    for (size_t i = 0; i < jv_count(lists); i++)
        *in_force += state_of(jv_at(lists, i), now) != OVER;
    jv_free(lists);
    buf_free(&names);
    buf_free(&places);
}

size_t doctor_lists(struct doctor *d)
{
    const struct config *c = d->cmd->config;
    int64_t now = d->cmd->clock.now(d->cmd->clock.self);
    struct jv *lists = NULL;
    struct err e = ERR_INIT;
    size_t in_force = 0, snapshots = 0;
    char *folder = trust_folder(false, &e);

    if (folder == NULL || trust_lists(folder, &lists, &e) != 0)
        doctor_say(d, DOCTOR_WARN, "lists-bad", e.sentence, NULL);
    else
        say_kept(d, lists, now, &in_force);
    for (size_t i = 0; i < config_count(c, "trust.anchors"); i++) {
        const char *path = config_at(c, "trust.anchors", i);
        if (!anchors_is_snapshot(path))
            continue;
        snapshots++;
        say_snapshot(d, path, now, &in_force);
    }
    if (!err_is_set(&e) && jv_count(lists) == 0 && snapshots == 0)
        doctor_say(d, DOCTOR_INFO, "no-lists", NULL);
    jv_free(lists);
    free(folder);
    return in_force;
}
