/* Blanks and doubtful characters, as RULES.md defines them. */
#ifndef PARAPHE_GRID_CLEAN_H
#define PARAPHE_GRID_CLEAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

/* Unicode white space (White_Space property), line ends included. */
bool clean_is_blank(uint32_t c);
/* In place: every run of blanks becomes one blank, none at the ends. */
void clean_blanks(char *s);
/* Nothing but blanks, U+200B and U+FEFF. */
bool clean_is_void(const char *s);
/* The text without the blanks at its ends: *n is the length. Not copied. */
const char *clean_trim(const char *s, size_t *n);
/* Equal but for blanks at the ends and case (simple folding, accents kept). */
bool clean_same_word(const char *a, const char *b);
/* utf8_fold for the names of tabs and types, in which "<" says what a type is: "< 3 tiers" reads
 * "moins de 3 tiers". malloc'ed; NULL and err without memory. */
char *clean_fold_name(const char *s, struct err *e);
/* The same of the name of a sheet and, unless NULL, the title of a part of it: what tells tabs
 * apart.
 */
char *clean_fold_part(const char *sheet, const char *part, struct err *e);
/* Whether `text` is `whole` with words left out at its end or in between, at least two words or one
 * of eight letters; folded. */
bool clean_is_shortened(const char *text, const char *whole, struct err *e);
bool clean_has_bidi(const char *s);    /* U+202A..U+202E, U+2066..U+2069 */
bool clean_has_control(const char *s); /* C0 (but tab and line ends), DEL, C1 */

#endif
