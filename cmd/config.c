#include "cmd/config.h"

#include <ctype.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/file.h"
#include "base/text.h"
#include "cmd/config_path.h"
#include "cmd/config_table.h"
#include "cmd/opt.h"

/* The longest line that inih takes whole with its default settings. */
enum { LINE_MAX_LEN = 197, ENV_NAME_MAX = 80 };

struct setting {
    char **values;
    size_t count;
    char *source;
};
struct config {
    struct setting *settings; /* one a row of config_table */
    size_t count;
};

static size_t table_rows(void)
{
    size_t n = 0;

    while (config_table[n].name != NULL)
        n++;
    return n;
}

static int row_of(const char *key)
{
    for (int i = 0; config_table[i].name != NULL; i++) {
        if (strcmp(config_table[i].name, key) == 0)
            return i;
    }
    return -1;
}

static void setting_clear(struct setting *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->values[i]);
    free(s->values);
    free(s->source);
    *s = (struct setting){NULL, 0, NULL};
}

static bool choice_fits(const char *choices, const char *value)
{
    size_t n = strlen(value);

    for (const char *c = choices; c != NULL;) {
        size_t len = strcspn(c, "|");
        if (len == n && memcmp(c, value, n) == 0)
            return true;
        c = c[len] == '|' ? c + len + 1 : NULL;
    }
    return choices == NULL;
}

static int setting_add(struct setting *s, const struct config_key *key, const char *value,
                       const char *source, struct err *e)
{
    if (!choice_fits(key->choices, value))
        return err_set(e, ERR_USAGE, "err.cmd.config-choice", source, key->name, key->choices,
                       NULL);
    /* A later source, or a second value of what holds only one, replaces; the same source adds to a
     * list. */
    const char *was = s->source != NULL ? s->source : "";
    size_t stem = strcspn(source, ":");
    if (!key->list || strncmp(was, source, stem) != 0 || was[strcspn(was, ":")] != source[stem])
        setting_clear(s);
    char **values = realloc(s->values, (s->count + 1) * sizeof *values);
    if (values == NULL)
        return err_set_memory(e);
    s->values = values;
    char *copy = strdup(value), *from = strdup(source);
    if (copy == NULL || from == NULL) {
        free(copy);
        free(from);
        return err_set_memory(e);
    }
    s->values[s->count++] = copy;
    free(s->source);
    s->source = from;
    return 0;
}

/* ---- files ---- */
struct reading {
    struct config *config;
    const char *path;
    const char *next; /* what is left of the text */
    int line;
    bool owned; /* by the user or root, and written by nobody else */
    bool too_long;
    struct err *e;
};

static char *read_line(char *out, int room, void *stream)
{
    struct reading *r = stream;
    size_t n = strcspn(r->next, "\n");

    if (*r->next == '\0')
        return NULL;
    r->line++;
    if (n > LINE_MAX_LEN || n + 2 > (size_t)room) {
        r->too_long = true;
        return NULL;
    }
    memcpy(out, r->next, n);
    out[n] = '\0';
    r->next += r->next[n] == '\n' ? n + 1 : n;
    return out;
}

static int take_pair(void *user, const char *section, const char *name, const char *value)
{
    struct reading *r = user;
    char key[2 * LINE_MAX_LEN + 2], source[4096 + 16];

    snprintf(key, sizeof key, "%s.%s", section, name);
    snprintf(source, sizeof source, "%.4096s:%d", r->path, r->line);
    int row = row_of(key);
    if (row < 0)
        return err_set(r->e, ERR_USAGE, "err.cmd.config-key", source, key, NULL), 0;
    if (config_table[row].sensitive && !r->owned)
        return err_set(r->e, ERR_USAGE, "err.cmd.config-owner", source, key, NULL), 0;
    char *meant = config_value_in(r->path, key, value);
    int rc = meant != NULL
                 ? setting_add(&r->config->settings[row], &config_table[row], meant, source, r->e)
                 : err_set_memory(r->e);
    free(meant);
    return rc == 0;
}

static int read_file(struct config *c, const char *path, struct err *e)
{
    struct buf text = BUF_INIT((size_t)ceilings.config_bytes);
    struct reading r = {c, path, NULL, 0, false, false, e};
    struct stat st;
    int rc = -1, fd = file_open(path, NULL, e);

    if (fd < 0)
        goto out;
    r.owned = fstat(fd, &st) == 0 && (st.st_uid == geteuid() || st.st_uid == 0) &&
              (st.st_mode & 022) == 0;
    if (file_read_fd(fd, path, (size_t)ceilings.config_bytes, &text, e) != 0)
        goto out;
    r.next = buf_str(&text);
    err_clear(e);
    int line = ini_parse_stream(read_line, &r, take_pair, &r);
    if (err_is_set(e))
        goto out;
    if (line != 0 || r.too_long) {
        char where[16];
        snprintf(where, sizeof where, "%d", r.too_long ? r.line : line);
        err_set(e, ERR_USAGE, "err.cmd.config-line", path, where, NULL);
        goto out;
    }
    rc = 0;
out:
    if (fd >= 0)
        close(fd);
    buf_free(&text);
    return rc;
}

static int read_if_there(struct config *c, char *path_taken, struct err *e)
{
    int rc = 0;

    if (path_taken == NULL)
        return err_set_memory(e);
    if (access(path_taken, F_OK) == 0)
        rc = read_file(c, path_taken, e);
    free(path_taken);
    return rc;
}

