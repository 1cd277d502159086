/* The cover report of a dossier: what each form says, side by side, with its digest. The task
 * "report-cover" has the params of report-draw, with an array of grid documents as "grid". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/file.h"
#include "grid/say.h"
#include "pdf/report/report.h"
#include "pdf/report/report_int.h"

enum { FORMS_MAX = 12 }; /* as many files as a document takes beside others */

struct cover {
    const struct jv *grids;
    size_t count;
    struct buf data[FORMS_MAX];
    char names[FORMS_MAX][40];
    char digest[DIGEST_HEX_MAX]; /* of the forms' digests, one after the other */
};

/* The editor when all forms name the same one. */
static const char *editor_of(struct report *r, const struct cover *c)
{
    const char *first = NULL;

    for (size_t i = 0; i < c->count; i++) {
        r->grid = jv_at(c->grids, i);
        const char *editor = field_value(r, "editor");
        if (editor == NULL || (first != NULL && strcmp(editor, first) != 0))
            return NULL;
        first = editor;
    }
    return first;
}

static void cover_title(struct report *r, const struct cover *c)
{
    char number[16];

    page_portrait(r);
    r->section = draw_elem_add(r->d, r->root, "Sect");
    snprintf(number, sizeof number, "%zu", c->count);
    title_head(r, type_say(r, "report.cover.kicker", NULL), type_set(r, r->cover_name, NULL, NULL),
               type_say(r, "report.cover.count", number, NULL));
    title_foot(r, true);
}

/* "Médilune Cabinet, version 7", type of application below. */
static char *form_name(struct report *r)
{
    struct buf b = BUF_INIT((size_t)ceilings.report_bytes);
    const char *solution = field_value(r, "solution"),
               *version = field_value(r, "solution_version"),
               *type = field_value(r, "application_type");

    buf_text(&b, solution != NULL ? solution : jv_get_text(jv_get(r->grid, "form"), "name"));
    if (version != NULL)
        buf_format(&b, ", version %s", version);
    if (type != NULL)
        buf_format(&b, "\n%s", type);
    char *name = type_set(r, buf_str(&b), NULL, NULL);
    buf_free(&b);
    return name;
}

static void cover_row(struct report *r, struct table *t)
{
    struct row row = {.sign_column = 1, .sign = result_answer(r)};
    const char *reference = field_value(r, "form_reference");
    struct date until;
    char day[DATE_TEXT_MAX] = "";

    if (jv_get_text(r->grid, "deposit_until") != NULL &&
        date_parse_iso(jv_get_text(r->grid, "deposit_until"), &until) == 0)
        date_french(until, day);
    row.texts[0] = form_name(r);
    row.styles[0] = style_of(DRAW_BOLD, 8.8, ink);
    row.texts[1] = result_sentence(r);
    row.styles[1] = style_of(DRAW_BOLD, 8.6, answer_colour(row.sign));
    row.texts[2] =
        type_set(r, r->lang == TEXT_FR ? day : jv_get_text(r->grid, "deposit_until"), NULL, NULL);
    row.styles[2] = style_of(DRAW_REGULAR, 8.4, ink);
    row.texts[3] = type_set(r, reference, NULL, NULL);
    row.styles[3] = style_of(DRAW_REGULAR, 8.4, muted);
    table_row(r, t, &row);
}

static void cover_table(struct report *r, const struct cover *c)
{
    static const double shares[] = {148, 166, 62, 106};
    static const char *const heads[] = {"report.cover.form", "report.cover.result",
                                        "report.cover.until", "report.cover.reference"};
    struct style body = style_of(DRAW_REGULAR, 9.5, ink), note = style_of(DRAW_ITALIC, 8.6, muted);
    struct table t = {.striped = false};

    put_para(r, r->section, "P", &body, r->left, r->right - r->left, 10,
             type_say(r, "report.cover.about", NULL));
    table_open(r, &t, 4, shares, heads);
    for (size_t i = 0; i < c->count; i++) {
        r->grid = jv_at(c->grids, i);
        cover_row(r, &t);
    }
    table_end(r, &t);
    put_para(r, r->section, "P", &note, r->left, r->right - r->left, 4,
             type_own(r, say_caveat(r->lang)));
}

/* One under the other, for forms whose texts fill pages. */
static void form_list(struct report *r)
{
    struct style label = style_of(DRAW_REGULAR, 8, muted), value = style_of(DRAW_BOLD, 9.2, ink);
    struct draw_elem *list = draw_elem_add(r->d, r->section, "L");
    const struct jv *fields = jv_get(r->grid, "fields");

    for (size_t k = 0; k < jv_count(fields); k++) {
        const char *v = jv_get_text(jv_at(fields, k), "value");
        if (v == NULL || *v == '\0')
            continue;
        struct draw_elem *item = draw_elem_add(r->d, list, "LI");
        page_need(r, 30);
        put_para(r, item, "Lbl", &label, r->left, 150, -label.lead,
                 type_set(r, jv_get_text(jv_at(fields, k), "label"), NULL, NULL));
        put_para(r, item, "LBody", &value, r->left + 160, r->right - r->left - 160, 2,
                 type_date(r, v));
    }
}

