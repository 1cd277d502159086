#include "verify/finding.h"

#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "base/jv.h"

const struct finding_kind *finding_kind_of(const char *code)
{
    for (const struct finding_kind *k = finding_table; k->code != NULL; k++) {
        if (strcmp(k->code, code) == 0)
            return k;
    }
    return NULL;
}

int findings_init(struct findings *f)
{
    *f = (struct findings){.list = jv_array(), .worst = EFFECT_NOTE};
    return f->list != NULL ? 0 : -1;
}

void findings_free(struct findings *f)
{
    jv_free(f->list);
    f->list = NULL;
}

const char *effect_name(enum effect e)
{
    static const char *const names[] = {"note", "level", "indeterminate", "failed"};

    return names[e];
}

static void count(struct findings *f, enum effect effect, const char *code, const char *sub)
{
    if (effect == EFFECT_LEVEL && f->level_code == NULL)
        f->level_code = code;
    if (effect > f->worst) {
        f->worst = effect;
        f->code = code;
        f->sub = sub;
    }
}

/* The same code with the same arguments is told once. */
static bool told(const struct findings *f, const struct jv *finding)
{
    for (size_t i = 0; i < jv_count(f->list); i++) {
        if (jv_equal(jv_at(f->list, i), finding))
            return true;
    }
    return false;
}

void findings_add(struct findings *f, const char *code, ...)
{
    const struct finding_kind *k = finding_kind_of(code);
    enum effect effect = k != NULL ? k->effect : EFFECT_FAILED;
    struct jv *o = jv_object(), *args = jv_array();
    va_list ap;

    va_start(ap, code);
    for (const char *arg; (arg = va_arg(ap, const char *)) != NULL;)
        jv_add_text(args, arg);
    va_end(ap);
    jv_put_text(o, "code", code);
    jv_put_text(o, "clause", k != NULL ? k->clause : NULL);
    jv_put_text(o, "effect", effect_name(effect));
    jv_put_text(o, "sub_indication", k != NULL ? k->sub : "FORMAT_FAILURE");
    jv_put_take(o, "args", args);
    jv_add_take(f->list, o);
    count(f, effect, k != NULL ? k->code : "bug.unknown-code",
          k != NULL ? k->sub : "FORMAT_FAILURE");
}

void findings_merge(struct findings *f, const struct findings *from, enum effect cap)
{
    for (size_t i = 0; i < jv_count(from->list); i++) {
        struct jv *o = jv_copy(jv_at(from->list, i));
        const struct finding_kind *k = finding_kind_of(jv_get_text(o, "code"));
        enum effect effect = k != NULL ? k->effect : EFFECT_FAILED;

        if (effect > cap)
            effect = cap;
        jv_put_text(o, "effect", effect_name(effect));
        if (told(f, o))
            jv_free(o);
        else
            jv_add_take(f->list, o);
        count(f, effect, k != NULL ? k->code : "bug.unknown-code",
              k != NULL ? k->sub : "FORMAT_FAILURE");
    }
}

static bool is_severe(const struct jv *finding)
{
    const char *effect = jv_get_text(finding, "effect");

    return effect == NULL || (strcmp(effect, effect_name(EFFECT_NOTE)) != 0 &&
                              strcmp(effect, effect_name(EFFECT_LEVEL)) != 0);
}

bool findings_have(const struct findings *f, const char *code)
{
    for (size_t i = 0; i < jv_count(f->list); i++) {
        const char *own = jv_get_text(jv_at(f->list, i), "code");
        if (own != NULL && strcmp(own, code) == 0)
            return true;
    }
    return false;
}

bool findings_only(const struct findings *f, const char *const codes[])
{
    for (size_t i = 0; i < jv_count(f->list); i++) {
        const struct jv *one = jv_at(f->list, i);
        const char *own = jv_get_text(one, "code");
        size_t k = 0;

        if (!is_severe(one))
            continue;
        while (codes[k] != NULL && (own == NULL || strcmp(codes[k], own) != 0))
            k++;
        if (codes[k] == NULL)
            return false;
    }
    return true;
}

const char *findings_indication(const struct findings *f)
{
    if (f->worst == EFFECT_FAILED)
        return "TOTAL-FAILED";
    return f->worst == EFFECT_INDETERMINATE ? "INDETERMINATE" : "TOTAL-PASSED";
}
