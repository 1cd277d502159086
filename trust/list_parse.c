/* The elements of a list that a verification needs (TS 119 612 5.3 to 5.6). */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/jv.h"
#include "base/jv_hex.h"
#include "base/libxml.h"
#include "trust/list_part.h"

enum { SERVICES_MAX = 50000, CERTS_MAX = 64 };

static xmlNodePtr child(xmlNodePtr node, const char *name)
{
    for (xmlNodePtr n = node != NULL ? node->children : NULL; n != NULL; n = n->next) {
        if (n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0)
            return n;
    }
    return NULL;
}

static xmlNodePtr next_named(xmlNodePtr node, const char *name)
{
    for (xmlNodePtr n = node->next; n != NULL; n = n->next) {
        if (n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0)
            return n;
    }
    return NULL;
}

/* Text of an element without blanks at its ends; NULL when absent or empty. Free with free(). */
static char *text_of(xmlNodePtr node)
{
    xmlChar *raw = node != NULL ? libxml()->xmlNodeGetContent(node) : NULL;
    char *out = NULL;

    if (raw != NULL) {
        const char *s = (const char *)raw;
        s += strspn(s, " \t\r\n");
        size_t n = strlen(s);
        while (n > 0 && strchr(" \t\r\n", s[n - 1]) != NULL)
            n--;
        out = n > 0 ? strndup(s, n) : NULL;
    }
    (*libxml()->free_text)(raw);
    return out;
}

static void put(struct jv *o, const char *key, xmlNodePtr node)
{
    char *s = text_of(node);

    jv_put_text(o, key, s);
    free(s);
}

/* The name in English, else the first one. */
static void put_name(struct jv *o, const char *key, xmlNodePtr names)
{
    xmlNodePtr found = child(names, "Name");

    for (xmlNodePtr n = found; n != NULL; n = next_named(n, "Name")) {
        xmlChar *lang = libxml()->xmlNodeGetLang(n);
        if (lang != NULL && strcmp((const char *)lang, "en") == 0)
            found = n;
        (*libxml()->free_text)(lang);
    }
    put(o, key, found);
}

/* Base64 with white space to hexadecimal. */
static void add_cert(struct jv *list, xmlNodePtr node)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *s = text_of(node);
    unsigned char *der = s != NULL ? malloc(strlen(s)) : NULL;
    size_t n = 0;
    uint32_t bits = 0;
    int have = 0;

    for (const char *p = s; der != NULL && *p != '\0' && *p != '='; p++) {
        const char *at = strchr(alphabet, *p);
        if (at == NULL)
            continue;
        bits = bits << 6 | (uint32_t)(at - alphabet);
        have += 6;
        if (have >= 8) {
            have -= 8;
            der[n++] = (unsigned char)(bits >> have);
        }
    }
    if (n > 0 && jv_count(list) < CERTS_MAX)
        jv_add_take(list, jv_hex(der, n));
    free(der);
    free(s);
}

static struct jv *certs_of(xmlNodePtr identities)
{
    struct jv *list = jv_array();

    for (xmlNodePtr id = child(identities, "DigitalId"); id != NULL;
         id = next_named(id, "DigitalId")) {
        xmlNodePtr cert = child(id, "X509Certificate");
        if (cert != NULL)
            add_cert(list, cert);
    }
    return list;
}

/* The last part of a URI after `mark`: "CA/QC", "granted". */
static char *tail_of(xmlNodePtr node, const char *mark)
{
    char *s = text_of(node), *at = s != NULL ? strstr(s, mark) : NULL;
    char *out = at != NULL ? strdup(at + strlen(mark)) : NULL;

    free(s);
    return out;
}

static void add_period(struct jv *periods, xmlNodePtr info, char **until)
{
    char *from = text_of(child(info, "StatusStartingTime"));
    char *status = tail_of(child(info, "ServiceStatus"), "/Svcstatus/");
    struct jv *o = jv_object();

    jv_put_text(o, "from", from);
    jv_put_text(o, "until", *until);
    jv_put_text(o, "status", status);
    jv_add_take(periods, o);
    free(*until);
    *until = from;
    free(status);
}

/* The extension by which a list corrects what certificates say of themselves (5.5.9.2). */
static bool has_qualifications(xmlNodePtr info)
{
    xmlNodePtr extensions = child(info, "ServiceInformationExtensions");

    for (xmlNodePtr x = child(extensions, "Extension"); x != NULL; x = next_named(x, "Extension")) {
        if (child(x, "Qualifications") != NULL)
            return true;
    }
    return false;
}

/* For which certificates a CA/QC service is qualified (5.5.9.4); empty when the list does not say.
 */
static struct jv *uses_of(xmlNodePtr info)
{
    static const char *const rows[][2] = {{"ForeSignatures", "signatures"},
                                          {"ForeSeals", "seals"},
                                          {"ForWebSiteAuthentication", "websites"}};
    xmlNodePtr extensions = child(info, "ServiceInformationExtensions");
    struct jv *list = jv_array();

    for (xmlNodePtr x = child(extensions, "Extension"); x != NULL; x = next_named(x, "Extension")) {
        char *use = tail_of(child(child(x, "AdditionalServiceInformation"), "URI"), "/SvcInfoExt/");
        for (size_t i = 0; use != NULL && i < sizeof rows / sizeof rows[0]; i++) {
            if (strcmp(use, rows[i][0]) == 0 && !jv_has_text(list, rows[i][1]))
                jv_add_text(list, rows[i][1]);
        }
        free(use);
    }
    return list;
}

