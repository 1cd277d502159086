#include "base/buf.h"
#include "base/ceilings.h"
#include "base/file.h"
#include "base/jv.h"

int jv_save(const struct jv *v, const char *path, bool replace, struct err *e)
{
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes);
    int rc = jv_print(v, true, &text, e);

    buf_char(&text, '\n');
    if (rc == 0)
        rc = buf_check(&text, e);
    if (rc == 0)
        rc = file_put(path, text.data, text.len, replace, e);
    buf_free(&text);
    return rc;
}
