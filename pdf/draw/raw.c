/* Objects of our own text among those of libharu, and the ways to write strings, names and numbers
 * in them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/utf8.h"
#include "pdf/draw/draw_int.h"

HPDF_STATUS raw_write(HPDF_Stream stream, struct buf *text)
{
    if (text->failed)
        return HPDF_FAILD_TO_ALLOC_MEM;
    return text->len == 0 ? HPDF_OK : HPDF_Stream_Write(stream, text->data, (HPDF_UINT)text->len);
}

static HPDF_STATUS raw_on_write(HPDF_Dict dict, HPDF_Stream stream)
{
    struct raw *raw = dict->attr;

    return raw_write(stream, &raw->part.dict);
}

static HPDF_Dict dict_new(struct draw *d, bool streamed)
{
    HPDF_Doc doc = d->doc;

    if (streamed)
        return HPDF_DictStream_New(doc->mmgr, doc->xref);
    HPDF_Dict dict = HPDF_Dict_New(doc->mmgr);
    if (dict != NULL && HPDF_Xref_Add(doc->xref, dict) != HPDF_OK)
        return NULL; /* freed by HPDF_Xref_Add */
    return dict;
}

HPDF_Dict raw_dict(struct draw *d, HPDF_Dict_OnWriteFunc write, void *attr, uint32_t *number)
{
    HPDF_Dict dict = draw_stopped(d) ? NULL : dict_new(d, false);

    if (dict == NULL)
        return NULL;
    dict->write_fn = write;
    dict->attr = attr;
    *number = dict->header.obj_id & 0x00ffffff;
    return dict;
}

struct raw *raw_new(struct draw *d, bool streamed)
{
    if (draw_stopped(d))
        return NULL;
    if (d->nraws == d->raws_room) {
        size_t room = d->raws_room == 0 ? 64 : 2 * d->raws_room;
        struct raw **raws = realloc(d->raws, room * sizeof(struct raw *));
        if (raws == NULL) {
            draw_fail_memory(d);
            return NULL;
        }
        d->raws = raws;
        d->raws_room = room;
    }
    struct raw *raw = calloc(1, sizeof *raw);
    HPDF_Dict dict = raw != NULL ? dict_new(d, streamed) : NULL;
    if (dict == NULL) {
        free(raw);
        draw_fail_memory(d);
        return NULL;
    }
    buf_init(&raw->part.dict, (size_t)ceilings.report_bytes);
    buf_init(&raw->part.stream, (size_t)ceilings.report_bytes);
    raw->part.streamed = streamed;
    raw->dict = dict;
    raw->number = dict->header.obj_id & 0x00ffffff;
    dict->write_fn = raw_on_write;
    dict->attr = raw;
    d->raws[d->nraws++] = raw;
    return raw;
}

int part_pack(struct part *p, struct packer *packer, struct err *e)
{
    if (packer_pack(packer, &p->stream, e) != 0)
        return -1;
    buf_text(&p->dict, "/Filter/FlateDecode");
    return 0;
}

void raw_close(struct draw *d, struct raw *raw)
{
    struct err e = ERR_INIT;

    if (draw_stopped(d))
        return;
    if (raw->part.packed && raw->part.stream.len > 0 && part_pack(&raw->part, &d->packer, &e) != 0)
        draw_fail(d, &e);
    if (raw->part.stream.failed || raw->part.dict.failed)
        draw_fail_memory(d);
    if (draw_stopped(d))
        return;
    raw->dict->filter = HPDF_STREAM_FILTER_NONE;
    if (raw->part.stream.len > 0)
        HPDF_Stream_Write(raw->dict->stream, raw->part.stream.data,
                          (HPDF_UINT)raw->part.stream.len);
    buf_free(&raw->part.stream);
}

static HPDF_STATUS content_on_write(HPDF_Dict dict, HPDF_Stream stream)
{
    (void)dict;
    return HPDF_Stream_WriteStr(stream, "/Filter/FlateDecode");
}

/* libharu's own stream would take 4 KB for a footer. */
static bool stream_fit(struct draw *d, struct page *page, size_t n)
{
    HPDF_Stream fitting = HPDF_MemStream_New(d->doc->mmgr, (HPDF_UINT)n);
    HPDF_PageAttr attr = page->page->attr;

    if (fitting == NULL)
        return false; /* libharu has noted it */
    if (attr->stream == page->contents->stream)
        attr->stream = fitting;
    HPDF_Stream_Free(page->contents->stream);
    page->contents->stream = fitting;
    return true;
}

static void content_pack(struct draw *d, struct page *page)
{
    struct part p = {.dict = BUF_INIT(64), .stream = page->drawn};
    struct err e = ERR_INIT;

    if (part_pack(&p, &d->packer, &e) != 0)
        draw_fail(d, &e);
    page->drawn = p.stream;
    if (!draw_stopped(d) && stream_fit(d, page, p.stream.len)) {
        page->contents->filter = HPDF_STREAM_FILTER_NONE;
        page->contents->write_fn = content_on_write;
        HPDF_Stream_Write(page->contents->stream, p.stream.data, (HPDF_UINT)p.stream.len);
    }
    buf_free(&page->drawn);
    buf_free(&p.dict);
}