static struct jv *service_json(xmlNodePtr service, const struct jv *provider, const char *territory)
{
    xmlNodePtr info = child(service, "ServiceInformation");
    char *type = tail_of(child(info, "ServiceTypeIdentifier"), "/Svctype/"), *until = NULL;
    struct jv *o = NULL, *periods;

    if (type == NULL ||
        (strcmp(type, "CA/QC") != 0 && strcmp(type, "TSA/QTST") != 0 && strcmp(type, "TSA") != 0))
        goto out;
    o = jv_object();
    jv_put_text(o, "territory", territory);
    jv_put_text(o, "provider", jv_get_text(provider, "name"));
    put_name(o, "name", child(info, "ServiceName"));
    jv_put_text(o, "type", type);
    jv_put_bool(o, "qualifications", has_qualifications(info));
    jv_put_take(o, "uses", uses_of(info));
    periods = jv_array();
    add_period(periods, info, &until);
    xmlNodePtr history = child(service, "ServiceHistory");
    for (xmlNodePtr h = child(history, "ServiceHistoryInstance"); h != NULL;
         h = next_named(h, "ServiceHistoryInstance"))
        add_period(periods, h, &until);
    jv_put_take(o, "periods", periods);
    jv_put_take(o, "certs", certs_of(child(info, "ServiceDigitalIdentity")));
out:
    free(until);
    free(type);
    return o;
}

static struct jv *services_of(xmlNodePtr root, const char *territory)
{
    xmlNodePtr providers = child(root, "TrustServiceProviderList");
    struct jv *list = jv_array();

    for (xmlNodePtr p = child(providers, "TrustServiceProvider"); p != NULL;
         p = next_named(p, "TrustServiceProvider")) {
        struct jv *provider = jv_object();
        put_name(provider, "name", child(child(p, "TSPInformation"), "TSPName"));
        for (xmlNodePtr s = child(child(p, "TSPServices"), "TSPService"); s != NULL;
             s = next_named(s, "TSPService")) {
            struct jv *one = service_json(s, provider, territory);
            if (one != NULL && jv_count(list) < SERVICES_MAX)
                jv_add_take(list, one);
            else
                jv_free(one);
        }
        jv_free(provider);
    }
    return list;
}

static struct jv *pointers_of(xmlNodePtr scheme)
{
    struct jv *list = jv_array();
    xmlNodePtr others = child(scheme, "PointersToOtherTSL");

    for (xmlNodePtr p = child(others, "OtherTSLPointer"); p != NULL;
         p = next_named(p, "OtherTSLPointer")) {
        struct jv *o = jv_object(), *certs = jv_array();
        xmlNodePtr ids = child(p, "ServiceDigitalIdentities");
        for (xmlNodePtr s = child(ids, "ServiceDigitalIdentity"); s != NULL;
             s = next_named(s, "ServiceDigitalIdentity")) {
            for (xmlNodePtr id = child(s, "DigitalId"); id != NULL;
                 id = next_named(id, "DigitalId")) {
                if (child(id, "X509Certificate") != NULL)
                    add_cert(certs, child(id, "X509Certificate"));
            }
        }
        put(o, "url", child(p, "TSLLocation"));
        jv_put_null(o, "territory");
        xmlNodePtr more = child(p, "AdditionalInformation");
        for (xmlNodePtr i = child(more, "OtherInformation"); i != NULL;
             i = next_named(i, "OtherInformation")) {
            if (child(i, "SchemeTerritory") != NULL)
                put(o, "territory", child(i, "SchemeTerritory"));
        }
        jv_put_take(o, "certs", certs);
        jv_add_take(list, o);
    }
    return list;
}

struct jv *list_parse(struct _xmlDoc *doc, struct err *e)
{
    xmlNodePtr root = libxml()->xmlDocGetRootElement(doc),
               scheme = child(root, "SchemeInformation");
    struct jv *o;

    if (root == NULL || strcmp((const char *)root->name, "TrustServiceStatusList") != 0 ||
        root->ns == NULL ||
        strcmp((const char *)root->ns->href, "http://uri.etsi.org/02231/v2#") != 0 ||
        scheme == NULL) {
        err_set(e, ERR_INPUT, "err.trust.list-form", NULL);
        return NULL;
    }
    char *sequence = text_of(child(scheme, "TSLSequenceNumber"));
    char *territory = text_of(child(scheme, "SchemeTerritory"));
    o = jv_object();
    jv_put_text(o, "format", "paraphe-trusted-list");
    jv_put_int(o, "version", 1);
    jv_put_text(o, "territory", territory);
    put(o, "type", child(scheme, "TSLType"));
    put_name(o, "operator", child(scheme, "SchemeOperatorName"));
    jv_put_int(o, "sequence", sequence != NULL ? strtoll(sequence, NULL, 10) : -1);
    put(o, "issued", child(scheme, "ListIssueDateTime"));
    put(o, "next_update", child(child(scheme, "NextUpdate"), "dateTime"));
    jv_put_take(o, "pointers", pointers_of(scheme));
    jv_put_take(o, "services", services_of(root, territory));
    free(sequence);
    free(territory);
    return o;
}
