/* Answers of our helper processes, which have the network, a driver or hostile files and may be in
 * foreign hands: of paraphe-net and of paraphe-token as frames, of paraphe-qpdf as JSON. The first
 * byte says of which. */
/* LINK: room_net room_pkcs11 */
/* SOURCES: cmd/second_reader.c */
#include <stdint.h>
#include <sys/wait.h>

#include "base/jv.h"
#include "cmd/second_reader.h"
#include "net/answer.h"
#include "pkcs11/link.h"
#include "tests/fuzz/place.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void of_net(const uint8_t *data, size_t n)
{
    struct buf body = BUF_INIT(1 << 16), kept = BUF_INIT(1 << 16);
    struct fetch_reply reply = {.body = &kept};
    struct jv *json = NULL;
    struct err e = ERR_INIT;
    int fd = place_said(data, n);

    if (answer_receive(fd, &json, &body, frame_deadline(1000)) == FRAME_OK &&
        answer_take(json, &body, &reply, 10000, 1 << 16, &e) != 0 && !err_is_set(&e))
        abort();
    close(fd);
    jv_free(json);
    buf_free(&body);
    buf_free(&kept);
}

static void tell(void *self, const char *sentence)
{
    *(size_t *)self += strlen(sentence);
}

static void of_token(const uint8_t *data, size_t n)
{
    static struct ck_page page;
    size_t told = 0;
    struct asker asker = {.self = &told, .tell = tell};
    struct link l = {.noise_fd = -1, .page = &page, .asker = &asker, .noise = BUF_INIT(64)};
    struct jv *reply = NULL;
    struct err e = ERR_INIT;

    l.module = strdup("/lib/driver.so");
    l.pid = fork();
    if (l.pid == 0)
        _exit(0);
    l.socket = place_said(data, n);
    if (link_reply(&l, &reply, &e) != 0 && !err_is_set(&e))
        abort();
    jv_free(reply);
    l.page = NULL;
    link_stop(&l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct second_reading said = {.pages = -1};
    struct err e = ERR_INIT;

    if (n == 0)
        return 0;
    if (data[0] == 'n')
        of_net(data + 1, n - 1);
    else if (data[0] == 't')
        of_token(data + 1, n - 1);
    else if (second_reading_take((const char *)data + 1, n - 1, &said, &e) != 0 && !err_is_set(&e))
        abort();
    return 0;
}
