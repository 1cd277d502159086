/* The signatures of a PDF, over all its revisions: where each stands, what it covers, and what it
 * says (ISO 32000-2 12.8). */
#ifndef PARAPHE_VERIFY_SIG_H
#define PARAPHE_VERIFY_SIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "pdf/file/pdf.h"
#include "verify/cms.h"
#include "verify/stamp.h"
#include "verify/validate.h"

enum { SIG_MAX = 256, SIG_STAMPS_MAX = 8, SIG_NAMES_MAX = 256 };

/* Fields that a signature locks: FieldMDP (12.8.2.4) and the field's own /Lock (12.7.5.5). */
enum lock_action { LOCK_NONE, LOCK_ALL, LOCK_INCLUDE, LOCK_EXCLUDE };
struct lock {
    enum lock_action action;
    char *names[SIG_NAMES_MAX]; /* full names, UTF-8 */
    size_t count;
};
bool lock_holds(const struct lock *lock, const char *full_name);

struct sig {
    char *field; /* full name, UTF-8 */
    struct pdf_ref field_ref;
    uint32_t num;   /* the signature dictionary's object; 0 when it is no indirect object */
    int first_seen; /* revision in which the field got this value */
    int revision;   /* that its ranges end; -1 */
    bool stamp;     /* a document time-stamp */
    bool visible;
    bool readable; /* dictionary and ranges are good enough to compute the digest */
    char subfilter[48];
    enum cms_use use;
    struct pdf_sig_span span;
    bool covers_whole;
    bool claimed;
    int64_t claimed_time;
    int docmdp; /* P of its DocMDP transform; 0: none */
    int lock_p; /* P of its field's /Lock; 0: none */
    struct lock lock, fieldmdp;

    struct buf contents; /* decoded /Contents with its padding */
    struct buf der;      /* the SignedData in it */
    struct cms cms;      /* spans into der */
    bool cms_ok, alg_ok;
    bool value_right; /* digest and signature value were compared and are right */
    bool intact;      /* digest and signature value are right, with the certificate that signed */
    struct sigalg alg;
    const struct cert *signer;
    struct stamp document_stamp; /* when `stamp` */
    struct stamp
        *stamps[SIG_STAMPS_MAX];       /* signature time-stamps; large, so each when it is read */
    bool stamp_intact[SIG_STAMPS_MAX]; /* right in itself, whatever its issuer */
    bool stamp_trusted[SIG_STAMPS_MAX];
    size_t nstamps;

    struct findings f;
    struct jv *changes;
    bool modified;
    struct validated signer_state, stamp_state;
    bool proven; /* best_time is proven by a time-stamp; else it is the validation time */
    int64_t best_time;
    int best_kind; /* 0 none, 1 signature time-stamp, 2 document time-stamp */
    char level[12];
    const char *level_code; /* why not more; a finding's code or NULL */
};
struct sigs {
    struct sig *items[SIG_MAX]; /* oldest revision first */
    size_t count;
    int64_t since; /* what stood before it is not looked through for bodies that no table lists */
};

/* Finds them; each with its findings about the dictionary and the ranges. -1: the PDF cannot be
 * read. */
int sigs_find(struct pdf *pdf, struct sigs *out, struct err *e);
void sigs_free(struct sigs *s);
struct sig *sig_new(struct sigs *s, struct err *e);
/* A value without CMS (adbe.x509.rsa_sha1, ISO 32000-1 12.8.3.2): found, placed, not verified. */
bool sig_is_bare(const struct sig *s);

/* Reads dictionary, ranges, contents and CMS of one, adds its certificates to the pool, computes
 * the digest and checks the signature value: everything that needs neither trust nor time.
 * sig_read.c */
int sig_read(struct pdf *pdf, struct sig *s, struct env *env, struct err *e);
/* The first half of it: dictionary and ranges, without the contents. */
void sig_place(struct pdf *pdf, struct sig *s);
/* The dictionary's entries; sig_dict.c. */
void sig_read_dict(struct pdf *pdf, struct sig *s, struct err *e);
void sig_read_field_lock(struct pdf *pdf, struct sig *s, struct err *e);
/* Whether a field or widget has a rectangle that is not empty, as of a revision; sig_dict.c. */
bool sig_has_place(struct pdf *pdf, const struct pdf_value *widget, int revision, struct err *e);

/* The DSS of every revision into pool and evidence (12.8.4.3): what a later revision takes out
 * still counts. Objects of the newest that are not what they should be are left out and counted.
 * dss.c */
int dss_read(struct pdf *pdf, struct env *env, size_t *bad, struct err *e);
/* Time-stamps from the newest to the oldest, then each signature at its best time, then levels (EN
 * 319 102-1 5.4 to 5.6). times.c, level.c */
int times_run(struct sigs *sigs, struct env *env, struct err *e);
void level_set(struct sig *s, const struct sigs *sigs);

/* Fields of the form as of a revision; fields.c. Called for each field that has a name of its own
 * or ends the tree. `type` and `value` are inherited as the standard says (12.7.4.1). */
struct field {
    const char *name; /* full, UTF-8 */
    struct pdf_ref ref;
    const struct pdf_value *dict;
    const char *type;              /* "Sig", "Tx"...; NULL */
    const struct pdf_value *value; /* as it stands: usually a reference; NULL */
    int depth;
};
int fields_walk(struct pdf *pdf, int revision,
                int (*fn)(void *self, const struct field *field, struct err *e), void *self,
                struct err *e);

#endif
