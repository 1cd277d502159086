#include "pdf/qpdf/look.h"

#include <string.h>

#include <qpdf/qpdf-c.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/utf8.h"

enum { OBJECTS_MAX = 200000, WARNINGS_MAX = 20 };

static int say(struct jv *out, const char *code, const char *message)
{
    jv_put_text(out, "code", code);
    if (message != NULL && message[0] != '\0')
        jv_put_text(out, "message", message);
    return strcmp(code, "ok") == 0 ? 0 : -1;
}

static int say_error(qpdf_data q, struct jv *out)
{
    qpdf_error error = qpdf_get_error(q);
    const char *detail = error != NULL ? qpdf_get_error_message_detail(q, error) : "";

    return say(out,
               error != NULL && qpdf_get_error_code(q, error) == qpdf_e_password ? "password"
                                                                                 : "damaged",
               detail);
}

/* Warnings tell of faults that qpdf went around; those of linearisation are expected after an
 * update, whose bytes the hint tables do not know. */
static size_t take_warnings(qpdf_data q, struct jv *out)
{
    struct jv *list = jv_array();
    size_t n = 0;

    while (qpdf_more_warnings(q)) {
        qpdf_error warning = qpdf_next_warning(q);
        const char *detail = qpdf_get_error_message_detail(q, warning);
        if (n++ < WARNINGS_MAX)
            jv_add_text(list, detail != NULL ? detail : "");
    }
    if (n > 0)
        jv_put_take(out, "warnings", list);
    else
        jv_free(list);
    return n;
}

static qpdf_data start(bool recover)
{
    qpdf_data q = qpdf_init();

    if (q != NULL) {
        qpdf_silence_errors(q);
        qpdf_set_suppress_warnings(q, QPDF_TRUE);
        qpdf_set_attempt_recovery(q, recover ? QPDF_TRUE : QPDF_FALSE);
    }
    return q;
}

/* Every object is read; whether one is the dictionary of a signature. */
static bool read_objects(qpdf_data q, struct jv *out)
{
    qpdf_oh size = qpdf_oh_get_key(q, qpdf_get_trailer(q), "/Size");
    int n = qpdf_oh_get_int_value_as_int(q, size);
    bool signature = false;

    if (n > OBJECTS_MAX)
        n = OBJECTS_MAX;
    for (int i = 1; i < n; i++) {
        qpdf_oh object = qpdf_get_object_by_id(q, i, 0);
        if (qpdf_oh_is_dictionary(q, object) && qpdf_oh_has_key(q, object, "/ByteRange"))
            signature = true;
        qpdf_oh_release(q, object);
    }
    jv_put_int(out, "objects", n);
    return signature;
}

static qpdf_data read_with(bool recover, const void *pdf, size_t len, const char *password,
                           struct jv *out)
{
    qpdf_data q = start(recover);

    if (q == NULL) {
        say(out, "damaged", "qpdf_init");
    } else if ((qpdf_read_memory(q, "input", pdf, len, password) & QPDF_ERRORS) != 0) {
        say_error(q, out);
        qpdf_cleanup(&q);
        q = NULL;
    }
    return q;
}

static bool is_locked(const struct jv *out)
{
    const char *code = jv_get_text(out, "code");

    return code == NULL || strcmp(code, "password") == 0;
}

/* With the password as it was given, as files before PDF 2.0 have it, and without: one that is not
 * needed does no harm. So does crypt_open.c; what that opens must not be refused here, after the
 * token has signed it. NULL: what is wrong stands in `out`. */
static qpdf_data read_all(bool recover, const void *pdf, size_t len, const char *password,
                          struct jv *out)
{
    char doc[UTF8_PDFDOC_MAX + 1];
    int n = utf8_pdfdoc(password, strlen(password), doc, UTF8_PDFDOC_MAX);
    qpdf_data q = NULL;

    doc[n > 0 ? n : 0] = '\0';
    const char *const ways[] = {password, doc, ""};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0] && q == NULL && is_locked(out); i++) {
        if (i > 0 && strcmp(ways[i], ways[i - 1]) == 0)
            continue;
        jv_remove(out, "message");
        q = read_with(recover, pdf, len, ways[i], out);
    }
    explicit_bzero(doc, sizeof doc);
    return q;
}

int look_check(const void *pdf, size_t len, const char *password, struct jv *out)
{
    qpdf_data q = read_all(false, pdf, len, password, out);
    int rc = -1;

    if (q == NULL)
        goto out;
    int pages = qpdf_get_num_pages(q);
    if (pages < 0 || qpdf_has_error(q)) {
        say_error(q, out);
        goto out;
    }
    jv_put_int(out, "pages", pages);
    jv_put_bool(out, "signed", read_objects(q, out));
    if (qpdf_has_error(q))
        say_error(q, out);
    else
        rc = say(out, "ok", NULL);
    take_warnings(q, out);
out:
    if (q != NULL)
        qpdf_cleanup(&q);
    return rc;
}

/* What no reader shows, in the place of a list that a signature is to be added to. */
static void annots_mend(qpdf_data q, int pages)
{
    for (int i = 0; i < pages; i++) {
        qpdf_oh page = qpdf_get_page_n(q, (size_t)i);
        qpdf_oh annots = qpdf_oh_get_key(q, page, "/Annots");
        if (!qpdf_oh_is_array(q, annots) && !qpdf_oh_is_null(q, annots))
            qpdf_oh_remove_key(q, page, "/Annots");
        qpdf_oh_release(q, annots);
        qpdf_oh_release(q, page);
    }
}

