#include "verify/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/digest.h"

void evidence_free(struct evidence *ev)
{
    for (size_t i = 0; i < ev->count; i++) {
        free(ev->items[i]->der);
        free(ev->items[i]);
    }
    free(ev->items);
    *ev = (struct evidence){NULL, 0};
}

int evidence_add(struct evidence *ev, enum evidence_kind kind, enum evidence_source source,
                 const void *der, size_t len, int revision, int64_t poe)
{
    struct evidence_item *item;
    char hex[DIGEST_HEX_MAX];
    int64_t most = kind == EVIDENCE_CRL ? ceilings.crl_bytes : ceilings.ocsp_bytes;

    if (len == 0 || (int64_t)len > most || ev->count == EVIDENCE_MAX)
        return 0; /* too large to be looked at: as if it were not there */
    if (digest_bytes_hex(der, len, hex, NULL) != 0)
        return -1;
    for (size_t i = 0; i < ev->count; i++) {
        if (strcmp(ev->items[i]->sha256, hex) == 0 && ev->items[i]->kind == kind) {
            if (source == EVIDENCE_DSS)
                ev->items[i]->source = source;
            return 0;
        }
    }
    struct evidence_item **grown = realloc(ev->items, (ev->count + 1) * sizeof(*grown));
    if (grown == NULL)
        return -1;
    ev->items = grown;
    item = calloc(1, sizeof *item);
    if (item == NULL || (item->der = malloc(len)) == NULL) {
        free(item);
        return -1;
    }
    memcpy(item->der, der, len);
    memcpy(item->sha256, hex, sizeof item->sha256);
    item->kind = kind;
    item->source = source;
    item->len = len;
    item->revision = revision;
    item->poe = poe;
    ev->items[ev->count++] = item;
    return 0;
}

int evidence_add_answer(struct evidence *ev, enum evidence_kind kind, const void *der, size_t len,
                        int64_t now)
{
    struct span in = {der, len};
    struct tlv v;

    /* HTML with status 200, PEM and the like are no DER SEQUENCE that ends where the answer ends
     * (E4, E8). */
    if (tlv_take(&in, TLV_SEQUENCE, &v) != 0 || in.len != 0)
        return -1;
    return evidence_add(ev, kind, EVIDENCE_NET, der, len, -1, now);
}
