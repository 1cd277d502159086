/* A configuration file, of the user's own and of somebody else's. */
/* LINK: room_base lib_INI */
/* SOURCES: cmd/config.c cmd/config_path.c cmd/config_table.c cmd/opt.c */
#include <stdint.h>

#include "cmd/config.h"
#include "cmd/config_table.h"
#include "cmd/opt.h"
#include "tests/fuzz/place.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void load(void)
{
    char option[] = "--config", *argv[] = {option, NULL}, path[128], *args[2];
    struct opt_values *values = NULL;
    struct config *c = NULL;
    struct err e = ERR_INIT;
    static const struct opt none[] = {{NULL, OPT_FLAG, NULL}};
    size_t nargs = 0;

    snprintf(path, sizeof path, "%s", place_path("paraphe.conf"));
    argv[1] = path;
    if (opt_parse("config", none, 2, argv, &values, args, &nargs, &e) != 0)
        abort();
    if (config_load(&c, values, &e) == 0) {
        for (const struct config_key *k = config_table; k->name != NULL; k++) {
            for (size_t i = 0; i < config_count(c, k->name); i++) {
                if (config_at(c, k->name, i) == NULL || config_source(c, k->name) == NULL)
                    abort();
            }
        }
        config_free(c);
    } else if (!err_is_set(&e)) {
        abort();
    }
    opt_free(values);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    place_write("paraphe.conf", data, n);
    load();
    chmod(place_path("paraphe.conf"), 0666);
    load();
    unlink(place_path("paraphe.conf"));
    return 0;
}
