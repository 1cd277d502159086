/* The tasks "report-draw" and "report-html": options, whose member "grid" is the grid document with
 * any texts, counts and shapes. LINK: room_pdf_report */
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/jv.h"
#include "pdf/report/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int grid_file(const uint8_t *data, size_t n)
{
    struct buf text = BUF_INIT(16 << 20);
    struct jv *params = jv_parse((const char *)data, n, "fuzz", NULL);
    int fd = file_memory("grid", NULL);

    if (fd >= 0 && jv_print(jv_get(params, "grid"), false, &text, NULL) == 0 &&
        file_pwrite_all(fd, text.data, text.len, 0, "grid", NULL) != 0)
        abort();
    jv_free(params);
    buf_free(&text);
    return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const struct task *const tasks[] = {&report_draw_task, &report_html_task};

    for (size_t i = 0; i < 2; i++) {
        struct buf reply = BUF_INIT(16 << 20);
        struct err e = ERR_INIT;
        int fds[2] = {file_memory("out", &e), grid_file(data, n)};
        struct task_io io = {
            .fds = fds, .nfds = 2, .params = data, .params_len = n, .reply = &reply};

        if (fds[0] < 0 || fds[1] < 0)
            abort();
        if (tasks[i]->run(&io, &e) == 0 && reply.len == 0)
            abort(); /* done means answered */
        close(fds[0]);
        close(fds[1]);
        buf_free(&reply);
    }
    return 0;
}
