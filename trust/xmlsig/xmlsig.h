/* The module paraphe-xmlsig.so, loaded by trust/ when a list is to be read. */
#ifndef PARAPHE_TRUST_XMLSIG_XMLSIG_H
#define PARAPHE_TRUST_XMLSIG_XMLSIG_H

#include <stddef.h>

struct _xmlDoc;

/* 0, or -1 when the library does not start. Once a process. */
typedef int xmlsig_start_fn(void);
/* Verifies the one enveloped signature of a document, a child of its root that covers the whole
 * root, with the keys of these certificates (DER) and no other: what the signature itself carries
 * is not believed. Returns the index of the certificate, -1 when none of them made a good
 * signature, -2 when there is not exactly one signature, -3 when it does not cover the whole. */
typedef int xmlsig_verify_fn(struct _xmlDoc *doc, const unsigned char *const *certs,
                             const size_t *lens, size_t n);

#endif
