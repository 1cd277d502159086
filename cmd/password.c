#include "cmd/password.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/echo.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/text.h"

/* Byte by byte, so that nothing of it stays in a buffer. */
static int read_line(int fd, struct secret *out)
{
    unsigned char c = 0;
    ssize_t n;
    int rc = 0;

    for (;;) {
        n = read(fd, &c, 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || c == '\n')
            break;
        if (c != '\r' && secret_push(out, c) != 0)
            rc = -1;
    }
    c = 0;
    return n < 0 ? -1 : rc;
}

static int from_terminal(struct secret *out)
{
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY), rc;

    if (fd < 0)
        return -1;
    rc = echo_off(fd); /* before the prompt: nothing that is typed after it is shown or lost */
    if (rc == 0) {
        dprintf(fd, "%s ", text("cmd.password.prompt"));
        rc = read_line(fd, out);
        echo_back();
        dprintf(fd, "\n");
    }
    close(fd);
    return rc;
}

static int from_file(const char *path, struct secret *out, struct err *e)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), rc = -1;

    if (fd < 0 || fstat(fd, &st) != 0)
        err_set_errno(e, ERR_USAGE, errno, "err.cmd.password-read", path, NULL);
    else if ((st.st_mode & 077) != 0 && S_ISREG(st.st_mode))
        err_set(e, ERR_USAGE, "err.cmd.password-open", path, NULL);
    else if ((rc = read_line(fd, out)) != 0)
        err_set(e, ERR_USAGE, "err.cmd.password-read", path, NULL);
    if (fd >= 0)
        close(fd);
    return rc;
}

int password_read(const char *source, struct secret **out, struct err *e)
{
    struct secret *s = secret_new(e);
    char *end = NULL;
    int rc = -1;

    if (s == NULL)
        return -1;
    if (strcmp(source, "prompt") == 0) {
        rc = from_terminal(s);
        if (rc != 0)
            err_set(e, ERR_USAGE, "err.cmd.password-read", source, NULL);
    } else if (strncmp(source, "fd:", 3) == 0 && source[3] >= '0' && source[3] <= '9') {
        long fd = strtol(source + 3, &end, 10);
        rc = *end == '\0' && fd <= 65535 ? read_line((int)fd, s) : -1;
        if (rc != 0)
            err_set(e, ERR_USAGE, "err.cmd.password-read", source, NULL);
    } else if (strncmp(source, "file:", 5) == 0) {
        rc = from_file(source + 5, s, e);
    } else {
        err_set(e, ERR_USAGE, "err.cmd.password-source", source, NULL);
    }
    if (rc == 0)
        *out = s;
    else
        secret_free(s);
    return rc;
}
