#include "pdf/file/pdf_internal.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* The window that holds pos: from there on *n bytes. Windows are kept by least use because a chain
 * of look-ups jumps between the cross-reference, an object and its /Length. */
const unsigned char *pdf_window_at(struct pdf *pdf, int64_t pos, size_t *n)
{
    struct pdf_window *oldest = &pdf->windows[0];

    pdf->clock++;
    for (int i = 0; i < WINDOWS; i++) {
        struct pdf_window *w = &pdf->windows[i];
        if (w->base >= 0 && pos >= w->base && pos < w->base + (int64_t)w->len) {
            w->used = pdf->clock;
            *n = w->len - (size_t)(pos - w->base);
            return w->bytes + (pos - w->base);
        }
        if (w->used < oldest->used)
            oldest = w;
    }
    if (pos < 0 || pos >= pdf->size)
        return NULL;
    /* A little before pos, because parsers look back across the start of a line. */
    int64_t base = pos - pos % 512;
    size_t len = 0;
    oldest->base = -1;
    pdf->loads++;
    while (len < WINDOW_BYTES && base + (int64_t)len < pdf->size) {
        ssize_t got =
            pread(pdf->fd, oldest->bytes + len, WINDOW_BYTES - len, (off_t)(base + (int64_t)len));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            pdf->io_errno = got < 0 ? errno : EIO;
            return NULL;
        }
        len += (size_t)got;
    }
    oldest->base = base;
    oldest->len = len;
    oldest->used = pdf->clock;
    *n = len - (size_t)(pos - base);
    return oldest->bytes + (pos - base);
}

void src_file(struct pdf_src *s, struct pdf *pdf, int64_t pos)
{
    *s = (struct pdf_src){.pdf = pdf, .pos = pos < 0 ? 0 : pos, .end = pdf->size};
}

void src_memory(struct pdf_src *s, const void *bytes, size_t n)
{
    *s = (struct pdf_src){.mem = bytes, .end = (int64_t)n};
}

int src_peek(struct pdf_src *s)
{
    size_t n = 0;

    if (s->pos >= s->end)
        return SRC_END;
    if (s->pdf == NULL)
        return s->mem[s->pos];
    if (s->near != NULL && s->loads == s->pdf->loads && s->pos >= s->near_base &&
        s->pos < s->near_end)
        return s->near[s->pos - s->near_base];
    s->near = pdf_window_at(s->pdf, s->pos, &n);
    if (s->near == NULL)
        return SRC_END;
    s->loads = s->pdf->loads;
    s->near_base = s->pos;
    s->near_end = s->pos + (int64_t)n;
    return *s->near;
}

int src_next(struct pdf_src *s)
{
    int c = src_peek(s);

    if (c != SRC_END)
        s->pos++;
    return c;
}

const unsigned char *src_piece(struct pdf_src *s, size_t *n)
{
    if (src_peek(s) == SRC_END)
        return NULL;
    int64_t end = s->pdf != NULL && s->near_end < s->end ? s->near_end : s->end;
    *n = (size_t)(end - s->pos);
    return s->pdf != NULL ? s->near + (s->pos - s->near_base) : s->mem + s->pos;
}

static bool stands_at(struct pdf *pdf, int64_t at, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t left = 0;
        const unsigned char *p = pdf_window_at(pdf, at + (int64_t)i, &left);
        if (p == NULL || *p != (unsigned char)bytes[i])
            return false;
    }
    return true;
}

int64_t src_find(struct pdf *pdf, int64_t from, int64_t to, const char *bytes, size_t n)
{
    if (to > pdf->size)
        to = pdf->size;
    while (from + (int64_t)n <= to) {
        size_t left = 0;
        const unsigned char *p = pdf_window_at(pdf, from, &left);
        if (p == NULL)
            return -1;
        if ((int64_t)left > to - from)
            left = (size_t)(to - from);
        const unsigned char *hit = memchr(p, bytes[0], left);
        if (hit == NULL) {
            from += (int64_t)left;
            continue;
        }
        from += hit - p;
        if (from + (int64_t)n <= to && stands_at(pdf, from, bytes, n))
            return from;
        from++;
    }
    return -1;
}

int64_t src_find_last(struct pdf *pdf, int64_t from, int64_t to, const char *bytes, size_t n)
{
    int64_t last = -1;

    for (int64_t at = from; (at = src_find(pdf, at, to, bytes, n)) >= 0; at++)
        last = at;
    return last;
}

int pdf_pread(const struct pdf *pdf, void *to, size_t n, int64_t offset, struct err *e)
{
    unsigned char *p = to;

    if (offset < 0 || offset > pdf->size || (uint64_t)n > (uint64_t)(pdf->size - offset))
        return err_set_bug(e, "pdf_pread: range outside the file");
    while (n > 0) {
        ssize_t got = pread(pdf->fd, p, n, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return err_set_errno(e, ERR_DISK, got < 0 ? errno : EIO, "err.pdf-file.read", NULL);
        p += got;
        n -= (size_t)got;
        offset += got;
    }
    return 0;
}
