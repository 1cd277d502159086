/* The task "grid-check": hostile bytes in, the grid document out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/text.h"
#include "base/utf8.h"
#include "grid/check.h"
#include "grid/doc.h"
#include "grid/fault.h"
#include "grid/grid.h"
#include "grid/rules_pick.h"
#include "grid/task_part.h"
#include "grid/xml.h"

int task_support(int fd, struct task_support *out, const char *params, size_t n, struct err *e)
{
    struct buf text = BUF_INIT(0);
    int rc = -1;

    memset(out, 0, sizeof *out);
    out->params = jv_parse(params, n, "params", e);
    if (out->params != NULL &&
        file_read_again(fd, "support", (size_t)ceilings.json_bytes, &text, e) == 0)
        out->support = jv_parse(buf_str(&text), text.len, "support", e);
    buf_free(&text);
    if (out->support != NULL && layout_new(&out->layout, jv_get(out->support, "layout"), e) == 0)
        rc = rules_list_load(&out->rules, jv_get(out->support, "rulesets"), e);
    return rc;
}

void task_support_free(struct task_support *s)
{
    rules_list_free(&s->rules);
    layout_free(s->layout);
    jv_free(s->support);
    jv_free(s->params);
}

/* Any other text is no form, which the package's reader says; but one that calls itself a grid
 * document and is cut or spoilt is told as that. */
int task_grid(const struct buf *bytes, const char *name, struct jv **doc, struct err *e)
{
    enum { HEAD = 256 };
    static const char mark[] = "\"paraphe-grid\"";
    struct err ignored = ERR_INIT;
    size_t head = bytes->len < HEAD ? bytes->len : HEAD;

    *doc = NULL;
    if (bytes->len == 0 || bytes->data[0] != '{')
        return 0;
    *doc = jv_parse(buf_str(bytes), bytes->len, name, &ignored);
    if (*doc == NULL && memmem(bytes->data, head, mark, sizeof mark - 1) != NULL)
        return err_set(e, ERR_INPUT, "err.grid.json-cut", name, NULL);
    if (*doc != NULL && !form_json_is_grid(*doc)) {
        jv_free(*doc);
        *doc = NULL;
    }
    return 0;
}

/* A grid document in place of a workbook. */
static int read_json(const struct buf *bytes, const char *name, struct task_form *out,
                     struct err *e)
{
    struct jv *doc = NULL;
    int rc = task_grid(bytes, name, &doc, e);

    if (doc != NULL && form_from_json(&out->form, doc, e) != 0)
        rc = err_about(e, name);
    jv_free(doc);
    return rc;
}

/* OpenDocument 1.2 part 3, 3.3: the first entry is "mimetype", stored. */
static bool looks_like_ods(const struct buf *bytes)
{
    static const char mark[] = "mimetypeapplication/vnd.oasis.opendocument.spreadsheet";

    return bytes->len > 100 && memmem(bytes->data, 100, mark, sizeof mark - 1) != NULL;
}

int task_form(int fd, const struct layout *layout, const char *name, struct task_form *out,
              struct err *e)
{
    struct buf bytes = BUF_INIT(0);
    struct book *book = NULL;
    int rc = -1;

    memset(out, 0, sizeof *out);
    if (file_read_again(fd, name, (size_t)ceilings.form_file_bytes, &bytes, e) == 0 &&
        digest_bytes_hex(bytes.data != NULL ? (const void *)bytes.data : "", bytes.len, out->sha256,
                         e) == 0) {
        out->file = (struct doc_file){name, out->sha256, (int64_t)bytes.len};
        rc = read_json(&bytes, name, out, e);
        if (rc == 0 && out->form == NULL)
            rc = book_read(&book, buf_str(&bytes), bytes.len, e);
        out->is_ods = rc != 0 && looks_like_ods(&bytes);
    }
    buf_free(&bytes); /* before the form grows: the book has its own copies */
    if (rc == 0 && out->form == NULL)
        rc = form_read_take(&out->form, book, layout, e);
    if (rc == 0)
        rc = form_read_fields(out->form, layout, NULL, e);
    return rc;
}

/* The fields are read again with the labels of the rule set that was found. */
int task_rules(const struct task_support *s, struct task_form *f, const char *wanted, struct err *e)
{
    if (rules_pick(&s->rules, wanted, f->form, &f->rules, &f->by, e) != 0)
        return -1;
    if (f->rules == NULL) {
        if (rules_own(&f->own, f->form, s->layout, e) != 0)
            return -1;
        f->rules = f->own;
    }
    if (form_name_repeats(f->form, f->rules, e) != 0)
        return -1;
    return form_read_fields(f->form, s->layout, f->rules, e);
}

