#include "cmd/act_compare.h"

#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/file.h"
#include "base/jv.h"
#include "dossier/compare.h"
#include "verify/verify.h"

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
        rc = compare_data(carried, form, out, e);
out:
    if (fd >= 0)
        close(fd);
    jv_free(read);
    jv_free(carried);
    buf_free(&data);
    return rc;
}
