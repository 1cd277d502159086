#include "grid/xml.h"

#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "base/libxml.h"
#include "grid/fault.h"
#include "grid/pack.h"

struct reader {
    const struct xml_handler *handler;
    void *self;
    xmlParserCtxtPtr parser;
    unsigned depth;
    bool dtd, deep, stopped;
    /* libxml2 keeps each name once, so a namespace met again is the same pointer. */
    const xmlChar *known_uri[4];
    enum xml_ns known_ns[4];
    unsigned known_next, known_last;
};

static const struct {
    const char *uri;
    enum xml_ns ns;
} namespaces[] = {
    {"http://schemas.openxmlformats.org/spreadsheetml/2006/main", XML_SHEET},
    {"http://purl.oclc.org/ooxml/spreadsheetml/main", XML_SHEET},
    {"http://schemas.openxmlformats.org/officeDocument/2006/relationships", XML_REL_ATTR},
    {"http://purl.oclc.org/ooxml/officeDocument/relationships", XML_REL_ATTR},
    {"http://schemas.openxmlformats.org/package/2006/relationships", XML_RELS},
    {"http://schemas.openxmlformats.org/package/2006/content-types", XML_TYPES},
    {"http://schemas.microsoft.com/office/spreadsheetml/2009/9/main", XML_X14},
    {"http://schemas.microsoft.com/office/excel/2006/main", XML_XM},
};

static enum xml_ns ns_lookup(const char *uri)
{
    for (size_t i = 0; i < sizeof namespaces / sizeof namespaces[0]; i++) {
        if (strcmp(uri, namespaces[i].uri) == 0)
            return namespaces[i].ns;
    }
    return XML_OTHER;
}

static enum xml_ns ns_remember(struct reader *r, const xmlChar *uri)
{
    for (unsigned i = 0; i < 4; i++) {
        if (r->known_uri[i] == uri) {
            r->known_last = i;
            return r->known_ns[i];
        }
    }
    enum xml_ns ns = ns_lookup((const char *)uri);
    r->known_uri[r->known_next] = uri;
    r->known_ns[r->known_next] = ns;
    r->known_last = r->known_next;
    r->known_next = (r->known_next + 1) % 4;
    return ns;
}

/* Nearly all elements of a part are in the namespace of the one before. */
static inline enum xml_ns ns_of(struct reader *r, const xmlChar *uri)
{
    if (uri == NULL)
        return XML_NONE;
    return r->known_uri[r->known_last] == uri ? r->known_ns[r->known_last] : ns_remember(r, uri);
}

static void on_start(void *self, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int nns, const xmlChar **ns, int nattrs, int ndefaulted, const xmlChar **attrs)
{
    struct reader *r = self;

    (void)prefix, (void)nns, (void)ns, (void)ndefaulted;
    if (++r->depth > (unsigned)ceilings.xml_depth) {
        r->deep = true;
        libxml()->xmlStopParser(r->parser);
        return;
    }
    struct xml_node node = {(const char *)name, ns_of(r, uri), r->depth, attrs, nattrs, r};
    if (r->handler->start != NULL)
        r->handler->start(r->self, &node);
}

static void on_end(void *self, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct reader *r = self;

    (void)prefix;
    struct xml_node node = {(const char *)name, ns_of(r, uri), r->depth, NULL, 0, r};
    if (r->handler->end != NULL)
        r->handler->end(r->self, &node);
    r->depth--;
}

static void on_text(void *self, const xmlChar *s, int n)
{
    struct reader *r = self;

    if (r->handler->text != NULL && n > 0)
        r->handler->text(r->self, (const char *)s, (size_t)n);
}

static void on_doctype(void *self, const xmlChar *name, const xmlChar *external,
                       const xmlChar *system)
{
    struct reader *r = self;

    (void)name, (void)external, (void)system;
    r->dtd = true;
    libxml()->xmlStopParser(r->parser);
}

static void on_error(void *self, xmlErrorPtr error)
{
    (void)self,
        (void)error; /* the parser remembers that it failed; its English text is of no use here */
}

/* Everything but UTF-8 and UTF-16 is refused (ISO/IEC 29500-2 8.1.4), before libxml2 could ask for
 * a converter. */
static bool encoding_allowed(const unsigned char *p, size_t n)
{
    if (n >= 2 && ((p[0] == 0xfe && p[1] == 0xff) || (p[0] == 0xff && p[1] == 0xfe)))
        return n < 4 || p[2] != 0 || p[3] != 0;
    if (n >= 4 && p[0] == 0 && p[1] == '<')
        return p[2] == 0 && p[3] != 0;
    if (n >= 4 && p[0] == '<' && p[1] == 0)
        return p[2] != 0 && p[3] == 0;
    if (n >= 3 && p[0] == 0xef)
        return p[1] == 0xbb && p[2] == 0xbf;
    return n > 0 && (p[0] == '<' || p[0] == ' ' || p[0] == '\t' || p[0] == '\r' || p[0] == '\n');
}

