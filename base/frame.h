/* Messages between the program and its own helper processes over a socketpair: a head of fixed
 * size, then so many bytes. The head also carries descriptors (unix(7), SCM_RIGHTS). Head, in the
 * machine's own byte order, because both ends are the same program: uint32 mark, uint32 kind,
 * uint64 length, uint32 number of descriptors, uint32 zero.
 *
 * A deadline is an instant of the monotonic clock in milliseconds (frame_deadline); it holds for
 * the whole frame, so that a peer that sends a byte a second cannot hold anybody. No call raises
 * SIGPIPE; EINTR and short transfers are handled. */
#ifndef PARAPHE_BASE_FRAME_H
#define PARAPHE_BASE_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct buf;

enum { FRAME_FDS_MAX = 16 };
#define FRAME_FOREVER ((int64_t)-1)

enum frame_result {
    FRAME_OK = 0,
    FRAME_CLOSED, /* the peer closed between two frames: its ordinary end */
    FRAME_GONE, /* the peer died or closed in the middle of a frame, or nobody reads what we send */
    FRAME_LATE, /* the deadline passed; the stream is out of step and good for nothing more */
    FRAME_TOO_LARGE, /* the head announces more than the ceiling of the buffer, or more descriptors
                        than there is room for */
    FRAME_GARBAGE,   /* what came is no frame */
    FRAME_MEMORY,    /* no memory for it */
    FRAME_SYSTEM     /* another error of the kernel; errno holds it */
};

/* A connected pair, close-on-exec. 0, or -1 and err. */
int frame_pair(int out[2], struct err *e);
/* Now + milliseconds; FRAME_FOREVER for a negative number. */
int64_t frame_deadline(int64_t milliseconds);

/* Sends one frame. `kind` is the sender's own word for what it is. The descriptors stay open here.
 */
enum frame_result frame_send(int fd, uint32_t kind, const void *data, size_t n, const int *fds,
                             size_t nfds, int64_t deadline);
/* Receives one frame: the bytes replace what is in `body` (whose ceiling counts); memory is taken
 * only as bytes arrive. Descriptors go to fds (close-on-exec, owned by the caller; *nfds: in
 * places, out number); with fds NULL a frame that brings some is garbage. Nothing is left open on
 * failure. */
enum frame_result frame_receive(int fd, uint32_t *kind, struct buf *body, int *fds, size_t *nfds,
                                int64_t deadline);
/* Waits until something can be read: FRAME_OK, FRAME_LATE or FRAME_SYSTEM. */
enum frame_result frame_wait(int fd, int64_t deadline);

/* The result as an error; `who` names the helper process for people ("the token"). Returns -1 (0
 * for FRAME_OK). */
int frame_err(enum frame_result result, const char *who, struct err *e);

#endif
