/* Task "pades-prepare": reads the PDF, chooses the field, makes the update. fds: 0 the PDF, 1 where
 * the update goes, 2 the image ("image": true) or the evidence, if any. Parameters: JSON, see
 * ask_json in job_ask.c; the reply is JSON too. Nothing else is read, so the same call gives the
 * same bytes. */
#include "sign/pades/prepare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/err.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "base/ports.h"
#include "pdf/draw/draw.h"
#include "pdf/file/pdf_scan.h"
#include "sign/pades/job.h"
#include "sign/pades/pades.h"
#include "x509/warm.h"

void prepare_note(struct prepare *p, const char *code, const char *detail)
{
    struct jv *o = jv_object();

    jv_put_text(o, "code", code);
    jv_put_text(o, "detail", detail);
    jv_add_take(p->notes, o);
}

/* Appended since the file's bytes are fixed: what all readers see must be one thing (7.5.8.4). */
static int check_readable(struct prepare *p, struct err *e)
{
    if (pdf_double_view_count(p->pdf) > 0)
        return err_set(e, ERR_INPUT, "err.sign-pades.double-view", NULL);
    if (p->form.xfa) /* readers that know XFA show other contents than the pages */
        return err_set(e, ERR_INPUT, "err.sign-pades.xfa", NULL);
    return 0;
}

/* Of the fields that await a signature, as many as fit: "A, B". */
static void empty_names(const struct prepare *p, char *out, size_t size)
{
    size_t n = 0;

    out[0] = '\0';
    for (size_t i = 0; i < p->form.count; i++) {
        const struct sigform_field *f = &p->form.fields[i];
        size_t more = strlen(f->name) + 2;
        if (f->value != NULL || *f->name == '\0' || n + more >= size)
            continue;
        n += (size_t)snprintf(out + n, size - n, "%s%s", n > 0 ? ", " : "", f->name);
    }
}

/* A protected PDF may let its own fields be signed and no new one be added. */
static int refuse_permission(const struct prepare *p, struct err *e)
{
    char names[256];

    empty_names(p, names, sizeof names);
    if (p->chosen != NULL || p->timestamp || *names == '\0' || !pdf_allows_fill(p->pdf))
        return err_set(e, ERR_INPUT, "err.sign-pades.permission", NULL);
    return err_set(e, ERR_INPUT, "err.sign-pades.permission-field", names, NULL);
}

static int check_allowed(struct prepare *p, struct err *e)
{
    const char *by = NULL;
    bool fresh = p->chosen == NULL;

    if (pdf_is_encrypted(p->pdf) &&
        !(fresh ? pdf_allows_annotate(p->pdf) : pdf_allows_fill(p->pdf)))
        return refuse_permission(p, e);
    if (p->timestamp) /* allowed whatever the certification says (Table 257 as corrected) */
        return 0;
    if (p->form.certified == 1 || p->form.lock_p == 1)
        return err_set(e, ERR_SIGNATURE, "err.sign-pades.certified", NULL);
    if (sigform_locked(&p->form, p->chosen_name, &by))
        return err_set(e, ERR_SIGNATURE, "err.sign-pades.locked", p->chosen_name, by, NULL);
    /* the lock of a signed field allows what a certification with its /P does (Table 236) */
    if ((p->form.certified > 0 || p->form.lock_p > 0) && fresh && p->visible)
        return err_set(e, ERR_SIGNATURE, "err.sign-pades.certified-visible", NULL);
    if (p->certify > 0 && p->form.signed_count > 0)
        return err_set(e, ERR_USAGE, "err.sign-pades.certify-late", NULL);
    return 0;
}

/* "Signature" and a number: the fields that our reports and most programs reserve. */
static bool reserved_name(const char *name)
{
    static const char word[] = "Signature";
    size_t n = strlen(word);

    return strncmp(name, word, n) == 0 && name[n] != '\0' &&
           strspn(name + n, "0123456789") == strlen(name + n);
}

static const struct sigform_field *first_reserved(const struct prepare *p)
{
    const char *by = NULL;

    for (size_t i = 0; i < p->form.count; i++) {
        const struct sigform_field *f = &p->form.fields[i];
        if (f->value == NULL && reserved_name(f->name) && !sigform_locked(&p->form, f->name, &by))
            return f;
    }
    return NULL;
}

