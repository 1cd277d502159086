/* The two readings of a file in the making, of the update before the PIN and of the finished file
 * before it gets its name: by verify/ in one worker for both, and by qpdf: at the same time in its
 * own process, or in a batch afterwards in the same worker.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/jv.h"
#include "cmd/act_sign_part.h"
#include "cmd/second_reader.h"
#include "cmd/wire.h"
#include "pkcs11/token.h"
#include "verify/verify.h"

struct second {
    struct second_reader *reader;
    int fd;
    const char *name;
    const unsigned char *password;
    size_t password_len;
    struct err err;
    int rc;
    pthread_t thread;
    bool started;
};

static void *second_run(void *self)
{
    struct second *s = self;

    s->rc =
        second_reader_agrees(s->reader, s->fd, s->name, s->password, s->password_len, -1, &s->err);
    return NULL;
}

static void second_start(struct second *s, struct second_reader *reader, int fd, const char *name,
                         const unsigned char *password, size_t password_len)
{
    *s = (struct second){.reader = reader,
                         .fd = fd,
                         .name = name,
                         .password = password,
                         .password_len = password_len,
                         .err = ERR_INIT};
    s->started = pthread_create(&s->thread, NULL, second_run, s) == 0;
}

/* Its verdict; an installation without the helper does without it. */
static int second_end(struct second *s, int rc, struct err *e)
{
    if (s->started)
        pthread_join(s->thread, NULL);
    else
        second_run(s);
    if (rc != 0 || s->rc == 0 || strcmp(s->err.id, "err.second-reader.missing") == 0)
        return rc;
    if (e != NULL)
        *e = s->err;
    return -1;
}

int act_sign_examine(void *self, void *watch, int fd, int64_t before, const char *name,
                     const unsigned char *password, size_t password_len, struct jv **out,
                     struct err *e)
{
    const struct wire *wire = self;

    (void)name;
    return watch != NULL ? verify_watch_update(watch, before, out, e)
                         : verify_update(&wire->runner, fd, before, password, password_len, out, e);
}

int act_sign_examine_twice(void *self, void *watch, int fd, int64_t before, const char *name,
                           const unsigned char *password, size_t password_len, struct jv **out,
                           struct err *e)
{
    const struct wire *wire = self;
    struct second second;

    second_start(&second, wire->second, fd, name, password, password_len);
    return second_end(
        &second, act_sign_examine(self, watch, fd, before, name, password, password_len, out, e),
        e);
}

/* Each waits with a worker of its own: not one for every document of a large batch. */
enum { WATCH_MAX = 24 };
static atomic_int watch_count;

void *act_sign_watch(void *self, int fd, int64_t size, enum digest_kind kind,
                     const unsigned char *password, size_t password_len)
{
    const struct wire *wire = self;
    struct verify_watch *watch = NULL;

    if (atomic_fetch_add(&watch_count, 1) >= WATCH_MAX ||
        verify_watch_start(&watch, &wire->runner, wire->judges != NULL ? &wire->judge : NULL, fd,
                           size, kind, password, password_len, NULL) != 0)
        atomic_fetch_sub(&watch_count, 1);
    return watch;
}

void act_sign_watch_moved(void *watch, int64_t done)
{
    verify_watch_moved(watch, done);
}

void act_sign_watch_end(void *watch)
{
    verify_watch_free(watch);
    atomic_fetch_sub(&watch_count, 1);
}

/* qpdf's bad verdict, and none, are told by a look of its own. */
static int judge_by_both(struct wire *wire, struct verify_watch *watch, int fd, const char *name,
                         const unsigned char *password, size_t password_len, struct err *e)
{
    struct second second;
    struct jv *said = NULL;
    int rc = verify_watch_take_both(watch, name, &said, e);
    const char *code = jv_get_text(said, "code");
    bool agrees = code != NULL && strcmp(code, "ok") == 0;

    atomic_fetch_sub(&watch_count, 1);
    jv_free(said);
    if (rc != 0 || agrees)
        return rc;
    second_start(&second, wire->second, fd, name, password, password_len);
    return second_end(&second, rc, e);
}

int act_sign_judge(void *self, void *watch, int fd, const char *name, const unsigned char *password,
                   size_t password_len, struct err *e)
{
    struct wire *wire = self;
    struct second second;
    int rc;

    if (watch != NULL && wire->judges != NULL)
        return judge_by_both(wire, watch, fd, name, password, password_len, e);
    second_start(&second, wire->second, fd, name, password, password_len);
    if (watch != NULL) {
        rc = verify_watch_take_integrity(watch, name, e);
        atomic_fetch_sub(&watch_count, 1);
    } else {
        rc = verify_integrity(&wire->runner, fd, name, password, password_len, e);
    }
    rc = second_end(&second, rc, e);
    if (wire->token_over) /* not earlier: the readers are what is waited for */
        token_dismiss(wire->token);
    if (wire->readers_over) {
        second_reader_dismiss(wire->second);
        runner_expect(&wire->runner, NULL);
    }
    return rc;
}
