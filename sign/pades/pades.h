/* PAdES signatures (EN 319 142-1) as incremental updates of a copy; the input is never touched.
 *
 *   pades_begin   copies the input, hashes it while copying; a worker makes the update; its hole
 * and ranges are checked on the file's own bytes; another worker says that nothing else was added
 *   (the caller shows pades_facts and asks; then signer->prepare: PIN)
 *   pades_sign    one C_Sign; the value is checked, put into the hole (B-B) and synced, handed to
 * `keep` pades_stamp   B-T, when a time-stamp server answers; a failure leaves B-B as it is
 *   pades_commit  read back by `judge`, synced, renamed
 *
 * Whatever fails, pades_free leaves no half file. */
#ifndef PARAPHE_SIGN_PADES_PADES_H
#define PARAPHE_SIGN_PADES_PADES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ports.h"
#include "sign/cms/cms.h"
#include "sign/cms/stamp.h"

struct err;
struct jv;

enum pades_level { PADES_NONE, PADES_B_B, PADES_B_T, PADES_B_LT, PADES_B_LTA };
const char *pades_level_name(enum pades_level level);     /* "B-B" */
enum pades_level pades_level_from_name(const char *name); /* PADES_NONE for another */

enum { PADES_PAGE_LAST = -1 };

struct pades_spec {
    const char
        *field; /* an existing empty field, or the name of a new one; NULL: see docs/signing.md */
    bool existing; /* the field must be there already */
    /* from 1, or PADES_PAGE_LAST: a new visible field there; 0: none */
    int64_t page;
    const char *place; /* as the place was written: an empty field of this very name is meant
                          rather, when `field` is NULL; NULL: no field can be meant */
    double rect[4];    /* x, y, width, height in points from the lower left corner of the page as
                          it is seen: cropped and turned */
    /* A new visible field of size[0] x size[1] points behind or below this text, on `page` when
     * that is not 0; NULL: none. ERR_USAGE when it stands there not once:
     * err.sign-pades.text-absent, .text-several, .text-twice, .text-room */
    const char *after_text;
    double size[2];
    const char *reason, *location, *contact; /* UTF-8; NULL for none */
    int certify;              /* 0, or P: 1 no change, 2 forms and signatures, 3 annotations too */
    const char *const *lines; /* of a visible appearance, the first is shown bold */
    size_t nlines;
    const int *image; /* descriptor of a PNG or JPEG file to show beside them; NULL: none */
    bool code;        /* a QR code of what is signed, by whom and when: docs/signing.md */
    const char *image_alt, *code_alt; /* what a screen reader says of them */
    int64_t signing_time;             /* /M */
    const unsigned char *password;
    size_t password_len;
};

struct pades_facts {
    char input_sha256[DIGEST_HEX_MAX];
    int64_t input_bytes, pages;
    char *title;   /* of the document; NULL when it has none */
    char *result;  /* the line that says what the document states (/Subject); NULL */
    char *auditor; /* whom the form of a report of ours names; NULL */
    char *field;   /* that will hold the signature */
    bool visible;
    int64_t page;       /* that shows it, from 1; 0: none, or unknown */
    int64_t signatures; /* that are there already */
    struct jv *notes;   /* array of {"code","detail"}: remarks of the worker, for people */
    struct jv *scan;    /* array of {"code","detail"}: what a signer cannot see */
};

