/* Paths in a configuration file. */
#ifndef PARAPHE_CMD_CONFIG_PATH_H
#define PARAPHE_CMD_CONFIG_PATH_H

/* The value of setting `key` as it is meant in the file `file`: a relative path starts at the
 * folder of that file, never at the current one, which may be a received folder. The caller frees
 * it; NULL when there is no memory. */
char *config_value_in(const char *file, const char *key, const char *value);

#endif