static int choose_named(struct prepare *p, struct err *e)
{
    char empty[256];

    p->chosen = sigform_find(&p->form, p->field);
    if (p->chosen != NULL && p->chosen->value != NULL)
        return err_set(e, ERR_USAGE, "err.sign-pades.field-signed", p->field, NULL);
    if (p->chosen != NULL && p->visible)
        return err_set(e, ERR_USAGE, "err.sign-pades.field-placed", p->field, NULL);
    if (p->chosen != NULL)
        return 0;
    for (size_t i = 0; i < p->form.top_count; i++) {
        if (strcmp(p->form.top[i], p->field) == 0)
            return err_set(e, ERR_USAGE, "err.sign-pades.field-other", p->field, NULL);
    }
    empty_names(p, empty, sizeof empty);
    if (jv_get_bool(p->ask, "existing"))
        return err_set(e, ERR_USAGE, "err.sign-pades.field-missing", p->field,
                       *empty != '\0' ? empty : "-", NULL);
    if (*p->field == '\0' || strchr(p->field, '.') != NULL)
        return err_set(e, ERR_USAGE, "err.sign-pades.field-unknown", p->field, NULL);
    if (*empty != '\0' && !p->visible) /* a slip of the pen would leave the box empty */
        prepare_note(p, "field-new", empty);
    p->new_name = strdup(p->field);
    return p->new_name != NULL ? 0 : err_set_memory(e);
}

/* The page whose annotations hold the widget: its own /P may be missing (12.5.2, optional). */
struct where {
    struct prepare *p;
    struct pdf_ref page;
};

static int page_holds(void *self, int64_t index, struct pdf_ref ref, const struct pdf_value *page,
                      struct err *e)
{
    struct where *w = self;
    const struct pdf_value *list = pdf_key(page, "Annots");
    struct pdf_value *apart = NULL;

    (void)e;
    if (pdf_is(list, PDF_REF) &&
        pdf_load(w->p->pdf, pdf_ref_of(list), PDF_LATEST, &apart, NULL) == 0)
        list = apart;
    for (size_t i = 0; pdf_is(list, PDF_ARRAY) && i < pdf_count(list) && w->page.num == 0; i++) {
        if (pdf_ref_of(pdf_at(list, i)).num == w->p->chosen->widget.num) {
            w->page = ref;
            w->p->shown = index;
        }
    }
    pdf_value_free(apart);
    return w->page.num != 0;
}

/* Where the signature shows: the rectangle of the field's widget, or the one asked for; and how its
 * page is turned. */
static int widget_box(struct prepare *p, struct err *e)
{
    struct err local = ERR_INIT;
    struct pdf_value *rotate = NULL;
    struct where where = {p, {0, 0}};
    struct pdf_ref page = {0, 0};

    p->shown = -1;
    p->unit = 1;
    if (p->chosen == NULL && p->visible) {
        if (jv_get_text(p->ask, "after_text") == NULL && prepare_rect(p, e) != 0)
            return -1;
        memcpy(p->box, p->rect, sizeof p->box);
        p->shown = p->page;
        if (pdf_page_ref(p->pdf, p->page, PDF_LATEST, &page, &local) != 0)
            page.num = 0;
    } else if (p->chosen != NULL && p->chosen->widget.num != 0) {
        const struct pdf_value *widget = pdf_fetch(p->pdf, p->chosen->widget, PDF_LATEST, &local);
        const struct pdf_value *rect = pdf_get(p->pdf, widget, "Rect", PDF_LATEST, &local);
        for (size_t i = 0; i < 4 && pdf_count(rect) == 4; i++)
            p->box[i] = pdf_number(pdf_get_at(p->pdf, rect, i, PDF_LATEST, &local), 0);
        /* a page tree that cannot be walked is told by prepare_facts */
        if (!err_is_set(&local) && p->box[0] != p->box[2] && p->box[1] != p->box[3])
            (void)pdf_page_walk(p->pdf, PDF_LATEST, page_holds, &where, NULL);
        page = where.page;
    }
    if (page.num != 0)
        p->unit = prepare_unit(p->pdf, page);
    if (page.num != 0 && !err_is_set(&local) &&
        pdf_page_attribute(p->pdf, page, "Rotate", PDF_LATEST, &rotate, &local) == 0)
        p->rotate = ((pdf_int(rotate, 0) % 360) + 360) % 360;
    pdf_value_free(rotate);
    if (err_is_set(&local) && e != NULL)
        *e = local;
    return err_is_set(&local) ? -1 : 0;
}

