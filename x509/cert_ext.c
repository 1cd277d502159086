/* Extensions of a certificate. */
#include <openssl/asn1t.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "x509/cert.h"
#include "x509/cert_part.h"

enum { URLS_MAX = 16, POLICIES_MAX = 64, OID_TEXT = 128 };

/* EN 319 412-5 4.2: QCStatement ::= SEQUENCE { statementId OID, statementInfo ANY OPTIONAL } */
struct qc_statement {
    ASN1_OBJECT *id;
    ASN1_TYPE *info;
};
typedef struct qc_statement QC_STATEMENT; /* OpenSSL's template macros want one */
ASN1_SEQUENCE(QC_STATEMENT) = {ASN1_SIMPLE(QC_STATEMENT, id, ASN1_OBJECT),
                               ASN1_OPT(QC_STATEMENT, info,
                                        ASN1_ANY)} static_ASN1_SEQUENCE_END(QC_STATEMENT)
    DEFINE_STACK_OF(QC_STATEMENT)
        ASN1_ITEM_TEMPLATE(QC_STATEMENTS) = ASN1_EX_TEMPLATE_TYPE(ASN1_TFLG_SEQUENCE_OF, 0,
                                                                  QC_STATEMENTS, QC_STATEMENT)
            static_ASN1_ITEM_TEMPLATE_END(QC_STATEMENTS)
                ASN1_ITEM_TEMPLATE(QC_TYPES) = ASN1_EX_TEMPLATE_TYPE(ASN1_TFLG_SEQUENCE_OF, 0,
                                                                     QC_TYPES, ASN1_OBJECT)
                    static_ASN1_ITEM_TEMPLATE_END(QC_TYPES)

                        static int texts_add(struct cert_texts * t, size_t max, const char *s,
                                             size_t n, struct err *e)
{
    if (t->count >= max)
        return 0;
    for (size_t i = 0; i < t->count; i++) {
        if (strlen(t->items[i]) == n && memcmp(t->items[i], s, n) == 0)
            return 0;
    }
    char **more = realloc(t->items, (t->count + 1) * sizeof *more);
    if (more == NULL)
        return err_set_memory(e);
    t->items = more;
    t->items[t->count] = strndup(s, n);
    if (t->items[t->count] == NULL)
        return err_set_memory(e);
    t->count++;
    return 0;
}

/* Only http and https: LDAP and file addresses of certificates are never followed. */
static int url_add(struct cert_texts *t, const GENERAL_NAME *name, struct err *e)
{
    if (name->type != GEN_URI)
        return 0;
    const char *s = (const char *)ASN1_STRING_get0_data(name->d.uniformResourceIdentifier);
    size_t n = (size_t)ASN1_STRING_length(name->d.uniformResourceIdentifier);
    if (n < 8 || n > 2048 ||
        (strncasecmp(s, "http://", 7) != 0 && strncasecmp(s, "https://", 8) != 0))
        return 0;
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)s[i] <= ' ' || (unsigned char)s[i] >= 0x7f)
            return 0;
    }
    return texts_add(t, URLS_MAX, s, n, e);
}

static int read_aia(struct cert *c, struct err *e)
{
    AUTHORITY_INFO_ACCESS *aia = X509_get_ext_d2i(c->x509, NID_info_access, NULL, NULL);
    int rc = 0;

    for (int i = 0; rc == 0 && i < sk_ACCESS_DESCRIPTION_num(aia); i++) {
        const ACCESS_DESCRIPTION *one = sk_ACCESS_DESCRIPTION_value(aia, i);
        int nid = OBJ_obj2nid(one->method);
        if (nid == NID_ad_OCSP)
            rc = url_add(&c->ocsp_urls, one->location, e);
        else if (nid == NID_ad_ca_issuers)
            rc = url_add(&c->issuer_urls, one->location, e);
    }
    AUTHORITY_INFO_ACCESS_free(aia);
    return rc;
}

