/* Line breaking (UAX 14 by libunistring) and lines on the page. */
#include <stdlib.h>
#include <string.h>

#include <unilbrk.h>

#include "base/utf8.h"
#include "pdf/report/report_int.h"

static bool line_add(struct para *p, size_t *room, size_t at, size_t n, double x)
{
    if (p->nlines == *room) {
        size_t bigger = *room == 0 ? 4 : 2 * *room;
        struct line *lines = realloc(p->lines, bigger * sizeof *lines);

        if (lines == NULL)
            return false;
        p->lines = lines;
        *room = bigger;
    }
    p->lines[p->nlines++] = (struct line){(uint32_t)at, (uint32_t)n, x};
    return true;
}

/* Width of a list mark at the start of a line ("- ", "• ", "– ", "* "), by which its next lines are
 * indented. */
static double hang_of(struct report *r, const struct style *s, const char *text, size_t n)
{
    static const char *const marks[] = {"- ", "\xE2\x80\xA2 ", "\xE2\x80\x93 ", "* "};

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        size_t len = strlen(marks[i]);
        if (n > len && memcmp(text, marks[i], len) == 0)
            return draw_width(r->d, s->face, s->size, marks[i], len);
    }
    return 0;
}

struct breaker {
    struct report *r;
    struct para *p;
    size_t room;
    char *marks; /* of unilbrk, one a byte */
};

/* A last line of one short word looks like a fault: it takes the last word of the line before with
 * it. */
static void runt_mend(struct breaker *b, size_t first)
{
    struct para *p = b->p;
    const struct style *s = &p->style;

    if (p->nlines < first + 2)
        return;
    struct line *last = &p->lines[p->nlines - 1], *before = last - 1;
    double wide = draw_width(b->r->d, s->face, s->size, p->text + last->at, last->n);
    if (wide > 0.1 * p->width || last->n == 0)
        return;
    size_t cut = before->at + before->n;
    while (cut > before->at + before->n / 2 &&
           !(b->marks[cut] == UC_BREAK_POSSIBLE && cut < before->at + before->n))
        cut--;
    if (cut <= before->at + before->n / 2)
        return;
    last->n += (uint32_t)(last->at - cut);
    last->at = (uint32_t)cut;
    size_t n = cut - before->at;
    while (n > 0 && p->text[before->at + n - 1] == ' ')
        n--;
    before->n = (uint32_t)n;
}

/* One source line [at, end) without its newline. */
static bool break_line(struct breaker *b, size_t at, size_t end)
{
    const char *text = b->p->text;
    const struct style *s = &b->p->style;
    double hang = hang_of(b->r, s, text + at, end - at), x = 0, wide = 0;
    size_t start = at, possible = at, first = b->p->nlines;

    for (size_t i = at; i < end;) {
        uint32_t c = 0;
        size_t len = utf8_decode(text + i, end - i, &c);
        double w = draw_char_width(b->r->d, s->face, s->size, c);

        len = len == 0 ? 1 : len;
        if (i > start && (b->marks[i] == UC_BREAK_POSSIBLE))
            possible = i;
        if (x + wide + w > b->p->width && i > start && c != ' ') {
            size_t cut = possible > start ? possible : i, n = cut - start;
            while (n > 0 && text[start + n - 1] == ' ')
                n--;
            if (!line_add(b->p, &b->room, start, n, x))
                return false;
            start = possible = cut;
            x = hang;
            wide = draw_width(b->r->d, s->face, s->size, text + start, i - start);
        }
        wide += w;
        i += len;
    }
    size_t n = end - start;
    while (n > 0 && text[start + n - 1] == ' ')
        n--;
    if (!line_add(b->p, &b->room, start, n, x))
        return false;
    runt_mend(b, first);
    return true;
}

/* Whether no line ends before byte i >= 2 although Unicode allows it: in "N/A", and in a line that
 * is wide enough between a short number and its unit, "2 heures", or a sign and its number, "n°
 * 12". */
static bool joined(const char *s, size_t i, size_t n, bool wide)
{
    size_t digits = 0;

    if (s[i - 1] == '/' && s[i] == 'A' && s[i - 2] == 'N')
        return true;
    if (!wide || s[i - 1] != ' ')
        return false;
    if (s[i] >= '0' && s[i] <= '9')
        return i >= 4 && memcmp(s + i - 4, "n\xC2\xB0", 3) == 0;
    while (digits < 4 && i - 1 > digits && s[i - 2 - digits] >= '0' && s[i - 2 - digits] <= '9')
        digits++;
    bool alone = i - 1 == digits || strchr(" (\n", s[i - 2 - digits]) != NULL;
    unsigned char next = (unsigned char)s[i];
    return digits > 0 && digits < 4 && alone && i < n &&
           ((next >= 'a' && next <= 'z') || next >= 0xC3);
}

