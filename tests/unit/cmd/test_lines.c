/* Lines that several threads say at once: the lanes of a batch what is finished, the token's thread
 * that a card was pulled out. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/out.h"

enum { TIMES = 8000 };
static const char *const words[] = {"aaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbb"};

static void *say(void *self)
{
    const char *const *word = self;
    struct cmd cmd = {.verb = "sign"};
    struct err e = ERR_INIT;

    err_set_foreign(&e, ERR_TOKEN, *word, "err.base.bug", *word, NULL);
    for (int i = 0; i < TIMES; i++) {
        out_note(&cmd, "cmd.sign.warning-of", *word, *word, NULL);
        out_error(&e, false);
    }
    return NULL;
}

static void lines_stay_whole(void **state)
{
    char path[] = "/tmp/paraphe-lines.XXXXXX", line[4096];
    int fd = mkstemp(path), kept = dup(STDERR_FILENO);
    pthread_t threads[2];
    size_t lines = 0, odd = 0;

    (void)state;
    assert_true(fd >= 0 && kept >= 0);
    unlink(path);
    assert_true(dup2(fd, STDERR_FILENO) >= 0);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, say, (void *)(uintptr_t)&words[i]), 0);
    for (size_t i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    dup2(kept, STDERR_FILENO);
    close(kept);
    FILE *said = fdopen(fd, "r");
    assert_non_null(said);
    rewind(said);
    while (fgets(line, sizeof line, said) != NULL) {
        bool first = strstr(line, words[0]) != NULL, second = strstr(line, words[1]) != NULL;
        odd += first == second;
        lines++;
    }
    fclose(said);
    assert_int_equal(odd, 0);
    assert_int_equal(lines, (size_t)2 * 2 * TIMES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines_stay_whole)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
