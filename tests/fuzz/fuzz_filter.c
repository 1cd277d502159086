/* The data of one stream: the first byte chooses the filters, the rest is encoded data.
 * LINK: room_pdf_file */
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "pdf/file/pdf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const filters[] = {
    "/Filter/FlateDecode",
    "/Filter/LZWDecode",
    "/Filter/LZWDecode/DecodeParms<</EarlyChange 0>>",
    "/Filter/ASCIIHexDecode",
    "/Filter/ASCII85Decode",
    "/Filter/RunLengthDecode",
    "/Filter[/AHx/LZW]/DecodeParms[null<</Predictor 2/Columns 3/Colors 3/BitsPerComponent 4>>]",
    "/Filter/LZWDecode/DecodeParms<</Predictor 15/Columns 5>>",
    "/Filter/LZWDecode/DecodeParms<</Predictor 2/Columns 3/BitsPerComponent 16>>",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct err e = ERR_INIT;
    struct pdf *pdf = NULL;
    struct buf file = BUF_INIT(1 << 20), out = BUF_INIT(1 << 17);
    int fd = -1;

    if (n == 0 || n > 1 << 16)
        return 0;
    buf_text(&file, "%PDF-1.7\n1 0 obj <</Pages 1 0 R>> endobj\n");
    size_t at = file.len;
    buf_format(&file, "2 0 obj <</Length %zu%s>> stream\n", n - 1,
               filters[data[0] % (sizeof filters / sizeof filters[0])]);
    buf_append(&file, data + 1, n - 1);
    buf_text(&file, "\nendstream endobj\n");
    size_t xref = file.len;
    buf_format(&file,
               "xref\n1 2\n0000000009 00000 n \n%010zu 00000 n \ntrailer <</Size 3/Root 1 0 R>> "
               "startxref %zu %%%%EOF",
               at, xref);
    fd = file_seal_bytes("fuzz", file.data, file.len, &e);
    if (fd >= 0 && pdf_open(&pdf, fd, NULL, &e) == 0) {
        const struct pdf_value *v = pdf_fetch(pdf, (struct pdf_ref){2, 0}, PDF_LATEST, &e);
        if (pdf_stream_data(pdf, v, PDF_LATEST, PDF_DECODE_ALL, 1 << 16, &out, &e) != 0 &&
            !err_is_set(&e))
            abort();
    }
    pdf_close(pdf);
    if (fd >= 0)
        close(fd);
    buf_free(&file);
    buf_free(&out);
    return 0;
}
