/* pinentry, GnuPG's dialogue for secrets, over two pipes: the Assuan protocol (libassuan manual,
 * "Server responses"; pinentry manual, "Protocol"). Lines of at most 1000 bytes; D lines are
 * percent-escaped. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "pkcs11/pin.h"

enum { LINE_ROOM = 1024, TEXT_ROOM = 300, CODE_CANCELED = 99, CODE_MASK = 0xffff };
enum { END_MS = 2000, ANSWER_MS = 30000 };

struct dialogue {
    int to, from;
    pid_t pid;
    char *line; /* LINE_ROOM bytes in locked memory: the PIN passes through it */
};

static void run_program(const char *program, int in, int out)
{
    if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
        _exit(127);
    close_range(3, ~0U, 0);
    signal(SIGPIPE, SIG_DFL); /* ignored here, and programs count on it */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    execlp(program, program, (char *)NULL);
    _exit(127);
}

static int dialogue_start(struct dialogue *d, const char *program, struct err *e)
{
    int down[2] = {-1, -1}, up[2] = {-1, -1};

    d->to = d->from = -1;
    d->pid = -1;
    d->line = mmap(NULL, LINE_ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (d->line == MAP_FAILED) {
        d->line = NULL;
        return err_set_memory(e);
    }
    (void)mlock(d->line, LINE_ROOM);
    if (pipe2(down, O_CLOEXEC) == 0 && pipe2(up, O_CLOEXEC) == 0)
        d->pid = fork();
    if (d->pid == 0)
        run_program(program, down[0], up[1]);
    d->to = down[1];
    d->from = up[0];
    if (down[0] >= 0)
        close(down[0]);
    if (up[1] >= 0)
        close(up[1]);
    return d->pid > 0 ? 0 : err_set_errno(e, ERR_BUG, errno, "err.pkcs11.pinentry", program, NULL);
}

/* One that does not see the end of its input, or does not mind it, is not waited for. */
static void program_end(pid_t pid)
{
    int fd = pidfd_open(pid, 0);
    struct pollfd p = {fd, POLLIN, 0};

    if (fd < 0 || poll(&p, 1, END_MS) <= 0) {
        kill(pid, SIGTERM); /* it may have a terminal to put back */
        if (fd < 0 || poll(&p, 1, END_MS) <= 0)
            kill(pid, SIGKILL);
    }
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    if (fd >= 0)
        close(fd);
}

static void dialogue_end(struct dialogue *d)
{
    if (d->to >= 0)
        close(d->to); /* the end of its input ends it */
    if (d->from >= 0)
        close(d->from);
    if (d->pid > 0)
        program_end(d->pid);
    if (d->line != NULL) {
        explicit_bzero(d->line, LINE_ROOM);
        munmap(d->line, LINE_ROOM);
    }
}

/* `person`: it may take as long as a person does; what a program answers by itself may not. */
static bool line_get(struct dialogue *d, bool person)
{
    struct pollfd p = {d->from, POLLIN, 0};
    size_t n = 0;

    for (;;) {
        char c;
        if (!person && poll(&p, 1, ANSWER_MS) == 0)
            return false;
        ssize_t got = read(d->from, &c, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 || n + 1 >= LINE_ROOM)
            return false;
        if (c == '\n')
            break;
        d->line[n++] = c;
    }
    d->line[n] = '\0';
    return true;
}

static bool line_put(const struct dialogue *d, const char *command, const char *argument)
{
    char line[LINE_ROOM];
    size_t n = (size_t)snprintf(line, sizeof line, "%s%s", command, *argument != '\0' ? " " : "");

    for (const char *at = argument; *at != '\0' && n + 5 < sizeof line; at++) {
        unsigned char c = (unsigned char)*at;
        n += (size_t)snprintf(line + n, sizeof line - n, c < 0x20 || c == '%' ? "%%%02X" : "%c", c);
    }
    line[n++] = '\n';
    return write(d->to, line, n) == (ssize_t)n;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int data_take(const char *at, struct secret *out, struct err *e)
{
    for (; *at != '\0'; at++) {
        int c = (unsigned char)*at;
        if (c == '%' && hex_value(at[1]) >= 0 && hex_value(at[2]) >= 0) {
            c = hex_value(at[1]) * 16 + hex_value(at[2]);
            at += 2;
        }
        if (secret_push(out, (unsigned char)c) != 0)
            return err_set(e, ERR_TOKEN, "err.pkcs11.pin-long", NULL);
    }
    return 0;
}

/* Reads until OK or ERR; D lines go to `out` when it is given. `must`: ERR is a failure, not only a
 * missing feature. */
static int answer(struct dialogue *d, const char *program, struct secret *out, bool must,
                  struct err *e)
{
    while (line_get(d, out != NULL)) {
        if (strncmp(d->line, "OK", 2) == 0)
            return 0;
        if (strncmp(d->line, "D ", 2) == 0 && out != NULL && data_take(d->line + 2, out, e) != 0)
            return -1;
        if (strncmp(d->line, "ERR", 3) != 0)
            continue;
        unsigned long code = strtoul(d->line + 3, NULL, 10);
        if (!must)
            return 0;
        if ((code & CODE_MASK) == CODE_CANCELED)
            return err_set(e, ERR_CANCELLED, "err.pkcs11.pin-cancelled", NULL);
        return err_set_foreign(e, ERR_TOKEN, d->line, "err.pkcs11.pinentry", program, NULL);
    }
    return err_set(e, ERR_TOKEN, "err.pkcs11.pinentry", program, NULL);
}

static int tell(struct dialogue *d, const char *program, const char *command, const char *argument,
                struct err *e)
{
    if (!line_put(d, command, argument))
        return err_set(e, ERR_TOKEN, "err.pkcs11.pinentry", program, NULL);
    return answer(d, program, NULL, false, e);
}

static int options_tell(struct dialogue *d, const char *program, struct err *e)
{
    char text[TEXT_ROOM];
    const char *tty = getenv("GPG_TTY"), *term = getenv("TERM"), *ctype = getenv("LC_ALL");

    if (tty == NULL)
        tty = "/dev/tty";
    if (ctype == NULL || *ctype == '\0')
        ctype = getenv("LC_CTYPE") != NULL ? getenv("LC_CTYPE") : getenv("LANG");
    snprintf(text, sizeof text, "ttyname=%s", tty);
    if (tell(d, program, "OPTION", text, e) != 0)
        return -1;
    snprintf(text, sizeof text, "ttytype=%s", term != NULL ? term : "dumb");
    if (tell(d, program, "OPTION", text, e) != 0)
        return -1;
    if (ctype == NULL)
        return 0;
    snprintf(text, sizeof text, "lc-ctype=%s", ctype);
    return tell(d, program, "OPTION", text, e);
}

int pinentry_read(const struct pin_request *r, struct secret *out, struct err *e)
{
    struct dialogue d;
    char text[TEXT_ROOM], whole[2 * TEXT_ROOM];
    int rc = -1;

    if (dialogue_start(&d, r->pinentry, e) != 0 || answer(&d, r->pinentry, NULL, true, e) != 0 ||
        options_tell(&d, r->pinentry, e) != 0)
        goto out;
    text_say(text_lang_get(), text, sizeof text, "pkcs11.pinentry-text", r->token, NULL);
    snprintf(whole, sizeof whole, "%s%s%s", r->remark != NULL ? r->remark : "",
             r->remark != NULL ? "\n" : "", text);
    if (tell(&d, r->pinentry, "SETTITLE", "paraphe", e) != 0 ||
        tell(&d, r->pinentry, "SETDESC", whole, e) != 0 ||
        tell(&d, r->pinentry, "SETPROMPT", "PIN", e) != 0)
        goto out;
    if (!line_put(&d, "GETPIN", "")) {
        err_set(e, ERR_TOKEN, "err.pkcs11.pinentry", r->pinentry, NULL);
        goto out;
    }
    if (answer(&d, r->pinentry, out, true, e) != 0)
        goto out;
    if (secret_length(out) == 0)
        err_set(e, ERR_CANCELLED, "err.pkcs11.pin-empty", NULL);
    else
        rc = 0;
    if (rc == 0) { /* its answer does not matter, but it may not like a closed pipe */
        struct err ignored = ERR_INIT;
        (void)tell(&d, r->pinentry, "BYE", "", &ignored);
    }
out:
    dialogue_end(&d);
    return rc;
}
