/* An answer of a time-stamp server, as the worker reads it; and the same bytes as what an issuer's
 * address serves. */
/* LINK: room_sign_cms */
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/ports.h"
#include "sign/cms/complete.h"
#include "sign/cms/stamp.h"
#include "sign/cms/stamp_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void run_task(const struct task *task, const char *head, const uint8_t *data, size_t n)
{
    struct buf params = BUF_INIT(4u << 20), reply = BUF_INIT(1u << 20);
    struct err e = ERR_INIT;

    buf_text(&params, head);
    buf_append(&params, data, n);
    struct task_io io = {.params = params.data, .params_len = params.len, .reply = &reply};
    task->run(&io, &e);
    buf_free(&params);
    buf_free(&reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct stamp_wanted wanted = {.digest = DIGEST_SHA256, .nonce_len = 16, .policy = "1.2.3.4"};
    struct jv *out = jv_object();

    if (n > 1 << 18) {
        jv_free(out);
        return 0;
    }
    stamp_read(data, n, &wanted, out);
    jv_free(out);
    run_task(&sign_stamp_task, "", data, n);
    run_task(&sign_issuer_task, "", data, n);
    run_task(&sign_stamp_task,
             "{\"digest\":\"SHA-256\",\"imprint\":"
             "\"00000000000000000000000000000000000000000000000000000000000000"
             "00\",\"nonce\":\"\"}\n",
             data, n);
    return 0;
}
