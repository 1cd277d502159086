/* What OpenSSL loads at first use is loaded here, before a sandbox forbids it. For the warm() of
 * tasks. */
#ifndef PARAPHE_X509_WARM_H
#define PARAPHE_X509_WARM_H

void x509_warm(void);

#endif
