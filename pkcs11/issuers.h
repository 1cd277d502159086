/* What the caller knows of the issuers (trusted lists), joined to the listing of a module. */
#ifndef PARAPHE_PKCS11_ISSUERS_H
#define PARAPHE_PKCS11_ISSUERS_H

struct module;
struct modules;

/* Gives each certificate "trust" (what options.issuer says of it, or null) and takes its "der"
 * away, which only this needs. One whose service was withdrawn signs no more, unless it was chosen
 * by hand. */
void issuers_judge(const struct modules *m, struct module *one);

#endif
