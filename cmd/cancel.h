/* What Ctrl-C says: a sentence made ready beforehand, because a signal handler cannot look one up.
 */
#ifndef PARAPHE_CMD_CANCEL_H
#define PARAPHE_CMD_CANCEL_H

#include <stdbool.h>

/* Text `id` with up to one argument, in the language of now. */
void cancel_sentence_set(const char *id, const char *argument);
/* Async-signal-safe. */
void cancel_sentence_write(void);

/* Between the two a first signal waits: the token is signing, and what it gives is to be kept. By
 * one thread. release ends the program when a signal came. */
void cancel_hold(void);
void cancel_release(void);
/* For the handler: whether this signal waits. A second one does not. Async-signal-safe. */
bool cancel_waits(int number);

#endif
