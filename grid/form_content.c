/* What stands below the labels of a table, where labels do not suffice to know its columns. */
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "base/utf8.h"
#include "grid/book_part.h"
#include "grid/check.h"
#include "grid/clean.h"
#include "grid/form_header.h"

enum { LEAST = 3 };

static bool id_like(const struct cell *c)
{
    size_t n = 0;
    char id[ID_BYTES];

    if (c->type != CELL_TEXT || c->len >= ID_BYTES)
        return false;
    const char *text = clean_trim(c->text, &n);
    memcpy(id, text, n);
    id[n] = '\0';
    /* Bare numbers may count anything, and slashes may be dates. */
    return strspn(id, "0123456789") < n && strchr(id, '/') == NULL && form_id_plausible(id);
}

bool form_is_answer(const struct cell *c)
{
    struct form_value v = {.text = c->text, .type = c->type, .flags = c->flags};

    return c->type == CELL_TEXT && c->len <= WORD_BYTES && answer_of(&v) <= ANSWER_NA;
}

const char *form_severity(const struct cell *c, const struct layout *l, struct err *e)
{
    char *folded = c->type == CELL_TEXT && c->len <= SEVERITY_BYTES ? utf8_fold(c->text, e) : NULL;
    const char *severity = folded != NULL ? layout_severity(l, folded) : NULL;

    free(folded);
    return severity;
}

bool form_is_severity_word(const struct cell *c, const struct layout *l, struct err *e)
{
    const char *severity = c->len > 3 && c->len <= WORD_BYTES ? form_severity(c, l, e) : NULL;

    return severity != NULL && strcmp(severity, "NA") != 0;
}

void content_scan(const struct sheet *s, const struct range *area, uint32_t row,
                  const struct layout *l, struct content all[FORM_COLUMNS_MAX], struct err *e)
{
    size_t from = book_row_start(s, row + 1);

    memset(all, 0, FORM_COLUMNS_MAX * sizeof *all);
    for (size_t i = from; i < s->count && i < from + FORM_LABEL_CELLS_MAX; i++) {
        const struct cell *c = &s->cells[i];
        if (c->row > area->row2)
            break;
        if (c->column < area->column1 || c->column > area->column2 ||
            c->column >= FORM_COLUMNS_MAX || c->type == CELL_EMPTY ||
            (c->flags & CELL_COVERED) != 0)
            continue;
        struct content *column = &all[c->column];
        column->filled++;
        column->bytes += c->len;
        column->ids += id_like(c);
        column->answers += form_is_answer(c);
        column->severities += l != NULL && form_is_severity_word(c, l, e);
    }
}

bool content_taken(const struct header *h, uint32_t column)
{
    bool yes = h->ignored[column];

    for (int k = 0; k < COLUMN_COUNT; k++)
        yes |= h->has[k] && h->columns[k].column == column;
    for (int k = 0; k < TICKS; k++)
        yes |= h->ticks[k] == column;
    return yes;
}

bool content_holds_answers(const struct content *c)
{
    return c->answers >= LEAST && c->answers == c->filled;
}

static void take_content(struct header *h, enum column_id id, uint32_t column)
{
    h->has[id] = true;
    h->strength[id] = 0;
    h->columns[id] = (struct form_column){id, column, "", true};
}

size_t content_ids_across(const struct sheet *s)
{
    size_t most = 0, now = 0;

    for (size_t i = 0; i < s->count && i < FORM_LABEL_CELLS_MAX; i++) {
        now = i > 0 && s->cells[i].row == s->cells[i - 1].row ? now : 0;
        now += id_like(&s->cells[i]);
        most = now > most ? now : most;
    }
    return most;
}

/* The columns without a known label, by what they hold. Not that of the answers, whose unknown
 * label might say "vulnerable": it is only remembered. A column of long texts is the wording only
 * where another one is known to be the comment. */
void content_complete(struct header *h, const struct content all[FORM_COLUMNS_MAX])
{
    uint32_t longest = 0;

    for (uint32_t column = 1; column < FORM_COLUMNS_MAX; column++) {
        const struct content *c = &all[column];
        if (content_taken(h, column) || c->filled < LEAST)
            continue;
        if (!h->has[COLUMN_POINT] && c->ids >= LEAST)
            take_content(h, COLUMN_POINT, column);
        else if (!h->has[COLUMN_ANSWER] && content_holds_answers(c))
            h->unnamed = h->unnamed == 0 ? column : h->unnamed;
        else if (!h->has[COLUMN_SEVERITY] && c->severities * 10 >= c->filled * 8 &&
                 c->severities >= LEAST)
            take_content(h, COLUMN_SEVERITY, column);
        else if (c->bytes > 15 * c->filled && (longest == 0 || c->filled > all[longest].filled))
            longest = column;
    }
    if (!h->has[COLUMN_WORDING] && h->has[COLUMN_COMMENT] && longest != 0)
        take_content(h, COLUMN_WORDING, longest);
}
