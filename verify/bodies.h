/* Private to verify/: what looks like the start of an object, or of a trailer, anywhere in the
 * bytes of a file: in data, in strings, with comments between its words. */
#ifndef PARAPHE_VERIFY_BODIES_H
#define PARAPHE_VERIFY_BODIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
    bool in_digits;
    int obj;
    size_t word;
    int64_t word_start;
    int angles;
    int64_t solid; /* after the last byte that is no blank */
    struct {
        bool in_comment, in_digits;
        int numbers; /* in front of the comment, two at most, and those behind it */
        int obj, angles;
        int64_t trailer; /* the word in front of it; -1 */
    } split;
};

void bodies_begin(struct bodies *b, int64_t at);
/* One byte more, the one at this offset; how many bodies it ends, which are put into out. */
size_t bodies_take(struct bodies *b, unsigned char c, int64_t at, struct body out[2]);

#endif
