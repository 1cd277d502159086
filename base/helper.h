/* Where a helper program or module of ours lies. */
#ifndef PARAPHE_BASE_HELPER_H
#define PARAPHE_BASE_HELPER_H

/* The path of the file `name`, which the caller frees: beside the running program (where it was
 * built), else in ../libexec/paraphe (an installation that was made under another prefix, or moved
 * as a whole), else in `libexec`, which may be NULL. NULL when there is none. */
char *helper_path(const char *name, const char *libexec);

#endif
