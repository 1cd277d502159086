/* A whole file taken as a form.
 * LINK: room_grid
 * SEEDS: tests/forms/specimens/forms */
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/jv.h"
#include "grid/grid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const struct task tasks[] = {grid_check_task, {.name = NULL}};
    struct runner runner = runner_here(tasks);
    struct err e = ERR_INIT;
    struct jv *grid = NULL;
    struct grid_request request = {
        .form_name = "form.xlsx", .initial_fd = -1, .deposit = {2026, 11, 23}};

    request.form_fd = file_seal_bytes("form", data, n, &e);
    if (request.form_fd < 0)
        return 0;
    if (grid_check(&runner, &request, &grid, &e) == 0 && jv_get_text(grid, "verdict") == NULL)
        abort(); /* every file has a verdict */
    jv_free(grid);
    close(request.form_fd);
    return 0;
}
