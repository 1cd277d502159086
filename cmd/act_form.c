#include "cmd/act_form.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/jv.h"
#include "data/data.h"

char *act_rulesets_folder(void)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    char *base = NULL, *folder = NULL;

    if (config != NULL && *config == '/')
        base = strdup(config);
    else if (home != NULL && *home == '/')
        base = path_join(home, ".config");
    if (base != NULL)
        folder = path_join(base, "paraphe/rulesets");
    free(base);
    return folder;
}

bool act_ruleset_is_path(const char *ruleset)
{
    size_t n = strlen(ruleset);

    return strchr(ruleset, '/') != NULL || (n > 5 && strcmp(ruleset + n - 5, ".json") == 0);
}

int act_ruleset_add(struct jv *list, const char *path, struct err *e)
{
    struct buf text = BUF_INIT(0);
    int rc = file_read(path, (size_t)ceilings.ruleset_bytes, &text, e);

    if (rc == 0) {
        struct jv *o = jv_object();
        jv_put_text(o, "name", path);
        jv_put_text(o, "text", buf_str(&text));
        jv_add_take(list, o);
    }
    buf_free(&text);
    return rc;
}

static int own_file(const char *path, struct err *e)
{
    struct stat st;

    if (stat(path, &st) == 0 && (st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0))
        return err_set(e, ERR_USAGE, "err.cmd.ruleset-owner", path, NULL);
    return 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_json(const struct dirent *d)
{
    size_t n = strlen(d->d_name);

    return n > 5 && d->d_name[0] != '.' && strcmp(d->d_name + n - 5, ".json") == 0;
}

int act_rulesets_load(const char *folder, struct jv *list, struct err *e)
{
    struct dirent **names = NULL;
    int n = folder != NULL ? scandir(folder, &names, is_json, by_name) : 0, rc = 0;

    for (int i = 0; i < n; i++) {
        char *path = rc == 0 ? path_join(folder, names[i]->d_name) : NULL;
        if (rc == 0 && path == NULL)
            rc = err_set_memory(e);
        if (rc == 0)
            rc = own_file(path, e);
        if (rc == 0)
            rc = act_ruleset_add(list, path, e);
        free(path);
        free(names[i]);
    }
    free(names);
    return rc;
}

static int add_known(struct jv *known, const char *where, const char *text, size_t n, struct err *e)
{
    char sha256[DIGEST_HEX_MAX];
    struct jv *doc = NULL, *o;

    if (digest_bytes_hex(text, n, sha256, e) != 0 || (doc = jv_parse(text, n, where, e)) == NULL)
        return -1;
    if (!jv_is_object(doc) || jv_get_text(doc, "id") == NULL) {
        jv_free(doc);
        return err_set(e, ERR_INPUT, "err.grid.ruleset-shape", where, "id", NULL);
    }
    o = jv_object();
    jv_put_text(o, "where", where);
    jv_put_text(o, "sha256", sha256);
    jv_put_take(o, "ruleset", doc);
    jv_add_take(known, o);
    return 0;
}

int act_rulesets_known(struct jv **out, struct err *e)
{
    struct jv *known = jv_array(), *list = jv_array();
    char *folder = act_rulesets_folder();
    int rc = act_rulesets_load(folder, list, e);
    const char *name;

    for (size_t i = 0; rc == 0 && i < jv_count(list); i++) {
        const char *text = jv_get_text(jv_at(list, i), "text");
        rc = add_known(known, jv_get_text(jv_at(list, i), "name"), text, strlen(text), e);
    }
    for (size_t i = 0; rc == 0 && (name = data_name(i)) != NULL; i++) {
        const unsigned char *bytes = NULL;
        size_t n = 0;
        if (strncmp(name, "rulesets/", 9) != 0)
            continue;
        data_find(name, &bytes, &n);
        rc = add_known(known, "built-in", (const char *)bytes, n, e);
    }
    free(folder);
    jv_free(list);
    if (rc == 0)
        *out = known;
    else
        jv_free(known);
    return rc;
}

const struct jv *act_ruleset_find(struct jv *known, const char *which, struct err *e)
{
    struct buf text = BUF_INIT(0);

    if (act_ruleset_is_path(which)) {
        int rc = file_read(which, (size_t)ceilings.ruleset_bytes, &text, e);
        if (rc == 0 && text.len >= 2 && memcmp(text.data, "PK", 2) == 0)
            rc = err_set(e, ERR_INPUT, "err.cmd.ruleset-workbook", which, NULL);
        if (rc == 0)
            rc = add_known(known, which, buf_str(&text), text.len, e);
        buf_free(&text);
        return rc == 0 ? jv_at(known, jv_count(known) - 1) : NULL;
    }
    for (size_t i = 0; i < jv_count(known); i++) {
        const struct jv *k = jv_at(known, i);
        const char *id = jv_get_text(jv_get(k, "ruleset"), "id");
        if (strcmp(id, which) == 0 ||
            (strncmp(which, "sha256:", 7) == 0 && strcmp(jv_get_text(k, "sha256"), which + 7) == 0))
            return k;
    }
    err_set(e, ERR_USAGE, "err.grid.ruleset-unknown", which, NULL);
    return NULL;
}

int act_layout_read(const char *path, struct jv **out, struct err *e)
{
    struct buf text = BUF_INIT(0);

    if (path == NULL)
        return 0;
    if (file_read(path, (size_t)ceilings.ruleset_bytes, &text, e) == 0)
        *out = jv_parse(buf_str(&text), text.len, path, e);
    buf_free(&text);
    return *out != NULL ? 0 : -1;
}
