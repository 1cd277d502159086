/* A text among the characters of the pages. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "pdf/text/page.h"

enum { WANTED_MAX = 512 };

struct search {
    struct text_reader *reader;
    int64_t page;
    uint32_t wanted[WANTED_MAX];
    size_t n;
    struct text_match *out;
    size_t found;
    float x, y; /* where the first one begins */
};

static bool is_blank(uint32_t c)
{
    return c <= ' ' || c == 0xa0 || c == 0xad || (c >= 0x2000 && c <= 0x200b) || c == 0x202f ||
           c == 0x205f || c == 0x2060 || c == 0x3000 || c == 0xfeff;
}

static uint32_t folded(uint32_t c)
{
    return c == 0x2019 || c == 0x2018 || c == 0x2bc ? '\'' : c;
}

/* A letter and the accent drawn after it. */
static uint32_t composed(uint32_t letter, uint32_t accent)
{
    char pair[9] = {0}, *nfc;
    size_t n = utf8_encode(letter, pair);
    uint32_t c = 0;

    n += utf8_encode(accent, pair + n);
    nfc = utf8_nfc(pair, NULL);
    n = nfc != NULL ? utf8_decode(nfc, strlen(nfc), &c) : 0;
    if (n == 0 || nfc[n] != '\0')
        c = 0;
    free(nfc);
    return c;
}

/* The characters of a page that count: blanks left out, accents put onto their letters. `where`
 * says which mark each is. */
static size_t reduce(const struct text_page *page, uint32_t *text, uint32_t *where)
{
    size_t n = 0;

    for (size_t i = 0; i < page->count; i++) {
        uint32_t c = page->marks[i].c, both;
        if (c != 0 && is_blank(c))
            continue;
        if (c >= 0x300 && c <= 0x36f && n > 0 && (both = composed(text[n - 1], c)) != 0) {
            text[n - 1] = both;
            continue;
        }
        text[n] = folded(c);
        where[n++] = (uint32_t)i;
    }
    return n;
}

static void match_add(struct search *s, int64_t index, const struct text_page *page, size_t first,
                      size_t last)
{
    const struct text_mark *m = &page->marks[first];

    if (s->found == 1 && s->out[0].page == index && fabsf(m->x0 - s->x) < 1.5f &&
        fabsf(m->y0 - s->y) < 1.5f)
        return;
    if (s->found == 0) {
        s->x = m->x0;
        s->y = m->y0;
    }
    s->out[s->found++] = (struct text_match){index, first, last};
}

static int page_search(struct search *s, int64_t index, const struct text_page *page, struct err *e)
{
    uint32_t *text = malloc((page->count + 1) * sizeof *text);
    uint32_t *where = malloc((page->count + 1) * sizeof *where);
    size_t n = 0;

    if (text == NULL || where == NULL) {
        free(text);
        free(where);
        return err_set_memory(e);
    }
    n = reduce(page, text, where);
    for (size_t i = 0; i + s->n <= n && s->found < 2; i++) {
        if (memcmp(text + i, s->wanted, s->n * sizeof *text) == 0)
            match_add(s, index, page, where[i], where[i + s->n - 1]);
    }
    free(text);
    free(where);
    return 0;
}

static int page_look(void *self, int64_t index, struct pdf_ref ref, const struct pdf_value *value,
                     struct err *e)
{
    struct search *s = self;
    struct text_page page;
    int rc;

    if (s->page >= 0 && index != s->page)
        return index > s->page ? 1 : 0;
    rc = text_page_read(s->reader, ref, value, &page, e);
    if (rc == 0)
        rc = page_search(s, index, &page, e);
    text_page_free(&page);
    pdf_drop_cache(text_reader_pdf(s->reader));
    return rc != 0 ? rc : s->found == 2 ? 1 : 0;
}

static int wanted_read(struct search *s, const char *wanted, struct err *e)
{
    char *nfc = utf8_nfc(wanted, e);
    size_t len = nfc != NULL ? strlen(nfc) : 0;

    for (size_t at = 0, n; at < len && s->n < WANTED_MAX; at += n) {
        uint32_t c = 0;
        n = utf8_decode(nfc + at, len - at, &c);
        if (n == 0)
            break;
        if (!is_blank(c))
            s->wanted[s->n++] = folded(c);
    }
    free(nfc);
    return nfc != NULL ? 0 : -1;
}

int text_find(struct text_reader *r, int64_t page, const char *wanted, struct text_match out[2],
              size_t *n, struct err *e)
{
    struct search s = {.reader = r, .page = page, .out = out};
    int rc = wanted_read(&s, wanted, e);

    *n = 0;
    if (rc != 0 || s.n == 0 || s.n == WANTED_MAX)
        return rc;
    rc = pdf_page_walk(text_reader_pdf(r), text_reader_revision(r), page_look, &s, e);
    *n = s.found;
    return rc < 0 ? -1 : 0;
}
