/* Binary search. */
#ifndef PARAPHE_BASE_SEARCH_H
#define PARAPHE_BASE_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* The first of n things in order that is not `below` any more; n when all are. */
static inline size_t search_first(size_t n, bool (*below)(const void *self, size_t i),
                                  const void *self)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (below(self, middle))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Numbers in order: for qsort and search_has. */
static inline int search_order(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

static inline bool search_has(const uint32_t *sorted, size_t n, uint32_t number)
{
    return n > 0 && bsearch(&number, sorted, n, sizeof number, search_order) != NULL;
}

#endif
