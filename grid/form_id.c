/* What may be the identifier of a point, of any form: "C-01", "C19", "1.2.3", "EXI-WEB-001",
 * "[W-3]", "§4.2", "V2.1 (L1)". */
#include <string.h>

#include "grid/clean.h"
#include "grid/form_part.h"

enum { ID_LETTERS = 16, ID_WORD = 8, ID_GROUP = 4, ID_GROUPS = 6, ID_LENGTH = 32 };

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The length of what joins two pieces: "-", ".", or a dash of Unicode (U+2010 to U+2015); 0. */
static size_t joint(const char *s)
{
    if (strchr("-._/: ", *s) != NULL && *s != '\0')
        return 1;
    return s[0] == '\xe2' && s[1] == '\x80' && s[2] >= '\x90' && s[2] <= '\x95' ? 3 : 0;
}

/* The length of the blanks at s: before a number they do not break ("§ 4", "N° 4"). */
static size_t blanks(const char *s)
{
    size_t n = 0;

    for (;;) {
        if (s[n] == ' ')
            n++;
        else if (strncmp(s + n, "\xc2\xa0", 2) == 0)
            n += 2;
        else if (strncmp(s + n, "\xe2\x80\xaf", 3) == 0)
            n += 3;
        else
            return n;
    }
}

/* "N°", "Nº" */
static size_t numero(const char *s)
{
    bool yes = (*s == 'N' || *s == 'n') && s[1] == '\xc2' && (s[2] == '\xb0' || s[2] == '\xba');

    return yes ? 3 + blanks(s + 3) : 0;
}

static const char *opened(const char *s)
{
    if (s[0] == '\xc2' && s[1] == '\xa7') /* § */
        s += 2 + blanks(s + 2);
    s += numero(s);
    return s + (*s == '[' || *s == '(' || *s == '#');
}

/* "]", ")", "." and ":" at the end, or a remark in parentheses like " (L1)". */
static bool closed(const char *s)
{
    const char *end = s[0] == ' ' ? s + 1 : s;

    if (*end == '(') {
        size_t n =
            strspn(end + 1, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
        return n > 0 && n <= ID_WORD && strcmp(end + 1 + n, ")") == 0;
    }
    return *s == '\0' || (strchr("]).:", *s) != NULL && s[1] == '\0');
}

bool form_id_plausible(const char *s)
{
    size_t letters = 0, groups = 0, n;

    if (*s == '\0' || strlen(s) > ID_LENGTH)
        return false;
    s = opened(s);
    while (letter(*s) || digit(*s)) {
        for (n = 0; letter(s[n]); n++)
            letters++;
        if (n > ID_WORD)
            return false;
        s += n;
        for (n = 0; digit(s[n]); n++)
            continue;
        if (n > ID_GROUP)
            return false;
        groups += n > 0;
        s += n;
        if (n > 0 && letter(*s)) { /* "C01a", but no "23T10" */
            s++;
            letters++;
            if (letter(*s) || digit(*s))
                return false;
        }
        n = joint(s);
        /* A blank joins only what goes on with digits: "T 12", but no words. */
        if (n > 0 && (digit(s[n]) || (letter(s[n]) && *s != ' ')))
            s += n;
    }
    return groups > 0 && groups <= ID_GROUPS && letters <= ID_LETTERS && closed(s);
}

bool form_is_candidate(const struct form_point *p)
{
    return p->rated || (form_id_plausible(form_point_id(p)) &&
                        !(clean_is_void(p->wording.text) && clean_is_void(p->severity.text)));
}

bool form_sheet_vast(const struct form_sheet *s)
{
    return s->sheet != NULL &&
           (s->sheet->declared_rows > FORM_ROWS_USUAL || s->sheet->last_row > FORM_ROWS_USUAL);
}
