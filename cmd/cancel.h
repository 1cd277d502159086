/* What Ctrl-C says: a sentence made ready beforehand, because a signal handler cannot look one up.
 */
#ifndef PARAPHE_CMD_CANCEL_H
#define PARAPHE_CMD_CANCEL_H

/* Text `id` with up to one argument, in the language of now. */
void cancel_sentence_set(const char *id, const char *argument);
/* Async-signal-safe. */
void cancel_sentence_write(void);

#endif