static int points_add(struct cert_texts *out, const CRL_DIST_POINTS *points, struct err *e)
{
    int rc = 0;

    for (int i = 0; i < sk_DIST_POINT_num(points); i++) {
        const DIST_POINT *one = sk_DIST_POINT_value(points, i);
        if (one->distpoint == NULL || one->distpoint->type != 0)
            continue;
        GENERAL_NAMES *names = one->distpoint->name.fullname;
        for (int j = 0; rc == 0 && j < sk_GENERAL_NAME_num(names); j++)
            rc = url_add(out, sk_GENERAL_NAME_value(names, j), e);
    }
    return rc;
}

static int read_crl_points(const struct cert *c, int nid, struct cert_texts *out, struct err *e)
{
    CRL_DIST_POINTS *points = X509_get_ext_d2i(c->x509, nid, NULL, NULL);
    int rc = points_add(out, points, e);

    CRL_DIST_POINTS_free(points);
    return rc;
}

int cert_points_add(struct cert_texts *out, const unsigned char *der, size_t len, struct err *e)
{
    CRL_DIST_POINTS *points = d2i_CRL_DIST_POINTS(NULL, &der, (long)len);
    int rc = points_add(out, points, e);

    CRL_DIST_POINTS_free(points);
    ERR_clear_error();
    return rc;
}

static int read_policies(struct cert *c, struct err *e)
{
    CERTIFICATEPOLICIES *all = X509_get_ext_d2i(c->x509, NID_certificate_policies, NULL, NULL);
    int rc = 0;

    for (int i = 0; rc == 0 && i < sk_POLICYINFO_num(all); i++) {
        char oid[OID_TEXT];
        int n = OBJ_obj2txt(oid, sizeof oid, sk_POLICYINFO_value(all, i)->policyid, 1);
        if (n > 0 && n < (int)sizeof oid)
            rc = texts_add(&c->policies, POLICIES_MAX, oid, (size_t)n, e);
    }
    CERTIFICATEPOLICIES_free(all);
    return rc;
}

static void read_usage(struct cert *c)
{
    ASN1_BIT_STRING *bits = X509_get_ext_d2i(c->x509, NID_key_usage, NULL, NULL);

    c->usage = CERT_USAGE_ALL;
    if (bits == NULL && X509_get_ext_by_NID(c->x509, NID_key_usage, -1) < 0)
        return;
    c->usage_given = true;
    c->usage = 0;
    for (int i = 0; bits != NULL && i < 9; i++) {
        if (ASN1_BIT_STRING_get_bit(bits, i))
            c->usage |= 1u << i;
    }
    ASN1_BIT_STRING_free(bits);
}

static void read_eku(struct cert *c)
{
    static const struct {
        int nid;
        uint32_t bit;
    } known[] = {{NID_server_auth, CERT_EKU_SERVER},  {NID_client_auth, CERT_EKU_CLIENT},
                 {NID_email_protect, CERT_EKU_EMAIL}, {NID_time_stamp, CERT_EKU_TIME_STAMPING},
                 {NID_OCSP_sign, CERT_EKU_OCSP},      {NID_anyExtendedKeyUsage, CERT_EKU_ANY},
                 {NID_code_sign, CERT_EKU_CODE}};
    int critical = 0;
    EXTENDED_KEY_USAGE *eku = X509_get_ext_d2i(c->x509, NID_ext_key_usage, &critical, NULL);

    c->eku_given = X509_get_ext_by_NID(c->x509, NID_ext_key_usage, -1) >= 0;
    c->eku_critical = eku != NULL && critical == 1;
    for (int i = 0; i < sk_ASN1_OBJECT_num(eku); i++) {
        int nid = OBJ_obj2nid(sk_ASN1_OBJECT_value(eku, i));
        uint32_t bit = CERT_EKU_OTHER;
        for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
            if (known[k].nid == nid)
                bit = known[k].bit;
        }
        c->eku |= bit;
        c->eku_count++;
    }
    EXTENDED_KEY_USAGE_free(eku);
}

