/* What the person reads before the PIN. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/date.h"
#include "base/jv.h"
#include "base/text.h"
#include "cmd/act_sign_part.h"
#include "cmd/cmd.h"
#include "cmd/wire.h"
#include "pkcs11/token.h"
#include "x509/cert.h"

enum { LINE = 1536, QUESTION_MAX = 8 << 20 };

static void line(struct buf *out, const char *id, const char *a, const char *b, const char *c)
{
    const char *const args[] = {a, b, c};
    char sentence[LINE];

    text_format_line(sentence, sizeof sentence, text(id), args, 3);
    buf_text(out, sentence);
    buf_char(out, '\n');
}

/* "ID", or "ID-stamped" with the first server. */
static void put_level(const struct act_sign_request *r, const char *id, struct buf *out)
{
    char stamped[64];

    snprintf(stamped, sizeof stamped, "%s-stamped", id);
    if (r->nservers > 0 && r->level >= PADES_B_T)
        line(out, stamped, pades_level_name(r->level), r->servers[0].url, NULL);
    else
        line(out, id, pades_level_name(r->level), NULL, NULL);
}

static void put_visible(const struct pades_facts *f, struct buf *out)
{
    char page[24];

    snprintf(page, sizeof page, "%lld", (long long)f->page);
    if (f->page > 0)
        line(out, "cmd.sign.ask-visible-page", f->field, page, NULL);
    else
        line(out, "cmd.sign.ask-visible", f->field, NULL, NULL);
}

static void put_document(const struct act_sign *a, size_t i, bool alone, struct buf *out)
{
    const struct pades_facts *f = pades_facts(a->jobs[i]);
    struct jv *remarks = jv_array();
    char pages[24], id[64], named[LINE];

    snprintf(pages, sizeof pages, "%lld", (long long)f->pages);
    line(out, "cmd.sign.ask-file", a->files[i].input, NULL, NULL);
    if (f->title != NULL && *f->title != '\0')
        line(out, "cmd.sign.ask-title", f->title, NULL, NULL);
    line(out, text_plural(text_lang_get(), id, sizeof id, "cmd.sign.ask-pages", (long)f->pages),
         pages, NULL, NULL);
    if (f->result != NULL && *f->result != '\0')
        line(out, "cmd.sign.ask-result", f->result, NULL, NULL);
    line(out, "cmd.sign.ask-digest", f->input_sha256, NULL, NULL);
    if ((alone || a->files[i].own != NULL) && f->visible)
        put_visible(f, out);
    if (a->files[i].own != NULL)
        put_level(a->files[i].own, "cmd.sign.ask-own-level", out);
    act_sign_remarks(f->notes, "cmd.sign.note.", remarks);
    act_sign_remarks(f->scan, "cmd.sign.scan.", remarks);
    for (size_t k = 0; k < jv_count(remarks); k++)
        line(out, "cmd.sign.ask-remark", jv_get_text(jv_at(remarks, k), "message"), NULL, NULL);
    if (a->files[i].repaired)
        line(out, "cmd.sign.ask-remark", text("cmd.sign.repaired"), NULL, NULL);
    act_sign_named(a, i, named, sizeof named);
    if (*named != '\0')
        line(out, "cmd.sign.ask-remark", named, NULL, NULL);
    jv_free(remarks);
}

static void put_signature(const struct act_sign *a, struct buf *out)
{
    const struct act_sign_request *r = a->request;
    const struct cert *c = a->plan.leaf;
    char until[DATE_TEXT_MAX], id[64];

    struct jv *remarks = act_sign_of_key(a);
    static const char *const why[] = {"asked", "token", "curve"};
    text_day(date_in_paris(c->not_after), until);
    if (a->wire->cmd->verbose) {
        line(out, "cmd.sign.ask-certificate", c->subject, c->issuer, until);
    } else {
        char name[LINE];
        text_say(text_lang_get(), name, sizeof name,
                 c->organisation != NULL ? "cmd.sign.by-firm" : "cmd.sign.by", c->name,
                 c->organisation != NULL ? c->organisation : "", NULL);
        line(out, "cmd.sign.ask-certificate", name, c->issuer_name, until);
    }
    const char *trust = jv_get_text(act_sign_trust(a, c), "message"),
               *state = jv_get_text(act_sign_trust(a, c), "state");
    char chosen[LINE];
    act_sign_chosen(a, c, chosen, sizeof chosen);
    if (*chosen != '\0')
        line(out, "cmd.sign.ask-remark", chosen, NULL, NULL);
    else if (trust != NULL && state != NULL && strcmp(state, "listed") == 0)
        line(out, "cmd.sign.ask-issuer", trust, NULL, NULL);
    snprintf(id, sizeof id, "cmd.sign.ask-algorithm.%s", why[a->plan.why]);
    line(out, id, sign_scheme_name(a->plan.alg.scheme), digest_name(a->plan.alg.digest),
         c->key_name);
    for (size_t i = 0; i < jv_count(remarks); i++) {
        const struct jv *one = jv_at(remarks, i);
        line(out, "cmd.sign.ask-remark", jv_get_text(one, "message"), NULL, NULL);
        act_sign_was_said(a, jv_get_text(one, "code"), jv_get_text(one, "message"));
    }
    jv_free(remarks);
    if (a->files[0].own == NULL)
        put_level(r, "cmd.sign.ask-level", out);
}

int act_sign_consent(struct act_sign *a, struct err *e)
{
    struct buf question = BUF_INIT(QUESTION_MAX);
    size_t fresh = 0;
    char count[24];
    int rc = 0, said;

    for (size_t i = 0; i < a->n; i++)
        fresh += a->jobs[i] != NULL && a->files[i].kept == NULL;
    if (fresh == 0 || a->request->consent == NULL)
        return 0;
    snprintf(count, sizeof count, "%zu", fresh);
    line(&question, fresh == 1 ? "cmd.sign.ask-one" : "cmd.sign.ask-many", count, NULL, NULL);
    for (size_t i = 0; i < a->n; i++) {
        if (a->jobs[i] != NULL && a->files[i].kept == NULL)
            put_document(a, i, fresh == 1, &question);
    }
    put_signature(a, &question);
    rc = buf_check(&question, e);
    if (rc == 0) {
        said = a->request->consent(a->request->consent_self, buf_str(&question), e);
        rc = said < 0    ? -1
             : said == 1 ? 0
                         : err_set(e, ERR_CANCELLED, "err.cmd.sign-declined", NULL);
    }
    buf_free(&question);
    return rc;
}
