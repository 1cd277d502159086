/* The answer of the helper paraphe-net: two frames, JSON and bytes. */
#ifndef PARAPHE_NET_ANSWER_H
#define PARAPHE_NET_ANSWER_H

#include <stdint.h>

#include "base/buf.h"
#include "base/frame.h"
#include "base/ports.h"

struct jv;

/* Both frames; *json is an object or array, jv_free. FRAME_GARBAGE when they are no answer. */
enum frame_result answer_receive(int fd, struct jv **json, struct buf *body, int64_t deadline);
/* Fills the reply, its body appended; a cause that the helper gives becomes the error. The ceilings
 * are for the sentence. */
int answer_take(const struct jv *json, const struct buf *body, struct fetch_reply *reply,
                int timeout_ms, int64_t max, struct err *e);

#endif
