/* paraphe-qpdf: another reader's opinion of a PDF, and the repair of one that nothing is signed in.
 * Started by cmd/second_reader.c; parses hostile bytes, so it closes itself in first.
 *
 *   paraphe-qpdf check|repair   0: the PDF, an ordinary file; 1: the answer, JSON; 3: the repaired
 * file; 4: the password, up to the end of the pipe. Status 0 when an answer was written. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/jv.h"
#include "pdf/qpdf/look.h"
#include "worker/proto.h"
#include "worker/sandbox.h"

enum { OUTPUT_FD = 3, PASSWORD_FD = 4, PASSWORD_MAX = 512 };

static int read_password(char password[PASSWORD_MAX])
{
    size_t len = 0;
    ssize_t n;

    while (len < PASSWORD_MAX - 1 &&
           (n = read(PASSWORD_FD, password + len, PASSWORD_MAX - 1 - len)) > 0)
        len += (size_t)n;
    password[len] = '\0';
    return 0;
}

/* Memory by objects, never by the size of streams; the mapped file does not count. A repair holds
 * its result. */
static int close_in(bool repair, struct err *e)
{
    struct worker_limits limits = {.cpu_seconds = 60,
                                   .wall_ms = 120000,
                                   .memory = repair ? INT64_C(2) << 30 : INT64_C(1) << 30,
                                   .output = INT64_C(1) << 40};
#ifdef PARAPHE_SANITIZED
    limits.memory = 0;
#endif
    struct sandbox *s = sandbox_prepare(e);

    if (s == NULL || sandbox_limits_set(&limits, e) != 0)
        return -1;
    return sandbox_enter(s, e);
}

int main(int argc, char **argv)
{
    struct jv *out;
    struct buf text = BUF_INIT(1 << 20);
    struct err e = ERR_INIT;
    struct stat st;
    char password[PASSWORD_MAX];
    bool repair = argc == 2 && strcmp(argv[1], "repair") == 0;

    if (argc != 2 || (!repair && strcmp(argv[1], "check") != 0))
        return 2;
    prctl(PR_SET_DUMPABLE, 0);
    read_password(password);
    if (fstat(STDIN_FILENO, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0)
        return 2;
    void *pdf = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0);
    if (pdf == MAP_FAILED || close_in(repair, &e) != 0)
        return 3;
    out = jv_object();
    jv_put_text(out, "format", "paraphe-qpdf");
    jv_put_int(out, "version", 1);
    if (repair)
        look_repair(pdf, (size_t)st.st_size, password, OUTPUT_FD, out);
    else
        look_check(pdf, (size_t)st.st_size, password, out);
    explicit_bzero(password, sizeof password);
    if (jv_print(out, false, &text, &e) != 0 ||
        file_write_all(STDOUT_FILENO, text.data, text.len, "answer", &e) != 0)
        _exit(1);
    _exit(0); /* exit handlers of libraries would try what is forbidden by now */
}
