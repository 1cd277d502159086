/* The journal of a job: 'r', the bytes as they are; else each line is the members of an entry,
 * which gets number, digest and sum as the program writes them, so that what reads the entries is
 * reached. What is opened is asked for its status. */
/* LINK: room_job */
#include <stdint.h>

#include "base/jv.h"
#include "job/job.h"
#include "job/journal.h"
#include "tests/fuzz/place.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char job_file[] =
    "{\"format\":\"paraphe-job\",\"version\":1,\"created\":\"2026-11-25T10:00:00Z\","
    "\"clock\":1795600800,\"forms\":[{\"name\":\"a.xlsx\",\"file\":\"1/a.xlsx\",\"sha256\":"
    "\"0000000000000000000000000000000000000000000000000000000000000000\"}],\"initial\":null,"
    "\"settings\":{\"role\":\"editeur\"}}";
static int64_t instant = 1795600800;

static void lines_write(const char *text, size_t n)
{
    struct journal *j = NULL;
    bool cut = false;

    if (journal_open(place_path("journal.jsonl"), true, &j, &cut, NULL) != 0)
        abort();
    for (size_t at = 0; at < n;) {
        const char *end = memchr(text + at, '\n', n - at);
        size_t len = end != NULL ? (size_t)(end - text) - at : n - at;
        struct jv *line = jv_parse(text + at, len, "line", NULL);
        const char *event = jv_get_text(line, "event");
        if (jv_is_object(line) && event != NULL && jv_get(line, "n") == NULL &&
            jv_get(line, "time") == NULL && jv_get(line, "prev") == NULL &&
            jv_get(line, "sum") == NULL) {
            struct jv *rest = jv_copy(line);
            jv_remove(rest, "event");
            (void)journal_append_take(j, event, rest, instant, NULL);
        }
        jv_free(line);
        at += len + 1;
    }
    journal_close(j);
}

static void job_ask(void)
{
    struct job *job = NULL;
    struct err e = ERR_INIT;

    if (job_open(place(), false, clock_fixed(&instant), &job, &e) != 0) {
        if (!err_is_set(&e))
            abort();
        return;
    }
    jv_free(job_status(job));
    (void)job_binds(job);
    (void)job_in_doubt(job, "submit");
    (void)job_setting_text(job, "role");
    job_close(job);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static bool ready;

    if (!ready)
        place_write("job.json", job_file, sizeof job_file - 1);
    ready = true;
    if (n == 0)
        return 0;
    if (data[0] == 'r') {
        place_write("journal.jsonl", data + 1, n - 1);
    } else {
        place_write("journal.jsonl", "", 0);
        lines_write((const char *)data, n);
    }
    job_ask();
    return 0;
}
