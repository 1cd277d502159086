/* Checks a form each time it is saved, and says what the save solved and what it brought: for the
 * one who fills it in. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/text.h"
#include "cmd/act_check.h"
#include "cmd/cmd_table.h"
#include "cmd/out.h"
#include "cmd/owed.h"
#include "grid/grid.h"
#include "grid/say.h"

enum { CALM_MS = 250, EVENTS_MAX = 4096, CHANGES_MAX = 1000000 };

const struct opt cmd_watch_options[] = {
    {"deposit-date", OPT_VALUE, NULL},
    {"initial", OPT_VALUE, NULL},
    {"ruleset", OPT_VALUE, NULL},
    {"layout", OPT_VALUE, NULL},
    {"until", OPT_VALUE, "complete|met"},
    {"changes", OPT_VALUE, NULL},
    {NULL, OPT_FLAG, NULL},
};

struct watch {
    struct cmd *cmd;
    struct act_check_request request;
    struct jv *before; /* findings of the last reading that was a form's; NULL before the first */
    char sha256[72];
    const char *until; /* "complete", "met" or NULL */
    long left;         /* readings to tell; 0: no end */
    int status;
};

static bool same_text(const struct jv *a, const struct jv *b, const char *key)
{
    const char *x = jv_get_text(a, key), *y = jv_get_text(b, key);

    return x == y || (x != NULL && y != NULL && strcmp(x, y) == 0);
}

static bool same_finding(const struct jv *a, const struct jv *b)
{
    return same_text(a, b, "rule") && same_text(a, b, "sheet") && same_text(a, b, "cell") &&
           same_text(a, b, "point");
}

/* Those of `from` that `in` has not; with their sentences. */
static struct jv *only_in(const struct jv *from, const struct jv *in)
{
    struct jv *out = jv_array();
    char message[SAY_MAX], remedy[SAY_MAX];

    for (size_t i = 0; i < jv_count(from); i++) {
        const struct jv *f = jv_at(from, i);
        bool found = false;
        for (size_t k = 0; k < jv_count(in) && !found; k++)
            found = same_finding(f, jv_at(in, k));
        if (found)
            continue;
        struct jv *o = jv_copy(f);
        say_finding(text_lang_get(), o, message, remedy);
        jv_put_text(o, "message", message);
        jv_put_text(o, "remedy", *remedy != '\0' ? remedy : NULL);
        jv_add_take(out, o);
    }
    return out;
}

static void say_list(const char *id, const struct jv *list, bool remedies)
{
    char place[SAY_MAX];
    struct owed owed = {NULL, ""};

    for (size_t i = 0; i < jv_count(list); i++) {
        const struct jv *f = jv_at(list, i);
        owed_turn(&owed, remedies ? jv_get_text(f, "remedy") : NULL);
        say_place(text_lang_get(), f, place);
        out_say(id, place, jv_get_text(f, "message"), NULL);
    }
    owed_turn(&owed, NULL);
}

/* A file that is cut off or no workbook solves nothing. */
static bool is_form(const struct jv *grid)
{
    return !jv_is_null(jv_get(grid, "kind"));
}

static int tell(struct watch *w, const struct jv *grid, struct err *e)
{
    int64_t now = w->cmd->clock.now(w->cmd->clock.self);
    int64_t local = now + date_paris_offset(now);
    struct jv *added = only_in(jv_get(grid, "findings"), w->before);
    struct jv *solved = only_in(is_form(grid) ? w->before : NULL, jv_get(grid, "findings"));
    char line[SAY_MAX], at[16], iso[DATE_TEXT_MAX];
    int rc = 0;

    say_outcome(text_lang_get(), grid, line);
    if (w->cmd->json) {
        struct jv *o = jv_object();
        date_instant_iso(now, iso);
        jv_put_text(o, "format", "paraphe-watch");
        jv_put_int(o, "version", 1);
        jv_put_text(o, "time", iso);
        jv_put_text(o, "form", w->request.form);
        jv_put_text(o, "sha256", w->sha256);
        jv_put_text(o, "completeness", jv_get_text(grid, "completeness"));
        jv_put_text(o, "outcome", jv_get_text(grid, "outcome"));
        jv_put_text(o, "message", line);
        jv_put_int(o, "findings", (int64_t)jv_count(jv_get(grid, "findings")));
        jv_put_take(o, "added", jv_keep(added));
        jv_put_take(o, "solved", jv_keep(solved));
        rc = out_json(o, false, e);
        jv_free(o);
    } else {
        snprintf(at, sizeof at, "%02d:%02d:%02d", (int)(local / 3600 % 24), (int)(local / 60 % 60),
                 (int)(local % 60));
        out_say("cmd.watch.reading", at, line, NULL);
        say_list("cmd.watch.solved", solved, false);
        say_list("cmd.watch.added", added, true);
    }
    jv_free(added);
    jv_free(solved);
    return rc;
}

