#include "cmd/act_sign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/date.h"
#include "base/jv.h"
#include "base/text.h"
#include "cmd/act_sign_part.h"
#include "cmd/judges.h"
#include "cmd/second_reader.h"
#include "cmd/tsa.h"
#include "cmd/wire.h"
#include "net/net.h"
#include "pkcs11/token.h"
#include "sign/cms/complete.h"
#include "x509/cert.h"

enum { LINES_MAX = 8, FILES_EACH = 3, FILES_SPARE = 160 };

int act_sign_level(struct act_sign_request *r, struct err *e)
{
    bool stamped = r->nservers > 0;

    if (r->level == PADES_NONE)
        r->level = stamped ? PADES_B_T : PADES_B_B;
    if (r->level >= PADES_B_T && !stamped)
        return err_set(e, ERR_USAGE, "err.cmd.sign-no-tsa", pades_level_name(r->level), NULL);
    if (r->min_level == PADES_NONE)
        r->min_level = r->level < PADES_B_T ? r->level : PADES_B_T;
    if (r->min_level > r->level)
        return err_set(e, ERR_USAGE, "err.cmd.sign-min-level", pades_level_name(r->min_level),
                       pades_level_name(r->level), NULL);
    return 0;
}

void act_sign_file_free(struct act_sign_file *file)
{
    jv_free(file->result);
    file->result = NULL;
    act_sign_copy_close(file);
}

/* What a visible signature says: in the language of the report when it is ours. */
static size_t appearance_lines(const struct act_sign_request *r, const struct cms_plan *plan,
                               char room[LINES_MAX][512], const char *lines[LINES_MAX])
{
    enum text_lang lang = r->lang == NULL                                 ? text_lang_get()
                          : strcmp(r->lang, text_lang_name(TEXT_FR)) == 0 ? TEXT_FR
                                                                          : TEXT_EN;
    int offset = date_paris_offset(r->now);
    char when[DATE_TEXT_MAX], day[DATE_TEXT_MAX], zone[16];
    struct date d = date_in_paris(r->now);
    size_t n = 0;

    date_instant_iso(r->now + offset, when); /* its hours and minutes are those of Paris */
    date_iso(d, day);
    if (lang == TEXT_FR)
        date_french(d, day);
    snprintf(zone, sizeof zone, "+%02d:00", offset / 3600);
    when[16] = '\0';
    text_copy_whole(room[n++], 512, plan->leaf->name);
    text_say(lang, room[n++], 512, "cmd.sign.line-signed", day, when + 11, zone, NULL);
    if (r->spec.reason != NULL)
        text_say(lang, room[n++], 512, "cmd.sign.line-reason", r->spec.reason, NULL);
    if (r->spec.location != NULL)
        text_say(lang, room[n++], 512, "cmd.sign.line-location", r->spec.location, NULL);
    for (size_t i = 0; i < n; i++)
        lines[i] = room[i];
    return n;
}

const struct act_sign_request *act_sign_asked(const struct act_sign *a, size_t i)
{
    return a->files[i].own != NULL ? a->files[i].own : a->request;
}

/* Room that fits whichever server will answer. */
static size_t token_room(const struct act_sign_request *r)
{
    size_t most = 0;

    for (size_t i = 0; r->level >= PADES_B_T && i < r->nservers; i++) {
        size_t one = tsa_room(&r->servers[i]);
        most = one > most ? one : most;
    }
    return most;
}

/* What rewriting can mend: the structure. Two views of one document are no such thing: a person
 * must look which of them is meant. */
static bool broken(const struct err *e)
{
    static const char *const others[] = {"err.pdf-file.needs-password",
                                         "err.pdf-file.wrong-password", "err.pdf-file.encryption",
                                         "err.pdf-file.encryption-certificates"};

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (strcmp(e->id, others[i]) == 0)
            return false;
    }
    return e->kind == ERR_INPUT &&
           (strncmp(e->id, "err.pdf-file.", 13) == 0 || strcmp(e->id, "err.sign-pades.form") == 0 ||
            strcmp(e->id, "err.sign-pades.annots") == 0 ||
            strcmp(e->id, "err.sign-pades.dss") == 0);
}

