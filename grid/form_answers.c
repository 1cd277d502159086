/* The answer of a row where it is ticked, and what other columns say of it. */
#include <string.h>

#include "base/err.h"
#include "grid/book_part.h"
#include "grid/check.h"
#include "grid/clean.h"
#include "grid/fault.h"
#include "grid/form_header.h"

bool form_is_mark(const char *text)
{
    static const char *const marks[] = {"x",      "\u00d7", "\u2713", "\u2714", "\u2611",
                                        "\u2612", "\u2717", "\u2718", "\u25a0", "\u25cf",
                                        "1",      "TRUE",   "oui"};

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (clean_same_word(text, marks[i]))
            return true;
    }
    return false;
}

/* What stands in the columns that are not ticked. */
static bool is_no_mark(const struct form_value *v)
{
    static const char *const marks[] = {"-", "\u2013", "\u2014", "\u2610", "\u25a1", "0", "FALSE"};

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (clean_same_word(v->text, marks[i]))
            return true;
    }
    return clean_is_void(v->text) && (v->flags & CELL_FORMULA) == 0;
}

/* One mark in a column of its own is the answer; two, or another word, are none. */
int form_read_ticked(struct form *f, const struct form_sheet *s, const struct header *h,
                     uint32_t row, struct form_value *out, struct err *e)
{
    static const char *const names[TICKS] = {"Oui", "Non", "N/A"};
    size_t found = 0;

    *out = (struct form_value){.text = "", .row = row, .column = h->ticks[0]};
    for (int k = 0; k < TICKS; k++) {
        struct form_value v;
        if (h->ticks[k] == 0)
            continue;
        if (form_value_at(f, s->sheet, row, h->ticks[k], &v, e) != 0)
            return -1;
        if (is_no_mark(&v))
            continue;
        bool marked = form_is_mark(v.text);
        if (found++ == 0) {
            *out = v;
            if (marked) {
                out->text = names[k];
                out->type = CELL_TEXT;
            }
        } else {
            out->text = "X / X";
            out->type = CELL_TEXT;
        }
    }
    return 0;
}

/* What another column says, when it says otherwise. */
int form_read_rivals(struct form *f, const struct form_sheet *s, const struct header *h,
                     uint32_t row, struct form_point *p, struct err *e)
{
    struct form_value ticked;

    if (s->ticks_beside != 0 && form_read_ticked(f, s, h, row, &ticked, e) != 0)
        return -1;
    if (s->ticks_beside != 0 && answer_of(&ticked) <= ANSWER_NA &&
        !clean_same_word(ticked.text, p->answer.text))
        p->rival = ticked.text;
    for (size_t i = 0; s->rivals_count && i < s->rival_count && p->rival == NULL; i++) {
        struct form_value v;
        if (form_value_at(f, s->sheet, row, s->rivals[i], &v, e) != 0)
            return -1;
        if (!clean_is_void(v.text) && !clean_same_word(v.text, p->answer.text))
            p->rival = v.text;
    }
    if (s->severity_rival != 0) {
        struct form_value v;
        if (form_value_at(f, s->sheet, row, s->severity_rival, &v, e) != 0)
            return -1;
        if (!clean_is_void(v.text) && !clean_same_word(v.text, p->severity.text))
            p->severity_rival = v.text;
    }
    return 0;
}
