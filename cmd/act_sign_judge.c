/* The two readings of a file in the making, of the update before the PIN and of the finished file
 * before it gets its name: by verify/ in a worker, and at the same time by qpdf in its own process.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/jv.h"
#include "cmd/act_sign_part.h"
#include "cmd/second_reader.h"
#include "cmd/wire.h"
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

int act_sign_examine(void *self, int fd, int64_t before, const char *name,
                     const unsigned char *password, size_t password_len, struct jv **out,
                     struct err *e)
{
    const struct wire *wire = self;
    struct second second;

    second_start(&second, wire->second, fd, name, password, password_len);
    return second_end(&second,
                      verify_update(&wire->runner, fd, before, password, password_len, out, e), e);
}

/* Each waits with a worker of its own: not one for every document of a batch. */
enum { AHEAD_MAX = 4 };
static atomic_int ahead_count;

void *act_sign_ahead(void *self, int fd, int64_t size, enum digest_kind kind,
                     const unsigned char *password, size_t password_len)
{
    const struct wire *wire = self;
    struct verify_ahead *ahead = NULL;

    if (atomic_fetch_add(&ahead_count, 1) >= AHEAD_MAX ||
        verify_ahead_start(&ahead, &wire->runner, fd, size, kind, password, password_len, NULL) !=
            0)
        atomic_fetch_sub(&ahead_count, 1);
    return ahead;
}

void act_sign_ahead_moved(void *ahead, int64_t done)
{
    verify_ahead_moved(ahead, done);
}

void act_sign_ahead_end(void *ahead)
{
    verify_ahead_free(ahead);
    atomic_fetch_sub(&ahead_count, 1);
}

int act_sign_judge(void *self, void *ahead, int fd, const char *name, const unsigned char *password,
                   size_t password_len, struct err *e)
{
    const struct wire *wire = self;
    struct second second;
    int rc;

    second_start(&second, wire->second, fd, name, password, password_len);
    if (ahead != NULL) {
        rc = verify_ahead_take_integrity(ahead, name, e);
        atomic_fetch_sub(&ahead_count, 1);
    } else {
        rc = verify_integrity(&wire->runner, fd, name, password, password_len, e);
    }
    return second_end(&second, rc, e);
}
