#include "x509/person.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

enum { WORDS_MAX = 32 };
struct words {
    char *text; /* folded, cut at the blanks */
    const char *items[WORDS_MAX];
    size_t count;
    bool whole; /* all words found room */
};

/* Titles, and particles that one text has and another leaves out. */
static bool says_nothing(const char *word)
{
    static const char *const list[] = {
        "m",      "mr",   "mme", "mlle",    "monsieur", "madame", "mademoiselle", "mrs",
        "ms",     "miss", "dr",  "docteur", "pr",       "prof",   "professeur",   "me",
        "maitre", "ing",  "de",  "du",      "des",      "d",      "la",           "le",
        "les",    "l",    "von", "van",     "der",      "den",    "di",           "da",
        "del",    "et",   "and", "cn",      "id"};

    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        if (strcmp(word, list[i]) == 0)
            return true;
    }
    return strpbrk(word, "0123456789") != NULL;
}

/* Letters that no normal form takes apart, as people write them without. */
static char *letters_apart(const char *s)
{
    static const char *const pairs[][2] = {
        {"\u0153", "oe"}, {"\u0152", "oe"}, {"\u00e6", "ae"}, {"\u00c6", "ae"}, {"\u00f8", "o"},
        {"\u00d8", "o"},  {"\u0142", "l"},  {"\u0141", "l"},  {"\u0111", "d"},  {"\u0110", "d"}};
    char *out = malloc(strlen(s) + 1), *to = out;

    for (const char *from = s; out != NULL && *from != '\0';) {
        size_t i = 0, n = sizeof pairs / sizeof pairs[0];
        while (i < n && strncmp(from, pairs[i][0], 2) != 0) /* each is two bytes */
            i++;
        if (i < n) {
            to = stpcpy(to, pairs[i][1]);
            from += 2;
        } else {
            *to++ = *from++;
        }
    }
    if (out != NULL)
        *to = '\0';
    return out;
}

static struct words words_of(const char *s)
{
    char *apart = letters_apart(s);
    struct words w = {.text = apart != NULL ? utf8_fold(apart, NULL) : NULL, .whole = true};
    char *rest = w.text;

    free(apart);
    for (char *one; (one = strsep(&rest, " ")) != NULL;) {
        if (*one == '\0' || says_nothing(one))
            continue;
        if (w.count < WORDS_MAX)
            w.items[w.count++] = one;
        else
            w.whole = false;
    }
    return w;
}

/* An initial stands for any word that begins with it. */
static bool word_fits(const char *a, const char *b)
{
    return strcmp(a, b) == 0 || ((a[1] == '\0' || b[1] == '\0') && a[0] == b[0]);
}

static bool all_in(const struct words *few, const struct words *many)
{
    bool real = false; /* not by initials alone */

    for (size_t i = 0; i < few->count; i++) {
        size_t k = 0;
        while (k < many->count && !word_fits(few->items[i], many->items[k]))
            k++;
        if (k == many->count)
            return false;
        real = real || (few->items[i][1] != '\0' && many->items[k][1] != '\0');
    }
    return real;
}

static bool fits(const struct words *a, const struct words *b)
{
    return all_in(a, b) || all_in(b, a);
}

/* A part of `named` with at least two words: one alone may be the name of many. */
static bool part_fits(const char *part, size_t n, const struct words *name)
{
    char *copy = strndup(part, n);
    struct words w = copy != NULL ? words_of(copy) : (struct words){.whole = false};
    bool found = w.count >= 2 && fits(&w, name);

    free(w.text);
    free(copy);
    return found;
}

/* Length up to the next thing that stands between two persons, and of that. */
static size_t part_length(const char *s, size_t *between)
{
    static const char *const words[] = {" et ", " and ", " ET "};

    for (size_t n = 0; s[n] != '\0'; n++) {
        *between = 1;
        if (strchr(",;/&+()[]|\n\r\t", s[n]) != NULL)
            return n;
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
            *between = strlen(words[i]);
            if (strncmp(s + n, words[i], *between) == 0)
                return n;
        }
    }
    *between = 0;
    return strlen(s);
}

bool person_differs(const char *named, const char *name)
{
    struct words n = words_of(name), all = words_of(named);
    bool same = n.count == 0 || all.count == 0 || !n.whole || !all.whole || fits(&all, &n);

    for (const char *at = named; !same && *at != '\0';) {
        size_t between, len = part_length(at, &between);
        same = part_fits(at, len, &n);
        at += len + between;
    }
    free(n.text);
    free(all.text);
    return !same;
}

static bool has(const char *subject, const char *key)
{
    size_t n = strlen(key);

    for (const char *at = subject; (at = strstr(at, key)) != NULL; at += n) {
        bool begins = at == subject ||
                      ((at[-1] == ',' || at[-1] == '+') && (at - 1 == subject || at[-2] != '\\'));
        if (begins && at[n] == '=')
            return true;
    }
    return false;
}

bool person_is_none(const char *subject)
{
    return (has(subject, "organizationIdentifier") || has(subject, "2.5.4.97")) &&
           !has(subject, "SN") && !has(subject, "GN") && !has(subject, "surname") &&
           !has(subject, "givenName");
}

/* The first value of an attribute, folded, malloc'ed; NULL for none. */
static char *value_of(const char *subject, const char *key)
{
    size_t n = strlen(key);
    bool begins = true;

    for (const char *at = subject; *at != '\0'; at++) {
        if (begins && strncmp(at, key, n) == 0 && at[n] == '=') {
            const char *from = at + n + 1, *to = from;
            while (*to != '\0' && *to != ',' && *to != '+')
                to += *to == '\\' && to[1] != '\0' ? 2 : 1;
            char *text = strndup(from, (size_t)(to - from));
            char *folded = text != NULL ? utf8_fold(text, NULL) : NULL;
            free(text);
            return folded;
        }
        begins = *at == ',' || *at == '+';
        if (*at == '\\' && at[1] != '\0')
            at++;
    }
    return NULL;
}

/* 1 equal, 0 different, -1 when one has none. */
static int compare(const char *a, const char *b, const char *key)
{
    char *x = value_of(a, key), *y = value_of(b, key);
    int rc = x == NULL || y == NULL ? -1 : strcmp(x, y) == 0;

    free(x);
    free(y);
    return rc;
}

bool person_same(const char *a, const char *b)
{
    bool whole = compare(a, b, "GN") == 1 && compare(a, b, "SN") == 1;

    return (whole || compare(a, b, "CN") == 1) && compare(a, b, "O") != 0;
}
