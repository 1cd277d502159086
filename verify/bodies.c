#include "verify/bodies.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "pdf/file/pdf.h"

static const char obj[] = "obj", trailer[] = "trailer";
enum { OBJ = sizeof obj - 1, TRAILER = sizeof trailer - 1 };

void bodies_begin(struct bodies *b, int64_t at)
{
    *b = (struct bodies){.solid = at, .split.trailer = -1};
}

/* Also what is one for some readers only (pdf.js, qpdf, PDFium), and signs, which they skip in
 * front of a number. */
static bool is_blank(unsigned char c)
{
    return (c >= '\t' && c <= '\r') || c == 0 || c == ' ' || c == '+' || c == '-' || c == 0x80 ||
           c == 0xa0 || c == 0xff;
}

static void digit_take(struct bodies *b, unsigned char c, int64_t at)
{
    if (!b->in_digits) {
        if (b->numbers == 2)
            b->number[0] = b->number[1];
        else
            b->numbers++;
        b->number[b->numbers - 1].value = 0;
        b->number[b->numbers - 1].start = at;
        b->number[b->numbers - 1].before = b->solid;
        b->in_digits = true;
    }
    uint64_t *value = &b->number[b->numbers - 1].value;
    if (*value <= UINT32_MAX)
        *value = *value * 10 + (uint64_t)(c - '0');
}

static bool trailer_take(struct bodies *b, unsigned char c, int64_t at)
{
    bool found = false;

    if (b->word == TRAILER && !is_blank(c)) {
        b->angles = c == '<' ? b->angles + 1 : 0;
        found = b->angles == 2;
        b->word = b->angles == 1 ? b->word : 0;
        b->angles = b->word == 0 ? 0 : b->angles;
    }
    if (b->word < TRAILER) {
        b->word = c == (unsigned char)trailer[b->word] ? b->word + 1 : c == 't';
        b->word_start = b->word == 1 ? at : b->word_start;
    }
    return found;
}

static bool object_take(struct bodies *b, unsigned char c, int64_t at)
{
    bool found = false;

    if (b->fraction && isdigit(c))
        return false;
    b->fraction = c == '.' && b->in_digits; /* "4.0 0 obj" is object 4 for PDFium */
    if (b->fraction)
        return false;
    if (isdigit(c)) {
        digit_take(b, c, at);
        b->obj = 0;
    } else if (is_blank(c)) {
        b->in_digits = false;
        b->numbers = b->obj > 0 ? 0 : b->numbers;
        b->obj = 0;
    } else {
        if (b->numbers == 2 && c == (unsigned char)obj[b->obj])
            found = ++b->obj == OBJ;
        else
            b->numbers = 0;
        if (found || b->numbers == 0)
            b->numbers = b->obj = 0;
        b->in_digits = false;
    }
    return found;
}

static void split_end(struct bodies *b)
{
    b->split.numbers = b->split.obj = b->split.angles = b->split.hash = 0;
    b->split.trailer = -1;
}

/* What stands in front of this '%' may go on behind the end of the line, for who skips comments.
 * The bytes of the comment are read as well: it is none where the '%' stands in data. */
static void comment_begin(struct bodies *b)
{
    if (b->word == TRAILER && b->angles == 0)
        b->split.trailer = b->word_start;
    if (b->obj == 0 && b->numbers > b->split.numbers)
        b->split.numbers = b->numbers;
    b->split.in_comment = b->split.numbers > 0 || b->split.trailer >= 0;
}

/* MuPDF takes letters of "obj" that are written as in names: "#6fbj". */
static void hash_begin(struct bodies *b)
{
    if (b->numbers < 2 || b->split.in_comment)
        return;
    b->split.numbers = 2;
    b->split.obj = b->obj;
    b->split.hash = 1;
}

/* A byte of "#6f"; true when it is the last one, and *c the letter. */
static bool hash_take(struct bodies *b, unsigned char *c)
{
    if (!isxdigit(*c)) {
        split_end(b);
        return false;
    }
    int digit = isdigit(*c) ? *c - '0' : (*c | 0x20) - 'a' + 10;
    b->split.letter = b->split.hash == 1 ? digit : b->split.letter * 16 + digit;
    b->split.hash = b->split.hash == 1 ? 2 : 0;
    *c = (unsigned char)b->split.letter;
    return b->split.hash == 0;
}

