#include "cmd/act_report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/text.h"
#include "grid/say.h"
#include "pdf/report/report.h"

/* Findings that stop a report: of level "erreur", but not an expired date, which only stops the
 * deposit. */
static size_t stopping(const struct jv *grid)
{
    const struct jv *findings = jv_get(grid, "findings");
    size_t n = 0;

    for (size_t i = 0; i < jv_count(findings); i++) {
        const char *level = jv_get_text(jv_at(findings, i), "level"),
                   *rule = jv_get_text(jv_at(findings, i), "rule");
        n += level != NULL && strcmp(level, "erreur") == 0 &&
             !(rule != NULL && strcmp(rule, "date-expired") == 0);
    }
    return n;
}

int act_report_form_check(const struct jv *grid, const char *form, bool draft, struct err *e)
{
    size_t n = stopping(grid);
    char number[32], message[SAY_MAX], remedy[SAY_MAX];

    if (n == 0)
        return 0;
    if (jv_count(jv_get(grid, "sheets")) == 0) { /* not even a draft can be made of it */
        say_finding(text_lang_get(), jv_at(jv_get(grid, "findings"), 0), message, remedy);
        return err_set(e, ERR_FORM, "err.cmd.report-no-form", form, message, remedy, NULL);
    }
    if (draft)
        return 0;
    snprintf(number, sizeof number, "%zu", n);
    if (n == 1)
        return err_set(e, ERR_FORM, "err.cmd.report-form-one", form, number, NULL);
    return err_set(e, ERR_FORM, "err.cmd.report-form", form, number, NULL);
}

/* An output that would destroy something: the form itself, a signed PDF, or a file of another kind.
 */
int act_report_output_check(const char *path, const char *form, bool pdf, struct err *e)
{
    struct stat there, input;
    struct buf b = BUF_INIT((size_t)ceilings.report_bytes);
    int rc = 0;

    if (path == NULL || stat(path, &there) != 0)
        return 0;
    if (stat(form, &input) == 0 && input.st_dev == there.st_dev && input.st_ino == there.st_ino)
        return err_set(e, ERR_USAGE, "err.cmd.report-same", path, NULL);
    if (!S_ISREG(there.st_mode) || there.st_size > ceilings.report_bytes)
        return err_set(e, ERR_DISK, "err.base.file-exists", path, NULL);
    if (there.st_size == 0 || !pdf)
        return 0;
    if (file_read(path, (size_t)ceilings.report_bytes, &b, e) != 0)
        rc = -1;
    else if (b.len < 5 || memcmp(b.data, "%PDF-", 5) != 0 ||
             memmem(b.data, b.len, "/ByteRange", 10) != NULL)
        rc = err_set(e, ERR_DISK, "err.base.file-exists", path, NULL);
    buf_free(&b);
    return rc;
}

static bool has_macros(const struct jv *grid)
{
    const struct jv *form = jv_get(grid, "form");
    const char *type = jv_get_text(form, "type");

    return jv_get_bool(form, "macros") || (type != NULL && strcmp(type, "xlsm") == 0);
}

/* What is attached: *form and *data. No workbook with macros is ever copied into a report. */
static int attach_choose(const struct act_report_request *q, bool *form, bool *data, struct err *e)
{
    const char *type = jv_get_text(jv_get(q->grid, "form"), "type");
    bool book = type != NULL && strcmp(type, "xlsx") == 0;

    *data = q->attach == NULL || strcmp(q->attach, "none") != 0;
    if (q->attach == NULL) {
        *form = book && !has_macros(q->grid);
        return 0;
    }
    *form = strcmp(q->attach, "form,data") == 0;
    if (!*form && strcmp(q->attach, "data") != 0 && strcmp(q->attach, "none") != 0)
        return err_set(e, ERR_USAGE, "err.cmd.report-attach", q->attach, NULL);
    if (*form && has_macros(q->grid))
        return err_set(e, ERR_USAGE, "err.cmd.report-macros", q->form, NULL);
    return 0;
}

/* The form's bytes, the same that were checked. */
static int form_open(const struct act_report_request *q, struct err *e)
{
    char hex[DIGEST_HEX_MAX];
    const char *known = jv_get_text(jv_get(q->grid, "form"), "sha256");
    int fd = file_read_sealed(q->form, (size_t)ceilings.form_file_bytes, e);

    if (fd < 0)
        return -1;
    if (digest_file_hex(fd, hex, e) != 0) {
        close(fd);
        return -1;
    }
    if (known == NULL || strcmp(known, hex) != 0) {
        close(fd);
        return err_set(e, ERR_INPUT, "err.cmd.report-changed", q->form, NULL);
    }
    return fd;
}

