"""Attacks on the SignedData and on time-stamps: what CMS libraries accept and a verifier of signatures must not."""
import datetime
import functools

from asn1crypto import algos, cms, core, x509
from cryptography import x509 as cx509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_cert_from_pemder, load_private_key_from_pemder
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject
from pyhanko.sign import timestamps
from pyhanko.sign.fields import SigSeedSubFilter

import base
from base import N, cms_of, document, sign, stream, update, with_cms


@functools.lru_cache(None)
def signed():
    return sign(document())


def parsed(data=None):
    der = cms_of(data or signed())
    return cms.ContentInfo.load(der, strict=False)


def key(who="rsa2048"):
    with open(f"{base.PKI}/{who}.key", "rb") as f:
        return serialization.load_pem_private_key(f.read(), None)


def resigned(info, hash_kind=None, pss=None):
    """Signs the (changed) attributes anew with the signer's key: only the rule that was broken is broken."""
    si = info["content"]["signer_infos"][0]
    attrs = si["signed_attrs"]
    message = attrs.untag().dump(force=True) if attrs.native is not None else b""
    pad = padding.PSS(padding.MGF1(hashes.SHA256()), 32 if pss is True else pss) if pss else padding.PKCS1v15()
    si["signature"] = key().sign(message, pad, hash_kind or hashes.SHA256())
    return info.dump(force=True)


def changed(fn, sign_again=True, **more):
    def make():
        info = parsed()
        fn(info["content"]["signer_infos"][0], info)
        der = resigned(info, **more) if sign_again else info.dump(force=True)
        return with_cms(signed(), der)
    return make


def attribute(si, kind):
    return next(a for a in si["signed_attrs"] if a["type"].native == kind)


def without(kind):
    def fn(si, _info):
        si["signed_attrs"] = cms.CMSAttributes([a for a in si["signed_attrs"] if a["type"].native != kind])
    return fn


def twice(kind):
    def fn(si, _info):
        si["signed_attrs"] = cms.CMSAttributes([*si["signed_attrs"], attribute(si, kind)])
    return fn


def plus(kind, value):
    def fn(si, _info):
        si["signed_attrs"] = cms.CMSAttributes([*si["signed_attrs"], cms.CMSAttribute({"type": kind, "values": [value]})])
    return fn


def two_signers(_si, info):
    infos = info["content"]["signer_infos"]
    info["content"]["signer_infos"] = cms.SignerInfos([infos[0], infos[0]])


def no_signer(_si, info):
    info["content"]["signer_infos"] = cms.SignerInfos([])


def content_inside(_si, info):
    info["content"]["encap_content_info"] = cms.ContentInfo({"content_type": "data", "content": core.OctetString(b"other")})


def no_attributes(si, _info):
    si["signed_attrs"] = cms.CMSAttributes([])
    del si["signed_attrs"]


def wrong_digest(si, _info):
    attribute(si, "message_digest")["values"] = [core.OctetString(b"\1" * 32)]


def short_digest(si, _info):
    attribute(si, "message_digest")["values"] = [core.OctetString(b"\1" * 20)]


def sha512_named(si, _info):
    si["digest_algorithm"] = algos.DigestAlgorithm({"algorithm": "sha512"})


def sha512_signature(si, _info):
    si["signature_algorithm"] = algos.SignedDigestAlgorithm({"algorithm": "sha512_rsa"})


def pss_with(mask="sha256", salt=32, function="mgf1"):
    """20 octets of salt and SHA-1 are what is left out, so that they are absent; others are said and do not fit."""
    def fn(si, info):
        without("cms_algorithm_protection")(si, info)
        si["signature_algorithm"] = algos.SignedDigestAlgorithm({"algorithm": "rsassa_pss", "parameters": algos.RSASSAPSSParams({
            "hash_algorithm": {"algorithm": "sha256"}, "mask_gen_algorithm": {"algorithm": function, "parameters": algos.DigestAlgorithm({"algorithm": mask})},
            "salt_length": salt})})
    return fn


def pss_default(si, _info):
    si["signature_algorithm"] = algos.SignedDigestAlgorithm({"algorithm": "rsassa_pss", "parameters": algos.RSASSAPSSParams({"hash_algorithm": {"algorithm": "sha1"}})})


pss_good = pss_with()


class Longer(algos.RSASSAPSSParams):
    _fields = [*algos.RSASSAPSSParams._fields, ("more", core.Integer, {"explicit": 4})]


def pss_longer(si, info):
    """Something behind the parameters."""
    pss_good(si, info)
    own = si["signature_algorithm"]["parameters"]
    si["signature_algorithm"]["parameters"] = Longer({**{k: own[k] for k in ("hash_algorithm", "mask_gen_algorithm", "salt_length")}, "more": 1})


def odd_parameters(si, _info):
    si["signature_algorithm"] = algos.SignedDigestAlgorithm({"algorithm": "2.16.840.1.101.3.4.3.14", "parameters": core.Any.load(b"\x30\0")})


def md5_named(si, info):
    without("cms_algorithm_protection")(si, info)
    si["digest_algorithm"] = algos.DigestAlgorithm({"algorithm": "md5"})


