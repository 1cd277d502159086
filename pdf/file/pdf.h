/* Reads any PDF by windows of its file: revisions, objects as of a revision, byte offsets, decoded
 * streams.
 *
 * Nothing is repaired: a file whose cross-reference is broken is refused, because what we sign must
 * be read the same by all readers. Memory: 24 bytes a cross-reference entry, one window, and a
 * cache with a ceiling; it never follows the size of streams. The file must not change while it is
 * open. One struct pdf belongs to one thread.
 *
 * Revisions (7.5.6) are numbered from 0, the oldest. A look-up "as of revision r" sees what a
 * reader saw when the file ended with r; PDF_LATEST is the newest. A linearised file counts as one
 * revision, its two cross-reference sections together.
 *
 * Errors (kind ERR_INPUT unless said): err.pdf-file.not-pdf, .header-shifted, .truncated, .xref (a
 * broken cross-reference), .object (a damaged object), .stream (damaged stream data), .filter (an
 * unknown filter), .limit, .needs-password, .wrong-password, .encryption (a handler we do not
 * know), .loop, .page; each sentence says what to do. */
#ifndef PARAPHE_PDF_FILE_PDF_H
#define PARAPHE_PDF_FILE_PDF_H

#include "pdf/file/pdf_value.h"

struct task;
struct pdf;

enum { PDF_LATEST = -1 };

struct pdf_options {
    /* User or owner password, as bytes; NULL: the empty one. UTF-8 for AES-256 files; for older
     * ones it is turned into PDFDocEncoding and, if that does not open the file, tried as it is. */
    const unsigned char *password;
    size_t password_len;
    int64_t max_objects; /* 0: ceilings.pdf_objects */
    int64_t max_cache;   /* bytes held by pdf_fetch; 0: ceilings.pdf_cache_bytes */
};

/* Opens a PDF over a descriptor, which stays the caller's and must outlive it; read by pread only.
 * options may be NULL. */
int pdf_open(struct pdf **out, int fd, const struct pdf_options *options, struct err *e);
void pdf_close(struct pdf *pdf); /* NULL is allowed */

/* Loads what OpenSSL loads late, for the warm() of tasks: a sandbox forbids it afterwards. */
void pdf_warm(void);

int64_t pdf_size(const struct pdf *pdf); /* bytes of the file */
int pdf_version(
    const struct pdf *pdf); /* 17 for 1.7, 20 for 2.0: header, or the catalog's /Version if later */
bool pdf_is_linearized(const struct pdf *pdf); /* the first revision is */
/* Bytes of the file as they stand. -1 when the range is not inside the file. */
int pdf_pread(const struct pdf *pdf, void *to, size_t n, int64_t offset, struct err *e);

/* ---- revisions ---- */
enum pdf_xref_kind { PDF_XREF_TABLE, PDF_XREF_STREAM, PDF_XREF_HYBRID };

struct pdf_revision {
    int64_t start; /* 0, or the end of the revision before */
    int64_t end;   /* after %%EOF and its EOL (CR LF, LF or CR), when there is one */
    int64_t eof; /* after the F of %%EOF: a signer may have ended the file anywhere in [eof, end] */
    int64_t startxref; /* offset of its newest section: what its startxref says */
    enum pdf_xref_kind kind;
    int sections; /* 1; more for linearised files and for sections that no %%EOF ends */
    const struct pdf_value *trailer; /* dictionary; owned by the pdf */
    uint32_t size;                   /* /Size */
};
int pdf_revision_count(const struct pdf *pdf);
const struct pdf_revision *pdf_revision_at(const struct pdf *pdf,
                                           int revision); /* PDF_LATEST allowed; NULL outside */
/* The oldest revision whose file contains the byte before `end`, when some revision's [eof, end]
 * contains `end`; -1 else. For a ByteRange that ends at `end`. */
int pdf_revision_ending(const struct pdf *pdf, int64_t end);
/* Whether the startxref at a revision's end names its newest section: else who opened the file that
 * ended there saw other objects than the sections that later revisions go on from. */
