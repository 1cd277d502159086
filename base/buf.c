#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf)BUF_INIT(max);
}

void buf_free(struct buf *b)
{
    free(b->data);
    buf_init(b, b->max);
}

void buf_wipe(struct buf *b)
{
    if (b->data != NULL)
        explicit_bzero(b->data, b->cap);
    buf_free(b);
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    b->failed = false;
    if (b->data != NULL)
        b->data[0] = '\0';
}

unsigned char *buf_room(struct buf *b, size_t n)
{
    if (b->failed || n > b->max - b->len) {
        b->failed = true;
        return NULL;
    }
    if (b->cap - b->len < n + 1) {
        size_t cap = b->cap < 256 ? 256 : b->cap;
        while (cap - b->len < n + 1)
            cap *= 2;
        if (cap > b->max + 1)
            cap = b->max + 1;
        unsigned char *data = realloc(b->data, cap);
        if (data == NULL) {
            b->failed = true;
            return NULL;
        }
        b->data = data;
        b->cap = cap;
    }
    return b->data + b->len;
}

void buf_append(struct buf *b, const void *data, size_t n)
{
    unsigned char *to = buf_room(b, n);

    if (to == NULL)
        return;
    if (n > 0)
        memcpy(to, data, n);
    b->len += n;
    b->data[b->len] = '\0';
}

void buf_text(struct buf *b, const char *s)
{
    buf_append(b, s, strlen(s));
}

void buf_char(struct buf *b, char c)
{
    buf_append(b, &c, 1);
}

void buf_format(struct buf *b, const char *format, ...)
{
    va_list ap, again;

    va_start(ap, format);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, format, ap);
    va_end(ap);
    unsigned char *to = n >= 0 ? buf_room(b, (size_t)n) : NULL;
    if (to != NULL) {
        vsnprintf((char *)to, (size_t)n + 1, format, again);
        b->len += (size_t)n;
    } else {
        b->failed = true;
    }
    va_end(again);
}

int buf_check(const struct buf *b, struct err *e)
{
    char max[32];

    if (!b->failed)
        return 0;
    snprintf(max, sizeof max, "%zu", b->max);
    return err_set(e, ERR_INPUT, "err.base.buffer-full", max, NULL);
}

unsigned char *buf_steal(struct buf *b, size_t *len)
{
    unsigned char *data = b->data;

    if (len != NULL)
        *len = b->len;
    b->data = NULL;
    buf_init(b, b->max);
    return data;
}

const char *buf_str(const struct buf *b)
{
    return b->data != NULL ? (const char *)b->data : "";
}
