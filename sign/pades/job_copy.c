/* The copy that is going to be signed, and its digests. A large file is moved by a second thread
 * while this one digests what has arrived, so that neither waits for the other, and the disk starts
 * on what was moved at once: what is left to sync at the end is little. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/err.h"
#include "sign/pades/job.h"

enum { STEP = 4 << 20, CHUNK = 1 << 17, ALONE_MAX = 2 * STEP };

struct copying {
    const struct copy_request *r;
    int64_t size;
    bool by_kernel, sparse;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t moved;
    int64_t done;
    int number; /* of what stopped it; EIO and `shorter` when the input ended before its size */
    bool shorter, ended, unwanted;
};

/* How much lies between `at` and the next data of a file with holes, which the copy has too. */
static int64_t hole_at(const struct copying *c, int64_t at)
{
    off_t data = c->sparse ? lseek(c->r->from, (off_t)at, SEEK_DATA) : (off_t)at;

    if (data < 0 && errno == ENXIO) /* none, or the file is shorter */
        data = lseek(c->r->from, 0, SEEK_END);
    if (data > c->size)
        data = (off_t)c->size;
    return data > at && ftruncate(c->r->to, data) == 0 ? data - at : 0;
}

/* Where the next step ends at the latest: before a hole. */
static int64_t data_end(const struct copying *c, int64_t at)
{
    off_t hole = c->sparse ? lseek(c->r->from, (off_t)at, SEEK_HOLE) : -1;

    return hole > at && hole < c->size ? hole : c->size;
}

/* One step by the kernel, else through memory. Returns the bytes copied, 0 at the end of the input,
 * -1. */
static int64_t copy_step(struct copying *c, int64_t offset, unsigned char chunk[CHUNK])
{
    off_t in = (off_t)offset, out = (off_t)offset;
    int64_t left = data_end(c, offset) - offset;
    ssize_t n, done = 0;

    do {
        if (c->by_kernel) {
            n = copy_file_range(c->r->from, &in, c->r->to, &out, left < STEP ? (size_t)left : STEP,
                                0);
            if (n < 0 && errno != EINTR && errno != ENOSPC && errno != EIO && errno != EDQUOT) {
                c->by_kernel = false; /* not offered between these two file systems */
                errno = EINTR;
            }
            continue;
        }
        n = pread(c->r->from, chunk, left < CHUNK ? (size_t)left : CHUNK, in);
        while (n > 0 && done < n) {
            ssize_t w = pwrite(c->r->to, chunk + done, (size_t)(n - done), out + done);
            if (w < 0 && errno != EINTR)
                return -1;
            done += w > 0 ? w : 0;
        }
    } while (n < 0 && errno == EINTR);
    return n;
}

/* How far it is; false when nobody wants the rest. */
static bool tell(struct copying *c, int64_t done, int number, bool shorter)
{
    pthread_mutex_lock(&c->lock);
    bool wanted = !c->unwanted;
    c->done = done;
    c->number = number;
    c->shorter = shorter;
    c->ended = done == c->size || number != 0;
    pthread_cond_broadcast(&c->moved);
    pthread_mutex_unlock(&c->lock);
    if (c->r->moved != NULL && number == 0)
        c->r->moved(c->r->self, done);
    return wanted;
}

static void *copy_run(void *self)
{
    struct copying *c = self;
    unsigned char chunk[CHUNK];
    int64_t at = 0, asked = 0;
    bool more = c->size > 0;

    /* room for the whole of it at once costs a third less than room for each step; where it is not
     * to be had the copy says why */
    if (c->size > ALONE_MAX && !c->sparse)
        (void)fallocate(c->r->to, FALLOC_FL_KEEP_SIZE, 0, (off_t)c->size);
    while (more) {
        int64_t n = hole_at(c, at);
        if (n == 0)
            n = copy_step(c, at, chunk);
        if (n <= 0) {
            tell(c, at, n < 0 ? errno : EIO, n == 0);
            break;
        }
        at += n;
        more = tell(c, at, 0, false) && at < c->size;
        /* only a beginning: whether it is on the disk is asked with fsync */
        if (c->size > ALONE_MAX && (at - asked >= STEP || !more)) {
            (void)sync_file_range(c->r->to, asked, at - asked, SYNC_FILE_RANGE_WRITE);
            asked = at;
        }
    }
    return NULL;
}

/* Waits until more than `at` has arrived. The end of what has; -1 with err when no more comes. */
static int64_t arrived(struct copying *c, int64_t at, struct err *e)
{
    pthread_mutex_lock(&c->lock);
    while (c->done <= at && !c->ended)
        pthread_cond_wait(&c->moved, &c->lock);
    int64_t done = c->done;
    int number = c->number;
    bool shorter = c->shorter;
    pthread_mutex_unlock(&c->lock);
    if (done > at)
        return done;
    return err_set_errno(e, shorter ? ERR_INPUT : ERR_DISK, number,
                         shorter ? "err.base.file-read" : "err.base.file-write",
                         shorter ? c->r->name : c->r->to_name, NULL);
}

/* What arrived is digested, not what was read: the copy is what is going to be signed. */
static int follow(struct copying *c, struct digest *digest, struct err *e)
{
    int64_t at = 0;

    while (at < c->size) {
        int64_t end = arrived(c, at, e);
        if (end < 0 || digest_add_range(digest, c->r->to, at, end - at, e) != 0)
            return -1;
        at = end;
    }
    return 0;
}

struct follower {
    struct copying *c;
    struct digest *digest;
    struct err err;
    int rc;
};

static void *follow_run(void *self)
{
    struct follower *f = self;

    f->rc = follow(f->c, f->digest, &f->err);
    return NULL;
}

static int follow_all(struct copying *c, bool alone, struct err *e)
{
    struct follower f = {c, c->r->second, ERR_INIT, 0};
    pthread_t thread;
    bool started = f.digest != NULL && !alone && pthread_create(&thread, NULL, follow_run, &f) == 0;
    int rc = follow(c, c->r->first, e);

    if (started)
        pthread_join(thread, NULL);
    else if (f.digest != NULL && rc == 0)
        follow_run(&f);
    if (rc == 0 && f.rc != 0 && e != NULL)
        *e = f.err;
    return rc != 0 ? rc : f.rc;
}

int job_copy(const struct copy_request *r, struct err *e)
{
    struct copying c = {.r = r,
                        .size = r->size,
                        .by_kernel = true,
                        .lock = PTHREAD_MUTEX_INITIALIZER,
                        .moved = PTHREAD_COND_INITIALIZER};
    bool alone = r->size <= ALONE_MAX, cloned = r->size > 0 && ioctl(r->to, FICLONE, r->from) == 0;
    bool started = false;
    pthread_t thread;
    struct stat st;

    c.sparse = fstat(r->from, &st) == 0 && st.st_blocks * INT64_C(512) < r->size;
    if (cloned)
        tell(&c, r->size, 0, false);
    else if (!alone)
        started = pthread_create(&thread, NULL, copy_run, &c) == 0;
    if (!cloned && !started)
        copy_run(&c);
    int rc = follow_all(&c, alone, e);
    if (started) {
        pthread_mutex_lock(&c.lock);
        c.unwanted = true;
        pthread_mutex_unlock(&c.lock);
        pthread_join(thread, NULL);
    }
    return rc;
}