/* Of what is read in place of the input, with the room for its path. */
static int repaired_content(struct act_sign *a, size_t i, struct pades_ports *ports, char path[64],
                            struct err *e)
{
    struct act_sign_file *f = &a->files[i];

    if (act_sign_repair(a->wire->second, f, &act_sign_asked(a, i)->spec, e) != 0)
        return -1;
    snprintf(path, 64, "/proc/self/fd/%d", f->copy);
    ports->content = path;
    return 0;
}

/* --repair: once more, with what qpdf makes of the input. */
static int begin_repaired(struct act_sign *a, size_t i, struct pades_ports *ports,
                          const struct pades_spec *spec, struct err *e)
{
    struct act_sign_file *f = &a->files[i];
    char path[64];

    err_clear(e);
    if (repaired_content(a, i, ports, path, e) != 0)
        return -1;
    return pades_begin(&a->jobs[i], ports, &a->plan, spec, f->input, f->output, f->replace,
                       token_room(act_sign_asked(a, i)), e);
}

/* What to do with a signature that was kept and is of no use; without that the same refusal would
 * come at each run. */
static int kept_unfit(struct act_sign_file *f, bool copy_gone, struct err *e)
{
    char way[ERR_SENTENCE_MAX];
    char *copy = act_sign_copy_path(f->output);

    f->unfit = true;
    text_say(text_lang_get(), way, sizeof way,
             f->kept_many ? "cmd.sign.give-up-folder" : "cmd.sign.give-up", f->kept_in, NULL);
    if (copy_gone && copy != NULL)
        err_set(e, ERR_DISK, "err.cmd.sign-copy-gone", f->input, copy, way, NULL);
    else
        err_set(e, ERR_DISK, "err.cmd.sign-kept", f->input, f->kept_in, way, NULL);
    free(copy);
    return -1;
}

/* What was kept has its signer in it: there is no plan, and no token was opened. */
static int begin_kept(struct act_sign *a, size_t i, struct pades_ports *ports, struct err *e)
{
    struct act_sign_file *f = &a->files[i];
    const struct pades_spec *spec = &act_sign_asked(a, i)->spec;
    const char *source = jv_get_text(f->kept, "source_sha256");
    char path[64];
    bool copy_gone = source != NULL && !f->has_copy && !act_sign_copy_is_there(f->output);

    if (source != NULL) {
        snprintf(f->source_sha256, sizeof f->source_sha256, "%s", source);
        if (repaired_content(a, i, ports, path, e) != 0)
            return -1;
    }
    if (pades_resume(&a->jobs[i], ports, f->kept, f->input, f->output, f->replace, spec->password,
                     spec->password_len, e) == 0)
        return 0;
    return e != NULL && strcmp(e->id, "err.sign-pades.kept") == 0 && f->kept_in != NULL
               ? kept_unfit(f, copy_gone, e)
               : -1;
}

static int begin_one(struct act_sign *a, size_t i, struct err *e)
{
    struct act_sign_file *f = &a->files[i];
    char room[LINES_MAX][512];
    const char *lines[LINES_MAX];
    const struct act_sign_request *r = act_sign_asked(a, i);
    struct pades_spec spec = r->spec;
    struct pades_ports ports = {.runner = &a->wire->runner,
                                .signer = &a->signer,
                                .fetcher = a->fetcher,
                                .keep = f->keep,
                                .settle = f->settle,
                                .keep_self = f->keep_self,
                                .examine = a->later ? act_sign_examine : act_sign_examine_twice,
                                .watch = act_sign_watch,
                                .watch_moved = act_sign_watch_moved,
                                .watch_end = act_sign_watch_end,
                                .judge = act_sign_judge,
                                .reader_self = a->wire};

    if (f->kept != NULL)
        return begin_kept(a, i, &ports, e);
    spec.signing_time = r->now;
    spec.nlines = appearance_lines(r, &a->plan, room, lines);
    spec.lines = lines;
    if (f->repaired)
        return begin_repaired(a, i, &ports, &spec, e);
    if (pades_begin(&a->jobs[i], &ports, &a->plan, &spec, f->input, f->output, f->replace,
                    token_room(r), e) == 0)
        return 0;
    return r->repair && e != NULL && broken(e) ? begin_repaired(a, i, &ports, &spec, e) : -1;
}

