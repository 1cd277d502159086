/* The XMP packet of the document: only the dates and the name of the writing program may change, or
 * come alone. */
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "verify/diff.h"

static const char *const dates[] = {"xmp:ModifyDate",   "xmp:MetadataDate", "pdf:Producer",
                                    "xmpMM:InstanceID", "x:xmptk",          NULL};

static bool is_date(const char *name, size_t n)
{
    for (size_t i = 0; dates[i] != NULL; i++) {
        if (strlen(dates[i]) == n && strncmp(dates[i], name, n) == 0)
            return true;
    }
    return false;
}

static bool is_frame(const char *name, size_t n)
{
    static const char *const frames[] = {"x:xmpmeta", "rdf:RDF", "rdf:Description",
                                         "rdf:about", "x:xmptk", NULL};

    for (size_t i = 0; frames[i] != NULL; i++) {
        if (strlen(frames[i]) == n && strncmp(frames[i], name, n) == 0)
            return true;
    }
    return n >= 6 && strncmp(name, "xmlns:", 6) == 0;
}

static bool is_known(const char *name, size_t n)
{
    return is_date(name, n) || is_frame(name, n);
}

/* Attributes of one element, from behind its name to behind its '>'; NULL when one is not of the
 * list. */
static const char *attributes_pass(const char *p)
{
    for (;;) {
        p += strspn(p, " \t\r\n/");
        if (*p == '>')
            return p + 1;
        size_t n = strcspn(p, "= \t\r\n>");
        if (n == 0 || p[n] != '=' || !is_known(p, n) || (p[n + 1] != '"' && p[n + 1] != '\''))
            return NULL;
        const char *end = strchr(p + n + 2, p[n + 1]);
        if (end == NULL)
            return NULL;
        p = end + 1;
    }
}

/* A packet that holds nothing but the frame and dates: what some writing programs add to a document
 * without metadata. */
static bool xmp_only_dates(const char *p)
{
    bool in_date = false;

    while (*p != '\0') {
        if (strncmp(p, "<?", 2) == 0) {
            p = strstr(p, "?>");
            if (p == NULL)
                return false;
            p += 2;
        } else if (*p == '<' && p[1] == '/') {
            in_date = false;
            p = strchr(p, '>');
            if (p == NULL)
                return false;
            p++;
        } else if (*p == '<') {
            size_t n = strcspn(++p, " \t\r\n/>");
            if (!is_known(p, n))
                return false;
            in_date = is_date(p, n);
            p = attributes_pass(p + n);
            if (p == NULL)
                return false;
        } else if (in_date || strchr(" \t\r\n", *p) != NULL || (unsigned char)*p == 0xef ||
                   (unsigned char)*p == 0xbb || (unsigned char)*p == 0xbf) {
            p++;
        } else {
            return false;
        }
    }
    return true;
}

/* Cuts what writing programs renew out of the XMP packet: the values of these properties, as
 * elements or attributes. */
/* A value without white space or brackets: as content of a page, should a page use the same stream,
 * it would draw nothing. A stream that was replaced in its place keeps the name of its program. */
static bool may_change(const char *name, const char *from, const char *to, bool careful)
{
    if (careful && strcmp(name, "pdf:Producer") == 0)
        return false;
    return !careful || strcspn(from, " \t\r\n\f()<>[]{}/%") >= (size_t)(to - from);
}

static void xmp_without_dates(struct buf *xmp, bool careful)
{
    char *text = (char *)xmp->data;

    for (size_t i = 0; text != NULL && dates[i] != NULL; i++) {
        for (char *at = text; (at = strstr(at, dates[i])) != NULL;) {
            char *from = at + strlen(dates[i]), *to;
            if (*from == '>' && at > text && at[-1] == '/')
                from = to = at + strlen(dates[i]) + 1; /* the end of one; nothing to cut */
            else if (*from == '>')
                to = strchr(++from, '<');
            else if (from[0] == '=' && (from[1] == '"' || from[1] == '\''))
                to = strchr(from + 2, from[1]), from += 2;
            else
                to = NULL;
            if (to == NULL)
                break;
            if (!may_change(dates[i], from, to, careful)) {
                at = to;
                continue;
            }
            memmove(from, to, strlen(to) + 1);
            at = from;
        }
    }
    if (text != NULL)
        xmp->len = strlen(text);
}

