/* The verdicts as a validation report of ETSI TS 119 102-2 V1.2.1, valid by its schema. What the
 * standard has no word for stands under urn:paraphe:. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/escape.h"
#include "base/jv.h"
#include "verify/report.h"

static void element(struct buf *out, const char *name, const char *value)
{
    if (value == NULL)
        return;
    buf_format(out, "<%s>", name);
    escape_html(out, value);
    buf_format(out, "</%s>\n", name);
}

static void urn(struct buf *out, const char *name, const char *kind, const char *value)
{
    buf_format(out, "<%s>urn:%s:", name, kind);
    escape_html(out, value);
    buf_format(out, "</%s>\n", name);
}

/* "TOTAL-PASSED" to "urn:etsi:019102:mainindication:total-passed". */
static void indication(struct buf *out, const char *value, const char *sub)
{
    char lower[64] = "";

    buf_text(out, "<vr:MainIndication>urn:etsi:019102:mainindication:");
    for (size_t i = 0; value != NULL && i + 1 < sizeof lower && value[i] != '\0'; i++)
        lower[i] = value[i] >= 'A' && value[i] <= 'Z' ? (char)(value[i] + 32) : value[i];
    escape_html(out, lower);
    buf_text(out, "</vr:MainIndication>\n");
    if (sub != NULL && strcmp(sub, "MODIFIED") == 0)
        urn(out, "vr:SubIndication", "paraphe:subindication", sub);
    else if (sub != NULL)
        urn(out, "vr:SubIndication", "etsi:019102:subindication", sub);
}

static void digest(struct buf *out, const char *hex)
{
    unsigned char md[DIGEST_MAX];
    size_t n = hex != NULL ? strlen(hex) : 0;

    if (n == 0 || n % 2 != 0 || n / 2 > sizeof md || hex_decode(hex, n, md) != 0)
        return;
    buf_text(out, "<vr:DigestAlgAndValue><ds:DigestMethod "
                  "Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue>");
    base64_encode(out, md, n / 2);
    buf_text(out, "</ds:DigestValue></vr:DigestAlgAndValue>\n");
}

static void reference(struct buf *out, const char *name, const struct jv *cert)
{
    buf_format(out, "<vr:%s VOReference=\"cert-", name);
    escape_html(out, jv_get_text(cert, "sha256"));
    buf_text(out, "\"/>\n");
}

/* What a finding did to the indication, in the words of the standard. */
static const char *effect_of(const struct jv *finding)
{
    const char *effect = jv_get_text(finding, "effect");

    if (effect != NULL && strcmp(effect, "failed") == 0)
        return "FAILED";
    return effect != NULL && strcmp(effect, "indeterminate") == 0 ? "INDETERMINATE" : "PASSED";
}

static void constraints(struct buf *out, const struct jv *verdict, const struct jv *s)
{
    const struct jv *findings = jv_get(s, "findings");

    buf_text(out, "<vr:ValidationConstraintsEvaluationReport>\n<vr:SignatureValidationPolicy>\n"
                  "<vr:SignaturePolicyIdentifier><xades:SignaturePolicyImplied/>"
                  "</vr:SignaturePolicyIdentifier>\n");
    element(out, "vr:PolicyName", jv_get_text(verdict, "policy"));
    buf_text(out, "</vr:SignatureValidationPolicy>\n");
    for (size_t i = 0; i < jv_count(findings); i++) {
        const struct jv *f = jv_at(findings, i);
        buf_text(out, "<vr:ValidationConstraint>\n");
        urn(out, "vr:ValidationConstraintIdentifier", "paraphe:finding", jv_get_text(f, "code"));
        buf_text(out, "<vr:ValidationConstraintParameter><vr:Type>urn:paraphe:clause</vr:Type>");
        element(out, "vr:Value", jv_get_text(f, "clause") != NULL ? jv_get_text(f, "clause") : "");
        buf_text(out, "</vr:ValidationConstraintParameter>\n<vr:ConstraintStatus><vr:Status>"
                      "urn:etsi:019102:constraintStatus:applied</vr:Status></vr:ConstraintStatus>\n"
                      "<vr:ValidationStatus>\n");
        indication(out, effect_of(f), NULL);
        buf_text(out, "</vr:ValidationStatus>\n");
        element(out, "vr:Indications", jv_get_text(f, "sentence"));
        buf_text(out, "</vr:ValidationConstraint>\n");
    }
    buf_text(out, "</vr:ValidationConstraintsEvaluationReport>\n");
}

