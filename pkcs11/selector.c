#include "pkcs11/selector.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

enum { SHA256_PREFIX_MIN = 8 };

static const struct {
    const char *name;
    int kind; /* enum selector_kind; -1: file */
} words[] = {
    {"subject:", SELECT_SUBJECT}, {"issuer:", SELECT_ISSUER}, {"serial:", SELECT_SERIAL},
    {"sha256:", SELECT_SHA256},   {"id:", SELECT_ID},         {"file:", -1},
};

static char *hex_clean(const char *s, bool drop_zeros)
{
    char *out = malloc(strlen(s) + 1);
    size_t n = 0;

    if (out == NULL)
        return NULL;
    if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
        s += 2;
    for (; *s != '\0'; s++) {
        char c = *s >= 'A' && *s <= 'F' ? (char)(*s - 'A' + 'a') : *s;
        if (c == ':' || c == ' ' || (drop_zeros && n == 0 && c == '0'))
            continue;
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
            out[0] = '\0'; /* not hexadecimal: empty is refused */
            return out;
        }
        out[n++] = c;
    }
    out[n] = '\0';
    return out;
}

static bool is_file_word(const char *s)
{
    static const char *const endings[] = {".pem", ".crt", ".cer", ".der"};
    size_t n = strlen(s);

    if (strchr(s, '/') != NULL)
        return true;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        if (n > 4 && strcasecmp(s + n - 4, endings[i]) == 0)
            return true;
    }
    return false;
}

static int term_add(struct selector *s, int kind, const char *value, const char *whole,
                    struct err *e)
{
    struct selector_term *term = &s->terms[s->count];

    if (kind < 0) {
        if (s->file != NULL || *value == '\0')
            return err_set(e, ERR_USAGE, "err.pkcs11.selector", whole, NULL);
        s->file = strdup(value);
        return s->file != NULL ? 0 : err_set_memory(e);
    }
    if (s->count == SELECTOR_TERMS_MAX)
        return err_set(e, ERR_USAGE, "err.pkcs11.selector", whole, NULL);
    term->kind = (enum selector_kind)kind;
    if (kind == SELECT_SUBJECT || kind == SELECT_ISSUER)
        term->value = utf8_fold(value, e);
    else
        term->value = hex_clean(value, kind == SELECT_SERIAL);
    if (term->value == NULL)
        return err_is_set(e) ? -1 : err_set_memory(e);
    s->count++;
    if (term->value[0] == '\0' ||
        (kind == SELECT_SHA256 && strlen(term->value) < SHA256_PREFIX_MIN))
        return err_set(e, ERR_USAGE, "err.pkcs11.selector", whole, NULL);
    return 0;
}

static int term_parse(struct selector *s, const char *term, struct err *e)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t n = strlen(words[i].name);
        if (strncasecmp(term, words[i].name, n) == 0)
            return term_add(s, words[i].kind, term + n, term, e);
    }
    /* a word before a colon is meant as one of these, and is none */
    size_t word = strspn(term, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
    if (word > 0 && term[word] == ':' && !is_file_word(term))
        return err_set(e, ERR_USAGE, "err.pkcs11.selector", term, NULL);
    return term_add(s, is_file_word(term) ? -1 : SELECT_SUBJECT, term, term, e);
}

int selector_parse(const char *text, struct selector *out, struct err *e)
{
    char *copy, *rest;
    int rc = 0;

    memset(out, 0, sizeof *out);
    if (text == NULL)
        return 0;
    copy = rest = strdup(text);
    if (copy == NULL)
        return err_set_memory(e);
    if (*copy == '\0')
        rc = err_set(e, ERR_USAGE, "err.pkcs11.selector", "", NULL);
    for (char *term; rc == 0 && (term = strsep(&rest, ";")) != NULL;) {
        while (*term == ' ')
            term++;
        if (*term != '\0')
            rc = term_parse(out, term, e);
    }
    free(copy);
    return rc;
}

void selector_free(struct selector *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->terms[i].value);
    free(s->file);
    memset(s, 0, sizeof *s);
}

static bool name_holds(const char *name, const char *folded)
{
    struct err ignored = ERR_INIT;
    char *own = name != NULL ? utf8_fold(name, &ignored) : NULL;
    bool holds = own != NULL && strstr(own, folded) != NULL;

    free(own);
    return holds;
}

static bool hex_equals(const char *value, const char *wanted, bool drop_zeros)
{
    char *own = value != NULL ? hex_clean(value, drop_zeros) : NULL;
    bool equal = own != NULL && strcmp(own, wanted) == 0;

    free(own);
    return equal;
}

static bool term_fits(const struct selector_term *t, const struct selector_facts *f)
{
    switch (t->kind) {
    case SELECT_SUBJECT:
        return name_holds(f->subject, t->value);
    case SELECT_ISSUER:
        return name_holds(f->issuer, t->value);
    case SELECT_SERIAL:
        return hex_equals(f->serial, t->value, true);
    case SELECT_SHA256:
        return f->sha256 != NULL && strncmp(f->sha256, t->value, strlen(t->value)) == 0;
    case SELECT_ID:
        return hex_equals(f->id, t->value, false);
    }
    return false;
}

bool selector_fits(const struct selector *s, const struct selector_facts *facts)
{
    for (size_t i = 0; i < s->count; i++) {
        if (!term_fits(&s->terms[i], facts))
            return false;
    }
    return true;
}
