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

static bool terminal_acts_on(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x2028 || c == 0x2029;
}

void text_day(struct date d, char out[DATE_TEXT_MAX])
{
    (current == TEXT_FR ? date_french : date_iso)(d, out);
}

const char *text_day_of(const char *instant, char out[DATE_TEXT_MAX])
{
    int64_t t;

    if (date_instant_parse(instant, &t) == 0)
        text_day(date_in_paris(t), out);
    else
        text_copy_whole(out, DATE_TEXT_MAX, instant);
    return out;
}

static bool shell_plain(const char *s)
{
    if (*s == '\0')
        return false;
    for (; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        if (c < 0x80 && !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') &&
            !(c >= 'A' && c <= 'Z') && strchr("_@%+=:,./-", c) == NULL)
            return false;
    }
    return true;
}

/* Whether single quotes would leave bytes that a terminal acts on, or that are no text. */
static bool shell_needs_escapes(const char *s)
{
    size_t left = strlen(s);
    uint32_t c;

    while (left > 0) {
        size_t n = utf8_decode(s, left, &c);
        if (n == 0 || terminal_acts_on(c))
            return true;
        s += n;
        left -= n;
    }
    return false;
}

void text_shell_word(char *out, size_t size, const char *in)
{
    bool escapes = shell_needs_escapes(in);
    bool quoted = escapes || !shell_plain(in);
    size_t used = (size_t)snprintf(out, size, "%s%s", quoted ? escapes ? "$'" : "'" : "",
                                   *in == '-' ? "./" : "");

    for (; *in != '\0' && used < size; in++) {
        unsigned char c = (unsigned char)*in;
        if (escapes && (c < 0x20 || c >= 0x7f))
            used += (size_t)snprintf(out + used, size - used, "\\x%02x", (unsigned)c);
        else if (c == '\'' || (escapes && c == '\\'))
            used += (size_t)snprintf(out + used, size - used, escapes ? "\\%c" : "'\\%c'", c);
        else
            used += (size_t)snprintf(out + used, size - used, "%c", c);
    }
    if (quoted && used < size)
        snprintf(out + used, size - used, "'");
}

void text_json_string(char *out, size_t size, const char *in)
{
    size_t used = (size_t)snprintf(out, size, "\""), left = strlen(in);
    uint32_t c;

    while (left > 0 && used < size) {
        size_t n = utf8_decode(in, left, &c);
        if (n == 0 || terminal_acts_on(c)) /* none of them is above U+FFFF */
            used += (size_t)snprintf(out + used, size - used, "\\u%04x",
                                     n == 0 ? 0xfffdU : (unsigned)c);
        else
            used += (size_t)snprintf(out + used, size - used, "%s%.*s",
                                     c == '"' || c == '\\' ? "\\" : "", (int)n, in);
        n += n == 0;
        in += n;
        left -= n;
    }
    if (used < size)
        snprintf(out + used, size - used, "\"");
}

static size_t put(char *out, size_t room, const char *s, size_t len)
{
    if (len > room)
        len = room;
    memcpy(out, s, len);
    return len;
}

/* As one word of a command (`$`) or as a string of JSON (`j`). */
static size_t word_put(char *out, size_t room, char as, const char *arg)
{
    size_t size = 6 * strlen(arg) + 8;
    char *word = malloc(size);

    if (word != NULL)
        (as == 'j' ? text_json_string : text_shell_word)(word, size, arg);
    const char *from = word != NULL ? word : arg;
    size_t len = put(out, room, from, strlen(from));
    free(word);
    return len;
}

static size_t arg_put(char *out, size_t room, const char *arg, bool one_line)
{
    size_t used = 0, n;

    for (; one_line && arg[n = strcspn(arg, "\n")] == '\n'; arg += n + 1) {
        used += put(out + used, room - used, arg, n);
        used += put(out + used, room - used, "\\x0A", 4);
    }
    return used + put(out + used, room - used, arg, strlen(arg));
}

static void format_to(char *out, size_t size, const char *format, const char *const *args, size_t n,
                      bool one_line)
{
    size_t used = 0;

    if (size == 0)
        return;
    while (*format != '\0' && used + 1 < size) {
        bool place = format[0] == '{' && format[1] >= '1' && format[1] <= '9';
        bool as_word = place && (format[2] == '$' || format[2] == 'j') && format[3] == '}';
        if (as_word || (place && format[2] == '}')) {
            size_t i = (size_t)(format[1] - '1');
            const char *arg = i < n && args[i] != NULL ? args[i] : "";
            used += as_word ? word_put(out + used, size - used - 1, format[2], arg)
                            : arg_put(out + used, size - used - 1, arg, one_line);
            format += as_word ? 4 : 3;
            continue;
        }
        if (format[0] == '{' && format[1] == '{')
            format++;
        out[used++] = *format++;
    }
    out[utf8_whole_length(out, used)] = '\0';
}

void text_format(char *out, size_t size, const char *format, const char *const *args, size_t n)
{
    format_to(out, size, format, args, n, false);
}

void text_format_line(char *out, size_t size, const char *format, const char *const *args, size_t n)
{
    format_to(out, size, format, args, n, true);
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