static void read_qc_types(struct cert *c, const ASN1_TYPE *info)
{
    const unsigned char *p;
    STACK_OF(ASN1_OBJECT) * types;

    if (info == NULL || info->type != V_ASN1_SEQUENCE)
        return;
    p = info->value.sequence->data;
    types = (STACK_OF(ASN1_OBJECT) *)ASN1_item_d2i(NULL, &p, info->value.sequence->length,
                                                   ASN1_ITEM_rptr(QC_TYPES));
    for (int i = 0; i < sk_ASN1_OBJECT_num(types); i++) {
        char oid[OID_TEXT];
        OBJ_obj2txt(oid, sizeof oid, sk_ASN1_OBJECT_value(types, i), 1);
        if (strcmp(oid, "0.4.0.1862.1.6.1") == 0)
            c->qc_types |= CERT_QC_ESIGN;
        else if (strcmp(oid, "0.4.0.1862.1.6.2") == 0)
            c->qc_types |= CERT_QC_ESEAL;
        else if (strcmp(oid, "0.4.0.1862.1.6.3") == 0)
            c->qc_types |= CERT_QC_WEB;
    }
    sk_ASN1_OBJECT_pop_free(types, ASN1_OBJECT_free);
}

static void read_qc(struct cert *c)
{
    int at = X509_get_ext_by_NID(c->x509, NID_qcStatements, -1);

    if (at < 0)
        return;
    const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(X509_get_ext(c->x509, at));
    const unsigned char *p = ASN1_STRING_get0_data(value);
    STACK_OF(QC_STATEMENT) *all = (STACK_OF(QC_STATEMENT) *)ASN1_item_d2i(
        NULL, &p, ASN1_STRING_length(value), ASN1_ITEM_rptr(QC_STATEMENTS));
    for (int i = 0; i < sk_QC_STATEMENT_num(all); i++) {
        const QC_STATEMENT *one = sk_QC_STATEMENT_value(all, i);
        char oid[OID_TEXT];
        OBJ_obj2txt(oid, sizeof oid, one->id, 1);
        if (strcmp(oid, "0.4.0.1862.1.1") == 0)
            c->qc_compliance = true;
        else if (strcmp(oid, "0.4.0.1862.1.4") == 0)
            c->qc_sscd = true;
        else if (strcmp(oid, "0.4.0.1862.1.6") == 0)
            read_qc_types(c, one->info);
    }
    ASN1_item_free((ASN1_VALUE *)all, ASN1_ITEM_rptr(QC_STATEMENTS));
}

static bool has_extension(const struct cert *c, const char *dotted)
{
    ASN1_OBJECT *oid = OBJ_txt2obj(dotted, 1);
    bool has = oid != NULL && X509_get_ext_by_OBJ(c->x509, oid, -1) >= 0;

    ASN1_OBJECT_free(oid);
    return has;
}

int cert_read_extensions(struct cert *c, struct err *e)
{
    BASIC_CONSTRAINTS *bc = X509_get_ext_d2i(c->x509, NID_basic_constraints, NULL, NULL);

    c->ca = bc != NULL && bc->ca != 0;
    BASIC_CONSTRAINTS_free(bc);
    c->no_revocation =
        !c->ca && (has_extension(c, "2.5.29.56") || has_extension(c, "0.4.0.194121.2.1"));
    c->no_check = X509_get_ext_by_NID(c->x509, NID_id_pkix_OCSP_noCheck, -1) >= 0;
    read_usage(c);
    read_eku(c);
    read_qc(c);
    if (read_aia(c, e) != 0 ||
        read_crl_points(c, NID_crl_distribution_points, &c->crl_urls, e) != 0 ||
        read_crl_points(c, NID_freshest_crl, &c->delta_urls, e) != 0)
        return -1;
    return read_policies(c, e);
}
