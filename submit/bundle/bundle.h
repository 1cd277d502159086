/* The deposit folder: what a person uploads by hand, one sub-folder for each place of the portal,
 * with a check-list, digests, a manifest ("paraphe-deposit" 1, docs/formats.md) and a ZIP of the
 * whole for the archive. Made whole or not at all. Nothing of the dossier is judged here: the
 * caller says what goes in. */
#ifndef PARAPHE_SUBMIT_BUNDLE_BUNDLE_H
#define PARAPHE_SUBMIT_BUNDLE_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct buf;
struct jv;

#define DEPOSIT_MANIFEST "manifest.json"
#define DEPOSIT_SUMS "SHA256SUMS"
#define DEPOSIT_ARCHIVE "dossier.zip"
#define DEPOSIT_CONTAINER "dossier.asice"
#define DEPOSIT_SEALED "dossier.zip.p7m"
#define DEPOSIT_RECEIPTS "receipts"
enum { DEPOSIT_FILES_MAX = 1024, DEPOSIT_ID_MAX = 65 };

/* ---- places ---- */
/* Checks a table of places ("paraphe-places" 1); `name` is for the message. NULL and err when it is
 * none. */
struct jv *places_parse(const char *text, size_t n, const char *name, struct err *e);
/* The place for a component's kind ("lps", "proxy", NULL) and what goes there ("report", "form",
 * "proof"); borrowed; NULL when the table has none. */
const struct jv *places_find(const struct jv *table, const char *kind, const char *what);

/* ---- making ---- */
struct bundle_item {
    const struct jv *place; /* from places_find */
    const char *component;  /* id, or the proof's id: part of the file name */
    const char *label; /* in the folder's name and the list: our word for the architecture, never
                          text of a form */
    const char *title; /* for people, in place of the place's title; NULL */
    const char *extension; /* ".pdf" */
    int fd;                /* read-only, borrowed */
    const char *sha256;    /* what the copy must have */
    int64_t bytes;
};
/* Gives the DER of a TimeStampToken over these bytes, appended to `token`. */
struct bundle_stamp {
    void *self;
    int (*get)(void *self, const void *data, size_t n, struct buf *token, struct err *e);
};
struct bundle_request {
    const char *out; /* the folder to make */
    const struct jv *places;
    const struct bundle_item *items;
    size_t count;
    const struct jv *solution,
        *editor;              /* {"name", "version"}: shown in list and manifest, foreign text */
    const struct jv *notes;   /* array of sentences for the list: remarks on the dossier */
    int64_t instant;          /* when it is made, seconds since 1970 UTC */
    const char *deposit_date; /* "YYYY-MM-DD" */
    const char
        *deposit_until; /* the earliest last day of its forms, the same way; NULL when unknown */
    bool rejected;      /* a form does not pass, and the user wants the folder all the same */
    const char *encrypt_to; /* PEM or DER file of the receiver's certificate, which is valid at the
                               instant encrypt_at; NULL */
    int64_t encrypt_at;
    const struct bundle_stamp *stamp; /* adds dossier.asice, time-stamped by it; NULL: none */
};
/* Makes the folder and gives its manifest. When a deposit of the same contents is there already and
 * intact, that one's manifest is given and *already is true. */
int bundle_make(const struct bundle_request *request, struct jv **manifest, bool *already,
                struct err *e);

/* ---- reading a deposit folder back: for submit and receipts ---- */
/* The manifest, checked; every path in it stays inside. */
int deposit_load(const char *folder, struct jv **manifest, struct err *e);
/* The number of the place that the file at `path` is for; 0: none. */
int deposit_place(const struct jv *manifest, const char *path);
/* Opens a file that the manifest lists, without following links; compares length and digest:
 * ERR_DISK when it is missing or changed. */
int deposit_open(const char *folder, const struct jv *file, struct err *e);
/* All of them. */
int deposit_check(const char *folder, const struct jv *manifest, struct err *e);

/* Whether one may encrypt for this certificate at `instant`: before a long work that ends with
 * bundle_seal. */
int bundle_receiver_check(const char *certificate, int64_t instant, struct err *e);
/* Encrypts a file for a certificate: CMS AuthEnvelopedData, AES-256-GCM (RFC 5083, 5084), DER or
 * BER, by streams. `instant`: the certificate must be valid then and fit for encryption, else
 * ERR_SIGNATURE. */
int bundle_seal(int from, const char *name, const char *certificate, int64_t instant, int to,
                struct err *e);

#endif
