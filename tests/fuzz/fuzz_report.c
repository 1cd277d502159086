/* The parameters of the task "report-draw": a grid document with any texts, counts and shapes, as
 * JSON. LINK: room_pdf_report */
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "pdf/report/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const struct task *const tasks[] = {&report_draw_task, &report_html_task};

    for (size_t i = 0; i < 2; i++) {
        struct buf reply = BUF_INIT(16 << 20);
        struct err e = ERR_INIT;
        int fd = file_memory("out", &e);
        struct task_io io = {
            .fds = &fd, .nfds = 1, .params = data, .params_len = n, .reply = &reply};

        if (fd < 0)
            return 0;
        if (tasks[i]->run(&io, &e) == 0 && reply.len == 0)
            abort(); /* done means answered */
        close(fd);
        buf_free(&reply);
    }
    return 0;
}
