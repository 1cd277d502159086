#include "pdf/file/pdf_internal.h"

#include <inttypes.h>
#include <stdio.h>

static int fail_sig(struct err *e, const char *id, uint32_t num)
{
    char number[16];

    snprintf(number, sizeof number, "%" PRIu32, num);
    return err_set(e, ERR_SIGNATURE, id, number, NULL);
}

static int fill(const struct pdf_value *dict, struct pdf_sig_span *out)
{
    const struct pdf_value *contents = pdf_key(dict, "Contents"),
                           *ranges = pdf_key(dict, "ByteRange");

    if (dict->doubled || !pdf_is(contents, PDF_STRING) || !contents->hex ||
        !pdf_is(ranges, PDF_ARRAY) || pdf_count(ranges) != 4)
        return -1;
    for (size_t i = 0; i < 4; i++) {
        const struct pdf_value *number = pdf_at(ranges, i);
        if (!pdf_is(number, PDF_INT) || number->u.integer < 0)
            return -1;
        out->range[i] = number->u.integer;
    }
    out->contents_start = contents->start;
    out->contents_end = contents->end;
    out->ranges_start = ranges->start;
    out->ranges_end = ranges->end;
    return 0;
}

int pdf_sig_span(struct pdf *pdf, uint32_t num, int revision, struct pdf_sig_span *out,
                 struct err *e)
{
    struct pdf_place place = pdf_place_of(pdf, num, revision);
    struct pdf_sig_span span = {0};
    struct pdf_value v;
    struct pdf_ref ref;

    if (place.kind != PDF_PLACE_FILE)
        return fail_sig(e, "err.pdf-file.sig-packed", num);
    if (object_read(pdf, place.offset, num, revision, &v, &ref, &span.object_end, e) != 0)
        return -1;
    span.object_start = place.offset;
    int rc =
        v.kind == PDF_DICT && fill(&v, &span) == 0 ? 0 : fail_sig(e, "err.pdf-file.sig-form", num);
    pdf_value_clear(&v);
    if (rc == 0)
        *out = span;
    return rc;
}
