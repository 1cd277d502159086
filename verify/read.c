/* Task "verify-read": hostile bytes in, verdict out. */
#include "verify/read.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "verify/diff.h"
#include "verify/verify.h"

/* Named anchors first, then the services of the kind. */
static int anchors_read(const struct jv *list, const struct jv *services, const char *kind,
                        struct anchors *out, struct err *e)
{
    struct der_list ders = {NULL, 0};
    size_t given;
    int rc = -1;

    if (der_list_read(&ders, list, e) != 0)
        goto out;
    given = ders.count;
    for (size_t i = 0; i < jv_count(services); i++) {
        const char *type = jv_get_text(jv_at(services, i), "type");
        const struct jv *certs = jv_get(jv_at(services, i), "certs");
        if (type == NULL || strncmp(type, kind, strlen(kind)) != 0)
            continue;
        if (der_list_read(&ders, certs, e) != 0)
            goto out;
    }
    rc = anchors_init(out, &ders, given, e);
out:
    der_list_free(&ders);
    return rc;
}

static int env_read(struct reading *r, const struct task_io *io, struct err *e)
{
    struct env *env = &r->env;
    const struct jv *params = r->params;
    struct jv *trust = NULL;
    struct buf text;
    int rc = -1;

    buf_init(&text, (size_t)ceilings.json_bytes);
    if (io->nfds > 1 && (file_read_fd(io->fds[1], "anchors", text.max, &text, e) != 0 ||
                         (trust = jv_parse(buf_str(&text), text.len, "anchors", e)) == NULL))
        goto out;
    env->io = io;
    env->now = jv_get_int(params, "time", 0);
    env->online = jv_get_bool(params, "online") && io->ask != NULL;
    policy_read(jv_get(params, "policy"), &env->policy);
    if (jv_get_bytes(params, "password", &r->password) != 0) {
        err_set_bug(e, "verify-read: password");
        goto out;
    }
    struct jv *tsa = jv_get(trust, "stamps");
    env->services =
        jv_is_array(jv_get(trust, "services")) ? jv_keep(jv_get(trust, "services")) : NULL;
    if (anchors_read(jv_get(trust, "signers"), env->services, "CA/QC", &env->signers, e) != 0 ||
        anchors_read(jv_is_array(tsa) ? tsa : jv_get(trust, "signers"), env->services, "TSA",
                     &env->stamps, e) != 0)
        goto out;
    rc = 0;
out:
    jv_free(trust);
    buf_free(&text);
    return rc;
}

int reading_begin(struct reading *r, const struct task_io *io, struct err *e)
{
    *r = (struct reading){.sigs = calloc(1, sizeof *r->sigs)};
    buf_init(&r->password, 4096);
    if (r->sigs == NULL)
        return err_set_memory(e);
    r->params = jv_parse((const char *)io->params, io->params_len, "parameters", e);
    return r->params != NULL ? env_read(r, io, e) : -1;
}

int reading_open(struct reading *r, const struct task_io *io, struct err *e)
{
    struct pdf_options options = {.password = r->password.data, .password_len = r->password.len};

    if (io->nfds == 0)
        return err_set_bug(e, "verify-read: no file");
    return pdf_open(&r->pdf, io->fds[0], &options, e);
}

int reading_answer_take(const struct task_io *io, struct jv *answer, struct err *e)
{
    int rc = jv_print(answer, false, io->reply, e) != 0 ? -1 : buf_check(io->reply, e);

    jv_free(answer);
    return rc;
}

void reading_end(struct reading *r)
{
    jv_free(r->params);
    if (r->sigs != NULL)
        sigs_free(r->sigs);
    free(r->sigs);
    env_free(&r->env);
    pdf_close(r->pdf);
    buf_wipe(&r->password);
}

int read_all(struct pdf *pdf, struct sigs *sigs, struct env *env, struct err *e)
{
    size_t bad = 0;

    if (sigs_find(pdf, sigs, e) != 0)
        return -1;
    if (sigs->count == 0)
        return 0;
    if (dss_read(pdf, env, &bad, e) != 0)
        return -1;
    /* Nothing comes after the only signature: neither trust nor time has a say in its integrity. */
    env->integrity_only = env->integrity_only && sigs->count == 1;
    for (size_t i = 0; i < sigs->count; i++) {
        if (sig_read(pdf, sigs->items[i], env, e) != 0)
            return -1;
        if (bad > 0)
            findings_add(&sigs->items[i]->f, "dss.odd", NULL);
        if (pdf_double_view_count(pdf) > 0)
            findings_add(&sigs->items[i]->f, "pdf.double-view", NULL);
        pdf_drop_cache(pdf);
    }
    if (!env->integrity_only && times_run(sigs, env, e) != 0)
        return -1;
    return changes_judge(pdf, sigs, e);
}

void verify_warm(void)
{
    static const char *const digests[] = {"SHA1",   "SHA224",   "SHA256",   "SHA384",
                                          "SHA512", "SHA3-256", "SHA3-384", "SHA3-512"};

    OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG | OPENSSL_INIT_ADD_ALL_CIPHERS |
                            OPENSSL_INIT_ADD_ALL_DIGESTS | OPENSSL_INIT_LOAD_CRYPTO_STRINGS,
                        NULL);
    for (size_t i = 0; i < sizeof digests / sizeof digests[0]; i++) {
        unsigned char md[EVP_MAX_MD_SIZE];
        const EVP_MD *kind = EVP_get_digestbyname(digests[i]);
        if (kind != NULL)
            (void)EVP_Digest("", 0, md, NULL, kind, NULL);
    }
    X509_STORE_free(X509_STORE_new());
    X509_NAME *name = X509_NAME_new();
    (void)X509_NAME_get0_der(name, NULL, NULL);
    X509_NAME_free(name);
    (void)OBJ_txt2nid("1.2.840.113549.1.9.16.2.47");
    ERR_clear_error();
}

static int run(const struct task_io *io, struct err *e)
{
    struct reading r;
    int rc = -1;

    if (reading_begin(&r, io, e) == 0 && reading_open(&r, io, e) == 0 &&
        read_all(r.pdf, r.sigs, &r.env, e) == 0)
        rc = reading_answer_take(io, verdict_json(r.sigs, &r.env, pdf_revision_count(r.pdf)), e);
    reading_end(&r);
    return rc;
}

const struct task verify_read_task = {
    .name = "verify-read",
    .run = run,
    .warm = verify_warm,
    .limits = {.seconds = 120, .memory = 0, .output = 0},
};
