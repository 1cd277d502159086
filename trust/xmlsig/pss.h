/* RSASSA-PSS for xmlsec1, whose version 1.2.37 does not know it (RFC 9231 2.3.10: the parameters
 * are those of the name: MGF1 of the same digest, a salt as long as the digest). */
#ifndef PARAPHE_TRUST_XMLSIG_PSS_H
#define PARAPHE_TRUST_XMLSIG_PSS_H

#undef OPENSSL_NO_DEPRECATED /* xmlsec1's own headers name old types; none is used here */
#include <xmlsec/transforms.h>

enum { PSS_METHODS = 3 };
/* SHA-256, SHA-384, SHA-512; registered once, after xmlsec1 started. 0 or -1. */
int pss_register(void);
xmlSecTransformId pss_method(int i);

#endif