int prepare_choose(struct prepare *p, struct err *e)
{
    if (check_readable(p, e) != 0)
        return -1;
    if (p->field != NULL && !p->timestamp) {
        if (choose_named(p, e) != 0)
            return -1;
    } else if (!p->visible && !p->timestamp) {
        p->chosen = first_reserved(p);
    }
    if (p->chosen == NULL && p->new_name == NULL) {
        p->new_name = sigform_new_name(&p->form, e);
        if (p->new_name == NULL)
            return -1;
    }
    p->chosen_name = p->chosen != NULL ? p->chosen->name : p->new_name;
    if (check_allowed(p, e) != 0)
        return -1;
    return widget_box(p, e);
}

static int read_ask(struct prepare *p, const struct task_io *io, struct buf *password,
                    struct jv **ask, struct err *e)
{
    *ask = jv_parse((const char *)io->params, io->params_len, "pades-prepare", e);
    if (*ask == NULL)
        return -1;
    p->ask = *ask;
    const char *kind = jv_get_text(p->ask, "kind");
    p->timestamp = kind != NULL && strcmp(kind, "timestamp") == 0;
    p->plain = kind != NULL && strcmp(kind, "dss") == 0;
    p->hole = (size_t)jv_get_int(p->ask, "hole", 0);
    p->certify = (int)jv_get_int(p->ask, "certify", 0);
    p->field = jv_get_text(p->ask, "field");
    p->page = jv_get_int(p->ask, "page", 0) - 1;
    p->visible = jv_get_int(p->ask, "page", 0) != 0 && jv_get_text(p->ask, "after_text") == NULL;
    for (size_t i = 0; i < 4; i++)
        p->rect[i] = (double)jv_num(jv_at(jv_get(p->ask, "rect"), i), 0) / 1000;
    if ((p->hole == 0 && !p->plain) || p->hole > (size_t)ceilings.cms_bytes || p->certify < 0 ||
        p->certify > 3)
        return err_set_bug(e, "pades-prepare: parameters");
    return jv_get_bytes(p->ask, "password", password) == 0
               ? 0
               : err_set_bug(e, "pades-prepare: password");
}

static int read_evidence(int fd, struct jv **out, struct err *e)
{
    struct buf text = BUF_INIT(2 * (size_t)ceilings.json_bytes);

    if (file_read_fd(fd, "evidence", text.max, &text, e) == 0)
        *out = jv_parse(buf_str(&text), text.len, "evidence", e);
    buf_free(&text);
    return *out != NULL ? 0 : -1;
}

/* Without moving the position, which all documents share. */
static int read_image(int fd, struct buf *out, struct err *e)
{
    struct stat st;
    unsigned char *to;

    if (fstat(fd, &st) != 0 || st.st_size <= 0 || st.st_size > ceilings.image_bytes)
        return err_set(e, ERR_INPUT, "err.draw.image-size", NULL);
    to = buf_room(out, (size_t)st.st_size);
    if (to == NULL)
        return buf_check(out, e);
    if (file_pread_all(fd, to, (size_t)st.st_size, 0, "image", e) != 0)
        return -1;
    out->len = (size_t)st.st_size;
    return 0;
}

/* What came as third descriptor. */
static int read_extra(struct prepare *p, const struct task_io *io, struct buf *image,
                      struct jv **evidence, struct err *e)
{
    if (io->nfds != 3)
        return 0;
    if (!jv_get_bool(p->ask, "image")) {
        int rc = read_evidence(io->fds[2], evidence, e);
        p->evidence = *evidence;
        return rc;
    }
    p->image = image;
    return read_image(io->fds[2], image, e);
}

/* "last": the page that a new visible field goes to; a field that has this place for its name comes
 * first. */
