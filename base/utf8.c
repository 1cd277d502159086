#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

#include "base/err.h"

static size_t sequence_length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf)
        return 2;
    if (first >= 0xe0 && first <= 0xef)
        return 3;
    if (first >= 0xf0 && first <= 0xf4)
        return 4;
    return 0;
}

size_t utf8_decode(const char *s, size_t n, uint32_t *out)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *p = (const unsigned char *)s;

    if (n == 0)
        return 0;
    size_t len = sequence_length(p[0]);
    if (len == 0 || len > n)
        return 0;
    uint32_t c = len == 1 ? p[0] : p[0] & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        c = (c << 6) | (p[i] & 0x3f);
    }
    if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *out = c;
    return len;
}

size_t utf8_encode(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | (c >> 6));
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | (c >> 12));
        out[1] = (char)(0x80 | ((c >> 6) & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | (c >> 18));
    out[1] = (char)(0x80 | ((c >> 12) & 0x3f));
    out[2] = (char)(0x80 | ((c >> 6) & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

bool utf8_valid(const char *s, size_t n)
{
    uint32_t c;

    while (n > 0) {
        size_t len = utf8_decode(s, n, &c);
        if (len == 0)
            return false;
        s += len;
        n -= len;
    }
    return true;
}

size_t utf8_whole_length(const char *s, size_t n)
{
    size_t start = n;

    while (start > 0 && n - start < 4) {
        start--;
        unsigned char c = (unsigned char)s[start];
        if ((c & 0xc0) == 0x80)
            continue;
        size_t len = sequence_length(c);
        return len == 0 || start + len <= n ? n : start;
    }
    return n;
}

/* libunistring wants no terminator and gives none back. */
static char *normalise(uninorm_t form, const char *s, size_t n, struct err *e)
{
    size_t len = 0;
    uint8_t *out = u8_normalize(form, (const uint8_t *)s, n, NULL, &len);
    char *ended = NULL;

    if (out != NULL)
        ended = realloc(out, len + 1);
    if (ended == NULL) {
        free(out);
        err_set_memory(e);
        return NULL;
    }
    ended[len] = '\0';
    return ended;
}

/* Whether s is in NFC for sure: nothing below U+0300 composes with its neighbours or is replaced,
 * nor do dashes, quotes and spaces from U+2010 to U+202F. */
static bool is_nfc(const char *s)
{
    const unsigned char *p = (const unsigned char *)s;

    for (; *p != '\0'; p++) {
        if (*p == 0xE2 && p[1] == 0x80 && p[2] >= 0x90 && p[2] <= 0xAF)
            p += 2;
        else if (*p >= 0xCC) /* U+0300 and above */
            return false;
        else if (*p >= 0xC2 && (p[1] & 0xC0) == 0x80)
            p++;
        else if (*p >= 0x80)
            return false;
    }
    return true;
}

char *utf8_nfc(const char *s, struct err *e)
{
    if (is_nfc(s)) {
        char *same = strdup(s);
        if (same == NULL)
            err_set_memory(e);
        return same;
    }
    return normalise(UNINORM_NFC, s, strlen(s), e);
}

/* What U+00C0 to U+00FF become: '*' is a gap, '=' the character itself, '+' the one 32 above, '!'
 * none of these. */
static const char latin_folded[] = "aaaaaa+ceeeeiiii+nooooo*+uuuuy+!"
                                   "aaaaaa=ceeeeiiii=nooooo*=uuuuy=y";

/* The folded form of a character that French and English texts are made of: length in out, 0 for a
 * gap, -1 when the tables of libunistring must be asked. */
static int fold_common(uint32_t c, char out[2])
{
    if (c < 0x80) {
        out[0] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
        return (c >= '0' && c <= '9') || (out[0] >= 'a' && out[0] <= 'z');
    }
    if (c == 0xA0 || c == 0xA7 || c == 0xAB || c == 0xB0 || c == 0xBB ||
        (c >= 0x2010 && c <= 0x2023) || c == 0x202F || c == 0x20AC)
        return 0;
    if (c == 0x152 || c == 0x153) {
        memcpy(out, "\xC5\x93", 2);
        return 2;
    }
    if (c < 0xC0 || c > 0xFF)
        return -1;
    out[0] = latin_folded[c - 0xC0];
    if (out[0] == '+' || out[0] == '=') {
        char whole[4];
        (void)utf8_encode(out[0] == '+' ? c + 32 : c, whole);
        memcpy(out, whole, 2);
        return 2;
    }
    return out[0] == '*' ? 0 : out[0] == '!' ? -1 : 1;
}

/* The whole of fold for texts of such characters only; NULL for others. None of them joins with its
 * neighbours, so each may be looked at alone. */
static char *fold_quickly(const char *s)
{
    size_t len = strlen(s), used = 0;
    char *out = malloc(len + 2);
    bool gap = false;

    for (size_t i = 0; out != NULL && i < len;) {
        uint32_t c = 0;
        size_t n = utf8_decode(s + i, len - i, &c);
        char folded[2];
        int width = n > 0 ? fold_common(c, folded) : -1;

        if (width < 0) {
            free(out);
            return NULL;
        }
        if (width == 0) {
            gap = true;
        } else {
            if (gap && used > 0)
                out[used++] = ' ';
            gap = false;
            memcpy(out + used, folded, (size_t)width);
            used += (size_t)width;
        }
        i += n;
    }
    if (out != NULL)
        out[used] = '\0';
    return out;
}

char *utf8_fold(const char *s, struct err *e)
{
    char *quick = fold_quickly(s);
    if (quick != NULL)
        return quick;

    size_t len = 0, used = 0;
    bool gap = false;
    uint8_t *folded = u8_casefold((const uint8_t *)s, strlen(s), NULL, UNINORM_NFKD, NULL, &len);
    char *out = folded != NULL ? malloc(len + 1) : NULL;

    if (out == NULL) {
        free(folded);
        err_set_memory(e);
        return NULL;
    }
    for (size_t i = 0; i < len;) {
        uint32_t c;
        size_t n = utf8_decode((const char *)folded + i, len - i, &c);
        if (n == 0) {
            n = 1;
            c = ' ';
        }
        if (uc_is_property_alphabetic(c) || uc_is_general_category(c, UC_NUMBER)) {
            if (gap && used > 0)
                out[used++] = ' ';
            gap = false;
            memcpy(out + used, folded + i, n);
            used += n;
        } else if (!uc_is_general_category(c, UC_MARK)) {
            gap = true;
        }
        i += n;
    }
    out[used] = '\0';
    free(folded);
    return out;
}

int utf8_pdfdoc(const char *s, size_t n, char *out, size_t room)
{
    size_t len = 0;

    for (size_t i = 0; i < n;) {
        uint32_t c = 0;
        size_t used = utf8_decode(s + i, n - i, &c);
        if (len == room)
            break; /* the rest does not count */
        if (used == 0 || (c > 0x7e && c < 0xa1) || (c > 0xff && c != 0x20ac))
            return -1;
        out[len++] = (char)(unsigned char)(c == 0x20ac ? 0xa0 : c);
        i += used;
    }
    return (int)len;
}