void task_form_free(struct task_form *f)
{
    check_end(&f->check);
    rules_free(f->own);
    form_free(f->form);
}

static int check_links(const struct task_form *f, struct err *e)
{
    int allowed = f->rules->blank_external_links;

    if (f->form->external_links > (unsigned)(allowed > 0 ? allowed : 0))
        return fault_set(e, "external-link");
    return 0;
}

static int run_check(const struct task_support *s, struct task_form *f,
                     const struct task_form *initial, struct err *e)
{
    f->check = (struct check){.form = f->form,
                              .rules = f->rules,
                              .layout = s->layout,
                              .initial = initial != NULL ? &initial->check : NULL,
                              .e = e};
    f->check.initial_same = initial != NULL && strcmp(f->file.sha256, initial->file.sha256) == 0;
    f->check.rules_foreign =
        f->by == RULES_BY_OPTION && rules_match_percent(f->rules, f->form) == 0;
    const char *deposit = jv_get_text(s->params, "deposit");
    if (deposit == NULL || date_parse_iso(deposit, &f->check.deposit) != 0)
        return err_set_bug(e, "grid-check: deposit");
    const char *last = jv_get_text(s->params, "last_day");
    struct date day;
    if (initial != NULL && last != NULL && date_parse_iso(last, &day) == 0)
        f->check.last_day = &day;
    int rc = check_run(&f->check);
    f->check.last_day = NULL;
    return rc;
}

static int reply_take(struct jv *doc, struct buf *reply, struct err *e)
{
    int rc = jv_print(doc, false, reply, e);

    jv_free(doc);
    return rc;
}

/* A fault of the file becomes the document with one finding. */
static int reply_fault(const struct task_form *f, const struct task_support *s, struct buf *reply,
                       struct err *e)
{
    struct date deposit;
    const char *day = jv_get_text(s->params, "deposit");

    if (e->kind != ERR_FORM || day == NULL || date_parse_iso(day, &deposit) != 0)
        return -1;
    struct jv *doc = doc_unreadable(&f->file, deposit, e->id, f->is_ods ? "ods" : NULL);
    err_clear(e);
    return reply_take(doc, reply, e);
}

static void initial_fault(const char *name, struct err *e)
{
    char id[96];

    snprintf(id, sizeof id, "grid.rule.%s", e->id);
    err_set(e, ERR_INPUT, "err.grid.initial-unreadable", name, text(id), NULL);
}

static int run(const struct task_io *io, struct err *e)
{
    struct task_support s;
    struct task_form form = {0}, initial = {0};
    bool with_initial = io->nfds > 2;
    int rc = task_support(io->fds[1], &s, (const char *)io->params, io->params_len, e);
    const char *wanted = jv_get_text(s.params, "ruleset"), *name = jv_get_text(s.params, "name");

    if (rc != 0)
        goto out;
    rc = task_form(io->fds[0], s.layout, name, &form, e);
    if (rc == 0)
        rc = task_rules(&s, &form, wanted, e);
    if (rc == 0)
        rc = check_links(&form, e);
    if (rc != 0) {
        rc = reply_fault(&form, &s, io->reply, e);
        goto out;
    }
    if (with_initial) {
        rc = task_form(io->fds[2], s.layout, jv_get_text(s.params, "initial_name"), &initial, e);
        if (rc == 0)
            rc = task_rules(&s, &initial, wanted, e);
        if (rc == 0)
            rc = run_check(&s, &initial, NULL, e);
        if (rc != 0 && e->kind == ERR_FORM)
            initial_fault(jv_get_text(s.params, "initial_name"), e);
        if (rc != 0)
            goto out;
    }
    rc = run_check(&s, &form, with_initial ? &initial : NULL, e);
    if (rc != 0)
        rc = reply_fault(&form, &s, io->reply, e);
    else
        rc = reply_take(doc_make(&form.check, &form.file, form.by,
                                 with_initial ? &initial.check : NULL, &initial.file,
                                 jv_get_bool(s.params, "brief")),
                        io->reply, e);
out:
    task_form_free(&form);
    task_form_free(&initial);
    task_support_free(&s);
    return rc;
}

/* Digests, XML tables and the tables of folding are loaded before a sandbox closes. */
void task_warm(void)
{
    char hex[DIGEST_HEX_MAX];
    struct err ignored = ERR_INIT;

    xml_warm();
    digest_bytes_hex("", 0, hex, &ignored);
    free(utf8_fold("É", &ignored));
    jv_free(jv_parse("{}", 2, "warm", &ignored));
}

const struct task grid_check_task = {
    .name = "grid-check",
    .run = run,
    .warm = task_warm,
    .limits = {.seconds = 30, .memory = 1 << 30, .output = 0},
};
