/* What is said of the certificate's issuer before the PIN. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/jv.h"
#include "base/text.h"
#include "cmd/act_sign_part.h"
#include "cmd/sign_say.h"
#include "cmd/wire.h"
#include "pkcs11/token.h"
#include "x509/cert.h"

enum { SENTENCE = 1536, NAMES = 700 };

/* What the token's listing says of this certificate; NULL for the signer of a kept signature. */
static const struct jv *listed(const struct act_sign *a, const struct cert *leaf)
{
    const struct jv *c = a->wire->token != NULL ? token_certificate(a->wire->token) : NULL;
    const char *sha256 = jv_get_text(c, "sha256");

    return sha256 != NULL && leaf != NULL && strcmp(sha256, leaf->sha256) == 0 ? c : NULL;
}

const struct jv *act_sign_trust(const struct act_sign *a, const struct cert *leaf)
{
    return jv_get(listed(a, leaf), "trust");
}

const struct jv *act_sign_choice(const struct act_sign *a, const struct cert *leaf)
{
    return jv_get(listed(a, leaf), "choice");
}

void act_sign_issuer(const struct act_sign *a, const struct cert *leaf, struct jv *warnings)
{
    const struct jv *trust = act_sign_trust(a, leaf);
    const char *state = jv_get_text(trust, "state"), *message = jv_get_text(trust, "message");
    char code[64], sentence[SENTENCE];

    if (state == NULL || message == NULL || strcmp(state, "listed") == 0)
        return;
    snprintf(code, sizeof code, "issuer-%s", state);
    text_say(text_lang_get(), sentence, sizeof sentence, "cmd.sign.warn-issuer", leaf->name,
             message, NULL);
    act_sign_warn(warnings, code, sentence);
}

void act_sign_chosen(const struct act_sign *a, const struct cert *leaf, char *out, size_t size)
{
    const struct jv *c = listed(a, leaf), *choice = jv_get(c, "choice");
    const struct jv *rejected = jv_get(choice, "rejected");
    const char *why = jv_get_text(choice, "why"), *code = "issuer-not-listed";
    struct buf names = BUF_INIT(NAMES);

    *out = '\0';
    if (why == NULL || strcmp(why, "listed") != 0)
        return;
    for (size_t i = 0; i < jv_count(rejected); i++) {
        const struct jv *one = jv_at(rejected, i);
        const char *own = jv_get_text(jv_at(jv_get(one, "reasons"), 0), "code");
        if (own != NULL && strcmp(own, code) == 0)
            buf_format(&names, "%s%s", names.len > 0 ? " ; " : "", jv_get_text(one, "name"));
    }
    text_say(text_lang_get(), out, size, "cmd.sign.chosen-listed", leaf->name,
             jv_get_text(jv_get(c, "trust"), "message"), buf_str(&names), NULL);
    buf_free(&names);
}

struct jv *act_sign_of_key(const struct act_sign *a)
{
    struct jv *warnings = jv_array();

    if (a->plan.leaf == NULL) /* no token was opened */
        return warnings;
    act_sign_issuer(a, a->plan.leaf, warnings);
    if (err_is_set(&a->chain_remark))
        act_sign_warn(warnings, a->chain_remark.id, a->chain_remark.sentence);
    act_sign_algorithm_end(a->algorithms, &a->plan, a->request->now, warnings);
    return warnings;
}

bool act_sign_was_said(const struct act_sign *a, const char *code, const char *message)
{
    return a->request->said != NULL && sign_say_before(a->request->said, code, message);
}

void act_sign_tell(const struct act_sign *a)
{
    const struct asker *asker = &a->wire->asker;
    struct jv *warnings = act_sign_of_key(a);
    char chosen[SENTENCE];

    act_sign_chosen(a, a->plan.leaf, chosen, sizeof chosen);
    if (*chosen != '\0' && !act_sign_was_said(a, "chosen", chosen))
        asker->tell(asker->self, chosen);
    for (size_t i = 0; i < jv_count(warnings); i++) {
        const struct jv *one = jv_at(warnings, i);
        const char *message = jv_get_text(one, "message");
        char note[SENTENCE];
        if (!act_sign_was_said(a, jv_get_text(one, "code"), message))
            asker->tell(asker->self, text_say(text_lang_get(), note, sizeof note,
                                              "cmd.sign.warning", message, NULL));
    }
    jv_free(warnings);
}