void para_make(struct report *r, struct para *p, const struct style *style, double width,
               char *text_take)
{
    struct breaker b = {r, p, 0, NULL};

    memset(p, 0, sizeof *p);
    p->text = text_take;
    p->style = *style;
    p->width = width;
    size_t n = text_take != NULL ? strlen(text_take) : 0;
    while (n > 0 && (text_take[n - 1] == '\n' || text_take[n - 1] == ' '))
        n--;
    if (n == 0)
        return;
    b.marks = malloc(n);
    bool good = b.marks != NULL;
    if (good)
        u8_possible_linebreaks((const uint8_t *)text_take, n, "UTF-8", b.marks);
    for (size_t i = 2; good && i < n; i++) {
        if (joined(text_take, i, n, width > 12 * style->size))
            b.marks[i] = UC_BREAK_PROHIBITED;
    }
    for (size_t at = 0; good && at <= n;) {
        const char *newline = memchr(text_take + at, '\n', n - at);
        size_t end = newline != NULL ? (size_t)(newline - text_take) : n;
        good = break_line(&b, at, end);
        if (newline != NULL)
            text_take[end] = ' '; /* for para_draw */
        at = end + 1;
    }
    free(b.marks);
    if (!good)
        r->failed = true;
}

void para_free(struct para *p)
{
    free(p->text);
    free(p->lines);
    memset(p, 0, sizeof *p);
}

double para_height(const struct para *p)
{
    return (double)p->nlines * p->style.lead;
}

void para_cut(struct para *p, size_t most)
{
    p->cut = p->nlines > most;
    if (p->cut)
        p->nlines = most;
}

void para_draw(struct report *r, const struct para *p, size_t from, size_t to, double x, double y)
{
    const struct style *s = &p->style;
    double base = y - (s->lead - s->size) / 2 - 0.79 * s->size;

    for (size_t i = from; i < to && i < p->nlines; i++, base -= s->lead) {
        const struct line *line = &p->lines[i];
        if (p->cut && i + 1 == p->nlines) {
            /* what does not fit of the whole rest is cut */
            line_draw(r, s, ALIGN_LEFT, x + line->x, base, p->width - line->x, p->text + line->at);
            break;
        }
        /* The space at which a line ends is drawn too: readers that follow the structure put line
         * to line, and the words would run together (ISO 14289-1, 7.2). */
        bool space = line->n > 0 && p->text[line->at + line->n] == ' ';
        draw_text(r->d, s->face, s->size, s->colour, x + line->x, base, p->text + line->at,
                  line->n + space);
    }
}

double line_width(struct report *r, const struct style *style, const char *text)
{
    return text == NULL ? 0 : draw_width(r->d, style->face, style->size, text, strlen(text));
}

/* How many bytes of the text go into the width. */
static size_t fitting(struct report *r, const struct style *style, const char *text, size_t n,
                      double width)
{
    size_t at = 0;

    while (at < n) {
        uint32_t c = 0;
        size_t len = utf8_decode(text + at, n - at, &c);
        width -= draw_char_width(r->d, style->face, style->size, c);
        if (len == 0 || width < 0)
            break;
        at += len;
    }
    return at;
}

static void one_line_draw(struct report *r, const struct style *style, enum align align, double x,
                          double y, double width, const char *text)
{
    static const char dots[] = "\xE2\x80\xA6";
    size_t n = strlen(text);
    double w = line_width(r, style, text);

    draw_apart(r->d);
    if (w > width) {
        n = fitting(r, style, text, n, width - draw_width(r->d, style->face, style->size, dots, 3));
        w = draw_width(r->d, style->face, style->size, text, n);
        draw_text(r->d, style->face, style->size, style->colour, x, y, text, n);
        draw_text(r->d, style->face, style->size, style->colour, x + w, y, dots, 3);
        return;
    }
    if (align == ALIGN_RIGHT)
        x += width - w;
    else if (align == ALIGN_CENTRE)
        x += (width - w) / 2;
    draw_text(r->d, style->face, style->size, style->colour, x, y, text, n);
}

void line_draw(struct report *r, const struct style *style, enum align align, double x, double y,
               double width, const char *text)
{
    if (text == NULL || *text == '\0')
        return;
    if (strchr(text, '\n') == NULL) {
        one_line_draw(r, style, align, x, y, width, text);
        return;
    }
    char *line = strdup(text);
    for (char *p = line; p != NULL && *p != '\0'; p++) {
        if (*p == '\n')
            *p = ' ';
    }
    if (line != NULL)
        one_line_draw(r, style, align, x, y, width, line);
    else
        r->failed = true;
    free(line);
}
