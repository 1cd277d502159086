#include "base/secret.h"

#include <string.h>
#include <sys/mman.h>

#include "base/err.h"

struct secret {
    size_t len;
    unsigned char bytes[SECRET_MAX + 1];
};

struct secret *secret_new(struct err *e)
{
    /* One page of its own: mlock and MADV_DONTDUMP work by pages. mlock may be refused by RLIMIT_MEMLOCK (0 in some
     * containers): the PIN is still wiped, so that is not an error. */
    struct secret *s =
        mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (s == MAP_FAILED) {
        err_set_memory(e);
        return NULL;
    }
    (void)mlock(s, sizeof *s);
    (void)madvise(s, sizeof *s, MADV_DONTDUMP);
    return s;
}

void secret_free(struct secret *s)
{
    if (s == NULL)
        return;
    explicit_bzero(s, sizeof *s);
    munmap(s, sizeof *s);
}

int secret_push(struct secret *s, unsigned char c)
{
    if (s->len >= SECRET_MAX)
        return -1;
    s->bytes[s->len++] = c;
    return 0;
}

void secret_pop(struct secret *s)
{
    while (s->len > 0) {
        unsigned char c = s->bytes[--s->len];
        s->bytes[s->len] = 0;
        if ((c & 0xc0) != 0x80)
            break;
    }
}

void secret_clear(struct secret *s)
{
    explicit_bzero(s, sizeof *s);
}

const unsigned char *secret_bytes(const struct secret *s)
{
    return s->bytes;
}

size_t secret_length(const struct secret *s)
{
    return s->len;
}
