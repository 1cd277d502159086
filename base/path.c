#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/utf8.h"

char *path_join(const char *folder, const char *name)
{
    char *out = NULL;
    size_t n = strlen(folder);

    if (asprintf(&out, "%s%s%s", folder, n > 0 && folder[n - 1] == '/' ? "" : "/", name) < 0)
        return NULL;
    return out;
}

char *path_folder(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        return strdup(".");
    return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

const char *path_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

char *path_plain_name(const char *path)
{
    const char *name = path_name(path);
    size_t left = strlen(name);
    char *out = malloc(left + 1), *to = out;
    uint32_t c;

    while (out != NULL && left > 0) {
        size_t n = utf8_decode(name, left, &c);
        if (n == 0 || c < 0x20 || (c >= 0x7f && c < 0xa0) || c == '\\') {
            *to++ = '_';
            n = n > 0 ? n : 1;
        } else {
            memcpy(to, name, n);
            to += n;
        }
        name += n;
        left -= n;
    }
    if (out != NULL)
        *to = '\0';
    return out;
}

static bool part_is_plain(const char *part, size_t n)
{
    if (n == 0 || (n == 1 && part[0] == '.') || (n == 2 && part[0] == '.' && part[1] == '.'))
        return false;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)part[i];
        if (c < 0x20 || c == 0x7f || c == '\\')
            return false;
    }
    return true;
}

bool path_stays_inside(const char *name)
{
    for (;;) {
        size_t n = strcspn(name, "/");
        if (!part_is_plain(name, n))
            return false;
        if (name[n] == '\0')
            return true;
        name += n + 1;
    }
}
