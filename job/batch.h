/* The journal of signatures that go into one folder, DIR/.paraphe-sign.journal (with the number of
 * the user behind it where that is somebody else's), or into one file,
 * DIR/.NAME.paraphe (0600), so that the same command goes on after a crash and the token signs no
 * document twice. It is there while the command is at work, and stays when something was left
 * undone. In a folder it stays afterwards too, without the values, so that the same command says
 * what is done instead of stumbling over its own files.
 *
 * A line each: the SHA-256 of what follows, a blank, a JSON object, written by one call. The first
 * one names the wishes of the signer (what he asked for, by digest); "value" holds what C_Sign gave
 * (paraphe-kept), synced before any network; "done" the result, written before the file
 * has its name: it counts when the file has its digest; "named" that it has its name, so that one
 * that is not there any more was taken away, and not lost. Documents are known by
 * the name of the output and the digest of the input. A line that cannot be read counts for
 * nothing; where it may have held a value that no other line has, opening fails once
 * (err.job.batch-damaged), and the journal as it was stays beside, PATH.damaged.
 *
 * On a disk without locks nothing is removed, cut or shortened, for there might be another run.
 *
 * Errors: ERR_USAGE for a place where another run is at work or an unfinished one had other
 * wishes, and for a journal of somebody else; ERR_DISK. */
#ifndef PARAPHE_JOB_BATCH_H
#define PARAPHE_JOB_BATCH_H

#include <stdbool.h>
#include <stddef.h>

struct batch;
struct err;
struct jv;

#define BATCH_FILE ".paraphe-sign.journal"
#define BATCH_TAIL ".paraphe" /* after a dot and the name of the one output */

struct batch_request {
    const char *folder; /* NULL: the journal of the one output */
    const char *wish;   /* any text */
    /* The files to be made, of which a killed run may have left a half: it is removed. In a folder
     * only their names count. */
    const char *const *inputs, *const *outputs;
    size_t n;
};
/* Takes the folder, or the output, for itself; the request is borrowed for the call. Until
 * something is kept in it an interruption by a signal removes the journal. */
int batch_open(struct batch **out, const struct batch_request *request, struct err *e);
/* Borrowed. */
const char *batch_path(const struct batch *b);
/* False on a disk without locks, and beside a journal of another user: another run may be at work.
 */
bool batch_alone(const struct batch *b);
/* How many documents the journal knows. */
size_t batch_known(const struct batch *b);

enum batch_state {
    BATCH_NEW,   /* nothing is known, or of another input */
    BATCH_VALUE, /* *what: what was kept; the output may be made, and replaced where it exists, as
                    then it is what was made of this value, and nothing was added to it */
    BATCH_DONE,  /* *what: the result; the output is there as it was made */
};
/* *what is the caller's. A file that cannot be read is new: signing it says why. */
enum batch_state batch_find(const struct batch *b, const char *input, const char *output,
                            struct jv **what);
/* `kept` may name the "source_sha256": the digest of the input, of which a repaired copy was
 * signed. These may be called by several threads. keep writes, so that a killed run has the whole
 * value; settle syncs what was written, at its first call the name of the journal too. */
int batch_keep(struct batch *b, const char *output, const struct jv *kept, struct err *e);
int batch_settle(struct batch *b, struct err *e);
/* To be called before the output has its name. */
void batch_done(struct batch *b, const char *output, const struct jv *result);
/* And after that, with the same result. */
void batch_named(struct batch *b, const char *output, const struct jv *result);
/* finished: nothing is left to be done; the journal of one output goes, that of a folder forgets
 * the values. It goes when it holds nothing. True when it stays to be gone on with. NULL is
 * allowed. */
bool batch_close(struct batch *b, bool finished);
/* Private: removes what a killed run left half made of these. */
void batch_sweep(const char *folder, const char *const *outputs, size_t n);

#endif