static void times(struct buf *out, const struct jv *verdict, const struct jv *s)
{
    const char *now = jv_get_text(verdict, "validation_time");
    const char *best = jv_get_text(s, "best_signature_time");

    buf_text(out, "<vr:ValidationTimeInfo>\n");
    element(out, "vr:ValidationTime", now);
    buf_text(out, "<vr:BestSignatureTime>\n");
    element(out, "vr:POETime", best != NULL ? best : now);
    buf_text(out, "<vr:TypeOfProof>urn:etsi:019102:poetype:validation</vr:TypeOfProof>\n"
                  "</vr:BestSignatureTime>\n</vr:ValidationTimeInfo>\n");
}

static void attributes(struct buf *out, const struct jv *s)
{
    const char *claimed = jv_get_text(s, "claimed_time"), *filter = jv_get_text(s, "sub_filter");
    const char *type = jv_get_text(s, "type");
    const struct jv *stamps = jv_get(s, "timestamps");
    bool own = type != NULL && strcmp(type, "document-timestamp") == 0;

    buf_text(out, "<vr:SignatureAttributes>\n<vr:SubFilter Signed=\"true\">\n");
    element(out, "vr:SubFilterElement", filter != NULL ? filter : "");
    buf_text(out, "</vr:SubFilter>\n");
    if (claimed != NULL) {
        buf_text(out, "<vr:SigningTime Signed=\"true\">");
        element(out, "vr:Time", claimed);
        buf_text(out, "</vr:SigningTime>\n");
    }
    for (size_t i = 0; i < jv_count(stamps); i++) {
        const char *when = jv_get_text(jv_at(stamps, i), "time");
        const char *name = own ? "vr:DocTimeStamp" : "vr:SignatureTimeStamp";
        if (when == NULL)
            continue;
        buf_format(out, "<%s Signed=\"false\">", name);
        element(out, "vr:TimeStampValue", when);
        buf_format(out, "</%s>\n", name);
    }
    buf_text(out, "</vr:SignatureAttributes>\n");
}

static void quality(struct buf *out, const struct jv *s)
{
    const char *level = jv_get_text(s, "level"), *qualified = jv_get_text(s, "qualification");

    if (level == NULL && qualified == NULL)
        return;
    buf_text(out, "<vr:SignatureQuality>\n");
    if (level != NULL)
        urn(out, "vr:SignatureQualityInformation", "paraphe:level", level);
    if (qualified != NULL)
        urn(out, "vr:SignatureQualityInformation", "paraphe:qualification", qualified);
    buf_text(out, "</vr:SignatureQuality>\n");
}

static void chain(struct buf *out, const struct jv *certs)
{
    size_t n = jv_count(certs);

    if (n == 0)
        return;
    buf_text(out, "<vr:CertificateChain>\n");
    for (size_t i = 0; i < n; i++)
        reference(out, i == 0 ? "SigningCertificate" : "IntermediateCertificate", jv_at(certs, i));
    buf_text(out, "</vr:CertificateChain>\n");
}

