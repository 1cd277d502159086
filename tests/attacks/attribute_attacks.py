"""What a PAdES baseline signature does not hold, one thing at a time (check-list B3 to B16): sound as CMS, told, and of no level or a lesser one."""
import hashlib

from asn1crypto import cms, core, ocsp as aocsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from base import with_cms
from cms_attacks import attribute, certificate_of, changed, key, parsed, resigned, signed
from key_attacks import sequence
from past_attacks import world
from trust_attacks import answer

UNUSED = {"content-reference": "1.2.840.113549.1.9.16.2.10", "content-identifier": "1.2.840.113549.1.9.16.2.7", "content-hints": "1.2.840.113549.1.9.16.2.4",
          "adbe-revocationInfoArchival": "1.2.840.113583.1.1.8", "certificate-values": "1.2.840.113549.1.9.16.2.23",
          "revocation-values": "1.2.840.113549.1.9.16.2.24", "complete-certificate-references": "1.2.840.113549.1.9.16.2.21",
          "complete-revocation-references": "1.2.840.113549.1.9.16.2.22", "archive-time-stamp": "1.2.840.113549.1.9.16.2.27",
          "archive-time-stamp-v2": "1.2.840.113549.1.9.16.2.48", "archive-time-stamp-v3": "0.4.0.1733.2.4"}
POLICY = "1.2.840.113549.1.9.16.2.15"


def any_attribute(oid, *values):
    body = core.ObjectIdentifier(oid).dump() + core.SetOf(values, spec=core.Any).dump()
    return cms.CMSAttribute.load(b"\x30" + bytes([len(body)]) + body)


def signed_with(oid, *values):
    def fn(si, _info):
        si["signed_attrs"] = cms.CMSAttributes([*si["signed_attrs"], any_attribute(oid, *values)])
    return fn


def beside(oid, *values):
    def fn(si, _info):
        si["unsigned_attrs"] = cms.CMSAttributes([any_attribute(oid, *values)])
    return fn


def countersigned(si, _info):
    own = cms.SignerInfo.load(si.dump())
    si["unsigned_attrs"] = cms.CMSAttributes([cms.CMSAttribute({"type": "counter_signature", "values": [own]})])


def version(of_signer):
    def fn(si, info):
        (si if of_signer else info["content"])["version"] = "v3"
    return fn


def by_key_id(number):
    """The signer is named by the identifier of his key: both versions are 3 then (RFC 5652 5.1, 5.3)."""
    def fn(si, info):
        si["sid"] = cms.SignerIdentifier("subject_key_identifier", certificate_of("rsa2048").key_identifier)
        si["version"] = info["content"]["version"] = number
    return fn


def lists_inside(_si, info):
    info["content"]["crls"] = cms.RevocationInfoChoices([cms.RevocationInfoChoice.load(world().ca.crl())])


def answers_inside(_si, info):
    w = world()
    other = cms.OtherRevocationInfoFormat({"other_rev_info_format": "ocsp_response", "other_rev_info": aocsp.OCSPResponse.load(answer(w.signer, w.ca, w.ca))})
    info["content"]["crls"] = cms.RevocationInfoChoices([cms.RevocationInfoChoice("other", other)])


def protected(times=1, **changes):
    """The protection names another algorithm in this part alone, or has a part too many, or comes with two values."""
    def fn(si, _info):
        value = cms.CMSAlgorithmProtection({"digest_algorithm": si["digest_algorithm"], "signature_algorithm": si["signature_algorithm"], **changes})
        si["signed_attrs"] = cms.CMSAttributes([*si["signed_attrs"], cms.CMSAttribute({"type": "cms_algorithm_protection", "values": [value] * times})])
    return fn


def named(change):
    """Changes the first identifier of the ESS attribute: change(ESSCertIDv2, attribute value)."""
    def fn(si, _info):
        value = attribute(si, "signing_certificate_v2")["values"][0]
        change(value["certs"][0], value)
    return fn


def issuers(*names):
    own = certificate_of("rsa2048")
    directory = [x509.GeneralName("directory_name", name or own.issuer) for name in names]
    return named(lambda ident, _value: ident.__setitem__("issuer_serial", {"issuer": directory, "serial_number": own.serial_number}))


def nearly(ident, _value):
    """The digest of the certificate but for its end."""
    ident["cert_hash"] = hashlib.sha256(certificate_of("rsa2048").dump()).digest()[:-1] + b"\0"


def explicit():
    """SHA-256 written out where it is the default: not DER, but harmless."""
    info = parsed()
    si = info["content"]["signer_infos"][0]
    digest = attribute(si, "signing_certificate_v2")["values"][0]["certs"][0]["cert_hash"].native
    sha256 = b"\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01"
    value = core.Any.load(sequence(sequence(sequence(sha256, b"\x04\x20" + digest))))
    si["signed_attrs"] = cms.CMSAttributes([*[a for a in si["signed_attrs"] if a["type"].native != "signing_certificate_v2"],
                                            any_attribute("1.2.840.113549.1.9.16.2.47", value)])
    return with_cms(signed(), resigned(info))


