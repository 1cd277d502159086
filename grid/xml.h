/* One XML part as a stream of elements and text: the only file that uses libxml2 in this room. No
 * tree is built. A document type declaration, an encoding other than UTF-8 or UTF-16, or more depth
 * than the ceiling stops the reading. */
#ifndef PARAPHE_GRID_XML_H
#define PARAPHE_GRID_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct pack;

/* Namespaces that matter, transitional and strict (ISO/IEC 29500-1 and -4) alike. */
enum xml_ns { XML_OTHER, XML_NONE, XML_SHEET, XML_REL_ATTR, XML_RELS, XML_TYPES, XML_X14, XML_XM };

struct xml_node {
    const char *name; /* local name */
    enum xml_ns ns;
    unsigned depth; /* 1 for the root */
    const unsigned char **attrs;
    int nattrs;
    void *reader;
};

/* Who reads a part; any function may be NULL. One that cannot go on remembers why and calls
 * xml_stop. */
struct xml_handler {
    void (*start)(void *self, const struct xml_node *node);
    void (*end)(void *self, const struct xml_node *node);
    void (*text)(void *self, const char *s, size_t n);
};

/* Reads part i to its end, or to xml_stop, which is no fault by itself. Faults: xml-dtd,
 * xml-invalid, the package's. */
int xml_read(struct pack *pack, size_t i, const struct xml_handler *handler, void *self,
             struct err *e);
void xml_stop(const struct xml_node *node);
/* The value of an attribute without namespace; false when absent. Not NUL-ended, and as libxml2 has
 * it: an ampersand stands there as "&#38;", which xml_attr_plain undoes. */
bool xml_attr(const struct xml_node *node, const char *name, const char **value, size_t *n);
/* The same in namespace `ns`. */
bool xml_attr_ns(const struct xml_node *node, enum xml_ns ns, const char *name, const char **value,
                 size_t *n);
/* A value as it was meant, NUL-ended, cut when too long. Returns the whole length. */
size_t xml_attr_plain(const char *value, size_t n, char *out, size_t size);
/* That of an attribute; "" when absent. */
size_t xml_attr_text(const struct xml_node *node, const char *name, char *out, size_t size);
/* A decimal number, or `otherwise` when absent or no number. */
int64_t xml_attr_int(const struct xml_node *node, const char *name, int64_t otherwise);
bool xml_attr_bool(const struct xml_node *node, const char *name, bool otherwise);
/* To be called once before a sandbox closes: what libxml2 loads lazily. */
void xml_warm(void);

#endif
