/* A receipt, an intent and an acknowledgement beside a deposit: the text is taken as each. */
/* LINK: room_submit_upload */
#include <stdint.h>

#include "base/digest.h"
#include "base/jv.h"
#include "submit/bundle/bundle_part.h"
#include "submit/upload/upload.h"
#include "tests/fuzz/place.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A deposit of one file, "a.pdf". */
static void deposit_make(void)
{
    char hex[DIGEST_HEX_MAX], id[DEPOSIT_ID_MAX];
    struct buf text = BUF_INIT(1 << 16);
    struct jv *m = jv_object(), *files = jv_array(), *places = jv_array(), *p = jv_object();

    place_write("a.pdf", "%PDF-", 5);
    digest_bytes_hex("%PDF-", 5, hex, NULL);
    jv_add_take(files, file_entry("a.pdf", "proof", hex, 5));
    if (deposit_id(files, id, NULL) != 0)
        abort();
    jv_put_text(p, "title", "Place");
    jv_put_text(p, "where", "Here");
    jv_put_bool(p, "required", true);
    jv_put_take(p, "file", file_entry("a.pdf", "proof", hex, 5));
    jv_add_take(places, p);
    jv_put_text(m, "format", "paraphe-deposit");
    jv_put_int(m, "version", 1);
    jv_put_text(m, "id", id);
    jv_put_take(m, "files", files);
    jv_put_take(m, "places", places);
    if (jv_print(m, false, &text, NULL) != 0 || mkdir(place_path(DEPOSIT_RECEIPTS), 0700) != 0)
        abort();
    place_write(DEPOSIT_MANIFEST, text.data, text.len);
    jv_free(m);
    buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char *const names[] = {DEPOSIT_RECEIPTS "/0.json",
                                        DEPOSIT_RECEIPTS "/0.intent.json"};
    static bool ready;

    if (!ready)
        deposit_make();
    ready = true;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct jv *result = NULL;
        struct err e = ERR_INIT;
        place_write(names[i], data, n);
        if (receipts_check(place(), &result, &e) != 0 && !err_is_set(&e))
            abort();
        jv_free(result);
        unlink(place_path(names[i]));
    }
    return 0;
}
