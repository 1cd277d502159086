#include "cmd/cancel.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

enum { ROOM = 1024 };
/* Two places, so that a signal in the middle of a change finds a whole sentence. */
static char sentences[2][ROOM] = {"\n", "\n"};
static const char *volatile current = sentences[0];

void cancel_sentence_set(const char *id, const char *argument)
{
    char plain[ROOM / 2], safe[ROOM - 2];
    char *next = current == sentences[0] ? sentences[1] : sentences[0];

    text_say(text_lang_get(), plain, sizeof plain, id, argument != NULL ? argument : "", NULL);
    text_escape_terminal(safe, sizeof safe, plain);
    snprintf(next, ROOM, "\n%s\n", safe);
    current = next;
}

void cancel_sentence_write(void)
{
    const char *sentence = current;
    ssize_t ignored = write(STDERR_FILENO, sentence, strlen(sentence));

    (void)ignored;
}

static volatile sig_atomic_t held, waiting;

void cancel_hold(void)
{
    held = 1;
}

void cancel_release(void)
{
    held = 0;
    if (waiting != 0)
        raise((int)waiting);
}

bool cancel_waits(int number)
{
    if (held == 0 || waiting != 0)
        return false;
    waiting = number;
    return true;
}