/* --strict: the first thing that cannot be seen on the pages refuses the document. */
static int strict_enough(const struct act_sign *a, size_t i, struct err *e)
{
    struct jv *found = jv_array();
    int rc = 0;

    act_sign_remarks(pades_facts(a->jobs[i])->scan, "cmd.sign.scan.", found);
    if (act_sign_asked(a, i)->strict && jv_count(found) > 0)
        rc = err_set(e, ERR_INPUT, "err.cmd.sign-strict", a->files[i].input,
                     jv_get_text(jv_at(found, 0), "message"), NULL);
    jv_free(found);
    return rc;
}

int act_sign_begin(struct act_sign *a, size_t i)
{
    struct act_sign_file *f = &a->files[i];

    a->begun[i] = true;
    if (begin_one(a, i, &f->err) == 0 && strict_enough(a, i, &f->err) == 0 &&
        act_sign_final(a, i, &f->err) == 0)
        return 0;
    act_sign_done(a, i);
    return -1;
}

/* Before anything is asked every document is prepared: what cannot be signed is known before the
 * PIN. When nothing is to be asked, the first that can be is enough; the others come while it is
 * signed. */
static size_t begin_all(struct act_sign *a)
{
    size_t ready = 0;

    for (size_t i = 0; i < a->n && (ready == 0 || !a->later); i++) {
        if (act_sign_begin(a, i) == 0)
            ready++;
    }
    return ready;
}

static bool still_offered(const struct act_sign *a)
{
    struct sign_alg algs[SIGN_ALGS_MAX];
    size_t n = SIGN_ALGS_MAX;

    if (a->signer.algorithms(a->signer.self, algs, &n, NULL) != 0)
        return true; /* sign() will say why */
    for (size_t i = 0; i < n; i++) {
        if (algs[i].scheme == a->plan.alg.scheme && algs[i].digest == a->plan.alg.digest)
            return true;
    }
    return false;
}

/* A chain of the leaf alone is completed from the network; without it the signature is made all the
 * same. */
static int make_plan(struct act_sign *a, struct cms_plan *plan, struct err *e)
{
    const struct fetcher *fetcher;

    if (cms_plan_make(plan, &a->signer, &a->request->wish, e) != 0)
        return -1;
    err_clear(&a->chain_remark);
    if (cms_plan_open_ended(plan) && (fetcher = wire_fetcher(a->wire, &a->chain_remark)) != NULL)
        cms_plan_complete(plan, &a->wire->runner, fetcher, &a->chain_remark);
    return 0;
}

/* What the key may do is often visible after the login only. Then all is prepared anew, with the
 * same documents. */
static int plan_again(struct act_sign *a, struct err *e)
{
    struct cms_plan plan = CMS_PLAN_INIT;

    if (make_plan(a, &plan, e) != 0)
        return -1;
    for (size_t i = 0; i < a->n; i++) {
        char before[DIGEST_HEX_MAX];
        if (a->jobs[i] == NULL || a->files[i].kept != NULL)
            continue;
        memcpy(before, pades_facts(a->jobs[i])->input_sha256, sizeof before);
        pades_free(a->jobs[i]);
        a->jobs[i] = NULL;
        struct cms_plan old = a->plan;
        a->plan = plan;
        int rc = begin_one(a, i, &a->files[i].err);
        a->plan = old;
        if (rc == 0 && strcmp(before, pades_facts(a->jobs[i])->input_sha256) != 0) {
            err_set(&a->files[i].err, ERR_INPUT, "err.cmd.sign-changed", a->files[i].input, NULL);
            pades_free(a->jobs[i]);
            a->jobs[i] = NULL;
        }
        if (a->jobs[i] == NULL)
            act_sign_done(a, i);
    }
    cms_plan_free(&a->plan);
    a->plan = plan;
    return 0;
}

