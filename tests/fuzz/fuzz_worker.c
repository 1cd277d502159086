/* A worker has read hostile bytes and may be in foreign hands: what it says to the program. The
 * first byte chooses: 'f' the rest are frames on its socket; 'p' the rest are parameters as a
 * worker reads them; any other, the rest is the reply of a task, after a question of the same
 * bytes, and what the program makes of it is shown to a person. */
/* LINK: room_worker room_verify room_grid room_sign_pades */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/jv.h"
#include "grid/grid.h"
#include "grid/say.h"
#include "sign/pades/job.h"
#include "sign/pades/pades.h"
#include "tests/fuzz/place.h"
#include "verify/report.h"
#include "verify/verify.h"
#include "worker/worker.c" /* the talk with one worker, which its header keeps for itself */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct reply {
    const uint8_t *data;
    size_t n;
};

static int call(void *self, const struct task_call *c, struct err *e)
{
    const struct reply *r = self;

    if (c->answer != NULL) {
        struct buf answer = BUF_INIT(1 << 20);
        struct err own = ERR_INIT;
        (void)c->answer(c->answer_self, r->data, r->n, &answer, &own);
        buf_free(&answer);
    }
    if (c->reply == NULL)
        return 0;
    buf_append(c->reply, r->data, r->n);
    return buf_check(c->reply, e);
}

/* Nothing is on the other side of the network; an address must have come through the checks. */
static int fetch(void *self, const struct fetch_request *request, struct fetch_reply *reply,
                 struct err *e)
{
    (void)self;
    (void)reply;
    if (request->url == NULL)
        abort();
    return err_set(e, ERR_NETWORK, "err.net.connect", "host", NULL);
}

static void frames(const uint8_t *data, size_t n)
{
    static const struct call_end ended = {0, 0};
    struct buf reply = BUF_INIT(1 << 16);
    struct task_call c = {.name = "verify-read", .reply = &reply};
    struct talk t = {.call = &c, .limits = {.cpu_seconds = 1, .wall_ms = 1000}, .name = "fuzz"};
    struct err e = ERR_INIT;

    t.socket = place_said(data, n);
    t.status = place_said(&ended, sizeof ended);
    if (converse(&t, &e) != 0 &&
        (!err_is_set(&e) || memchr(e.sentence, '\0', sizeof e.sentence) == NULL))
        abort();
    close(t.socket);
    close(t.status);
    buf_free(&reply);
}

static void parameters(const uint8_t *data, size_t n)
{
    static const struct task *const tasks[] = {
        &verify_read_task, &verify_gather_task, &verify_update_task, &verify_embedded_task,
        &verify_text_task, &grid_check_task,    &pades_prepare_task, &pades_revisions_task};
    static const char pdf[] = "%PDF-1.4\n";

    for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++) {
        struct buf reply = BUF_INIT(1 << 20);
        struct err e = ERR_INIT;
        int fds[3] = {place_memory(pdf, sizeof pdf - 1), place_memory("", 0), place_memory("", 0)};
        struct task_io io = {
            .fds = fds, .nfds = 3, .params = data, .params_len = n, .reply = &reply};
        if (tasks[i]->run(&io, &e) != 0 && !err_is_set(&e)) {
            fprintf(stderr, "%s fails without an error\n", tasks[i]->name);
            abort();
        }
        buf_free(&reply);
        for (size_t k = 0; k < 3; k++)
            close(fds[k]);
    }
}

static void show_verdict(struct jv *verdict)
{
    static const char *const kinds[] = {"html", "text", "xml"};
    struct jv *list = jv_array();
    struct err e = ERR_INIT;

    (void)verify_status(verdict);
    jv_add_take(list, verdict);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct buf out = BUF_INIT(16u << 20);
        if (verdict_report(list, kinds[i], "fuzz", &out, &e) == 0 &&
            ((i != 1 && strstr(buf_str(&out), "<script") != NULL) ||
             memchr(out.data, 0x1b, out.len) != NULL))
            abort();
        buf_free(&out);
    }
    jv_free(list);
}

static void show_grid(const struct jv *grid)
{
    const struct jv *lists[2] = {jv_get(grid, "findings"), jv_get(grid, "notes")};
    char message[SAY_MAX], remedy[SAY_MAX];

    for (int lang = 0; lang < 2; lang++) {
        say_outcome((enum text_lang)lang, grid, message);
        say_deposit((enum text_lang)lang, grid, message);
        say_ruleset((enum text_lang)lang, grid, message);
        for (size_t i = 0; i < jv_count(lists[0]); i++) {
            say_finding((enum text_lang)lang, jv_at(lists[0], i), message, remedy);
            say_place((enum text_lang)lang, jv_at(lists[0], i), message);
        }
        for (size_t i = 0; i < jv_count(lists[1]); i++)
            say_note((enum text_lang)lang, jv_at(lists[1], i), message, remedy);
    }
}

static void reply(uint8_t which, const uint8_t *data, size_t n)
{
    struct reply said = {data, n};
    const struct runner runner = {.self = &said, .call = call};
    const struct fetcher fetcher = {.fetch = fetch};
    struct verify_request request = {.name = "fuzz", .at = 1795601472, .no_digest = true};
    struct grid_request form = {
        .form_fd = place_memory("x", 1), .form_name = "fuzz.xlsx", .initial_fd = -1};
    struct buf grid = BUF_INIT(1 << 20);
    struct err e = ERR_INIT;
    struct jv *out = NULL;

    if (which == 'v' && verify_file(&runner, form.form_fd, &request, &fetcher, &out, &e) == 0) {
        show_verdict(out);
        out = NULL;
    } else if (which == 'g') {
        (void)verify_gather(&runner, form.form_fd, &request, true, &fetcher, &out, &e);
    } else if (which == 'u') {
        (void)verify_update(&runner, form.form_fd, 0, NULL, 0, &out, &e);
    } else if (which == 'e') {
        (void)verify_embedded(&runner, form.form_fd, 0, NULL, 0, &grid, &e);
    } else if (which == 't') {
        (void)verify_text(&runner, form.form_fd, 0, NULL, 0, &out, &e);
    } else if (which == 'c' && grid_check(&runner, &form, &out, &e) == 0) {
        show_grid(out);
    } else if (which == 'j') {
        struct pdf_update_marks marks;
        out = jv_parse((const char *)data, n, "reply", &e);
        (void)job_reply_read(out, &marks, NULL, &e);
    }
    jv_free(out);
    buf_free(&grid);
    close(form.form_fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n == 0 || n > 1 << 18)
        return 0;
    if (data[0] == 'f')
        frames(data + 1, n - 1);
    else if (data[0] == 'p')
        parameters(data + 1, n - 1);
    else
        reply(data[0], data + 1, n - 1);
    return 0;
}
