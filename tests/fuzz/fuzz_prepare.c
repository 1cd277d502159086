/* A whole file taken as a PDF to be signed: the update for a signature in each way, and for a
 * document time-stamp with revocation data. Whatever the file is, an update that is made must be
 * one that the parent's checks take. */
/* LINK: room_sign_pades */
/* SEEDS: tests/fuzz/corpus/pdf */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/jv.h"
#include "sign/pades/job.h"
#include "sign/pades/pades.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const asks[] = {
    "{\"kind\":\"signature\",\"hole\":2000,\"time\":1795000000,\"digest\":\"SHA-256\",\"certify\":"
    "2,\"reason\":\"Relu\"}",
    ("{\"kind\":\"signature\",\"hole\":2000,\"time\":1795000000,\"digest\":\"SHA-256\",\"page\":1,"
     "\"rect\":[0,0,100000,50000],"
     "\"lines\":[\"Signed\"]}"),
    "{\"kind\":\"signature\",\"hole\":2000,\"time\":1795000000,\"digest\":\"SHA-512\",\"field\":"
    "\"Auditeur\"}",
    ("{\"kind\":\"signature\",\"hole\":2000,\"time\":1795000000,\"digest\":\"SHA-256\","
     "\"after_text\":\"a\",\"size\":[60000,20000],\"lines\":[\"Signed\"]}"),
    "{\"kind\":\"timestamp\",\"hole\":3000}",
    "{\"kind\":\"timestamp\",\"hole\":3000,\"avoid\":true}",
    "{\"kind\":\"dss\"}",
};
static const char evidence[] = "{\"certs\":[\"3000\"],\"ocsps\":[\"300101\"],\"crls\":[]}";

static void must(int condition)
{
    if (!condition)
        abort();
}

static void prepare(const uint8_t *data, size_t n, const char *ask)
{
    struct buf reply = BUF_INIT(4u << 20), update = BUF_INIT(64u << 20);
    struct err e = ERR_INIT;
    int fds[3] = {file_memory("pdf", &e), file_memory("update", &e),
                  file_seal_bytes("evidence", evidence, sizeof evidence - 1, &e)};
    struct task_io io = {.fds = fds,
                         .nfds = 3,
                         .params = (const unsigned char *)ask,
                         .params_len = strlen(ask),
                         .reply = &reply};

    must(fds[0] >= 0 && fds[1] >= 0 && fds[2] >= 0 &&
         file_write_all(fds[0], data, n, "pdf", &e) == 0);
    if (pades_prepare_task.run(&io, &e) == 0) {
        struct jv *o = jv_parse(buf_str(&reply), reply.len, "reply", &e);
        struct pdf_update_marks m;
        must(o != NULL && job_reply_read(o, &m, NULL, &e) == 0);
        must(lseek(fds[1], 0, SEEK_SET) == 0 &&
             file_read_fd(fds[1], "update", update.max, &update, &e) == 0);
        must(file_pwrite_all(fds[0], update.data, update.len, (int64_t)n, "pdf", &e) == 0);
        if (strstr(ask, "\"dss\"") == NULL)
            must(hole_check(fds[0], (int64_t)n, update.len, &m, &e) == 0);
        jv_free(o);
    }
    buf_free(&reply);
    buf_free(&update);
    for (size_t i = 0; i < 3; i++)
        close(fds[i]);
}

static void revisions(const uint8_t *data, size_t n)
{
    struct buf reply = BUF_INIT(4u << 20);
    struct err e = ERR_INIT;
    int fd = file_memory("pdf", &e);
    struct task_io io = {.fds = &fd,
                         .nfds = 1,
                         .params = (const unsigned char *)"{}",
                         .params_len = 2,
                         .reply = &reply};

    must(fd >= 0 && file_write_all(fd, data, n, "pdf", &e) == 0);
    pades_revisions_task.run(&io, &e);
    buf_free(&reply);
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n == 0 || n > 1 << 20)
        return 0;
    for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++)
        prepare(data, n, asks[i]);
    revisions(data, n);
    return 0;
}
