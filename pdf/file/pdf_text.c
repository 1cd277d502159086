#include "pdf/file/pdf_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/utf8.h"

/* PDFDocEncoding (ISO 32000-2 D.2) where it differs from Latin-1; 0: undefined. */
static const uint16_t low[8] = {0x02d8, 0x02c7, 0x02c6, 0x02d9, 0x02dd, 0x02db, 0x02da, 0x02dc};
static const uint16_t high[34] = {
    0x2022, 0x2020, 0x2021, 0x2026, 0x2014, 0x2013, 0x0192, 0x2044, 0x2039, 0x203a, 0x2212, 0x2030,
    0x201e, 0x201c, 0x201d, 0x2018, 0x2019, 0x201a, 0x2122, 0xfb01, 0xfb02, 0x0141, 0x0152, 0x0160,
    0x0178, 0x017d, 0x0131, 0x0142, 0x0153, 0x0161, 0x017e, 0,      0x20ac, 0};

static void put(struct buf *out, uint32_t c)
{
    char utf8[4];
    size_t n = utf8_encode(c, utf8);

    if (n == 0)
        n = utf8_encode(0xfffd, utf8);
    buf_append(out, utf8, n);
}

static uint32_t from_doc(unsigned char c)
{
    if (c >= 0x18 && c <= 0x1f)
        return low[c - 0x18];
    if (c >= 0x7f && c <= 0xa0)
        return c == 0x7f             ? 0xfffd
               : c == 0xa0           ? 0x20ac
               : high[c - 0x80] != 0 ? high[c - 0x80]
                                     : 0xfffd;
    if (c == 0xad)
        return 0xfffd;
    return c;
}

/* Language escapes (7.9.2.2): ESC language ESC. */
static void from_utf16(const unsigned char *s, size_t n, bool big, struct buf *out)
{
    bool escape = false;

    for (size_t i = 0; i + 1 < n; i += 2) {
        uint32_t c = big ? (uint32_t)(s[i] << 8 | s[i + 1]) : (uint32_t)(s[i + 1] << 8 | s[i]);
        if (c == 0x1b) {
            escape = !escape;
            continue;
        }
        if (escape)
            continue;
        if (c >= 0xd800 && c < 0xdc00 && i + 3 < n) {
            uint32_t d =
                big ? (uint32_t)(s[i + 2] << 8 | s[i + 3]) : (uint32_t)(s[i + 3] << 8 | s[i + 2]);
            if (d >= 0xdc00 && d < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (d - 0xdc00);
                i += 2;
            }
        }
        put(out, c);
    }
}

static void from_utf8(const char *s, size_t n, struct buf *out)
{
    bool escape = false;

    for (size_t i = 0; i < n;) {
        uint32_t c = 0xfffd;
        size_t len = utf8_decode(s + i, n - i, &c);
        i += len > 0 ? len : 1;
        if (len == 0)
            c = 0xfffd;
        if (c == 0x1b)
            escape = !escape;
        else if (!escape)
            put(out, c);
    }
}

void pdf_text_utf8(const struct pdf_value *string, struct buf *out)
{
    size_t n = 0;
    const unsigned char *s = pdf_bytes(string, &n);

    if (s == NULL)
        return;
    if (n >= 2 && s[0] == 0xfe && s[1] == 0xff) {
        from_utf16(s + 2, n - 2, true, out);
    } else if (n >= 2 && s[0] == 0xff && s[1] == 0xfe) {
        from_utf16(s + 2, n - 2, false, out);
    } else if (n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0) {
        from_utf8((const char *)s + 3, n - 3, out);
    } else {
        for (size_t i = 0; i < n; i++)
            put(out, from_doc(s[i]));
    }
}

char *pdf_text_dup(const struct pdf_value *string, struct err *e)
{
    size_t n = 0, kept = 0;

    (void)pdf_bytes(string, &n);
    struct buf out = BUF_INIT(4 * n + 16);
    pdf_text_utf8(string, &out);
    buf_append(&out, "", 0);
    if (out.failed || out.data == NULL) {
        buf_free(&out);
        err_set_memory(e);
        return NULL;
    }
    for (size_t i = 0; i < out.len; i++) {
        if (out.data[i] != '\0')
            out.data[kept++] = out.data[i];
    }
    out.data[kept] = '\0';
    return (char *)buf_steal(&out, NULL);
}

/* n digits at *s, or the default when the text ends before. */
static int digits(const char **s, int n, int otherwise, int lowest, int highest)
{
    int value = 0;

    if (**s < '0' || **s > '9')
        return otherwise;
    for (int i = 0; i < n; i++, (*s)++) {
        if (**s < '0' || **s > '9')
            return -1;
        value = value * 10 + (**s - '0');
    }
    return value >= lowest && value <= highest ? value : -1;
}

static int parse_zone(const char *s, struct pdf_date *out)
{
    char sign = *s;

    if (sign == '\0')
        return 0;
    if (sign != 'Z' && sign != '+' && sign != '-')
        return -1;
    s++;
    int hours = digits(&s, 2, 0, 0, 23);
    if (*s == '\'')
        s++;
    int minutes = digits(&s, 2, 0, 0, 59);
    if (*s == '\'')
        s++;
    if (hours < 0 || minutes < 0 || *s != '\0')
        return -1;
    out->zoned = true;
    if (sign != 'Z')
        out->offset = (hours * 3600 + minutes * 60) * (sign == '-' ? -1 : 1);
    return 0;
}

int pdf_date_parse(const struct pdf_value *string, struct pdf_date *out)
{
    struct pdf_date result = {0, 0, false};
    char *text = pdf_is(string, PDF_STRING) ? pdf_text_dup(string, NULL) : NULL;
    const char *s = text;
    int rc = -1;

    if (text == NULL)
        return -1;
    if (strncmp(s, "D:", 2) == 0)
        s += 2;
    int year = digits(&s, 4, -1, 0, 9999);
    int month = digits(&s, 2, 1, 1, 12), day = digits(&s, 2, 1, 1, 31);
    int hour = digits(&s, 2, 0, 0, 23), minute = digits(&s, 2, 0, 0, 59);
    int second = digits(&s, 2, 0, 0, 60);
    if (year >= 0 && month > 0 && day > 0 && hour >= 0 && minute >= 0 && second >= 0 &&
        date_valid((struct date){year, month, day}) && parse_zone(s, &result) == 0) {
        result.instant = date_to_days((struct date){year, month, day}) * 86400 + hour * 3600 +
                         minute * 60 + second - result.offset;
        *out = result;
        rc = 0;
    }
    free(text);
    return rc;
}
