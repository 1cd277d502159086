/* The password of a protected PDF. */
#ifndef PARAPHE_CMD_PASSWORD_H
#define PARAPHE_CMD_PASSWORD_H

struct err;
struct secret;

/* source: "prompt" (terminal, no echo), "fd:N" or "file:PATH" (refused when others can read it);
 * the first line, without its end. *out: secret_free. */
int password_read(const char *source, struct secret **out, struct err *e);

#endif
