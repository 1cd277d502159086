#include "base/text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text_table.h"
#include "base/utf8.h"

static enum text_lang current = TEXT_EN;

int text_lang_set(const char *lang)
{
    if (strcmp(lang, "fr") == 0)
        current = TEXT_FR;
    else if (strcmp(lang, "en") == 0)
        current = TEXT_EN;
    else
        return -1;
    return 0;
}

enum text_lang text_lang_get(void)
{
    return current;
}

enum text_lang text_lang_from_environment(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && *value != '\0')
            return strncmp(value, "fr", 2) == 0 ? TEXT_FR : TEXT_EN;
    }
    return TEXT_EN;
}

const char *text_lang_name(enum text_lang lang)
{
    return lang == TEXT_FR ? "fr" : "en";
}

static int compare_entry(const void *key, const void *entry)
{
    return strcmp(key, ((const struct text_entry *)entry)->id);
}

static const struct text_entry *find(const char *id)
{
    return bsearch(id, text_table, text_table_count, sizeof text_table[0], compare_entry);
}

const char *text_in(enum text_lang lang, const char *id)
{
    const struct text_entry *entry = find(id);

    if (entry == NULL)
        return id;
    return lang == TEXT_FR ? entry->fr : entry->en;
}

const char *text(const char *id)
{
    return text_in(current, id);
}

bool text_exists(const char *id)
{
    return find(id) != NULL;
}

const char *text_plural(enum text_lang lang, char *out, size_t size, const char *id, long number)
{
    bool one = lang == TEXT_FR ? (number == 0 || number == 1) : number == 1;

    snprintf(out, size, "%s.%s", id, one ? "one" : "many");
    return out;
}

void text_format(char *out, size_t size, const char *format, const char *const *args, size_t n)
{
    size_t used = 0;

    if (size == 0)
        return;
    while (*format != '\0' && used + 1 < size) {
        if (format[0] == '{' && format[1] >= '1' && format[1] <= '9' && format[2] == '}') {
            size_t i = (size_t)(format[1] - '1');
            const char *arg = i < n && args[i] != NULL ? args[i] : "";
            size_t len = strlen(arg);
            if (len > size - used - 1)
                len = size - used - 1;
            memcpy(out + used, arg, len);
            used += len;
            format += 3;
            continue;
        }
        if (format[0] == '{' && format[1] == '{')
            format++;
        out[used++] = *format++;
    }
    out[utf8_whole_length(out, used)] = '\0';
}

const char *text_say(enum text_lang lang, char *out, size_t size, const char *id, ...)
{
    va_list ap;
    const char *args[TEXT_ARGS_MAX] = {0};
    size_t n = 0;

    va_start(ap, id);
    for (const char *arg; (arg = va_arg(ap, const char *)) != NULL;) {
        if (n < TEXT_ARGS_MAX)
            args[n++] = arg;
    }
    va_end(ap);
    text_format(out, size, text_in(lang, id), args, n);
    return out;
}

void text_copy_whole(char *out, size_t size, const char *in)
{
    size_t len = strlen(in);

    if (size == 0)
        return;
    if (len >= size)
        len = utf8_whole_length(in, size - 1);
    memmove(out, in, len);
    out[len] = '\0';
}

static bool terminal_acts_on(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x2028 ||
           c == 0x2029;
}

void text_escape_terminal(char *out, size_t size, const char *in)
{
    size_t used = 0, left = strlen(in);

    if (size == 0)
        return;
    while (left > 0) {
        uint32_t c;
        char piece[16];
        size_t n = utf8_decode(in, left, &c);
        if (n == 0) {
            snprintf(piece, sizeof piece, "\\x%02X", (unsigned)(unsigned char)*in);
            n = 1;
        } else if (terminal_acts_on(c)) {
            if (c < 0x100)
                snprintf(piece, sizeof piece, "\\x%02X", (unsigned)c);
            else
                snprintf(piece, sizeof piece, "\\u{%04X}", (unsigned)c);
        } else {
            memcpy(piece, in, n);
            piece[n] = '\0';
        }
        size_t len = strlen(piece);
        if (used + len + 1 > size)
            break;
        memcpy(out + used, piece, len);
        used += len;
        in += n;
        left -= n;
    }
    out[used] = '\0';
}
