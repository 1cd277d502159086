/* One part of a workbook: the first byte says which, the rest is its text; the other parts are
 * sound. LINK: room_grid lib_ZLIB */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "grid/book.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACK "http://schemas.openxmlformats.org/package/2006/"

static const char *const parts[][2] = {
    {"[Content_Types].xml", "<Types xmlns=\"" PACK "content-types\"/>"},
    {"_rels/.rels",
     "<Relationships xmlns=\"" PACK "relationships\"><Relationship Id=\"a\" Type=\"" REL
     "/officeDocument\" Target=\"b.xml\"/></Relationships>"},
    {"b.xml",
     "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" REL
     "\"><sheets><sheet name=\"Base commune\" sheetId=\"1\" r:id=\"s\"/></sheets></workbook>"},
    {"_rels/b.xml.rels",
     "<Relationships xmlns=\"" PACK "relationships\"><Relationship Id=\"s\" Type=\"" REL
     "/worksheet\" Target=\"s.xml\"/><Relationship Id=\"t\" Type=\"" REL
     "/styles\" Target=\"t.xml\"/><Relationship Id=\"u\" Type=\"" REL
     "/sharedStrings\" Target=\"u.xml\"/></Relationships>"},
    {"s.xml", "<worksheet xmlns=\"" MAIN
              "\"><sheetData><row><c t=\"s\"><v>0</v></c></row></sheetData></worksheet>"},
    {"t.xml", "<styleSheet xmlns=\"" MAIN "\"/>"},
    {"u.xml", "<sst xmlns=\"" MAIN "\"><si><t>Oui</t></si></sst>"},
};
enum { PARTS = sizeof parts / sizeof parts[0] };

static void le(struct buf *b, uint32_t value, int n)
{
    for (; n > 0; n--, value >>= 8)
        buf_char(b, (char)(value & 0xff));
}

static void header(struct buf *out, bool central, const char *name, const void *data, size_t n,
                   uint32_t at)
{
    le(out, central ? 0x02014b50 : 0x04034b50, 4);
    le(out, 20, central ? 2 : 0);
    le(out, 20, 2);
    le(out, 0, 8 - 2); /* flags, method, time */
    le(out, 0x21, 2);
    le(out, (uint32_t)crc32(0, data, (uInt)n), 4);
    le(out, (uint32_t)n, 4);
    le(out, (uint32_t)n, 4);
    le(out, (uint32_t)strlen(name), 2);
    le(out, 0, 2);
    if (central) {
        le(out, 0, 4);
        le(out, 0, 4);
        le(out, 0, 2);
        le(out, at, 4);
    }
    buf_text(out, name);
}

static void package(struct buf *out, size_t chosen, const uint8_t *data, size_t n)
{
    struct buf central = BUF_INIT(1 << 16);

    for (size_t i = 0; i < PARTS; i++) {
        const void *text = i == chosen ? (const void *)data : parts[i][1];
        size_t len = i == chosen ? n : strlen(parts[i][1]);
        header(&central, true, parts[i][0], text, len, (uint32_t)out->len);
        header(out, false, parts[i][0], text, len, 0);
        buf_append(out, text, len);
    }
    uint32_t start = (uint32_t)out->len;
    buf_append(out, central.data, central.len);
    le(out, 0x06054b50, 4);
    le(out, 0, 4);
    le(out, PARTS, 2);
    le(out, PARTS, 2);
    le(out, (uint32_t)central.len, 4);
    le(out, start, 4);
    le(out, 0, 2);
    buf_free(&central);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct buf zip = BUF_INIT(64u << 20), shown = BUF_INIT(1 << 20);
    struct book *book = NULL;
    struct err e = ERR_INIT;

    if (n == 0)
        return 0;
    package(&zip, data[0] % PARTS, data + 1, n - 1);
    if (book_read(&book, zip.data, zip.len, &e) == 0) {
        for (size_t s = 0; s < book->sheet_count; s++) {
            for (size_t i = 0; i < book->sheets[s].count; i++) {
                buf_clear(&shown);
                book_value(book, &book->sheets[s].cells[i], &shown);
                book_display_differs(book, &book->sheets[s], &book->sheets[s].cells[i]);
            }
        }
        book_free(book);
    }
    buf_free(&zip);
    buf_free(&shown);
    return 0;
}
