/* What program, spawner and worker say to each other, in frames. Private to worker/.
 *
 * - program to spawner: WARM, struct call_head of a task, then what it is to learn; no answer
 * - program to spawner: CALL, struct call_head, with descriptors: the worker's socket, the status
 *   socket, then those of the task
 * - program to worker: PARAMS
 * - worker to program: ASK, which is answered by ANSWER or FAILED; at the end REPLY or FAILED (a
 *   struct err)
 * - spawner to program: ENDED, struct call_end, on the status socket; when the program closes that,
 *   the worker is killed */
#ifndef PARAPHE_WORKER_PROTO_H
#define PARAPHE_WORKER_PROTO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/frame.h"
#include "base/ports.h"

enum proto_kind {
    PROTO_CALL = 1,
    PROTO_WARM,
    PROTO_PARAMS,
    PROTO_ASK,
    PROTO_ANSWER,
    PROTO_FAILED,
    PROTO_REPLY,
    PROTO_ENDED
};
enum { PROTO_TASK_FDS_MAX = FRAME_FDS_MAX - 2, PROTO_OWN_MAX = 1 << 17 };

struct call_head {
    uint32_t task; /* row of the table */
    uint32_t lang; /* enum text_lang of the messages */
    uint64_t reply_max;
};
struct call_end {
    int32_t error;  /* errno when no worker could be made, else 0 */
    int32_t status; /* of waitpid */
};

/* What a task may use, defaults filled in. */
struct worker_limits {
    int64_t cpu_seconds, wall_ms, memory, output;
};
struct worker_limits worker_limits_of(const struct task *task);

/* spawner.c: never returns. Owns `fd`. */
_Noreturn void spawner_main(int fd, const struct task *const *tasks, bool must_isolate);

/* child.c: runs the call in this process, which is the worker, and ends it. fds[0] is the socket to
 * the program. */
struct sandbox;
_Noreturn void child_main(const struct task *task, const struct call_head *head, const int *fds,
                          size_t nfds, const struct sandbox *sandbox, bool must_isolate);

#endif
