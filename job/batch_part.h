/* Private to job/batch*.c. */
#ifndef PARAPHE_JOB_BATCH_PART_H
#define PARAPHE_JOB_BATCH_PART_H

#include <pthread.h>
#include <stdint.h>

#include "base/digest.h"
#include "job/batch.h"

struct batch_entry {
    char *output, input_sha256[DIGEST_HEX_MAX];
    struct batch_place {
        int64_t at; /* of the JSON in the journal; 0: none */
        size_t len;
    } value, done;
    struct jv *result; /* as an earlier run told it; NULL: not done, or by this one */
    bool named;        /* the output had its name: who takes it away then has what he wanted */
};
struct batch_doubt { /* a line that cannot be read and may have held a value */
    size_t line;     /* from 1 */
    int64_t at;
    char *output; /* as far as it can be told; NULL */
};
struct batch {
    char *folder, *path;
    char *only; /* the one output; NULL: those of a folder */
    int fd;
    struct batch_entry *entries;
    size_t count;
    struct batch_doubt *doubts;
    size_t ndoubts;
    struct batch_place head; /* the line of the wish */
    _Atomic bool written;    /* a value or a result, by this run */
    _Atomic bool named;      /* its name is on the disk */
    bool hushed;             /* a signal removes it */
    bool made;               /* by this run */
    bool aside;              /* the folder has a journal of another user */
    bool locked; /* false on a disk without locks: nothing that another run may need goes */
    bool torn;   /* its last line is: the next one begins after a line's end */
    char *wish;  /* to be written before the first line; NULL: it is there */
    pthread_mutex_t lock;
};

/* ---- batch_damaged.c ---- */
/* A line that cannot be read: number from 1, at its place in the journal. */
int batch_doubt_note(struct batch *b, const char *text, size_t n, size_t number, int64_t at,
                     struct err *e);
/* Once all lines are read: ERR_DISK when one of them may have held a value. */
int batch_doubts_check(struct batch *b, struct err *e);
void batch_doubts_free(struct batch *b);

/* ---- batch_lines.c ---- */
void batch_entries_free(struct batch *b);
/* *wish: what the journal says of the wishes, malloc'ed; NULL when it is new. */
int batch_lines_read(struct batch *b, char **wish, struct err *e);
/* Appends it; once it is there the entry of its output knows it. */
int batch_line_write(struct batch *b, const struct jv *line, struct err *e);
/* Its output got its name, if only to be taken away since. */
bool batch_is_named(const struct batch *b, const struct batch_entry *one);
/* What was kept of it; NULL when it cannot be read. */
struct jv *batch_kept_read(const struct batch *b, const struct batch_entry *one);
/* Leaves of a finished journal what a later run of the same command needs: which outputs are made,
 * and values of others that are not, line by line as they were written. It stays as it was when
 * that fails, but for a name that the disk did not take. */
int batch_lines_shorten(struct batch *b, struct err *e);
/* Of the file that has the name of an output. */
bool batch_holds(const char *path, const struct jv *kept);

#endif
