/* A folder, an input, an output and their journal, for test_batch*.c; included after all other
 * headers. */
#ifndef PARAPHE_TESTS_UNIT_JOB_BATCH_FOLDER_H
#define PARAPHE_TESTS_UNIT_JOB_BATCH_FOLDER_H

#include "tests/unit/remove_tree.h"

static char top[64], input[96], output[96], journal[128];
static const char *const inputs[] = {input}, *const outputs[] = {output};

static inline int setup(void **state)
{
    (void)state;
    snprintf(top, sizeof top, "/tmp/paraphe-batch.XXXXXX");
    assert_non_null(mkdtemp(top));
    snprintf(input, sizeof input, "%s/in.pdf", top);
    snprintf(output, sizeof output, "%s/out.pdf", top);
    snprintf(journal, sizeof journal, "%s/%s", top, BATCH_FILE);
    return file_put(input, "the input", 9, true, NULL);
}

static inline int teardown(void **state)
{
    (void)state;
    return remove_tree(top);
}

static inline struct batch *opened(const char *wish, struct err *e)
{
    struct batch *b = NULL;

    err_clear(e);
    batch_open(&b, &(struct batch_request){top, wish, inputs, outputs, 1}, e);
    return b;
}

static inline struct batch *opened_alone(const char *wish, struct err *e)
{
    struct batch *b = NULL;

    err_clear(e);
    batch_open(&b, &(struct batch_request){NULL, wish, inputs, outputs, 1}, e);
    return b;
}

static inline void sha256_of(const char *text, char out[DIGEST_HEX_MAX])
{
    assert_int_equal(digest_bytes_hex(text, strlen(text), out, NULL), 0);
}

/* As sign/pades keeps it, as far as the journal looks at it. */
static inline struct jv *kept_made(void)
{
    struct jv *kept = jv_object();
    char sha256[DIGEST_HEX_MAX];

    sha256_of("the input", sha256);
    jv_put_text(kept, "input_sha256", sha256);
    jv_put_int(kept, "base", 9);
    jv_put_int(kept, "hole_end", 16);
    jv_put_int(kept, "size", 19);
    jv_put_text(kept, "update_head", "2d736967"); /* "-sig" */
    jv_put_text(kept, "update_tail", "757265");   /* "ure" */
    return kept;
}

static inline struct jv *result_made(const char *signed_text)
{
    struct jv *result = jv_object();
    char sha256[DIGEST_HEX_MAX];

    sha256_of("the input", sha256);
    jv_put_text(result, "input_sha256", sha256);
    sha256_of(signed_text, sha256);
    jv_put_text(result, "sha256", sha256);
    return result;
}

static inline void value_written(const char *wish)
{
    struct err e = ERR_INIT;
    struct batch *b = opened(wish, &e);
    struct jv *kept = kept_made();

    assert_non_null(b);
    assert_int_equal(batch_keep(b, output, kept, &e), 0);
    assert_int_equal(batch_settle(b, &e), 0);
    jv_free(kept);
    batch_close(b, false);
}

static inline enum batch_state state_now(const char *wish)
{
    struct err e = ERR_INIT;
    struct batch *b = opened(wish, &e);
    struct jv *what = NULL;

    assert_non_null(b);
    enum batch_state found = batch_find(b, input, output, &what);
    assert_true((what == NULL) == (found == BATCH_NEW));
    jv_free(what);
    batch_close(b, false);
    return found;
}

#endif