bool pdf_revision_own(struct pdf *pdf, int revision);
/* Whether sections and end of a revision are written in a way that some readers do not take: they
 * rebuild the list of objects then. Blanks or comments where a place is said to lead to, rows of
 * another form than 20 bytes, a startxref too far from the end or with other things behind it, a
 * /Size that is too large for them or too small for the rows, keys that
 * nobody knows, a hybrid section. */
bool pdf_revision_odd(struct pdf *pdf, int revision);
/* Whether a table of the revision goes on from a stream: Ghostscript rebuilds the list, but takes
 * what stands in object streams for the newest. */
bool pdf_revision_mixed(const struct pdf *pdf, int revision);
/* Whether "12 0 obj" stands at this offset, with one blank between its words and
 * one in front. */
bool pdf_place_plain(struct pdf *pdf, int64_t offset);
/* Bytes after the newest revision's end; a signed file has none. */
int64_t pdf_tail(const struct pdf *pdf);

/* ---- the cross-reference ---- */
enum pdf_place_kind { PDF_PLACE_FREE, PDF_PLACE_FILE, PDF_PLACE_PACKED };
struct pdf_place {
    enum pdf_place_kind kind; /* an object that no section names is PDF_PLACE_FREE */
    int revision;             /* the one that put it there; -1 when no section names it */
    uint32_t gen;
    int64_t offset;            /* FILE: of its number in "12 0 obj" */
    uint32_t container, index; /* PACKED: object stream and place in it */
};
enum pdf_change_kind {
    PDF_CHANGE_SAME, /* listed again with the same place */
    PDF_CHANGE_ADDED,
    PDF_CHANGE_REPLACED,
    PDF_CHANGE_FREED
};
struct pdf_change {
    uint32_t num;
    enum pdf_change_kind kind;
    struct pdf_place place;
};
uint32_t pdf_object_limit(const struct pdf *pdf,
                          int revision); /* all object numbers are below it */
struct pdf_place pdf_place_of(const struct pdf *pdf, uint32_t num, int revision);
/* What a revision's sections list, in ascending object numbers; for revision 0 all is ADDED (or
 * FREED when listed as free). An object stream that a revision replaces changes the objects packed
 * in it even when they are not listed: see pdf_change_packed. */
size_t pdf_change_count(const struct pdf *pdf, int revision);
int pdf_change_at(const struct pdf *pdf, int revision, size_t i, struct pdf_change *out);
/* Whether an object's bytes differ between two revisions by its place: another place, or packed in
 * an object stream that itself was replaced. */
bool pdf_moved(const struct pdf *pdf, uint32_t num, int from, int to);
/* Where the whole object "12 0 obj ... endobj" stands: [start, end). Refuses packed and free
 * objects (err.pdf-file.object). */
int pdf_object_span(struct pdf *pdf, uint32_t num, int revision, int64_t *start, int64_t *end,
                    struct err *e);
/* The number of the i-th object that an object stream holds, listed or not; -1 when there is none,
 * or no such stream. */
int pdf_packed_number(struct pdf *pdf, uint32_t container, int revision, uint32_t index,
                      uint32_t *num);
/* Whether an object stream is unpacked whole: its data decode, and in front of its first object
 * stand as many pairs as /N says and nothing else. Of any other one, readers take what they can. */
bool pdf_packed_whole(struct pdf *pdf, uint32_t container, int revision);
/* Where the i-th section stands of those that the chain from the last startxref reaches, ascending,
 * and -1 for none; the streams beside the tables of hybrid files are sections of their own. */
int64_t pdf_section_at(const struct pdf *pdf, size_t i);
bool pdf_section_within(const struct pdf *pdf, int64_t from, int64_t to); /* one in [from, to) */
/* The number in front of the i-th one, when it is a stream; 0: a table. *taken: another object, and
 * no section, has that number in the revision. */
