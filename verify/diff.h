/* What each revision after a signature changed, object by object, against a short list of what may
 * change; whatever is not on the list is a modification (ISO 32000-2 12.8.2.2 Table 257 with its
 * errata; attack classes ISA, shadow, EAA, SSA). */
#ifndef PARAPHE_VERIFY_DIFF_H
#define PARAPHE_VERIFY_DIFF_H

#include "verify/sig.h"

enum grade {
    GRADE_ALWAYS,   /* DSS, document time-stamps, extensions, dates of the information dictionary:
                       also with P = 1 */
    GRADE_SIGN,     /* a new signature or an empty signature field without a place: P >= 2 */
    GRADE_PLACE,    /* a signature or an empty field with a new place on a page: as GRADE_SIGN, but
                       after a certification P = 3 */
    GRADE_FILL,     /* a form field's value: P >= 2 */
    GRADE_ANNOTATE, /* a comment: P = 3 */
    GRADE_NEVER
};

/* The changes of one revision, found once and judged for each earlier signature. */
struct change {
    enum grade grade;
    const char *kind;      /* static: "dss", "signature", "page"...; text "verify.change.KIND" */
    char *what;            /* field name, key, object number as text; NULL */
    const struct sig *sig; /* GRADE_SIGN or document time-stamp: the new one; NULL */
};
struct step {
    int revision;
    struct change *items;
    size_t count, cap;
};

/* What objects are referred to as; awaited.c. */
struct awaited {
    uint16_t *roles;   /* of each object, enum awaited_role */
    uint32_t *by;      /* the one that referred to each last; 0: none */
    uint32_t referrer; /* the one that is being looked at */
    uint32_t *open;    /* drawn, and to be looked into as such; each object once */
    size_t nopen;
    uint32_t beyond;  /* an object that stands behind the end of the revision listing it; 0 */
    int64_t guessed;  /* bytes of objects that could not be read and were looked through */
    struct buf looks; /* the default appearances (/DA) of all fields, a line each */
    uint32_t limit;
};
/* All of one revision, by looking at each of its objects once. awaited_free in any case. */
int awaited_scan(struct pdf *pdf, int revision, struct awaited *out, struct err *e);
void awaited_add(struct pdf *pdf, int revision,
                 struct awaited *a); /* of a later revision's objects */
bool awaited_has(const struct awaited *a, uint32_t num);
bool awaited_drawn(const struct awaited *a, uint32_t num);
bool awaited_placed(const struct awaited *a, uint32_t num);
bool awaited_shared(const struct awaited *a, uint32_t num);
/* Referred to as an appearance, or as a dictionary of them, and as something else as well. */
bool awaited_two_looks(const struct awaited *a, uint32_t num);
void awaited_free(struct awaited *a);

struct effort {
    int64_t work;  /* see diff_work */
    bool searched; /* the signed bytes were looked through once, which is not counted */
};

struct diff {
    struct pdf *pdf;
    const struct sigs *sigs;
    int from, to;             /* revisions */
    unsigned char *explained; /* one bit an object */
    unsigned char *widgets;   /* objects that are fields or widgets of the newer form */
    uint32_t limit;
    unsigned char *lists; /* arrays of annotations that were looked through already */
    struct step *step;
    const struct awaited *awaited; /* as of `from` */
    struct effort *effort;
};

/* effort: zeroes before the first revision; what all of them share. */
int diff_step(struct pdf *pdf, const struct sigs *sigs, int revision, const struct awaited *awaited,
              struct effort *effort, struct step *out, struct err *e);
void step_free(struct step *s);
/* Judges all later steps for each signature: fills changes and modified. judge.c */
int changes_judge(struct pdf *pdf, struct sigs *sigs, struct err *e);
/* The same up to this revision, without findings. */
int changes_judge_to(struct pdf *pdf, struct sigs *sigs, int last, struct err *e);
/* Whether the earlier signature `s` allows this later change. */
bool change_allowed(const struct sigs *sigs, const struct sig *s, const struct change *c);

/* A finding for each signature that was there before `maker`, when this one lies over text of a
 * page, or over what nobody looks into; covers.c */
int covers_judge(struct pdf *pdf, struct sigs *sigs, const struct sig *maker, struct err *e);
/* That page, from 1; 0: none, or nobody signed before. */
int covers_page(struct pdf *pdf, const struct sigs *sigs, const struct sig *maker, int64_t *page,
                struct err *e);

/* ---- parts, private to verify/ ---- */
void diff_explain(struct diff *d, uint32_t num);
bool diff_explained(const struct diff *d, uint32_t num);
/* Explains the array or dictionary that `now` refers to when it is new, or stood in this very place
 * before and was of that kind: an object that had another role is left to be accounted for, and so
 * is a stream, whose data nobody compared. */
void diff_explain_pair(struct diff *d, const struct pdf_value *old, const struct pdf_value *now);
/* Explains a reference and everything new that hangs from it; objects that were there before are
 * not touched. */
