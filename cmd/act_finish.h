/* Later levels: shared by `finish`, `stamp`, and `sign --level B-LT|B-LTA`. Nothing is printed. */
#ifndef PARAPHE_CMD_ACT_FINISH_H
#define PARAPHE_CMD_ACT_FINISH_H

#include "base/err.h"
#include "base/ports.h"
#include "sign/pades/pades.h"

struct jv;
struct wire;

struct act_finish_request {
    enum pades_level level; /* B-T, B-LT or B-LTA */
    bool now;               /* take revocation data older than the signature as well */
    bool
        stamp_only; /* a document time-stamp and nothing else; also for a file without signatures */
    const struct stamp_server *servers;
    size_t nservers;
    const struct der_list *trust, *trust_tsa;
    const unsigned char *password;
    size_t password_len;
};
/* Brings the file in the making to the level; what was reached is pades_reached(job). Facts go to
 * `result` ("time", "tsa", "tsa_name", "provable"), remarks to `warnings`. -1: it stays where it
 * was, e says why: err.cmd.finish-early (ERR_NETWORK)   "provable" says from when on it is worth
 * another try err.cmd.finish-unsigned, -broken, -revoked (ERR_SIGNATURE), -missing, -issuer
 * (ERR_NETWORK), err.cmd.finish-no-tsa (ERR_USAGE) */
int act_extend(struct wire *w, struct pades_job *job, const char *name,
               const struct act_finish_request *request, struct jv *result, struct jv *warnings,
               struct err *e);

struct act_finish_file {
    const char *input, *output;
    struct jv *result;   /* paraphe-finished; NULL when it failed */
    struct jv *warnings; /* what was remarked, also when it failed; the caller's */
    struct err err;
};
/* One file: copied, extended, read back, written. */
int act_finish(struct wire *w, const struct act_finish_request *request,
               struct act_finish_file *file, struct err *e);

#endif
