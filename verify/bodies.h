/* Private to verify/: what looks like the start of an object, or of a trailer, anywhere in the
 * bytes of a file: in data, in strings, with comments between its words. */
#ifndef PARAPHE_VERIFY_BODIES_H
#define PARAPHE_VERIFY_BODIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct pdf;

enum body_kind {
    BODY_OBJECT,  /* "12 0 obj" */
    BODY_SPLIT,   /* the same with a comment inside: nobody writes it, and the number is not kept */
    BODY_TRAILER, /* "trailer" and "<<" */
};
struct body {
    enum body_kind kind;
    uint64_t num;
    int64_t start;  /* of its first digit, or of "trailer" */
    int64_t before; /* after the last byte in front of it that is no blank */
    int64_t end;    /* after "obj" */
};

/* What has been read so far: two whole numbers and letters of "obj"; letters of "trailer" and '<'
 * behind them; and, beside it, what began before a comment and may go on behind. */
struct bodies {
    struct {
        uint64_t value;
        int64_t start, before;
    } number[2];
    int numbers; /* how many of them stand directly before */
    bool in_digits, fraction;
    int obj;
    size_t word;
    int64_t word_start;
    int angles;
    int64_t solid; /* after the last byte that is no blank */
    struct {
        bool in_comment, in_digits;
        int numbers; /* in front of the comment, two at most, and those behind it */
        int obj, angles;
        int hash, letter; /* digits of "#6f" that are waited for, and what they say */
        int64_t trailer;  /* the word in front of it; -1 */
    } split;
};

void bodies_begin(struct bodies *b, int64_t at);
/* One byte more, the one at this offset; how many bodies it ends, which are put into out. */
size_t bodies_take(struct bodies *b, unsigned char c, int64_t at, struct body out[2]);

/* As many bytes as there are, up to the first that ends a body; *used says how many were taken. */
size_t bodies_pass(struct bodies *b, const unsigned char *p, size_t n, int64_t at, size_t *used,
                   struct body out[2]);

/* Every body that stands in [from, end) of a file, until fn returns other than 0. */
int bodies_scan(struct pdf *pdf, int64_t from, int64_t end,
                int (*fn)(void *self, const struct body *b, struct err *e), void *self,
                struct err *e);

/* Where the word "stream" stands next, "endstream" not counted. Begin with {at + 1, at, end}: asked
 * in ascending order, each byte is looked at once. */
struct body_words {
    int64_t from, at; /* the first one from `from` on stands at `at`; `end`: none */
    int64_t end;
};
int bodies_stream(struct pdf *pdf, struct body_words *w, int64_t from, struct err *e);

#endif
