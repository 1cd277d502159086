/* What a peer says on the socket between our processes, taken as frames until one is bad. */
/* LINK: room_base */
#include <stdint.h>

#include "base/buf.h"
#include "base/frame.h"
#include "tests/fuzz/place.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct buf body = BUF_INIT(1 << 20);
    int fd = place_said(data, n);
    size_t whole = 0;
    uint32_t kind = 0;

    while (frame_receive(fd, &kind, &body, NULL, NULL, frame_deadline(1000)) == FRAME_OK) {
        whole += body.len;
        if (whole > n || (body.len > 0 && body.data[body.len] != '\0'))
            abort(); /* more than was said */
    }
    close(fd);
    buf_free(&body);
    return 0;
}
