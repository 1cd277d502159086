/* Placeholders of characters that the page cannot show: "[U+26A0 attention]". The names of signs
 * that people put into comments stand in po/; French has no official names for the rest, so their
 * kind is said: a letter of which script, a symbol, an emoji. */
#include <stdio.h>
#include <string.h>

#include <unictype.h>
#include <uniname.h>

#include "base/utf8.h"
#include "pdf/report/report_int.h"

enum { FLAG_A = 0x1F1E6, FLAG_Z = 0x1F1FF };

static bool own_name(const struct report *r, uint32_t c, struct buf *out)
{
    char id[32];

    snprintf(id, sizeof id, "report.lack.%04x", (unsigned)c);
    if (!text_exists(id))
        return false;
    buf_text(out, text_in(r->lang, id));
    return true;
}

/* Blocks of signs whose characters are shown as pictures by most programs. */
static bool emoji(uint32_t c)
{
    return (c >= 0x1F000 && c <= 0x1FAFF) || (c >= 0x2600 && c <= 0x27BF) ||
           (c >= 0x2B00 && c <= 0x2BFF);
}

static const char *script_id(uint32_t c, char *id, size_t size)
{
    const uc_script_t *script = uc_script(c);
    int n = snprintf(id, size, "report.script.");

    if (script == NULL || n < 0)
        return NULL;
    for (const char *p = script->name; *p != '\0' && (size_t)n + 1 < size; p++)
        id[n++] = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
    id[n] = '\0';
    return text_exists(id) ? id : NULL;
}

static const char *kind_name(const struct report *r, uint32_t c)
{
    char id[64];

    if (emoji(c))
        return text_in(r->lang, "report.lack.emoji");
    if (c >= 0x1D400 && c <= 0x1D7FF)
        return text_in(r->lang, "report.lack.mathematical");
    if (uc_is_general_category(c, UC_PRIVATE_USE))
        return text_in(r->lang, "report.lack.private");
    if (uc_is_general_category(c, UC_MARK))
        return text_in(r->lang, "report.lack.mark");
    if (script_id(c, id, sizeof id) != NULL)
        return text_in(r->lang, id);
    if (uc_is_general_category(c, UC_LETTER))
        return text_in(r->lang, "report.lack.letter");
    if (uc_is_general_category(c, UC_SYMBOL))
        return text_in(r->lang, "report.lack.symbol");
    return NULL;
}

void lack_name(const struct report *r, uint32_t c, struct buf *out)
{
    char name[UNINAME_MAX];
    const char *kind;

    buf_format(out, "[U+%04X", (unsigned)c);
    size_t before = out->len;
    buf_char(out, ' ');
    if (own_name(r, c, out))
        return;
    if (r->lang == TEXT_EN && unicode_character_name(c, name) != NULL)
        buf_text(out, name);
    else if ((kind = kind_name(r, c)) != NULL)
        buf_text(out, kind);
    else if (!out->failed)
        out->len = before;
}

size_t lack_flag(const struct report *r, const char *s, size_t n, struct buf *out)
{
    uint32_t pair[2] = {0, 0};
    size_t at = 0;

    for (size_t i = 0; i < 2; i++) {
        size_t len = at < n ? utf8_decode(s + at, n - at, &pair[i]) : 0;
        if (len == 0 || pair[i] < FLAG_A || pair[i] > FLAG_Z)
            return 0;
        at += len;
    }
    buf_format(out, "[%s %c%c]", text_in(r->lang, "report.lack.flag"),
               (char)('A' + pair[0] - FLAG_A), (char)('A' + pair[1] - FLAG_A));
    return at;
}
