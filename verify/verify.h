/* The verdict on the signatures of a PDF (EN 319 102-1, EN 319 142-1). A worker parses the file,
 * its CMS and revocation data and judges; the caller gives anchors, time and policy as values,
 * fetches what the worker asks for, and adds the sentences.
 *
 * The verdict is the JSON of docs/formats.md "paraphe-verdict": per signature indication and
 * sub-indication, level, signer, times, changes after it, findings with code, clause, effect and
 * arguments. Nothing in it is trust material. */
#ifndef PARAPHE_VERIFY_VERIFY_H
#define PARAPHE_VERIFY_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ports.h"

struct buf;
struct jv;

struct verify_request {
    const char *name;                 /* of the file, for "file" and messages */
    const struct der_list *trust;     /* anchors of signers; NULL: none */
    const struct der_list *trust_tsa; /* anchors of time-stamps; NULL: the same */
    const struct jv *services;        /* of trusted lists in force (trust/list.h); NULL: none */
    const struct jv *policy;          /* policy_load; NULL: eidas */
    int64_t at;                       /* validation time, seconds since 1970 UTC */
    const unsigned char *password;    /* of an encrypted file; NULL: the empty one */
    size_t password_len;
    bool no_digest; /* leaves "sha256" empty: a pass over the file less */
};

/* Verifies; `fetcher` NULL: offline. An unreadable file is a verdict, not an error. -1 for what is
 * no matter of the file (memory, a worker that cannot start). */
int verify_file(const struct runner *runner, int fd, const struct verify_request *request,
                const struct fetcher *fetcher, struct jv **out, struct err *e);
/* Exit status of a verdict: 0 valid, 4 unreadable, 6 otherwise. */
int verify_status(const struct jv *verdict);
/* Integrity only, for a file just signed: every signature intact, none followed by a change that is
 * not allowed. Trust, time and revocation do not count. -1 with ERR_SIGNATURE naming the first
 * finding otherwise. `name` is for the message. */
int verify_integrity(const struct runner *runner, int fd, const char *name,
                     const unsigned char *password, size_t password_len, struct err *e);

/* A reader that stays with a file in the making, one worker for all its readings. While the file is
 * copied it digests the first `size` bytes, by `kind`, as they arrive (verify_watch_moved, from any
 * thread; 0: none); without a kind it reads what is signed in them already, once all is there; they
 * must not change any more, what follows them may. update: as verify_update says of the file as it
 * stands. take_integrity: the file is whole; as verify_integrity, and `w` is used up. fd and
 * password are borrowed until then, or until verify_watch_free, which ends the worker. One that is
 * lost is replaced by one for each reading. `judges`, if not NULL, runs verify-watch in place of
 * `runner`, and nothing else. It is called from a thread of its own. */
struct verify_watch;
int verify_watch_start(struct verify_watch **out, const struct runner *runner,
                       const struct runner *judges, int fd, int64_t size, enum digest_kind kind,
                       const unsigned char *password, size_t password_len, struct err *e);
void verify_watch_moved(struct verify_watch *w, int64_t done);
int verify_watch_update(struct verify_watch *w, int64_t before, struct jv **out, struct err *e);
int verify_watch_take_integrity(struct verify_watch *w, const char *name, struct err *e);
/* As take_integrity; *said, the caller's, is what another reader says in the same worker, after its
 * verdict; NULL: no other reader is there, or it was lost. */
int verify_watch_take_both(struct verify_watch *w, const char *name, struct jv **said,
                           struct err *e);
void verify_watch_free(struct verify_watch *w); /* NULL is allowed */

/* What later verifiers need for every signature and time-stamp of the file: {"signatures":
 * [{"field", "stamp", "intact", "revision", "time" (absent: nothing proves one)}], "problems":
 * [{"code", "name", "until"}], "fresh" (something that the DSS lacks), "certs", "ocsps", "crls":
 * [hex]}. Codes of problems: "issuer" (its certificate cannot be found), "missing" (no revocation
 * data), "early" (only data older than the signature; newer ones are due at `until`, 0 when not
 * said), "revoked" (since `until`). "refused" (absent otherwise): why an address was not asked, as
 * a sentence. strict: data about a signer must not be older than the signature (TS 119 172-4).
 * Anchors are not needed. */
int verify_gather(const struct runner *runner, int fd, const struct verify_request *request,
                  bool strict, const struct fetcher *fetcher, struct jv **out, struct err *e);

/* Whether the bytes from `before` on (the size of the file before) add nothing but one signature:
 * its field and widget, its dictionary with a hole of zeros and exact ranges around it, what
 * AcroForm, Annots, Extensions, Perms and DSS need for it, and nothing that an earlier signature
 * forbids. out: {"ok", "reason", "what", "field", "stamp", "docmdp", "hole": {"start", "end"} (from
 * '<' to after '>'), "ranges": [4 numbers], "changes": [kinds]}; when not ok, "reason" is the code
 * of a finding or the kind of a change, "what" its detail or null; "earlier.broken" and
 * "earlier.modified" are about a signature that was there before, "what" is its field. An
 * unreadable file is not ok with the error's id. */
int verify_update(const struct runner *runner, int fd, int64_t before,
                  const unsigned char *password, size_t password_len, struct jv **out,
                  struct err *e);

/* What a PDF carries for comparing it with a form, as the document was in `revision` (from 1; 0:
 * the newest): the embedded file "grid.json" as the bytes of `grid`, which stays empty when there
 * is none. */
int verify_embedded(const struct runner *runner, int fd, int revision,
                    const unsigned char *password, size_t password_len, struct buf *grid,
                    struct err *e);
/* Its text, in the order of the content streams: {"pages": [[run, ...], ...], "unmapped":
 * characters without Unicode value, "mapped": others, "images": number}. A run is what is shown in
 * one go. */
int verify_text(const struct runner *runner, int fd, int revision, const unsigned char *password,
                size_t password_len, struct jv **out, struct err *e);

extern const struct task verify_read_task;   /* fds: the PDF, and a memory file with anchors */
extern const struct task verify_gather_task; /* fds as verify_read_task */
extern const struct task verify_embedded_task;
extern const struct task verify_text_task;
extern const struct task verify_update_task; /* fds: the PDF with its update */
extern const struct task verify_watch_task;  /* fds: the PDF */
/* What the task runs, for the program that has another reader too: look() fills `out` with what
 * that one says of the file. */
typedef int verify_look(int fd, const struct buf *password, struct jv *out, struct err *e);
int verify_watch_run(const struct task_io *io, verify_look *look, struct err *e);

#endif
