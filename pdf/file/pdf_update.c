#include "pdf/file/pdf_update.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/ceilings.h"
#include "base/digest.h"
#include "pdf/file/pdf_internal.h"
#include "pdf/file/pdf_update_internal.h"

int pdf_update_new(struct pdf_update **out, struct pdf *pdf, struct err *e)
{
    struct pdf_update *u = calloc(1, sizeof *u);
    unsigned char last = 0;

    if (u == NULL)
        return err_set_memory(e);
    u->pdf = pdf;
    u->base = pdf->size;
    u->next = pdf_object_limit(pdf, PDF_LATEST);
    if (u->next < pdf->revs[pdf->nrevs - 1].pub.size)
        u->next = pdf->revs[pdf->nrevs - 1].pub.size;
    if (u->next == 0)
        u->next = 1;
    buf_init(&u->bytes, (size_t)ceilings.pdf_update_bytes);
    u->hole_start = u->hole_end = u->ranges_start = u->ranges_end = -1;
    if (pdf_pread(pdf, &last, 1, pdf->size - 1, e) != 0) {
        pdf_update_free(u);
        return -1;
    }
    /* A8: after a CR nothing is added, because CR LF would be one end of line across the old end of
     * the file. */
    if (last != '\n' && last != '\r')
        buf_char(&u->bytes, '\n');
    *out = u;
    return 0;
}

void pdf_update_free(struct pdf_update *u)
{
    if (u == NULL)
        return;
    free(u->items);
    buf_free(&u->bytes);
    free(u);
}

struct pdf_ref pdf_update_reserve(struct pdf_update *u)
{
    return (struct pdf_ref){u->next++, 0};
}

bool pdf_update_has(const struct pdf_update *u, uint32_t num)
{
    for (size_t i = 0; i < u->count; i++) {
        if (u->items[i].num == num)
            return true;
    }
    return false;
}

static int begin(struct pdf_update *u, struct pdf_ref ref, struct err *e)
{
    if (u->finished)
        return err_set_bug(e, "pdf_update: put after finish");
    if (ref.num == 0 || ref.num >= u->next)
        return err_set_bug(e, "pdf_update: number neither reserved nor of the file");
    if (ref.num > ceilings.pdf_objects)
        return err_set(e, ERR_INPUT, "err.pdf-file.numbers", NULL);
    if (pdf_update_has(u, ref.num))
        return err_set_bug(e, "pdf_update: the same number put twice");
    if (u->count == u->cap) {
        size_t cap = u->cap < 16 ? 16 : 2 * u->cap;
        struct pdf_xent *items = reallocarray(u->items, cap, sizeof *items);
        if (items == NULL)
            return err_set_memory(e);
        u->items = items;
        u->cap = cap;
    }
    u->items[u->count++] = (struct pdf_xent){.where = u->base + (int64_t)u->bytes.len,
                                             .num = ref.num,
                                             .gen = ref.gen,
                                             .kind = PDF_PLACE_FILE};
    buf_format(&u->bytes, "%u %u obj\n", (unsigned)ref.num, (unsigned)ref.gen);
    return 0;
}

static int print_into(struct pdf_update *u, struct pdf_ref ref, const struct pdf_value *value,
                      struct err *e)
{
    struct print p = {.out = &u->bytes,
                      .pdf = u->pdf,
                      .owner = ref,
                      .base = u->base,
                      .hole_start = u->hole_start,
                      .hole_end = u->hole_end,
                      .ranges_start = u->ranges_start,
                      .ranges_end = u->ranges_end,
                      .e = e};

    print_value(&p, value);
    u->hole_start = p.hole_start;
    u->hole_end = p.hole_end;
    u->ranges_start = p.ranges_start;
    u->ranges_end = p.ranges_end;
    if (p.failed)
        return -1;
    return p.twice ? err_set_bug(e, "pdf_update: two holes in one update")
                   : buf_check(&u->bytes, e);
}

int pdf_update_put(struct pdf_update *u, struct pdf_ref ref, const struct pdf_value *value,
                   struct err *e)
{
    if (value == NULL)
        return err_set_memory(e);
    if (pdf_is(value, PDF_STREAM))
        return err_set_bug(e, "pdf_update_put: a stream goes by pdf_update_put_stream");
    if (begin(u, ref, e) != 0 || print_into(u, ref, value, e) != 0)
        return -1;
    buf_text(&u->bytes, "\nendobj\n");
    return buf_check(&u->bytes, e);
}

int pdf_update_add(struct pdf_update *u, const struct pdf_value *value, struct pdf_ref *out,
                   struct err *e)
{
    struct pdf_ref ref = pdf_update_reserve(u);

