/* Seed values (ISO 32000-2 12.7.5.5, Tables 237 and 238): what the document's author demands of the
 * signature in a field. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/text.h"
#include "sign/pades/prepare.h"

enum {
    FF_FILTER = 1 << 0,
    FF_SUBFILTER = 1 << 1,
    FF_V = 1 << 2,
    FF_REASONS = 1 << 3,
    FF_LEGAL = 1 << 4,
    FF_REVOCATION = 1 << 5,
    FF_DIGEST = 1 << 6,
    FF_LOCK = 1 << 7,
    FF_APPEARANCE = 1 << 8
};
enum { REASONS_MAX = 400 }; /* longer lists are not told */
enum {
    CERT_SUBJECT = 1 << 0,
    CERT_ISSUER = 1 << 1,
    CERT_OID = 1 << 2,
    CERT_DN = 1 << 3,
    CERT_USAGE = 1 << 5,
    CERT_URL = 1 << 6
};

enum { URL_MAX = 200 };
#define URL_BYTES                                                                                  \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%"

struct seed {
    struct prepare *p;
    const struct pdf_value *sv;
    struct err *e;
};

static const struct pdf_value *get(const struct seed *s, const struct pdf_value *dict,
                                   const char *key)
{
    return pdf_get(s->p->pdf, dict, key, PDF_LATEST, s->e);
}

static int refuse(const struct seed *s, const char *what)
{
    return err_set(s->e, ERR_SIGNATURE, "err.sign-pades.seed", s->p->chosen_name, what, NULL);
}

static bool has_text(const struct seed *s, const struct pdf_value *array, const char *wanted)
{
    for (size_t i = 0; i < pdf_count(array); i++) {
        const struct pdf_value *one = pdf_get_at(s->p->pdf, array, i, PDF_LATEST, s->e);
        bool same = false;
        if (pdf_is(one, PDF_NAME)) {
            same = pdf_is_name(one, wanted);
        } else if (one != NULL) {
            char *text = pdf_text_dup(one, NULL);
            same = text != NULL && strcmp(text, wanted) == 0;
            free(text);
        }
        if (same)
            return true;
    }
    return false;
}

static bool has_digest(const struct seed *s, const struct pdf_value *array, enum digest_kind kind)
{
    for (size_t i = 0; i < pdf_count(array); i++) {
        const struct pdf_value *one = pdf_get_at(s->p->pdf, array, i, PDF_LATEST, s->e);
        char *text = one != NULL ? pdf_text_dup(one, NULL) : NULL;
        bool same = text != NULL && digest_from_name(text) == kind;
        free(text);
        if (same)
            return true;
    }
    return false;
}

static int seed_formats(const struct seed *s, int64_t ff)
{
    const struct pdf_value *filter = get(s, s->sv, "Filter"), *sub = get(s, s->sv, "SubFilter");
    double version = pdf_number(get(s, s->sv, "V"), 1);

    if ((ff & FF_FILTER) != 0 && filter != NULL && !pdf_is_name(filter, "Adobe.PPKLite"))
        return refuse(s, "/Filter");
    if ((ff & FF_SUBFILTER) != 0 && sub != NULL && !has_text(s, sub, "ETSI.CAdES.detached"))
        return refuse(s, "/SubFilter");
    if ((ff & FF_V) != 0 && version > 3)
        return refuse(s, "/V");
    return 0;
}

static int seed_digest(const struct seed *s, int64_t ff)
{
    const char *name = jv_get_text(s->p->ask, "digest");
    const struct pdf_value *list = get(s, s->sv, "DigestMethod");

    if (list == NULL || name == NULL || has_digest(s, list, digest_from_name(name)))
        return 0;
    if ((ff & FF_DIGEST) != 0)
        return refuse(s, "/DigestMethod");
    prepare_note(s->p, "seed-digest", name);
    return 0;
}