def protection(si, info):
    without("cms_algorithm_protection")(si, info)
    plus("cms_algorithm_protection", cms.CMSAlgorithmProtection({
        "digest_algorithm": {"algorithm": "sha512"}, "signature_algorithm": {"algorithm": "sha512_rsa"}}))(si, info)


def certificate_in_store():
    """The certificates stand in the security store and not in the SignedData."""
    info = parsed()
    ders = [c.chosen.dump() for c in info["content"]["certificates"]]
    no_certificates(None, info)

    def change(w):
        w.root[N("/DSS")] = w.add_object(DictionaryObject({N("/Certs"): ArrayObject([w.add_object(stream(der)) for der in ders])}))
        w.update_root()
    return update(with_cms(signed(), info.dump(force=True)), change)


def certificate_of(who):
    return load_cert_from_pemder(f"{base.PKI}/{who}.crt")


def substituted():
    """The same key in another certificate: what the ESS attribute protects from."""
    with open(f"{base.PKI}/tsp.crt", "rb") as f:
        issuer = cx509.load_pem_x509_certificate(f.read())
    now = datetime.datetime.now(datetime.timezone.utc)
    request = cx509.CertificateBuilder().subject_name(cx509.Name([cx509.NameAttribute(NameOID.COMMON_NAME, "Autre")])) \
        .issuer_name(issuer.subject).public_key(key().public_key()).serial_number(4711).not_valid_before(now - datetime.timedelta(days=1)) \
        .not_valid_after(now + datetime.timedelta(days=9)).sign(key("tsp"), hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    other = x509.Certificate.load(request)
    info = parsed()
    content = info["content"]
    si = content["signer_infos"][0]
    content["certificates"] = cms.CertificateSet([cms.CertificateChoices("certificate", other), cms.CertificateChoices("certificate", certificate_of("tsp"))])
    si["sid"] = cms.SignerIdentifier("issuer_and_serial_number", cms.IssuerAndSerialNumber({"issuer": other.issuer, "serial_number": other.serial_number}))
    return with_cms(signed(), info.dump(force=True))


def other_identifier(si, _info):
    other = certificate_of("p256")
    si["sid"] = cms.SignerIdentifier("issuer_and_serial_number", cms.IssuerAndSerialNumber({"issuer": other.issuer, "serial_number": other.serial_number}))


def no_certificates(_si, info):
    info["content"]["certificates"] = cms.CertificateSet([])


def content_type(si, _info):
    attribute(si, "content_type")["values"] = [cms.ContentType("signed_data")]


def other_content(_si, info):
    info["content"]["encap_content_info"] = cms.ContentInfo({"content_type": "digested_data"})


def unsorted():
    """Attributes in another order, signed as they stand."""
    info = parsed()
    si = info["content"]["signer_infos"][0]
    body = b"".join(a.dump() for a in sorted((cms.CMSAttribute.load(a.dump()) for a in si["signed_attrs"]), key=lambda a: a.dump(), reverse=True))
    old = si["signed_attrs"].untag().dump()
    head = old[:len(old) - len(body)]
    value = key().sign(head + body, padding.PKCS1v15(), hashes.SHA256())
    der = info.dump()
    assert old[1:] in der
    return with_cms(signed(), der.replace(old[1:], (head + body)[1:]).replace(si["signature"].native, value))


def indefinite():
    der = parsed().dump()
    inner = der[4:]
    return with_cms(signed(), b"\x30\x80" + inner + b"\0\0")


def ess_wrong_hash(si, _info):
    ess = attribute(si, "signing_certificate_v2")["values"][0]
    ess["certs"][0]["cert_hash"] = b"\2" * 32


def cms_signature_bit(si, _info):
    value = bytearray(si["signature"].native)
    value[9] ^= 1
    si["signature"] = bytes(value)


@functools.lru_cache(None)
def stamped():
    return sign(document(), stamp=True)


def adbe_no_time():
    """Nothing but the SubFilter says that it is no PAdES."""
    data = sign(document(), subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED)
    info = parsed(data)
    without("signing_time")(info["content"]["signer_infos"][0], info)
    return with_cms(data, resigned(info))


def stamp_copied():
    """The time-stamp of one signature put into another."""
    token = parsed(stamped())["content"]["signer_infos"][0]["unsigned_attrs"]
    info = parsed()
    info["content"]["signer_infos"][0]["unsigned_attrs"] = token
    return with_cms(signed(), info.dump())  # force takes 20 s with a token inside


def stamp_by(who):
    """A time-stamp made by somebody who is no time-stamp unit."""
    cert = certificate_of(who)
    stamper = timestamps.DummyTimeStamper(tsa_cert=cert, tsa_key=load_private_key_from_pemder(f"{base.PKI}/{who}.key", None),
                                          certs_to_embed=base.signer_of(who).cert_registry)
    return lambda: sign(document(), stamp=stamper)


def table():
    yield "cms-sound", lambda: with_cms(signed(), parsed().dump(force=True)), "valid", ["level:B-B"]
    yield "cms-resigned", changed(lambda si, i: None), "valid", ["intact:True"]
    yield "cms-pss", changed(pss_good, pss=True), "valid", []
    yield "cms-two-signers", changed(two_signers, False), "invalid", ["cms.several-signers"]
    yield "cms-no-signer", changed(no_signer, False), "invalid", ["cms.no-signer"]
    yield "cms-content", changed(content_inside, False), "invalid", ["cms.content-present"]
    yield "cms-no-attributes", changed(no_attributes, False), "invalid", []
    yield "cms-no-digest", changed(without("message_digest")), "invalid", ["cms.attribute-missing"]
    yield "cms-no-content-type", changed(without("content_type")), "invalid", ["cms.attribute-missing"]
    yield "cms-digest-twice", changed(twice("message_digest")), "invalid", ["cms.attribute-twice"]
    yield "cms-wrong-digest", changed(wrong_digest), "invalid", ["cms.digest-differs", "level:not-PAdES", "level.not-intact"]
    yield "cms-short-digest", changed(short_digest), "invalid", ["cms.digest-differs"]
    yield "cms-value-changed", changed(cms_signature_bit, False), "invalid", ["cms.signature-wrong"]
    yield "cms-digest-algorithm", changed(sha512_named), "invalid", ["cms.digest-mismatch"]
    yield "cms-unknown-algorithm", changed(md5_named), "undetermined", ["cms.algorithm-unknown", "intact:False"]
    yield "cms-signature-algorithm", changed(sha512_signature), "invalid", []
    for label, other in (("salt", {"salt": 20}), ("salt-said", {"salt": 31}), ("mask", {"mask": "sha1"}), ("mask-said", {"mask": "sha512"}), ("mask-function", {"function": "1.2.3.4"})):
        yield "cms-pss-" + label, changed(pss_with(**other), pss=True), "invalid", ["cms.pss-parameters"]
    yield "cms-pss-default", changed(pss_default, pss=True), "invalid", ["cms.pss-parameters"]
    yield "cms-pss-longer", changed(pss_longer, pss=True), "invalid", ["cms.pss-parameters"]
    yield "cms-pss-salt-of-value", changed(pss_good, pss=20), "invalid", ["cms.signature-wrong"]
    yield "cms-parameters", changed(odd_parameters), "invalid", ["cms.algorithm-parameters"]
    yield "cms-protection", changed(protection), "invalid", ["cms.protection"]
    yield "cms-certificate-in-store", certificate_in_store, "valid", ["cms.signer-not-inside", "level:not-PAdES"]
    yield "cms-content-type-attribute", changed(content_type), "invalid", ["cms.content-type-attribute"]
    yield "cms-other-content", changed(other_content, False), "invalid", ["cms.content-type"]
    yield "cms-unsorted", unsorted, "invalid", ["cms.attributes-unsorted"]
    yield "cms-indefinite", indefinite, "valid", ["cms.ber", "level:not-PAdES"]
    yield "cms-deep", lambda: with_cms(signed(), b"\x30\x80" * 2000), "invalid", ["cms.not-der"]
    yield "stamp-garbage", lambda: with_cms(base.document_stamp(signed()), b"garbage"), "invalid", ["cms.not-der"]
    yield "cms-tail", lambda: with_cms(signed(), parsed().dump(), b"\1\2\3"), "invalid", ["pdf.padding"]
    yield "cms-garbage", lambda: with_cms(signed(), b"garbage"), "invalid", ["cms.not-der"]
    yield "cms-substituted", substituted, "undetermined", ["cms.ess-other-certificate"]
    yield "cms-no-ess", changed(without("signing_certificate_v2")), "undetermined", ["cms.ess-missing"]
    yield "cms-ess-hash", changed(ess_wrong_hash), "undetermined", ["cms.ess-other-certificate"]
    yield "cms-other-identifier", changed(other_identifier, False), "undetermined", ["cms.signer-identifier"]
    yield "cms-no-certificates", changed(no_certificates, False), "undetermined", ["cms.signer-certificate-absent"]
    yield "cms-signing-time", changed(plus("signing_time", cms.Time("utc_time", core.UTCTime(datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc))))), "valid", ["level:not-PAdES"]
    yield "adbe", lambda: sign(document(), subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED), "valid", ["level:not-PAdES", "pdf.not-pades"]
    yield "adbe-no-time", adbe_no_time, "valid", ["pdf.not-pades", "level:not-PAdES", "!cms.attribute-not-pades"]
    yield "stamp-copied", stamp_copied, "valid", ["level:B-B", "stamp.imprint", "stamp.ignored"]
    yield "stamp-no-unit", stamp_by("rsa2048"), "valid", ["level:B-B", "stamp.purpose"]
    yield "stamp-unknown", stamp_by("unknown-issuer"), "valid", ["level:B-B", "stamp.ignored"]
    yield "stamp-other-anchor", lambda: stamped(), "valid", ["level:B-B"], "--trust-tsa", f"{base.PKI}/unknown.crt"
    yield "no-anchor", signed, "undetermined", ["chain.no-anchor"], "--trust", f"{base.PKI}/unknown.crt"
