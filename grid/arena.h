/* Many small texts that live as long as their owner: one bump allocator with a ceiling. */
#ifndef PARAPHE_GRID_ARENA_H
#define PARAPHE_GRID_ARENA_H

#include <stddef.h>

struct arena_block;
struct arena {
    struct arena_block *last;
    size_t total; /* bytes handed out */
    size_t max;   /* ceiling of total */
};

void arena_init(struct arena *a, size_t max);
void arena_free(struct arena *a);
/* n bytes aligned for any type, not initialised; NULL when memory runs out or the ceiling is
 * reached. */
void *arena_take(struct arena *a, size_t n);
/* A NUL-ended copy of n bytes. */
char *arena_text(struct arena *a, const char *s, size_t n);

#endif
