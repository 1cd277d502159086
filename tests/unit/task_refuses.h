/* For unit tests: a task says no to each of these parameters. */
#ifndef PARAPHE_TESTS_TASK_REFUSES_H
#define PARAPHE_TESTS_TASK_REFUSES_H

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/ports.h"

/* The first that it accepts; NULL: none. */
static inline const char *task_accepts(const struct task *task, const char *const *bad, size_t n)
{
    struct buf reply = BUF_INIT(65536);
    const char *accepted = NULL;

    for (size_t i = 0; i < n && accepted == NULL; i++) {
        struct err e = ERR_INIT;
        struct task_io io = {
            .params = (const unsigned char *)bad[i], .params_len = strlen(bad[i]), .reply = &reply};
        if (task->run(&io, &e) != -1)
            accepted = bad[i];
    }
    buf_free(&reply);
    return accepted;
}

#endif