struct pades_ports {
    const struct runner *runner;
    const struct signer *signer;
    const struct fetcher *fetcher; /* NULL: no time-stamp is possible */
    /* Called as soon as the value exists: 2 when it is safe on the disk, 1 when it is written and
     * settle() makes it safe, 0 when it is not kept, or -1 to stop. `kept` tells all that
     * pades_resume needs beside the input. NULL: nothing is kept. */
    int (*keep)(void *self, const struct jv *kept, struct err *e);
    /* Called before any network, perhaps by another thread; NULL when keep gives no 1. */
    int (*settle)(void *self, struct err *e);
    void *keep_self; /* of both */
    /* Begins a reader that stays with the file. `size` bytes, 0 for a small file, are digested, by
     * `kind`, while they arrive in fd (`watch_moved` tells, from another thread), so that `judge`
     * need not read them again. What it gives goes to `examine`, then to `judge` or to `watch_end`;
     * fd stays open until then. All NULL: nothing is begun. NULL given: this one is not. */
    void *(*watch)(void *self, int fd, int64_t size, enum digest_kind kind,
                   const unsigned char *password, size_t password_len);
    void (*watch_moved)(void *watch, int64_t done);
    void (*watch_end)(void *watch);
    /* A reader that did not make the update says whether the bytes from `before` on add one
     * signature and nothing else: {"ok","reason","what","hole"}. Handed in from verify/, which this
     * room does not know. `watch` may be NULL. NULL in unit tests only. */
    int (*examine)(void *self, void *watch, int fd, int64_t before, const char *name,
                   const unsigned char *password, size_t password_len, struct jv **out,
                   struct err *e);
    /* Judges the finished file before it gets its name: integrity of all signatures. Takes `watch`,
     * which may be NULL. NULL in unit tests only. */
    int (*judge)(void *self, void *watch, int fd, const char *name, const unsigned char *password,
                 size_t password_len, struct err *e);
    void *reader_self;
    /* Where the bytes of the input are read, when not at its own path, which stays its name. */
    const char *content;
};

struct pades_job;

/* plan is borrowed until pades_free. token_room: bytes to keep for a time-stamp token; 0 for B-B
 * alone. */
int pades_begin(struct pades_job **out, const struct pades_ports *ports,
                const struct cms_plan *plan, const struct pades_spec *spec, const char *input,
                const char *output, bool replace, size_t token_room, struct err *e);
const struct pades_facts *pades_facts(const struct pades_job *job);
const struct cms_plan *
pades_plan(const struct pades_job *job); /* what it is signed by; of then, when resumed */
int pades_sign(struct pades_job *job, struct err *e);
/* Goes on from what `keep` was given: the same input with the update of then, checked against what
 * was signed. No signer is asked. ERR_DISK, err.sign-pades.kept, when the two do not belong
 * together. */
int pades_resume(struct pades_job **out, const struct pades_ports *ports, const struct jv *kept,
                 const char *input, const char *output, bool replace, const unsigned char *password,
                 size_t password_len, struct err *e);
/* On success *stamp (of the caller, initialised) tells the time; a token too large for the hole is
 * ERR_NETWORK with id err.sign-pades.hole-small. */
int pades_stamp(struct pades_job *job, const struct stamp_server *server, struct stamp *stamp,
                struct err *e);
/* ---- later levels ---- */
/* A copy of a file that is going to get later levels, with nothing added yet. is_signed: it is
 * expected to hold signatures, which are read while the caller looks for what they need. */
int pades_open(struct pades_job **out, const struct pades_ports *ports, const char *input,
               const char *output, bool replace, bool is_signed, const unsigned char *password,
               size_t password_len, struct err *e);
struct pades_extension {
    const struct jv *evidence; /* {"certs","ocsps","crls": [hex]} for the DSS, as verify_gather
                                  gives; NULL: none */
    const struct stamp_server *server; /* of a document time-stamp over it all; NULL: none */
    size_t token_room;                 /* for its token; doubled once when it turns out too small */
};
/* One update with both. On failure the file is again what it was before. *stamp as above; NULL
 * without a server. */
int pades_extend(struct pades_job *job, const struct pades_extension *extension,
                 struct stamp *stamp, struct err *e);
void pades_reach(struct pades_job *job, enum pades_level level);

enum pades_level pades_reached(const struct pades_job *job);
int pades_fd(const struct pades_job *job); /* of the file in the making */
int64_t pades_size(const struct pades_job *job);
/* What pades_commit does before it gives the name, for who wants to note the digest first. */
int pades_read_back(struct pades_job *job, char sha256[DIGEST_HEX_MAX], struct err *e);
/* SHA-256 of the final file, as hex, goes to sha256. */
int pades_commit(struct pades_job *job, char sha256[DIGEST_HEX_MAX], struct err *e);
void pades_free(struct pades_job *job); /* NULL is allowed */

extern const struct task pades_prepare_task;
extern const struct task pades_draw_task; /* the same with a picture or a code to draw */
/* Where the document of each signature ends: {"password": hex or null} gives {"signatures":
 * [{"field", "stamp", "end" (-1: its ranges are none)}]}, oldest first. fds: the PDF. */
extern const struct task pades_revisions_task;

#endif
