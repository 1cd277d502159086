/* Where the drivers of the usual cards are installed, for `paraphe token --find`. */
#ifndef PARAPHE_PKCS11_FIND_H
#define PARAPHE_PKCS11_FIND_H

struct find_row {
    const char *family;
    const char *path; /* pattern of glob(3) */
};
extern const struct find_row find_table[]; /* ended by a NULL family */

struct jv;
/* [{"family","path"}]: what is installed, each file once (links followed). */
struct jv *find_installed(void);

#endif
