/* What the signer is told about the document before the PIN: title, number of pages, whom the form
 * of a report names as auditor. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/utf8.h"
#include "sign/pades/prepare.h"

enum { TEXT_MAX = 512, GRID_MAX = 16 << 20 };

static void put_info(struct pdf *pdf, const char *key, const char *as, struct jv *reply,
                     struct err *e)
{
    const struct pdf_value *v = pdf_path(pdf, pdf_trailer(pdf, PDF_LATEST), key, PDF_LATEST, e);
    char *text = v != NULL ? pdf_text_dup(v, e) : NULL;

    if (text != NULL && strlen(text) > TEXT_MAX)
        text[utf8_whole_length(text, TEXT_MAX)] = '\0';
    jv_put_text(reply, as, text);
    free(text);
}

/* "auditor", by the data of our report. */
static void put_auditor(struct pdf *pdf, struct jv *reply, struct err *e)
{
    struct buf data = BUF_INIT(GRID_MAX);
    struct jv *grid = NULL;

    if (pdf_embedded_file(pdf, PDF_LATEST, "grid.json", &data, e) == 1 && buf_check(&data, e) == 0)
        grid = jv_parse(buf_str(&data), data.len, "grid.json", e);
    const struct jv *fields = jv_get(grid, "fields");
    for (size_t i = 0; i < jv_count(fields); i++) {
        const char *id = jv_get_text(jv_at(fields, i), "id"),
                   *value = jv_get_text(jv_at(fields, i), "value");
        if (id != NULL && value != NULL && strcmp(id, "auditor") == 0 && strlen(value) <= TEXT_MAX)
            jv_put_text(reply, "auditor", value);
    }
    jv_free(grid);
    buf_free(&data);
}

int prepare_facts(struct prepare *p, struct jv *reply, struct err *e)
{
    struct err local = ERR_INIT;
    int64_t pages = 0;

    put_info(p->pdf, "Info/Title", "title", reply, &local);
    put_info(p->pdf, "Info/Subject", "result", reply, &local);
    err_clear(&local); /* a damaged title is no reason to refuse */
    put_auditor(p->pdf, reply, &local);
    err_clear(&local);
    if (pdf_page_count(p->pdf, PDF_LATEST, &pages, e) != 0)
        return -1;
    jv_put_int(reply, "pages", pages);
    return 0;
}
