#include "verify/pool.h"

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
    *p = (struct pool){NULL, 0};
}

const struct cert *pool_add(struct pool *p, const void *der, size_t len, unsigned source)
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
    if (p->count == POOL_MAX || cert_parse(&cert, der, len, "certificate", NULL) != 0)
        return NULL;
    struct pool_entry *grown = realloc(p->entries, (p->count + 1) * sizeof *grown);
    if (grown == NULL) {
        cert_free(cert);
        return NULL;
    }
    p->entries = grown;
    p->entries[p->count++] = (struct pool_entry){cert, source};
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
