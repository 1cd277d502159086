/* A text taken as a rule set and as a layout.
 * LINK: room_grid */
#include <stdint.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/jv.h"
#include "grid/layout.h"
#include "grid/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct err e = ERR_INIT;
    struct rules *rules = NULL;
    struct layout *layout = NULL;
    struct jv *doc = jv_parse((const char *)data, n, "fuzz", &e);

    if (rules_parse(&rules, (const char *)data, n, "fuzz", &e) == 0) {
        rules_id_shaped(rules, "C-01");
        rules_free(rules);
    }
    if (doc != NULL && layout_new(&layout, doc, &e) == 0)
        layout_free(layout);
    jv_free(doc);
    return 0;
}
