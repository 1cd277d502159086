/* Whether the sections of a revision are written as every reader takes them (ISO 32000-2 7.5.4,
 * 7.5.5, 7.5.8). What is looked at is what readers were seen to stumble over. */
#include <string.h>

#include "pdf/file/pdf_internal.h"

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static bool is_eol(unsigned char c)
{
    return c == '\r' || c == '\n';
}

static size_t skip_blanks(const unsigned char *p, size_t at, size_t n, bool *eol)
{
    for (; at < n && (is_eol(p[at]) || p[at] == ' '); at++)
        *eol = *eol || is_eol(p[at]);
    return at;
}

/* "startxref", an end of line, the number, an end of line, "%%EOF": nothing else, and near. */
static bool end_plain(struct pdf *pdf, const struct pdf_revision *pub)
{
    enum { NEAR = 64, WORD = 9 };
    unsigned char text[NEAR];
    size_t n = pub->eof < NEAR ? (size_t)pub->eof : NEAR, at = n;
    bool before = false, behind = false;
    int64_t said = 0;

    if (pdf_pread(pdf, text, n, pub->eof - (int64_t)n, NULL) != 0)
        return false;
    while (at > 0 && (n - at < WORD || memcmp(text + at, "startxref", WORD) != 0))
        at--;
    if (at == 0 || !is_eol(text[at - 1]))
        return false;
    at = skip_blanks(text, at + WORD, n, &before);
    for (; at < n && is_digit(text[at]) && said < INT64_MAX / 100; at++)
        said = said * 10 + (text[at] - '0');
    at = skip_blanks(text, at, n, &behind);
    return before && behind && n - at == 5 && said == pub->startxref;
}

/* An end of line or a blank, or nothing, stands in front. */
static bool apart(struct pdf *pdf, int64_t at)
{
    struct pdf_src src;

    src_file(&src, pdf, at - 1);
    return at <= 0 || lex_is_space(src_next(&src));
}

static void blanks_pass(struct pdf_src *src)
{
    while (src_peek(src) == ' ')
        src->pos++;
}

/* One end of line: CR, LF or both. */
static bool eol_pass(struct pdf_src *src)
{
    int c = src_next(src);

    if (c == '\r' && src_peek(src) == '\n')
        src->pos++;
    return c == '\r' || c == '\n';
}

static bool number_pass(struct pdf_src *src, int64_t *out)
{
    int64_t start = src->pos;
    int c;

    for (*out = 0; (c = src_peek(src)) != SRC_END && is_digit((unsigned char)c); src->pos++)
        *out = *out < INT32_MAX ? *out * 10 + (c - '0') : *out;
    return src->pos > start;
}

/* Rows of 20 bytes, whose form was looked at when they were read but for their ends of lines. */
static bool rows_pass(struct pdf_src *src, int64_t count, int64_t end)
{
    enum { ROW = 20 };

    for (int64_t i = 0; i < count; i++) {
        src->pos += ROW - 2;
        int c = src_next(src), d = src_next(src);
        if (src->pos > end || !((c == ' ' && (d == '\r' || d == '\n')) || (c == '\r' && d == '\n')))
            return false;
    }
    return true;
}

/* Between "xref" and "trailer": "12 3" on a line of its own and its rows, again and again. */
static bool table_plain(struct pdf *pdf, const struct pdf_reached *r)
{
    struct pdf_src src;
    int64_t first, count;

    if (!apart(pdf, r->section))
        return false;
    src_file(&src, pdf, r->section + 4);
    blanks_pass(&src);
    if (!eol_pass(&src))
        return false;
    while (number_pass(&src, &first)) {
        if (src_next(&src) != ' ' || !number_pass(&src, &count))
            return false;
        blanks_pass(&src);
        if (!eol_pass(&src) || !rows_pass(&src, count, r->trailer))
            return false;
    }
    while (src.pos < r->trailer) {
        int c = src_next(&src);
        if (c != ' ' && c != '\r' && c != '\n')
            return false;
    }
    return src.pos == r->trailer;
}

bool pdf_place_plain(struct pdf *pdf, int64_t at)
{
    struct pdf_src src;
    int c = 0;

    if (!apart(pdf, at))
        return false;
    src_file(&src, pdf, at);
    for (int words = 0; words < 2; words++) {
        int64_t start = src.pos;
        while ((c = src_peek(&src)) != SRC_END && is_digit((unsigned char)c))
            src.pos++;
        if (src.pos == start || src_next(&src) != ' ')
            return false;
    }
    return src_next(&src) == 'o' && src_next(&src) == 'b' && src_next(&src) == 'j';
}

