/* An XMP packet as its properties, whatever way a program wrote them: as attributes or elements, in
 * this order or that (XMP part 1, 7). Nothing is repaired: what is odd has no properties. */
#include <stdlib.h>
#include <string.h>

#include "verify/diff.h"

enum { DEPTH_MAX = 32, NAME_BYTES = 96, LINES_MAX = 4096, SPACES_MAX = 64 };

/* What prefixes stand for, in the whole packet: one that stands for two things is odd. */
struct spaces {
    struct {
        char prefix[NAME_BYTES];
        const char *uri; /* in the packet */
        size_t n;
    } items[SPACES_MAX];
    size_t count;
};

struct flat {
    const char *p;
    char open[DEPTH_MAX][NAME_BYTES]; /* elements around */
    int depth;
    struct buf *out; /* lines "property=value", one after the other */
    size_t lines;
    bool (*skip)(const char *name, size_t n);
    struct spaces *spaces;
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
    bool about = strcmp(name, "rdf:about") == 0; /* of what all of this is said */
    if (n == 0 || (is_syntax(name) && !about) || f->skip(name, strlen(name)))
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

static const char *uri_of(const struct spaces *s, const char *prefix, size_t *n)
{
    for (size_t i = 0; i < s->count; i++) {
        if (strcmp(s->items[i].prefix, prefix) == 0) {
            *n = s->items[i].n;
            return s->items[i].uri;
        }
    }
    return NULL;
}

/* "xmlns:PREFIX", or "xmlns" alone. */
static int space_add(struct spaces *s, const char *name, const char *uri, size_t n)
{
    const char *prefix = name[5] == ':' ? name + 6 : name + 5;
    size_t had = 0;
    const char *other = uri_of(s, prefix, &had);

    if (other != NULL)
        return had == n && memcmp(other, uri, n) == 0 ? 0 : -1;
    if (s->count == SPACES_MAX)
        return -1;
    strcpy(s->items[s->count].prefix, prefix);
    s->items[s->count].uri = uri;
    s->items[s->count++].n = n;
    return 0;
}

/* What both packets use stands for the same in both. */
static bool spaces_agree(const struct spaces *a, const struct spaces *b)
{
    for (size_t i = 0; i < a->count; i++) {
        size_t n = 0;
        const char *uri = uri_of(b, a->items[i].prefix, &n);
        if (uri != NULL && (n != a->items[i].n || memcmp(uri, a->items[i].uri, n) != 0))
            return false;
    }
    return true;
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
        if (end == NULL || line(f, name, f->p, (size_t)(end - f->p)) != 0 ||
            (starts(name, "xmlns") && space_add(f->spaces, name, f->p, (size_t)(end - f->p)) != 0))
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
                       struct spaces *spaces, size_t *count)
{
    struct flat *f = calloc(1, sizeof *f);
    char **list = NULL;

    if (f == NULL)
        return NULL;
    *f = (struct flat){.p = packet, .out = text, .skip = skip, .spaces = spaces};
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
    struct spaces *spaces = calloc(2, sizeof *spaces);
    size_t na = 0, nb = 0;

    if (spaces == NULL)
        return false;
    buf_init(&ta, strlen(a) * 2 + 4096);
    buf_init(&tb, strlen(b) * 2 + 4096);
    char **la = lines_of(a, skip, &ta, &spaces[0], &na);
    char **lb = lines_of(b, skip, &tb, &spaces[1], &nb);
    bool same = la != NULL && lb != NULL && na == nb && spaces_agree(&spaces[0], &spaces[1]);
    for (size_t i = 0; same && i < na; i++)
        same = strcmp(la[i], lb[i]) == 0;
    free(la);
    free(lb);
    free(spaces);
    buf_free(&ta);
    buf_free(&tb);
    return same;
}