/* With the reasons that are allowed, to be given with --reason. */
static int refuse_reason(const struct seed *s, const struct pdf_value *list)
{
    struct buf all = BUF_INIT(REASONS_MAX);
    int rc;

    buf_text(&all, "/Reasons:");
    for (size_t i = 0; i < pdf_count(list); i++) {
        const struct pdf_value *one = pdf_get_at(s->p->pdf, list, i, PDF_LATEST, s->e);
        char *text = one != NULL ? pdf_text_dup(one, NULL) : NULL;
        if (text != NULL)
            buf_format(&all, "%s “%s”", i > 0 ? "," : "", text);
        free(text);
    }
    rc = refuse(s, buf_check(&all, NULL) == 0 ? buf_str(&all) : "/Reasons");
    buf_free(&all);
    return rc;
}

/* No list, or one of the one text ".", asks for no reason at all. */
static int seed_reason(const struct seed *s, int64_t ff)
{
    const char *reason = jv_get_text(s->p->ask, "reason");
    const struct pdf_value *list = get(s, s->sv, "Reasons");
    bool given = reason != NULL && *reason != '\0';

    if ((ff & FF_REASONS) == 0 || (list != NULL && pdf_count(list) == 0))
        return 0;
    if (list == NULL)
        return given ? refuse(s, "/Reasons") : 0;
    if (pdf_count(list) == 1 && has_text(s, list, "."))
        return given ? refuse(s, "/Reasons") : 0;
    return given && has_text(s, list, reason) ? 0 : refuse_reason(s, list);
}

static int seed_certification(const struct seed *s, int64_t ff)
{
    const struct pdf_value *mdp = get(s, s->sv, "MDP");
    int64_t wanted = mdp != NULL ? pdf_int(get(s, mdp, "P"), -1) : -1;

    if ((ff & FF_LEGAL) != 0 && s->p->certify > 0 && get(s, s->sv, "LegalAttestation") != NULL)
        return refuse(s, "/LegalAttestation");
    if (wanted < 0 || wanted > 3 || wanted == s->p->certify)
        return 0;
    if (wanted == 0 || s->p->certify > 0 || s->p->form.signed_count > 0)
        return refuse(s, "/MDP");
    s->p->certify = (int)wanted; /* obeyed: the field is for a certification */
    prepare_note(s->p, "seed-certify", NULL);
    return 0;
}

static int seed_rest(const struct seed *s, int64_t ff)
{
    const struct pdf_value *stamp = get(s, s->sv, "TimeStamp");

    if (stamp != NULL && pdf_int(get(s, stamp, "Ff"), 0) == 1 && !jv_get_bool(s->p->ask, "stamped"))
        return refuse(s, "/TimeStamp");
    if (pdf_bool(get(s, s->sv, "AddRevInfo"), false)) {
        /* inside the signature value: EN 319 142-1 has them in the DSS, whatever the level */
        if ((ff & FF_REVOCATION) != 0)
            return refuse(s, text("sign-pades.seed-revocation"));
        prepare_note(s->p, "seed-revocation", NULL);
    }
    if ((ff & FF_LOCK) != 0 && pdf_is_name(get(s, s->sv, "LockDocument"), "true"))
        return refuse(s, "/LockDocument");
    if ((ff & FF_APPEARANCE) != 0 && get(s, s->sv, "AppearanceFilter") != NULL)
        return refuse(s, "/AppearanceFilter");
    return 0;
}

/* Whether one of the certificates of `list` (DER strings) is among the signer's chain from..to. */
static bool has_cert(const struct seed *s, const struct pdf_value *list, size_t from, size_t to)
{
    const struct jv *chain = jv_get(s->p->ask, "chain");
    char sha256[DIGEST_HEX_MAX];

    for (size_t i = 0; i < pdf_count(list); i++) {
        size_t n = 0;
        const unsigned char *der = pdf_bytes(pdf_get_at(s->p->pdf, list, i, PDF_LATEST, s->e), &n);
        if (der == NULL || digest_bytes_hex(der, n, sha256, NULL) != 0)
            continue;
        for (size_t k = from; k < jv_count(chain) && k < to; k++) {
            const char *own = jv_str(jv_at(chain, k));
            if (own != NULL && strcmp(own, sha256) == 0)
                return true;
        }
    }
    return false;
}

