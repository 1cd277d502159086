/* A whole PDF: verdict, update, embedded data and text.
 * LINK: room_verify room_base
 * SEEDS: tests/fuzz/corpus/pdf */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/jv.h"
#include "verify/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct task table[] = {
        verify_read_task, verify_update_task, verify_embedded_task, verify_text_task, {0}};
    struct runner runner = runner_here(table);
    struct verify_request request = {.name = "fuzz", .at = 1795601472};
    struct err e = ERR_INIT;
    struct jv *out = NULL;
    struct buf grid;
    int fd = file_seal_bytes("fuzz", data, size, &e);

    if (fd < 0)
        return 0;
    buf_init(&grid, 1 << 20);
    if (verify_file(&runner, fd, &request, NULL, &out, &e) == 0) {
        const char *verdict = jv_get_text(out, "verdict");
        if (verdict == NULL || strcmp(verdict, "valid") == 0)
            abort(); /* no anchor is given: nothing can be valid */
    }
    jv_free(out);
    out = NULL;
    (void)verify_update(&runner, fd, (int64_t)size / 2, NULL, 0, &out, &e);
    jv_free(out);
    out = NULL;
    (void)verify_embedded(&runner, fd, 0, NULL, 0, &grid, &e);
    (void)verify_text(&runner, fd, 0, NULL, 0, &out, &e);
    jv_free(out);
    buf_free(&grid);
    close(fd);
    return 0;
}
