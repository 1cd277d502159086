#include "grid/clean.h"

#include <stdlib.h>
#include <string.h>
#include <unicase.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/err.h"
#include "base/utf8.h"

bool clean_is_blank(uint32_t c)
{
    return (c >= 9 && c <= 13) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

/* Decodes at s; an invalid byte counts as itself, one byte long. */
static size_t next(const char *s, uint32_t *c)
{
    if ((unsigned char)*s < 0x80) {
        *c = (unsigned char)*s;
        return 1;
    }
    size_t n = utf8_decode(s, strnlen(s, 4), c);
    if (n == 0) {
        *c = 0xfffd;
        n = 1;
    }
    return n;
}

void clean_blanks(char *s)
{
    char *out = s;
    bool gap = false, begun = false;

    while (*s != '\0') {
        uint32_t c;
        size_t n = next(s, &c);
        if (clean_is_blank(c)) {
            gap = true;
        } else {
            if (gap && begun)
                *out++ = ' ';
            memmove(out, s, n);
            out += n;
            begun = true;
            gap = false;
        }
        s += n;
    }
    *out = '\0';
}

bool clean_is_void(const char *s)
{
    while (*s != '\0') {
        uint32_t c;
        s += next(s, &c);
        if (!clean_is_blank(c) && c != 0x200b && c != 0xfeff)
            return false;
    }
    return true;
}

/* The length of the blank that ends at `end`, 0 when the character there is none. Looks no further
 * back than `start`. */
static size_t blank_before(const char *start, const char *end)
{
    for (size_t n = 1; n <= 3 && n <= (size_t)(end - start); n++) {
        uint32_t c;
        if (((unsigned char)end[-(ptrdiff_t)n] & 0xc0) == 0x80)
            continue;
        return utf8_decode(end - n, n, &c) == n && clean_is_blank(c) ? n : 0;
    }
    return 0;
}

const char *clean_trim(const char *s, size_t *n)
{
    uint32_t c;
    size_t len;
    const char *end = s + strlen(s);

    while (*s != '\0' && (len = next(s, &c), clean_is_blank(c)))
        s += len;
    while ((len = blank_before(s, end)) > 0)
        end -= len;
    *n = (size_t)(end - s);
    return s;
}

bool clean_same_word(const char *a, const char *b)
{
    size_t na = 0, nb = 0;
    int order = 1;

    a = clean_trim(a, &na);
    b = clean_trim(b, &nb);
    if (na == nb && memcmp(a, b, na) == 0)
        return true;
    if (na > FORM_WORD_BYTES_MAX || nb > FORM_WORD_BYTES_MAX ||
        u8_casecmp((const uint8_t *)a, na, (const uint8_t *)b, nb, NULL, NULL, &order) != 0)
        return false;
    return order == 0;
}

/* Every such character begins with E2 80 or E2 81 in UTF-8; long comments have few of these bytes.
 */
bool clean_has_bidi(const char *s)
{
    for (s = strchr(s, '\xe2'); s != NULL; s = strchr(s + 1, '\xe2')) {
        uint32_t c;
        next(s, &c);
        if ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
            return true;
    }
    return false;
}

bool clean_has_control(const char *s)
{
    for (; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s, after = (unsigned char)s[1];
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f ||
            (c == 0xc2 && after >= 0x80 && after < 0xa0 && after != 0x85))
            return true;
    }
    return false;
}

char *clean_fold_name(const char *s, struct err *e)
{
    struct buf words = BUF_INIT((size_t)ceilings.form_strings_bytes);
    char *folded = NULL;

    if (strpbrk(s, "<>") == NULL)
        return utf8_fold(s, e);
    for (; *s != '\0'; s++) {
        bool strict = (*s == '<' || *s == '>') && s[1] != '=';
        if (strict)
            buf_text(&words, *s == '<' ? " moins de " : " plus de ");
        else
            buf_char(&words, *s);
    }
    if (words.failed)
        err_set_memory(e);
    else
        folded = utf8_fold(buf_str(&words), e);
    buf_free(&words);
    return folded;
}

char *clean_fold_part(const char *sheet, const char *part, struct err *e)
{
    struct buf key = BUF_INIT((size_t)ceilings.form_strings_bytes);
    char *folded = NULL;

    if (part == NULL)
        return clean_fold_name(sheet, e);
    buf_text(&key, sheet);
    buf_text(&key, " : ");
    buf_text(&key, part);
    if (key.failed)
        err_set_memory(e);
    else
        folded = clean_fold_name(buf_str(&key), e);
    buf_free(&key);
    return folded;
}

/* Every word of a folded text, in order, in another one. */
static bool words_within(const char *text, const char *whole)
{
    while (*text != '\0') {
        size_t n = strcspn(text, " ");
        for (;;) {
            size_t m = strcspn(whole, " ");
            bool same = m == n && memcmp(text, whole, n) == 0;
            if (!same && whole[m] == '\0')
                return false;
            whole += m + (whole[m] == ' ');
            if (same)
                break;
        }
        text += n + (text[n] == ' ');
    }
    return true;
}

bool clean_is_shortened(const char *text, const char *whole, struct err *e)
{
    enum { LETTERS_LEAST = 8 };
    char *a = utf8_fold(text, e), *b = a != NULL ? utf8_fold(whole, e) : NULL;
    bool yes = a != NULL && b != NULL && (strchr(a, ' ') != NULL || strlen(a) >= LETTERS_LEAST) &&
               words_within(a, b);

    free(a);
    free(b);
    return yes;
}
