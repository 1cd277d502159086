#include "verify/say.h"

#include <stdio.h>
#include <string.h>

#include "base/jv.h"
#include "base/text.h"
#include "verify/finding.h"

enum { SENTENCE_MAX = 2048 };

static void say(char *out, size_t size, const char *id, const struct jv *args)
{
    const char *values[TEXT_ARGS_MAX];
    size_t n = 0;

    for (; n < jv_count(args) && n < TEXT_ARGS_MAX; n++)
        values[n] = jv_str(jv_at(args, n)) != NULL ? jv_str(jv_at(args, n)) : "?";
    text_format(out, size, text(id), values, n);
}

/* What is missing because an address was refused: "try again later" would be no help. */
static bool refused_say(const char *code, const struct jv *args, const char *refused, char *out,
                        size_t size)
{
    const char *name = jv_str(jv_at(args, 0));

    if (refused == NULL || code == NULL || name == NULL ||
        (strcmp(code, "revocation.missing") != 0 && strcmp(code, "revocation.none-noted") != 0))
        return false;
    text_say(text_lang_get(), out, size, "verify.find.revocation.refused", name, refused, NULL);
    return true;
}

/* Of which kind of signature a finding is said. */
struct about {
    bool broken;  /* a sentence that begins with "signature intact" has another one */
    bool stamp;   /* a document time-stamp, or a time-stamp of a signature */
    bool neither; /* the anchors of the signer and of his time-stamp lack both */
    const char *refused;
};

/* The sentence of the kind, where there is one, else that of all kinds. */
static void id_of(char *id, size_t size, const char *code, const struct about *about)
{
    const char *kinds[] = {about->broken ? "broken" : NULL, about->neither ? "both" : NULL,
                           about->stamp ? "stamp" : NULL};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i] == NULL)
            continue;
        snprintf(id, size, "verify.%s.%s", kinds[i], code);
        if (text_exists(id))
            return;
    }
    snprintf(id, size, "verify.find.%s", code);
}

static void finding_say(struct jv *finding, const struct about *about)
{
    char id[96], sentence[SENTENCE_MAX];
    const char *code = jv_get_text(finding, "code");

    id_of(id, sizeof id, code != NULL ? code : "?", about);
    if (!refused_say(code, jv_get(finding, "args"), about->refused, sentence, sizeof sentence))
        say(sentence, sizeof sentence, id, jv_get(finding, "args"));
    jv_put_text(finding, "sentence", sentence);
}

static void change_say(struct jv *change)
{
    char id[96], sentence[SENTENCE_MAX];
    const char *kind = jv_get_text(change, "kind"), *what = jv_get_text(change, "what");
    const char *values[] = {what != NULL ? what : ""};

    snprintf(id, sizeof id, "verify.change.%s", kind != NULL ? kind : "?");
    text_format(sentence, sizeof sentence, text(id), values, 1);
    jv_put_text(change, "sentence", sentence);
}

static bool noted(const struct jv *finding)
{
    const char *effect = jv_get_text(finding, "effect");

    return effect != NULL && strcmp(effect, "note") == 0;
}

/* What was found about a time-stamp is noted with its signature. */
static bool of_stamp(const struct jv *finding)
{
    const char *code = jv_get_text(finding, "code");
    const struct finding_kind *kind = code != NULL ? finding_kind_of(code) : NULL;

    return kind != NULL && kind->effect > EFFECT_NOTE && noted(finding);
}

static bool anchor_lacks(const struct jv *list, bool stamp)
{
    for (size_t i = 0; i < jv_count(list); i++) {
        const char *code = jv_get_text(jv_at(list, i), "code");
        if (code != NULL && strcmp(code, "chain.no-anchor") == 0 &&
            of_stamp(jv_at(list, i)) == stamp)
            return true;
    }
    return false;
}

static void findings_say(struct jv *s, const char *refused)
{
    struct jv *list = jv_get(s, "findings"), *stamps = jv_get(s, "timestamps");
    const char *indication = jv_get_text(s, "indication"), *type = jv_get_text(s, "type");
    struct about about = {.broken = indication != NULL && strcmp(indication, "TOTAL-FAILED") == 0,
                          .neither = anchor_lacks(list, false) && anchor_lacks(list, true),
                          .refused = refused};
    bool document = type != NULL && strcmp(type, "document-timestamp") == 0;

    for (size_t i = 0; i < jv_count(list); i++) {
        about.stamp = document || of_stamp(jv_at(list, i));
        finding_say(jv_at(list, i), &about);
    }
    about = (struct about){.stamp = true, .refused = refused};
    for (size_t k = 0; k < jv_count(stamps); k++) {
        list = jv_get(jv_at(stamps, k), "findings");
        for (size_t i = 0; i < jv_count(list); i++)
            finding_say(jv_at(list, i), &about);
    }
}

static void signature_say(struct jv *s, const char *refused)
{
    struct jv *list;
    const char *code = jv_get_text(s, "level_code");
    char id[96];

    findings_say(s, refused);
    list = jv_get(s, "changes");
    for (size_t i = 0; i < jv_count(list); i++)
        change_say(jv_at(list, i));
    if (code == NULL) {
        jv_put_null(s, "level_reason");
        return;
    }
    snprintf(id, sizeof id, "verify.level.%s", code);
    if (!text_exists(id))
        snprintf(id, sizeof id, "verify.find.%s", code);
    for (size_t i = 0; i < jv_count(jv_get(s, "findings")); i++) {
        struct jv *f = jv_at(jv_get(s, "findings"), i);
        const char *own = jv_get_text(f, "code");
        if (own != NULL && strcmp(own, code) == 0) {
            jv_put_text(s, "level_reason", jv_get_text(f, "sentence"));
            return;
        }
    }
    jv_put_text(s, "level_reason", text(id));
}

/* The sentence of the finding that decided, of the first signature that has it. */
static const char *deciding(const struct jv *signatures, const char *code)
{
    for (size_t i = 0; i < jv_count(signatures); i++) {
        const struct jv *list = jv_get(jv_at(signatures, i), "findings");
        for (size_t k = 0; k < jv_count(list); k++) {
            const char *own = jv_get_text(jv_at(list, k), "code");
            if (own != NULL && strcmp(own, code) == 0)
                return jv_get_text(jv_at(list, k), "sentence");
        }
    }
    return NULL;
}

void verdict_say(struct jv *verdict, const char *refused)
{
    struct jv *signatures = jv_get(verdict, "signatures");
    const char *code = jv_get_text(verdict, "code");
    const char *result = jv_get_text(verdict, "verdict");
    char count[24];

    for (size_t i = 0; i < jv_count(signatures); i++)
        signature_say(jv_at(signatures, i), refused);
    if (result == NULL || !jv_is_null(jv_get(verdict, "reason")))
        return;
    if (strcmp(result, "valid") == 0 && jv_count(signatures) > 1) {
        char sentence[256];
        snprintf(count, sizeof count, "%zu", jv_count(signatures));
        text_say(text_lang_get(), sentence, sizeof sentence, "verify.reason.valid-many", count,
                 NULL);
        jv_put_text(verdict, "reason", sentence);
    } else if (strcmp(result, "valid") == 0) {
        jv_put_text(verdict, "reason", text("verify.reason.valid"));
    } else if (strcmp(result, "unsigned") == 0) {
        bool stamps = code != NULL && strcmp(code, "only-stamps") == 0;
        jv_put_text(verdict, "reason",
                    text(stamps ? "verify.reason.only-stamps" : "verify.reason.unsigned"));
    } else {
        jv_put_text(verdict, "reason", code != NULL ? deciding(signatures, code) : NULL);
    }
}