static void items_mend(qpdf_data q, qpdf_oh list)
{
    for (int i = qpdf_oh_get_array_n_items(q, list) - 1; i >= 0; i--) {
        qpdf_oh item = qpdf_oh_get_array_item(q, list, i);
        if (!qpdf_oh_is_dictionary(q, item))
            qpdf_oh_erase_item(q, list, i);
        qpdf_oh_release(q, item);
    }
}

static void form_mend(qpdf_data q, qpdf_oh catalog)
{
    qpdf_oh form = qpdf_oh_get_key(q, catalog, "/AcroForm");
    qpdf_oh fields =
        qpdf_oh_is_dictionary(q, form) ? qpdf_oh_get_key(q, form, "/Fields") : qpdf_oh_new_null(q);

    if (qpdf_oh_is_array(q, fields))
        items_mend(q, fields);
    else if (!qpdf_oh_is_dictionary(q, form))
        qpdf_oh_remove_key(q, catalog, "/AcroForm");
    else
        qpdf_oh_replace_key(q, form, "/Fields", qpdf_oh_new_array(q));
    qpdf_oh_release(q, fields);
    qpdf_oh_release(q, form);
}

static bool list_is_sound(qpdf_data q, qpdf_oh store, const char *key)
{
    qpdf_oh list = qpdf_oh_get_key(q, store, key);
    bool sound = qpdf_oh_is_null(q, list) || qpdf_oh_is_array(q, list);

    for (int i = 0; qpdf_oh_is_array(q, list) && i < qpdf_oh_get_array_n_items(q, list); i++) {
        qpdf_oh item = qpdf_oh_get_array_item(q, list, i);
        sound = sound && qpdf_oh_is_stream(q, item);
        qpdf_oh_release(q, item);
    }
    qpdf_oh_release(q, list);
    return sound;
}

/* Of a document without signatures: nothing is validated by it. */
static void store_mend(qpdf_data q, qpdf_oh catalog)
{
    qpdf_oh store = qpdf_oh_get_key(q, catalog, "/DSS");
    qpdf_oh names =
        qpdf_oh_is_dictionary(q, store) ? qpdf_oh_get_key(q, store, "/VRI") : qpdf_oh_new_null(q);

    if (!qpdf_oh_is_dictionary(q, store) || !list_is_sound(q, store, "/Certs") ||
        !list_is_sound(q, store, "/CRLs") || !list_is_sound(q, store, "/OCSPs") ||
        !(qpdf_oh_is_null(q, names) || qpdf_oh_is_dictionary(q, names)))
        qpdf_oh_remove_key(q, catalog, "/DSS");
    qpdf_oh_release(q, names);
    qpdf_oh_release(q, store);
}

int look_repair(const void *pdf, size_t len, const char *password, int fd, struct jv *out)
{
    qpdf_data q = read_all(true, pdf, len, password, out);
    struct err e = ERR_INIT;
    int rc = -1;

    if (q == NULL)
        goto out;
    int pages = qpdf_get_num_pages(q);
    /* Also a signature that the repair lost counts. */
    bool signature = read_objects(q, out) || memmem(pdf, len, "/ByteRange", 10) != NULL;
    jv_put_int(out, "pages", pages);
    jv_put_bool(out, "signed", signature);
    take_warnings(q, out);
    if (signature) {
        say(out, "signed", NULL);
        goto out;
    }
    if (pages <= 0) {
        say(out, "damaged", "no page");
        goto out;
    }
    annots_mend(q, pages);
    qpdf_oh catalog = qpdf_get_root(q);
    form_mend(q, catalog);
    store_mend(q, catalog);
    qpdf_oh_release(q, catalog);
    if ((qpdf_init_write_memory(q) & QPDF_ERRORS) != 0) {
        say_error(q, out);
        goto out;
    }
    /* No chance in it (and no device of chance can be opened here): the same input gives the same
     * file. */
    if (!qpdf_is_encrypted(q))
        qpdf_set_deterministic_ID(q, QPDF_TRUE);
    else
        qpdf_set_static_ID(q, QPDF_FALSE);
    qpdf_set_decode_level(q, qpdf_dl_none);
    if ((qpdf_write(q) & QPDF_ERRORS) != 0) {
        say_error(q, out);
        goto out;
    }
    if (file_write_all(fd, qpdf_get_buffer(q), qpdf_get_buffer_length(q), "output", &e) != 0) {
        say(out, "disk", e.foreign);
        goto out;
    }
    rc = say(out, "ok", NULL);
out:
    if (q != NULL)
        qpdf_cleanup(&q);
    return rc;
}

/* A page with a stream. What a look finds bound and in its place it does not search again. */
static void sample_print(struct buf *out)
{
    static const char *const bodies[] = {
        "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
        "<< /Length 4 >>\nstream\nq Q \nendstream"};
    enum { BODIES = sizeof bodies / sizeof bodies[0] };
    size_t at[BODIES], table;

    buf_text(out, "%PDF-1.7\n");
    for (size_t i = 0; i < BODIES; i++) {
        at[i] = out->len;
        buf_format(out, "%zu 0 obj\n%s\nendobj\n", i + 1, bodies[i]);
    }
    table = out->len;
    buf_text(out, "xref\n0 5\n0000000000 65535 f \n");
    for (size_t i = 0; i < BODIES; i++)
        buf_format(out, "%010zu 00000 n \n", at[i]);
    buf_format(out, "trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n", table);
}

void look_warm(void)
{
    struct buf text = BUF_INIT(1 << 12);
    struct jv *out = jv_object();

    sample_print(&text);
    (void)look_check(text.data, text.len, "", out);
    buf_clear(&text);
    (void)jv_print(out, false, &text, NULL);
    jv_free(out);
    buf_free(&text);
}