/* A page whose content is packed goes on in another stream (ISO 32000-1, 7.8.2). */
static void content_more(struct draw *d, struct page *page)
{
    HPDF_Dict more = HPDF_DictStream_New(d->doc->mmgr, d->doc->xref);

    if (more != NULL && page->all == NULL) {
        page->all = HPDF_Array_New(d->doc->mmgr);
        if (page->all != NULL) {
            HPDF_Array_Add(page->all, page->contents);
            HPDF_Dict_Add(page->page, "Contents", page->all);
        }
    }
    if (more == NULL || page->all == NULL || draw_stopped(d)) {
        draw_fail_memory(d);
        return;
    }
    HPDF_Array_Add(page->all, more);
    page->contents = more;
}

void draw_page_close(struct draw *d, size_t index)
{
    if (draw_stopped(d) || index >= d->npages)
        return;
    if (d->pages[index].drawn.len > 0)
        content_pack(d, &d->pages[index]);
    d->pages[index].closed = true;
}

void contents_pack(struct draw *d, bool more)
{
    for (size_t i = more ? d->packed : 0; i < d->npages && !draw_stopped(d); i++) {
        if (d->pages[i].drawn.len == 0)
            continue;
        content_pack(d, &d->pages[i]);
        if (more && !draw_stopped(d))
            content_more(d, &d->pages[i]);
    }
    d->packed = d->npages;
}

struct raw *raw_of(struct draw *d, uint32_t number)
{
    for (size_t i = 0; i < d->nraws; i++) {
        if (d->raws[i]->number == number)
            return d->raws[i];
    }
    return NULL;
}

static bool is_plain(const char *s)
{
    for (; *s != '\0'; s++) {
        if (*s < 0x20 || *s > 0x7e)
            return false;
    }
    return true;
}

static void put_hex16(struct buf *b, unsigned v)
{
    static const char digits[] = "0123456789ABCDEF";

    for (int shift = 12; shift >= 0; shift -= 4)
        buf_char(b, digits[v >> shift & 15]);
}

void put_string(struct buf *b, const char *s)
{
    size_t n = strlen(s);

    if (is_plain(s)) {
        buf_char(b, '(');
        for (; *s != '\0'; s++) {
            if (*s == '(' || *s == ')' || *s == '\\')
                buf_char(b, '\\');
            buf_char(b, *s);
        }
        buf_char(b, ')');
        return;
    }
    buf_text(b, "<FEFF");
    for (size_t i = 0; i < n;) {
        uint32_t c = 0;
        size_t len = utf8_decode(s + i, n - i, &c);
        if (len == 0) {
            c = 0xfffd;
            len = 1;
        }
        if (c >= 0x10000) {
            put_hex16(b, 0xd800 + ((c - 0x10000) >> 10));
            put_hex16(b, 0xdc00 + ((c - 0x10000) & 0x3ff));
        } else {
            put_hex16(b, c);
        }
        i += len;
    }
    buf_char(b, '>');
}

/* Without printf: its decimal point follows the locale. */
void put_real(struct buf *b, double v)
{
    char text[24];
    size_t at = sizeof text;
    long n = lround(fmin(fmax(v, -30000), 30000) * 100), whole;
    bool negative = n < 0;

    n = negative ? -n : n;
    whole = n / 100;
    if (n % 100 != 0) {
        if (n % 10 != 0)
            text[--at] = (char)('0' + n % 10);
        text[--at] = (char)('0' + n / 10 % 10);
        text[--at] = '.';
    }
    do
        text[--at] = (char)('0' + whole % 10);
    while ((whole /= 10) > 0);
    if (negative)
        text[--at] = '-';
    buf_append(b, text + at, sizeof text - at);
}

void put_name(struct buf *b, const char *name)
{
    buf_char(b, '/');
    for (; *name != '\0'; name++) {
        unsigned char c = (unsigned char)*name;
        if (c <= 0x20 || c >= 0x7f || strchr("#/()<>[]{}%", c) != NULL)
            buf_format(b, "#%02X", (unsigned)c);
        else
            buf_char(b, (char)c);
    }
}

/* A text string as a value of libharu's own dictionaries, in UTF-16BE with its mark. */
void dict_string(struct draw *d, HPDF_Dict dict, const char *key, const char *utf8)
{
    struct buf b = BUF_INIT((size_t)ceilings.report_bytes);
    size_t n = strlen(utf8);

    if (draw_stopped(d))
        return;
    buf_append(&b, "\xfe\xff", 2);
    for (size_t i = 0; i < n;) {
        uint32_t c = 0;
        size_t len = utf8_decode(utf8 + i, n - i, &c);
        uint32_t unit[2] = {c, 0};
        size_t units = 1;
        if (len == 0) {
            unit[0] = 0xfffd;
            len = 1;
        } else if (c < 0x20) {
            unit[0] = ' '; /* as in the XMP packet */
        } else if (c >= 0x10000) {
            unit[0] = 0xd800 + ((c - 0x10000) >> 10);
            unit[1] = 0xdc00 + ((c - 0x10000) & 0x3ff);
            units = 2;
        }
        for (size_t k = 0; k < units; k++) {
            buf_char(&b, (char)(unit[k] >> 8));
            buf_char(&b, (char)(unit[k] & 0xff));
        }
        i += len;
    }
    if (buf_check(&b, NULL) == 0 && b.len < 60000)
        HPDF_Dict_Add(dict, key, HPDF_Binary_New(d->doc->mmgr, b.data, (HPDF_UINT)b.len));
    else
        draw_fail_bug(d, "a string of metadata is too long");
    buf_free(&b);
}
