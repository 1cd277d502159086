#!/usr/bin/env python3
"""A trusted list (ETSI TS 119 612) of the test PKI, signed as such lists are (enveloped, exclusive canonical form, XAdES properties).

    make-list.py PKI OUT.xml [--territory FR] [--sequence 1] [--days 30] [--status granted] [--type CA/QC] [--service tsp]
                 [--signer KEY CRT] [--pointer TERRITORY URL CRT] [--wrap] [--pss SALT]
                 [--uses ForeSignatures|ForeSeals|ForWebSiteAuthentication ...]

Needs lxml and cryptography (the virtual environment of tests/interop).
"""
import argparse
import base64
import datetime
import hashlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from lxml import etree

TSL, DS, XADES = "http://uri.etsi.org/02231/v2#", "http://www.w3.org/2000/09/xmldsig#", "http://uri.etsi.org/01903/v1.3.2#"
C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"


def t(name, *children, text=None, **attributes):
    element = etree.Element(f"{{{TSL}}}{name}", nsmap={None: TSL}, **attributes)
    element.text = text
    element.extend(children)
    return element


def d(name, *children, text=None, **attributes):
    element = etree.Element(f"{{{DS}}}{name}", nsmap={"ds": DS}, **attributes)
    element.text = text
    element.extend(children)
    return element


def named(name, text):
    one = t("Name", text=text)
    one.set("{http://www.w3.org/XML/1998/namespace}lang", "en")
    return t(name, one)


def certificate(path):
    with open(path, "rb") as file:
        return x509.load_pem_x509_certificate(file.read()).public_bytes(serialization.Encoding.DER)


def identity(path):
    return t("DigitalId", t("X509Certificate", text=base64.b64encode(certificate(path)).decode()))


def stamp(when):
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def service(a, kind, name):
    since = stamp(datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=a.since))
    return t("TSPService", t("ServiceInformation", t("ServiceTypeIdentifier", text="http://uri.etsi.org/TrstSvc/Svctype/" + kind),
                             named("ServiceName", "Service " + name), t("ServiceDigitalIdentity", identity(f"{a.pki}/{name}.crt")),
                             t("ServiceStatus", text="http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/" + a.status),
                             t("StatusStartingTime", text=since), *uses(a, kind)))


def uses(a, kind):
    """For what a CA/QC service is qualified (5.5.9.4)."""
    if not a.uses or kind != "CA/QC":
        return []
    return [t("ServiceInformationExtensions", *[t("Extension", t("AdditionalServiceInformation", t(
        "URI", text="http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/" + use)), Critical="true") for use in a.uses])]


def scheme(a):
    now = datetime.datetime.now(datetime.timezone.utc)
    pointers = [t("OtherTSLPointer", t("ServiceDigitalIdentities", t("ServiceDigitalIdentity", identity(crt))), t("TSLLocation", text=url),
                  t("AdditionalInformation", t("OtherInformation", t("SchemeTerritory", text=territory))))
                for territory, url, crt in a.pointer]
    return t("SchemeInformation", t("TSLVersionIdentifier", text="5"), t("TSLSequenceNumber", text=str(a.sequence)),
             t("TSLType", text="http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric"), named("SchemeOperatorName", "TEST"),
             t("SchemeTerritory", text=a.territory), t("PointersToOtherTSL", *pointers), t("ListIssueDateTime", text=stamp(now)),
             t("NextUpdate", t("dateTime", text=stamp(now + datetime.timedelta(days=a.days)))))


def digest(node):
    return base64.b64encode(hashlib.sha256(etree.tostring(node, method="c14n", exclusive=True)).digest()).decode()


def reference(uri, value, *transforms):
    return d("Reference", d("Transforms", *[d("Transform", Algorithm=x) for x in transforms]),
             d("DigestMethod", Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"), d("DigestValue", text=value), URI=uri)


def sign(root, key_path, crt_path, salt=None):
    with open(key_path, "rb") as file:
        key = serialization.load_pem_private_key(file.read(), None)
    signed = etree.Element(f"{{{XADES}}}SignedProperties", nsmap={"xades": XADES}, Id="props")
    etree.SubElement(etree.SubElement(signed, f"{{{XADES}}}SignedSignatureProperties"), f"{{{XADES}}}SigningTime").text = \
        stamp(datetime.datetime.now(datetime.timezone.utc))
    qualifying = etree.Element(f"{{{XADES}}}QualifyingProperties", nsmap={"xades": XADES}, Target="#sig")
    qualifying.append(signed)
    whole = digest(root)
    method = "http://www.w3.org/2001/04/xmldsig-more#" + ("rsa-sha256" if isinstance(key, rsa.RSAPrivateKey) else "ecdsa-sha256")
    if salt is not None:
        method = "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"
    info = d("SignedInfo", d("CanonicalizationMethod", Algorithm=C14N), d("SignatureMethod", Algorithm=method),
             reference("", whole, DS + "enveloped-signature", C14N))
    value = d("SignatureValue")
    signature = d("Signature", info, value, d("KeyInfo", d("X509Data", d("X509Certificate", text=base64.b64encode(certificate(crt_path)).decode()))),
                  d("Object", qualifying), Id="sig")
    root.append(signature)
    info.append(reference("#props", digest(signed), C14N))
    message = etree.tostring(info, method="c14n", exclusive=True)
    if isinstance(key, rsa.RSAPrivateKey):
        raw = key.sign(message, padding.PKCS1v15() if salt is None else padding.PSS(padding.MGF1(hashes.SHA256()), salt), hashes.SHA256())
    else:
        r, s = utils.decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
        size = (key.curve.key_size + 7) // 8
        raw = r.to_bytes(size, "big") + s.to_bytes(size, "big")
    value.text = base64.b64encode(raw).decode()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("pki")
    p.add_argument("out")
    p.add_argument("--territory", default="FR")
    p.add_argument("--sequence", type=int, default=1)
    p.add_argument("--days", type=int, default=30)
    p.add_argument("--since", type=int, default=800)
    p.add_argument("--status", default="granted")
    p.add_argument("--uses", nargs="+", choices=("ForeSignatures", "ForeSeals", "ForWebSiteAuthentication"))
    p.add_argument("--signer", nargs=2)
    p.add_argument("--pointer", nargs=3, action="append", default=[])
    p.add_argument("--wrap", action="store_true")
    p.add_argument("--pss", type=int)
    a = p.parse_args()
    root = t("TrustServiceStatusList", scheme(a), t("TrustServiceProviderList", t("TrustServiceProvider", t(
        "TSPInformation", named("TSPName", "Prestataire TEST")), t("TSPServices", service(a, "CA/QC", "tsp"), service(a, "TSA/QTST", "tsp"),
                                                                  service(a, "NationalRootCA-QC", "root")))), Id="list")
    sign(root, *(a.signer or (f"{a.pki}/root.key", f"{a.pki}/root.crt")), a.pss)
    if a.wrap:  # the signed list inside another one: the signature is good, and not over what a reader takes
        outer = t("TrustServiceStatusList", scheme(a))
        outer.append(root)
        inner = root.find(f"{{{DS}}}Signature")
        outer.append(inner)
        root = outer
    with open(a.out, "wb") as file:
        file.write(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


if __name__ == "__main__":
    main()
