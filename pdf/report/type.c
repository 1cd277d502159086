/* Texts made ready for the page. French spaces are narrow and do not break before ; : ! ? and
 * inside of guillemets; only spaces that stand there are changed, none is added (an address or an
 * hour has none). */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unictype.h>

#include "base/ceilings.h"
#include "base/date.h"
#include "base/utf8.h"
#include "pdf/report/report_int.h"

static const char narrow[] = "\xE2\x80\xAF"; /* U+202F */

enum { LACK_WARNINGS_MAX = 200 };

static void lack_warn(struct report *r, uint32_t c, const char *sheet, const char *cell)
{
    char code[16];

    if (r->warnings == NULL || r->nwarnings >= LACK_WARNINGS_MAX)
        return;
    struct jv *w = jv_object();
    snprintf(code, sizeof code, "U+%04X", (unsigned)c);
    jv_put_text(w, "code", "character-replaced");
    jv_put_text(w, "sheet", sheet);
    jv_put_text(w, "cell", cell);
    jv_put_text(w, "value", code);
    jv_add_take(r->warnings, w);
    r->nwarnings++;
}

/* Whether the character can stand on the page as it is: covered, from left to right, not combining.
 */
static bool fit(struct report *r, uint32_t c)
{
    if (c < 0x250)
        return draw_covers(r->d, DRAW_REGULAR, c);
    if (!draw_covers(r->d, DRAW_REGULAR, c) || !draw_covers(r->d, DRAW_BOLD, c) ||
        !draw_covers(r->d, DRAW_ITALIC, c))
        return false;
    int bidi = uc_bidi_category(c);
    return bidi != UC_BIDI_R && bidi != UC_BIDI_AL && !uc_is_general_category(c, UC_MARK);
}

/* Characters that only steer others: soft hyphen, zero-width ones, variation selectors, byte order
 * mark, bidi controls. */
static bool unseen(uint32_t c)
{
    return c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x2069) || (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF ||
           (c >= 0xE0000 && c <= 0xE0FFF);
}

static bool is_space(uint32_t c)
{
    return c == ' ' || c == 0xA0 || c == 0x202F || c == 0x2009;
}

static uint32_t char_at(const char *s, size_t n, size_t at)
{
    uint32_t c = 0;

    return at < n && utf8_decode(s + at, n - at, &c) != 0 ? c : 0;
}

/* Puts the placeholder of one character; of a long run the first names it and the count tells the
 * rest. */
static void put_lack(struct report *r, struct buf *out, uint32_t c, size_t run, const char *sheet,
                     const char *cell)
{
    lack_warn(r, c, sheet, cell);
    lack_name(r, c, out);
    if (run > 1)
        buf_format(out, " + %zu", run - 1);
    buf_char(out, ']');
}

/* Length in bytes and in characters of the run of unfit characters from `at` on, unseen ones and
 * blanks between them included. */
static size_t lack_run(struct report *r, const char *s, size_t n, size_t at, size_t *characters)
{
    size_t end = at;

    *characters = 0;
    while (at < n) {
        uint32_t c = 0;
        size_t len = utf8_decode(s + at, n - at, &c);
        if (len == 0 || c < 0x20 || (fit(r, c) && !unseen(c) && c != ' '))
            break;
        at += len;
        if (!unseen(c) && c != ' ') {
            end = at;
            (*characters)++;
        }
    }
    return end;
}

static size_t put_run(struct report *r, const char *s, size_t n, size_t at, struct buf *out,
                      const char *sheet, const char *cell)
{
    size_t characters = 0, end = lack_run(r, s, n, at, &characters);

    if (characters > 3) {
        put_lack(r, out, char_at(s, n, at), characters, sheet, cell);
        return end;
    }
    while (at < end) {
        uint32_t c = 0;
        size_t len = utf8_decode(s + at, n - at, &c), flag = lack_flag(r, s + at, n - at, out);
        if (flag > 0) {
            lack_warn(r, c, sheet, cell);
            at += flag;
            continue;
        }
        if (c == ' ')
            buf_char(out, ' ');
        else if (!unseen(c))
            put_lack(r, out, c, 1, sheet, cell);
        at += len;
    }
    return end;
}

/* A space at s[at] in French: narrow and unbreakable when it stands before ; : ! ? » % € or after
 * «. */
static bool space_is_narrow(const char *s, size_t n, size_t at, size_t len, uint32_t before)
{
    uint32_t next = char_at(s, n, at + len);

    if (before == 0xAB || next == 0xBB)
        return true;
    return (next == ';' || next == ':' || next == '!' || next == '?') && before != 0 &&
           !is_space(before);
}

