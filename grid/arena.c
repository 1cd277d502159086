#include "grid/arena.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1 << 16, ALIGN = 16 };

struct arena_block {
    struct arena_block *before;
    size_t used, size;
    max_align_t data[];
};

void arena_init(struct arena *a, size_t max)
{
    *a = (struct arena){NULL, 0, max};
}

void arena_free(struct arena *a)
{
    while (a->last != NULL) {
        struct arena_block *before = a->last->before;
        free(a->last);
        a->last = before;
    }
    a->total = 0;
}

static void *take(struct arena *a, size_t n, size_t align)
{
    struct arena_block *b = a->last;

    if (n > a->max || a->total > a->max - n)
        return NULL;
    if (b != NULL)
        b->used = (b->used + align - 1) & ~(align - 1); /* a power of two */
    if (b == NULL || b->used > b->size || b->size - b->used < n) {
        size_t size = n > BLOCK / 4 ? n : BLOCK;
        b = malloc(sizeof *b + size);
        if (b == NULL)
            return NULL;
        b->used = 0;
        b->size = size;
        /* A large piece gets a block of its own, put behind the current one, whose rest stays in
         * use. */
        if (size != BLOCK && a->last != NULL) {
            b->before = a->last->before;
            a->last->before = b;
        } else {
            b->before = a->last;
            a->last = b;
        }
    }
    a->total += n;
    void *p = (char *)b->data + b->used;
    b->used += n;
    return p;
}

void *arena_take(struct arena *a, size_t n)
{
    return take(a, n, ALIGN);
}

char *arena_text(struct arena *a, const char *s, size_t n)
{
    char *copy = take(a, n + 1, 1);

    if (copy != NULL) {
        memcpy(copy, s, n);
        copy[n] = '\0';
    }
    return copy;
}
