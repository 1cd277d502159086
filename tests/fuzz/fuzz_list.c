/* A trusted list: XML read, and its signature looked at with a key of ours. */
/* LINK: room_trust */
/* BESIDE: paraphe-xmlsig */
#include <stdint.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/jv.h"
#include "tests/fuzz/place.h"
#include "tests/unit/make_cert.h"
#include "trust/list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct buf params = BUF_INIT(1 << 20);

static void params_make(void)
{
    struct made signer = {0};
    unsigned char *der = NULL;
    struct jv *o = jv_object(), *list = jv_array();

    made_cert(&signer, "ec:P-256", "List", NULL, NULL, 1795600800);
    int len = i2d_X509(signer.x509, &der);
    char *hex = malloc((size_t)len * 2 + 1);
    hex_lower(der, (size_t)len, hex);
    jv_add_text(list, hex);
    jv_put_take(o, "signers", list);
    if (jv_print(o, false, &params, NULL) != 0)
        abort();
    jv_free(o);
    free(hex);
    OPENSSL_free(der);
    X509_free(signer.x509);
    EVP_PKEY_free(signer.key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct buf reply = BUF_INIT(1 << 24);
    struct err e = ERR_INIT;
    int fd;

    if (params.len == 0) {
        params_make();
        trust_list_task.warm();
    }
    fd = place_memory(data, n);
    struct task_io io = {
        .fds = &fd, .nfds = 1, .params = params.data, .params_len = params.len, .reply = &reply};
    if (trust_list_task.run(&io, &e) == 0)
        abort(); /* nothing is signed with that key */
    if (!err_is_set(&e))
        abort();
    close(fd);
    buf_free(&reply);
    return 0;
}
