/* One worksheet: cells, merged ranges, what is hidden. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "grid/book_part.h"
#include "grid/fault.h"

/* Rows lower and columns narrower than this (points, characters) cannot be read. */
#define UNREADABLE_ROW 2.0
#define UNREADABLE_COLUMN 0.5

/* ST_CellType (ISO/IEC 29500-1 18.18.11); what is none of them is read as a number. */
enum cell_kind {
    KIND_NUMBER,
    KIND_SHARED,
    KIND_BOOL,
    KIND_ERROR,
    KIND_DATE,
    KIND_FORMULA_TEXT,
    KIND_INLINE
};

struct sheet_reader {
    struct book *book;
    struct sheet *sheet;
    const struct shared_texts *texts;
    const bool *dxf_hides;
    size_t dxf_count;
    size_t merge_room, column_room, formula_room, cond_room;
    /* the row and cell being read */
    uint32_t row, column;
    bool in_data, row_hidden, in_cell, in_inline, capture, sorted, has_value;
    char formula[10]; /* of a truth value: its beginning; text is captured while in_formula */
    size_t formula_len;
    bool in_formula;
    unsigned phonetic;
    enum cell_kind kind;
    uint32_t style;
    uint8_t flags;
    struct buf text;
    struct fragments fragments;
    struct cond_reader cond;
    char sqref[512]; /* of the conditional format being read */
    struct err *e;
    int rc;
};

static void start_row(struct sheet_reader *r, const struct xml_node *node)
{
    int64_t number = xml_attr_int(node, "r", (int64_t)r->row + 1);
    char height[16];

    if (number < 1 || number > BOOK_ROWS) {
        r->rc = fault_set(r->e, "xml-invalid");
        return;
    }
    r->row = (uint32_t)number;
    r->column = 0;
    if (r->row > r->sheet->last_row)
        r->sheet->last_row = r->row;
    r->row_hidden = xml_attr_bool(node, "hidden", false) ||
                    (xml_attr_text(node, "ht", height, sizeof height) > 0 &&
                     strtod(height, NULL) < UNREADABLE_ROW);
}

/* r, t and s of a cell in one pass: there are as many cells as everything else together. */
struct cell_attrs {
    const char *ref, *type, *style;
    size_t ref_len, type_len, style_len;
};

static struct cell_attrs cell_attrs_of(const struct xml_node *node)
{
    struct cell_attrs a = {NULL, "", NULL, 0, 0, 0};

    for (int i = 0; i < node->nattrs; i++) {
        const unsigned char **p = node->attrs + 5 * i; /* name, prefix, namespace, begin, end */
        const char *value = (const char *)p[3];
        size_t n = (size_t)(p[4] - p[3]);
        if (p[1] != NULL || p[0][1] != '\0')
            continue;
        if (p[0][0] == 'r')
            a.ref = value, a.ref_len = n;
        else if (p[0][0] == 't')
            a.type = value, a.type_len = n;
        else if (p[0][0] == 's')
            a.style = value, a.style_len = n;
    }
    return a;
}

static enum cell_kind kind_of(const char *s, size_t n)
{
    if (n == 1) {
        switch (s[0]) {
        case 's':
            return KIND_SHARED;
        case 'b':
            return KIND_BOOL;
        case 'e':
            return KIND_ERROR;
        case 'd':
            return KIND_DATE;
        default:
            return KIND_NUMBER;
        }
    }
    if (n == 3 && memcmp(s, "str", 3) == 0)
        return KIND_FORMULA_TEXT;
    return n == 9 && memcmp(s, "inlineStr", 9) == 0 ? KIND_INLINE : KIND_NUMBER;
}

/* The address as nearly every program writes it, "AB12"; false leaves the rest to
 * book_parse_address. */
static bool plain_address(const char *s, size_t n, uint32_t *row, uint32_t *column)
{
    uint32_t r = 0, c = 0;
    size_t i = 0;

    if (n > 10) /* XFD1048576 */
        return false;
    for (; i < n && s[i] >= 'A' && s[i] <= 'Z'; i++)
        c = c * 26 + (uint32_t)(s[i] - 'A') + 1;
    if (i == 0 || i > 3 || c > BOOK_COLUMNS)
        return false;
    for (; i < n && s[i] >= '0' && s[i] <= '9'; i++)
        r = r * 10 + (uint32_t)(s[i] - '0');
    if (i != n || r == 0 || r > BOOK_ROWS)
        return false;
    *row = r;
    *column = c;
    return true;
}

