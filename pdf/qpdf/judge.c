/* paraphe-judge: the workers of a batch that judge a signed file (verify/watch_read.c), with qpdf
 * in the same process: one fork a document less. Each is of one document. qpdf begins when the
 * verdict of verify/ is out, so that neither can change what the other one said. Started by
 * cmd/judges.c. */
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/jv.h"
#include "pdf/qpdf/look.h"
#include "verify/verify.h"
#include "worker/worker.h"

static int look(int fd, const struct buf *password, struct jv *out, struct err *e)
{
    struct stat st;
    void *pdf = MAP_FAILED;

    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
        pdf = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (pdf == MAP_FAILED)
        return err_set_bug(e, "judge: map");
    look_check(pdf, (size_t)st.st_size, buf_str(password), out);
    return 0;
}

static int run(const struct task_io *io, struct err *e)
{
    return verify_watch_run(io, look, e);
}

static void warm(void)
{
    verify_watch_task.warm();
    look_warm();
}

int main(int argc, char **argv)
{
    struct task judge = verify_watch_task;
    const struct task *const tasks[] = {&judge, NULL};

    judge.run = run;
    judge.warm = warm;
    return workers_serve(argc, argv, tasks);
}
