/* A further signature on a report that is signed: it is made beside, under a name of its own, and
 * takes the place of the signed report after its line is in the journal. Killed in between, the
 * next one that opens the job goes on. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/jv.h"
#include "job/job_int.h"

int job_continues(const char *more, const char *path, struct err *e)
{
    unsigned char value[DIGEST_MAX];
    char head[DIGEST_HEX_MAX], whole[65];
    int64_t size = 0, longer = 0;
    struct digest *d = digest_new(DIGEST_SHA256, e);
    int old = file_open(path, &size, e), new = old >= 0 ? file_open(more, &longer, e) : -1, rc = -1;

    if (d != NULL && new >= 0 && job_digest(path, whole, e) == 0) {
        rc = longer > size;
        if (rc == 1 && (digest_add_range(d, new, 0, size, e) != 0 || digest_end(d, value, e) != 0))
            rc = -1;
    }
    if (rc == 1) {
        hex_lower(value, digest_size(DIGEST_SHA256), head);
        rc = strcmp(head, whole) == 0;
    }
    if (old >= 0)
        close(old);
    if (new >= 0)
        close(new);
    digest_free(d);
    return rc;
}

static struct jv *result_with(const struct jv *last, const char *key)
{
    struct jv *result = jv_copy(jv_get(last, "result")), *keys;

    if (key != NULL && result != NULL) {
        keys = jv_get(result, "keys") != NULL ? jv_copy(jv_get(result, "keys")) : jv_array();
        jv_add_text(keys, key);
        jv_put_take(result, "keys", keys);
    }
    return result;
}

static int line_append(struct job *job, const struct jv *last, const char *file, const char *hex,
                       const char *key, struct err *e)
{
    static const char *const same[] = {"stage", "form", "inputs", "settings"};
    struct jv *line = jv_object(), *outputs = jv_object();

    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        jv_put_take(line, same[i], jv_copy(jv_get(last, same[i])));
    jv_put_text(outputs, file, hex);
    jv_put_take(line, "outputs", outputs);
    if (jv_get_bool(last, "taken"))
        jv_put_bool(line, "taken", true);
    jv_put_take(line, "result", result_with(last, key));
    return job_append_take(job, "done", line, e);
}

int job_countersigned(struct job *job, size_t form, const char *key, struct err *e)
{
    const struct jv *last = job_last(job, "done", "sign", form);
    char *made = job_path(job, form, JOB_FILE_COUNTERSIGNED);
    char *place = job_path(job, form, JOB_FILE_SIGNED);
    char hex[65], file[64];
    int rc = -1;

    if (made == NULL || place == NULL) {
        err_set_memory(e);
        goto out;
    }
    if (access(made, F_OK) != 0) {
        rc = 0;
        goto out;
    }
    int fits = last != NULL ? job_continues(made, place, e) : 0;
    if (fits == 0)
        err_set(e, ERR_DISK, "err.job.countersigned", made, JOB_FILE_SIGNED, NULL);
    if (fits != 1 || job_digest(made, hex, e) != 0)
        goto out;
    snprintf(file, sizeof file, "%zu/%s", form + 1, JOB_FILE_SIGNED);
    const char *known = jv_get_text(jv_get(last, "outputs"), file);
    if ((known == NULL || strcmp(known, hex) != 0) &&
        line_append(job, last, file, hex, key, e) != 0)
        goto out;
    if (rename(made, place) != 0)
        err_set_errno(e, ERR_DISK, errno, "err.base.file-write", place, NULL);
    else
        rc = file_sync_folder_of(place, e);
out:
    free(made);
    free(place);
    return rc;
}