/* How the packet is stored may change, what else its dictionary says not. */
static bool same_dictionary(struct diff *d, const struct pdf_value *a, const struct pdf_value *b)
{
    static const char *const storage[] = {"Length", "Filter", "DecodeParms", "DL"};
    struct pdf_value *side[2] = {NULL, NULL};
    bool same = pdf_load(d->pdf, pdf_ref_of(a), d->from, &side[0], NULL) == 0 &&
                pdf_load(d->pdf, pdf_ref_of(b), d->to, &side[1], NULL) == 0;

    for (int s = 0; s < 2 && same; s++) {
        const struct pdf_value *own = pdf_dict_of(side[s]), *other = pdf_dict_of(side[1 - s]);
        same = own != NULL && !own->doubled;
        for (size_t i = 0; i < pdf_count(own) && same; i++) {
            const char *key = pdf_entry_at(own, i)->key;
            bool stored = false;
            for (size_t k = 0; k < sizeof storage / sizeof storage[0]; k++)
                stored = stored || strcmp(storage[k], key) == 0;
            same = stored || diff_same(d, &pdf_entry_at(own, i)->value, pdf_key(other, key));
        }
    }
    pdf_value_free(side[0]);
    pdf_value_free(side[1]);
    return same;
}

static int xmp_load(struct diff *d, const struct pdf_value *v, int revision, struct buf *out,
                    struct err *e)
{
    struct pdf_value *stream = NULL;
    int rc = 0;

    if (v == NULL || pdf_ref_of(v).num == 0)
        return 0;
    rc = pdf_load(d->pdf, pdf_ref_of(v), revision, &stream, e);
    if (rc == 0 && pdf_is(stream, PDF_STREAM))
        rc = pdf_stream_data(d->pdf, stream, revision, PDF_DECODE_ALL, out->max, out, e);
    pdf_value_free(stream);
    return rc;
}

int diff_metadata(struct diff *d, const struct pdf_value *old, const struct pdf_value *now,
                  struct err *e)
{
    const struct pdf_value *a = pdf_key(old, "Metadata"), *b = pdf_key(now, "Metadata");
    uint32_t num = pdf_ref_of(b).num;
    struct buf xa, xb;
    int rc = -1;

    buf_init(&xa, (size_t)ceilings.pdf_object_bytes);
    buf_init(&xb, (size_t)ceilings.pdf_object_bytes);
    if (a == NULL && b == NULL)
        return 0;
    if (diff_same(d, a, b) && !diff_changed(d, num))
        return 0;
    if (xmp_load(d, a, d->from, &xa, e) != 0 || xmp_load(d, b, d->to, &xb, e) != 0)
        goto out;
    bool clean = xb.len > 0 && memchr(xb.data, 0, xb.len) == NULL;
    bool whole = clean && xa.len > 0 && memchr(xa.data, 0, xa.len) == NULL;
    bool in_place = a != NULL && pdf_ref_of(a).num == num;
    /* where something else refers to the packet it might be shown */
    bool careful = in_place && (awaited_shared(d->awaited, num) || awaited_drawn(d->awaited, num));
    bool alike =
        a != NULL && whole && !careful && xmp_same_properties(buf_str(&xa), buf_str(&xb), is_date);
    if (a != NULL) {
        xmp_without_dates(&xa, careful);
        xmp_without_dates(&xb, careful);
    }
    bool same = a == NULL ? clean && xmp_only_dates(buf_str(&xb))
                          : whole && xa.len == xb.len && memcmp(xa.data, xb.data, xa.len) == 0;
    same = (same || alike) && (!in_place || same_dictionary(d, a, b));
    if (in_place || diff_is_new(d, num))
        diff_explain(d, num);
    rc = diff_add(d, same ? GRADE_ALWAYS : GRADE_NEVER, same ? "metadata-dates" : "metadata", NULL,
                  NULL, e);
out:
    buf_free(&xa);
    buf_free(&xb);
    return rc;
}