static void start_cell(struct sheet_reader *r, const struct xml_node *node)
{
    struct cell_attrs a = cell_attrs_of(node);
    uint32_t row = r->row > 0 ? r->row : 1, column = r->column + 1;
    const char *p = a.ref;

    if (p != NULL && !plain_address(p, a.ref_len, &row, &column) &&
        (book_parse_address(&p, a.ref + a.ref_len, &row, &column) != 0 || p != a.ref + a.ref_len)) {
        r->rc = fault_set(r->e, "xml-invalid");
        return;
    }
    if (column > BOOK_COLUMNS || (r->row > 0 && row != r->row)) {
        r->rc = fault_set(r->e, "xml-invalid");
        return;
    }
    r->row = row;
    r->column = column;
    r->style = 0;
    for (size_t i = 0; i < a.style_len && i < 9 && a.style[i] >= '0' && a.style[i] <= '9'; i++)
        r->style = r->style * 10 + (uint32_t)(a.style[i] - '0');
    r->flags = r->row_hidden ? CELL_HIDDEN_ROW : 0;
    r->kind = kind_of(a.type, a.type_len);
    buf_clear(&r->text);
    r->in_cell = true;
    r->has_value = false;
    r->fragments = (struct fragments){false, false};
}

static void add_range(struct sheet_reader *r, struct range **items, size_t *room, size_t *count,
                      const char *s, size_t n)
{
    struct range range;
    void *grown = *items;

    if (book_parse_range(s, n, &range) != 0)
        return;
    r->rc = book_grow(&grown, room, *count, sizeof range, r->e);
    *items = grown;
    if (r->rc == 0)
        (*items)[(*count)++] = range;
}

/* Array formulas and data tables fill a range; its other cells carry values without a formula of
 * their own. */
static void start_formula(struct sheet_reader *r, const struct xml_node *node)
{
    const char *ref = NULL;
    size_t n = 0;
    char type[16];

    r->flags |= CELL_FORMULA;
    r->in_formula = r->kind == KIND_BOOL;
    r->formula_len = 0;
    xml_attr_text(node, "t", type, sizeof type);
    if ((strcmp(type, "array") == 0 || strcmp(type, "dataTable") == 0) &&
        xml_attr(node, "ref", &ref, &n))
        add_range(r, &r->sheet->formula_ranges, &r->formula_room, &r->sheet->formula_range_count,
                  ref, n);
}

static void add_cond(struct sheet_reader *r, const struct xml_node *node)
{
    int64_t dxf = xml_attr_int(node, "dxfId", -1);

    if (dxf >= 0 && (size_t)dxf < r->dxf_count && r->dxf_hides[dxf])
        r->rc = cond_add_ranges(r->sheet, &r->cond_room, r->sqref, r->e);
}

static void start_other(struct sheet_reader *r, const struct xml_node *node)
{
    const char *ref = NULL;
    size_t n = 0;
    struct range whole;

    if (strcmp(node->name, "mergeCell") == 0) {
        if (xml_attr(node, "ref", &ref, &n))
            add_range(r, &r->sheet->merges, &r->merge_room, &r->sheet->merge_count, ref, n);
    } else if (strcmp(node->name, "col") == 0) {
        struct range c = {1, BOOK_ROWS, (uint32_t)xml_attr_int(node, "min", 1),
                          (uint32_t)xml_attr_int(node, "max", 0)};
        char width[16];
        bool hidden = xml_attr_bool(node, "hidden", false) ||
                      (xml_attr_text(node, "width", width, sizeof width) > 0 &&
                       strtod(width, NULL) < UNREADABLE_COLUMN);
        void *items = r->sheet->hidden_columns;
        if (!hidden)
            return;
        r->rc = book_grow(&items, &r->column_room, r->sheet->hidden_column_count, sizeof c, r->e);
        r->sheet->hidden_columns = items;
        if (r->rc == 0)
            r->sheet->hidden_columns[r->sheet->hidden_column_count++] = c;
    } else if (strcmp(node->name, "dimension") == 0) {
        if (xml_attr(node, "ref", &ref, &n) && book_parse_range(ref, n, &whole) == 0)
            r->sheet->declared_rows = whole.row2;
    } else if (strcmp(node->name, "conditionalFormatting") == 0) {
        if (xml_attr_text(node, "sqref", r->sqref, sizeof r->sqref) >= sizeof r->sqref)
            strcpy(r->sqref, cond_everywhere);
    } else if (strcmp(node->name, "cfRule") == 0) {
        add_cond(r, node);
    }
}

