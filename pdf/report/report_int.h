/* Inside of pdf/report: the report under way. Lengths are points, y grows upwards. Failures are
 * kept by the drawing document or in `failed`, and told at the end. */
#ifndef PARAPHE_PDF_REPORT_REPORT_INT_H
#define PARAPHE_PDF_REPORT_REPORT_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/text.h"
#include "grid/say.h"
#include "pdf/draw/draw.h"

struct style {
    enum draw_face face;
    double size, lead; /* lead: from one base line to the next */
    struct draw_colour colour;
};

enum { LOOK_FIELDS_MAX = 8, LOOK_NOTES_MAX = 8, COLUMNS_MAX = 12 };
struct look_field {
    const char *name, *label;
};
struct look {
    struct draw_colour primary, accent;
    const char *firm, *address;
    const char *notes[LOOK_NOTES_MAX];
    size_t nnotes;
    struct look_field fields[LOOK_FIELDS_MAX];
    size_t nfields;
    bool has_logo;
    size_t logo;
    double logo_ratio; /* width by height */
};

struct toc_entry {
    char *title;
    size_t page;
};
struct toc {
    struct toc_entry *entries;
    size_t count, room;
    struct draw_elem *elem;
    size_t page; /* on which the list begins, */
    double y;    /* and where */
    double lead;
};

struct report {
    struct draw *d;
    const struct jv *grid;
    const struct jv *options;
    enum text_lang lang;
    bool draft, specimen;
    bool cover; /* of several forms; grid is then the one under way */
    const char *cover_name;
    const char *producer, *form_sha256;
    int64_t created;
    char reference[160];
    int64_t revision;
    struct look look;
    struct jv *warnings;
    size_t nwarnings;
    bool failed; /* out of memory outside of the drawing */
    /* the pen */
    double width, height;            /* of the page */
    double left, right, top, bottom; /* edges of the text area as coordinates */
    double y;                        /* where the next thing may begin, going down */
    struct draw_elem *root, *section;
    struct toc toc;
};

/* ---- type.c: texts made ready for the page ---- */
/* NFC, French spaces, no control characters, placeholders for what the font lacks (each a warning
 * naming sheet and cell, which may be NULL). malloc'ed, NULL when memory is short. */
char *type_set(struct report *r, const char *s, const char *sheet, const char *cell);
/* The text `id` of po/ in the report's language with NULL-ended arguments, made ready. malloc'ed.
 */
char *type_say(struct report *r, const char *id, ...) __attribute__((sentinel));
const char *type_text(const struct report *r, const char *id); /* as it stands in po/ */
/* A sentence of ours, whose apostrophes become ’. malloc'ed. The same into a page of HTML. */
char *type_own(struct report *r, const char *said);
/* The start of a text on one line, with "…" when it has more than `most` bytes; in `out`. */
enum { SHORT_MAX = 256 };
const char *text_short(const char *text, size_t most, char out[SHORT_MAX]);
/* "Rapport de test d’intrusion – Médilune Cabinet, version 7", of a cover report with the editor's
 * name. malloc'ed. */
char *report_name(struct report *r);
void put_curled(struct buf *out, const char *said);
enum { DATE_SAID_MAX = 64 };
struct date;
void date_said(const struct report *r, struct date date, char out[DATE_SAID_MAX]);
/* "11 septembre 2026" of "2026-09-11"; other values as they are. malloc'ed. */
char *type_date(struct report *r, const char *iso);
char *type_instant(struct report *r, int64_t instant);

/* ---- lack.c ---- */
/* "[U+26A0 attention", which the caller closes. */
void lack_name(const struct report *r, uint32_t c, struct buf *out);
/* "[drapeau FR]" for two letters that stand for a flag, and their bytes; 0 for others. */
size_t lack_flag(const struct report *r, const char *s, size_t n, struct buf *out);

/* ---- para.c: lines ---- */
struct line {
    uint32_t at, n; /* bytes of the text */
    double x;       /* hanging indent */
};
struct para {
    char *text; /* owned */
    struct line *lines;
    size_t nlines;
    bool cut; /* the last line is not the last of the text */
    struct style style;
    double width;
};
/* Takes `text` (ready for the page), also NULL. An empty text has no line. */
void para_make(struct report *r, struct para *p, const struct style *style, double width,
               char *text_take);