static bool reached(const struct watch *w, const struct jv *grid)
{
    const char *complete = jv_get_text(grid, "completeness");

    if (w->until == NULL || complete == NULL || strcmp(complete, "complete") != 0)
        return false;
    return strcmp(w->until, "complete") == 0 || grid_status(grid) == 0;
}

/* One reading. 1: go on, 0: the end that was asked for is reached, -1: the error ends the watch. A
 * file that cannot be read is told and waited for, once there was one that could. */
static int look(struct watch *w, struct err *e)
{
    struct jv *grid = NULL;

    if (act_check(&w->cmd->runner, &w->request, &grid, e) != 0) {
        if (w->before == NULL || e->kind != ERR_INPUT)
            return -1;
        out_error(e, false);
        err_clear(e);
        return 1;
    }
    const char *sha256 = jv_get_text(jv_get(grid, "form"), "sha256");
    int rc = 1;
    if (sha256 != NULL && strcmp(sha256, w->sha256) != 0) {
        snprintf(w->sha256, sizeof w->sha256, "%s", sha256);
        w->status = grid_status(grid);
        rc = tell(w, grid, e) != 0                                 ? -1
             : reached(w, grid) || (w->left > 0 && --w->left == 0) ? 0
                                                                   : 1;
        if (is_form(grid)) {
            jv_free(w->before);
            w->before = jv_copy(jv_get(grid, "findings"));
        }
    }
    jv_free(grid);
    return rc;
}

/* Reads what is there; true when it is about the form. Programs save beside and rename: so it is
 * the folder that is watched. */
static bool events_take(int fd, const char *name)
{
    _Alignas(struct inotify_event) char events[EVENTS_MAX];
    bool ours = false;
    ssize_t n;

    while ((n = read(fd, events, sizeof events)) > 0) {
        for (char *p = events; p < events + n;) {
            const struct inotify_event *event = (const struct inotify_event *)(void *)p;
            ours = ours || (event->mask & IN_Q_OVERFLOW) != 0 ||
                   (event->len > 0 && strcmp(event->name, name) == 0);
            p += sizeof *event + event->len;
        }
    }
    return ours;
}

/* Waits for a save and for the calm after it. */
static int wait_for_save(int fd, const char *name, struct err *e)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    bool ours = false;

    for (;;) {
        int ready = poll(&wait, 1, ours ? CALM_MS : -1);
        if (ready == 0)
            return 0;
        if (ready < 0 && errno != EINTR)
            return err_set_memory(e); /* nothing else can be amiss with one descriptor of ours */
        if (ready > 0)
            ours = events_take(fd, name) || ours;
    }
}

static int watch_loop(struct watch *w, struct err *e)
{
    char *folder = path_folder(w->request.form);
    int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK), rc = -1;

    /* watched before the first reading: a save in between is not lost */
    if (folder == NULL)
        err_set_memory(e);
    else if (fd < 0 || inotify_add_watch(fd, folder, IN_CLOSE_WRITE | IN_MOVED_TO | IN_ONLYDIR) < 0)
        err_set_errno(e, ERR_INPUT, errno, "err.cmd.watch", folder, NULL);
    else
        rc = look(w, e);
    while (rc > 0) {
        fflush(stdout);
        rc = wait_for_save(fd, path_name(w->request.form), e) != 0 ? -1 : look(w, e);
    }
    if (fd >= 0)
        close(fd);
    free(folder);
    return rc;
}

int cmd_watch_run(struct cmd *cmd, struct err *e)
{
    const char *changes = opt_get(cmd->options, "changes");
    struct watch w = {.cmd = cmd,
                      .request = {.form = cmd->args[0],
                                  .initial = opt_get(cmd->options, "initial"),
                                  .ruleset = config_get(cmd->config, "check.ruleset"),
                                  .layout = config_get(cmd->config, "check.layout"),
                                  .brief = true},
                      .until = opt_get(cmd->options, "until")};

    if (cmd_deposit_date(cmd, &w.request.deposit, e) != 0)
        return -1;
    if (changes != NULL) {
        char *end = NULL;
        w.left = strtol(changes, &end, 10);
        if (*end != '\0' || w.left < 1 || w.left > CHANGES_MAX)
            return err_set(e, ERR_USAGE, "err.cmd.watch-changes", changes, NULL);
    }
    int rc = watch_loop(&w, e);
    jv_free(w.before);
    return rc < 0 ? -1 : w.status;
}