static void sheet_start(void *self, const struct xml_node *node)
{
    struct sheet_reader *r = self;
    const char *name = node->name;

    if (r->rc != 0) {
        xml_stop(node);
        return;
    }
    if (node->ns != XML_SHEET || r->cond.in_look) {
        if (cond_start(&r->cond, node) || node->ns != XML_SHEET)
            return;
    }
    if (!r->in_cell) {
        /* Cells count only where they belong; an extension may hold elements of these names too. */
        if (node->depth == 2)
            r->in_data = strcmp(name, "sheetData") == 0;
        if (r->in_data && node->depth == 4 && name[0] == 'c' && name[1] == '\0')
            start_cell(r, node);
        else if (r->in_data && node->depth == 3 && strcmp(name, "row") == 0)
            start_row(r, node);
        else if (!r->in_data)
            start_other(r, node);
        return;
    }
    if (name[0] == 'v' && name[1] == '\0') {
        r->capture = r->kind != KIND_INLINE;
        r->has_value |= r->capture;
    } else if (strcmp(name, "is") == 0) {
        r->in_inline = r->kind == KIND_INLINE;
    } else if (strcmp(name, "t") == 0) {
        r->capture = r->in_inline && r->phonetic == 0;
        r->has_value |= r->capture;
    } else if (strcmp(name, "rPh") == 0) {
        r->phonetic++;
    } else if (strcmp(name, "f") == 0) {
        start_formula(r, node);
    } else if (r->in_inline) {
        fragments_start(&r->fragments, node);
    }
}

static int push_cell(struct sheet_reader *r, enum cell_type type, const char *text, uint32_t len)
{
    struct sheet *s = r->sheet;
    void *items = s->cells;

    if (r->book->cell_total >= ceilings.form_cells)
        return fault_set(r->e, "zip-bomb");
    if (s->count == s->room && book_grow(&items, &s->room, s->count, sizeof *s->cells, r->e) != 0)
        return -1;
    s->cells = items;
    r->book->cell_total++;
    if (s->count > 0) {
        const struct cell *last = &s->cells[s->count - 1];
        r->sorted &= last->row < r->row || (last->row == r->row && last->column < r->column);
    }
    s->cells[s->count++] =
        (struct cell){r->row, (uint16_t)r->column, (uint8_t)type, r->flags, r->style, len, text};
    return 0;
}

static int shared_cell(struct sheet_reader *r)
{
    char *end = NULL;
    const char *digits = buf_str(&r->text);
    unsigned long i = 0;

    for (end = r->text.len < 10 ? (char *)r->text.data : NULL;
         end != NULL && *end >= '0' && *end <= '9'; end++)
        i = i * 10 + (unsigned long)(*end - '0');
    if (end == NULL || *end != '\0') /* blanks, or too long to be an index */
        i = strtoul(digits, &end, 10);
    while (*end == ' ' || *end == '\n' || *end == '\r' || *end == '\t')
        end++;
    if (end == digits || *end != '\0' || digits[0] == '-' || i >= r->texts->count)
        return fault_set(r->e, "xml-invalid");
    const struct shared_text *t = &r->texts->items[i];
    r->flags |= (t->is_long ? CELL_LONG : 0) | (t->pale ? CELL_PALE : 0);
    return push_cell(r, t->len > 0 ? CELL_TEXT : CELL_EMPTY, t->text, t->len);
}

/* "12", "-12.5": what strtod would take whole, without its cost. */
static bool plain_number(const char *s)
{
    s += *s == '-';
    if (*s < '0' || *s > '9')
        return false;
    while (*s >= '0' && *s <= '9')
        s++;
    if (*s == '.' && s[1] >= '0' && s[1] <= '9') {
        s++;
        while (*s >= '0' && *s <= '9')
            s++;
    }
    return *s == '\0';
}

/* A number that is none is shown, and never taken for an answer. */
static enum cell_type type_of(const struct sheet_reader *r, const char *text)
{
    char *end = NULL;

    switch (r->kind) {
    case KIND_BOOL:
        return CELL_BOOL;
    case KIND_ERROR:
        return CELL_ERROR;
    case KIND_DATE:
        return CELL_DATE;
    case KIND_FORMULA_TEXT:
    case KIND_INLINE:
        return CELL_TEXT;
    default:
        break;
    }
    if (plain_number(text))
        return CELL_NUMBER;
    (void)strtod(text, &end);
    return end != text && *end == '\0' && strpbrk(text, "xXnNpP") == NULL ? CELL_NUMBER
                                                                          : CELL_ERROR;
}

/* `word` is the stored value: a formula that says the other one shows something else as soon as it
 * is computed again. */
static bool is_constant(const struct sheet_reader *r, const char *word)
{
    size_t n = strlen(word);

    return r->formula_len == n + 2 && memcmp(r->formula, word, n) == 0 &&
           memcmp(r->formula + n, "()", 2) == 0;
}

