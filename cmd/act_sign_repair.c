/* --repair: an input whose structure is broken, rewritten by qpdf in its own process before
 * anything is signed. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "cmd/act_sign_part.h"
#include "cmd/second_reader.h"

/* On the disk of the output, since memory is not for whole documents. */
static int nameless_file(const char *output, struct err *e)
{
    char *folder = path_folder(output);
    int fd = folder != NULL ? open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) : -1;

    free(folder);
    return fd >= 0 ? fd : file_memory("repaired", e); /* a file system without O_TMPFILE */
}

int act_sign_repair(struct second_reader *second, const char *input, const char *output,
                    const struct pades_spec *spec, struct err *e)
{
    struct second_reading said;
    int in = file_open(input, NULL, e), out = -1, rc = -1;

    if (in >= 0 && (out = nameless_file(output, e)) >= 0)
        rc = second_reader_repair(second, in, input, spec->password, spec->password_len, out, &said,
                                  e);
    if (in >= 0)
        close(in);
    if (rc != 0 && out >= 0)
        close(out);
    return rc == 0 ? out : -1;
}
