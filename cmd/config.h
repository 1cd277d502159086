/* Settings: defaults, system file, user file (or --config FILE in place of both), environment,
 * options; the later wins. `paraphe config` prints each with where it came from. */
#ifndef PARAPHE_CMD_CONFIG_H
#define PARAPHE_CMD_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct config;
struct opt_values;

/* The keys, "section.name" as in the file: [token] module, [sign] level... config_table.c lists
 * them with default, whether they are sensitive (module, anchors, PIN source, addresses: refused
 * from a file that the user does not own), list or not, the environment variable
 * (PARAPHE_SECTION_NAME) and the option that sets them. */
int config_load(struct config **out, const struct opt_values *options, struct err *e);
void config_free(struct config *c);
/* The user's file, whether it is there or not; malloc'ed, NULL when neither XDG_CONFIG_HOME nor
 * HOME names a folder. */
char *config_user_path(void);
/* NULL when nothing sets it and it has no default. */
const char *config_get(const struct config *c, const char *key);
size_t config_count(const struct config *c, const char *key);
const char *config_at(const struct config *c, const char *key, size_t i);
/* "default", "/etc/paraphe/paraphe.conf:3", "environment PARAPHE_...", "--module" */
const char *config_source(const struct config *c, const char *key);
/* The same for people, in the language of the messages. Returns out. */
const char *config_source_say(const struct config *c, const char *key, char *out, size_t size);
/* A whole number of seconds up to an hour; *out stays when nothing sets it. ERR_USAGE otherwise. */
int config_seconds(const struct config *c, const char *key, int *out, struct err *e);
/* Replaces all values of a key, for what a job fixed at its start; none unsets it. */
int config_set(struct config *c, const char *key, const char *const *values, size_t n,
               const char *source, struct err *e);

#endif
