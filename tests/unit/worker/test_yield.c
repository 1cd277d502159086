/* Workers that give way: what the token waits for must not be held up by those that prepare. */
#include "tests/unit/worker/fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>

static int ask_run(const struct task_io *io, struct err *e)
{
    struct buf answer = BUF_INIT(100);
    int rc = io->ask(io, "?", 1, &answer, e);

    buf_free(&answer);
    return rc;
}

TASK(ask, NULL, {.seconds = 5});
static const struct task *const tasks[] = {&ask_task, NULL};

/* Parent and nice value of a process: proc(5), stat. False when it is gone. */
static bool process_read(const char *pid, int *parent, int *value)
{
    char path[300], text[512] = "";

    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    FILE *file = fopen(path, "re");
    size_t n = file != NULL ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file != NULL)
        fclose(file);
    const char *at = n > 0 ? strrchr(text, ')') : NULL;
    return at != NULL &&
           sscanf(at + 1, " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*u %*u %*d %d",
                  parent, value) == 2;
}

/* The nice value of a child of `parent` other than `old`, and its number; -100: there is none. */
static int child_of(int parent, int old, int *child)
{
    DIR *all = opendir("/proc");
    int found = -100;

    assert_non_null(all);
    for (struct dirent *one; found == -100 && (one = readdir(all)) != NULL;) {
        int above = 0, value = 0;
        if (one->d_name[0] >= '1' && one->d_name[0] <= '9' &&
            process_read(one->d_name, &above, &value) && above == parent &&
            atoi(one->d_name) != old) {
            *child = atoi(one->d_name);
            found = value;
        }
    }
    closedir(all);
    return found;
}

struct seen {
    int worker, nice; /* of the last call; the worker before may be there still */
};

static int note(void *self, const void *question, size_t len, struct buf *answer, struct err *e)
{
    struct seen *seen = self;
    int spawner = 0, worker = 0;

    (void)question;
    (void)len;
    (void)answer;
    (void)e;
    (void)child_of(getpid(), 0, &spawner);
    seen->nice = child_of(spawner, seen->worker, &worker);
    seen->worker = worker;
    return 0;
}

static void workers_give_way_when_they_are_told(void **state)
{
    struct fixture *f = *state;
    int before = getpriority(PRIO_PROCESS, 0);
    struct seen seen = {0, -100};
    struct task_call c = {.name = "ask", .reply = &f->reply, .answer = note, .answer_self = &seen};
    const struct runner silent = {.self = NULL};

    assert_int_equal(f->runner.call(f->runner.self, &c, &f->e), 0);
    assert_int_equal(seen.nice, before);
    runner_yield(&f->runner);
    assert_int_equal(f->runner.call(f->runner.self, &c, &f->e), 0);
    assert_int_equal(seen.nice, before > YIELD_NICE ? before : YIELD_NICE);
    assert_int_equal(getpriority(PRIO_PROCESS, 0), before);
    runner_yield(&silent); /* who runs tasks in this very process has nothing to give way with */
}

int main(void)
{
    const struct CMUnitTest tests[] = {EACH(workers_give_way_when_they_are_told)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
