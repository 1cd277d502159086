#include "cmd/act_token.h"

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
#include "cmd/wire.h"
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

size_t act_token_room(struct wire *w, const struct stamp_server *server)
{
    struct jv *state = read_state();
    int64_t seen = jv_get_int(jv_get(jv_get(state, "servers"), server->url), "token", 0);

    (void)w;
    jv_free(state);
    if (seen <= 0 || seen > ROOM_UNKNOWN * 8)
        return ROOM_UNKNOWN;
    return (size_t)(seen + seen / 2);
}

void act_token_learn(struct wire *w, const struct stamp_server *server, size_t size)
{
    struct jv *state = read_state(), *servers = jv_get(state, "servers"), *one = jv_object();
    struct buf text = BUF_INIT(FILE_MAX);
    struct err ignored = ERR_INIT;
    char *path = NULL;

    (void)w;
    if (!jv_is_object(servers)) {
        jv_put_text(state, "format", "paraphe-tsa");
        jv_put_int(state, "version", 1);
        jv_put_take(state, "servers", jv_object());
        servers = jv_get(state, "servers");
    }
    if (jv_get_int(jv_get(servers, server->url), "token", 0) >= (int64_t)size ||
        jv_count(servers) >= SERVERS_MAX)
        goto out;
    jv_put_int(one, "token", (int64_t)size);
    jv_put_take(servers, server->url, jv_keep(one));
    if (jv_print(state, true, &text, &ignored) == 0 && (path = state_path(true)) != NULL)
        file_put(path, text.data, text.len, true, &ignored);
out:
    jv_free(state);
    jv_free(one);
    buf_free(&text);
    free(path);
}