/* The identity of each form and its digest, whole; a form is not torn over two pages. */
static void cover_forms(struct report *r, const struct cover *c)
{
    struct style label = style_of(DRAW_REGULAR, 7.8, muted), value = style_of(DRAW_BOLD, 9.2, ink);
    const double digest = 40, gap = 3;

    part_begin(r, "report.cover.forms", false);
    for (size_t i = 0; i < c->count; i++) {
        r->grid = jv_at(c->grids, i);
        const struct jv *form = jv_get(r->grid, "form");
        const char *name = jv_get_text(form, "name");
        double height = -facts_columns(r, 0, -1e9, SIZE_MAX, gap, false, NULL);
        bool whole = height < r->top - r->bottom - 80 - digest;

        heading(r, 2, whole ? height + digest : 80, form_name(r));
        if (whole)
            r->y = facts_columns(r, r->y - 3, -1e9, SIZE_MAX, gap, true, NULL);
        else
            form_list(r);
        page_need(r, digest);
        put_para(r, r->section, "P", &label, r->left, r->right - r->left, 0,
                 type_say(r, "report.cover.digest", name != NULL ? name : "", NULL));
        put_para(r, r->section, "P", &value, r->left, r->right - r->left, 14,
                 type_set(r, jv_get_text(form, "sha256"), NULL, NULL));
    }
}

static int cover_begin(struct report *r, struct cover *c, struct jv *params, struct err *e)
{
    struct jv *names = jv_array();
    bool attach = jv_count(jv_get(params, "attached")) > 0;
    struct buf all = BUF_INIT(1 << 16);
    int rc = 0;

    c->grids = jv_get(params, "grid");
    c->count = jv_count(c->grids);
    if (c->count == 0 || c->count > FORMS_MAX) {
        jv_free(names);
        return err_set(e, ERR_USAGE, "err.report.cover-many", "12", NULL);
    }
    for (size_t i = 0; i < c->count && rc == 0; i++) {
        const char *sha = jv_get_text(jv_get(jv_at(c->grids, i), "form"), "sha256");
        buf_text(&all, sha != NULL ? sha : "");
        snprintf(c->names[i], sizeof c->names[i], "grid-%02zu.json", i + 1);
        if (attach)
            jv_add_text(names, c->names[i]);
        buf_init(&c->data[i], (size_t)ceilings.json_bytes);
        rc = jv_print(jv_at(c->grids, i), false, &c->data[i], e);
        r->specimen = r->specimen || jv_get_bool(jv_get(jv_at(c->grids, i), "ruleset"), "specimen");
    }
    if (rc == 0)
        rc = digest_bytes_hex(all.data, all.len, c->digest, e);
    buf_free(&all);
    jv_put_take(params, "attached", names);
    return rc;
}

static int cover_finish(struct report *r, struct cover *c, int fd, struct err *e)
{
    struct draw_property properties[] = {
        {"formSha256", "SHA-256 of the digests of the forms", c->digest},
        {"reference", "Reference of the report", r->reference},
    };
    char *title = report_name(r);
    struct draw_info info = {.title = title != NULL ? title : r->reference,
                             .subject = r->reference,
                             .producer = r->producer,
                             .lang = r->lang == TEXT_FR ? "fr-FR" : "en-GB",
                             .created = r->created,
                             .properties = properties,
                             .nproperties = 2};

    for (size_t i = 0; jv_count(jv_get(r->options, "attached")) > 0 && i < c->count; i++) {
        struct draw_file data = {.name = c->names[i],
                                 .description = type_text(r, "report.attach.data"),
                                 .mime = "application/json",
                                 .relationship = "Data",
                                 .data = c->data[i].data,
                                 .n = c->data[i].len,
                                 .modified = r->created};
        draw_attach(r->d, &data);
    }
    int rc = draw_finish(r->d, &info, fd, e);
    free(title);
    return rc != 0 ? -1 : r->failed ? err_set_memory(e) : 0;
}

static int cover_draw(struct report *r, struct cover *c, const struct task_io *io, struct err *e)
{
    r->cover = true;
    r->form_sha256 = c->digest;
    snprintf(r->reference, sizeof r->reference, "D-%.8s", c->digest);
    const char *editor = editor_of(r, c);
    r->cover_name = editor != NULL ? editor : type_text(r, "report.cover.editors");
    r->grid = jv_at(c->grids, 0);
    cover_title(r, c);
    cover_table(r, c);
    cover_forms(r, c);
    r->grid = jv_at(c->grids, 0);
    pages_finish(r);
    if (cover_finish(r, c, io->fds[0], e) != 0)
        return -1;
    return reply_make(r, io->fds[0], io->reply, e);
}

static int report_cover_run(const struct task_io *io, struct err *e)
{
    struct report *r = calloc(1, sizeof *r);
    struct cover *c = calloc(1, sizeof *c);
    char sha256[DIGEST_HEX_MAX];
    struct jv *params = NULL;
    int rc = -1;

    if (r == NULL || c == NULL) {
        err_set_memory(e);
        goto out;
    }
    if (report_params(io, &params, sha256, e) != 0)
        goto out;
    r->warnings = jv_array();
    if (cover_begin(r, c, params, e) != 0 || report_options(r, params, e) != 0 ||
        draw_new(&r->d, e) != 0)
        goto out;
    r->root = draw_elem_root(r->d);
    if (look_read(r, jv_get(params, "look"), NULL, 0, e) == 0)
        rc = cover_draw(r, c, io, e);
out:
    for (size_t i = 0; c != NULL && i < c->count && i < FORMS_MAX; i++)
        buf_free(&c->data[i]);
    if (r != NULL) {
        contents_free(r);
        draw_free(r->d);
        jv_free(r->warnings);
    }
    free(r);
    free(c);
    jv_free(params);
    return rc;
}

const struct task report_cover_task = {
    .name = "report-cover",
    .run = report_cover_run,
    .warm = report_warm,
    .limits = {.seconds = 60, .memory = 0, .output = 64 << 20},
};
