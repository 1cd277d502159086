#include "cmd/terminal.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "cmd/cancel.h"
#include "cmd/cmd.h"
#include "cmd/out.h"

enum { ANSWER_MAX = 64 };

static FILE *terminal_open(struct err *e)
{
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    FILE *tty = fd >= 0 ? fdopen(fd, "r+") : NULL;

    if (tty == NULL) {
        if (fd >= 0)
            close(fd);
        err_set(e, ERR_USAGE, "err.cmd.nobody-to-ask", NULL);
    }
    return tty;
}

static void print_lines(FILE *tty, const char *text)
{
    size_t room = 4 * strlen(text) + 8;
    char *copy = strdup(text), *safe = malloc(room), *rest = copy;

    while (safe != NULL && rest != NULL) {
        text_escape_terminal(safe, room, strsep(&rest, "\n"));
        fprintf(tty, "%s\n", safe);
    }
    free(copy);
    free(safe);
}

/* One line without its end; -1 at the end of input. */
static int read_answer(FILE *tty, char answer[ANSWER_MAX])
{
    fflush(tty);
    if (fgets(answer, ANSWER_MAX, tty) == NULL)
        return -1;
    answer[strcspn(answer, "\r\n")] = '\0';
    return 0;
}

static int yes(void *self, const char *question, struct err *e)
{
    FILE *tty = terminal_open(e);
    char answer[ANSWER_MAX];
    int said = 0;

    (void)self;
    if (tty == NULL)
        return -1;
    print_lines(tty, question);
    fprintf(tty, "%s ", text("cmd.ask.yes-no"));
    if (read_answer(tty, answer) == 0) {
        char first = (char)tolower((unsigned char)answer[0]);
        said = first == 'y' || first == 'o'; /* yes, oui; anything else is no */
    }
    fclose(tty);
    return said;
}

static int choose(void *self, const char *question, const char *const *choices, size_t n,
                  struct err *e)
{
    FILE *tty = terminal_open(e);
    char answer[ANSWER_MAX], *end = NULL;
    int chosen = -1;

    (void)self;
    if (tty == NULL)
        return -1;
    print_lines(tty, question);
    for (size_t i = 0; i < n; i++) {
        fprintf(tty, "  %zu. ", i + 1);
        print_lines(tty, choices[i]);
    }
    fprintf(tty, "%s ", text("cmd.ask.number"));
    if (read_answer(tty, answer) == 0) {
        long number = strtol(answer, &end, 10);
        if (end != answer && *end == '\0' && number >= 1 && number <= (long)n)
            chosen = (int)number - 1;
    }
    fclose(tty);
    if (chosen < 0)
        err_set(e, ERR_CANCELLED, "err.cmd.not-chosen", NULL);
    return chosen;
}

static void tell(void *self, const char *sentence)
{
    cancel_point(); /* the card is to be inserted again, for a signature that is not wanted */
    out_note(self, "cmd.ask.tell", sentence, NULL);
}

struct asker terminal_asker(const struct cmd *cmd)
{
    return (struct asker){(void *)(uintptr_t)cmd, yes, choose, tell};
}