void para_free(struct para *p);
double para_height(const struct para *p);
/* Leaves the first `most` lines; the last of them then ends in "…". */
void para_cut(struct para *p, size_t most);
/* Draws lines [from, to) with the top of the first at y; no marks of its own. */
void para_draw(struct report *r, const struct para *p, size_t from, size_t to, double x, double y);
enum align { ALIGN_LEFT, ALIGN_RIGHT, ALIGN_CENTRE };
/* One line, cut with "…" when wider than width, apart from what the mark holds already. Base line
 * at y. No marks. */
void line_draw(struct report *r, const struct style *style, enum align align, double x, double y,
               double width, const char *text);
double line_width(struct report *r, const struct style *style, const char *text);

/* ---- page.c ---- */
/* The text area of a page of this size. */
void page_edges(struct report *r, double width, double height);
void page_portrait(struct report *r);
void page_landscape(struct report *r);
void page_again(struct report *r); /* another page of the same shape */
/* A new page when less than h is left. True when there was one. */
bool page_need(struct report *r, double h);
/* A part of the document with its heading, on a new page unless `here`. */
void part_begin(struct report *r, const char *id, bool landscape);
void part_begin_text(struct report *r, char *title_take, bool landscape);
/* A heading below, kept with at least `keep` points of what follows. */
void heading(struct report *r, int level, double keep, char *title_take);
/* A paragraph that may break over pages, two lines at least on each side. */
void put_para(struct report *r, struct draw_elem *parent, const char *tag,
              const struct style *style, double x, double width, double after, char *text_take);
void pages_finish(struct report *r); /* headers, footers, stamps */

/* ---- styles.c ---- */
extern const struct draw_colour ink, muted, faint, rule, stripe, white, green, red, amber, grey,
    green_pale, red_pale, amber_pale, grey_pale;
struct style style_of(enum draw_face face, double size, struct draw_colour colour);

/* ---- the answers ---- */
enum answer { ANSWER_YES, ANSWER_NO, ANSWER_NA, ANSWER_EMPTY };
enum answer point_answer(const struct jv *point);
const char *answer_word(const struct report *r, enum answer a);
struct draw_colour answer_colour(enum answer a);
struct draw_colour answer_pale(enum answer a);
/* Check mark, cross or dash in a box of `size` with its lower left corner at x, y. Inside of a
 * mark. */
void answer_sign(struct report *r, enum answer a, double x, double y, double size,
                 struct draw_colour colour);
bool point_is_high(const struct jv *point);
struct draw_colour severity_colour(const char *severity);
/* The text of po/ that says the severity, "Gravité haute"; one of them takes the severity as {1}.
 */
const char *severity_id(const char *severity);
char *severity_say(struct report *r, const char *severity); /* ready for the page; malloc'ed */

/* ---- facts of the grid document ---- */
const struct jv *field_find(const struct report *r, const char *id);
const char *field_value(const struct report *r, const char *id); /* NULL when absent or empty */
typedef void point_fn(struct report *r, const struct jv *sheet, const struct jv *point, void *self);
void points_each(struct report *r, point_fn *fn, void *self);
int64_t limit_of(const struct report *r); /* medium No accepted */
int64_t count_of(const struct report *r, const char *severity, const char *answer);
/* A finding, or a note, in words: where, what, and the id of the text of its level. */
struct remark {
    char place[SAY_MAX], message[SAY_MAX], level[96];
};
void remark_words(const struct report *r, const struct jv *finding, bool note, struct remark *out);
char *result_sentence(struct report *r); /* ready for the page; malloc'ed */
char *result_deposit(struct report *r);  /* NULL when there is none */
/* The heading of a tab's points: a text of po/ with one or two arguments. Tables of one sheet that
 * nothing names are told apart by their number. */
struct tab_heading {
    const char *id, *name, *detail; /* detail may be NULL */
    char number[48];
};
void tab_heading(const struct report *r, const struct jv *sheet, struct tab_heading *out);
enum answer result_answer(const struct report *r); /* the sign and colour that go with the result */

/* ---- tables ---- */
struct table {
    size_t ncolumns;
    double x[COLUMNS_MAX], width[COLUMNS_MAX];
    char *heads[COLUMNS_MAX]; /* ready for the page; taken by table_begin */
    struct draw_elem *elem;
    struct style head_style;
    struct para head[COLUMNS_MAX];
    double head_height;
    bool striped;
    size_t rows;
};
/* Column widths are shares of the text area. Draws the head; it is repeated on each page. */
void table_begin(struct report *r, struct table *t);
/* The same with n columns of these shares and texts of po/ as heads. */
void table_open(struct report *r, struct table *t, size_t n, const double *shares,
                const char *const *ids);
/* A row: texts are taken; styles by column. `sign` is drawn in its column when >= 0. The first
 * column is a row header. */
