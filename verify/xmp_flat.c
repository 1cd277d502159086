/* An XMP packet as its properties, whatever way a program wrote them: as attributes or elements, in
 * this order or that (XMP part 1, 7). Nothing is repaired: what is odd has no properties. */
#include <stdlib.h>
#include <string.h>

#include "verify/diff.h"

enum { DEPTH_MAX = 32, NAME_BYTES = 96, LINES_MAX = 4096 };

struct flat {
    const char *p;
    char open[DEPTH_MAX][NAME_BYTES]; /* elements around */
    int depth;
    struct buf *out; /* lines "property=value", one after the other */
    size_t lines;
    bool (*skip)(const char *name, size_t n);
};

static bool starts(const char *name, const char *with)
{
    return strncmp(name, with, strlen(with)) == 0;
}

/* Syntax of RDF, which is no property. */
static bool is_syntax(const char *name)
{
    return starts(name, "rdf:") || starts(name, "x:") || starts(name, "xmlns");
}

/* The property that the innermost elements belong to; NULL outside of any. */
static const char *property_of(const struct flat *f)
{
    for (int i = f->depth - 1; i >= 0; i--) {
        if (!is_syntax(f->open[i]))
            return f->open[i];
    }
    return NULL;
}

static int line(struct flat *f, const char *name, const char *value, size_t n)
{
    while (n > 0 && strchr(" \t\r\n", value[0]) != NULL)
        value++, n--;
    while (n > 0 && strchr(" \t\r\n", value[n - 1]) != NULL)
        n--;
    if (n == 0 || is_syntax(name) || f->skip(name, strlen(name)))
        return 0;
    if (++f->lines > LINES_MAX)
        return -1;
    buf_text(f->out, name);
    buf_char(f->out, '=');
    for (size_t i = 0; i < n; i++)
        buf_char(f->out, value[i] == '\n' || value[i] == '\0' ? ' ' : value[i]);
    buf_char(f->out, '\n');
    return f->out->failed ? -1 : 0;
}

static int name_read(struct flat *f, char out[NAME_BYTES])
{
    size_t n = strcspn(f->p, " \t\r\n/>=\"'<");

    if (n == 0 || n >= NAME_BYTES)
        return -1;
    memcpy(out, f->p, n);
    out[n] = '\0';
    f->p += n;
    return 0;
}

static int attributes_read(struct flat *f)
{
    char name[NAME_BYTES];

    for (;;) {
        f->p += strspn(f->p, " \t\r\n");
        if (*f->p == '>' || *f->p == '/')
            return 0;
        if (name_read(f, name) != 0 || *f->p++ != '=')
            return -1;
        char quote = *f->p++;
        const char *end = quote == '"' || quote == '\'' ? strchr(f->p, quote) : NULL;
        if (end == NULL || line(f, name, f->p, (size_t)(end - f->p)) != 0)
            return -1;
        f->p = end + 1;
    }
}

static int element_read(struct flat *f)
{
    char name[NAME_BYTES];

    if (*f->p == '/') {
        f->p++;
        if (name_read(f, name) != 0 || f->depth == 0 || strcmp(name, f->open[f->depth - 1]) != 0)
            return -1;
        f->depth--;
        f->p += strspn(f->p, " \t\r\n");
        return *f->p++ == '>' ? 0 : -1;
    }
    if (f->depth == DEPTH_MAX || name_read(f, f->open[f->depth]) != 0)
        return -1;
    f->depth++;
    if (attributes_read(f) != 0)
        return -1;
    if (*f->p == '/') {
        f->p++;
        f->depth--;
    }
    return *f->p++ == '>' ? 0 : -1;
}

static int packet_read(struct flat *f)
{
    while (*f->p != '\0') {
        if (starts(f->p, "<?")) {
            f->p = strstr(f->p, "?>");
            if (f->p == NULL)
                return -1;
            f->p += 2;
        } else if (starts(f->p,
                          "<!")) { /* comments, CDATA, declarations: nobody writes them here */
            return -1;
        } else if (*f->p == '<') {
            f->p++;
            if (element_read(f) != 0)
                return -1;
        } else {
            const char *property = property_of(f);
            size_t n = strcspn(f->p, "<");
            /* outside of any property: a byte order mark and blanks */
            if (property == NULL ? strspn(f->p, " \t\r\n\xef\xbb\xbf") < n
                                 : line(f, property, f->p, n) != 0)
                return -1;
            f->p += n;
        }
    }
    return f->depth == 0 ? 0 : -1;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The lines of a packet in order; NULL when it is odd or memory is short. */
static char **lines_of(const char *packet, bool (*skip)(const char *, size_t), struct buf *text,
                       size_t *count)
{
    struct flat *f = calloc(1, sizeof *f);
    char **list = NULL;

    if (f == NULL)
        return NULL;
    *f = (struct flat){.p = packet, .out = text, .skip = skip};
    if (packet_read(f) == 0 && !text->failed)
        list = calloc(f->lines + 1, sizeof *list);
    *count = 0;
    for (char *at = (char *)text->data; list != NULL && *count < f->lines;
         at = strchr(at, '\0') + 1) {
        list[(*count)++] = at;
        *strchr(at, '\n') = '\0';
    }
    free(f);
    if (list != NULL)
        qsort(list, *count, sizeof *list, by_text);
    return list;
}

bool xmp_same_properties(const char *a, const char *b, bool (*skip)(const char *name, size_t n))
{
    struct buf ta, tb;
    size_t na = 0, nb = 0;

    buf_init(&ta, strlen(a) * 2 + 4096);
    buf_init(&tb, strlen(b) * 2 + 4096);
    char **la = lines_of(a, skip, &ta, &na), **lb = lines_of(b, skip, &tb, &nb);
    bool same = la != NULL && lb != NULL && na == nb;
    for (size_t i = 0; same && i < na; i++)
        same = strcmp(la[i], lb[i]) == 0;
    free(la);
    free(lb);
    buf_free(&ta);
    buf_free(&tb);
    return same;
}
