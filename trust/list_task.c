/* Task "trust-list": XML in, verified list out. No entities, no document type, nothing from
 * outside. */

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "base/libxml.h"
#include "trust/list.h"
#include "trust/list_part.h"

static void warm(void)
{
    (void)libxml_open(NULL); /* the run says what is wrong with it */
    (void)list_module_start();
}

static void silent(void *self, const char *format, ...)
{
    (void)self;
    (void)format;
}

static int check_signature(xmlDocPtr doc, const struct der_list *signers, struct jv *list,
                           struct err *e)
{
    const unsigned char *certs[64];
    size_t lens[64], n = signers->count < 64 ? signers->count : 64;
    char hex[DIGEST_HEX_MAX];

    for (size_t i = 0; i < n; i++) {
        certs[i] = signers->items[i].data;
        lens[i] = signers->items[i].len;
    }
    int who = list_module_verify(doc, certs, lens, n);
    if (who == -4)
        return err_set(e, ERR_USAGE, "err.trust.module", NULL);
    if (who == -2 || who == -3)
        return err_set(e, ERR_SIGNATURE, "err.trust.list-wrapped", NULL);
    if (who < 0 || (size_t)who >= n)
        return err_set(e, ERR_SIGNATURE, "err.trust.list-signature", NULL);
    if (digest_bytes_hex(certs[who], lens[who], hex, e) != 0)
        return -1;
    jv_put_text(list, "signer", hex);
    return 0;
}

static int run(const struct task_io *io, struct err *e)
{
    struct jv *params = jv_parse((const char *)io->params, io->params_len, "parameters", e);
    struct der_list signers = {NULL, 0};
    struct jv *list = NULL;
    xmlDocPtr doc = NULL;
    struct buf xml;
    char hex[DIGEST_HEX_MAX];
    int rc = -1;

    buf_init(&xml, (size_t)ceilings.http_bytes);
    if (libxml_open(e) != 0)
        goto out;
    libxml()->xmlSetGenericErrorFunc(NULL, silent);
    (void)list_module_start(); /* done by warm-up where there is one */
    if (params == NULL || der_list_read(&signers, jv_get(params, "signers"), e) != 0 ||
        file_read_fd(io->fds[0], "list", xml.max, &xml, e) != 0)
        goto out;
    doc = libxml()->xmlReadMemory(buf_str(&xml), (int)xml.len, "list.xml", NULL,
                                  XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (doc == NULL || doc->intSubset != NULL) {
        err_set(e, ERR_INPUT, "err.trust.list-form", NULL);
        goto out;
    }
    if ((list = list_parse(doc, e)) == NULL || check_signature(doc, &signers, list, e) != 0 ||
        digest_bytes_hex(xml.data, xml.len, hex, e) != 0)
        goto out;
    jv_put_text(list, "sha256", hex);
    jv_put_take(list, "signers", jv_copy(jv_get(params, "signers")));
    rc = jv_print(list, false, io->reply, e) != 0 ? -1 : buf_check(io->reply, e);
out:
    if (doc != NULL)
        libxml()->xmlFreeDoc(doc);
    jv_free(params);
    jv_free(list);
    der_list_free(&signers);
    buf_free(&xml);
    return rc;
}

const struct task trust_list_task = {
    .name = "trust-list",
    .run = run,
    .warm = warm,
    .limits = {.seconds = 60, .memory = 0, .output = 0},
};

int trust_list_read(const struct runner *runner, int fd, const struct der_list *signers,
                    struct jv **out, struct err *e)
{
    struct jv *params = jv_object();
    struct buf text, reply;
    int rc = -1;

    buf_init(&text, (size_t)ceilings.json_bytes);
    buf_init(&reply, (size_t)ceilings.json_bytes);
    jv_put_take(params, "signers", der_list_json(signers));
    if (jv_print(params, false, &text, e) != 0)
        goto out;
    struct task_call call = {.name = "trust-list",
                             .fds = &fd,
                             .nfds = 1,
                             .params = text.data,
                             .params_len = text.len,
                             .reply = &reply};
    if (runner->call(runner->self, &call, e) != 0)
        goto out;
    *out = jv_parse(buf_str(&reply), reply.len, "trust-list", e);
    rc = *out != NULL ? 0 : -1;
out:
    jv_free(params);
    buf_free(&text);
    buf_free(&reply);
    return rc;
}
