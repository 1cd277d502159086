/* What the files of this room share. Nobody else includes it. */
#ifndef PARAPHE_PDF_FILE_PDF_INTERNAL_H
#define PARAPHE_PDF_FILE_PDF_INTERNAL_H

#include "base/buf.h"
#include "base/err.h"
#include "pdf/file/pdf.h"

struct pdf_crypt;
struct pdf_cache;
struct pdf_packs;

/* ---- windows of the file ---- */
enum { WINDOW_BYTES = 16384, WINDOWS = 4 };
struct pdf_window {
    int64_t base; /* -1: empty */
    size_t len;
    uint64_t used; /* clock of the last use */
    unsigned char *bytes;
};

/* ---- cross-reference: one array a revision, sorted by number ---- */
enum {
    XENT_STREAM = 1, /* stood in a cross-reference stream: readers of tables do not see it */
    XENT_HIDDEN = 2, /* and the table beside it says that it is free */
    XENT_ZERO = 4    /* object 0, said to be in use: free all the same, `where` is kept */
};
struct pdf_xent {
    int64_t where; /* FILE: offset; PACKED: number of the object stream */
    uint32_t num;
    uint32_t gen; /* PACKED: index in the object stream */
    uint8_t kind; /* enum pdf_place_kind */
    uint8_t flags;
};
_Static_assert(sizeof(struct pdf_xent) <= 24, "24 bytes an object are promised");

/* A hybrid section whose table and stream both name an object in use, in different places. */
struct pdf_conflict {
    struct pdf_xent stream;
    int64_t section;
};

struct pdf_xlist {
    struct pdf_xent *items;
    size_t count, cap;
};

struct pdf_rev {
    struct pdf_revision pub;
    struct pdf_xlist entries;
    struct pdf_value *trailer; /* owned; pub.trailer is the same */
};

/* Where a section that the chain reaches stands; -1: it has no such part. */
struct pdf_reached {
    int64_t section, trailer; /* trailer: the word */
    int64_t hybrid;           /* the stream beside the table */
    int64_t said;             /* where startxref or /Prev says that it stands */
    bool loose;               /* rows that are not all of the form of 7.5.4 or 7.5.8.3 */
    bool beside_odd;          /* the stream beside the table is not one that every reader takes */
    bool strays;              /* its streams lead to other sections than the chain */
    uint32_t num, hybrid_num; /* of these streams; 0: none */
};

/* One cross-reference section while the chain is read. */
struct pdf_section {
    int64_t offset, end;  /* of the section with its trailer */
    int64_t word, hybrid; /* of "trailer", and of the stream beside a table; -1 */
    int64_t said;
    bool loose, beside_odd;
    int64_t hybrid_prev;  /* where the stream beside the table goes on; 0: nowhere, -1: odd */
    int64_t eof, eof_end; /* of the %%EOF behind it; -1 */
    int64_t prev;         /* -1: none */
    uint32_t num, hybrid_num;
    enum pdf_xref_kind kind;
    struct pdf_xlist entries;
    struct pdf_value *trailer;
};

struct pdf {
    int fd;
    int64_t size;
    int64_t max_objects, max_cache;
    struct pdf_window windows[WINDOWS];
    uint64_t clock, loads;
    int io_errno; /* of a failed read; 0 */
    int version;
    bool linearized;
    struct pdf_rev *revs; /* oldest first */
    int nrevs;
    size_t nentries;             /* over all sections */
    struct pdf_reached *reached; /* newest first, as /Prev links them */
    int nreached;
    struct pdf_stand {
        int64_t at;
        uint32_t num;
    } * sections; /* all of them, ascending */
    size_t nsections;
    int64_t tail;
    uint32_t *doubles;
    struct pdf_conflict *conflicts; /* while the chain is read */
    size_t nconflicts;
    size_t ndoubles, doubles_cap;
    struct pdf_cache *cache;
    struct pdf_packs *packs;
    struct pdf_crypt *crypt; /* NULL: not encrypted, or not yet known */
    int loading;             /* depth of pdf_load within pdf_load (/Length) */
};

/* ---- bytes of the file or of a decoded object stream, one after the other ---- */
struct pdf_src {
    struct pdf *pdf;          /* NULL: memory */
    const unsigned char *mem; /* memory: byte 0 is position 0 */
    int64_t pos, end;
    /* The window last used, valid while no window was loaded since. */
    const unsigned char *near;
    int64_t near_base, near_end;
    uint64_t loads;
};
enum { SRC_END = -1 };
const unsigned char *pdf_window_at(struct pdf *pdf, int64_t pos,
                                   size_t *n); /* NULL after a failed read */
