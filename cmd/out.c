#include "cmd/out.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/jv.h"
#include "base/text.h"
#include "cmd/cmd.h"

enum { LINE_ROOM = 8192 };

int out_json(const struct jv *v, bool indented, struct err *e)
{
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes);
    int rc = jv_print(v, indented, &text, e);

    if (rc == 0) {
        fwrite(text.data, 1, text.len, stdout);
        fputc('\n', stdout);
    }
    buf_free(&text);
    return rc;
}

static void print_escaped(FILE *stream, const char *s)
{
    size_t size = 4 * strlen(s) + 8;
    char *safe = malloc(size);

    if (safe != NULL) {
        text_escape_terminal(safe, size, s);
        fputs(safe, stream);
    }
    free(safe);
}

/* Escapes each line by itself, so that the line ends of our own texts stay. */
static void print_safe(FILE *stream, const char *line)
{
    char *copy = strdup(line), *rest = copy;

    while (rest != NULL) {
        print_escaped(stream, strsep(&rest, "\n"));
        if (rest != NULL)
            fputc('\n', stream);
    }
    free(copy);
}

static void say_to(FILE *stream, const char *id, va_list list, const char *end)
{
    const char *args[TEXT_ARGS_MAX];
    char line[LINE_ROOM];
    size_t n = 0;
    const char *arg;

    while (n < TEXT_ARGS_MAX && (arg = va_arg(list, const char *)) != NULL)
        args[n++] = arg;
    text_format_line(line, sizeof line, text(id), args, n);
    flockfile(stream); /* in a batch others speak too, and this is written piece by piece */
    print_safe(stream, line);
    fputs(end, stream);
    funlockfile(stream);
}

void out_say(const char *id, ...)
{
    va_list list;

    va_start(list, id);
    say_to(stdout, id, list, "\n");
    va_end(list);
}

void out_verdict(const struct cmd *cmd, enum out_tone tone, const char *id, ...)
{
    static const char *const colours[] = {"\x1b[32m", "\x1b[33m", "\x1b[31m"};
    va_list list;

    if (cmd->color)
        fputs(colours[tone], stdout);
    va_start(list, id);
    say_to(stdout, id, list, cmd->color ? "\x1b[0m\n" : "\n");
    va_end(list);
}

void out_done(const struct cmd *cmd, const char *id, ...)
{
    va_list list;

    if (cmd->quiet)
        return;
    va_start(list, id);
    say_to(stdout, id, list, "\n");
    va_end(list);
}

void out_note(const struct cmd *cmd, const char *id, ...)
{
    va_list list;

    if (cmd->quiet)
        return;
    fflush(stdout);
    va_start(list, id);
    say_to(stderr, id, list, "\n");
    va_end(list);
}

void out_line(const char *line)
{
    print_escaped(stdout, line);
    fputc('\n', stdout);
}

void out_lines(const char *lines)
{
    print_safe(stdout, lines);
    fputc('\n', stdout);
}

static void print_error_json(const char *input, const struct jv *remarks, const struct err *e)
{
    struct jv *o = jv_object();
    struct err ignored = ERR_INIT;

    jv_put_text(o, "format", "paraphe-error");
    jv_put_int(o, "version", 1);
    if (input != NULL)
        jv_put_text(o, "input", input);
    jv_put_int(o, "status", (int64_t)e->kind);
    jv_put_text(o, "code", e->id);
    jv_put_text(o, "message", e->sentence);
    if (e->foreign[0] != '\0')
        jv_put_text(o, "foreign", e->foreign);
    if (jv_count(remarks) > 0)
        jv_put_take(o, "warnings", jv_copy(remarks));
    out_json(o, false, &ignored);
    jv_free(o);
}

void out_error(const struct err *e, bool json)
{
    out_error_of(NULL, NULL, e, json);
}

void out_error_after(const struct jv *remarks, const struct err *e, bool json)
{
    out_error_of(NULL, remarks, e, json);
}

void out_error_of(const char *input, const struct jv *remarks, const struct err *e, bool json)
{
    fflush(stdout);
    flockfile(stderr);
    fputs("paraphe: ", stderr);
    print_escaped(stderr, e->sentence);
    if (e->foreign[0] != '\0') {
        fputs(" (", stderr);
        print_escaped(stderr, e->foreign);
        fputc(')', stderr);
    }
    fputc('\n', stderr);
    funlockfile(stderr);
    if (json)
        print_error_json(input, remarks, e);
}

int out_finish(struct err *e)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        return err_set(e, ERR_DISK, "err.cmd.output", NULL);
    return 0;
}
