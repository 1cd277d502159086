#include "cmd/act_compare.h"

#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/text.h"
#include "dossier/compare.h"
#include "verify/verify.h"
#include "x509/person.h"

/* The state that the first signature covers; 0, the newest, when nothing is signed. */
static int signed_revision(const struct jv *verdict)
{
    const struct jv *list = jv_get(verdict, "signatures");
    int64_t first = 0;

    for (size_t i = 0; i < jv_count(list); i++) {
        int64_t revision = jv_get_int(jv_at(list, i), "revision", 0);
        if (revision > 0 && (first == 0 || revision < first))
            first = revision;
    }
    return (int)first;
}

static int by_text(const struct runner *runner, int fd, int revision,
                   const struct act_compare_request *r, const struct jv *form, struct jv **out,
                   struct err *e)
{
    struct jv *text = NULL;
    int rc = -1;

    if (verify_text(runner, fd, revision, r->password, r->password_len, &text, e) == 0)
        rc = compare_text(text, form, out, e);
    jv_free(text);
    return rc;
}

/* The data that the document carries; and what its pages show beside, which is what people read. */
static int by_data(const struct runner *runner, int fd, int revision,
                   const struct act_compare_request *r, const struct jv *carried,
                   const struct jv *form, struct jv **out, struct err *e)
{
    struct jv *data = NULL, *pages = NULL;

    if (compare_data(carried, form, &data, e) != 0)
        return -1;
    const char *result = jv_get_text(data, "result");
    if (result == NULL || strcmp(result, "same") != 0) {
        *out = data;
        return 0;
    }
    if (by_text(runner, fd, revision, r, form, &pages, e) != 0) {
        jv_free(data);
        return -1;
    }
    *out = compare_pages(data, pages);
    return 0;
}

static const char *auditor_of(const struct jv *form)
{
    const struct jv *fields = jv_get(form, "fields");

    for (size_t i = 0; i < jv_count(fields); i++) {
        const char *id = jv_get_text(jv_at(fields, i), "id");
        if (id != NULL && strcmp(id, "auditor") == 0)
            return jv_get_text(jv_at(fields, i), "value");
    }
    return NULL;
}

static bool of_a_person(const struct jv *signature)
{
    const struct jv *signer = jv_get(signature, "signer");
    const struct jv *types = jv_get(jv_get(signer, "qc_statements"), "types");
    const char *type = jv_get_text(signature, "type"), *subject = jv_get_text(signer, "subject");

    for (size_t i = 0; i < jv_count(types); i++) {
        if (strcmp(jv_str(jv_at(types, i)), "eseal") == 0)
            return false;
    }
    return type != NULL && strcmp(type, "signature") == 0 && subject != NULL &&
           !person_is_none(subject) && jv_get_text(signer, "name") != NULL;
}

/* "notes" of the comparison: persons have signed, and none of them is the auditor whom the form
 * names. */
static void put_notes(const struct jv *verdict, const struct jv *form, struct jv *comparison)
{
    const struct jv *list = jv_get(verdict, "signatures");
    const char *auditor = auditor_of(form);
    struct buf names = BUF_INIT((size_t)ceilings.json_bytes);
    struct jv *notes =
        jv_get(comparison, "notes") != NULL ? jv_keep(jv_get(comparison, "notes")) : jv_array();
    bool found = auditor == NULL;

    for (size_t i = 0; !found && i < jv_count(list); i++) {
        const char *name = jv_get_text(jv_get(jv_at(list, i), "signer"), "name");
        if (!of_a_person(jv_at(list, i)))
            continue;
        found = !person_differs(auditor, name);
        buf_format(&names, "%s%s", names.len > 0 ? ", " : "", name);
    }
    if (!found && names.len > 0) {
        char sentence[ERR_SENTENCE_MAX];
        text_say(text_lang_get(), sentence, sizeof sentence, "cmd.verify.other-person",
                 buf_str(&names), auditor, NULL);
        struct jv *note = jv_object();
        jv_put_text(note, "code", "other-person");
        jv_put_text(note, "sentence", sentence);
        jv_add_take(notes, note);
    }
    jv_put_take(comparison, "notes", notes);
    buf_free(&names);
}

int act_compare(const struct runner *runner, const struct act_compare_request *request,
                struct jv **out, struct err *e)
{
    int revision = signed_revision(request->verdict), fd = -1, rc = -1;
    struct jv *read = NULL, *carried = NULL;
    const struct jv *form = request->grid;
    struct buf data;

    buf_init(&data, (size_t)ceilings.json_bytes);
    if (form == NULL) {
        if (act_check(runner, &request->check, &read, e) != 0)
            goto out;
        form = read;
    }
    if ((fd = file_open(request->path, NULL, e)) < 0 ||
        verify_embedded(runner, fd, revision, request->password, request->password_len, &data, e) !=
            0)
        goto out;
    if (data.len == 0) {
        rc = by_text(runner, fd, revision, request, form, out, e);
        goto out;
    }
    carried = jv_parse(buf_str(&data), data.len, request->path, e);
    if (carried == NULL)
        goto out;
    const char *format = jv_get_text(carried, "format");
    if (format == NULL || strcmp(format, "paraphe-grid") != 0)
        err_set(e, ERR_INPUT, "err.cmd.embedded", request->path, NULL);
    else
        rc = by_data(runner, fd, revision, request, carried, form, out, e);
out:
    if (rc == 0)
        put_notes(request->verdict, form, *out);
    if (fd >= 0)
        close(fd);
    jv_free(read);
    jv_free(carried);
    buf_free(&data);
    return rc;
}
