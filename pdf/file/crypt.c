#include "pdf/file/pdf_internal.h"

#include <string.h>

bool crypt_is_signature(const struct pdf_value *dict)
{
    if (pdf_is_name(pdf_key(dict, "Type"), "Sig") ||
        pdf_is_name(pdf_key(dict, "Type"), "DocTimeStamp"))
        return true;
    return pdf_key(dict, "ByteRange") != NULL && pdf_key(dict, "Filter") != NULL;
}

int crypt_open(struct pdf *pdf, const struct pdf_value *dict, const struct pdf_options *options,
               struct err *e)
{
    (void)pdf;
    (void)dict;
    (void)options;
    return err_set(e, ERR_INPUT, "err.pdf-file.encryption", NULL);
}

void crypt_free(struct pdf_crypt *c)
{
    (void)c;
}

int crypt_value(struct pdf *pdf, struct pdf_value *v, struct pdf_ref owner, struct err *e)
{
    (void)pdf;
    (void)v;
    (void)owner;
    (void)e;
    return 0;
}

int crypt_filter(struct pdf *pdf, const struct pdf_value *stream, const char *name,
                 struct filter **out, struct err *e)
{
    (void)pdf;
    (void)stream;
    (void)name;
    (void)e;
    *out = NULL;
    return 0;
}

int crypt_encrypt(struct pdf *pdf, struct pdf_ref owner, bool stream, const void *data, size_t len,
                  struct buf *out, struct err *e)
{
    (void)pdf;
    (void)owner;
    (void)stream;
    buf_append(out, data, len);
    return buf_check(out, e);
}

bool pdf_is_encrypted(const struct pdf *pdf)
{
    return pdf->crypt != NULL;
}

bool pdf_encryption_of(const struct pdf *pdf, struct pdf_encryption *out)
{
    (void)pdf;
    (void)out;
    return false;
}

bool pdf_allows_fill(const struct pdf *pdf)
{
    return !pdf_is_encrypted(pdf);
}

bool pdf_allows_annotate(const struct pdf *pdf)
{
    return !pdf_is_encrypted(pdf);
}

bool pdf_allows_modify(const struct pdf *pdf)
{
    return !pdf_is_encrypted(pdf);
}
