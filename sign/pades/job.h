/* Private to sign/pades/: a signature in the making, and the parent's checks of what the worker
 * returned. */
#ifndef PARAPHE_SIGN_PADES_JOB_H
#define PARAPHE_SIGN_PADES_JOB_H

#include "base/buf.h"
#include "base/file.h"
#include "pdf/file/pdf_update.h"
#include "sign/pades/pades.h"

struct jv;

struct pades_job {
    struct pades_ports ports;
    const struct cms_plan *plan;
    struct cms_plan own_plan; /* of a resumed job */
    struct file_out out;
    int reading;    /* the same file, read-only, for workers */
    void *watch;    /* of ports.watch */
    bool drawn;     /* the update has a picture or a code in it */
    bool is_signed; /* the input, as the caller expects */
    int64_t covers; /* page on which the new field hides text that others have signed; 0: none */
    bool awaited; /* the update gave an object a number that the file refers to without having it */
    bool refused; /* the second reading did not accept the update itself */
    struct pdf_update_marks marks;
    struct pades_facts facts;
    struct digest *digest; /* of the prefix: the input, by the plan's algorithm */
    struct digest *whole;  /* SHA-256 of the input: the file's own goes on from there */
    struct buf attrs, value;
    const unsigned char *password; /* of the caller */
    size_t password_len;
    int kept;          /* what ports.keep said; 2 as well when an earlier run kept it */
    struct buf update; /* the bytes after the input, hole empty; only when they are kept */
    enum pades_level reached;
    int64_t size;                /* of the file as it stands */
    char sha256[DIGEST_HEX_MAX]; /* of the finished file, once it is read back; else "" */
};

/* ---- job.c ---- */
/* Opens the input, copies and digests it in one pass; its SHA-256, for people, comes out of the
 * same pass. *fd is the caller's to close, also after a failure. */
int job_take_input(struct pades_job *job, const char *input, int *fd, struct err *e);
/* A file must not be signed into itself, also not by another name. */
int job_other_file(int in, const char *output, struct err *e);
/* The CMS into the hole; what follows syncs it. token: NULL for B-B. */
int job_put_cms(struct pades_job *job, const struct buf *token, struct err *e);
/* ---- job_copy.c ---- */
struct copy_request {
    int from, to; /* both at offset 0 */
    int64_t size;
    const char *name, *to_name;              /* of the input, and of what is made */
    struct digest *first, *second;           /* second: NULL for none */
    void (*moved)(void *self, int64_t done); /* told what has arrived, by any thread; NULL */
    void *self;
};
/* Copies the whole of `from` to `to` and digests what arrived, at the same time. */
int job_copy(const struct copy_request *request, struct err *e);

/* ---- job_ask.c ---- */
/* Parameters of task "pades-prepare", and its reply read with suspicion. */
int job_ask_print(const struct pades_spec *spec, const struct cms_plan *plan, size_t hole,
                  bool stamped, const char *input_sha256, struct buf *out, struct err *e);
/* "password" as hexadecimal. */
int job_put_password(struct jv *ask, const unsigned char *password, size_t n, struct err *e);
void job_put_marks(struct jv *o, const struct pdf_update_marks *marks);
int job_reply_read(const struct jv *reply, struct pdf_update_marks *marks,
                   struct pades_facts *facts, struct err *e);
/* ---- job_hole.c ---- */
/* The update is where the marks say, the hole is nothing but zeros between brackets, /ByteRange
 * says the same, and the file ends with it. Looks at the file's own bytes. */
int hole_check(int fd, int64_t base, size_t update_len, const struct pdf_update_marks *marks,
               struct err *e);
/* Writes the DER as hexadecimal, the rest stays zero. err.sign-pades.hole-small (ERR_NETWORK) when
 * it does not fit. */
int hole_fill(int fd, const struct pdf_update_marks *marks, const struct buf *der, const char *name,
              struct err *e);
/* Digest of all but the hole; `prefix` has digested [0, base) and is used up. */
int hole_digest(int fd, const struct pdf_update_marks *marks, struct digest *prefix,
                unsigned char out[DIGEST_MAX], struct err *e);
/* ---- job_update.c ---- */
/* Runs "pades-prepare" on the file as it stands, appends what it returns and checks it: with a hole
 * (whatever the worker says it must have one) hole_check, then ports.examine. extra: a
 * descriptor of the evidence for the DSS, or of the image to show; or -1. *reply is the caller's to
 * free, also after a failure. job->size stays what it was. */
int job_update(struct pades_job *job, const struct buf *ask, int extra, bool hole,
               struct pdf_update_marks *marks, struct jv **reply, struct err *e);

#endif
