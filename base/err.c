#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#undef err_set /* of the sanitized build: see base/err_sites.h */
#undef err_set_foreign
#undef err_set_errno

static void fill(struct err *e, enum err_kind kind, const char *foreign, const char *id, va_list ap)
{
    const char *args[TEXT_ARGS_MAX] = {0};
    size_t n = 0;

    if (e == NULL)
        return;
    for (const char *arg; (arg = va_arg(ap, const char *)) != NULL;) {
        if (n < TEXT_ARGS_MAX)
            args[n++] = arg;
    }
    e->kind = kind;
    snprintf(e->id, sizeof e->id, "%s", id);
    snprintf(e->foreign, sizeof e->foreign, "%s", foreign != NULL ? foreign : "");
    text_format(e->sentence, sizeof e->sentence, text(id), args, n);
}

int err_set(struct err *e, enum err_kind kind, const char *id, ...)
{
    va_list ap;

    va_start(ap, id);
    fill(e, kind, NULL, id, ap);
    va_end(ap);
    return -1;
}

int err_set_foreign(struct err *e, enum err_kind kind, const char *foreign, const char *id, ...)
{
    va_list ap;

    va_start(ap, id);
    fill(e, kind, foreign, id, ap);
    va_end(ap);
    return -1;
}

/* "ID.NAME" for what a person can do something about, where there is such a text; else the id. The
 * code of the error stays the id. */
static const char *text_of_errno(const char *id, int number, char *out, size_t size)
{
    static const struct {
        int number;
        const char *name;
    } known[] = {{ENOENT, "missing"},  {ENOTDIR, "missing"}, {EACCES, "forbidden"},
                 {EPERM, "forbidden"}, {EROFS, "read-only"}, {ENOSPC, "full"},
                 {EDQUOT, "full"},     {EFBIG, "large"},     {ENAMETOOLONG, "long-name"}};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].number != number)
            continue;
        snprintf(out, size, "%s.%s", id, known[i].name);
        return text_exists(out) ? out : id;
    }
    return id;
}

int err_set_errno(struct err *e, enum err_kind kind, int number, const char *id, ...)
{
    va_list ap;
    char foreign[96], said[96];
    const char *name = strerrorname_np(number);

    snprintf(foreign, sizeof foreign, "%s: %s", name != NULL ? name : "errno",
             strerrordesc_np(number) != NULL ? strerrordesc_np(number) : "?");
    va_start(ap, id);
    fill(e, kind, foreign, text_of_errno(id, number, said, sizeof said), ap);
    va_end(ap);
    if (e != NULL)
        snprintf(e->id, sizeof e->id, "%s", id);
    return -1;
}

int err_set_memory(struct err *e)
{
    return err_set(e, ERR_BUG, "err.base.memory", NULL);
}

int err_set_bug(struct err *e, const char *where)
{
    return err_set(e, ERR_BUG, "err.base.bug", where, NULL);
}

int err_wrap(struct err *e, const char *id, ...)
{
    va_list ap;
    const char *args[TEXT_ARGS_MAX] = {0};
    size_t n = 0;
    char prefix[ERR_SENTENCE_MAX];
    char whole[2 * ERR_SENTENCE_MAX];

    if (e == NULL)
        return -1;
    va_start(ap, id);
    for (const char *arg; (arg = va_arg(ap, const char *)) != NULL;) {
        if (n < TEXT_ARGS_MAX)
            args[n++] = arg;
    }
    va_end(ap);
    text_format(prefix, sizeof prefix, text(id), args, n);
    snprintf(whole, sizeof whole, "%s %s", prefix, e->sentence);
    text_copy_whole(e->sentence, sizeof e->sentence, whole);
    return -1;
}

/* Whether a sentence begins with the name, in quotation marks or not, and not with a longer one. */
static bool begins_with(const char *sentence, const char *name)
{
    static const char *const opening[] = {"\u201c", "\u00ab ", "\u00ab\u00a0", "\u00ab\u202f"};
    static const char *const after[] = {" ",      ":",      ",",      ";",     "(",
                                        "\u00a0", "\u202f", "\u201d", "\u2019"};
    size_t n = strlen(name);

    for (size_t i = 0; i < sizeof opening / sizeof opening[0]; i++) {
        size_t mark = strlen(opening[i]);
        if (strncmp(sentence, opening[i], mark) == 0) {
            sentence += mark;
            break;
        }
    }
    if (strncmp(sentence, name, n) != 0)
        return false;
    for (size_t i = 0; i < sizeof after / sizeof after[0]; i++) {
        if (strncmp(sentence + n, after[i], strlen(after[i])) == 0)
            return true;
    }
    return sentence[n] == '\0';
}

int err_about(struct err *e, const char *name)
{
    if (e != NULL && begins_with(e->sentence, name))
        return -1;
    return err_wrap(e, "err.base.about", name, NULL);
}

void err_clear(struct err *e)
{
    if (e != NULL)
        memset(e, 0, sizeof *e);
}

bool err_is_set(const struct err *e)
{
    return e != NULL && e->kind != ERR_NONE;
}

int err_status_worst(int a, int b)
{
    static const int order[] = {130, 1, 10, 2, 5, 9, 8, 7, 4, 6, 3, 11};

    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if (a == order[i] || b == order[i])
            return order[i];
    }
    return a != 0 ? a : b;
}