static void changes(struct buf *out, const struct jv *list)
{
    if (jv_count(list) == 0)
        return;
    buf_text(out, "<vr:AdditionalValidationReportData>\n");
    for (size_t i = 0; i < jv_count(list); i++) {
        const struct jv *c = jv_at(list, i);
        buf_format(out, "<vr:ReportData><vr:Type>urn:paraphe:change:%s:revision-%lld:",
                   jv_get_bool(c, "allowed") ? "allowed" : "not-allowed",
                   (long long)jv_get_int(c, "revision", 0));
        escape_html(out, jv_get_text(c, "kind"));
        buf_text(out, "</vr:Type>");
        element(out, "vr:Value", jv_get_text(c, "sentence"));
        buf_text(out, "</vr:ReportData>\n");
    }
    buf_text(out, "</vr:AdditionalValidationReportData>\n");
}

static void signature(struct buf *out, const struct jv *verdict, const struct jv *s)
{
    const struct jv *signer = jv_get(s, "signer");

    buf_text(out, "<vr:SignatureValidationReport>\n<vr:SignatureIdentifier>\n"
                  "<vr:HashOnly>false</vr:HashOnly>\n<vr:DocHashOnly>false</vr:DocHashOnly>\n");
    element(out, "vr:DAIdentifier", jv_get_text(s, "field"));
    buf_text(out, "</vr:SignatureIdentifier>\n");
    constraints(out, verdict, s);
    times(out, verdict, s);
    buf_text(out, "<vr:SignersDocument>\n");
    digest(out, jv_get_text(verdict, "sha256"));
    buf_text(out, "</vr:SignersDocument>\n");
    attributes(out, s);
    if (jv_is_object(signer)) {
        buf_text(out, "<vr:SignerInformation>\n");
        reference(out, "SignerCertificate", signer);
        element(out, "vr:Signer", jv_get_text(signer, "subject"));
        buf_text(out, "</vr:SignerInformation>\n");
    }
    quality(out, s);
    buf_text(out, "<vr:SignatureValidationProcess><vr:SignatureValidationProcessID>"
                  "urn:etsi:019102:validationprocess:LTA</vr:SignatureValidationProcessID>"
                  "</vr:SignatureValidationProcess>\n<vr:SignatureValidationStatus>\n");
    indication(out, jv_get_text(s, "indication"), jv_get_text(s, "sub_indication"));
    buf_text(out, "<vr:AssociatedValidationReportData>\n");
    chain(out, jv_get(s, "chain"));
    changes(out, jv_get(s, "changes"));
    buf_text(out, "</vr:AssociatedValidationReportData>\n</vr:SignatureValidationStatus>\n"
                  "</vr:SignatureValidationReport>\n");
}

/* A file without signatures has a report too: the schema wants one. */
static void nothing(struct buf *out, const struct jv *verdict)
{
    const char *why = jv_get_text(verdict, "reason");

    buf_text(out, "<vr:SignatureValidationReport>\n<vr:SignatureIdentifier>\n"
                  "<vr:HashOnly>false</vr:HashOnly>\n<vr:DocHashOnly>false</vr:DocHashOnly>\n");
    element(out, "vr:DAIdentifier", jv_get_text(verdict, "file"));
    buf_text(out, "</vr:SignatureIdentifier>\n<vr:SignatureValidationStatus>\n<vr:MainIndication>"
                  "urn:etsi:019102:mainindication:noSignatureFound</vr:MainIndication>\n"
                  "<vr:AssociatedValidationReportData><vr:AdditionalValidationReportData>"
                  "<vr:ReportData><vr:Type>urn:paraphe:reason</vr:Type>");
    element(out, "vr:Value", why != NULL ? why : "");
    buf_text(out, "</vr:ReportData></vr:AdditionalValidationReportData>"
                  "</vr:AssociatedValidationReportData>\n</vr:SignatureValidationStatus>\n"
                  "</vr:SignatureValidationReport>\n");
}

/* ---- certificates and revocation data, each once ---- */
struct objects {
    struct buf *out;
    struct jv *seen; /* identifiers */
};

