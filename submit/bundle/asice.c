/* An ASiC-E container with a time assertion (EN 319 162-1, 4.4): the files, a manifest of their
 * digests, and a time-stamp over that manifest. It proves when the whole existed, without a signing
 * key. */
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/digest.h"
#include "base/escape.h"
#include "submit/bundle/bundle_part.h"

static const char *media_type(const char *path)
{
    static const char *const types[][2] = {
        {".pdf", "application/pdf"},
        {".json", "application/json"},
        {".html", "text/html"},
        {".txt", "text/plain"},
        {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
        {".xlsm", "application/vnd.ms-excel.sheet.macroEnabled.12"},
    };
    const char *dot = strrchr(path, '.');

    for (size_t i = 0; dot != NULL && i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(dot, types[i][0]) == 0)
            return types[i][1];
    }
    return "application/octet-stream";
}

static int reference(struct buf *out, const struct jv *file, struct err *e)
{
    const char *path = jv_get_text(file, "path"), *sum = jv_get_text(file, "sha256");
    unsigned char bytes[32];

    if (hex_decode(sum, 64, bytes) != 0)
        return err_set_bug(e, "asice: digest");
    buf_text(out, "  <asic:DataObjectReference URI=\"");
    escape_url_path(out, path);
    buf_format(out, "\" MimeType=\"%s\">\n", media_type(path));
    buf_text(out, "    <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>\n"
                  "    <ds:DigestValue>");
    base64_encode(out, bytes, sizeof bytes);
    buf_text(out, "</ds:DigestValue>\n  </asic:DataObjectReference>\n");
    return 0;
}

int asice_manifest(const struct jv *files, struct buf *out, struct err *e)
{
    buf_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                  "<asic:ASiCManifest xmlns:asic=\"http://uri.etsi.org/02918/v1.2.1#\" "
                  "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\n"
                  "  <asic:SigReference URI=\"" ASICE_TOKEN
                  "\" MimeType=\"application/vnd.etsi.timestamp-token\"/>\n");
    for (size_t i = 0; i < jv_count(files); i++) {
        if (reference(out, jv_at(files, i), e) != 0)
            return -1;
    }
    buf_text(out, "</asic:ASiCManifest>\n");
    return buf_check(out, e);
}

int asice_make(const char *folder, const struct jv *files, const char *date,
               const struct bundle_stamp *stamp, struct err *e)
{
    struct buf manifest = BUF_INIT((size_t)ceilings.config_bytes);
    struct buf token = BUF_INIT((size_t)ceilings.tst_bytes);
    const struct buf type = {(unsigned char *)(uintptr_t)ASICE_TYPE, sizeof ASICE_TYPE - 1, 0, 0,
                             false};
    const struct pack_entry first[] = {{"mimetype", &type}, {NULL, NULL}};
    const struct pack_entry last[] = {
        {ASICE_MANIFEST, &manifest}, {ASICE_TOKEN, &token}, {NULL, NULL}};
    int rc = -1;

    if (asice_manifest(files, &manifest, e) == 0 &&
        stamp->get(stamp->self, manifest.data, manifest.len, &token, e) == 0) {
        struct pack pack = {folder, files, NULL, date, DEPOSIT_CONTAINER, first, last};
        rc = pack_zip(&pack, e);
    }
    buf_free(&manifest);
    buf_free(&token);
    return rc;
}