    if (pdf_update_put(u, ref, value, e) != 0)
        return -1;
    *out = ref;
    return 0;
}

int pdf_update_put_raw(struct pdf_update *u, struct pdf_ref ref, const void *bytes, size_t len,
                       struct err *e)
{
    if (begin(u, ref, e) != 0)
        return -1;
    buf_append(&u->bytes, bytes, len);
    buf_text(&u->bytes, "\nendobj\n");
    return buf_check(&u->bytes, e);
}

static int deflate_into(const void *data, size_t len, struct buf *out, struct err *e)
{
    uLongf size = compressBound(len);

    buf_init(out, (size_t)ceilings.pdf_update_bytes);
    unsigned char *to = buf_room(out, size);
    if (to == NULL)
        return buf_check(out, e);
    if (compress2(to, &size, data, len, 9) != Z_OK)
        return err_set_memory(e);
    out->len = size;
    return 0;
}

int pdf_update_put_stream(struct pdf_update *u, struct pdf_ref ref, const struct pdf_value *dict,
                          const void *data, size_t len, bool flate, struct err *e)
{
    struct buf packed = BUF_INIT((size_t)ceilings.pdf_update_bytes);
    struct buf secret = BUF_INIT((size_t)ceilings.pdf_update_bytes);
    struct pdf_value *head = NULL;
    int rc = -1;

    if (dict == NULL)
        return err_set_memory(e);
    head = pdf_value_copy(pdf_dict_of(dict), e);
    if (head == NULL)
        goto out;
    if (flate) {
        if (pdf_key(head, "Filter") != NULL) {
            err_set_bug(e, "pdf_update_put_stream: a filter stands there already");
            goto out;
        }
        if (deflate_into(data, len, &packed, e) != 0 ||
            pdf_set_take(head, "Filter", pdf_make_name("FlateDecode"), e) != 0)
            goto out;
        data = packed.data;
        len = packed.len;
    }
    if (pdf_is_encrypted(u->pdf)) {
        if (crypt_encrypt(u->pdf, ref, true, data, len, &secret, e) != 0)
            goto out;
        data = secret.data;
        len = secret.len;
    }
    if (pdf_set_take(head, "Length", pdf_make_int((int64_t)len), e) != 0)
        goto out;
    if (begin(u, ref, e) != 0 || print_into(u, ref, head, e) != 0)
        goto out;
    buf_text(&u->bytes, "\nstream\n");
    buf_append(&u->bytes, data, len);
    buf_text(&u->bytes, "\nendstream\nendobj\n");
    rc = buf_check(&u->bytes, e);
out:
    pdf_value_free(head);
    buf_free(&packed);
    buf_free(&secret);
    return rc;
}

static void fill_ranges(struct pdf_update *u, struct pdf_update_marks *m)
{
    char text[80];
    size_t width = (size_t)(u->ranges_end - u->ranges_start);

    m->range[0] = 0;
    m->range[1] = m->hole_start;
    m->range[2] = m->hole_end;
    m->range[3] = m->size - m->hole_end;
    int n = snprintf(text, sizeof text, "[0 %lld %lld %lld", (long long)m->range[1],
                     (long long)m->range[2], (long long)m->range[3]);
    unsigned char *to = u->bytes.data + (u->ranges_start - u->base);
    memset(to, ' ', width);
    memcpy(to, text, (size_t)n);
    to[width - 1] = ']';
}

int pdf_update_finish(struct pdf_update *u, struct buf *out, struct pdf_update_marks *marks,
                      struct err *e)
{
    struct pdf_update_marks m = {.base = u->base};

    if (u->finished)
        return err_set_bug(e, "pdf_update_finish: twice");
    if ((u->hole_start >= 0) != (u->ranges_start >= 0))
        return err_set_bug(e, "pdf_update_finish: a hole without ranges, or ranges without a hole");
    for (size_t i = 0; i < u->count; i++) {
        if (u->items[i].num >= u->next)
            return err_set_bug(e, "pdf_update_finish: number out of range");
    }
    u->finished = true;
    if (update_write_xref(u, &m.startxref, e) != 0)
        return -1;
    m.size = u->base + (int64_t)u->bytes.len;
    m.hole_start = u->hole_start;
    m.hole_end = u->hole_end;
    m.ranges_start = u->ranges_start;
    m.ranges_end = u->ranges_end;
    if (m.hole_start >= 0)
        fill_ranges(u, &m);
    buf_append(out, u->bytes.data, u->bytes.len);
    if (buf_check(out, e) != 0)
        return -1;
    *marks = m;
    return 0;
}