static int page_settle(struct prepare *p, struct err *e)
{
    const char *place = jv_get_text(p->ask, "place");
    int64_t pages = 0;

    if (p->field == NULL && place != NULL && sigform_find(&p->form, place) != NULL) {
        p->field = place;
        p->visible = false;
        p->page = -1;
    } else if (jv_get_int(p->ask, "page", 0) == PADES_PAGE_LAST) {
        if (pdf_page_count(p->pdf, PDF_LATEST, &pages, e) != 0)
            return -1;
        p->page = pages - 1;
    }
    return 0;
}

static int choose(struct prepare *p, int fd, const struct pdf_options *options, struct err *e)
{
    if (p->plain)
        return check_readable(p, e);
    if (!p->timestamp && (page_settle(p, e) != 0 || prepare_place(p, fd, options, e) != 0))
        return -1;
    return prepare_choose(p, e) != 0 ? -1 : prepare_seed(p, e);
}

static int make_reply(struct prepare *p, const struct pdf_update_marks *marks, struct buf *out,
                      struct err *e)
{
    struct jv *reply = jv_object(), *scan = jv_array();
    int rc = -1;

    job_put_marks(reply, marks);
    jv_put_text(reply, "field", p->chosen_name);
    jv_put_bool(reply, "visible", p->appearance_ref.num != 0);
    jv_put_int(reply, "page", p->appearance_ref.num != 0 ? p->shown + 1 : 0);
    jv_put_int(reply, "signatures", (int64_t)p->form.signed_count);
    jv_put_int(reply, "certify", p->certify);
    jv_put_bool(reply, "tagged", p->tag_ref.num != 0);
    jv_put_take(reply, "notes", jv_keep(p->notes));
    if ((p->timestamp || p->plain ||
         (prepare_facts(p, reply, e) == 0 && pdf_scan(p->pdf, scan, e) == 0))) {
        jv_put_take(reply, "scan", jv_keep(scan));
        rc = jv_print(reply, false, out, e);
    }
    jv_free(scan);
    jv_free(reply);
    return rc;
}

static int run(const struct task_io *io, struct err *e)
{
    struct prepare p = {.notes = jv_array()};
    struct pdf_update_marks marks;
    struct buf password = BUF_INIT(1024), image = BUF_INIT((size_t)ceilings.image_bytes + 1);
    struct buf bytes = BUF_INIT((size_t)ceilings.pdf_update_bytes);
    struct pdf_options options = {0};
    struct jv *ask = NULL, *evidence = NULL;
    int rc = -1;

    if (io->nfds != 2 && io->nfds != 3) {
        err_set_bug(e, "pades-prepare: descriptors");
        goto out;
    }
    if (read_ask(&p, io, &password, &ask, e) != 0 || read_extra(&p, io, &image, &evidence, e) != 0)
        goto out;
    options.password = password.len > 0 ? password.data : NULL;
    options.password_len = password.len;
    if (pdf_open(&p.pdf, io->fds[0], &options, e) != 0 || sigform_read(&p.form, p.pdf, e) != 0 ||
        pdf_update_new(&p.update, p.pdf, e) != 0)
        goto out;
    if (jv_get_bool(p.ask, "avoid"))
        pdf_update_avoid(p.update);
    if (choose(&p, io->fds[0], &options, e) != 0 || prepare_build(&p, e) != 0 ||
        pdf_update_finish(p.update, &bytes, &marks, e) != 0 ||
        file_write_all(io->fds[1], bytes.data, bytes.len, "-", e) != 0)
        goto out;
    rc = make_reply(&p, &marks, io->reply, e);
out:
    sigform_free(&p.form);
    pdf_update_free(p.update);
    pdf_close(p.pdf);
    free(p.new_name);
    jv_free(p.notes);
    jv_free(ask);
    jv_free(evidence);
    buf_wipe(&password);
    buf_free(&bytes);
    buf_free(&image);
    return rc;
}

static void draw_task_warm(void)
{
    x509_warm();
    draw_appearance_warm();
}

const struct task pades_prepare_task = {"pades-prepare", run, x509_warm, {120, 0, 256 << 20}, NULL};
const struct task pades_draw_task = {"pades-draw", run, draw_task_warm, {120, 0, 256 << 20}, NULL};
