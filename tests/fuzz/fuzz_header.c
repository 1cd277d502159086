/* Lines of an answer's head, and lines about its certificate, as the service sends them.
 * LINK: room_net room_base */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "net/exchange.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct http_request request = {.url = "https://h/", .method = "GET", .max_bytes = 1000};
    struct http_outcome out = {0};
    struct exchange x = {.request = &request, .out = &out};
    char *text = malloc(n + 1);

    if (text == NULL || exchange_start(&x) != 0)
        abort();
    exchange_reset(&x);
    memcpy(text, data, n);
    text[n] = '\0';
    for (size_t at = 0; at < n;) {
        size_t len = strcspn(text + at, "\n");
        len += at + len < n;
        if (len == 0) /* a NUL */
            len = 1;
        exchange_header(&x, text + at, len);
        at += len;
    }
    exchange_certificate(&out.reply, text);
    if (exchange_redirect(&x, text, true) == 0 && strncasecmp(x.url, "https://", 8) != 0)
        abort();
    exchange_end(&x);
    buf_free(&out.body);
    free(text);
    return 0;
}