char *config_user_path(void)
{
    const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

    if (base != NULL && base[0] == '/')
        return path_join(base, "paraphe/paraphe.conf");
    if (home != NULL && home[0] == '/')
        return path_join(home, ".config/paraphe/paraphe.conf");
    return NULL;
}

static int read_files(struct config *c, const struct opt_values *options, struct err *e)
{
    const char *named = opt_get(options, "config");

    if (named == NULL)
        named = getenv("PARAPHE_CONFIG");
    if (named != NULL)
        return read_file(c, named, e);
    if (read_if_there(c, strdup("/etc/paraphe/paraphe.conf"), e) != 0)
        return -1;
    char *user = config_user_path();
    return user != NULL ? read_if_there(c, user, e) : 0;
}

/* ---- environment and options ---- */
static int read_environment(struct config *c, struct err *e)
{
    for (size_t i = 0; i < c->count; i++) {
        char name[ENV_NAME_MAX], source[ENV_NAME_MAX + 16];
        snprintf(name, sizeof name, "PARAPHE_%s", config_table[i].name);
        for (char *p = name; *p != '\0'; p++)
            *p = isalnum((unsigned char)*p) ? (char)toupper((unsigned char)*p) : '_';
        const char *value = getenv(name);
        snprintf(source, sizeof source, "environment %s", name);
        if (value != NULL && *value != '\0' &&
            setting_add(&c->settings[i], &config_table[i], value, source, e) != 0)
            return -1;
    }
    return 0;
}

static int read_options(struct config *c, const struct opt_values *options, struct err *e)
{
    for (size_t i = 0; i < c->count; i++) {
        const char *option = config_table[i].option;
        char source[ENV_NAME_MAX];
        if (option == NULL)
            continue;
        snprintf(source, sizeof source, "--%s", option);
        for (size_t k = 0; k < opt_count(options, option); k++) {
            if (setting_add(&c->settings[i], &config_table[i], opt_at(options, option, k), source,
                            e) != 0)
                return -1;
        }
    }
    return 0;
}

int config_load(struct config **out, const struct opt_values *options, struct err *e)
{
    struct config *c = calloc(1, sizeof *c);

    if (c == NULL)
        return err_set_memory(e);
    c->count = table_rows();
    c->settings = calloc(c->count, sizeof *c->settings);
    if (c->settings == NULL) {
        free(c);
        return err_set_memory(e);
    }
    for (size_t i = 0; i < c->count; i++) {
        const char *value = config_table[i].otherwise;
        if (value != NULL &&
            setting_add(&c->settings[i], &config_table[i], value, "default", e) != 0)
            goto fail;
    }
    if (read_files(c, options, e) != 0 || read_environment(c, e) != 0 ||
        read_options(c, options, e) != 0)
        goto fail;
    *out = c;
    return 0;
fail:
    config_free(c);
    return -1;
}

void config_free(struct config *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < c->count; i++)
        setting_clear(&c->settings[i]);
    free(c->settings);
    free(c);
}

const char *config_get(const struct config *c, const char *key)
{
    int row = row_of(key);

    if (row < 0 || c->settings[row].count == 0)
        return NULL;
    return c->settings[row].values[c->settings[row].count - 1];
}

size_t config_count(const struct config *c, const char *key)
{
    int row = row_of(key);

    return row < 0 ? 0 : c->settings[row].count;
}

const char *config_at(const struct config *c, const char *key, size_t i)
{
    int row = row_of(key);

    return row < 0 || i >= c->settings[row].count ? NULL : c->settings[row].values[i];
}

const char *config_source(const struct config *c, const char *key)
{
    int row = row_of(key);

    return row < 0 ? NULL : c->settings[row].source;
}

int config_set(struct config *c, const char *key, const char *const *values, size_t n,
               const char *source, struct err *e)
{
    int row = row_of(key);

    if (row < 0)
        return err_set_bug(e, key);
    setting_clear(&c->settings[row]);
    for (size_t i = 0; i < n; i++) {
        if (setting_add(&c->settings[row], &config_table[row], values[i], source, e) != 0)
            return -1;
    }
    return 0;
}

const char *config_source_say(const struct config *c, const char *key, char *out, size_t size)
{
    static const char environment[] = "environment ";
    const char *source = config_source(c, key);

    if (strcmp(source, "default") == 0)
        text_copy_whole(out, size, text("cmd.config.source-default"));
    else if (strncmp(source, environment, sizeof environment - 1) == 0)
        text_say(text_lang_get(), out, size, "cmd.config.source-environment",
                 source + sizeof environment - 1, NULL);
    else
        text_copy_whole(out, size, source);
    return out;
}

int config_seconds(const struct config *c, const char *key, int *out, struct err *e)
{
    enum { SECONDS_MAX = 3600 };
    const char *value = config_get(c, key);
    char *end = NULL, source[512];

    if (value == NULL)
        return 0;
    long n = strtol(value, &end, 10);
    if (*value == '\0' || *end != '\0' || n < 0 || n > SECONDS_MAX)
        return err_set(e, ERR_USAGE, "err.cmd.token-seconds", key,
                       config_source_say(c, key, source, sizeof source), NULL);
    *out = (int)n;
    return 0;
}
