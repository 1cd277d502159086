/* The task "report-draw": params are the options, fds the output and the grid document, then the
 * form and the logo when there are any. The form is only attached, never parsed here. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/ceilings.h"
#include "base/digest.h"
#include "base/file.h"
#include "pdf/report/report.h"
#include "pdf/report/report_int.h"

static int fd_size(int fd, const char *name, int64_t max, size_t *n, struct err *e)
{
    struct stat st;
    char limit[32];

    if (fstat(fd, &st) != 0)
        return err_set_errno(e, ERR_DISK, errno, "err.base.file-read", name, NULL);
    snprintf(limit, sizeof limit, "%lld", (long long)max);
    if (st.st_size > max)
        return err_set(e, ERR_INPUT, "err.base.file-too-large", name, limit, NULL);
    *n = (size_t)st.st_size;
    return 0;
}

static int fd_read(int fd, const char *name, int64_t max, struct buf *out, struct err *e)
{
    size_t n = 0;

    buf_init(out, (size_t)max);
    if (fd_size(fd, name, max, &n, e) != 0)
        return -1;
    unsigned char *to = buf_room(out, n);
    if (to == NULL)
        return buf_check(out, e);
    if (file_pread_all(fd, to, n, 0, name, e) != 0)
        return -1;
    out->len = n;
    return 0;
}

int report_params(const struct task_io *io, struct jv **params, char sha256[DIGEST_HEX_MAX],
                  struct err *e)
{
    struct jv *p = jv_parse((const char *)io->params, io->params_len, "report", e), *grid = NULL;
    struct buf text = BUF_INIT(0);

    if (p != NULL && io->nfds < 2)
        err_set_bug(e, "report: no output or no grid document");
    else if (p != NULL && fd_read(io->fds[1], "grid", ceilings.json_bytes, &text, e) == 0 &&
             digest_bytes_hex(text.data, text.len, sha256, e) == 0)
        grid = jv_parse(buf_str(&text), text.len, "grid", e);
    buf_free(&text); /* what a report attaches is read again from the descriptor */
    if (grid == NULL) {
        jv_free(p);
        return -1;
    }
    jv_put_take(p, "grid", grid);
    *params = p;
    return 0;
}

int inputs_read(const struct task_io *io, struct inputs *in, struct err *e)
{
    size_t next = 2;

    if (report_params(io, &in->params, in->grid_sha256, e) != 0)
        return -1;
    in->fds[0] = io->fds[1];
    if (fd_size(in->fds[0], "grid", ceilings.json_bytes, &in->sizes[0], e) != 0)
        return -1;
    if (jv_get_bool(in->params, "has_form")) {
        if (next >= io->nfds)
            return err_set_bug(e, "report: no form");
        in->fds[1] = io->fds[next++];
        if (fd_size(in->fds[1], "form", ceilings.form_file_bytes, &in->sizes[1], e) != 0)
            return -1;
    }
    if (jv_get_bool(in->params, "has_logo") &&
        (next >= io->nfds ||
         fd_read(io->fds[next++], "logo", ceilings.image_bytes, &in->logo, e) != 0))
        return -1;
    jv_put_text(in->params, "grid_sha256", in->grid_sha256);
    return 0;
}

void inputs_free(struct inputs *in)
{
    buf_free(&in->logo);
    jv_free(in->params);
}

/* The reference is the form's own; a form without one is named by its digest. */
static void reference_set(struct report *r)
{
    const char *own = field_value(r, "form_reference");

    if (own != NULL)
        text_copy_whole(r->reference, sizeof r->reference, own);
    else
        snprintf(r->reference, sizeof r->reference, "F-%.8s", r->form_sha256);
    for (char *p = r->reference; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20)
            *p = ' ';
    }
}

int report_options(struct report *r, const struct jv *p, struct err *e)
{
    const char *lang = jv_get_text(p, "lang");

    r->options = p;
    r->lang = lang != NULL && strcmp(lang, "en") == 0 ? TEXT_EN : TEXT_FR;
    r->draft = jv_get_bool(p, "draft");
    r->producer = jv_get_text(p, "producer");
    r->created = jv_get_int(p, "created", 0);
    r->revision = jv_get_int(jv_get(p, "replaces"), "version", 0) + 1;
    return r->producer != NULL ? 0 : err_set_bug(e, "report: the producer is missing");
}

int report_facts(struct report *r, const struct jv *p, struct err *e)
{
    if (report_options(r, p, e) != 0)
        return -1;
    r->grid = jv_get(p, "grid");
    r->specimen = jv_get_bool(jv_get(r->grid, "ruleset"), "specimen");
    r->form_sha256 = jv_get_text(jv_get(r->grid, "form"), "sha256");
    if (r->form_sha256 == NULL)
        return err_set_bug(e, "report: the grid document has no form");
    reference_set(r);
    return 0;
}

static int report_begin(struct report *r, const struct inputs *in, struct err *e)
{
    r->warnings = jv_array();
    if (report_facts(r, in->params, e) != 0 || draw_new(&r->d, e) != 0)
        return -1;
    r->root = draw_elem_root(r->d);
    return look_read(r, jv_get(in->params, "look"), in->logo.data, in->logo.len, e);
}

static void parts_draw(struct report *r)
{
    part_title(r);
    part_contents(r);
    part_summary(r);
    part_no(r);
    part_na(r);
    part_tabs(r);
    part_again(r);
    part_method(r);
    part_signatures(r);
    contents_finish(r);
    pages_finish(r);
}

