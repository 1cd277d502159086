#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/err.h"
#include "sign/pades/job.h"

enum { STEP = 4 << 20 };

/* One step by the kernel, else through memory. Returns the bytes copied, 0 at the end of the input,
 * -1. */
static int64_t copy_step(int from, int to, int64_t offset, int64_t left, bool *by_kernel)
{
    static unsigned char chunk[1 << 17];
    off_t in = (off_t)offset, out = (off_t)offset;
    ssize_t n, done = 0;

    do {
        if (*by_kernel) {
            n = copy_file_range(from, &in, to, &out, left < STEP ? (size_t)left : STEP, 0);
            if (n < 0 && errno != EINTR && errno != ENOSPC && errno != EIO && errno != EDQUOT) {
                *by_kernel = false; /* not offered between these two file systems */
                errno = EINTR;
            }
            continue;
        }
        n = pread(from, chunk, left < (int64_t)sizeof chunk ? (size_t)left : sizeof chunk, in);
        while (n > 0 && done < n) {
            ssize_t w = pwrite(to, chunk + done, (size_t)(n - done), out + done);
            if (w < 0 && errno != EINTR)
                return -1;
            done += w > 0 ? w : 0;
        }
    } while (n < 0 && errno == EINTR);
    return n;
}

int job_copy(int from, int to, int64_t size, const char *name, struct digest *first,
             struct digest *second, struct err *e)
{
    bool by_kernel = true, cloned = size > 0 && ioctl(to, FICLONE, from) == 0;
    int64_t at = 0;

    while (at < size) {
        int64_t n = cloned ? (size - at < STEP ? size - at : STEP)
                           : copy_step(from, to, at, size - at, &by_kernel);
        if (n <= 0) /* 0: the input became shorter meanwhile */
            return err_set_errno(e, n < 0 ? ERR_DISK : ERR_INPUT, n < 0 ? errno : EIO,
                                 n < 0 ? "err.base.file-write" : "err.base.file-read", name, NULL);
        /* What arrived is digested, not what was read: the copy is what is going to be signed. */
        if (digest_add_range(first, to, at, n, e) != 0 ||
            (second != NULL && digest_add_range(second, to, at, n, e) != 0))
            return -1;
        at += n;
    }
    return 0;
}
