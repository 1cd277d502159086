#include "cmd/anchors.h"

#include <stdlib.h>
#include <string.h>

#include "base/jv.h"
#include "cmd/config.h"
#include "trust/list.h"
#include "trust/trust.h"

bool anchors_is_snapshot(const char *path)
{
    size_t n = strlen(path);

    return n > 5 && strcmp(path + n - 5, ".json") == 0;
}

static int named(struct anchor_set *set, const char *path, struct der_list *out, int64_t now,
                 struct err *e)
{
    struct jv *lists = NULL;

    if (!anchors_is_snapshot(path))
        return trust_add_path(out, path, e);
    if (trust_snapshot_read(path, &lists, e) != 0)
        return -1;
    trust_services(lists, now, set->services, set->expired);
    jv_free(lists);
    return 0;
}

static int kept(struct anchor_set *set, int64_t now, struct err *e)
{
    char *folder = trust_folder(false, e);
    struct jv *lists = NULL;

    if (folder == NULL)
        return -1;
    int rc = trust_lists(folder, &lists, e);
    if (rc == 0)
        trust_services(lists, now, set->services, set->expired);
    jv_free(lists);
    free(folder);
    return rc;
}

int anchors_open(struct anchor_set *set, const struct config *config, int64_t now, struct err *e)
{
    set->services = jv_array();
    set->expired = jv_array();
    for (size_t i = 0; i < config_count(config, "trust.anchors"); i++) {
        if (named(set, config_at(config, "trust.anchors", i), &set->signers, now, e) != 0)
            return -1;
    }
    for (size_t i = 0; i < config_count(config, "trust.tsa-anchors"); i++) {
        if (named(set, config_at(config, "trust.tsa-anchors", i), &set->stamps, now, e) != 0)
            return -1;
    }
    if (kept(set, now, e) != 0)
        return -1;
    if (jv_count(set->services) == 0) {
        jv_free(set->services);
        set->services = NULL;
    }
    return 0;
}

int anchors_lists(struct anchor_set *set, const struct config *config, int64_t now, struct err *e)
{
    set->services = jv_array();
    set->expired = jv_array();
    for (size_t i = 0; i < config_count(config, "trust.anchors"); i++) {
        const char *path = config_at(config, "trust.anchors", i);
        if (anchors_is_snapshot(path) && named(set, path, &set->signers, now, e) != 0)
            return -1;
    }
    return kept(set, now, e);
}

bool anchors_any_list(const struct config *config)
{
    struct err ignored = ERR_INIT;
    char *folder = trust_folder(false, &ignored);
    /* a folder that others may write to holds lists, which is said when they are read */
    bool any = folder == NULL || trust_any(folder);

    free(folder);
    for (size_t i = 0; !any && i < config_count(config, "trust.anchors"); i++)
        any = anchors_is_snapshot(config_at(config, "trust.anchors", i));
    return any;
}

void anchors_close(struct anchor_set *set)
{
    der_list_free(&set->signers);
    der_list_free(&set->stamps);
    jv_free(set->services);
    jv_free(set->expired);
    set->services = set->expired = NULL;
}
