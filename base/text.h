/* The texts that people read, French and English, compiled in from po/LANG/ROOM.po.
 * A text is named by its msgid ("err.base.memory") and has places {1}..{9} for arguments. */
#ifndef PARAPHE_BASE_TEXT_H
#define PARAPHE_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/date.h"

enum { TEXT_ARGS_MAX = 9 };
enum text_lang { TEXT_EN = 0, TEXT_FR = 1 };

/* Language of the messages of this process: "fr" or "en". Returns -1 for another. Children inherit
 * it by fork. */
int text_lang_set(const char *lang);
enum text_lang text_lang_get(void);
/* From LC_ALL, LC_MESSAGES, LANG: French when the first one set begins with "fr", else English. */
enum text_lang text_lang_from_environment(void);
const char *text_lang_name(enum text_lang lang); /* "en", "fr" */

/* The text `id`; the id itself when there is none (tests/tree refuses such an id). Static storage.
 */
const char *text(const char *id);
const char *text_in(enum text_lang lang, const char *id);
bool text_exists(const char *id);
/* The id to use for a number: "ID.one" or "ID.many" (French: 0 and 1 are singular; English: 1
 * only). Writes to out. */
const char *text_plural(enum text_lang lang, char *out, size_t size, const char *id, long number);

/* Replaces {1}..{9} of `format`; `{` doubled stands for itself. Cuts at a whole character. {1$} is
 * the argument as one word of a command that a person may copy into a shell (text_shell_word), {1j}
 * as a string that a person may copy into a JSON file (text_json_string). */
void text_format(char *out, size_t size, const char *format, const char *const *args, size_t n);
/* The same, with line ends in arguments as \x0A: for what is shown in lines, so that no file name,
 * label or title begins a line of its own that looks like ours. */
void text_format_line(char *out, size_t size, const char *format, const char *const *args,
                      size_t n);
/* text_format for a text id in a language, with NULL-ended arguments; returns out. */
const char *text_say(enum text_lang lang, char *out, size_t size, const char *id, ...)
    __attribute__((sentinel));
/* A day as the language of the messages writes it: 23/11/2026, 2026-11-23. */
void text_day(struct date d, char out[DATE_TEXT_MAX]);
/* The day in Paris of "2026-11-23T10:11:12Z"; what is no instant is copied. Returns out. */
const char *text_day_of(const char *instant, char out[DATE_TEXT_MAX]);
/* `in` as one word of a shell (bash), quoted only where it must be; a leading "-" gets "./" before
 * it, so that no path reads as an option. Holds nothing that a terminal acts on. */
void text_shell_word(char *out, size_t size, const char *in);
/* `in` as a string of JSON, in quotes; what a terminal acts on is written \uXXXX, what is no UTF-8
 * U+FFFD. */
void text_json_string(char *out, size_t size, const char *in);
/* Copies, cutting at a whole UTF-8 character. */
void text_copy_whole(char *out, size_t size, const char *in);
/* Escapes what a terminal could act on (C0, C1, DEL, bidi controls, invalid UTF-8) as \xNN or
 * \u{NNNN}. */
void text_escape_terminal(char *out, size_t size, const char *in);

#endif
