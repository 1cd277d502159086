/* Anchors: the certificates that a person on this machine decided to trust, by naming a file or
 * folder. Nothing inside a received document or dossier ever becomes one. */
#ifndef PARAPHE_TRUST_TRUST_H
#define PARAPHE_TRUST_TRUST_H

#include "base/ports.h"

/* Adds the certificates of a PEM or DER file, or of the files of a folder that end in .pem, .crt,
 * .cer or .der (not below it, in the order of their names). ERR_USAGE when the path does not exist
 * or gives none. */
int trust_add_path(struct der_list *out, const char *path, struct err *e);

#endif