struct row {
    char *texts[COLUMNS_MAX];
    struct style styles[COLUMNS_MAX];
    int sign_column; /* -1: none */
    enum answer sign;
    char *sub; /* a small line under the text of the sign's column; may be NULL */
};
void table_row(struct report *r, struct table *t, struct row *row_take);
void table_end(struct report *r, struct table *t);
/* Room inside of a cell, and what must fit under a row for a text below it to begin there. */
#define TABLE_PAD_X 5.0
#define TABLE_PAD_Y 4.2
#define BELOW_LEAST 52.0
/* A new page with the head of the table. */
void table_page(struct report *r, struct table *t);
/* The ground of h points of the row, down from the pen. */
void table_ground(struct report *r, const struct table *t, const struct row *row, double h);

/* ---- below.c: texts under their row ---- */
/* Whether the text has too many lines for a column of this width, by the length of its lines. */
bool below_wanted(const struct style *style, double width, const char *text);
/* The text of a column as the content of its cell `elem`; `name`: of the row, to be said again on
 * the next pages. */
void below_draw(struct report *r, struct table *t, const struct row *row, size_t column,
                struct draw_elem *elem, const char *name, char *text_take);

/* ---- the parts, in their order ---- */
void part_title(struct report *r);
/* Every field of the form that is filled, in its order, in two columns of label and value from
 * `top` down to `floor` at most; values longer than value_max bytes are left out, and counted when
 * left_out is not NULL. Returns the lowest y. `gap` stands between them. `draw` false: measures
 * only. */
double facts_columns(struct report *r, double top, double floor, size_t value_max, double gap,
                     bool draw, size_t *left_out);
/* Draft, specimen, who made it, what it replaces, at the foot of a title page. Returns their top.
 */
double title_foot(struct report *r, bool draw);
/* The coloured band of a title page with firm and logo, a small line, the name and a line about it;
 * the pen stands below. */
void title_head(struct report *r, char *kicker_take, char *name_take, char *about_take);
void say_line(struct report *r, struct draw_elem *parent, const char *tag,
              const struct style *style, double x, double width, double *y, double after,
              char *text_take);
/* Reference, pages, digest... of a finished PDF. */
int reply_make(struct report *r, int fd, struct buf *reply, struct err *e);
void part_contents(struct report *r);
void contents_add(struct report *r, const char *title); /* a part that begins on this page */
void contents_finish(struct report *r);
void contents_free(struct report *r);
void part_summary(struct report *r);
void part_no(struct report *r);
void part_na(struct report *r);
void part_tabs(struct report *r);
void part_again(struct report *r);
void part_method(struct report *r);
void part_signatures(struct report *r);
void chart_draw(struct report *r, double height);
/* Digests and provenance, in their order: a label and its value, as they stand in po/ and in the
 * form. */
typedef void evidence_fn(struct report *r, const char *label, const char *value, void *self);
void evidence_each(struct report *r, const char *grid_sha256, evidence_fn *fn, void *self);
/* What a re-evaluation sets side by side: the result, who and when, the numbers. Values as in the
 * form, dates in ISO 8601; NULL: that form does not say it. Only with an initial form. */
typedef void again_fn(struct report *r, const char *label, const char *before, const char *after,
                      void *self);
void again_each(struct report *r, again_fn *fn, void *self);
/* Each category of the chart with its answers, by enum answer. */
typedef void category_fn(struct report *r, const char *label, const int n[4], void *self);
void categories_each(struct report *r, category_fn *fn, void *self);
/* Ids of the high points answered No, joined by commas. */
void high_no_list(struct report *r, struct buf *out);

/* The options of a task with the grid document of its second descriptor as "grid", to jv_free; the
 * digest of its bytes. */
struct task_io;
int report_params(const struct task_io *io, struct jv **params, char sha256[DIGEST_HEX_MAX],
                  struct err *e);
struct inputs {
    int fds[2]; /* grid document and form, to be attached; -1: no form */
    size_t sizes[2];
    struct buf logo;
    struct jv *params;
    char grid_sha256[DIGEST_HEX_MAX];
};
void report_warm(void); /* of the tasks that draw */
int inputs_read(const struct task_io *io, struct inputs *in, struct err *e); /* inputs_free */
void inputs_free(struct inputs *in);
/* Fills what the grid document and the options say; nothing is drawn yet. */
int report_options(struct report *r, const struct jv *params, struct err *e);
int report_facts(struct report *r, const struct jv *params, struct err *e);
int look_read(struct report *r, const struct jv *look, const void *logo, size_t nlogo,
              struct err *e);

#endif
