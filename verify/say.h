/* Sentences of a verdict, in the language of the messages. */
#ifndef PARAPHE_VERIFY_SAY_H
#define PARAPHE_VERIFY_SAY_H

#include <stddef.h>

struct jv;

/* Adds "reason" to the verdict, "level_reason" to each signature and "sentence" to each change and
 * finding. refused: why an address was not asked, for findings that would end otherwise; NULL. */
void verdict_say(struct jv *verdict, const char *refused);

#endif
