/* Private to act_sign*.c: the state of one call. */
#ifndef PARAPHE_CMD_ACT_SIGN_PART_H
#define PARAPHE_CMD_ACT_SIGN_PART_H

#include <pthread.h>

#include "cmd/act_sign.h"

struct cert;
struct second_reader;
struct wire;

struct act_sign {
    struct wire *wire;
    const struct act_sign_request *request;
    struct act_sign_file *files;
    size_t n;
    struct pades_job **jobs; /* NULL: not prepared, failed, or finished */
    bool *begun;             /* it was tried to prepare this one */
    bool later;              /* those not begun are prepared while others are signed */
    struct signer signer;
    struct cms_plan plan;
    struct jv *algorithms; /* the EU's list */
    const struct fetcher *fetcher;
    struct err chain_remark; /* why the chain could not be completed; or none */
    pthread_mutex_t network; /* one document at a time */
    pthread_mutex_t telling; /* likewise of request->done */
};

/* What was asked for this file. */
const struct act_sign_request *act_sign_asked(const struct act_sign *a, size_t i);
/* Shows what is going to be signed, by which certificate, at which level, and waits for a yes. */
int act_sign_consent(struct act_sign *a, struct err *e);
/* One document, in three parts. begin: copied, prepared, checked; -1 when it failed (files[i].err
 * is set and told). value: C_Sign, by the thread that has the token; what it returns goes to
 * finish: time-stamp, later levels, finished file; the result or the error goes to files[i]. */
struct act_sign_half;
int act_sign_begin(struct act_sign *a, size_t i);
struct act_sign_half *act_sign_value(struct act_sign *a, size_t i);
void act_sign_finish(struct act_sign *a, size_t i, struct act_sign_half *half);
/* After the last value: the token's child may end; when all other documents are done, `alone`, the
 * readers too once they have judged this one. */
void act_sign_token_done(struct act_sign *a, bool alone);
/* All that are prepared, or come later, signed and finished; act_sign_pipe.c */
void act_sign_all(struct act_sign *a);
void act_sign_done(struct act_sign *a, size_t i);
/* Refuses a draft report. */
int act_sign_final(const struct act_sign *a, size_t i, struct err *e);
/* --repair: the file gets a repaired copy of its input, without a name of its own, and the digest
 * of the input; the copy that an earlier run kept is taken where there is one. */
int act_sign_repair(struct second_reader *second, struct act_sign_file *file,
                    const struct pades_spec *spec, struct err *e);
/* The copy gets a name, synced, before the token is asked; close takes it away again unless it was
 * kept. Where that is not possible copy_path stays NULL, and nothing can be kept. */
void act_sign_copy_name(struct act_sign_file *file);
void act_sign_copy_close(struct act_sign_file *file);
/* The readings of pades_ports; self is the struct wire. */
int act_sign_examine(void *self, void *watch, int fd, int64_t before, const char *name,
                     const unsigned char *password, size_t password_len, struct jv **out,
                     struct err *e);
/* By qpdf as well, where a person is going to be asked: nobody agrees to what qpdf cannot read.
 * Otherwise it is enough that it reads the finished file before that has a name. */
int act_sign_examine_twice(void *self, void *watch, int fd, int64_t before, const char *name,
                           const unsigned char *password, size_t password_len, struct jv **out,
                           struct err *e);
void *act_sign_watch(void *self, int fd, int64_t size, enum digest_kind kind,
                     const unsigned char *password, size_t password_len);
void act_sign_watch_moved(void *watch, int64_t done);
void act_sign_watch_end(void *watch);
int act_sign_judge(void *self, void *watch, int fd, const char *name, const unsigned char *password,
                   size_t password_len, struct err *e);
/* Remarks of the worker, as sentences: text cmd.sign.note.CODE or cmd.sign.scan.CODE. */
void act_sign_remarks(const struct jv *list, const char *prefix, struct jv *warnings);
/* The remark that the certificate is not that of the auditor whom the form names, "" without one:
 * nobody has signed yet, and it is no company's seal. */
void act_sign_named(const struct act_sign *a, size_t i, char *out, size_t size);
/* The EU's list of algorithms; and a remark when it ends this key or hash within three years. */
struct jv *act_sign_algorithms(void);
void act_sign_algorithm_end(const struct jv *list, const struct cms_plan *plan, int64_t now,
                            struct jv *warnings);
/* What the trusted lists kept here say against the certificate's issuer, and why of several
 * certificates this one was chosen; nothing without lists, or when a kept signature is finished. */
void act_sign_issuer(const struct act_sign *a, const struct cert *leaf, struct jv *warnings);
const struct jv *act_sign_trust(const struct act_sign *a, const struct cert *leaf);
const struct jv *act_sign_choice(const struct act_sign *a, const struct cert *leaf);
/* "Chosen because ...", "" when there is nothing to say. */
void act_sign_chosen(const struct act_sign *a, const struct cert *leaf, char *out, size_t size);
/* The remarks about key and certificate that can be made before the PIN; none where only kept
 * signatures are finished. */
struct jv *act_sign_of_key(const struct act_sign *a);
/* Whether request->said has it; now it has. */
bool act_sign_was_said(const struct act_sign *a, const char *code, const char *message);
/* They are said before the PIN where no consent is asked for. */
void act_sign_tell(const struct act_sign *a);
void act_sign_warn(struct jv *warnings, const char *code, const char *sentence);

#endif