static void set_into(struct report *r, const char *s, size_t n, struct buf *out, const char *sheet,
                     const char *cell)
{
    uint32_t before = 0;

    for (size_t i = 0; i < n;) {
        uint32_t c = 0;
        size_t len = utf8_decode(s + i, n - i, &c);

        if (len == 0) {
            c = 0xFFFD;
            len = 1;
        }
        if (c == '\t')
            c = ' ';
        if (c == '\n') {
            buf_char(out, '\n');
        } else if (c < 0x20 || (c >= 0x7F && c < 0xA0) || unseen(c)) {
            i += len;
            continue;
        } else if (is_space(c) && r->lang == TEXT_FR && space_is_narrow(s, n, i, len, before)) {
            buf_text(out, narrow);
        } else if (!fit(r, c)) {
            i = put_run(r, s, n, i, out, sheet, cell);
            before = ']';
            continue;
        } else {
            char bytes[4];
            buf_append(out, bytes, utf8_encode(c, bytes));
        }
        before = c;
        i += len;
    }
}

char *type_set(struct report *r, const char *s, const char *sheet, const char *cell)
{
    struct buf out = BUF_INIT((size_t)ceilings.report_bytes);
    const char *from = s != NULL ? s : "";
    char *nfc = utf8_nfc(from, NULL);

    buf_text(&out, "");
    if (nfc != NULL)
        set_into(r, nfc, strlen(nfc), &out, sheet, cell);
    bool good = nfc != NULL;
    free(nfc);
    if (!good || out.failed || out.data == NULL) {
        r->failed = true;
        buf_free(&out);
        return NULL;
    }
    return (char *)buf_steal(&out, NULL);
}

const char *type_text(const struct report *r, const char *id)
{
    return text_in(r->lang, id);
}

char *type_say(struct report *r, const char *id, ...)
{
    const char *args[TEXT_ARGS_MAX];
    size_t n = 0;
    char said[8192];
    va_list ap;

    va_start(ap, id);
    for (const char *arg; n < TEXT_ARGS_MAX && (arg = va_arg(ap, const char *)) != NULL;)
        args[n++] = arg;
    va_end(ap);
    text_format(said, sizeof said, type_text(r, id), args, n);
    return type_set(r, said, NULL, NULL);
}

const char *text_short(const char *text, size_t most, char out[SHORT_MAX])
{
    text_copy_whole(out, most + 1 < SHORT_MAX - 3 ? most + 1 : SHORT_MAX - 3, text);
    size_t n = strlen(out);
    bool cut = text[n] != '\0';

    for (char *p = out; *p != '\0'; p++) {
        if (*p == '\n')
            *p = ' ';
    }
    if (cut)
        memcpy(out + n, "\xE2\x80\xA6", 4);
    return out;
}

char *report_name(struct report *r)
{
    const char *name = r->cover ? r->cover_name : field_value(r, "solution"),
               *version = r->cover ? NULL : field_value(r, "solution_version");
    char names[2][SHORT_MAX];

    if (name == NULL)
        name = jv_get_text(jv_get(r->grid, "form"), "name");
    return type_say(r,
                    r->cover          ? "report.cover.head"
                    : version != NULL ? "report.head.version"
                                      : "report.head",
                    text_short(name != NULL ? name : "", 200, names[0]),
                    text_short(version != NULL ? version : "", 100, names[1]), NULL);
}

void date_said(const struct report *r, struct date date, char out[DATE_SAID_MAX])
{
    char id[32], day[8], year[12];
    const char *args[3] = {day, NULL, year};

    snprintf(id, sizeof id, "report.month.%d", date.month);
    snprintf(day, sizeof day, "%d%s", date.day, date.day == 1 && r->lang == TEXT_FR ? "er" : "");
    snprintf(year, sizeof year, "%d", date.year);
    args[1] = type_text(r, id);
    text_format(out, DATE_SAID_MAX, type_text(r, "report.date"), args, 3);
}

char *type_own(struct report *r, const char *said)
{
    struct buf b = BUF_INIT(8192);

    put_curled(&b, said);
    char *typed = type_set(r, buf_str(&b), NULL, NULL);
    buf_free(&b);
    return typed;
}

void put_curled(struct buf *out, const char *said)
{
    for (; *said != '\0'; said++) {
        if (*said == '\'')
            buf_text(out, "\xE2\x80\x99");
        else
            buf_char(out, *said);
    }
}

char *type_date(struct report *r, const char *iso)
{
    char said[DATE_SAID_MAX];
    struct date date;

    if (iso == NULL || date_parse_iso(iso, &date) != 0)
        return type_set(r, iso, NULL, NULL);
    date_said(r, date, said);
    return type_set(r, said, NULL, NULL);
}

char *type_instant(struct report *r, int64_t instant)
{
    char said[DATE_SAID_MAX];

    date_said(r, date_in_paris(instant), said);
    return type_set(r, said, NULL, NULL);
}
