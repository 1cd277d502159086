#include "pkcs11/pin.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/echo.h"
#include "base/text.h"
#include "pkcs11/calm.h"

enum { PIN_FD_HIGHEST = 1023, SHOWN_MAX = 256 };

int pin_source_parse(const char *text, bool from_uri, struct pin_source *out, struct err *e)
{
    memset(out, 0, sizeof *out);
    out->fd = -1;
    if (text == NULL)
        return 0;
    if (strncmp(text, "file:", 5) == 0 && text[5] != '\0') {
        out->kind = PIN_FILE;
        out->path = strncmp(text, "file://", 7) == 0 && text[7] == '/' ? text + 7 : text + 5;
        return 0;
    }
    if (from_uri && text[0] == '/') {
        out->kind = PIN_FILE;
        out->path = text;
        return 0;
    }
    if (from_uri)
        return err_set(e, ERR_USAGE, "err.pkcs11.pin-source-uri", NULL);
    if (strncmp(text, "fd:", 3) == 0) {
        char *end = NULL;
        long n = strtol(text + 3, &end, 10);
        if (text[3] >= '0' && text[3] <= '9' && *end == '\0' && n <= PIN_FD_HIGHEST) {
            out->kind = PIN_FD;
            out->fd = out->number = (int)n;
            return 0;
        }
    }
    if (strcmp(text, "prompt") == 0)
        out->kind = PIN_PROMPT;
    else if (strcmp(text, "pinentry") == 0)
        out->kind = PIN_PINENTRY;
    else if (strcmp(text, "pad") == 0)
        out->kind = PIN_PAD;
    else
        return err_set(e, ERR_USAGE, "err.pkcs11.pin-source", text, NULL);
    return 0;
}

/* One line, byte by byte, so that nothing behind it is taken from a shared descriptor. */
static int line_read(int fd, struct secret *out, const char *name, struct err *e)
{
    for (;;) {
        unsigned char c;
        ssize_t n = read(fd, &c, 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set_errno(e, ERR_USAGE, errno, "err.pkcs11.pin-unreadable", name, NULL);
        if (n == 0 || c == '\n')
            break;
        if (secret_push(out, c) != 0)
            return err_set(e, ERR_TOKEN, "err.pkcs11.pin-long", NULL);
    }
    const unsigned char *bytes = secret_bytes(out);
    size_t len = secret_length(out);
    if (len > 0 && bytes[len - 1] == '\r')
        secret_pop(out);
    if (secret_length(out) == 0)
        return err_set(e, ERR_TOKEN, "err.pkcs11.pin-empty", NULL);
    return 0;
}

static int file_read_pin(const char *path, struct secret *out, struct err *e)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    int rc = -1;

    if (fd < 0 || fstat(fd, &st) != 0)
        err_set_errno(e, ERR_USAGE, errno, "err.pkcs11.pin-unreadable", path, NULL);
    else if (!S_ISREG(st.st_mode))
        err_set(e, ERR_USAGE, "err.base.file-special", path, NULL);
    else if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0 || (st.st_uid != geteuid() && st.st_uid != 0))
        err_set(e, ERR_USAGE, "err.pkcs11.pin-file-open", path, NULL);
    else
        rc = line_read(fd, out, path, e);
    if (fd >= 0)
        close(fd);
    return rc;
}

/* The terminal is put back also when Ctrl-C ends the prompt. */
static void on_signal(int number)
{
    echo_back();
    _exit(128 + number);
}

static const int prompt_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
enum { PROMPT_SIGNALS = sizeof prompt_signals / sizeof prompt_signals[0] };

static void show(int fd, const char *text)
{
    char safe[4 * SHOWN_MAX];

    text_escape_terminal(safe, sizeof safe, text);
    dprintf(fd, "%s", safe);
}

static int terminal_line(int fd, const struct pin_request *r, struct secret *out, struct err *e)
{
    char prompt[SHOWN_MAX];

    if (echo_off(fd) != 0)
        return err_set_errno(e, ERR_TOKEN, errno, "err.pkcs11.no-terminal", NULL);
    /* only now: nothing that is typed after the prompt is shown or lost */
    if (r->remark != NULL) {
        show(fd, r->remark);
        dprintf(fd, "\n");
    }
    text_say(text_lang_get(), prompt, sizeof prompt, "pkcs11.prompt", r->token, NULL);
    show(fd, prompt);
    int rc = line_read(fd, out, "/dev/tty", e);
    echo_back();
    dprintf(fd, "\n");
    return rc;
}

static int prompt_read(const struct pin_request *r, struct secret *out, struct err *e)
{
    struct sigaction before[PROMPT_SIGNALS], ours = {.sa_handler = on_signal};
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

    if (fd < 0)
        return err_set_errno(e, ERR_TOKEN, errno, "err.pkcs11.no-terminal", NULL);
    sigfillset(&ours.sa_mask); /* a second signal must not end it before the terminal is back */
    for (size_t i = 0; i < PROMPT_SIGNALS; i++)
        sigaction(prompt_signals[i], &ours, &before[i]);
    calm_end_with(SIGTERM);
    int rc = terminal_line(fd, r, out, e);
    calm_end_with(SIGKILL);
    for (size_t i = 0; i < PROMPT_SIGNALS; i++)
        sigaction(prompt_signals[i], &before[i], NULL);
    close(fd);
    if (rc != 0 && e != NULL && strcmp(e->id, "err.pkcs11.pin-empty") == 0)
        e->kind = ERR_CANCELLED; /* Enter alone, or Ctrl-D */
    return rc;
}

int pin_read(const struct pin_request *r, struct secret *out, struct err *e)
{
    char name[32];

    calm_again();
    secret_clear(out);
    switch (r->source->kind) {
    case PIN_FD:
        snprintf(name, sizeof name, "fd:%d", r->source->number);
        return line_read(r->source->fd, out, name, e);
    case PIN_FILE:
        return file_read_pin(r->source->path, out, e);
    case PIN_PINENTRY:
        return pinentry_read(r, out, e);
    case PIN_DEFAULT:
    case PIN_PROMPT:
        return prompt_read(r, out, e);
    case PIN_PAD:
        break;
    }
    return err_set_bug(e, "pin_read: no PIN is read for a pad");
}
