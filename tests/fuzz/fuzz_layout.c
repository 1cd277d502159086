/* The layout of a workbook: sheets of cells are made from the bytes, without package and XML, and
 * go through all that recognises a form: header, columns, fields, tabs, the form as its own rule
 * set, the checks, what explain and learn say. Rows of cells with tabulators between them; a line
 * that begins with a form feed names a sheet; first bytes of a cell: 1 a number, 2 a truth value, 3
 * an error, 4 a formula, 5 covered by a merged range, 6 a hidden row. LINK: room_grid */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/utf8.h"
#include "grid/book_part.h"
#include "grid/explain.h"
#include "grid/task_part.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { SHEETS = 12, CELLS = 4000 };

static void put_cell(struct book *b, struct sheet *s, const char *text, size_t n, uint32_t row,
                     uint32_t column)
{
    struct cell c = {.row = row, .column = (uint16_t)column, .type = CELL_TEXT};
    struct err e = ERR_INIT;
    void *items = s->cells;

    for (; n > 0 && *text >= 1 && *text <= 6; text++, n--) {
        static const uint8_t types[] = {CELL_NUMBER, CELL_BOOL, CELL_ERROR};
        static const uint8_t flags[] = {CELL_FORMULA, CELL_COVERED, CELL_HIDDEN_ROW};
        if (*text <= 3)
            c.type = types[*text - 1];
        else
            c.flags |= flags[*text - 4];
    }
    if (n == 0 || s->count >= CELLS || column > BOOK_COLUMNS)
        return;
    c.text = text_unescape(&b->arena, text, n, &c.len, &(bool){false});
    if (c.text == NULL || book_grow(&items, &s->room, s->count, sizeof c, &e) != 0)
        return;
    s->cells = items;
    s->cells[s->count++] = c;
    s->last_row = row;
}

static struct book *make(const char *text, size_t n)
{
    struct book *b = calloc(1, sizeof *b);
    struct sheet *s = NULL;
    uint32_t row = 1, column = 1;

    arena_init(&b->arena, (size_t)ceilings.form_total_bytes);
    b->sheets = calloc(SHEETS, sizeof *b->sheets);
    for (size_t i = 0; i <= n;) {
        size_t len = 0;
        bool name = i < n && text[i] == '\f' && column == 1;
        while (i + len < n && text[i + len] != '\n' && (name || text[i + len] != '\t'))
            len++;
        if (name && b->sheet_count < SHEETS) {
            s = &b->sheets[b->sheet_count++];
            *s = (struct sheet){.name = arena_text(&b->arena, text + i + 1, len - 1),
                                .target = "",
                                .is_worksheet = true};
            row = 0;
        } else if (s != NULL && !name) {
            put_cell(b, s, text + i, len, row, column);
        }
        bool ends = i + len >= n || text[i + len] == '\n';
        row += ends;
        column = ends ? 1 : column + 1;
        i += len + 1;
    }
    return b;
}

/* Nothing is found valid that has a point without an answer, or no point at all. */
static void judge(const struct check *c)
{
    size_t answered = 0;

    if (strcmp(check_verdict(c), "formulaire invalide") == 0)
        return;
    for (int s = 0; s < SEVERITY_COUNT; s++) {
        if (c->counts[s][ANSWER_EMPTY] > 0 || c->counts[s][ANSWER_INVALID] > 0)
            abort();
        answered += c->counts[s][ANSWER_YES] + c->counts[s][ANSWER_NO] + c->counts[s][ANSWER_NA];
    }
    if (answered == 0)
        abort();
}

/* What is learnt is a rule set, and the form may be checked by it. */
static void learnt(struct task_support *s, struct task_form *f, struct err *e)
{
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes);
    struct jv *params = jv_object(), *doc = err_is_set(e) ? NULL : learn_make(s, f, params, e);
    struct rules *r = NULL;

    if (doc != NULL && jv_print(doc, false, &text, e) == 0) {
        if (rules_parse(&r, buf_str(&text), text.len, "learnt", e) != 0)
            abort();
        f->rules = r;
        f->check = (struct check){
            .form = f->form, .rules = r, .layout = s->layout, .deposit = {2026, 11, 23}, .e = e};
        if (form_read_fields(f->form, s->layout, r, e) == 0 && check_run(&f->check) == 0)
            judge(&f->check);
        check_end(&f->check);
        rules_free(r);
    }
    jv_free(doc);
    jv_free(params);
    buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct layout *layout;
    struct err e = ERR_INIT;
    struct task_form f = {.file = {"form.xlsx", "00", 0}};

    if (layout == NULL && layout_new(&layout, NULL, &e) != 0)
        abort();
    if (!utf8_valid((const char *)data, n) || memchr(data, 0, n) != NULL)
        return 0; /* XML lets neither through */
    struct task_support s = {.layout = layout};
    if (form_read_take(&f.form, make((const char *)data, n), layout, &e) == 0 &&
        form_read_fields(f.form, layout, NULL, &e) == 0 && task_rules(&s, &f, NULL, &e) == 0) {
        f.check = (struct check){
            .form = f.form, .rules = f.rules, .layout = layout, .deposit = {2026, 11, 23}, .e = &e};
        if (check_run(&f.check) == 0)
            judge(&f.check);
        jv_free(explain_make(&s, &f));
        check_end(&f.check);
        learnt(&s, &f, &e);
    }
    f.check = (struct check){.form = NULL};
    task_form_free(&f);
    return 0;
}