int diff_explain_new(struct diff *d, const struct pdf_value *v, int depth, struct err *e);
bool diff_is_new(const struct diff *d, uint32_t num);
bool diff_changed(const struct diff *d,
                  uint32_t num); /* listed by the newer revision with another place */
int diff_add(struct diff *d, enum grade grade, const char *kind, const char *what,
             const struct sig *sig, struct err *e);
/* Pages may share their lists of annotations, and revisions what is looked through for each of
 * them: all that has a ceiling for the whole file. A unit is some tens of nanoseconds. */
int diff_work(struct diff *d, int64_t units, struct err *e);
/* The same for who only says whether a thing fits; the caller asks diff_work for 0 then. */
bool diff_spend(const struct diff *d, int64_t units);
/* The two values mean the same without following references. */
bool diff_same(struct diff *d, const struct pdf_value *old, const struct pdf_value *now);
/* Every key but those listed (NULL-ended) is the same; else adds NEVER `kind` naming the key. */
int diff_keys(struct diff *d, const struct pdf_value *old, const struct pdf_value *now,
              const char *const *but, const char *kind, struct err *e);
bool diff_listed(const char *const *names, const char *key); /* NULL-ended */
/* diff_file.c */
int diff_trailer(struct diff *d, struct err *e);
int diff_extensions(struct diff *d, const struct pdf_value *old, const struct pdf_value *now,
                    struct err *e);
/* diff_unlisted.c */
int diff_unlisted(struct diff *d, struct err *e);
/* What lies dormant before `end`, when this revision makes readers rebuild the list; diff_dormant.c
 */
int diff_dormant(struct diff *d, int64_t end, struct err *e);
/* An object of this number exists, or is waited for. */
bool diff_matters(const struct diff *d, uint64_t num);
int diff_form(struct diff *d, const struct pdf_value *old, const struct pdf_value *now,
              struct err *e);
/* The form's default resources and appearance; diff_resources.c. */
int diff_resources(struct diff *d, const struct pdf_value *old, const struct pdf_value *now,
                   struct err *e);
/* Two default appearances of a field draw the same: iText leaves black out, MuPDF turns the order.
 */
bool diff_default_same(struct diff *d, const struct pdf_value *old, const struct pdf_value *now);
int diff_dss(struct diff *d, const struct pdf_value *old, const struct pdf_value *now,
             struct err *e);
int diff_perms(struct diff *d, const struct pdf_value *old, const struct pdf_value *now,
               struct err *e);
int diff_pages(struct diff *d, struct err *e);
/* A comment that is new in the list of a page, whose object was written anew, or that left the
 * list; diff_comment.c. Changed: what is no comment before and after is left to be accounted for.
 * Gone: *fine says whether it is one that may go. */
int diff_comment_new(struct diff *d, const struct pdf_value *item, const char *page, struct err *e);
int diff_comment_changed(struct diff *d, const struct pdf_value *item, const char *page,
                         struct err *e);
int diff_comment_gone(struct diff *d, const struct pdf_value *item, const char *page, bool *fine,
                      struct err *e);
/* How much of the light a form XObject, as of a revision, leaves where all of it overlaps (1: all);
 * 0: it may hide what lies below. diff_ink.c */
double diff_ink_light(struct diff *d, const struct pdf_value *form, int revision);
/* Whether a new or changed highlight of a page's list leaves too little light together with those
 * that lie where it lies; diff_marks.c. */
bool diff_highlights_dark(struct diff *d, const struct pdf_value *annots, struct err *e);
/* Whether the lines under and through text of a page, one of them new or changed, lie so close that
 * they hide it. */
bool diff_lines_dense(struct diff *d, const struct pdf_value *annots, struct err *e);
/* What a line under or through text is drawn for, from /QuadPoints or else /Rect: the i-th, from 0.
 * false: there is none. */
struct diff_piece {
    double x0, y0, x1, y1;
    double height; /* the line is as thick as its text is high, however the text is turned */
};
enum { DIFF_PIECES_MAX = 2000, DIFF_LINE_HIGHEST = 48, DIFF_PIECE_WORK = 20 };
bool diff_piece_at(struct diff *d, const struct pdf_value *annot, int revision, size_t i,
                   struct diff_piece *out, struct err *e);
/* From 0, dark, to 1; of 1 grey, 3 RGB, 4 CMYK. */
double diff_unit(double v);
double diff_colour_light(const double *part, size_t n);
/* Whether this revision made the signature of a field; NULL when it made none at all. */
const struct sig *diff_signature(const struct diff *d);
/* The structure tree may gain the places of this revision's new signature widgets; diff_tags.c.
 * After the form and the pages. */
int diff_tags(struct diff *d, struct err *e);
int diff_info(struct diff *d, struct err *e);
int diff_metadata(struct diff *d, const struct pdf_value *old, const struct pdf_value *now,
                  struct err *e);

/* Two XMP packets (UTF-8, no NUL) say the same, but for the properties that `skip` names;
 * xmp_flat.c */
bool xmp_same_properties(const char *a, const char *b, bool (*skip)(const char *name, size_t n));

#endif
