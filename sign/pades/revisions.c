/* Task "pades-revisions": where the document of each signature ends. fds: 0 the PDF. {"password":
 * hex or null} gives
 * {"signatures": [{"field", "stamp", "end"}]} in the order of the file. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "sign/pades/pades.h"
#include "sign/pades/sigform.h"

struct found {
    const struct sigform_field *field;
    int64_t end;
};

static int by_end(const void *a, const void *b)
{
    const struct found *x = a, *y = b;

    return (x->end > y->end) - (x->end < y->end);
}

/* The end of its second range, when that is the end of a revision and the gap is its own contents.
 */
static int64_t end_of(struct pdf *pdf, const struct sigform_field *field)
{
    struct err ignored = ERR_INIT;
    struct pdf_sig_span span;
    struct pdf_ref ref = pdf_ref_of(pdf_key(field->dict, "V"));

    if (ref.num == 0 || pdf_sig_span(pdf, ref.num, PDF_LATEST, &span, &ignored) != 0)
        return -1;
    int64_t end = span.range[2] + span.range[3];
    if (span.range[0] != 0 || span.range[1] != span.contents_start ||
        span.range[2] != span.contents_end || pdf_revision_ending(pdf, end) < 0)
        return -1;
    return end;
}

static int print(struct found *list, size_t n, struct buf *out, struct err *e)
{
    struct jv *o = jv_object(), *all = jv_array();
    int rc;

    if (n > 0)
        qsort(list, n, sizeof *list, by_end);
    for (size_t i = 0; i < n; i++) {
        struct jv *one = jv_object();
        jv_put_text(one, "field", list[i].field->name);
        jv_put_bool(one, "stamp", list[i].field->doc_timestamp);
        jv_put_int(one, "end", list[i].end);
        jv_add_take(all, one);
    }
    jv_put_take(o, "signatures", all);
    rc = jv_print(o, false, out, e);
    jv_free(o);
    return rc;
}

static int run(const struct task_io *io, struct err *e)
{
    struct jv *ask = jv_parse((const char *)io->params, io->params_len, "pades-revisions", e);
    struct buf password = BUF_INIT(1024);
    struct pdf_options options = {0};
    struct sigform form = {0};
    struct pdf *pdf = NULL;
    struct found *list = NULL;
    size_t n = 0;
    int rc = -1;

    if (ask == NULL)
        goto out;
    if (jv_get_bytes(ask, "password", &password) != 0) {
        err_set_bug(e, "pades-revisions: password");
        goto out;
    }
    options.password = password.data;
    options.password_len = password.len;
    if (pdf_open(&pdf, io->fds[0], &options, e) != 0 || sigform_read(&form, pdf, e) != 0)
        goto out;
    list = calloc(form.count + 1, sizeof *list);
    if (list == NULL) {
        err_set_memory(e);
        goto out;
    }
    for (size_t i = 0; i < form.count; i++) {
        if (form.fields[i].value == NULL)
            continue;
        list[n].field = &form.fields[i];
        list[n++].end = end_of(pdf, &form.fields[i]);
    }
    rc = print(list, n, io->reply, e);
out:
    free(list);
    sigform_free(&form);
    pdf_close(pdf);
    jv_free(ask);
    buf_wipe(&password);
    return rc;
}

const struct task pades_revisions_task = {"pades-revisions", run, NULL, {60, 0, 0}, NULL};
