#include "cmd/act_verify.h"

#include <string.h>
#include <unistd.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "base/file.h"
#include "verify/verify.h"

int act_verify(const struct runner *runner, const struct fetcher *fetcher,
               const struct act_verify_request *request, struct jv **verdict, struct err *e)
{
    struct verify_request r = {.name = request->path,
                               .trust = request->trust,
                               .trust_tsa = request->trust_tsa,
                               .services = request->services,
                               .policy = request->policy,
                               .at = request->at,
                               .password = request->password,
                               .password_len = request->password_len};
    int fd = strcmp(request->path, "-") == 0
                 ? file_read_sealed(request->path, (size_t)ceilings.report_bytes, e)
                 : file_open(request->path, NULL, e);

    if (fd < 0)
        return -1;
    int rc = verify_file(runner, fd, &r, fetcher, verdict, e);
    close(fd);
    return rc;
}