uint32_t pdf_section_number(struct pdf *pdf, size_t i, int revision, bool *taken);
/* Whether the word "trailer" at this offset is that of such a section. */
bool pdf_trailer_reached(const struct pdf *pdf, int64_t offset);
/* Whether streams of a revision's own sections lead to others than the chain does. */
bool pdf_revision_strays(const struct pdf *pdf, int revision);
/* Whether the object is a cross-reference stream that the chain does not reach, and that says
 * something else than the revision does: another place of an object, or another section before it.
 * Readers that gather all sections of a file go by it; so does one that cannot be read here. */
int pdf_section_strays(struct pdf *pdf, uint32_t num, int revision, bool *out, struct err *e);
/* Where the sections of a revision and older ones say that object 0 stands, which is none (7.5.4);
 * some readers load it all the same. -1: nowhere. */
int64_t pdf_zero_offset(const struct pdf *pdf, int revision);
/* Objects of hybrid files that readers of tables and readers of streams see differently (7.5.8.4):
 * the number of them over all revisions, and the i-th object number. Signing refuses such a file.
 */
size_t pdf_double_view_count(const struct pdf *pdf);
uint32_t pdf_double_view_at(const struct pdf *pdf, size_t i);

/* ---- objects ---- */
/* An object parsed anew; the caller owns it. A free or absent object is a PDF_NULL value, as the
 * standard says. A generation other than that of the cross-reference counts as absent. */
int pdf_load(struct pdf *pdf, struct pdf_ref ref, int revision, struct pdf_value **out,
             struct err *e);
/* The same out of the cache: borrowed until pdf_drop_cache or pdf_close. err.pdf-file.limit when
 * the cache would pass its ceiling: walk large structures with pdf_load. NULL and err on failure,
 * never NULL otherwise. */
const struct pdf_value *pdf_fetch(struct pdf *pdf, struct pdf_ref ref, int revision, struct err *e);
void pdf_drop_cache(struct pdf *pdf);
/* v itself, or what it refers to, through at most 16 references. Borrowed. NULL stays NULL without
 * an error... */
const struct pdf_value *pdf_resolve(struct pdf *pdf, const struct pdf_value *v, int revision,
                                    struct err *e);
/* ...as do these, so that look-ups chain: NULL with e filled on failure, NULL with e untouched when
 * absent or null. Ask err_is_set(e) once, at the end. `dict` may itself be a reference or a stream.
 */
const struct pdf_value *pdf_get(struct pdf *pdf, const struct pdf_value *dict, const char *key,
                                int revision, struct err *e);
const struct pdf_value *pdf_get_at(struct pdf *pdf, const struct pdf_value *array, size_t i,
                                   int revision, struct err *e);
/* Keys joined by '/': pdf_path(pdf, catalog, "AcroForm/Fields", ...). */
const struct pdf_value *pdf_path(struct pdf *pdf, const struct pdf_value *dict, const char *path,
                                 int revision, struct err *e);
/* The trailer's dictionary, and the catalog, as of a revision. */
const struct pdf_value *pdf_trailer(const struct pdf *pdf, int revision);
const struct pdf_value *pdf_catalog(struct pdf *pdf, int revision, struct err *e);
struct pdf_ref pdf_catalog_ref(const struct pdf *pdf, int revision);

/* ---- encryption ---- */
struct pdf_encryption {
    const char *method;  /* "RC4-40", "RC4-128", "AES-128", "AES-256", "none" (Identity) */
    int revision;        /* /R of the standard handler */
    int64_t permissions; /* /P as signed 32 bits; -1 when not encrypted */
    bool owner;          /* opened by the owner password: permissions do not bind */
    bool metadata;       /* metadata is encrypted */
};
bool pdf_is_encrypted(const struct pdf *pdf);
bool pdf_encryption_of(const struct pdf *pdf,
                       struct pdf_encryption *out); /* false when not encrypted */
/* What the permissions allow (7.6.4.2): filling forms and signing existing fields (bit 9 or 6),
 * adding annotations and fields (bit 6), changing the document (bit 4). True when not encrypted or
 * opened by the owner. */
