/* Signs with a token through the room pkcs11, as `paraphe sign` does, and checks every value; for
 * the tests of tokens and of faulty drivers. probe [--module M]... [--token URI] [--cert S]
 * [--pin-source P] [--pinentry P] [--use-last-try] [--seal]  [--timeout S] [--helper PATH]
 *         [--again: asks once more after a failed login] [--force SCHEME/DIGEST: although the key
 * does not offer it]
 *         [--choose N] [--wait S] [--times N] [--only SCHEME/DIGEST] [--verbose] [--open-only]
 * One line a signature: "ok SCHEME DIGEST MECHANISM MS". Ends with the error's sentence on standard
 * error and its status. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/text.h"
#include "pkcs11/token.h"
#include "x509/alg.h"
#include "x509/cert.h"

struct probe {
    const char *modules[16];
    struct token_options options;
    int choose, wait, times;
    const char *only;
    bool open_only, again;
    const char *force;
};

static void tell(void *self, const char *sentence)
{
    (void)self;
    fprintf(stderr, "remark: %s\n", sentence);
}

static int choose(void *self, const char *question, const char *const *choices, size_t n,
                  struct err *e)
{
    const struct probe *p = self;

    (void)question;
    (void)e;
    for (size_t i = 0; i < n; i++)
        fprintf(stderr, "choice: %s\n", choices[i]);
    return p->choose;
}

static int read_options(struct probe *p, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *name = argv[i], *value = i + 1 < argc ? argv[i + 1] : "";
        bool flag = true;
        if (strcmp(name, "--use-last-try") == 0)
            p->options.use_last_try = true;
        else if (strcmp(name, "--seal") == 0)
            p->options.seal = true;
        else if (strcmp(name, "--verbose") == 0)
            p->options.verbose = true;
        else if (strcmp(name, "--again") == 0)
            p->again = true;
        else if (strcmp(name, "--open-only") == 0)
            p->open_only = true;
        else
            flag = false;
        if (flag)
            continue;
        i++;
        if (strcmp(name, "--module") == 0 && p->options.nmodules < 16)
            p->modules[p->options.nmodules++] = value;
        else if (strcmp(name, "--token") == 0)
            p->options.uri = value;
        else if (strcmp(name, "--cert") == 0)
            p->options.cert = value;
        else if (strcmp(name, "--pin-source") == 0)
            p->options.pin_source = value;
        else if (strcmp(name, "--pinentry") == 0)
            p->options.pinentry = value;
        else if (strcmp(name, "--helper") == 0)
            p->options.helper = value;
        else if (strcmp(name, "--timeout") == 0)
            p->options.timeout_s = atoi(value);
        else if (strcmp(name, "--choose") == 0)
            p->choose = atoi(value);
        else if (strcmp(name, "--wait") == 0)
            p->wait = atoi(value);
        else if (strcmp(name, "--times") == 0)
            p->times = atoi(value);
        else if (strcmp(name, "--force") == 0)
            p->force = value;
        else if (strcmp(name, "--only") == 0)
            p->only = value;
        else
            return -1;
    }
    return 0;
}

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int sign_once(struct probe *p, struct token *t, const struct sign_alg *alg,
                     const struct cert *leaf, struct err *e)
{
    static const char message[] =
        "1\x82\x01signed attributes stand here, some hundred bytes of them as a rule; "
        "the token may hash them itself, or is given their digest";
    struct signer s = token_signer(t);
    struct buf value = BUF_INIT(16384);
    double start = now_ms();
    int rc = s.sign(s.self, alg, message, sizeof message, &value, e);

    if (rc != 0 && token_removed(t) && p->wait > 0) {
        fprintf(stderr, "waiting: %s\n", e->sentence);
        err_clear(e);
        rc = token_wait(t, p->wait, e);
        if (rc == 0)
            rc = s.sign(s.self, alg, message, sizeof message, &value, e);
    }
    double took = now_ms() - start;
    if (rc == 0 && !alg_verify(alg, leaf, message, sizeof message, value.data, value.len))
        rc = err_set(e, ERR_TOKEN, "err.sign-cms.value-wrong", leaf->name, NULL);
    if (rc == 0)
        printf("ok %s %s %s %.1f\n", sign_scheme_name(alg->scheme), digest_name(alg->digest),
               token_mechanism(t, alg) != NULL ? token_mechanism(t, alg) : "?", took);
    buf_free(&value);
    return rc;
}

static bool wanted(const struct probe *p, const struct sign_alg *alg)
{
    char name[64];

    snprintf(name, sizeof name, "%s/%s", sign_scheme_name(alg->scheme), digest_name(alg->digest));
    return p->only == NULL || strcmp(p->only, name) == 0;
}

static int sign_all(struct probe *p, struct token *t, struct err *e)
{
    struct signer s = token_signer(t);
    struct sign_alg algs[SIGN_ALGS_MAX];
    struct der_list chain = {NULL, 0};
    struct cert *leaf = NULL;
    size_t n = SIGN_ALGS_MAX;
    int rc = s.chain(s.self, &chain, e);

    if (rc == 0)
        rc = cert_parse(&leaf, chain.items[0].data, chain.items[0].len, "leaf", e);
    if (rc == 0)
        printf("open %s chain=%zu\n", leaf->name, chain.count);
    if (rc == 0 && !p->open_only)
        rc = s.prepare(s.self, e);
    if (rc != 0 && p->again) {
        fprintf(stderr, "first: %s\n", e->sentence);
        err_clear(e);
        rc = s.prepare(s.self, e);
    }
    if (rc == 0)
        rc = s.algorithms(s.self, algs, &n, e);
    if (rc == 0 && p->force != NULL) {
        const char *slash = strchr(p->force, '/');
        char scheme[16];
        snprintf(scheme, sizeof scheme, "%.*s", (int)(slash - p->force), p->force);
        algs[0] = (struct sign_alg){sign_scheme_from_name(scheme), digest_from_name(slash + 1)};
        n = 1;
    }
    for (size_t i = 0; rc == 0 && !p->open_only && i < n; i++) {
        for (int k = 0; rc == 0 && wanted(p, &algs[i]) && k < p->times; k++)
            rc = sign_once(p, t, &algs[i], leaf, e);
    }
    cert_free(leaf);
    der_list_free(&chain);
    return rc;
}

/* paraphe-token stands one folder above the probe. */
static char *helper_above(void)
{
    char self[4096], *path = NULL;
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

    self[n > 0 ? n : 0] = '\0';
    char *folder = path_folder(self);
    if (folder == NULL || asprintf(&path, "%s/../paraphe-token", folder) < 0)
        path = NULL;
    free(folder);
    return path;
}

int main(int argc, char **argv)
{
    struct probe p = {.choose = -1, .times = 1};
    struct asker asker = {&p, NULL, choose, tell};
    struct err e = ERR_INIT;
    struct token *t = NULL;
    int rc = -1;

    if (read_options(&p, argc, argv) != 0) {
        fprintf(stderr, "probe: wrong option\n");
        return 2;
    }
    p.options.modules = p.modules;
    char *helper = helper_above();
    if (p.options.helper == NULL)
        p.options.helper = helper;
    p.options.now = time(NULL);
    text_lang_set("en");
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (token_open(&t, &p.options, &asker, &e) == 0)
        rc = sign_all(&p, t, &e);
    token_close(t);
    free(helper);
    if (rc != 0)
        fprintf(stderr, "error: %s%s%s%s\n", e.sentence, e.foreign[0] != '\0' ? " (" : "",
                e.foreign, e.foreign[0] != '\0' ? ")" : "");
    return rc == 0 ? 0 : (int)e.kind;
}
