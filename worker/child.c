/* The worker's own side: takes what it was given, closes the door, runs the task, says how it went,
 * ends. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/text.h"
#include "worker/proto.h"
#include "worker/sandbox.h"

enum { SOCKET = 3, TASK_FDS = 4 };

struct worker_limits worker_limits_of(const struct task *task)
{
    struct worker_limits l = {
        .cpu_seconds = task->limits.seconds > 0 ? task->limits.seconds : 60,
        .memory = task->limits.memory > 0 ? task->limits.memory : INT64_C(1) << 30,
        .output = task->limits.output > 0 ? task->limits.output : INT64_C(1) << 30};

#ifdef PARAPHE_SANITIZED
    l.memory = 0;
    l.cpu_seconds *= 4;
#endif
    l.wall_ms = l.cpu_seconds * 4000;
    return l;
}

static int ask(const struct task_io *io, const void *question, size_t len, struct buf *answer,
               struct err *e)
{
    struct buf body = BUF_INIT((size_t)ceilings.frame_bytes);
    struct err from_program;
    uint32_t kind = 0;
    int rc = -1;

    (void)io;
    /* The program's answer has no deadline here: it is the program that watches the clock. */
    if (frame_send(SOCKET, PROTO_ASK, question, len, NULL, 0, FRAME_FOREVER) != FRAME_OK ||
        frame_receive(SOCKET, &kind, &body, NULL, NULL, FRAME_FOREVER) != FRAME_OK)
        _exit(1); /* nobody is left to tell */
    if (kind == PROTO_ANSWER) {
        buf_clear(answer);
        buf_append(answer, body.data, body.len);
        rc = buf_check(answer, e);
    } else if (kind == PROTO_FAILED && body.len == sizeof from_program) {
        memcpy(&from_program, body.data, sizeof from_program);
        if (e != NULL)
            *e = from_program;
    } else {
        err_set_bug(e, "worker answer");
    }
    buf_free(&body);
    return rc;
}

static _Noreturn void end(uint32_t kind, const void *data, size_t n)
{
    _exit(frame_send(SOCKET, kind, data, n, NULL, 0, FRAME_FOREVER) == FRAME_OK ? 0 : 1);
}

static _Noreturn void fail(const struct err *e)
{
    end(PROTO_FAILED, e, sizeof *e);
}

/* The descriptors go to 3, 4, ...; everything else that the spawner holds is closed. */
static void descriptors_place(const int *fds, size_t nfds)
{
    int high[FRAME_FDS_MAX];

    for (size_t i = 0; i < nfds; i++)
        high[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 64);
    for (size_t i = 0; i < nfds; i++)
        dup2(high[i], SOCKET + (int)i);
    close_range((unsigned)(SOCKET + nfds), ~0U, 0);
}

_Noreturn void child_main(const struct task *task, const struct call_head *head, const int *fds,
                          size_t nfds, const struct sandbox *sandbox, bool must_isolate)
{
    struct worker_limits limits = worker_limits_of(task);
    struct buf params = BUF_INIT((size_t)ceilings.frame_bytes);
    struct buf reply = BUF_INIT((size_t)head->reply_max);
    struct err e = ERR_INIT;
    int places[PROTO_TASK_FDS_MAX];
    uint32_t kind = 0;

    descriptors_place(fds, nfds);
    for (size_t i = 0; i + 1 < nfds; i++)
        places[i] = TASK_FDS + (int)i;
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    text_lang_set(text_lang_name((enum text_lang)head->lang));
    if (sandbox_limits_set(&limits, &e) != 0 || (sandbox_enter(sandbox, &e) != 0 && must_isolate))
        fail(&e);
    err_clear(&e);
    if (frame_receive(SOCKET, &kind, &params, NULL, NULL, FRAME_FOREVER) != FRAME_OK ||
        kind != PROTO_PARAMS)
        _exit(1);
    struct task_io io = {.fds = places,
                         .nfds = nfds - 1,
                         .params = params.data,
                         .params_len = params.len,
                         .reply = &reply,
                         .ask = ask};
    int rc = task->run(&io, &e);
    if (rc == 0)
        rc = buf_check(&reply, &e);
    if (rc != 0)
        fail(&e);
    end(PROTO_REPLY, reply.data, reply.len);
}