void src_file(struct pdf_src *s, struct pdf *pdf, int64_t pos);
void src_memory(struct pdf_src *s, const void *bytes, size_t n);
int src_peek(struct pdf_src *s); /* byte or SRC_END */
int src_next(struct pdf_src *s);
/* What lies at the position, n bytes in one piece; NULL at the end. Nothing is consumed. */
const unsigned char *src_piece(struct pdf_src *s, size_t *n);
/* The first place in [from, to) where the n bytes stand, or the last one; -1 when nowhere. n <= 16.
 */
int64_t src_find(struct pdf *pdf, int64_t from, int64_t to, const char *bytes, size_t n);
int64_t src_find_last(struct pdf *pdf, int64_t from, int64_t to, const char *bytes, size_t n);

/* ---- tokens ---- */
enum pdf_token_kind {
    TOKEN_END,
    TOKEN_INT,
    TOKEN_REAL,
    TOKEN_STRING,
    TOKEN_NAME,
    TOKEN_ARRAY,
    TOKEN_ARRAY_END,
    TOKEN_DICT,
    TOKEN_DICT_END,
    TOKEN_WORD,
    TOKEN_BAD,   /* no PDF */
    TOKEN_LARGE, /* over a limit */
    TOKEN_MEMORY
};
struct pdf_token {
    enum pdf_token_kind kind;
    int64_t start, end;
    int64_t integer;
    double real;
    bool hex;
    char word[24];
    struct buf bytes; /* of strings and names; belongs to the token */
};
bool lex_is_space(int c);
bool lex_is_delimiter(int c);
int lex_hex(int c);               /* value of a digit, or -1 */
void lex_skip(struct pdf_src *s); /* white space and comments */
void token_init(struct pdf_token *t);
void token_free(struct pdf_token *t);
void lex_next(struct pdf_src *s, struct pdf_token *t);
bool token_is(const struct pdf_token *t, const char *word);

/* ---- parser ---- */
/* One value, ended by a word that is no part of it ("endobj", "stream", "trailer"...), which is
 * left in `t`; or by the end. Returns 0; -1 with e: err.pdf-file.object of `num` at a byte, or
 * .limit. */
struct parse {
    struct pdf_src *src;
    struct pdf_token t;
    uint32_t num;  /* for messages */
    bool offsets;  /* positions are file offsets */
    size_t values; /* made so far */
    struct err *e;
};
int parse_value(struct parse *p, struct pdf_value *out);
/* One value and nothing behind it looked at, for object streams: objects stand there without a word
 * between them. */
int parse_one(struct parse *p, struct pdf_value *out);
/* For content streams: 1 and an operand; 0 and a word (an operator) or the end, left in t; -1 when
 * it is no PDF. */
int parse_operand(struct parse *p, struct pdf_value *out);
int parse_fail(const struct parse *p);
/* "12 0 obj" at the position: checks the number; -1 and err.pdf-file.object. */
int parse_object_head(struct parse *p, uint32_t num, uint32_t *gen, int64_t *start);
int value_push(struct pdf_value *array, struct pdf_value *item, size_t *cap, struct err *e);

/* ---- errors with numbers ---- */
int fail_object(struct err *e, uint32_t num, int64_t at);
int fail_stream(struct err *e, uint32_t num);
int fail_xref(struct err *e, int64_t at);
int fail_limit(struct err *e, const char *what_id,
               int64_t limit);                 /* what_id: text pdf-file.limit-... */
int fail_read(struct pdf *pdf, struct err *e); /* after pdf->io_errno */

/* ---- cross-reference ---- */
int xlist_add(struct pdf *pdf, struct pdf_xlist *list, const struct pdf_xent *x, struct err *e);
void xlist_free(struct pdf_xlist *list);
/* Sorts by number; two different entries for one number are err.pdf-file.xref at `at`. */
int xlist_sort(struct pdf_xlist *list, int64_t at, struct err *e);
/* Entries of `older` that `newer` does not name are added to newer; older is emptied. Both sorted.
 */
int xlist_merge(struct pdf *pdf, struct pdf_xlist *newer, struct pdf_xlist *older, struct err *e);
bool xent_same(const struct pdf_xent *x, const struct pdf_xent *y); /* the same place */
const struct pdf_xent *xlist_find(const struct pdf_xlist *list, uint32_t num);
int double_view_add(struct pdf *pdf, uint32_t num, struct err *e);
/* Reads the section at s->offset, of either kind: fills end, prev, kind, entries (sorted), trailer.
 */
