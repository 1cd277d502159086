/* A PIN dialogue that goes away between two lines, and a terminal that refuses. */
#include <fcntl.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/file.h"
#include "base/secret.h"
#include "pkcs11/pin.h"
#include "tests/refuse.h"
#include "tests/unit/own_folder.h"

static int begin(void **state)
{
    signal(SIGPIPE, SIG_IGN); /* as paraphe-token does */
    setenv("LC_ALL", "C.UTF-8", 1);
    return folder_make(state);
}

static int ask(const char *program, struct err *e)
{
    struct pin_source source = {.kind = PIN_PINENTRY};
    struct pin_request request = {&source, program, "card", NULL};
    struct secret *out = secret_new(NULL);

    int rc = pin_read(&request, out, e);
    secret_free(out);
    return rc;
}

/* Each says OK so often, then closes its input before the next OK: what we write next meets nobody.
 */
static void a_dialogue_that_goes_away(void **state)
{
    static const int lines[] = {0, 3, 6};
    char script[512];

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct err e = ERR_INIT;
        snprintf(
            script, sizeof script,
            "#!/bin/sh\nn=0\nwhile [ $n -lt %d ]; do echo OK; read -r line; n=$((n + 1)); done\n"
            "exec 0<&-\necho OK\nsleep 1\n",
            lines[i]);
        assert_int_equal(file_put("gone", script, strlen(script), true, NULL), 0);
        assert_int_equal(chmod("gone", 0700), 0);
        assert_int_equal(ask("./gone", &e), -1);
        assert_string_equal(e.id, "err.pkcs11.pinentry");
        assert_int_equal(e.kind, ERR_TOKEN);
    }
    struct err e = ERR_INIT;
    assert_int_equal(ask("/bin/true", &e), -1); /* no greeting */
    assert_string_equal(e.id, "err.pkcs11.pinentry");
}

static int refused(void *self)
{
    struct err e = ERR_INIT;

    (void)self;
    return ask("/bin/true", &e) != -1 || strcmp(e.id, "err.pkcs11.pinentry") != 0 ||
           e.kind != ERR_BUG;
}

static void a_short_machine(void **state)
{
    static const struct refuse pipes[] = {{SYS_pipe2, -1, 0, EMFILE}};
    static const struct refuse forks[] = {
        {SYS_clone, -1, 0, EAGAIN}, {SYS_clone3, -1, 0, EAGAIN}, {SYS_vfork, -1, 0, EAGAIN}};

    (void)state;
    assert_true(refused_run(pipes, 1, refused, NULL));
    assert_true(refused_run(forks, 3, refused, NULL));
}

/* In a child that has a terminal of its own, whose echo cannot be turned off: then nothing is
 * asked. */
static int prompt(void)
{
    static const struct refuse list[] = {{SYS_ioctl, 1, TCSETSF, EIO}, {SYS_ioctl, 1, TCSETS, EIO}};
    struct pin_source source = {.kind = PIN_PROMPT};
    struct pin_request request = {&source, NULL, "card", NULL};
    struct secret *out = secret_new(NULL);
    struct err e = ERR_INIT;

    if (refuse_install(list, 2) != 0)
        return 99;
    int rc = pin_read(&request, out, &e);
    secret_free(out);
    return rc != -1 || strcmp(e.id, "err.pkcs11.no-terminal") != 0;
}

static void a_terminal_that_would_show_the_pin(void **state)
{
    char drain[256];
    int terminal = -1, status = -1;
    pid_t pid = forkpty(&terminal, NULL, NULL, NULL);

    (void)state;
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(prompt());
    while (read(terminal, drain, sizeof drain) > 0) {
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    close(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dialogue_that_goes_away),
        cmocka_unit_test(a_short_machine),
        cmocka_unit_test(a_terminal_that_would_show_the_pin),
    };

    return cmocka_run_group_tests(tests, begin, folder_remove);
}
