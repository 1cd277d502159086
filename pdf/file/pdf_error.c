#include "pdf/file/pdf_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

int fail_object(struct err *e, uint32_t num, int64_t at)
{
    char number[16], place[32];

    snprintf(number, sizeof number, "%" PRIu32, num);
    snprintf(place, sizeof place, "%" PRId64, at);
    return err_set(e, ERR_INPUT, "err.pdf-file.object", number, place, NULL);
}

int fail_stream(struct err *e, uint32_t num)
{
    char number[16];

    snprintf(number, sizeof number, "%" PRIu32, num);
    return err_set(e, ERR_INPUT, "err.pdf-file.stream", number, NULL);
}

int fail_xref(struct err *e, int64_t at)
{
    char place[32];

    snprintf(place, sizeof place, "%" PRId64, at);
    return err_set(e, ERR_INPUT, "err.pdf-file.xref", place, NULL);
}

int fail_limit(struct err *e, const char *what_id, int64_t limit)
{
    char number[32];

    snprintf(number, sizeof number, "%" PRId64, limit);
    return err_set(e, ERR_INPUT, "err.pdf-file.limit", text(what_id), number, NULL);
}

int fail_read(struct pdf *pdf, struct err *e)
{
    return err_set_errno(e, ERR_DISK, pdf->io_errno, "err.pdf-file.read", NULL);
}

int seen_init(struct pdf_seen *s, uint32_t limit, struct err *e)
{
    s->limit = limit;
    s->bits = calloc(limit / 8 + 1, 1);
    return s->bits != NULL ? 0 : err_set_memory(e);
}

bool seen_add(struct pdf_seen *s, uint32_t num)
{
    if (num >= s->limit || (s->bits[num / 8] & (1 << num % 8)) != 0)
        return false;
    s->bits[num / 8] |= (unsigned char)(1 << num % 8);
    return true;
}

void seen_free(struct pdf_seen *s)
{
    free(s->bits);
    s->bits = NULL;
}
