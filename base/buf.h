/* The one growing buffer. It has a ceiling, remembers its first failure, and is checked once after many appends. */
#ifndef PARAPHE_BASE_BUF_H
#define PARAPHE_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct err;

struct buf {
    unsigned char *data; /* NUL-ended beyond len when not NULL */
    size_t len;
    size_t cap;
    size_t max;  /* ceiling of len, from base/ceilings.h */
    bool failed; /* an append did not fit or memory ran out; data holds what came before */
};

#define BUF_INIT(ceiling)                                                                          \
    {                                                                                              \
        NULL, 0, 0, (ceiling), false                                                               \
    }

void buf_init(struct buf *b, size_t max);
void buf_free(struct buf *b); /* frees and leaves an empty buffer with the same ceiling */
void buf_wipe(struct buf *b); /* overwrites, then frees */
void buf_clear(struct buf *b);
void buf_append(struct buf *b, const void *data, size_t n);
void buf_text(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_format(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Makes room for n more bytes and returns where they go, or NULL; the caller then adds to len. */
unsigned char *buf_room(struct buf *b, size_t n);
/* 0, or -1 and the error when an append failed. */
int buf_check(const struct buf *b, struct err *e);
/* Moves the bytes out (free them with free()); the buffer is empty again. */
unsigned char *buf_steal(struct buf *b, size_t *len);
const char *buf_str(const struct buf *b); /* "" when empty */

#endif
