/* A second reader that does what the first byte of the file says:
 *   o ok with 3 pages      n an answer that is none        l an answer too long
 *   s silent               m answers, then is silent       g another frame in place of the end
 *   d dies                 f the child "failed"            D S B w: code disk, signed, damaged; w
 * ok of 1 page
 *   % (a PDF) damaged */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/frame.h"
#include "pdf/qpdf/proto.h"

static void say(int fd, const char *text)
{
    (void)file_write_all(fd, text, strlen(text), "answer", NULL);
}

static void answer(char what, int fd)
{
    static const char *const said[][2] = {
        {"o", "{\"code\":\"ok\",\"pages\":3}"},
        {"m", "{\"code\":\"ok\"}"},
        {"n", "nothing"},
        {"D", "{\"code\":\"disk\",\"message\":\"full\"}"},
        {"S", "{\"code\":\"signed\"}"},
        {"B", "{\"code\":\"damaged\",\"message\":\"bad\"}"},
        {"w", "{\"code\":\"ok\",\"pages\":1}"},
        {"%", "{\"code\":\"damaged\",\"message\":\"says the fake reader\"}"},
    };

    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        if (said[i][0][0] == what)
            say(fd, said[i][1]);
    }
    for (int i = 0; what == 'l' && i < 300; i++) {
        char page[4096];
        memset(page, ' ', sizeof page);
        if (write(fd, page, sizeof page) < 0)
            break;
    }
}

int main(void)
{
    struct buf body = BUF_INIT(16);
    int fds[LOOK_FDS_MAX];
    uint32_t kind = 0;

    signal(SIGPIPE, SIG_IGN);
    for (;;) {
        size_t nfds = LOOK_FDS_MAX;
        char what = '\0';
        int32_t status = 0;
        if (frame_receive(0, &kind, &body, fds, &nfds, FRAME_FOREVER) != FRAME_OK)
            return 0;
        if (pread(fds[LOOK_PDF], &what, 1, 0) != 1 || what == 'd')
            return 7;
        answer(what, fds[LOOK_ANSWER]);
        if (what == 's')
            pause();
        for (size_t i = 0; i < nfds; i++)
            close(fds[i]);
        if (what == 'm')
            pause();
        if (what == 'f')
            status = 2 << 8;
        if (frame_send(0, what == 'g' ? LOOK_CHECK : LOOK_ENDED, &status, sizeof status, NULL, 0,
                       FRAME_FOREVER) != FRAME_OK)
            return 0;
    }
}