/* The look file and the logo beside it. */
int act_report_look(const char *path, struct jv **look, int *logo_fd, struct err *e)
{
    struct buf text = BUF_INIT(0);
    int rc = -1;

    if (path == NULL)
        return 0;
    if (file_read(path, (size_t)ceilings.config_bytes, &text, e) != 0)
        goto out;
    *look = jv_parse(buf_str(&text), text.len, path, e);
    if (*look == NULL)
        goto out;
    const char *logo = jv_get_text(*look, "logo");
    rc = 0;
    if (logo == NULL)
        goto out;
    rc = -1;
    if (!path_stays_inside(logo)) {
        err_set(e, ERR_USAGE, "err.cmd.report-logo-path", path, NULL);
        goto out;
    }
    char *folder = path_folder(path), *whole = folder != NULL ? path_join(folder, logo) : NULL;
    if (whole == NULL)
        err_set_memory(e);
    else
        *logo_fd = file_read_sealed(whole, (size_t)ceilings.image_bytes, e);
    free(folder);
    free(whole);
    rc = *logo_fd >= 0 ? 0 : -1;
out:
    buf_free(&text);
    return rc;
}

static int old_read(const struct runner *runner, const char *path, struct jv **out, struct err *e)
{
    int fd, rc;

    if (path == NULL)
        return 0;
    fd = file_read_sealed(path, (size_t)ceilings.report_bytes, e);
    if (fd < 0)
        return -1;
    rc = report_old(runner, fd, path_name(path), out, e);
    close(fd);
    if (rc == 0 && jv_get_text(*out, "reference") == NULL)
        jv_put_text(*out, "reference", path_name(path));
    return rc;
}

int act_report_put(int fd, const char *path, struct err *e)
{
    struct stat st;
    struct file_out out = FILE_OUT_INIT;
    int rc = -1;

    if (fstat(fd, &st) != 0 || lseek(fd, 0, SEEK_SET) != 0)
        return err_set_errno(e, ERR_DISK, errno, "err.base.file-read", path, NULL);
    if (file_begin(&out, path, true, e) == 0 &&
        file_copy_range(fd, out.fd, st.st_size, path, e) == 0)
        rc = file_commit(&out, e);
    file_abort(&out);
    return rc;
}

static int make(const struct runner *runner, const struct act_report_request *q,
                const struct report_request *request, struct jv **out, struct err *e)
{
    int pdf = -1, html = -1, rc = -1;

    pdf = file_memory("report", e);
    html = pdf >= 0 ? file_memory("report", e) : -1;
    if (pdf < 0 || html < 0)
        goto out;
    if (report_make(runner, request, pdf, out, e) != 0 ||
        (q->html != NULL && report_html(runner, request, html, e) != 0) ||
        (q->output != NULL && act_report_put(pdf, q->output, e) != 0) ||
        (q->html != NULL && act_report_put(html, q->html, e) != 0))
        goto out;
    jv_put_text(*out, "form", q->form);
    jv_put_text(*out, "output", q->output);
    if (request->form_fd >= 0)
        jv_put_take(*out, "carries", jv_copy(jv_get(jv_get(q->grid, "form"), "carries")));
    rc = 0;
out:
    if (pdf >= 0)
        close(pdf);
    if (html >= 0)
        close(html);
    return rc;
}

int act_report(const struct runner *runner, const struct act_report_request *q, struct jv **out,
               struct err *e)
{
    struct jv *look = NULL, *old = NULL, *made = NULL;
    bool form = false, data = false;
    int opened = -1, logo_fd = -1, rc = -1;

    if (act_report_form_check(q->grid, q->form, q->draft, e) != 0 ||
        act_report_output_check(q->output, q->form, true, e) != 0 ||
        act_report_output_check(q->html, q->form, false, e) != 0 ||
        attach_choose(q, &form, &data, e) != 0)
        return -1;
    if (form && q->form_fd == 0 && (opened = form_open(q, e)) < 0)
        goto out;
    if (act_report_look(q->look, &look, &logo_fd, e) != 0 ||
        old_read(runner, q->replaces, &old, e) != 0)
        goto out;
    struct report_request request = {
        .grid = q->grid,
        .lang = q->lang,
        .producer = q->producer,
        .created = q->created,
        .draft = q->draft,
        .attach_data = data,
        .form_fd = form && q->form_fd != 0 ? q->form_fd : opened,
        .look = look,
        .logo_fd = logo_fd,
        .replaces = old,
    };
    rc = make(runner, q, &request, &made, e);
    if (rc == 0) {
        *out = made;
        made = NULL;
    }
out:
    if (opened >= 0)
        close(opened);
    if (logo_fd >= 0)
        close(logo_fd);
    jv_free(look);
    jv_free(old);
    jv_free(made);
    return rc;
}