static void object(struct objects *o, const char *prefix, const char *type, const char *sha256,
                   const char *proven)
{
    char id[160];

    snprintf(id, sizeof id, "%s-%s", prefix, sha256 != NULL ? sha256 : "");
    for (size_t i = 0; i < jv_count(o->seen); i++) {
        if (strcmp(jv_str(jv_at(o->seen, i)), id) == 0)
            return;
    }
    if (jv_count(o->seen) == 0)
        buf_text(o->out, "<vr:SignatureValidationObjects>\n");
    jv_add_text(o->seen, id);
    buf_text(o->out, "<vr:ValidationObject id=\"");
    escape_html(o->out, id);
    buf_text(o->out, "\">\n<vr:ObjectType>urn:etsi:019102:validationObject:");
    escape_html(o->out, type);
    buf_text(o->out, "</vr:ObjectType>\n<vr:ValidationObjectRepresentation>\n");
    digest(o->out, sha256);
    buf_text(o->out, "</vr:ValidationObjectRepresentation>\n");
    if (proven != NULL) {
        buf_text(o->out, "<vr:POE>\n");
        element(o->out, "vr:POETime", proven);
        buf_text(o->out, "<vr:TypeOfProof>urn:etsi:019102:poetype:validation</vr:TypeOfProof>\n"
                         "</vr:POE>\n");
    }
    buf_text(o->out, "</vr:ValidationObject>\n");
}

static void objects_of(struct objects *o, const struct jv *verdict)
{
    const struct jv *signatures = jv_get(verdict, "signatures");
    const struct jv *data = jv_get(verdict, "revocation_data");

    for (size_t i = 0; i < jv_count(signatures); i++) {
        const struct jv *s = jv_at(signatures, i), *certs = jv_get(s, "chain");
        if (jv_is_object(jv_get(s, "signer")))
            object(o, "cert", "certificate", jv_get_text(jv_get(s, "signer"), "sha256"), NULL);
        for (size_t k = 0; k < jv_count(certs); k++)
            object(o, "cert", "certificate", jv_get_text(jv_at(certs, k), "sha256"), NULL);
    }
    for (size_t i = 0; i < jv_count(data); i++) {
        const struct jv *one = jv_at(data, i);
        const char *kind = jv_get_text(one, "kind");
        bool crl = kind != NULL && strcmp(kind, "crl") == 0;
        object(o, "data", crl ? "CRL" : "OCSPResponse", jv_get_text(one, "sha256"),
               jv_get_text(one, "proven"));
    }
}

void verdict_report_xml(const struct jv *verdicts, const char *program, struct buf *out)
{
    struct objects o = {out, jv_array()};

    buf_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                  "<vr:ValidationReport xmlns:vr=\"http://uri.etsi.org/19102/v1.2.1#\" "
                  "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" "
                  "xmlns:xades=\"http://uri.etsi.org/01903/v1.3.2#\" "
                  "xmlns:tsl=\"http://uri.etsi.org/02231/v2#\">\n");
    for (size_t i = 0; i < jv_count(verdicts); i++) {
        const struct jv *v = jv_at(verdicts, i), *signatures = jv_get(v, "signatures");
        for (size_t k = 0; k < jv_count(signatures); k++)
            signature(out, v, jv_at(signatures, k));
        if (jv_count(signatures) == 0)
            nothing(out, v);
    }
    for (size_t i = 0; i < jv_count(verdicts); i++)
        objects_of(&o, jv_at(verdicts, i));
    if (jv_count(o.seen) > 0)
        buf_text(out, "</vr:SignatureValidationObjects>\n");
    buf_text(out, "<vr:SignatureValidator>\n<vr:DigitalId><tsl:X509SubjectName>CN=");
    escape_html(out, program);
    buf_text(out, "</tsl:X509SubjectName></vr:DigitalId>\n</vr:SignatureValidator>\n"
                  "</vr:ValidationReport>\n");
    jv_free(o.seen);
}
