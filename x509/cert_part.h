/* Private to x509/: the parts of cert_parse. */
#ifndef PARAPHE_X509_CERT_PART_H
#define PARAPHE_X509_CERT_PART_H

struct cert;
struct err;

/* Extensions into the facts; an extension that cannot be decoded counts as absent and as
 * critical-unknown elsewhere. */
int cert_read_extensions(struct cert *c, struct err *e);

#endif
