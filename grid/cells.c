/* Every cell as it was read, so that a reading can be compared with other programs'. */
#include "base/buf.h"
#include "base/ceilings.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/jv.h"
#include "grid/explain.h"

enum { FLUSH = 1 << 16 };

static int flush(struct buf *out, int fd, bool all, struct err *e)
{
    if (buf_check(out, e) != 0)
        return -1;
    if (!all && out->len < FLUSH)
        return 0;
    int rc = file_write_all(fd, out->data, out->len, "cells", e);
    buf_clear(out);
    return rc;
}

static bool hidden(const struct sheet *s, const struct cell *c)
{
    return s->state != SHEET_VISIBLE || (c->flags & CELL_HIDDEN_ROW) != 0 ||
           book_column_hidden(s, c->column);
}

static bool is_formula(const struct cell *c)
{
    return (c->flags & CELL_FORMULA) != 0;
}

/* Only text can pretend to be a formula; a number keeps its sign. */
static void csv_line(struct buf *out, const struct book *b, const struct sheet *s,
                     const struct cell *c, const char *address, const char *value)
{
    escape_csv(out, s->name);
    buf_format(out, ",%s,%s,", address, book_type_name(b, c));
    if (c->type == CELL_TEXT)
        escape_csv(out, value);
    else
        buf_text(out, value);
    buf_text(out, hidden(s, c) ? ",true" : ",false");
    buf_text(out, is_formula(c) ? ",true\r\n" : ",false\r\n");
}

static int json_line(struct buf *out, const struct book *b, const struct sheet *s,
                     const struct cell *c, const char *address, const char *value, struct err *e)
{
    struct jv *o = jv_object();

    jv_put_text(o, "sheet", s->name);
    jv_put_text(o, "address", address);
    jv_put_text(o, "type", book_type_name(b, c));
    jv_put_text(o, "value", value);
    jv_put_bool(o, "hidden", hidden(s, c));
    jv_put_bool(o, "formula", is_formula(c));
    int rc = jv_print(o, false, out, e);
    buf_char(out, '\n');
    jv_free(o);
    return rc;
}

int cells_write(const struct book *b, bool csv, int fd, struct err *e)
{
    struct buf out = BUF_INIT((size_t)ceilings.json_bytes);
    struct buf value = BUF_INIT((size_t)ceilings.form_strings_bytes);
    char address[BOOK_ADDRESS_MAX];
    int rc = 0;

    if (csv)
        buf_text(&out, "sheet,address,type,value,hidden,formula\r\n");
    for (size_t i = 0; i < b->sheet_count; i++) {
        const struct sheet *s = &b->sheets[i];
        for (size_t k = 0; rc == 0 && k < s->count; k++) {
            const struct cell *c = &s->cells[k];
            /* a formula whose value is not stored is something, though nothing is read of it */
            if ((c->type == CELL_EMPTY && !is_formula(c)) || (c->flags & CELL_COVERED) != 0)
                continue;
            buf_clear(&value);
            book_value(b, c, &value);
            book_address(c->row, c->column, address);
            if (csv)
                csv_line(&out, b, s, c, address, buf_str(&value));
            else
                rc = json_line(&out, b, s, c, address, buf_str(&value), e);
            if (rc == 0)
                rc = flush(&out, fd, false, e);
        }
    }
    if (rc == 0)
        rc = flush(&out, fd, true, e);
    buf_free(&out);
    buf_free(&value);
    return rc;
}
