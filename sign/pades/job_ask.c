#include <string.h>

#include "base/ceilings.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "sign/pades/job.h"
#include "x509/cert.h"

/* x, y, width, height in points to x0, y0, x1, y1 in thousandths: JSON here knows whole numbers
 * only. */
static struct jv *rect_json(const double rect[4])
{
    const double corners[4] = {rect[0], rect[1], rect[0] + rect[2], rect[1] + rect[3]};
    struct jv *a = jv_array();

    for (size_t i = 0; i < 4; i++)
        jv_add_take(a, jv_int((int64_t)(corners[i] * 1000 + (corners[i] < 0 ? -0.5 : 0.5))));
    return a;
}

static struct jv *size_json(const double size[2])
{
    struct jv *a = jv_array();

    for (size_t i = 0; i < 2; i++)
        jv_add_take(a, jv_int((int64_t)(size[i] * 1000 + 0.5)));
    return a;
}

int job_put_password(struct jv *ask, const unsigned char *password, size_t n, struct err *e)
{
    struct jv *hex = n > 0 ? jv_hex(password, n) : jv_null();

    if (hex == NULL)
        return err_set_memory(e);
    jv_put_take(ask, "password", hex);
    return 0;
}

/* What a QR code says beside name and time. */
static void put_code(struct jv *o, const struct pades_spec *spec, const struct cms_plan *plan,
                     const char *input_sha256)
{
    jv_put_bool(o, "code", spec->code);
    jv_put_text(o, "code_alt", spec->code_alt);
    jv_put_text(o, "input_sha256", input_sha256);
    jv_put_text(o, "cert_sha256", plan->leaf->sha256);
}

/* Their digests are enough to compare them with those that a seed value names. */
static int put_chain(struct jv *o, const struct der_list *chain, struct err *e)
{
    struct jv *list = jv_array();
    char sha256[DIGEST_HEX_MAX];
    int rc = 0;

    for (size_t i = 0; i < chain->count && rc == 0; i++) {
        rc = digest_bytes_hex(chain->items[i].data, chain->items[i].len, sha256, e);
        if (rc == 0)
            jv_add_text(list, sha256);
    }
    jv_put_take(o, "chain", list);
    return rc;
}

int job_ask_print(const struct pades_spec *spec, const struct cms_plan *plan, size_t hole,
                  bool stamped, const char *input_sha256, struct buf *out, struct err *e)
{
    struct jv *o = jv_object(), *lines = jv_array();
    int rc;

    jv_put_text(o, "kind", "signature");
    jv_put_int(o, "hole", (int64_t)hole);
    jv_put_text(o, "field", spec->field);
    jv_put_bool(o, "existing", spec->existing);
    jv_put_int(o, "page", spec->page);
    jv_put_text(o, "place", spec->place);
    jv_put_take(o, "rect", rect_json(spec->rect));
    jv_put_text(o, "after_text", spec->after_text);
    jv_put_take(o, "size", size_json(spec->size));
    jv_put_text(o, "reason", spec->reason);
    jv_put_text(o, "location", spec->location);
    jv_put_text(o, "contact", spec->contact);
    jv_put_int(o, "certify", spec->certify);
    jv_put_int(o, "time", spec->signing_time);
    jv_put_bool(o, "stamped", stamped);
    for (size_t i = 0; i < spec->nlines; i++)
        jv_add_text(lines, spec->lines[i]);
    jv_put_take(o, "lines", lines);
    jv_put_bool(o, "image", spec->image != NULL);
    jv_put_text(o, "image_alt", spec->image_alt);
    if (spec->code)
        put_code(o, spec, plan, input_sha256);
    jv_put_text(o, "digest", digest_name(plan->alg.digest));
    jv_put_int(o, "usage", plan->leaf->usage);
    rc = put_chain(o, &plan->chain, e);
    if (rc == 0 && spec->password != NULL)
        rc = job_put_password(o, spec->password, spec->password_len, e);
    if (rc == 0)
        rc = jv_print(o, false, out, e);
    jv_free(o);
    return rc;
}

static int text_copy(const struct jv *reply, const char *key, char **out, struct err *e)
{
    const char *s = jv_get_text(reply, key);

    if (s == NULL)
        return 0;
    *out = strdup(s);
    return *out != NULL ? 0 : err_set_memory(e);
}

void job_put_marks(struct jv *o, const struct pdf_update_marks *m)
{
    struct jv *ranges = jv_array();

    jv_put_int(o, "base", m->base);
    jv_put_int(o, "size", m->size);
    jv_put_int(o, "hole_start", m->hole_start);
    jv_put_int(o, "hole_end", m->hole_end);
    jv_put_int(o, "ranges_start", m->ranges_start);
    jv_put_int(o, "ranges_end", m->ranges_end);
    for (size_t i = 0; i < 4; i++)
        jv_add_take(ranges, jv_int(m->range[i]));
    jv_put_take(o, "range", ranges);
}

int job_reply_read(const struct jv *reply, struct pdf_update_marks *m, struct pades_facts *facts,
                   struct err *e)
{
    const struct jv *range = jv_get(reply, "range");

    m->base = jv_get_int(reply, "base", -1);
    m->size = jv_get_int(reply, "size", -1);
    m->hole_start = jv_get_int(reply, "hole_start", -1);
    m->hole_end = jv_get_int(reply, "hole_end", -1);
    m->ranges_start = jv_get_int(reply, "ranges_start", -1);
    m->ranges_end = jv_get_int(reply, "ranges_end", -1);
    for (size_t i = 0; i < 4; i++)
        m->range[i] = jv_num(jv_at(range, i), -1);
    if (m->hole_end - m->hole_start > 2 * ceilings.cms_bytes + 2)
        return err_set_bug(e, "job_reply_read: hole");
    if (facts == NULL)
        return 0;
    facts->pages = jv_get_int(reply, "pages", 0);
    facts->signatures = jv_get_int(reply, "signatures", 0);
    facts->visible = jv_get_bool(reply, "visible");
    facts->page = jv_get_int(reply, "page", 0);
    facts->notes = jv_keep(jv_get(reply, "notes"));
    facts->scan = jv_keep(jv_get(reply, "scan"));
    if (text_copy(reply, "title", &facts->title, e) != 0 ||
        text_copy(reply, "result", &facts->result, e) != 0 ||
        text_copy(reply, "auditor", &facts->auditor, e) != 0 ||
        text_copy(reply, "field", &facts->field, e) != 0)
        return -1;
    return 0;
}
