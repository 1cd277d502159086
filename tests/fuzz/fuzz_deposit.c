/* A text taken as the manifest of a deposit, as dossier.json and as a table of places; what is
 * accepted is shown to a person. LINK: room_submit_bundle room_dossier */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/date.h"
#include "base/err.h"
#include "base/jv.h"
#include "dossier/dossier_part.h"
#include "submit/bundle/bundle_part.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void show(const struct jv *manifest)
{
    struct buf page = BUF_INIT(16u << 20), text = BUF_INIT(16u << 20), sums = BUF_INIT(16u << 20);
    struct err e = ERR_INIT;

    if (checklist_html(manifest, &page, &e) == 0 && strstr(buf_str(&page), "<script") != NULL)
        abort();
    if (checklist_text(manifest, &text, &e) == 0 && strchr(buf_str(&text), 0x1b) != NULL)
        abort();
    sums_text(jv_get(manifest, "files"), &sums);
    buf_free(&page);
    buf_free(&text);
    buf_free(&sums);
}

static void assess(struct jv *json)
{
    char folder[] = "/nowhere";
    struct dossier d = {folder, json};
    struct dossier_rules rules = {{2026, 11, 25}, false, false};
    struct jv *facts = jv_object();

    jv_free(dossier_assess(&d, facts, &rules));
    jv_free(facts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct err e = ERR_INIT;
    struct jv *json = jv_parse((const char *)data, n, "fuzz", &e);
    struct jv *table = places_parse((const char *)data, n, "fuzz", &e);

    if (json != NULL && deposit_manifest_is_good(json))
        show(json);
    if (json != NULL && dossier_check_json(json, "fuzz", &e) == 0)
        assess(json);
    places_find(table, "lps", "report");
    jv_free(table);
    jv_free(json);
    return 0;
}
