#include "base/libxml.h"

#include "base/lazy.h"

static struct libxml functions;

int libxml_open(struct err *e)
{
#define LIBXML_NAME(name) #name,
    static const char *const names[] = {LIBXML_FUNCTIONS(LIBXML_NAME) "xmlFree"};
#undef LIBXML_NAME
    static struct lazy library = {.soname = PARAPHE_XML_SONAME,
                                  .names = names,
                                  .n = sizeof names / sizeof names[0],
                                  .slots = &functions};

    if (library.open)
        return 0;
    if (lazy_open(&library, e) != 0)
        return -1;
    functions.xmlInitParser();
    return 0;
}

const struct libxml *libxml(void)
{
    return &functions;
}