static int end_cell(struct sheet_reader *r)
{
    bool is_long = false;
    uint32_t len = 0;

    if (buf_check(&r->text, r->e) != 0)
        return fault_set(r->e, "zip-bomb");
    if (!r->has_value || r->text.len == 0)
        return push_cell(r, CELL_EMPTY, "", 0);
    if (r->kind == KIND_SHARED)
        return shared_cell(r);
    const char *text =
        text_unescape(&r->book->arena, buf_str(&r->text), r->text.len, &len, &is_long);
    if (text == NULL)
        return fault_set(r->e, "zip-bomb");
    r->flags |= (is_long ? CELL_LONG : 0) | (r->fragments.pale ? CELL_PALE : 0);
    enum cell_type type = type_of(r, text);
    if (type == CELL_BOOL) {
        text = strcmp(text, "1") == 0 || strcmp(text, "true") == 0 ? "TRUE" : "FALSE";
        len = (uint32_t)strlen(text);
        if (is_constant(r, text)) /* LibreOffice writes a truth value as "TRUE()" */
            r->flags &= (uint8_t)~CELL_FORMULA;
    }
    return push_cell(r, type, text, len);
}

static void sheet_end(void *self, const struct xml_node *node)
{
    struct sheet_reader *r = self;

    if ((node->ns != XML_SHEET || r->cond.in_look) && r->rc == 0 && cond_end(&r->cond, node))
        r->rc = cond_add_ranges(r->sheet, &r->cond_room, r->cond.sqref, r->e);
    if (node->ns != XML_SHEET || r->rc != 0)
        return;
    const char *name = node->name;
    if ((name[0] == 'v' || name[0] == 't') && name[1] == '\0') {
        r->capture = false;
    } else if (name[0] == 'f' && name[1] == '\0') {
        r->in_formula = false;
    } else if (name[0] == 'c' && name[1] == '\0' && r->in_cell) {
        r->in_cell = false;
        r->rc = end_cell(r);
    } else if (strcmp(name, "is") == 0) {
        r->in_inline = false;
    } else if (strcmp(name, "rPh") == 0 && r->phonetic > 0) {
        r->phonetic--;
    } else if (strcmp(name, "row") == 0) {
        r->row_hidden = false;
    }
}

static void sheet_text(void *self, const char *s, size_t n)
{
    struct sheet_reader *r = self;

    if (r->capture) {
        struct buf *b = &r->text;
        if (r->in_inline)
            fragments_text(&r->fragments, s, n);
        if (!b->failed &&
            n < b->cap - b->len) { /* nearly always; cap is never beyond the ceiling */
            memcpy(b->data + b->len, s, n);
            b->len += n;
            b->data[b->len] = '\0';
        } else {
            buf_append(b, s, n);
        }
    } else if (r->in_formula) {
        size_t room = sizeof r->formula - r->formula_len;
        memcpy(r->formula + r->formula_len, s, n < room ? n : room);
        r->formula_len += n < room ? n : room;
    } else if (r->cond.in_sqref)
        cond_text(&r->cond, s, n);
}

static int compare_cells(const void *a, const void *b)
{
    const struct cell *x = a, *y = b;

    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

/* Two cells with one address have no reading that every program shares: refused. */
static int sort_cells(struct sheet_reader *r)
{
    struct sheet *s = r->sheet;

    if (r->sorted)
        return 0;
    qsort(s->cells, s->count, sizeof *s->cells, compare_cells);
    for (size_t i = 1; i < s->count; i++) {
        if (compare_cells(&s->cells[i - 1], &s->cells[i]) == 0)
            return fault_set(r->e, "xml-invalid");
    }
    return 0;
}

int book_read_sheet(struct book *b, struct pack *p, size_t part, struct sheet *s,
                    const struct shared_texts *texts, const bool *dxf_hides, size_t dxf_count,
                    struct err *e)
{
    static const struct xml_handler handler = {sheet_start, sheet_end, sheet_text};
    struct sheet_reader r = {.book = b,
                             .sheet = s,
                             .texts = texts,
                             .dxf_hides = dxf_hides,
                             .dxf_count = dxf_count,
                             .sorted = true,
                             .e = e};

    buf_init(&r.text, (size_t)ceilings.form_strings_bytes);
    int rc = xml_read(p, part, &handler, &r, e);
    buf_free(&r.text);
    if (r.rc != 0)
        return r.rc;
    if (rc != 0 || sort_cells(&r) != 0)
        return -1;
    return book_mark_ranges(s, e);
}