/* No larger numbers than readers take, and few levels. */
static bool value_plain(const struct pdf_value *v, int depth)
{
    enum { DEPTH = 4, MANY = 64 };
    double number = pdf_number(v, 0);

    if (depth > DEPTH || number > INT32_MAX || number < INT32_MIN)
        return false;
    if (!pdf_is(v, PDF_ARRAY) && !pdf_is(v, PDF_DICT))
        return true;
    for (size_t i = 0; i < pdf_count(v); i++) {
        const struct pdf_value *one =
            pdf_is(v, PDF_ARRAY) ? pdf_at(v, i) : &pdf_entry_at(v, i)->value;
        if (depth > 0 && i == MANY)
            return false;
        if (!value_plain(one, depth + 1))
            return false;
    }
    return true;
}

/* The keys of 7.5.5 and 7.5.8, and those of known writers: what readers make of others' values is
 * not known. /Index may be long. */
static bool trailer_plain(const struct pdf_value *trailer)
{
    static const char *const keys[] = {
        "Size",  "Prev",    "Root",        "Info",        "ID",
        "Type",  "W",       "Encrypt",     "Length",      "Filter",
        "Index", "XRefStm", "DecodeParms", "DocChecksum", "AdditionalStreams"};
    enum { KEYS = sizeof keys / sizeof keys[0] };

    for (size_t i = 0; i < pdf_entry_count(trailer); i++) {
        const struct pdf_entry *entry = pdf_entry_at(trailer, i);
        size_t k = 0;
        while (k < KEYS && strcmp(entry->key, keys[k]) != 0)
            k++;
        if (k == KEYS || (strcmp(entry->key, "Index") != 0 && !value_plain(&entry->value, 1)))
            return false;
    }
    return true;
}

enum { SIZE_MAX_READ = 1 << 22 }; /* PDFium; MuPDF takes twice as many */

/* PDFBox writes such sections to what Word made. Readers were seen to rebuild the list where the
 * stream leads elsewhere or is encrypted, where one of the two lists nothing, and where /Size is
 * not one more than the last row of the table. */
bool beside_plain(struct pdf *pdf, const struct pdf_section *table,
                  const struct pdf_section *beside)
{
    static const char *const keys[] = {"Root", "Encrypt"};
    const struct pdf_xlist *rows = &table->entries, *list = &beside->entries;
    int64_t size = pdf_int(pdf_key(beside->trailer, "Size"), 0);

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const struct pdf_value *own = pdf_key(beside->trailer, keys[i]);
        const struct pdf_value *main = pdf_key(table->trailer, keys[i]);
        if ((own == NULL) != (main == NULL) || (own != NULL && !pdf_value_equal(own, main)))
            return false;
    }
    if (rows->count == 0 || rows->items[rows->count - 1].num + 1 != size ||
        pdf_int(pdf_key(table->trailer, "Size"), 0) != size)
        return false;
    return !beside->loose && list->count > 0 && list->items[list->count - 1].num < size &&
           trailer_plain(beside->trailer) && pdf_place_plain(pdf, beside->offset);
}

bool pdf_revision_odd(struct pdf *pdf, int revision)
{
    const struct pdf_revision *pub = pdf_revision_at(pdf, revision);

    if (pub == NULL || pub->size > SIZE_MAX_READ || !end_plain(pdf, pub) ||
        !trailer_plain(pub->trailer))
        return true;
    const struct pdf_xlist *list = &pdf->revs[rev_index(pdf, revision)].entries;
    if (list->count == 0 || list->items[list->count - 1].num >= pub->size)
        return true;
    for (int i = 0; i < pdf->nreached; i++) {
        const struct pdf_reached *r = &pdf->reached[i];
        bool own = r->section >= pub->start && r->section < pub->end;
        bool next = i > 0 && r[-1].section >= pub->start && r[-1].section < pub->end;
        if ((own || next) && r->said != r->section)
            return true;
        if (own && (r->loose || r->beside_odd))
            return true;
        if (own && !(r->trailer >= 0 ? table_plain(pdf, r) : pdf_place_plain(pdf, r->section)))
            return true;
    }
    return false;
}

bool pdf_revision_mixed(const struct pdf *pdf, int revision)
{
    const struct pdf_revision *pub = pdf_revision_at(pdf, revision);

    for (int i = 0; pub != NULL && i + 1 < pdf->nreached; i++) {
        const struct pdf_reached *r = &pdf->reached[i];
        if (r->section >= pub->start && r->section < pub->end && r->trailer >= 0 &&
            r[1].trailer < 0)
            return true;
    }
    return false;
}
