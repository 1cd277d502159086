/* What Ctrl-C says: a sentence made ready beforehand, because a signal handler cannot look one up.
 */
#ifndef PARAPHE_CMD_CANCEL_H
#define PARAPHE_CMD_CANCEL_H

#include <stdbool.h>

/* Text `id` with up to one argument, in the language of now. */
void cancel_sentence_set(const char *id, const char *argument);
/* Async-signal-safe. */
void cancel_sentence_write(void);

/* What a first signal that waits says; before cancel_hold. */
void cancel_waits_set(const char *id);
/* Between the two a first signal waits while `is_busy` says so: the token is signing, and what it
 * gives is to be kept. At a PIN, or while a card is waited for, nothing can be lost, and it ends
 * the program at once. By one thread; is_busy is async-signal-safe. release ends the program when a
 * signal came. */
void cancel_hold(bool (*is_busy)(const void *self), const void *self);
void cancel_release(void);
/* Before the person is asked for something: ends the program when a signal came and there is
 * nothing to be lost any more. Does nothing outside of hold and release. */
void cancel_point(void);
/* For the handler: whether this signal waits, which is said. A second one does not.
 * Async-signal-safe. */
bool cancel_waits(int number);

#endif
