/* Foreign text made safe for where it is shown. For a terminal: text_escape_terminal (base/text.h).
 */
#ifndef PARAPHE_BASE_ESCAPE_H
#define PARAPHE_BASE_ESCAPE_H

#include <stddef.h>

struct buf;

/* For HTML and XML, element contents and attribute values in either quotes: & < > " ' become
 * references; control characters, those that turn the direction of text, and invalid UTF-8 become
 * U+FFFD (line feed and tab stay). NULL appends nothing. */
void escape_html(struct buf *out, const char *s);
/* The same in French typography: spaces before ; : ! ? » and after « become narrow ones that do not
 * break (U+202F). */
void escape_html_french(struct buf *out, const char *s);
/* One CSV field, always quoted; a field that a spreadsheet would take for a formula (first
 * character = + - @, tab or return, also after blanks) gets an apostrophe before it. What
 * escape_html replaces becomes U+FFFD here too, for whoever looks at the file in a terminal; CR LF
 * stays. */
void escape_csv(struct buf *out, const char *s);
/* A relative path for a URL: each byte that is not unreserved (RFC 3986, 2.3) as %XX; "/" stays. */
void escape_url_path(struct buf *out, const char *path);
/* Base64 with padding (RFC 4648, 4), one line. */
void base64_encode(struct buf *out, const unsigned char *data, size_t n);

#endif