static int login(struct act_sign *a, struct err *e)
{
    bool fresh = false;

    for (size_t i = 0; i < a->n; i++)
        fresh = fresh ||
                ((a->jobs[i] != NULL || (a->later && !a->begun[i])) && a->files[i].kept == NULL);
    if (!fresh) /* all that is left was signed by an earlier run */
        return 0;
    if (a->signer.prepare(a->signer.self, e) != 0)
        return -1;
    return still_offered(a) ? 0 : plan_again(a, e);
}

/* Two descriptors a document at once, or three with a repaired copy, many documents in one go. */
static void raise_limit(size_t n)
{
    struct rlimit limit;
    rlim_t wanted = (rlim_t)(FILES_EACH * n + FILES_SPARE);

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static int all_kept(const struct act_sign_file *files, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (files[i].kept == NULL)
            return 0;
    }
    return 1;
}

/* What reads the document starts while the token's driver does, which takes longest. */
static void expect_readers(struct wire *w)
{
    runner_expect(&w->runner, "pades-prepare");
    if (w->judges != NULL)
        return;
    second_reader_expect(w->second);
    runner_expect(&w->runner, "verify-watch");
}

int act_sign(struct wire *w, const struct act_sign_request *request, struct act_sign_file *files,
             size_t n, struct err *e)
{
    struct act_sign a = {.wire = w,
                         .request = request,
                         .files = files,
                         .n = n,
                         .plan = CMS_PLAN_INIT,
                         .network = PTHREAD_MUTEX_INITIALIZER,
                         .telling = PTHREAD_MUTEX_INITIALIZER};
    int rc = -1;

    raise_limit(n);
    a.jobs = calloc(n, sizeof(struct pades_job *));
    a.begun = calloc(n, sizeof *a.begun);
    a.later = request->consent == NULL;
    a.algorithms = act_sign_algorithms();
    if (a.jobs == NULL || a.begun == NULL) {
        err_set_memory(e);
        goto out;
    }
    if (n > 1 && a.later)
        judges_start(w);
    if (!all_kept(files, n)) {
        w->waiting = expect_readers;
        if (wire_token(w, request->seal, e) != 0)
            goto out;
        a.signer = token_signer(w->token);
        if (make_plan(&a, &a.plan, e) != 0 || cms_plan_usable(&a.plan, request->now, e) != 0)
            goto out;
    }
    if (n > 1 && a.plan.chain.count > 0) /* for one it is read sooner by who needs it */
        runner_teach(w->judges != NULL ? &w->judge : &w->runner, "verify-watch",
                     a.plan.chain.items[0].data, a.plan.chain.items[0].len);
    for (size_t i = 0; i < n && a.fetcher == NULL; i++) {
        if (act_sign_asked(&a, i)->level >= PADES_B_T && (a.fetcher = wire_fetcher(w, e)) == NULL)
            goto out;
    }
    size_t ready = begin_all(&a);
    if (ready > 0 && request->consent == NULL)
        act_sign_tell(&a);
    if (ready > 0 && (act_sign_consent(&a, e) != 0 || login(&a, e) != 0))
        goto out;
    if (n > 1 && w->net != NULL)
        net_begin(w->net); /* not by a lane, with which it would end */
    act_sign_all(&a);
    rc = 0;
out:
    for (size_t i = 0; a.jobs != NULL && i < n; i++)
        pades_free(a.jobs[i]);
    free(a.jobs);
    free(a.begun);
    jv_free(a.algorithms);
    cms_plan_free(&a.plan);
    return rc;
}
