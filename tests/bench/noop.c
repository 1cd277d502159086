/* The floor for reading a workbook: every XML part through libzip and libxml2 with handlers that do
 * nothing. bench_noop FILE.xlsx     prints seconds of CPU */
#include <libxml/parser.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <zip.h>

static void on_start(void *self, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int nns, const xmlChar **ns, int nattrs, int ndefaulted, const xmlChar **attrs)
{
    (void)self, (void)name, (void)prefix, (void)uri, (void)nns, (void)ns, (void)nattrs,
        (void)ndefaulted;
    (void)attrs;
}

static void on_text(void *self, const xmlChar *s, int n)
{
    (void)self, (void)s, (void)n;
}

static int read_part(zip_t *zip, zip_uint64_t i, xmlSAXHandler *sax)
{
    char chunk[1 << 15];
    zip_int64_t n;
    zip_file_t *part = zip_fopen_index(zip, i, 0);
    xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(sax, NULL, NULL, 0, NULL);

    if (part == NULL || parser == NULL)
        return -1;
    while ((n = zip_fread(part, chunk, sizeof chunk)) > 0)
        xmlParseChunk(parser, chunk, (int)n, 0);
    xmlParseChunk(parser, chunk, 0, 1);
    int good = parser->wellFormed;
    xmlFreeParserCtxt(parser);
    zip_fclose(part);
    return good ? 0 : -1;
}

int main(int argc, char **argv)
{
    xmlSAXHandler sax = {
        .initialized = XML_SAX2_MAGIC, .startElementNs = on_start, .characters = on_text};
    zip_t *zip = argc == 2 ? zip_open(argv[1], ZIP_RDONLY, NULL) : NULL;
    clock_t started = clock();

    if (zip == NULL)
        return 2;
    for (zip_int64_t i = 0; i < zip_get_num_entries(zip, 0); i++) {
        const char *name = zip_get_name(zip, (zip_uint64_t)i, 0);
        const char *dot = name != NULL ? strrchr(name, '.') : NULL;
        if (dot != NULL && (strcmp(dot, ".xml") == 0 || strcmp(dot, ".rels") == 0) &&
            read_part(zip, (zip_uint64_t)i, &sax) != 0)
            return 1;
    }
    printf("%.6f\n", (double)(clock() - started) / CLOCKS_PER_SEC);
    zip_discard(zip);
    return 0;
}
