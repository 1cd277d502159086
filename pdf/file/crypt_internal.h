/* The files of the standard security handler (7.6.4) share this. */
#ifndef PARAPHE_PDF_FILE_CRYPT_INTERNAL_H
#define PARAPHE_PDF_FILE_CRYPT_INTERNAL_H

#include "pdf/file/pdf_internal.h"

enum { CRYPT_KEY_MAX = 32, AES_BLOCK = 16, CRYPT_FILTERS = 8 };

enum crypt_method { CRYPT_IDENTITY, CRYPT_RC4, CRYPT_AES128, CRYPT_AES256 };

struct crypt_named {
    char name[64];
    enum crypt_method method;
};

struct pdf_crypt {
    int version, revision; /* /V, /R */
    int64_t permissions;
    bool owner, metadata;
    unsigned char key[CRYPT_KEY_MAX];
    size_t key_len;
    enum crypt_method strings, streams, files;
    struct crypt_named named[CRYPT_FILTERS]; /* of /CF */
    size_t nnamed;
    uint32_t self; /* number of the encryption dictionary, whose strings are plain; 0: direct */
};

/* The entries of the dictionary that make the key. */
struct crypt_entries {
    const unsigned char *o, *u, *oe, *ue, *perms, *id;
    size_t o_len, u_len, oe_len, ue_len, perms_len, id_len;
};

/* 0: the key is in c; 1: the password does not open the file; -1 with e. */
int crypt_unlock(struct pdf_crypt *c, const struct crypt_entries *in, const unsigned char *password,
                 size_t len, struct err *e);

struct rc4 {
    unsigned char s[256];
    unsigned char i, j;
};
void rc4_start(struct rc4 *r, const unsigned char *key, size_t len);
void rc4_run(struct rc4 *r, unsigned char *data, size_t len);

int crypt_md5(const void *const *parts, const size_t *lens, size_t n, unsigned char out[16],
              struct err *e);

#endif
