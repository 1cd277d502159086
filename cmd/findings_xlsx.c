/* The findings as a workbook: the only file that uses libxlsxwriter, and only when asked
 * for. Every text is written as text,
 * never as a formula. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/lazy.h"
#include "cmd/act_findings.h"

enum { URL_MAX = 2000 };

#define LXW_FUNCTIONS(X)                                                                           \
    X(format_set_align)                                                                            \
    X(format_set_bold)                                                                             \
    X(format_set_text_wrap)                                                                        \
    X(lxw_strerror)                                                                                \
    X(workbook_add_format)                                                                         \
    X(workbook_add_worksheet)                                                                      \
    X(workbook_close)                                                                              \
    X(workbook_new)                                                                                \
    X(worksheet_autofilter)                                                                        \
    X(worksheet_fit_to_pages)                                                                      \
    X(worksheet_freeze_panes)                                                                      \
    X(worksheet_repeat_rows)                                                                       \
    X(worksheet_set_column)                                                                        \
    X(worksheet_set_landscape)                                                                     \
    X(worksheet_set_paper)                                                                         \
    X(worksheet_write_string)                                                                      \
    X(worksheet_write_url_opt)
static struct {
#define LXW_SLOT(name) __typeof__(&name) name;
    LXW_FUNCTIONS(LXW_SLOT)
} lxw;

static int library_open(struct err *e)
{
#define LXW_NAME(name) #name,
    static const char *const names[] = {LXW_FUNCTIONS(LXW_NAME)};
    static struct lazy library = {.soname = PARAPHE_XLSXWRITER_SONAME,
                                  .names = names,
                                  .n = sizeof names / sizeof names[0],
                                  .slots = &lxw};

    return lazy_open(&library, e);
}

static void write_row(lxw_worksheet *sheet, lxw_row_t at, const char *form, const struct jv *row,
                      lxw_format *wrapped)
{
    const char *link = jv_get_text(row, "link");
    char url[URL_MAX + 16];

    lxw.worksheet_write_string(sheet, at, 0, form, wrapped);
    snprintf(url, sizeof url, "external:%s", link);
    if (strlen(link) > URL_MAX ||
        lxw.worksheet_write_url_opt(sheet, at, 1, url, NULL, jv_get_text(row, "place"), NULL) != 0)
        lxw.worksheet_write_string(sheet, at, 1, jv_get_text(row, "place"), wrapped);
    lxw.worksheet_write_string(sheet, at, 2, jv_get_text(row, "level"), wrapped);
    lxw.worksheet_write_string(sheet, at, 3, jv_get_text(row, "message"), wrapped);
    lxw.worksheet_write_string(sheet, at, 4, jv_get_text(row, "remedy"), wrapped);
}

static void fill(lxw_workbook *book, const struct jv *forms, enum text_lang lang)
{
    static const char *const heads[] = {"cmd.findings.form", "cmd.findings.place",
                                        "cmd.findings.level", "cmd.findings.message",
                                        "cmd.findings.remedy"};
    static const double widths[] = {24, 30, 15, 60, 60};
    lxw_worksheet *sheet = lxw.workbook_add_worksheet(book, text_in(lang, "cmd.findings.sheet"));
    lxw_format *bold = lxw.workbook_add_format(book), *wrapped = lxw.workbook_add_format(book);
    lxw_row_t at = 1;

    lxw.format_set_bold(bold);
    lxw.format_set_text_wrap(wrapped);
    lxw.format_set_align(wrapped, LXW_ALIGN_VERTICAL_TOP);
    for (lxw_col_t i = 0; i < 5; i++) {
        lxw.worksheet_set_column(sheet, i, i, widths[i], NULL);
        lxw.worksheet_write_string(sheet, 0, i, text_in(lang, heads[i]), bold);
    }
    lxw.worksheet_freeze_panes(sheet, 1, 0);
    for (size_t i = 0; i < jv_count(forms); i++) {
        const struct jv *form = jv_at(forms, i);
        struct jv *rows = findings_rows(form, lang);
        for (size_t k = 0; k < jv_count(rows); k++)
            write_row(sheet, at++, path_name(jv_get_text(form, "path")), jv_at(rows, k), wrapped);
        jv_free(rows);
    }
    /* On paper: the columns on one page across, their names on each. */
    enum { PAPER_A4 = 9 };
    lxw.worksheet_set_landscape(sheet);
    lxw.worksheet_set_paper(sheet, PAPER_A4);
    lxw.worksheet_fit_to_pages(sheet, 1, 0);
    lxw.worksheet_repeat_rows(sheet, 0, 0);
    lxw.worksheet_autofilter(sheet, 0, 0, at > 1 ? at - 1 : 1, 4);
}

/* The library writes to a path: that of a memory file, so that the final file is made at once or
 * not at all. */
int findings_xlsx(const struct jv *forms, enum text_lang lang, struct buf *out, struct err *e)
{
    char path[64];
    int fd = library_open(e) != 0 ? -1 : file_memory("findings.xlsx", e), rc = -1;

    if (fd < 0)
        return -1;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    lxw_workbook *book = lxw.workbook_new(path);
    if (book == NULL) {
        close(fd);
        return err_set_memory(e);
    }
    fill(book, forms, lang);
    lxw_error fault = lxw.workbook_close(book);
    if (fault != LXW_NO_ERROR)
        err_set_foreign(e, ERR_DISK, lxw.lxw_strerror(fault), "err.cmd.findings-write", NULL);
    else
        rc = file_read_again(fd, "findings.xlsx", (size_t)ceilings.form_file_bytes, out, e);
    close(fd);
    return rc;
}
