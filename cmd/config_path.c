#include "cmd/config_path.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

static const char *const paths[] = {
    "job.folder",        "check.layout",       "report.look",       "sign.image", "trust.anchors",
    "trust.tsa-anchors", "submit.client-cert", "submit.client-key", "submit.ca",  NULL};
/* A path, or the name of something that is not looked for in a folder of the user. */
static const char *const either[] = {"check.ruleset", "verify.policy", "token.module", "token.cert",
                                     NULL};
static const char pin_file[] = "file:";

static bool among(const char *const *list, const char *key)
{
    for (; *list != NULL; list++) {
        if (strcmp(*list, key) == 0)
            return true;
    }
    return false;
}

static bool looks_like_path(const char *value)
{
    const char *dot = strrchr(value, '.');

    return strcspn(value, "/") < strcspn(value, ":|=") ||
           (dot != NULL && strcmp(dot, ".json") == 0);
}

char *config_value_in(const char *file, const char *key, const char *value)
{
    const char *head = "", *path = value;
    char *folder = NULL, *absolute = NULL, *made = NULL;

    if (strcmp(key, "token.pin-source") == 0 &&
        strncmp(value, pin_file, sizeof pin_file - 1) == 0) {
        head = pin_file;
        path = value + sizeof pin_file - 1;
    } else if (!among(paths, key) && !(among(either, key) && looks_like_path(value))) {
        return strdup(value);
    }
    if (*path == '/' || *path == '\0')
        return strdup(value);
    folder = path_folder(file);
    absolute = folder != NULL ? realpath(folder, NULL) : NULL;
    if (absolute != NULL && asprintf(&made, "%s%s/%s", head, absolute, path) < 0)
        made = NULL;
    free(folder);
    free(absolute);
    return made;
}