bool pdf_allows_fill(const struct pdf *pdf);
bool pdf_allows_annotate(const struct pdf *pdf);
bool pdf_allows_modify(const struct pdf *pdf);

/* ---- signatures: A1 ---- */
/* Bytes of the two entries in the file as they stand, of a signature dictionary given by its object
 * number. contents: from
 * '<' to after '>'. ranges: the four numbers of /ByteRange. -1 with
 *   err.pdf-file.sig-packed   the dictionary stands in an object stream, or is no indirect object
 * of its own err.pdf-file.sig-form     /Contents is no direct hexadecimal string, or /ByteRange no
 * array of four integers >= 0, or an entry stands there twice (kind ERR_SIGNATURE). */
struct pdf_sig_span {
    int64_t contents_start, contents_end;
    int64_t ranges_start, ranges_end;
    int64_t range[4];
    int64_t object_start, object_end;
};
int pdf_sig_span(struct pdf *pdf, uint32_t num, int revision, struct pdf_sig_span *out,
                 struct err *e);

/* ---- streams ---- */
enum pdf_decode {
    PDF_DECODE_RAW,   /* as in the file, still encrypted */
    PDF_DECODE_CRYPT, /* decrypted, filters left */
    PDF_DECODE_ALL    /* filters undone; an image filter (DCT, JPX, CCITT, JBIG2) is
                         err.pdf-file.filter */
};
/* The data of a stream of this file, appended to out; more than max bytes is err.pdf-file.limit. */
int pdf_stream_data(struct pdf *pdf, const struct pdf_value *stream, int revision,
                    enum pdf_decode decode, size_t max, struct buf *out, struct err *e);
/* The same piece by piece, for large ones. pdf_stream_read returns the bytes put into `to`, 0 at
 * the end, -1 on failure. */
struct pdf_stream;
int pdf_stream_open(struct pdf_stream **out, struct pdf *pdf, const struct pdf_value *stream,
                    int revision, enum pdf_decode decode, struct err *e);
int64_t pdf_stream_read(struct pdf_stream *s, void *to, size_t n, struct err *e);
void pdf_stream_close(struct pdf_stream *s); /* NULL is allowed */

/* ---- pages and trees; loops and depth are guarded (err.pdf-file.loop) ---- */
int pdf_page_count(struct pdf *pdf, int revision, int64_t *out,
                   struct err *e); /* by walking, not by /Count */
/* The page of this index, from 0; err.pdf-file.page when there is none. */
int pdf_page_ref(struct pdf *pdf, int64_t index, int revision, struct pdf_ref *out, struct err *e);
/* Calls fn for each page in order until it returns other than 0, which is then returned. The page
 * value is borrowed for the call. Kids that are no indirect dictionaries are err.pdf-file.page. */
int pdf_page_walk(struct pdf *pdf, int revision,
                  int (*fn)(void *self, int64_t index, struct pdf_ref ref,
                            const struct pdf_value *page, struct err *e),
                  void *self, struct err *e);
/* An attribute that pages inherit (Resources, MediaBox, CropBox, Rotate): a copy that the caller
 * owns, with references resolved at the top; *out is NULL when absent. */
int pdf_page_attribute(struct pdf *pdf, struct pdf_ref page, const char *key, int revision,
                       struct pdf_value **out, struct err *e);
/* Leaves of a name tree (keys are strings) or of a number tree (integers), in order; fn as above.
 * `root` may be NULL. */
int pdf_tree_walk(struct pdf *pdf, const struct pdf_value *root, int revision,
                  int (*fn)(void *self, const struct pdf_value *key, const struct pdf_value *value,
                            struct err *e),
                  void *self, struct err *e);
/* The decoded bytes of the embedded file of this name (ISO 32000-2 7.11.4), appended to out: 1, 0
 * when there is none, -1. */
int pdf_embedded_file(struct pdf *pdf, int revision, const char *name, struct buf *out,
                      struct err *e);

#endif
