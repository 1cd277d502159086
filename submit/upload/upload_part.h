/* Between the files of submit/upload/. */
#ifndef PARAPHE_SUBMIT_UPLOAD_UPLOAD_PART_H
#define PARAPHE_SUBMIT_UPLOAD_UPLOAD_PART_H

#include "base/jv.h"
#include "submit/upload/upload.h"

enum { UPLOAD_KEY_MAX = 33 };

/* One file on its way. */
struct parcel {
    const struct upload_request *r;
    const struct jv *manifest;
    struct jv **receipts; /* of the run, as receipts_read gives them; NULL inside until a doubt */
    const char *deposit;  /* id of the deposit */
    const char *path;     /* relative, in the folder */
    const char *sha256;
    int64_t bytes;
    int place; /* its number; 0: none */
    int fd;
    char key[UPLOAD_KEY_MAX];
    char *url, *temp_url;     /* final and temporary */
    struct fetch_reply last;  /* of the last answer that counts for the receipt */
    struct fetch_reply *peer; /* the run's last answer that came with the certificate: a kept
                                 connection shows none */
};

/* ---- the service (dav.c) ---- */
enum dav_there { DAV_ABSENT, DAV_SAME, DAV_OTHER };
/* What lies at `url`; -1 when the service does not say. */
int dav_look(struct parcel *p, const char *url, enum dav_there *there, struct err *e);
int dav_put(struct parcel *p, struct err *e);
/* MOVE of the temporary to the final name: 0 done, and the file was read there; -1 with ERR_REFUSED
 * (other file there), ERR_NETWORK (not done), ERR_UNKNOWN. */
int dav_move(struct parcel *p, struct err *e);
/* Nothing lies at the final name. Does ours still lie beside it (*gone false, 0), then it was never
 * deposited; else the service may have taken it in: ERR_UNKNOWN, never to be sent again unasked. */
int dav_gone(struct parcel *p, bool *gone, struct err *e);
void dav_forget(struct parcel *p); /* removes the temporary, as far as possible */

/* ---- intents and receipts (store.c) ---- */
int store_open(const char *folder, int *lock,
               struct err *e); /* makes DIR/receipts, locks the deposit */
/* ERR_DISK for a path that is another file, or a link; nothing there is fine. */
int store_is_folder(const char *path, struct err *e);
bool store_has(const char *folder, const char *key, const char *kind);
/* The receipt of this very file at this very address; one that was changed or damaged is none. */
bool store_holds(const struct parcel *p);
/* `phase`: "put" before anything is sent, "move" before the one request that deposits. */
int store_intent(const struct parcel *p, const char *phase, struct err *e);
bool store_in_doubt(const char *folder,
                    const char *key); /* an intent of phase "move", or one that cannot be read */
/* The file that makes the doubt, malloc'ed: the intent, or a receipt that is none. */
char *store_doubt_path(const struct parcel *p);
void store_drop_intent(const struct parcel *p);
int store_receipt(const struct parcel *p, const char *outcome, struct jv **receipt, struct err *e);
int store_write(const char *folder, const char *key, const struct jv *receipt, struct err *e);
/* The receipt or intent of a key; NULL when there is none (no error) or when it cannot be read
 * (err). */
struct jv *store_read(const char *folder, const char *name, struct err *e);
int parcel_key(const char *url, const char *sha256, char key[UPLOAD_KEY_MAX], struct err *e);

/* ---- receipts.c ---- */
/* All of them with their states, which takes reading every file that they speak of; none when one
 * cannot be read. */
struct jv *receipts_read(const char *folder, const struct jv *manifest);
/* Whether a person has declared that the file, in doubt, was deposited. */
bool receipts_settled(const struct jv *manifest, const struct jv *receipts, const char *path);

#endif
