/* The ledger of time-stamp servers: sizes of their tokens, and when they were asked. */
#include "cmd/tsa.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/jv.h"
#include "sign/cms/stamp.h"

/* Without knowledge: three times what public servers send. */
enum { ROOM_UNKNOWN = 16384, SERVERS_MAX = 64, FILE_MAX = 65536 };

static char *state_path(bool make)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    char *path = NULL, *folder = NULL;

    if (state != NULL && *state == '/') {
        if (asprintf(&folder, "%s/paraphe", state) < 0)
            return NULL;
        if (make)
            mkdir(state, 0700);
    } else if (home != NULL && *home == '/') {
        if (asprintf(&folder, "%s/.local/state/paraphe", home) < 0)
            return NULL;
        for (char *p = folder + strlen(home) + 1; make && (p = strchr(p, '/')) != NULL; p++) {
            *p = '\0';
            mkdir(folder, 0700);
            *p = '/';
        }
    } else {
        return NULL;
    }
    if (make && mkdir(folder, 0700) != 0 && errno != EEXIST) {
        free(folder);
        return NULL;
    }
    path = path_join(folder, "tsa.json");
    free(folder);
    return path;
}

static struct jv *read_state(void)
{
    struct buf text = BUF_INIT(FILE_MAX);
    struct err ignored = ERR_INIT;
    char *path = state_path(false);
    struct jv *o = NULL;

    if (path != NULL && access(path, R_OK) == 0 && file_read(path, FILE_MAX, &text, &ignored) == 0)
        o = jv_parse(buf_str(&text), text.len, path, &ignored);
    if (!jv_is_object(o)) {
        jv_free(o);
        o = jv_object();
    }
    buf_free(&text);
    free(path);
    return o;
}

static void write_state(const struct jv *state)
{
    struct buf text = BUF_INIT(FILE_MAX);
    struct err ignored = ERR_INIT;
    char *path = NULL;

    if (jv_print(state, true, &text, &ignored) == 0 && (path = state_path(true)) != NULL)
        file_put(path, text.data, text.len, true, &ignored);
    buf_free(&text);
    free(path);
}

/* The entry of a server, made when there is none; NULL when the ledger is full. Borrowed from
 * state. */
static struct jv *entry_of(struct jv *state, const char *url)
{
    if (!jv_is_object(jv_get(state, "servers"))) {
        jv_put_text(state, "format", "paraphe-tsa");
        jv_put_int(state, "version", 1);
        jv_put_take(state, "servers", jv_object());
    }
    struct jv *servers = jv_get(state, "servers");
    if (!jv_is_object(jv_get(servers, url))) {
        if (jv_count(servers) >= SERVERS_MAX)
            return NULL;
        jv_put_take(servers, url, jv_object());
    }
    return jv_get(servers, url);
}

size_t tsa_room(const struct stamp_server *server)
{
    struct jv *state = read_state();
    int64_t seen = jv_get_int(jv_get(jv_get(state, "servers"), server->url), "token", 0);

    jv_free(state);
    if (seen <= 0 || seen > ROOM_UNKNOWN * 8)
        return ROOM_UNKNOWN;
    return (size_t)(seen + seen / 2);
}

void tsa_learn(const struct stamp_server *server, size_t size)
{
    struct jv *state = read_state(), *one = entry_of(state, server->url);

    if (one != NULL && jv_get_int(one, "token", 0) < (int64_t)size) {
        jv_put_int(one, "token", (int64_t)size);
        write_state(state);
    }
    jv_free(state);
}

int64_t tsa_count(const struct stamp_server *server, int64_t now)
{
    struct jv *state, *one, *kept, *sent;
    int64_t window = 60 * (int64_t)server->limit_minutes, free_at = 0;

    if (server->limit == 0)
        return 0;
    state = read_state();
    one = entry_of(state, server->url);
    kept = jv_array();
    sent = jv_get(one, "sent");
    for (size_t i = 0; i < jv_count(sent);
         i++) { /* those of the window only; an instant to come is a clock set back */
        int64_t at = jv_num(jv_at(sent, i), 0);
        if (at > now - window && at <= now)
            jv_add_take(kept, jv_int(at));
    }
    if (jv_count(kept) >= (size_t)server->limit) {
        free_at = jv_num(jv_at(kept, jv_count(kept) - (size_t)server->limit), now) + window;
    } else if (one != NULL) {
        jv_add_take(kept, jv_int(now));
        jv_put_take(one, "sent", jv_keep(kept));
        write_state(state);
    }
    jv_free(kept);
    jv_free(state);
    return free_at;
}