/* 1: an object, 2: a trailer. */
static int split_take(struct bodies *b, unsigned char c)
{
    if (b->split.in_comment) {
        b->split.in_comment = c != '\n' && c != '\r';
        b->split.in_digits = false;
        return 0;
    }
    bool waiting = b->split.numbers > 0 || b->split.trailer >= 0;
    bool letter = waiting && b->split.hash > 0;
    if (letter && !hash_take(b, &c))
        return 0;
    if (!letter && waiting && c == '#' && b->split.numbers >= 2) {
        b->split.hash = 1;
        return 0;
    }
    if (letter && c != (unsigned char)obj[b->split.obj]) {
        split_end(b);
        return 0;
    }
    if (!waiting || (is_blank(c) && b->split.obj == 0)) {
        b->split.in_digits = false;
        return 0;
    }
    if (c == '%' && b->split.obj == 0 && b->split.angles == 0) {
        b->split.numbers = b->split.numbers > 2 ? 2 : b->split.numbers;
        b->split.in_comment = true;
        return 0;
    }
    if (c == '.' && b->split.in_digits)
        return 0;
    if (c == '<' && b->split.trailer >= 0)
        return ++b->split.angles == 2 ? 2 : 0;
    if (isdigit(c) && b->split.obj == 0 && b->split.numbers > 0) {
        b->split.trailer = -1;
        b->split.numbers += b->split.in_digits ? 0 : 2; /* one in front and one behind: 3 */
        b->split.in_digits = true;
        if (b->split.numbers > 4) /* both stand behind it */
            split_end(b);
        return 0;
    }
    if (b->split.numbers >= 2 && c == (unsigned char)obj[b->split.obj])
        return ++b->split.obj == OBJ ? 1 : 0;
    split_end(b);
    return 0;
}

size_t bodies_take(struct bodies *b, unsigned char c, int64_t at, struct body out[2])
{
    size_t n = 0;
    int split = split_take(b, c);

    if (split != 0) {
        out[n++] = (struct body){.kind = split == 1 ? BODY_SPLIT : BODY_TRAILER,
                                 .start = split == 1 ? at : b->split.trailer};
        split_end(b);
    }
    if (c == '%')
        comment_begin(b);
    else if (c == '#' && b->split.hash == 0)
        hash_begin(b);
    if (trailer_take(b, c, at))
        out[n++] = (struct body){.kind = BODY_TRAILER, .start = b->word_start};
    if (object_take(b, c, at))
        out[n++] = (struct body){BODY_OBJECT, b->number[0].value, b->number[0].start,
                                 b->number[0].before, at + 1};
    if (!is_blank(c))
        b->solid = at + 1;
    return n;
}

/* How many of these bytes change nothing: nothing has begun before them, and neither a digit nor
 * the first letter of "trailer" is among them. Most bytes of data are so. */
static size_t idle_run(struct bodies *b, const unsigned char *p, size_t n, int64_t at)
{
    size_t i = 0;

    if (b->numbers > 0 || b->word > 0 || b->fraction || b->split.numbers > 0 ||
        b->split.trailer >= 0 || b->split.in_comment)
        return 0;
    while (i < n && p[i] != (unsigned char)trailer[0] && !isdigit(p[i]))
        i++;
    for (size_t k = i; k > 0; k--) {
        if (!is_blank(p[k - 1])) {
            b->solid = at + (int64_t)k;
            break;
        }
    }
    return i;
}

size_t bodies_pass(struct bodies *b, const unsigned char *p, size_t n, int64_t at, size_t *used,
                   struct body out[2])
{
    size_t found = 0;

    for (*used = 0; *used < n && found == 0;) {
        *used += idle_run(b, p + *used, n - *used, at + (int64_t)*used);
        if (*used < n) {
            found = bodies_take(b, p[*used], at + (int64_t)*used, out);
            ++*used;
        }
    }
    return found;
}

int bodies_scan(struct pdf *pdf, int64_t from, int64_t end,
                int (*fn)(void *self, const struct body *b, struct err *e), void *self,
                struct err *e)
{
    enum { WINDOW = 1 << 16 };
    unsigned char *window = malloc(WINDOW);
    int rc = window != NULL ? 0 : err_set_memory(e);
    struct bodies bodies;
    struct body found[2];

    bodies_begin(&bodies, from);
    while (rc == 0 && from < end) {
        size_t take = end - from > WINDOW ? WINDOW : (size_t)(end - from);
        rc = pdf_pread(pdf, window, take, from, e);
        for (size_t i = 0, used; i < take && rc == 0; i += used) {
            size_t n = bodies_pass(&bodies, window + i, take - i, from + (int64_t)i, &used, found);
            for (size_t k = 0; k < n && rc == 0; k++)
                rc = fn(self, &found[k], e);
        }
        from += (int64_t)take;
    }
    free(window);
    return rc;
}

int bodies_stream(struct pdf *pdf, struct body_words *w, int64_t from, struct err *e)
{
    enum { WINDOW = 1 << 14, WORD = 6, BACK = 3 };
    char window[WINDOW];

    if (from >= w->from && from <= w->at)
        return 0;
    w->from = from;
    for (w->at = w->end; from < w->end; from += WINDOW - WORD - BACK) {
        size_t n = w->end - from < WINDOW ? (size_t)(w->end - from) : WINDOW;
        if (pdf_pread(pdf, window, n, from, e) != 0)
            return -1;
        for (char *p = window; (p = memmem(p, n - (size_t)(p - window), "stream", WORD)); p++) {
            bool seen = p - window < BACK && from != w->from; /* by the window before */
            if (seen || (p - window >= BACK && memcmp(p - BACK, "end", BACK) == 0))
                continue;
            w->at = from + (p - window);
            return 0;
        }
    }
    return 0;
}