int section_read(struct pdf *pdf, struct pdf_section *s, struct err *e);
int section_read_table(struct pdf *pdf, struct pdf_section *s, struct err *e);
int section_read_stream(struct pdf *pdf, struct pdf_section *s, struct err *e);
void section_free(struct pdf_section *s);
int chain_read(struct pdf *pdf, struct err *e);     /* fills revs, tail, doubles */
int rev_index(const struct pdf *pdf, int revision); /* PDF_LATEST resolved; -1 outside */

/* Whether the stream beside a table says of the file what the table's trailer says, and in the form
 * that all readers take. pdf_plain.c */
bool beside_plain(struct pdf *pdf, const struct pdf_section *table,
                  const struct pdf_section *beside);
/* The place of the first byte from `at` on that is neither blank nor in a comment. */
int64_t solid_from(struct pdf *pdf, int64_t at);

/* ---- objects ---- */
/* Reads the object that starts at an offset. num 0: any number; *ref says which. Used before the
 * cross-reference is known: then /Length must be direct (revision OBJECT_NO_XREF). */
enum { OBJECT_NO_XREF = -2 };
int object_read(struct pdf *pdf, int64_t offset, uint32_t num, int revision, struct pdf_value *out,
                struct pdf_ref *ref, int64_t *end, struct err *e);
int packed_read(struct pdf *pdf, const struct pdf_place *place, uint32_t num, int revision,
                struct pdf_value *out, struct err *e);
size_t value_size(const struct pdf_value *v); /* memory held */
void cache_free(struct pdf *pdf);
void packs_free(struct pdf *pdf);
int cache_new(struct pdf *pdf, struct err *e);

/* A set of object numbers, for guards against loops: one bit a number. */
struct pdf_seen {
    unsigned char *bits;
    uint32_t limit;
};
int seen_init(struct pdf_seen *s, uint32_t limit, struct err *e);
bool seen_add(struct pdf_seen *s,
              uint32_t num); /* false when it was there already, or is outside */
void seen_free(struct pdf_seen *s);

/* ---- filters: each pulls from the one above ---- */
struct filter {
    int64_t (*read)(struct filter *f, unsigned char *to, size_t n,
                    struct err *e);  /* 0 at the end, -1 */
    void (*close)(struct filter *f); /* frees f, not up */
    struct filter *up;
    uint32_t num; /* object, for messages */
};
struct filter_in { /* bytes from above, one at a time */
    unsigned char bytes[4096];
    size_t pos, len;
    bool ended;
};
int filter_byte(struct filter *f, struct filter_in *in,
                struct err *e); /* byte, -1 end, -2 failure */
struct filter *filter_flate(void);
struct filter *filter_lzw(bool early);
struct filter *filter_hex(void);
struct filter *filter_85(void);
struct filter *filter_runs(void);
/* NULL with e for parameters that make no sense. */
struct filter *filter_predictor(int64_t predictor, int64_t colors, int64_t bits, int64_t columns,
                                uint32_t num, struct err *e);
struct filter *filter_raw(struct pdf *pdf, int64_t offset, int64_t length);

/* ---- encryption ---- */
int crypt_open(struct pdf *pdf, const struct pdf_value *dict, const struct pdf_options *options,
               struct err *e);
void crypt_free(struct pdf_crypt *c);
/* Decrypts every string below v in place; leaves /Contents of a signature. */
int crypt_value(struct pdf *pdf, struct pdf_value *v, struct pdf_ref owner, struct err *e);
/* A filter that decrypts the stream, or *out = NULL when it is not encrypted. */
int crypt_filter(struct pdf *pdf, const struct pdf_value *stream, const char *name,
                 struct filter **out, struct err *e);
/* Appends the encrypted bytes. */
int crypt_encrypt(struct pdf *pdf, struct pdf_ref owner, bool stream, const void *data, size_t len,
                  struct buf *out, struct err *e);
bool crypt_is_signature(const struct pdf_value *dict);

/* ---- printer with what the update needs ---- */
struct print {
    struct buf *out;
    struct pdf *pdf; /* encrypts strings for `owner` when not NULL and encrypted */
    struct pdf_ref owner;
    int64_t base;                                           /* file offset of out's first byte */
    int64_t hole_start, hole_end, ranges_start, ranges_end; /* -1 */
    bool twice;                                             /* a second hole or ranges was met */
    bool failed;                                            /* encryption failed: e says why */
    struct err *e;
};
enum { RANGES_DIGITS = 18 };
void print_value(struct print *p, const struct pdf_value *v);
void print_name(struct buf *out, const char *name, size_t len);

#endif
