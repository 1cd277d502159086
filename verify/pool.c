#include "verify/pool.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/digest.h"
#include "base/err.h"

void pool_free(struct pool *p)
{
    for (size_t i = 0; i < p->count; i++)
        cert_free(p->entries[i].cert);
    free(p->entries);
    *p = (struct pool){.entries = NULL};
}

enum { SIGNED = POOL_CMS | POOL_STAMP };

/* Whose room a certificate takes. */
static size_t *taken_by(struct pool *p, unsigned source)
{
    return source == POOL_DSS ? &p->stored : (source & SIGNED) != 0 ? &p->owned : &p->found;
}

static bool has_room(size_t taken, size_t *own)
{
    if (taken < POOL_MAX)
        return true;
    if (own == NULL || *own == 0 || taken >= POOL_MOST)
        return false;
    (*own)--;
    return true;
}

const struct cert *pool_add(struct pool *p, const void *der, size_t len, unsigned source)
{
    return pool_add_own(p, der, len, source, NULL);
}

const struct cert *pool_add_own(struct pool *p, const void *der, size_t len, unsigned source,
                                size_t *own)
{
    char hex[DIGEST_HEX_MAX];
    struct cert *cert = NULL;

    if (len > (size_t)ceilings.certificate_bytes || digest_bytes_hex(der, len, hex, NULL) != 0)
        return NULL;
    for (size_t i = 0; i < p->count; i++) {
        if (strcmp(p->entries[i].cert->sha256, hex) == 0) {
            p->entries[i].sources |= source;
            return p->entries[i].cert;
        }
    }
    if (!has_room(*taken_by(p, source), own) ||
        cert_parse(&cert, der, len, "certificate", NULL) != 0)
        return NULL;
    struct pool_entry *grown = realloc(p->entries, (p->count + 1) * sizeof *grown);
    if (grown == NULL) {
        cert_free(cert);
        return NULL;
    }
    p->entries = grown;
    p->entries[p->count++] = (struct pool_entry){cert, source};
    ++*taken_by(p, source);
    return cert;
}

unsigned pool_sources(const struct pool *p, const struct cert *c)
{
    for (size_t i = 0; i < p->count; i++) {
        if (p->entries[i].cert == c)
            return p->entries[i].sources;
    }
    return 0;
}
