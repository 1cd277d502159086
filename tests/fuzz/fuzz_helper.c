/* What the program asks of its helper processes, as they read it: of paraphe-net ('n') and of
 * paraphe-token ('t', after its set-up); frames, their JSON, and what is made of it up to the
 * library behind. */
/* LINK: room_net room_pkcs11 */
#include <stdint.h>

#include "net/http.h"
#include "pkcs11/child.h"
#include "tests/fuzz/place.h"

/* Both are programs of their own: their frames and loops are in no header. */
int net_helper_main(void);
#define main net_helper_main
#define answer net_answer
#include "net/helper/main.c"
#undef main
#undef answer
#include "pkcs11/child.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int http_start(void)
{
    return 0;
}

/* In place of the network: what would be sent is read to its end. */
void http_run(const struct http_request *r, struct http_outcome *out)
{
    const char *const texts[] = {r->url,   r->method, r->content_type, r->accept,     r->user_agent,
                                 r->proxy, r->ca,     r->client_cert,  r->client_key, r->secret};
    volatile size_t seen = 0; /* so that what is read is not left out */

    if (r->headers_count > FETCH_HEADERS_MAX)
        abort();
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        seen += texts[i] != NULL ? strlen(texts[i]) : 0;
    for (size_t i = 0; i < r->headers_count; i++)
        seen += (r->headers[i].name != NULL) + (r->headers[i].value != NULL);
    for (int64_t i = 0; r->file_fd < 0 && i < r->body_len; i++)
        seen += r->body[i];
    (void)seen;
    (void)net_kind_of(r->kind)->max_bytes;
    out->cause = NET_CAUSE_NONE;
    buf_init(&out->body, 16);
}

/* The socket of a helper has a fixed number. */
static void said_at(int place_fd, const uint8_t *data, size_t n)
{
    int fd = place_said(data, n);

    if (fd != place_fd) {
        if (dup2(fd, place_fd) != place_fd)
            abort();
        close(fd);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n == 0)
        return 0;
    if (data[0] == 'n') {
        said_at(NET_HELPER_FD, data + 1, n - 1);
        while (serve_one() == 0)
            ;
        close(NET_HELPER_FD);
    } else if (data[0] == 't') {
        struct child c = {.setup = {.path = "/nonexistent.so"}};
        said_at(CHILD_SOCKET, data + 1, n - 1);
        child_serve(&c);
        close(CHILD_SOCKET);
    }
    return 0;
}
