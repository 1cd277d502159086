/* UTF-8 without locale. */
#ifndef PARAPHE_BASE_UTF8_H
#define PARAPHE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

/* Decodes one character of s (at most n bytes): returns its length in bytes, 0 when the bytes are
 * not valid UTF-8 (overlong forms, surrogates and values above U+10FFFF are not). */
size_t utf8_decode(const char *s, size_t n, uint32_t *out);
/* Writes c to out (4 bytes at most) and returns the number of bytes; 0 when c is no scalar value.
 */
size_t utf8_encode(uint32_t c, char out[4]);
bool utf8_valid(const char *s, size_t n);
/* The longest length <= n that does not end inside a character. */
size_t utf8_whole_length(const char *s, size_t n);
/* Normalisation form C; the result is malloc'ed, NUL-ended, to be freed by the caller; NULL and err
 * on failure. */
char *utf8_nfc(const char *s, struct err *e);
/* Folded for comparing labels: NFKD, accents and case removed, every run of characters that are
 * neither letter nor digit becomes one blank, none at the ends. malloc'ed; NULL and err on failure.
 */
char *utf8_fold(const char *s, struct err *e);
/* A password in PDFDocEncoding, as files before PDF 2.0 have it; its upper half is nearly Latin-1.
 * How many bytes, or -1 when there are other characters. */
enum { UTF8_PDFDOC_MAX = 32 }; /* ISO 32000-2 7.6.4.3.2: the rest of a longer one does not count */
int utf8_pdfdoc(const char *s, size_t n, char *out, size_t room);

#endif
