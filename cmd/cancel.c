#include "cmd/cancel.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

enum { ROOM = 1024 };
/* Two places, so that a signal in the middle of a change finds a whole sentence. */
static char sentences[2][ROOM] = {"\n", "\n"};
static const char *volatile current = sentences[0];
static char waits[ROOM] = "\n";

static void sentence_make(char out[ROOM], const char *id, const char *argument)
{
    char plain[ROOM / 2], safe[ROOM - 2];

    text_say(text_lang_get(), plain, sizeof plain, id, argument != NULL ? argument : "", NULL);
    text_escape_terminal(safe, sizeof safe, plain);
    snprintf(out, ROOM, "\n%s\n", safe);
}

void cancel_sentence_set(const char *id, const char *argument)
{
    char *next = current == sentences[0] ? sentences[1] : sentences[0];

    sentence_make(next, id, argument);
    current = next;
}

static void write_out(const char *sentence)
{
    ssize_t ignored = write(STDERR_FILENO, sentence, strlen(sentence));

    (void)ignored;
}

void cancel_sentence_write(void)
{
    write_out(current);
}

/* 0 outside; HELD between hold and release, with the number of the signal that waits above it. */
enum { HELD = 1, NUMBER_SHIFT = 8 };
static atomic_int state;
static bool (*_Atomic busy)(const void *self);
static const void *_Atomic busy_self;

void cancel_waits_set(const char *id)
{
    sentence_make(waits, id, NULL);
}

void cancel_hold(bool (*is_busy)(const void *self), const void *self)
{
    atomic_store(&busy_self, self);
    atomic_store(&busy, is_busy);
    atomic_store(&state, HELD);
}

void cancel_release(void)
{
    int was = atomic_exchange(&state, 0);

    if (was >> NUMBER_SHIFT != 0)
        raise(was >> NUMBER_SHIFT);
}

void cancel_point(void)
{
    int was = atomic_load(&state);

    if (was >> NUMBER_SHIFT != 0 && !atomic_load(&busy)(atomic_load(&busy_self)))
        raise(was >> NUMBER_SHIFT); /* the second one, which ends */
}

bool cancel_waits(int number)
{
    int held = HELD;

    if (atomic_load(&state) != HELD || !atomic_load(&busy)(atomic_load(&busy_self)) ||
        !atomic_compare_exchange_strong(&state, &held, HELD | number << NUMBER_SHIFT))
        return false;
    write_out(waits);
    return true;
}
