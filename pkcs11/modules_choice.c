/* Of all certificates on all tokens the one that will sign; or a sentence that says why there is
 * none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/text.h"
#include "base/utf8.h"
#include "pkcs11/modules.h"

enum { CANDIDATES_MAX = 64, LIST_ROOM = 1100, LINE_ROOM = 400 };

struct found {
    struct candidate usable[CANDIDATES_MAX];
    size_t nusable;
    size_t tokens, matching, certificates, unreadable, selected; /* counts */
    bool certificate_at_fault;
    const struct jv *hiding; /* the slot of a matching token that shows nothing before the PIN */
    struct module *hiding_module;
    const char *why;     /* the one that is left goes before the others; NULL: it is the only one */
    struct jv *rejected; /* what token_certificate says of them */
    struct buf tokens_text, rejected_text; /* for the sentences */
};

static void list_add(struct buf *list, const char *text)
{
    if (list->len > 0)
        buf_text(list, " ; ");
    buf_text(list, text);
}

static int rank_of(const struct jv *certificate)
{
    const char *signs = jv_get_text(certificate, "signs");

    if (signs == NULL || strcmp(signs, "no") == 0)
        return 0;
    if (strcmp(signs, "yes") == 0)
        return 3;
    return jv_get_bool(certificate, "public_key_seen") ? 2 : 1;
}

static void rejected_put(struct found *f, const struct jv *certificate, struct jv *reasons)
{
    struct jv *o = jv_object();

    jv_put_text(o, "name", jv_get_text(certificate, "name"));
    jv_put_text(o, "sha256", jv_get_text(certificate, "sha256"));
    jv_put_take(o, "reasons", reasons);
    jv_add_take(f->rejected, o);
}

static void rejected_add(struct found *f, const struct jv *certificate)
{
    struct jv *reasons = jv_get(certificate, "reasons");
    char line[LINE_ROOM];
    const char *name = jv_get_text(certificate, "name");

    if (!jv_get_bool(certificate, "ca")) /* part of a chain, meant by nobody */
        rejected_put(f, certificate, jv_keep(reasons));

    snprintf(line, sizeof line, "%s: %s", name != NULL ? name : "?",
             jv_count(reasons) > 0 ? jv_get_text(jv_at(reasons, 0), "message") : "?");
    line[utf8_whole_length(line, strlen(line))] = '\0'; /* snprintf cuts anywhere */
    list_add(&f->rejected_text, line);
    f->certificate_at_fault =
        f->certificate_at_fault || jv_get_bool(certificate, "certificate_at_fault");
}

/* The same certificate seen twice: the better evidence counts; of two drivers for one card the
 * first. */
static void usable_add(struct found *f, const struct candidate *c)
{
    const char *sha256 = jv_get_text(c->certificate, "sha256");

    for (size_t i = 0; sha256 != NULL && i < f->nusable; i++) {
        const char *other = jv_get_text(f->usable[i].certificate, "sha256");
        if (other == NULL || strcmp(sha256, other) != 0)
            continue;
        if (c->rank > f->usable[i].rank) {
            f->usable[i] = *c;
            return;
        }
        if (c->rank < f->usable[i].rank || c->module != f->usable[i].module ||
            c->slot == f->usable[i].slot) /* listed twice */
            return;
    }
    if (f->nusable < CANDIDATES_MAX)
        f->usable[f->nusable++] = *c;
}

static void token_look(struct found *f, struct module *m, const struct jv *slot)
{
    const struct jv *token = jv_get(slot, "token");
    char line[LINE_ROOM];

    if (!jv_has_text(jv_get(token, "flags"),
                     "initialized")) /* nothing is on it, and no PIN is to be asked for */
        return;
    f->tokens++;
    if (!jv_get_bool(token, "matches"))
        return;
    f->matching++;
    snprintf(line, sizeof line, "%s (serial=%s, slot-id=%lld)", jv_get_text(token, "label"),
             jv_get_text(token, "serial"), (long long)jv_get_int(slot, "slot", 0));
    line[utf8_whole_length(line, strlen(line))] = '\0';
    list_add(&f->tokens_text, line);
    const struct jv *certificates = jv_get(token, "certificates");
    if (jv_count(certificates) == 0 && jv_is_null(jv_get(slot, "error")) &&
        !jv_get_bool(token, "logged_in") && jv_has_text(jv_get(token, "flags"), "login-required")) {
        f->hiding = slot;
        f->hiding_module = m;
    }
    for (size_t i = 0; i < jv_count(certificates); i++) {
        const struct jv *certificate = jv_at(certificates, i);
        struct candidate c = {m, slot, token, certificate, NULL, rank_of(certificate)};
        f->certificates++;
        f->unreadable += jv_get_text(certificate, "sha256") == NULL;
        if (!jv_get_bool(certificate, "selected"))
            continue;
        f->selected++;
        if (c.rank == 0)
            rejected_add(f, certificate);
        else
            usable_add(f, &c);
    }
}