/* Each text is one row of '1', '0' or 'X' for the bits of the extension in order (Table 238). */
static bool usage_fits(const struct seed *s, const struct pdf_value *list)
{
    int64_t usage = jv_get_int(s->p->ask, "usage", 0);

    for (size_t i = 0; i < pdf_count(list); i++) {
        size_t n = 0;
        const unsigned char *row = pdf_bytes(pdf_get_at(s->p->pdf, list, i, PDF_LATEST, s->e), &n);
        bool fits = row != NULL;
        for (size_t k = 0; fits && k < n && k < 9; k++) {
            bool set = (usage >> k & 1) != 0;
            fits = row[k] == 'X' || row[k] == 'x' || (row[k] == '1') == set;
        }
        if (fits)
            return true;
    }
    return false;
}

/* Where a person may get a certificate that fits, as the author says; NULL when that cannot be
 * shown. */
static char *enrolment(const struct seed *s, const struct pdf_value *cert)
{
    const struct pdf_value *url = get(s, cert, "URL"), *type = get(s, cert, "URLType");
    char *text = url != NULL && (type == NULL || pdf_is_name(type, "Browser"))
                     ? pdf_text_dup(url, NULL)
                     : NULL;

    if (text != NULL && strspn(text, URL_BYTES) == strlen(text) && strlen(text) <= URL_MAX &&
        (strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0))
        return text;
    free(text);
    return NULL;
}

static int refuse_certificate(const struct seed *s, const struct pdf_value *cert, const char *what)
{
    char *url = enrolment(s, cert), all[URL_MAX + 300];

    text_say(text_lang_get(), all, sizeof all,
             url != NULL ? "sign-pades.seed-enrol" : "sign-pades.seed-cert", what, url, NULL);
    free(url);
    return refuse(s, all);
}

/* Bit 7 is about the address: of a page where certificates are to be had it demands nothing; other
 * kinds (a server that keeps the key) name the only key that may sign. */
static bool other_server(const struct seed *s, const struct pdf_value *cert, int64_t ff)
{
    const struct pdf_value *type = get(s, cert, "URLType");

    return (ff & CERT_URL) != 0 && get(s, cert, "URL") != NULL && type != NULL &&
           !pdf_is_name(type, "Browser");
}

static int seed_certificate(const struct seed *s)
{
    const struct pdf_value *cert = get(s, s->sv, "Cert");
    int64_t ff = pdf_int(get(s, cert, "Ff"), 0);

    if (cert == NULL || ff == 0)
        return 0;
    if ((ff & CERT_SUBJECT) != 0 && !has_cert(s, get(s, cert, "Subject"), 0, 1))
        return refuse_certificate(s, cert, "/Cert /Subject");
    if ((ff & CERT_ISSUER) != 0 && !has_cert(s, get(s, cert, "Issuer"), 1, SIZE_MAX))
        return refuse_certificate(s, cert, "/Cert /Issuer");
    if ((ff & CERT_USAGE) != 0 && !usage_fits(s, get(s, cert, "KeyUsage")))
        return refuse_certificate(s, cert, "/Cert /KeyUsage");
    if ((ff & (CERT_OID | CERT_DN)) != 0) /* not understood means not obeyed */
        return refuse(s, (ff & CERT_OID) != 0 ? "/Cert /OID" : "/Cert /SubjectDN");
    if (other_server(s, cert, ff))
        return refuse(s, "/Cert /URL");
    return 0;
}

int prepare_seed(struct prepare *p, struct err *e)
{
    struct err local = ERR_INIT;
    struct seed s = {p, NULL, e != NULL ? e : &local};

    if (p->chosen == NULL || p->timestamp)
        return 0;
    s.sv = pdf_get(p->pdf, p->chosen->dict, "SV", PDF_LATEST, s.e);
    if (s.sv == NULL)
        return err_is_set(s.e) ? -1 : 0;
    int64_t ff = pdf_int(get(&s, s.sv, "Ff"), 0);
    if (seed_formats(&s, ff) != 0 || seed_digest(&s, ff) != 0 || seed_reason(&s, ff) != 0 ||
        seed_certification(&s, ff) != 0 || seed_rest(&s, ff) != 0 || seed_certificate(&s) != 0)
        return -1;
    return err_is_set(s.e) ? -1 : 0;
}