static void files_attach(struct report *r, const struct inputs *in)
{
    const struct jv *attached = jv_get(r->options, "attached"), *form = jv_get(r->grid, "form");
    const char *name = jv_get_text(form, "name");
    struct draw_file data = {.name = "grid.json",
                             .description = type_text(r, "report.attach.data"),
                             .mime = "application/json",
                             .relationship = "Data",
                             .fd = in->fds[0],
                             .n = in->sizes[0],
                             .modified = r->created};
    struct draw_file source = {
        .name = name != NULL ? name : "form.xlsx",
        .description = type_text(r, "report.attach.form"),
        .mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        .relationship = "Source",
        .fd = in->fds[1],
        .n = in->sizes[1],
        .modified = r->created};

    for (size_t i = 0; i < jv_count(attached); i++) {
        const char *file = jv_str(jv_at(attached, i));
        if (file != NULL && strcmp(file, data.name) == 0)
            draw_attach(r->d, &data);
        else if (source.n > 0)
            draw_attach(r->d, &source);
    }
}

/* What the XMP packet says beside the usual. Returns how many. */
static size_t properties_fill(const struct report *r, const struct inputs *in, const char *revision,
                              struct draw_property out[8])
{
    const char *old = jv_get_text(jv_get(r->options, "replaces"), "sha256");
    const struct draw_property all[] = {
        {"formSha256", "SHA-256 of the form", r->form_sha256},
        {"formName", "File name of the form", jv_get_text(jv_get(r->grid, "form"), "name")},
        {"gridSha256", "SHA-256 of grid.json", in->grid_sha256},
        {"reference", "Reference of the report", r->reference},
        {"revision", "Version of the report", revision},
        {"state", "draft or final", r->draft ? "draft" : "final"},
        {"replacesSha256", "SHA-256 of the report that this one replaces", old}};
    size_t n = sizeof all / sizeof all[0] - (old == NULL);

    for (size_t i = 0; i < n; i++) {
        out[i] = all[i];
        out[i].value = all[i].value != NULL ? all[i].value : "";
    }
    return n;
}

static int report_end(struct report *r, const struct inputs *in, int fd, struct err *e)
{
    struct draw_property properties[8];
    char revision[24];

    snprintf(revision, sizeof revision, "%lld", (long long)r->revision);
    size_t n = properties_fill(r, in, revision, properties);
    /* what a signer is shown before the PIN: the result, and that a draft is none */
    char *sentence = result_sentence(r);
    char *subject = type_say(r, r->draft ? "report.subject.draft" : "report.subject",
                             sentence != NULL ? sentence : "", r->reference, NULL);
    char *title = report_name(r);
    struct draw_info info = {.title = title != NULL ? title : "report",
                             .author = field_value(r, "passi"),
                             .subject = subject,
                             .producer = r->producer,
                             .lang = r->lang == TEXT_FR ? "fr-FR" : "en-GB",
                             .created = r->created,
                             .properties = properties,
                             .nproperties = n};
    int rc = draw_finish(r->d, &info, fd, e);
    free(title);
    free(subject);
    free(sentence);
    return rc != 0 ? -1 : r->failed ? err_set_memory(e) : 0;
}

int reply_make(struct report *r, int fd, struct buf *reply, struct err *e)
{
    char hex[DIGEST_HEX_MAX];
    size_t bytes = 0;
    struct jv *top = jv_object(), *fields = jv_array();
    int rc = -1;

    bool fielded = !r->draft && !r->cover; /* each form's own report is signed, not the cover */
    for (size_t i = 0; fielded && i < r->look.nfields; i++)
        jv_add_text(fields, r->look.fields[i].name);
    if (fielded && r->look.nfields == 0)
        jv_add_text(fields, "Signature1");
    if (fd_size(fd, "report", ceilings.report_bytes, &bytes, e) != 0 ||
        digest_file_hex(fd, hex, e) != 0)
        goto out;
    jv_put_text(top, "format", "paraphe-report");
    jv_put_int(top, "version", 1);
    jv_put_int(top, "pages", (int64_t)draw_page_count(r->d));
    jv_put_int(top, "bytes", (int64_t)bytes);
    jv_put_text(top, "sha256", hex);
    jv_put_text(top, "reference", r->reference);
    jv_put_int(top, "revision", r->revision);
    jv_put_bool(top, "draft", r->draft);
    jv_put_take(top, "fields", fields);
    fields = NULL;
    if (jv_get(r->options, "attached") != NULL)
        jv_put_take(top, "attached", jv_keep(jv_get(r->options, "attached")));
    jv_put_take(top, "warnings", r->warnings);
    r->warnings = NULL;
    rc = jv_print(top, false, reply, e);
out:
    jv_free(fields);
    jv_free(top);
    return rc;
}

static int report_draw_run(const struct task_io *io, struct err *e)
{
    struct inputs in = {.fds = {-1, -1}};
    struct report *r = calloc(1, sizeof *r);
    int rc = -1;

    if (r == NULL)
        return err_set_memory(e);
    if (inputs_read(io, &in, e) != 0 || report_begin(r, &in, e) != 0)
        goto out;
    parts_draw(r);
    files_attach(r, &in);
    if (report_end(r, &in, io->fds[0], e) == 0)
        rc = reply_make(r, io->fds[0], io->reply, e);
out:
    contents_free(r);
    draw_free(r->d);
    jv_free(r->warnings);
    free(r);
    inputs_free(&in);
    return rc;
}

void report_warm(void)
{
    char hex[DIGEST_HEX_MAX];

    digest_bytes_hex("", 0, hex, NULL);
    draw_warm();
}

const struct task report_draw_task = {
    .name = "report-draw",
    .run = report_draw_run,
    .warm = report_warm,
    .limits = {.seconds = 60, .memory = 0, .output = 64 << 20},
};
