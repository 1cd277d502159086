/* libxml2, opened at need: libxml()->xmlParseChunk(...). Headers and types are the library's own.
 */
#ifndef PARAPHE_BASE_LIBXML_H
#define PARAPHE_BASE_LIBXML_H

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>

#include "base/err.h"

#define LIBXML_FUNCTIONS(X)                                                                        \
    X(xmlInitParser)                                                                               \
    X(xmlCreatePushParserCtxt)                                                                     \
    X(xmlCtxtUseOptions)                                                                           \
    X(xmlParseChunk)                                                                               \
    X(xmlStopParser)                                                                               \
    X(xmlFreeParserCtxt)                                                                           \
    X(xmlSetGenericErrorFunc)                                                                      \
    X(xmlReadMemory)                                                                               \
    X(xmlDocGetRootElement)                                                                        \
    X(xmlNodeGetContent)                                                                           \
    X(xmlNodeGetLang)                                                                              \
    X(xmlFreeDoc)

struct libxml {
#define LIBXML_SLOT(name) __typeof__(&name) name;
    LIBXML_FUNCTIONS(LIBXML_SLOT)
#undef LIBXML_SLOT
    xmlFreeFunc *free_text; /* the library's variable xmlFree */
};

/* Opens it, and initialises its parser, at the first call. -1: err.base.library. */
int libxml_open(struct err *e);
/* Only after libxml_open. */
const struct libxml *libxml(void);

#endif