static int parse(struct reader *r, struct pack_part *part, xmlSAXHandler *sax, struct err *e)
{
    enum { CHUNK = 1 << 15 };
    char chunk[CHUNK];
    int64_t n = 0;

    /* The first bytes decide on the encoding, so they must come together. */
    int64_t head = 0;
    while (head < 4 && (n = pack_part_read(part, chunk + head, CHUNK - (size_t)head, e)) > 0)
        head += n;
    if (n < 0)
        return -1;
    if (!encoding_allowed((const unsigned char *)chunk, (size_t)head))
        return fault_set(e, "xml-invalid");
    int first = head < 4 ? (int)head : 4;
    r->parser = libxml()->xmlCreatePushParserCtxt(sax, r, chunk, first, NULL);
    if (r->parser == NULL)
        return err_set_memory(e);
    libxml()->xmlCtxtUseOptions(r->parser,
                                XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_COMPACT);
    libxml()->xmlParseChunk(r->parser, chunk + first, (int)head - first, 0);
    while (r->parser->wellFormed && !r->dtd && !r->deep && !r->stopped) {
        n = pack_part_read(part, chunk, CHUNK, e);
        if (n < 0)
            return -1;
        libxml()->xmlParseChunk(r->parser, chunk, (int)n, n == 0);
        if (n == 0)
            break;
    }
    if (r->dtd)
        return fault_set(e, "xml-dtd");
    if (r->stopped)
        return 0;
    if (r->parser->errNo == XML_ERR_NO_MEMORY)
        return err_set_memory(e);
    return r->parser->wellFormed && !r->deep ? 0 : fault_set(e, "xml-invalid");
}

int xml_read(struct pack *pack, size_t i, const struct xml_handler *handler, void *self,
             struct err *e)
{
    struct reader r = {.handler = handler, .self = self};
    xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC,
                         .startElementNs = on_start,
                         .endElementNs = on_end,
                         .characters = on_text,
                         .cdataBlock = on_text,
                         .ignorableWhitespace = on_text,
                         .internalSubset = on_doctype,
                         .serror = on_error};
    struct pack_part *part = NULL;
    int rc = libxml_open(e) != 0 ? -1 : pack_part_open(pack, i, &part, e);

    if (rc == 0)
        rc = parse(&r, part, &sax, e);
    if (r.parser != NULL)
        libxml()->xmlFreeParserCtxt(r.parser);
    pack_part_close(part);
    return rc;
}

void xml_stop(const struct xml_node *node)
{
    struct reader *r = node->reader;

    r->stopped = true;
    libxml()->xmlStopParser(r->parser);
}

bool xml_attr_ns(const struct xml_node *node, enum xml_ns ns, const char *name, const char **value,
                 size_t *n)
{
    for (int i = 0; i < node->nattrs; i++) {
        const unsigned char **a = node->attrs + 5 * i; /* name, prefix, namespace, begin, end */
        if (strcmp((const char *)a[0], name) != 0 || ns_of(node->reader, a[2]) != ns)
            continue;
        *value = (const char *)a[3];
        *n = (size_t)(a[4] - a[3]);
        return true;
    }
    return false;
}

bool xml_attr(const struct xml_node *node, const char *name, const char **value, size_t *n)
{
    return xml_attr_ns(node, XML_NONE, name, value, n);
}

size_t xml_attr_plain(const char *value, size_t n, char *out, size_t size)
{
    static const char ampersand[] = "&#38;";
    enum { LEN = sizeof ampersand - 1 };
    size_t whole = 0;

    for (size_t i = 0; i < n; whole++) {
        bool is = value[i] == '&' && n - i >= LEN && memcmp(value + i, ampersand, LEN) == 0;
        if (whole + 1 < size)
            out[whole] = value[i];
        i += is ? LEN : 1;
    }
    if (size > 0)
        out[whole < size ? whole : size - 1] = '\0';
    return whole;
}

size_t xml_attr_text(const struct xml_node *node, const char *name, char *out, size_t size)
{
    const char *value = "";
    size_t n = 0;

    xml_attr(node, name, &value, &n);
    return xml_attr_plain(value, n, out, size);
}

int64_t xml_attr_int(const struct xml_node *node, const char *name, int64_t otherwise)
{
    const char *value = NULL;
    size_t n = 0;
    int64_t number = 0;

    if (!xml_attr(node, name, &value, &n) || n == 0 || n > 15)
        return otherwise;
    for (size_t i = 0; i < n; i++) {
        if (value[i] < '0' || value[i] > '9')
            return otherwise;
        number = number * 10 + (value[i] - '0');
    }
    return number;
}

bool xml_attr_bool(const struct xml_node *node, const char *name, bool otherwise)
{
    const char *value = NULL;
    size_t n = 0;

    if (!xml_attr(node, name, &value, &n))
        return otherwise;
    return (n == 1 && value[0] == '1') || (n == 4 && memcmp(value, "true", 4) == 0) ||
           (n == 2 && memcmp(value, "on", 2) == 0);
}

void xml_warm(void)
{
    (void)libxml_open(NULL); /* xml_read says what is wrong with it */
}
