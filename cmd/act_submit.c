#include "cmd/act_submit.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/text.h"
#include "cmd/net_config.h"
#include "submit/bundle/bundle.h"

bool act_submit_by_hand(const char *to)
{
    return to == NULL || strcmp(to, "folder") == 0;
}

int act_submit_check(const char *to, struct err *e)
{
    return act_submit_by_hand(to) ? 0 : upload_check_url(to, e);
}

/* The folder may have been made long ago: the day of the deposit counts. */
static int check_day(const struct jv *manifest, const struct act_submit_request *r, struct err *e)
{
    const char *until = jv_get_text(manifest, "deposit_until");
    struct date last, today = date_in_paris(r->clock.now(r->clock.self));
    char day[DATE_TEXT_MAX];

    if (until != NULL && date_parse_iso(until, &last) == 0 && date_compare(today, last) > 0) {
        if (text_lang_get() == TEXT_FR)
            date_french(last, day);
        else
            date_iso(last, day);
        return err_set(e, ERR_FORM, "err.cmd.submit-expired", day, NULL);
    }
    if (jv_get_bool(manifest, "rejected") && !r->allow_rejected)
        return err_set(e, ERR_NOT_PASS, "err.cmd.submit-rejected", NULL);
    return 0;
}

/* Path of the check-list; NULL when the manifest names none. */
static char *checklist_path(const char *folder, const struct jv *manifest)
{
    const struct jv *files = jv_get(manifest, "files");

    for (size_t i = 0; i < jv_count(files); i++) {
        if (strcmp(jv_get_text(jv_at(files, i), "role"), "checklist") == 0)
            return path_join(folder, jv_get_text(jv_at(files, i), "path"));
    }
    return NULL;
}

static struct jv *by_hand(const char *folder, const struct jv *manifest)
{
    struct jv *top = jv_object();
    char *list = checklist_path(folder, manifest);

    jv_put_text(top, "format", "paraphe-submitted");
    jv_put_int(top, "version", 1);
    jv_put_text(top, "deposit", jv_get_text(manifest, "id"));
    jv_put_null(top, "to");
    jv_put_bool(top, "by_hand", true);
    jv_put_bool(top, "complete", false);
    jv_put_take(top, "portal", jv_copy(jv_get(manifest, "portal")));
    jv_put_take(top, "places", jv_copy(jv_get(manifest, "places")));
    jv_put_text(top, "checklist", list);
    free(list);
    return top;
}

int act_submit(const struct fetcher *fetcher, const struct act_submit_request *r,
               struct jv **result, struct err *e)
{
    struct jv *manifest = NULL;
    struct err over = ERR_INIT;
    int rc = -1;

    *result = NULL;
    if (act_submit_check(r->to, e) != 0 || deposit_load(r->folder, &manifest, e) != 0)
        return -1;
    /* what was deposited in time, or may have been, is told after the last day too */
    if (check_day(manifest, r, &over) != 0 &&
        (over.kind != ERR_FORM || act_submit_by_hand(r->to) || r->dry_run)) {
        if (e != NULL)
            *e = over;
        goto out;
    }
    if (act_submit_by_hand(r->to)) {
        rc = deposit_check(r->folder, manifest, e);
        if (rc == 0)
            *result = by_hand(r->folder, manifest);
    } else {
        struct upload_request upload = {.folder = r->folder,
                                        .url = r->to,
                                        .auth_profile = NET_AUTH_SUBMIT,
                                        .clock = r->clock,
                                        .fetcher = fetcher,
                                        .watch = r->watch,
                                        .dry_run = r->dry_run,
                                        .over = err_is_set(&over) ? &over : NULL};
        rc = upload_run(&upload, result, e);
    }
out:
    jv_free(manifest);
    return rc;
}
