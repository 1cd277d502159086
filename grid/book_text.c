/* Texts of cells and the table of shared strings. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/utf8.h"
#include "grid/book_part.h"
#include "grid/fault.h"

int book_grow(void **items, size_t *room, size_t count, size_t size, struct err *e)
{
    if (count < *room)
        return 0;
    size_t wider = *room > 0 ? 2 * *room : 16;
    void *p = realloc(*items, wider * size);
    if (p == NULL)
        return err_set_memory(e);
    *items = p;
    *room = wider;
    return 0;
}

/* "_xHHHH_" at s: its value, or -1. */
static int32_t escape_at(const char *s, size_t n)
{
    int32_t value = 0;

    if (n < 7 || s[0] != '_' || s[1] != 'x' || s[6] != '_')
        return -1;
    for (int i = 2; i < 6; i++) {
        char c = s[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* One escape, or two when they are the halves of a surrogate pair. Returns the bytes used. */
static size_t unescape_one(const char *s, size_t n, char out[4], size_t *written)
{
    int32_t c = escape_at(s, n);
    size_t used = 7;

    if (c >= 0xd800 && c < 0xdc00) {
        int32_t low = escape_at(s + 7, n - 7);
        if (low >= 0xdc00 && low < 0xe000) {
            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
            used = 14;
        }
    }
    if (c >= 0xd800 && c < 0xe000)
        c = 0xfffd;
    *written = utf8_encode(c == 0 ? 1 : (uint32_t)c, out);
    return used;
}

bool text_exceeds_cell(const char *s, size_t n)
{
    size_t units = 0;

    if (n <= FORM_CELL_UNITS_MAX)
        return false;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        units += (c & 0xc0) != 0x80; /* one unit for each character, two for each of four bytes */
        units += c >= 0xf0;
    }
    return units > FORM_CELL_UNITS_MAX;
}

const char *text_unescape(struct arena *a, const char *s, size_t n, uint32_t *len, bool *is_long)
{
    char *out = arena_text(a, s, n);
    size_t used = n;

    if (out != NULL && memchr(s, '_', n) != NULL) {
        used = 0;
        for (size_t i = 0; i < n;) {
            size_t written = 0;
            if (escape_at(s + i, n - i) >= 0) {
                i += unescape_one(s + i, n - i, out + used, &written);
                used += written;
            } else {
                out[used++] = s[i++];
            }
        }
        out[used] = '\0';
    }
    *len = (uint32_t)used;
    *is_long = out != NULL && text_exceeds_cell(out, used);
    return out;
}

void fragments_start(struct fragments *f, const struct xml_node *node)
{
    char size[16];

    if (strcmp(node->name, "r") == 0)
        f->look_pale = false;
    else if (strcmp(node->name, "color") == 0)
        f->look_pale |= style_same_color(style_color(node), COLOR_NONE);
    else if (strcmp(node->name, "sz") == 0 && xml_attr_text(node, "val", size, sizeof size) > 0)
        f->look_pale |= strtod(size, NULL) < TINY_POINTS;
}

void fragments_text(struct fragments *f, const char *s, size_t n)
{
    for (size_t i = 0; f->look_pale && !f->pale && i < n; i++)
        f->pale = s[i] != ' ' && s[i] != '\n' && s[i] != '\r' && s[i] != '\t';
}

struct strings_reader {
    struct book *book;
    struct shared_texts *out;
    struct buf text;
    bool in_item, in_text;
    struct fragments fragments;
    unsigned phonetic;
    struct err *e;
    int rc;
};

static void strings_start(void *self, const struct xml_node *node)
{
    struct strings_reader *r = self;

    if (node->ns != XML_SHEET)
        return;
    if (r->rc != 0) {
        xml_stop(node);
    } else if (strcmp(node->name, "si") == 0 && node->depth == 2) {
        buf_clear(&r->text);
        r->in_item = true;
        r->fragments = (struct fragments){false, false};
    } else if (strcmp(node->name, "rPh") == 0) {
        r->phonetic++;
    } else if (strcmp(node->name, "t") == 0) {
        r->in_text = r->in_item && r->phonetic == 0;
    } else if (r->in_item) {
        fragments_start(&r->fragments, node);
    }
}

static void add_string(struct strings_reader *r)
{
    struct shared_texts *t = r->out;
    struct shared_text item = {NULL, 0, false, r->fragments.pale};
    void *items = t->items;

    r->rc = buf_check(&r->text, r->e) != 0
                ? fault_set(r->e, "zip-bomb")
                : book_grow(&items, &t->room, t->count, sizeof item, r->e);
    t->items = items;
    if (r->rc != 0)
        return;
    item.text =
        text_unescape(&r->book->arena, buf_str(&r->text), r->text.len, &item.len, &item.is_long);
    if (item.text == NULL)
        r->rc = fault_set(r->e, "zip-bomb");
    else
        t->items[t->count++] = item;
}

static void strings_end(void *self, const struct xml_node *node)
{
    struct strings_reader *r = self;

    if (node->ns != XML_SHEET || r->rc != 0)
        return;
    if (strcmp(node->name, "t") == 0) {
        r->in_text = false;
    } else if (strcmp(node->name, "rPh") == 0 && r->phonetic > 0) {
        r->phonetic--;
    } else if (strcmp(node->name, "si") == 0 && node->depth == 2) {
        r->in_item = false;
        add_string(r);
    }
}

static void strings_text(void *self, const char *s, size_t n)
{
    struct strings_reader *r = self;

    if (!r->in_text)
        return;
    buf_append(&r->text, s, n);
    fragments_text(&r->fragments, s, n);
}

int book_read_strings(struct book *b, struct pack *p, size_t part, struct shared_texts *out,
                      struct err *e)
{
    static const struct xml_handler handler = {strings_start, strings_end, strings_text};
    struct strings_reader r = {.book = b, .out = out, .e = e};

    buf_init(&r.text, (size_t)ceilings.form_strings_bytes);
    int rc = xml_read(p, part, &handler, &r, e);
    buf_free(&r.text);
    return r.rc != 0 ? r.rc : rc;
}
