#include "base/escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

/* Control characters, and those that reorder or hide what stands around them (Unicode TR 36). */
static bool is_treacherous(uint32_t c)
{
    return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0) || c == 0x061c ||
           (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xfeff || (c & 0xfffe) == 0xfffe;
}

void escape_html(struct buf *out, const char *s)
{
    static const char marks[] = "&<>\"'";
    static const char *const references[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    size_t left = s != NULL ? strlen(s) : 0;
    uint32_t c = 0;

    while (left > 0) {
        size_t n = utf8_decode(s, left, &c);
        const char *mark = n == 1 ? strchr(marks, *s) : NULL;
        if (n == 0 || is_treacherous(c))
            buf_text(out, "\xef\xbf\xbd");
        else if (mark != NULL)
            buf_text(out, references[mark - marks]);
        else
            buf_append(out, s, n);
        n = n == 0 ? 1 : n;
        s += n;
        left -= n;
    }
}

void escape_html_french(struct buf *out, const char *s)
{
    static const char opening[] = "\xc2\xab", closing[] = "\xc2\xbb", space[] = "\xe2\x80\xaf";
    struct buf spaced = BUF_INIT(SIZE_MAX / 2);
    const char *start = s != NULL ? s : "";

    for (const char *p = start; *p != '\0'; p++) {
        bool before = p > start && p[-1] != ' ' && p[1] != '\0' &&
                      (strchr(";:!?", p[1]) != NULL || strncmp(p + 1, closing, 2) == 0);
        bool after = p >= start + 2 && strncmp(p - 2, opening, 2) == 0;
        if (*p == ' ' && (before || after))
            buf_text(&spaced, space);
        else
            buf_char(&spaced, *p);
    }
    escape_html(out, buf_str(&spaced));
    out->failed = out->failed || spaced.failed;
    buf_free(&spaced);
}

void escape_csv(struct buf *out, const char *s)
{
    const char *first = s != NULL ? s + strspn(s, " \xc2\xa0") : "";

    buf_char(out, '"');
    if (*first != '\0' && strchr("=+-@\t\r\n", *first) != NULL)
        buf_char(out, '\'');
    for (size_t left = s != NULL ? strlen(s) : 0, n; left > 0; s += n, left -= n) {
        uint32_t c = 0;
        n = utf8_decode(s, left, &c);
        if (n == 0 || (is_treacherous(c) && !(c == '\r' && left > 1 && s[1] == '\n'))) {
            buf_text(out, "\xef\xbf\xbd");
            n = n == 0 ? 1 : n;
            continue;
        }
        if (c == '"')
            buf_char(out, '"');
        buf_append(out, s, n);
    }
    buf_char(out, '"');
}

void escape_url_path(struct buf *out, const char *path)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";

    for (; *path != '\0'; path++) {
        if (strchr(plain, *path) != NULL)
            buf_char(out, *path);
        else
            buf_format(out, "%%%02X", (unsigned char)*path);
    }
}

void base64_encode(struct buf *out, const unsigned char *data, size_t n)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < n; i += 3) {
        size_t have = n - i < 3 ? n - i : 3;
        uint32_t word = (uint32_t)data[i] << 16;
        word |= have > 1 ? (uint32_t)data[i + 1] << 8 : 0;
        word |= have > 2 ? (uint32_t)data[i + 2] : 0;
        for (size_t k = 0; k < 4; k++)
            buf_char(out, k <= have ? letters[word >> (18 - 6 * k) & 63] : '=');
    }
}