def signed_as_carried(si, _info):
    """The value over the attributes with the tag [0] that they are carried with."""
    der = si["signed_attrs"].untag().dump()
    si["signature"] = key().sign(b"\xa0" + der[1:], padding.PKCS1v15(), hashes.SHA256())


def of_policy():
    digest = b"\x30\x2f\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x04\x20" + bytes(32)
    return core.Any.load(b"\x30\x36" + core.ObjectIdentifier("1.2.3.4").dump() + digest)


def two_types(si, _info):
    a = attribute(si, "content_type")
    a["values"] = [*a["values"], *a["values"]]


def odd_digest():
    """The digest as a string of another type, signed as that."""
    info = parsed()
    si = info["content"]["signer_infos"][0]
    digest, old, der = attribute(si, "message_digest")["values"][0].native, si["signed_attrs"].untag().dump(), info.dump()
    new = old.replace(b"\x04\x20" + digest, b"\x0c\x20" + digest)
    value = key().sign(new, padding.PKCS1v15(), hashes.SHA256())
    assert old[1:] in der and new != old
    return with_cms(signed(), der.replace(old[1:], new[1:]).replace(si["signature"].native, value))


def table():
    unused = lambda name: ["level:not-PAdES", "cms.attribute-not-pades", "told:" + name]
    for number, (name, oid) in enumerate(UNUSED.items()):
        yield "unused-" + name, changed((signed_with if number < 4 else beside)(oid, core.Any.load(b"\x30\0")), number < 4), "valid", unused(name)
    yield "unused-countersignature", changed(countersigned, False), "valid", unused("countersignature")
    yield "version-signer", changed(version(True), False), "valid", ["cms.version", "level:B-B"]
    yield "version-data", changed(version(False), False), "valid", ["cms.version", "level:B-B"]
    yield "sound-key-identifier", changed(by_key_id("v3"), False), "valid", ["!cms.version", "level:B-B"]
    yield "version-key-identifier", changed(by_key_id("v1"), False), "valid", ["cms.version", "level:B-B"]
    yield "revocation-lists-inside", changed(lists_inside, False), "valid", ["cms.crls-present", "level:not-PAdES"]
    yield "revocation-answers-inside", changed(answers_inside, False), "valid", ["cms.crls-present", "level:not-PAdES"]
    yield "sound-protection", changed(protected()), "valid", ["level:B-B"]
    yield "protection-digest", changed(protected(digest_algorithm={"algorithm": "sha512"})), "invalid", ["cms.protection"]
    yield "protection-signature", changed(protected(signature_algorithm={"algorithm": "sha512_rsa"})), "invalid", ["cms.protection"]
    yield "protection-of-a-mac", changed(protected(signature_algorithm=None, mac_algorithm={"algorithm": "sha256"})), "invalid", ["cms.protection"]
    yield "protection-more", changed(protected(mac_algorithm={"algorithm": "sha256"})), "invalid", ["cms.protection"]
    yield "protection-twice", changed(protected(2)), "invalid", ["cms.protection"]
    yield "ess-policies", changed(named(lambda _ident, value: value.__setitem__("policies", [{"policy_identifier": "1.2.3.4"}]))), "valid", ["cms.ess-policies", "level:not-PAdES"]
    yield "ess-nearly", changed(named(nearly)), "undetermined", ["cms.ess-other-certificate"]
    yield "sound-ess-issuer", changed(issuers(None)), "valid", ["level:B-B"]
    yield "ess-two-issuers", changed(issuers(None, None)), "invalid", ["cms.ess-malformed"]
    yield "ess-other-serial", changed(named(lambda ident, _value: ident.__setitem__("issuer_serial", {"issuer": [x509.GeneralName("directory_name", certificate_of(
        "rsa2048").issuer)], "serial_number": 4711}))), "undetermined", ["cms.ess-issuer"]
    yield "ess-explicit", explicit, "valid", ["cms.ess-default-given", "level:B-B"]
    yield "signed-as-carried", changed(signed_as_carried, False), "invalid", ["cms.signature-wrong"]
    yield "attribute-no-value", changed(signed_with("1.2.3.4")), "invalid", ["cms.attribute-values"]
    yield "content-type-two-values", changed(two_types), "invalid", ["cms.attribute-missing"]
    yield "digest-odd-type", odd_digest, "invalid", ["cms.attribute-missing"]
    yield "policy-unknown", changed(signed_with(POLICY, of_policy())), "undetermined", ["cms.policy-unknown"]
    yield "sound-policy-implied", changed(signed_with(POLICY, core.Null())), "valid", ["!cms.policy-unknown", "level:B-B"]
