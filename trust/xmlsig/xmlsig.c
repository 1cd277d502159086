/* xmlsec1 behind two functions; RSASSA-PSS, which it does not know, comes from pss.c. */
#undef OPENSSL_NO_DEPRECATED /* xmlsec1's own headers name old types; none is used here */
#include "trust/xmlsig/xmlsig.h"

#include <string.h>

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <xmlsec/crypto.h>
#include <xmlsec/errors.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/xmltree.h>

#include "trust/xmlsig/pss.h"

xmlsig_start_fn xmlsig_start;
xmlsig_verify_fn xmlsig_verify;

int xmlsig_start(void)
{
    if (xmlSecInit() != 0 || xmlSecCryptoAppInit(NULL) != 0 || xmlSecCryptoInit() != 0 ||
        pss_register() != 0)
        return -1;
    xmlSecErrorsDefaultCallbackEnableOutput(0); /* the verdict is ours to tell */
    return 0;
}

/* The only Signature among the root's children; NULL when there is none or more than one. */
static xmlNodePtr signature_of(xmlNodePtr root)
{
    xmlNodePtr found = NULL;

    for (xmlNodePtr n = root->children; n != NULL; n = n->next) {
        if (!xmlSecCheckNodeName(n, xmlSecNodeSignature, xmlSecDSigNs))
            continue;
        if (found != NULL)
            return NULL;
        found = n;
    }
    return found;
}

/* Only digests, signatures and canonical forms that a list may use; no XPath, no XSLT, nothing
 * outside the document. */
static int context_restrict(xmlSecDSigCtxPtr ctx)
{
    const xmlSecTransformId forms[] = {xmlSecTransformInclC14NId,   xmlSecTransformExclC14NId,
                                       xmlSecTransformInclC14N11Id, xmlSecTransformEnvelopedId,
                                       xmlSecTransformSha256Id,     xmlSecTransformSha384Id,
                                       xmlSecTransformSha512Id};
    const xmlSecTransformId signatures[] = {
        xmlSecTransformInclC14NId,    xmlSecTransformExclC14NId,    xmlSecTransformInclC14N11Id,
        xmlSecTransformRsaSha256Id,   xmlSecTransformRsaSha384Id,   xmlSecTransformRsaSha512Id,
        xmlSecTransformEcdsaSha256Id, xmlSecTransformEcdsaSha384Id, xmlSecTransformEcdsaSha512Id};

    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (xmlSecDSigCtxEnableReferenceTransform(ctx, forms[i]) != 0)
            return -1;
    }
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++) {
        if (xmlSecDSigCtxEnableSignatureTransform(ctx, signatures[i]) != 0)
            return -1;
    }
    for (int i = 0; i < PSS_METHODS; i++) {
        if (xmlSecDSigCtxEnableSignatureTransform(ctx, pss_method(i)) != 0)
            return -1;
    }
    ctx->enabledReferenceUris = xmlSecTransformUriTypeEmpty | xmlSecTransformUriTypeSameDocument;
    return 0;
}

/* One of the references is the whole document: URI "" or the root's own Id. */
static int covers_root(xmlSecDSigCtxPtr ctx, xmlNodePtr root)
{
    xmlChar *id = xmlGetProp(root, (const xmlChar *)"Id");
    int covers = 0;

    for (xmlSecSize i = 0; i < xmlSecPtrListGetSize(&ctx->signedInfoReferences); i++) {
        xmlSecDSigReferenceCtxPtr ref =
            (xmlSecDSigReferenceCtxPtr)xmlSecPtrListGetItem(&ctx->signedInfoReferences, i);
        const char *uri = ref != NULL ? (const char *)ref->uri : NULL;
        if (ref == NULL || ref->status != xmlSecDSigStatusSucceeded)
            continue;
        if (uri == NULL || *uri == '\0' ||
            (*uri == '#' && id != NULL && strcmp(uri + 1, (const char *)id) == 0))
            covers = 1;
    }
    xmlFree(id);
    return covers;
}

static int verify_with(xmlNodePtr root, xmlNodePtr signature, const unsigned char *cert, size_t len)
{
    xmlSecDSigCtxPtr ctx = xmlSecDSigCtxCreate(NULL);
    int result = -1;

    if (ctx == NULL || context_restrict(ctx) != 0)
        goto out;
    ctx->signKey = xmlSecCryptoAppKeyLoadMemory(cert, (xmlSecSize)len, xmlSecKeyDataFormatCertDer,
                                                NULL, NULL, NULL);
    if (ctx->signKey == NULL || xmlSecDSigCtxVerify(ctx, signature) != 0 ||
        ctx->status != xmlSecDSigStatusSucceeded)
        goto out;
    result = covers_root(ctx, root) ? 0 : -3;
out:
    xmlSecDSigCtxDestroy(ctx);
    return result;
}

int xmlsig_verify(struct _xmlDoc *doc, const unsigned char *const *certs, const size_t *lens,
                  size_t n)
{
    static const xmlChar *ids[] = {(const xmlChar *)"Id", (const xmlChar *)"ID", NULL};
    xmlNodePtr root = xmlDocGetRootElement(doc);
    xmlNodePtr signature = root != NULL ? signature_of(root) : NULL;

    if (signature == NULL)
        return -2;
    xmlSecAddIDs(doc, root, ids);
    for (size_t i = 0; i < n; i++) {
        int result = verify_with(root, signature, certs[i], lens[i]);
        if (result == 0)
            return (int)i;
        if (result == -3)
            return -3;
    }
    return -1;
}
