#include "cmd/help.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"
#include "cmd/cmd.h"

/* Where the words of a line go on when it is folded, in characters: below the explanation of a verb
 * or an option, else below the first word. */
static size_t hang_of(const char *line)
{
    size_t indent = strspn(line, " "), at = indent;

    for (const char *p = line + indent; indent > 0 && *p != '\0'; p++) {
        at += ((unsigned char)*p & 0xc0) != 0x80;
        if (p[0] == ' ' && p[-1] == ' ' && p[1] != ' ' && p[1] != '\0')
            return at;
    }
    return indent;
}

/* The bytes up to the next blank at which a line may be folded: in French none stands before : ; !
 * ? and », or behind «. */
static size_t word_of(const char *p)
{
    static const char opening[] = "\xc2\xab", closing[] = "\xc2\xbb";

    for (size_t n = strcspn(p, " ");; n += 1 + strcspn(p + n + 1, " ")) {
        const char *next = p + n;
        bool glued = next[0] == ' ' && next[1] != '\0' &&
                     (strchr(":;!?", next[1]) != NULL || strncmp(next + 1, closing, 2) == 0 ||
                      (n >= 2 && strncmp(next - 2, opening, 2) == 0));
        if (!glued)
            return n;
    }
}

/* A line folded at blanks for a terminal of `width` columns. */
static void line_fold(const char *line, size_t len, size_t width)
{
    char copy[512];
    size_t at = 0;

    if (len >= sizeof copy) {
        printf("%.*s\n", (int)len, line);
        return;
    }
    memcpy(copy, line, len);
    copy[len] = '\0';
    size_t hang = hang_of(copy);
    if (hang + 20 > width)
        hang = 4;
    for (const char *p = copy; *p != '\0';) {
        size_t blanks = strspn(p, " "), word = word_of(p + blanks), columns = 0;
        for (size_t i = 0; i < word; i++)
            columns += ((unsigned char)p[blanks + i] & 0xc0) != 0x80;
        if (p != copy && at + blanks + columns > width) {
            printf("\n%*s", (int)hang, "");
            at = hang;
            p += blanks;
            blanks = 0;
        }
        printf("%.*s", (int)(blanks + word), p);
        at += blanks + columns;
        p += blanks + word;
    }
    putchar('\n');
}

/* Help as written, or folded where a narrow terminal would cut words. */
static void help_put(const char *help)
{
    struct winsize size = {0};
    bool narrow =
        isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 30;

    for (const char *p = help;; p++) {
        size_t len = strcspn(p, "\n");
        line_fold(p, len, narrow ? size.ws_col : SIZE_MAX / 2);
        p += len;
        if (*p == '\0')
            break;
    }
}

int help_all(void)
{
    char id[80], line[256];

    help_put(text("cmd.main.help"));
    for (const struct verb *v = verb_table; v->name != NULL; v++) {
        snprintf(id, sizeof id, "cmd.%s.short", v->name);
        snprintf(line, sizeof line, "  %-10s %s", v->name, text(id));
        help_put(line);
    }
    puts("");
    help_put(text("cmd.main.common"));
    return 0;
}

int help_verb(const char *verb)
{
    char id[80];

    snprintf(id, sizeof id, "cmd.%s.help", verb);
    if (!text_exists(id)) {
        help_all();
        return (int)ERR_USAGE;
    }
    help_put(text(id));
    puts("");
    help_put(text("cmd.main.common"));
    return 0;
}

int help_version(void)
{
    puts("paraphe " PARAPHE_VERSION);
    return 0;
}