static void look(struct modules *m, struct found *f)
{
    for (size_t i = 0; i < m->count; i++) {
        const struct jv *slots = jv_get(m->items[i].listing, "slots");
        if (!jv_get_bool(m->items[i].listing, "matches"))
            continue;
        for (size_t s = 0; s < jv_count(slots); s++) {
            if (!jv_is_null(jv_get(jv_at(slots, s), "token")))
                token_look(f, &m->items[i], jv_at(slots, s));
        }
    }
}

/* A slot that failed: most often the card that is meant. */
static bool slot_failure(const struct modules *m, struct err *e)
{
    for (size_t i = 0; i < m->count; i++) {
        const struct jv *slots = jv_get(m->items[i].listing, "slots");
        for (size_t s = 0; s < jv_count(slots); s++) {
            const struct jv *error = jv_get(jv_at(slots, s), "error");
            if (jv_is_null(error))
                continue;
            memset(e, 0, sizeof *e);
            e->kind = (enum err_kind)jv_get_int(error, "status", ERR_TOKEN);
            snprintf(e->id, sizeof e->id, "%s", jv_get_text(error, "id"));
            snprintf(e->foreign, sizeof e->foreign, "%s", jv_get_text(error, "foreign"));
            snprintf(e->sentence, sizeof e->sentence, "%s", jv_get_text(error, "sentence"));
            return true;
        }
    }
    return false;
}

/* A driver that failed as a whole; *alone: no other one works. */
static const struct module *broken_of(const struct modules *m, bool *alone)
{
    const struct module *broken = NULL;

    *alone = true;
    for (size_t i = 0; i < m->count; i++) {
        if (!err_is_set(&m->items[i].error))
            *alone = false;
        else if (broken == NULL)
            broken = &m->items[i];
    }
    return broken;
}

static int nothing_found(const struct modules *m, const struct found *f, struct err *e)
{
    if (m->count == 0)
        return err_set(e, ERR_TOKEN, "err.pkcs11.no-module", NULL);
    if (f->tokens == 0)
        return err_set(e, ERR_TOKEN, "err.pkcs11.no-token", NULL);
    if (f->matching == 0)
        return err_set(e, ERR_TOKEN, "err.pkcs11.no-match", NULL);
    if (f->certificates == 0)
        return err_set(e, ERR_TOKEN, "err.pkcs11.no-certificate", buf_str(&f->tokens_text), NULL);
    if (f->unreadable == f->certificates)
        return err_set(e, ERR_TOKEN, "err.pkcs11.unreadable", buf_str(&f->tokens_text), NULL);
    return err_set(e, ERR_TOKEN, "err.pkcs11.not-selected", NULL);
}

/* Nothing was found, and beside the drivers that work there is one that does not: it may be the one
 * that matters, or one that was never used on this machine. */
static int nothing_beside(const struct modules *m, const struct found *f,
                          const struct module *broken, struct err *e)
{
    struct err said = ERR_INIT;
    char more[LINE_ROOM];

    nothing_found(m, f, &said);
    text_say(text_lang_get(), more, sizeof more, "pkcs11.driver-failed", path_name(broken->path),
             broken->error.sentence, NULL);
    size_t used = strlen(said.sentence);
    text_copy_whole(said.sentence + used, sizeof said.sentence - used, more);
    if (e != NULL)
        *e = said;
    return -1;
}

static int none(const struct modules *m, struct found *f, struct err *e)
{
    struct err failure = ERR_INIT;
    bool alone = false;

    if (f->selected > 0)
        return err_set(e, f->certificate_at_fault ? ERR_SIGNATURE : ERR_TOKEN,
                       "err.pkcs11.none-signs", buf_str(&f->rejected_text), NULL);
    /* what failed explains more than an empty list */
    const struct module *broken = broken_of(m, &alone);
    if (broken != NULL && alone)
        failure = broken->error;
    else if (!slot_failure(m, &failure))
        return broken != NULL ? nothing_beside(m, f, broken, e) : nothing_found(m, f, e);
    if (e != NULL)
        *e = failure;
    return -1;
}

static void choice_line(const struct candidate *c, char *out, size_t size)
{
    const char *sha256 = jv_get_text(c->certificate, "sha256"),
               *until = jv_get_text(c->certificate, "not_after"),
               *issuer = jv_get_text(c->certificate, "issuer_name");
    char line[LINE_ROOM], short_digest[17] = "", day[DATE_TEXT_MAX];

    snprintf(short_digest, sizeof short_digest, "%.16s", sha256 != NULL ? sha256 : "");
    text_say(text_lang_get(), line, sizeof line, "pkcs11.choice",
             jv_get_text(c->certificate, "name"), issuer != NULL ? issuer : "",
             text_day_of(until != NULL ? until : "", day), jv_get_text(c->token, "label"),
             short_digest, NULL);
    const char *trust = jv_get_text(jv_get(c->certificate, "trust"), "message");
    if (trust != NULL)
        text_say(text_lang_get(), out, size, "pkcs11.choice-trust", line, trust, NULL);
    else
        text_copy_whole(out, size, line);
}

