#include "cmd/deposit_note.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/jv.h"
#include "job/job.h"
#include "submit/upload/upload.h"

void deposit_note(const struct job *job, struct jv *status)
{
    struct jv *next = jv_get(status, "next"), *receipts = NULL;
    const char *code = jv_get_text(next, "code"), *stage = jv_get_text(next, "stage");
    bool by_hand = code != NULL && stage != NULL && strcmp(stage, "submit") == 0 &&
                   job_setting_text(job, "to") == NULL &&
                   (strcmp(code, "deposit-by-hand") == 0 || strcmp(code, "see-result") == 0);
    char *folder = by_hand ? job_path(job, JOB_WHOLE, JOB_FOLDER_DEPOSIT) : NULL;

    if (folder != NULL && receipts_check(folder, &receipts, NULL) == 0 &&
        jv_count(jv_get(receipts, "receipts")) > 0)
        jv_put_text(next, "code",
                    jv_get_bool(receipts, "complete") ? "deposit-noted" : "deposit-rest");
    else if (folder != NULL && receipts != NULL)
        jv_put_text(next, "code", "deposit-by-hand");
    jv_free(receipts);
    free(folder);
}
