#include "cmd/task_table.h"

#include <stddef.h>

/* One row a task: &ROOM_task, from the room's public header. */
const struct task *const task_list[] = {
    NULL,
};

static struct task table[sizeof task_list / sizeof task_list[0]];

int tasks_start(struct workers **out, struct runner *runner, struct err *e)
{
    (void)e;
    for (size_t i = 0; task_list[i] != NULL; i++)
        table[i] = *task_list[i];
    *out = NULL;
    *runner = runner_here(table);
    return 0;
}

void tasks_stop(struct workers *w)
{
    (void)w;
}
