/* The second reader: qpdf in processes of its own (pdf/qpdf), asked whether it reads a file as we
 * do, and the only one that repairs. qpdf never writes what we sign. */
#ifndef PARAPHE_CMD_SECOND_READER_H
#define PARAPHE_CMD_SECOND_READER_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct second_reading {
    char code[16];     /* "ok", "damaged", "password", "signed", "disk" */
    char message[256]; /* qpdf's own words, English; may be empty */
    int64_t pages;     /* -1: not counted */
    size_t warnings;   /* faults that it went around */
};

/* The process, started at the first look; each look is a sandboxed child of it. One that died is
 * started anew at the next look. */
struct second_reader;
/* NULL without memory, which every call takes: then the process lives for that call. */
struct second_reader *second_reader_new(void);
/* How long a look may take, two minutes otherwise. */
void second_reader_patience(struct second_reader *r, int64_t wall_ms);
/* No look will come: the process ends while others are waited for. Only before second_reader_free;
 * NULL is fine. */
void second_reader_dismiss(struct second_reader *r);
/* Ends the process and what it has going. NULL is fine. */
void second_reader_free(struct second_reader *r);

/* Starts the process now, because a look will come; what fails is told by the look. */
void second_reader_expect(struct second_reader *r);

/* What qpdf says of an ordinary file, read from its start whatever the position. The password may
 * be NULL. Threads take turns. -1 when the helper is missing or ended badly:
 * err.second-reader.missing (ERR_USAGE), .failed, .late. */
int second_reader_check(struct second_reader *r, int fd, const unsigned char *password,
                        size_t password_len, struct second_reading *out, struct err *e);
/* That qpdf opens the file without repair and sees so many pages (-1: any number): else
 * err.second-reader.disagrees (ERR_INPUT). */
int second_reader_agrees(struct second_reader *r, int fd, const char *name,
                         const unsigned char *password, size_t password_len, int64_t pages,
                         struct err *e);
/* A repaired copy of `fd` into `out`, an empty file open for writing, at its position. Refused when
 * something in the file is signed (err.second-reader.signed, ERR_INPUT), or when qpdf cannot repair
 * it (.beyond-repair). */
int second_reader_repair(struct second_reader *r, int fd, const char *name,
                         const unsigned char *password, size_t password_len, int out,
                         struct second_reading *said, struct err *e);

/* The JSON of an answer; err.second-reader.failed when it is none. */
int second_reading_take(const char *text, size_t n, struct second_reading *said, struct err *e);

#endif
