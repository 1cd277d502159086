/* What the signer is told about the document before the PIN: title and number of pages. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/jv.h"
#include "base/utf8.h"
#include "sign/pades/prepare.h"

enum { TEXT_MAX = 512 };

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

int prepare_facts(struct prepare *p, struct jv *reply, struct err *e)
{
    struct err local = ERR_INIT;
    int64_t pages = 0;

    put_info(p->pdf, "Info/Title", "title", reply, &local);
    put_info(p->pdf, "Info/Subject", "result", reply, &local);
    err_clear(&local); /* a damaged title is no reason to refuse */
    if (pdf_page_count(p->pdf, PDF_LATEST, &pages, e) != 0)
        return -1;
    jv_put_int(reply, "pages", pages);
    return 0;
}