static int ask(struct modules *m, struct found *f, struct candidate *out, struct err *e)
{
    char lines[CANDIDATES_MAX][LINE_ROOM];
    const char *choices[CANDIDATES_MAX];
    struct buf list = BUF_INIT(LIST_ROOM);
    struct err refused = ERR_INIT;
    int chosen = -1;

    for (size_t i = 0; i < f->nusable; i++) {
        choice_line(&f->usable[i], lines[i], LINE_ROOM);
        choices[i] = lines[i];
        list_add(&list, lines[i]);
    }
    if (m->asker != NULL && m->asker->choose != NULL)
        chosen =
            m->asker->choose(m->asker->self, text("pkcs11.choose"), choices, f->nusable, &refused);
    if (chosen >= 0 && (size_t)chosen < f->nusable) {
        *out = f->usable[chosen];
        out->why = "asked";
    } else if (refused.kind == ERR_CANCELLED && e != NULL)
        *e = refused;
    else
        err_set(e, ERR_USAGE, "err.pkcs11.several", buf_str(&list), NULL);
    buf_free(&list);
    return chosen >= 0 && (size_t)chosen < f->nusable ? 0 : -1;
}

/* A selector such as a person's name fits both of her certificates: the one for signing goes before
 * the one for authentication, which would do only because it was named. */
static bool is_natural(const struct jv *certificate)
{
    return !jv_get_bool(certificate, "by_hand_only");
}

/* Who asks for a seal means the certificate that was made for seals. */
static bool is_seal(const struct jv *certificate)
{
    return jv_has_text(jv_get(certificate, "qualified"), "eseal");
}

/* Its issuer is a trust service provider whose service is granted. */
static bool is_listed(const struct jv *certificate)
{
    const char *state = jv_get_text(jv_get(certificate, "trust"), "state");

    return state != NULL && strcmp(state, "listed") == 0;
}

/* Those that have it go before those that have not; where none or all have it, nothing changes. */
static void first_those(struct found *f, bool (*have)(const struct jv *certificate),
                        const char *why, const char *code)
{
    size_t some = 0, kept = 0;
    char id[64];

    for (size_t i = 0; i < f->nusable; i++)
        some += have(f->usable[i].certificate) ? 1 : 0;
    if (some == 0 || some == f->nusable)
        return;
    snprintf(id, sizeof id, "pkcs11.reason.%s", code);
    for (size_t i = 0; i < f->nusable; i++) {
        const struct jv *certificate = f->usable[i].certificate;
        if (have(certificate)) {
            f->usable[kept++] = f->usable[i];
            continue;
        }
        struct jv *reasons = jv_array(), *one = jv_object();
        jv_put_text(one, "code", code);
        jv_put_text(one, "message", text(id));
        jv_add_take(reasons, one);
        rejected_put(f, certificate, reasons);
    }
    f->nusable = kept;
    f->why = why;
}

static int decide(struct modules *m, struct found *f, struct candidate *out, int64_t *login,
                  struct err *e)
{
    bool named = m->request.selector.count > 0 || m->request.selector.file != NULL;

    if (uri_names_token(m->request.uri) && f->matching > 1)
        return err_set(e, ERR_USAGE, "err.pkcs11.several-tokens", buf_str(&f->tokens_text), NULL);
    if (m->request.options.seal)
        first_those(f, is_seal, "seal", "no-seal");
    else
        first_those(f, is_natural, "signature", "by-hand-only");
    first_those(f, is_listed, "listed", "issuer-not-listed");
    if (f->nusable == 1) {
        *out = f->usable[0];
        out->why = f->why != NULL ? f->why : named ? "named" : "only";
        return 0;
    }
    if (f->nusable > 1)
        return ask(m, f, out, e);
    if (f->certificates == 0 && f->matching == 1 && f->hiding != NULL) {
        *login = jv_get_int(f->hiding, "slot", 0);
        memset(out, 0, sizeof *out);
        out->module = f->hiding_module;
        out->token = jv_get(f->hiding, "token");
        return 1;
    }
    return none(m, f, e);
}

int choice_of_modules(struct modules *m, struct candidate *out, struct jv **rejected,
                      int64_t *login, struct err *e)
{
    struct found *f = calloc(1, sizeof *f);
    int rc;

    *rejected = NULL;
    if (f == NULL)
        return err_set_memory(e);
    buf_init(&f->tokens_text, LIST_ROOM);
    buf_init(&f->rejected_text, LIST_ROOM);
    f->rejected = jv_array();
    look(m, f);
    rc = decide(m, f, out, login, e);
    buf_free(&f->tokens_text);
    buf_free(&f->rejected_text);
    *rejected = f->rejected;
    free(f);
    return rc;
}
