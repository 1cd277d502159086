/* What the user sees: sentences on standard error or output, JSON on standard output. */
#ifndef PARAPHE_CMD_OUT_H
#define PARAPHE_CMD_OUT_H

#include <stdbool.h>

#include "base/err.h"

struct cmd;
struct jv;

/* One JSON value and a line end on standard output; indented when it is the only one of the
 * command. */
int out_json(const struct jv *v, bool indented, struct err *e);
/* Text for people on standard output: text `id` with NULL-ended arguments, made safe for a
 * terminal; a line end in an argument is shown as \x0A. */
void out_say(const char *id, ...) __attribute__((sentinel));
/* The same for the one line of a verdict, in colour where the user's terminal or --color wants it.
 */
enum out_tone { OUT_GOOD, OUT_MIXED, OUT_BAD };
void out_verdict(const struct cmd *cmd, enum out_tone tone, const char *id, ...)
    __attribute__((sentinel));
/* As out_say, for what a command did, which its status says too: unless --quiet. What was asked for
 * (a verdict, a list) goes through out_say. */
void out_done(const struct cmd *cmd, const char *id, ...) __attribute__((sentinel));
/* The same on standard error, unless --quiet. */
void out_note(const struct cmd *cmd, const char *id, ...) __attribute__((sentinel));
/* A ready line, made safe for a terminal, on standard output; and a ready text of several. */
void out_line(const char *line);
void out_lines(const char *lines);
/* The error as one sentence on standard error; with json also as {"format":"paraphe-error",...} on
 * standard output. */
void out_error(const struct err *e, bool json);
/* The same; JSON has what was remarked before, [{"code","message"}], NULL for nothing. */
void out_error_after(const struct jv *remarks, const struct err *e, bool json);
/* The same for one of several inputs, which JSON names; NULL: it is about none of them. */
void out_error_of(const char *input, const struct jv *remarks, const struct err *e, bool json);
/* 0, or -1 when standard output could not take all (full disk, closed pipe). Called once by main.
 */
int out_finish(struct err *e);

#endif
