"""Attacks on attributes, signature values, keys, certificates and proofs of time, with authorities of our own (past_attacks, trust_attacks)."""
import datetime
import functools
import hashlib
import io

from asn1crypto import algos, cms, core, keys, tsp, x509 as ax509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier
from pyhanko.sign import signers, timestamps
from pyhanko.sign.general import as_signing_certificate_v2
from pyhanko_certvalidator.registry import SimpleCertificateStore

import base
from base import cms_of, document, sign, with_cms
from cms_attacks import attribute, certificate_of, changed, parsed, plus, signed, without
from past_attacks import DAY, HOUR, T, Party, at, world
from trust_attacks import AUTHORITY, P256_N, SIGNER, Issued, Responder, answer, below, good, list_of, signed_by, store, usage


# ---- attributes and the value: the services' RSA signer ----
def two_values(si, _info):
    attribute(si, "message_digest")["values"] = [core.OctetString(b"\1" * 32), *attribute(si, "message_digest")["values"]]


def digest_outside(si, _info):
    digest = attribute(si, "message_digest")
    si["signed_attrs"] = cms.CMSAttributes([a for a in si["signed_attrs"] if a["type"].native != "message_digest"])
    si["unsigned_attrs"] = cms.CMSAttributes([digest])


def ess_of(si):
    return attribute(si, "signing_certificate_v2")["values"][0]


def other_issuer(si, _info):
    ess_of(si)["certs"][0]["issuer_serial"] = {"issuer": [ax509.GeneralName("directory_name", certificate_of("root").subject)], "serial_number": 4711}


def ess_second(si, _info):
    """The signer's certificate is named second, another one first."""
    ess = ess_of(si)
    ess["certs"] = [*as_signing_certificate_v2(certificate_of("p256"))["certs"], *ess["certs"]]


def ess_twice(si, _info):
    """Another certificate in a second value of the attribute."""
    a = attribute(si, "signing_certificate_v2")
    a["values"] = [as_signing_certificate_v2(certificate_of("p256")), *a["values"]]


def ess_old_other(si, _info):
    """The older attribute names another certificate than the newer one."""
    plus("signing_certificate", tsp.SigningCertificate({"certs": [{"cert_hash": hashlib.sha1(certificate_of("p256").dump()).digest()}]}))(si, _info)


def ess_sha1(si, _info):
    ess = ess_of(si)["certs"][0]
    ess["hash_algorithm"] = {"algorithm": "sha1"}
    ess["cert_hash"] = hashlib.sha1(certificate_of("rsa2048").dump()).digest()


def ess_v1(who):
    """Only the older attribute, about this certificate."""
    def fn(si, info):
        without("signing_certificate_v2")(si, info)
        plus("signing_certificate", tsp.SigningCertificate({"certs": [{"cert_hash": hashlib.sha1(certificate_of(who).dump()).digest()}]}))(si, info)
    return fn


def longer(si, _info):
    si["signature"] = b"\0" + si["signature"].native


def shorter(si, _info):
    si["signature"] = si["signature"].native[:-1]


def plus_modulus(si, _info):
    n = int(certificate_of("rsa2048").public_key.native["public_key"]["modulus"])
    value = int.from_bytes(si["signature"].native, "big") + n
    si["signature"] = value.to_bytes((value.bit_length() + 7) // 8, "big")


def pss_trailer(si, info):
    from cms_attacks import pss_good
    pss_good(si, info)
    si["signature_algorithm"]["parameters"]["trailer_field"] = 2


def set_without_digest(_si, info):
    info["content"]["digest_algorithms"] = cms.DigestAlgorithms([{"algorithm": "sha512"}])


def crowd():
    """A hundred certificates that have nothing to do with it."""
    data = sign(document(), reserved=1 << 19)
    info = parsed(data)
    other = cms.CertificateChoices("certificate", certificate_of("p384"))
    info["content"]["certificates"] = cms.CertificateSet([*info["content"]["certificates"], *[other] * 100])
    return with_cms(data, info.dump(force=True))


def nested_ber():
    """Attributes in BER, signed as DER: a reader that digests what stands there, and one that does not."""
    info = parsed()
    der = info.dump()
    si = info["content"]["signer_infos"][0]
    attrs = si["signed_attrs"].dump()
    at = der.index(attrs)
    body = attrs[2:] if attrs[1] < 0x80 else attrs[2 + (attrs[1] & 0x7f):]
    long_form = b"\xa0\x84" + len(body).to_bytes(4, "big") + body
    shift = len(long_form) - len(attrs)
    out = bytearray(der[:at] + long_form + der[at + len(attrs):])

    def fix(pos):
        tag_len = out[pos + 1]
        n = tag_len & 0x7f
        value = int.from_bytes(out[pos + 2:pos + 2 + n], "big") + shift
        out[pos + 2:pos + 2 + n] = value.to_bytes(n, "big")
    # ContentInfo, [0], SignedData, SET of SignerInfo, SignerInfo stand around the attributes
    pos = 0
    for _ in range(3):
        fix(pos)
        if out[pos] == 0x30 and out[pos + 4] == 0x06:
            pos += 4 + 2 + out[pos + 5]
        else:
            pos += 4
    whole = si.dump()
    start = bytes(out).rindex(whole[4:60]) - 4
    fix(start)
    fix(start - 4)
    return with_cms(signed(), bytes(out))


# ---- keys ----
class Weak(Issued):
    """A certificate of the authority for a public key of our own making."""

    def __init__(self, name, spki):
        w = world()
        super().__init__(name, w.ca, SIGNER)
        cert = ax509.Certificate.load(self.der())
        cert["tbs_certificate"]["subject_public_key_info"] = spki
        cert["signature_value"] = w.ca.key.sign(cert["tbs_certificate"].dump(force=True), ec.ECDSA(hashes.SHA256()))
        self.made = ax509.Certificate.load(cert.dump(force=True))

    def asn1(self):
        return self.made


def forged(party, value_of, algorithm):
    """A signature by this certificate whose value is computed by value_of(DER of the attributes)."""
    w = world()
    helper = Party("Aide", w.ca, start=T - DAY, key=rsa.generate_private_key(65537, 2048))
    data = sign(document(), signer=signers.SimpleSigner(helper.asn1(), helper.private(), w.registry()))
    info = cms.ContentInfo.load(cms_of(data), strict=False)
    si = info["content"]["signer_infos"][0]
    cert = party.asn1()
    info["content"]["certificates"] = cms.CertificateSet([cms.CertificateChoices("certificate", c) for c in (cert, w.ca.asn1())])
    si["sid"] = cms.SignerIdentifier("issuer_and_serial_number", cms.IssuerAndSerialNumber({"issuer": cert.issuer, "serial_number": cert.serial_number}))
    si["signature_algorithm"] = algos.SignedDigestAlgorithm({"algorithm": algorithm})
    kept = [a for a in si["signed_attrs"] if a["type"].native not in ("cms_algorithm_protection", "signing_certificate_v2")]
    kept.append(cms.CMSAttribute({"type": "signing_certificate_v2", "values": [as_signing_certificate_v2(cert)]}))
    si["signed_attrs"] = cms.CMSAttributes(kept)
    si["signature"] = value_of(si["signed_attrs"].untag().dump(force=True))
    return store(with_cms(data, info.dump(force=True)), [w.ca.der()], good())


def padded(message, size):
    """EMSA-PKCS1-v1_5 of the message's SHA-256."""
    info = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(message).digest()
    return b"\0\1" + b"\xff" * (size - 3 - len(info)) + b"\0" + info


def rsa_spki(n, e):
    return keys.PublicKeyInfo({"algorithm": {"algorithm": "rsa", "parameters": core.Null()},
                               "public_key": core.ParsableOctetBitString(keys.RSAPublicKey({"modulus": n, "public_exponent": e}).dump())})


@functools.lru_cache(None)
def modulus():
    return rsa.generate_private_key(65537, 2048).public_key().public_numbers().n


def exponent_one():
    """With the exponent 1 the padded digest is its own signature: everybody signs."""
    party = Weak("Exposant un", rsa_spki(modulus() | 1 << 2047, 1))
    return forged(party, lambda m: padded(m, 256), "sha256_rsa")


def cube():
    """With the exponent 3 the cube root of a padding that is too short signs for a reader that does not look behind the digest."""
    info = lambda m: b"\0\1" + b"\xff" * 8 + b"\0" + bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(m).digest()

    def value(message):
        wanted = int.from_bytes(info(message).ljust(256, b"\0"), "big")
        low, high = 0, 1 << 700
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if middle ** 3 < wanted else (low, middle)
        return low.to_bytes(256, "big")
    return forged(Weak("Exposant trois", rsa_spki(modulus() | 1 << 2047, 3)), value, "sha256_rsa")


def own_curve():
    """The signer's key on P-256 whose numbers are written down."""
    key = ec.generate_private_key(ec.SECP256R1())
    point = key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    p = 2**256 - 2**224 + 2**192 + 2**96 - 1
    from trust_attacks import P256_B
    params = keys.ECDomainParameters("specified", keys.SpecifiedECDomain({
        "version": 1, "field_id": {"field_type": "prime_field", "parameters": core.Integer(p)},
        "curve": {"a": (p - 3).to_bytes(32, "big"), "b": P256_B.to_bytes(32, "big")}, "base": point, "order": P256_N, "cofactor": 1}))
    party = Weak("Courbe écrite", keys.PublicKeyInfo({"algorithm": {"algorithm": "ec", "parameters": params}, "public_key": keys.ECPointBitString(point)}))

    def value(message):  # private key 1
        r = int.from_bytes(point[1:33], "big") % P256_N
        return utils.encode_dss_signature(r, (int.from_bytes(hashlib.sha256(message).digest(), "big") + r) % P256_N)
    return forged(party, value, "sha256_ecdsa")


def ecdsa_as(encode):
    def make():
        w = world()
        data = w.sign()
        info = cms.ContentInfo.load(cms_of(data), strict=False)
        si = info["content"]["signer_infos"][0]
        si["signature"] = encode(*utils.decode_dss_signature(si["signature"].native))
        return store(with_cms(data, info.dump(force=True)), [], good())
    return make


def integer(n, pad=0):
    body = b"\0" * pad + n.to_bytes((n.bit_length() + 8) // 8, "big")
    return b"\2" + bytes([len(body)]) + body


def sequence(*parts):
    body = b"".join(parts)
    return b"\x30" + bytes([len(body)]) + body


# ---- certificates ----
def names(permitted=None, excluded=None):
    return x509.NameConstraints(permitted, excluded), True


def directory(*pairs):
    return x509.DirectoryName(x509.Name([x509.NameAttribute(k, v) for k, v in pairs]))


def policy(explicit):
    return x509.PolicyConstraints(explicit, None), True


def bent_certificate(bend, key=None):
    """The signer's certificate, changed by bend(tbs), signed by the authority once more."""
    def make():
        w = world()
        party = Issued("Signataire", w.ca, SIGNER)
        cert = ax509.Certificate.load(party.der())
        tbs = cert["tbs_certificate"]
        bend(tbs)
        cert["signature_value"] = (key or w.ca.key).sign(tbs.dump(force=True), ec.ECDSA(hashes.SHA256()))
        made = ax509.Certificate.load(cert.dump(force=True))
        data = sign(document(), signer=signers.SimpleSigner(made, party.private(), w.registry()))
        return store(data, [w.ca.der()], good())
    return make


def doubled_usage(tbs):
    extra = ax509.Extension({"extn_id": "key_usage", "critical": True, "extn_value": ax509.KeyUsage({"digital_signature"})})
    tbs["extensions"] = [*tbs["extensions"], extra]


def other_algorithm(tbs):
    tbs["signature"] = {"algorithm": "sha384_ecdsa"}


def serial(n):
    def bend(tbs):
        tbs["serial_number"] = n
    return bend


def loop():
    """Two authorities that issued each other, and nobody else."""
    a, b = Party("AC boucle A", ca=True), Party("AC boucle B", ca=True)
    ab, ba = Issued(a.name, b, AUTHORITY, start=T - 300 * DAY, key=a.key), Issued(b.name, a, AUTHORITY, start=T - 300 * DAY, key=b.key)
    party = Issued("Signataire", ab, SIGNER)
    registry = SimpleCertificateStore.from_certs([ab.asn1(), ba.asn1()])
    return store(signed_by(party, registry), [ab.der(), ba.der()], good())


def by_leaf():
    """The certificate of a signer issues another one."""
    w = world()
    owner = Issued("Signataire", w.ca, SIGNER)
    party = Issued("Sous-signataire", owner, SIGNER)
    registry = SimpleCertificateStore.from_certs([owner.asn1(), w.ca.asn1()])
    return store(signed_by(party, registry), [owner.der(), w.ca.der()], good())


def same_name_authority():
    """An authority with the true one's name and another key."""
    w = world()
    other = Party("AC passée", ca=True)
    party = Issued("Signataire", other, SIGNER)
    return store(signed_by(party, SimpleCertificateStore.from_certs([other.asn1(), w.ca.asn1()])), [other.der(), w.ca.der()], good())


# ---- revocation ----
def two_answers(statuses):
    """One answer that says two things of one certificate."""
    from asn1crypto import ocsp as aocsp
    w = world()
    ders = [answer(w.signer, w.ca, w.ca, status=s, revoked=T - HOUR if s == ocsp.OCSPCertStatus.REVOKED else None) for s in statuses]
    loaded = [aocsp.OCSPResponse.load(d) for d in ders]
    basic = loaded[0]["response_bytes"]["response"].parsed
    basic["tbs_response_data"]["responses"] = [r["response_bytes"]["response"].parsed["tbs_response_data"]["responses"][0] for r in loaded]
    basic["signature"] = w.ca.key.sign(basic["tbs_response_data"].dump(force=True), ec.ECDSA(hashes.SHA256()))
    loaded[0]["response_bytes"]["response"] = core.ParsableOctetString(basic.dump(force=True))
    return loaded[0].dump(force=True)


def bent_answer(bend):
    from asn1crypto import ocsp as aocsp
    w = world()
    response = aocsp.OCSPResponse.load(answer(w.signer, w.ca, w.ca))
    basic = response["response_bytes"]["response"].parsed
    bend(basic["tbs_response_data"])
    basic["signature"] = w.ca.key.sign(basic["tbs_response_data"].dump(force=True), ec.ECDSA(hashes.SHA256()))
    response["response_bytes"]["response"] = core.ParsableOctetString(basic.dump(force=True))
    return response.dump(force=True)


def critical_single(tbs):
    tbs["responses"][0]["single_extensions"] = [{"extn_id": "1.2.3.4", "critical": True, "extn_value": b"\5\0"}]


def critical_answer(tbs):
    tbs["response_extensions"] = [{"extn_id": "1.2.3.4", "critical": True, "extn_value": b"\5\0"}]


def other_key_hash(tbs):
    tbs["responses"][0]["cert_id"]["issuer_key_hash"] = b"\1" * 20


def no_next(tbs):
    del tbs["responses"][0]["next_update"]


# ---- time ----
CLOCK = [(x509.BasicConstraints(False, None), True), usage("digital_signature"), (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)]


class Bent(timestamps.DummyTimeStamper):
    """A time-stamp unit whose TSTInfo is changed before it is signed."""

    def __init__(self, bend, unit=None, when=T, digest=None):
        w = world()
        unit = unit or w.unit
        super().__init__(unit.asn1(), unit.private(), certs_to_embed=w.registry(), fixed_dt=when, override_md=digest)
        self.bend = bend

    def request_tsa_response(self, req):
        reply = super().request_tsa_response(req)
        content = reply["time_stamp_token"]["content"]
        info = content["encap_content_info"]["content"].parsed
        self.bend(info)
        der = info.dump(force=True)
        content["encap_content_info"]["content"] = core.ParsableOctetString(der)
        si = content["signer_infos"][0]
        for a in si["signed_attrs"]:
            if a["type"].native == "message_digest":
                a["values"] = [core.OctetString(hashlib.new(si["digest_algorithm"]["algorithm"].native, der).digest())]
        key = serialization.load_der_private_key(self.tsa_key.dump(), password=None)
        si["signature"] = key.sign(si["signed_attrs"].untag().dump(force=True), padding.PKCS1v15(), hashes.SHA256() if
                                   si["digest_algorithm"]["algorithm"].native == "sha256" else hashes.SHA512())
        return reply


def accuracy(seconds=None, fraction=0, **parts):
    """fraction: of genTime itself, in microseconds."""
    def bend(info):
        info["accuracy"] = {"seconds": seconds, **parts} if seconds is not None else parts
        if fraction:
            info["gen_time"] = info["gen_time"].native.replace(microsecond=fraction)
    return bend


def critical_stamp(info):
    info["extensions"] = [{"extn_id": "1.2.3.4", "critical": True, "extn_value": b"\5\0"}]


def several(*times):
    """As many time-stamps in one signature."""
    w = world()
    data = w.sign(w.stamper(times[0]))
    info = cms.ContentInfo.load(cms_of(data), strict=False)
    si = info["content"]["signer_infos"][0]
    tokens = []
    for when in times:
        stamper = w.stamper(when)
        digest = hashlib.sha256(si["signature"].native).digest()
        request = tsp.TimeStampReq({"version": 1, "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest}, "cert_req": True})
        tokens.append(stamper.request_tsa_response(request)["time_stamp_token"])
    si["unsigned_attrs"] = cms.CMSAttributes([cms.CMSAttribute({"type": "signature_time_stamp_token", "values": tokens})])
    return with_cms(data, info.dump(force=True))


def self_stamped():
    """The signer's own certificate may stamp: he is his own clock."""
    w = world()
    purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True
    both = Issued("Signataire et horloge", w.ca, [(x509.BasicConstraints(False, None), True), usage("content_commitment", "digital_signature"), purposes],
                  key=rsa.generate_private_key(65537, 2048))
    stamper = timestamps.DummyTimeStamper(both.asn1(), both.private(), certs_to_embed=w.registry(), fixed_dt=T)
    return w.store(sign(document(), signer=signers.SimpleSigner(both.asn1(), both.private(), w.registry()), stamp=stamper), *good())


def stamp_range_short():
    """A document time-stamp over the first half of the file."""
    w = world()
    data = w.archive(w.store(w.sign(), *good()), T + HOUR / 2)
    from pdf_attacks import replaced
    return replaced(rb"\[\d+ \d+ \d+ \d+ *\]", b"[0 100 200 300]", data)


def table():
    # attributes
    yield "attr-digest-two-values", changed(two_values), "invalid", ["cms.attribute-missing"]
    yield "attr-digest-unsigned", changed(digest_outside), "invalid", ["cms.attribute-missing"]
    yield "attr-ess-issuer", changed(other_issuer), "undetermined", ["cms.ess-issuer"]
    yield "attr-ess-second", changed(ess_second), "undetermined", ["cms.ess-other-certificate"]
    yield "attr-ess-two-values", changed(ess_twice), "invalid", []
    yield "attr-ess-old-other", changed(ess_old_other), "undetermined", []
    yield "attr-ess-sha1", changed(ess_sha1), "valid", ["cms.ess-v1", "level:not-PAdES"]
    yield "attr-ess-v1", changed(ess_v1("rsa2048")), "valid", ["cms.ess-v1", "level:not-PAdES"]
    yield "attr-ess-v1-other", changed(ess_v1("p256")), "undetermined", ["cms.ess-other-certificate"]
    yield "value-longer", changed_after(longer), "invalid", ["cms.signature-wrong"]
    yield "value-shorter", changed_after(shorter), "invalid", ["cms.signature-wrong"]
    yield "value-plus-modulus", changed_after(plus_modulus), "invalid", ["cms.signature-wrong"]
    yield "pss-trailer", changed(pss_trailer, pss=True), "invalid", ["cms.pss-parameters"]
    yield "digest-not-announced", changed(set_without_digest), "valid", []
    yield "certificates-crowd", crowd, "invalid", ["cms.not-der"]
    yield "attr-long-length", nested_ber, "valid", ["cms.ber", "level:not-PAdES"]
    now = T + HOUR / 2
    # keys
    yield "key-exponent-one", exponent_one, "invalid", ["cms.signature-wrong"], *at(now)
    yield "key-cube-root", cube, "invalid", ["cms.signature-wrong"], *at(now)
    yield "key-own-curve", own_curve, "invalid", [], *at(now)
    yield "ecdsa-raw", ecdsa_as(lambda r, s: r.to_bytes(32, "big") + s.to_bytes(32, "big")), "invalid", [], *at(now)
    yield "ecdsa-padded", ecdsa_as(lambda r, s: sequence(integer(r, 2), integer(s))), "invalid", [], *at(now)
    yield "ecdsa-tail", ecdsa_as(lambda r, s: sequence(integer(r), integer(s), b"\5\0")), "invalid", [], *at(now)
    yield "ecdsa-behind", ecdsa_as(lambda r, s: sequence(integer(r), integer(s)) + b"\0"), "invalid", [], *at(now)
    yield "ecdsa-plus-order", ecdsa_as(lambda r, s: sequence(integer(r + P256_N), integer(s))), "invalid", [], *at(now)
    yield "ecdsa-negative", ecdsa_as(lambda r, s: sequence(b"\2\x20" + (r | 1 << 255).to_bytes(32, "big"), integer(s))), "invalid", [], *at(now)
    # certificates
    common = directory((NameOID.COMMON_NAME, "Signataire"))
    yield "chain-excluded", below(*AUTHORITY, names(excluded=[common])), "undetermined", [], *at(now)
    yield "chain-permitted", below(*AUTHORITY, names(permitted=[common])), "valid", [], *at(now)
    yield "chain-policy-required", below(*AUTHORITY, policy(0)), "undetermined", [], *at(now)
    yield "chain-inhibit-any", below(*AUTHORITY, (x509.InhibitAnyPolicy(0), True)), "valid", [], *at(now)
    yield "leaf-critical", below(*AUTHORITY, leaf=[*SIGNER, (x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\5\0"), True)]), "undetermined", ["chain.critical-extension"], *at(now)
    yield "leaf-any-purpose", below(*AUTHORITY, leaf=[*SIGNER, (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]), False)]), "valid", [], *at(now)
    yield "leaf-ocsp-purpose", below(*AUTHORITY, leaf=[*SIGNER, (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False)]), "undetermined", ["usage.other-purpose"], *at(now)
    yield "leaf-usage-twice", bent_certificate(doubled_usage), "undetermined", [], *at(now)
    yield "leaf-algorithm-differs", bent_certificate(other_algorithm), "undetermined", [], *at(now)
    yield "leaf-serial-long", bent_certificate(serial(1 << 300)), "valid", [], *at(now)
    yield "leaf-signed-by-other", bent_certificate(lambda tbs: None, ec.generate_private_key(ec.SECP256R1())), "undetermined", [], *at(now)
    yield "leaf-not-yet", below(*AUTHORITY, start=T + DAY, end=T + 2 * DAY), "undetermined", ["chain.out-of-time"], *at(now)
    yield "chain-loop", loop, "undetermined", [], *at(now)
    yield "chain-by-leaf", by_leaf, "undetermined", [], *at(now)
    yield "chain-same-name", same_name_authority, "undetermined", [], *at(now)
    # revocation
    w = world()
    only = lambda *a, crls=(): store(w.sign(), [w.ca.der()], [w.root.crl(), *crls], a)
    good_, revoked = ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.REVOKED
    yield "ocsp-good-and-revoked", lambda: only(two_answers([good_, revoked])), "undetermined", ["revocation.revoked"], *at(now)
    yield "ocsp-revoked-and-good", lambda: only(two_answers([revoked, good_])), "undetermined", ["revocation.revoked"], *at(now)
    yield "ocsp-older-revoked", lambda: only(answer(w.signer, w.ca, w.ca, status=revoked, revoked=T - HOUR), answer(w.signer, w.ca, w.ca, when=T + HOUR / 4)), "undetermined", ["revocation.revoked"], *at(now)
    yield "ocsp-good-list-revoked", lambda: only(answer(w.signer, w.ca, w.ca, when=T + HOUR / 4), crls=[list_of(w.ca, revoked=[(w.signer, T - HOUR)])]), "undetermined", ["revocation.revoked"], *at(now)
    yield "ocsp-critical-single", lambda: only(bent_answer(critical_single)), "undetermined", [], *at(now)
    yield "ocsp-critical", lambda: only(bent_answer(critical_answer)), "undetermined", [], *at(now)
    yield "ocsp-other-key", lambda: only(bent_answer(other_key_hash)), "undetermined", [], *at(now)
    yield "ocsp-no-next", lambda: only(bent_answer(no_next)), "valid", [], *at(now)
    yield "ocsp-future", lambda: only(answer(w.signer, w.ca, w.ca, when=T + 2 * HOUR)), "undetermined", [], *at(now)
    yield "ocsp-old", lambda: only(answer(w.signer, w.ca, w.ca, when=T - 9 * DAY)), "undetermined", [], *at(now)
    any_purpose = Responder("Répondeur à tout", w.ca, ocsp_purpose=False)
    yield "ocsp-any-purpose", lambda: only(answer(w.signer, w.ca, any_purpose)), "undetermined", [], *at(now)
    listed = lambda *entry, when=T - HOUR: store(w.sign(), [w.ca.der()], [w.root.crl(), list_of(w.ca, revoked=[(w.signer, when)], entry=entry)])
    yield "crl-removed-in-full", lambda: listed(x509.CRLReason(x509.ReasonFlags.remove_from_crl)), "undetermined", [], *at(now)
    yield "crl-invalid-before", lambda: w.store(w.sign(w.stamper(T)), w.root.crl(), list_of(w.ca, at=T + HOUR / 3, revoked=[(w.signer, T + HOUR / 4)], entry=[x509.InvalidityDate(
        (T - DAY).replace(tzinfo=None))])), "undetermined", ["revocation.revoked"], *at(now)
    yield "crl-critical-entry", lambda: store(w.sign(), [w.ca.der()], [w.root.crl(), list_of(w.ca, revoked=[(w.unit, T - HOUR)], entry=[x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\5\0")])]), "undetermined", [], *at(now)
    yield "crl-no-next", lambda: store(w.sign(), [w.ca.der()], [w.root.crl(), no_end(w.ca)]), "valid", [], *at(now)
    yield "crl-by-leaf", lambda: store(w.sign(), [w.ca.der()], [w.root.crl(), list_of(Party("AC passée", w.ca, key=w.signer.key), signer=w.signer)]), "undetermined", [], *at(now)
    # time
    late = T + 2 * HOUR
    lists = lambda **more: (w.root.crl(), w.ca.crl(at=T + 3 * HOUR, revoked=[w.signer], when=T + HOUR / 2, **more))
    yield "time-accuracy", lambda: w.store(w.sign(Bent(accuracy(3600))), *lists()), "undetermined", ["revocation.revoked"], *at(T + 4 * HOUR)
    yield "time-accurate", lambda: w.store(w.sign(Bent(accuracy(1))), *lists()), "valid", ["level:B-LT"], *at(T + 4 * HOUR)
    # a second before the revocation: what is less than a second counts too
    for label, bend, verdict in [("whole", lambda i: None, "valid"), ("millis", accuracy(millis=1), "undetermined"), ("micros", accuracy(micros=1), "undetermined"),
                                 ("fraction", accuracy(0, 500000), "undetermined"), ("below-a-second", accuracy(0, millis=999), "undetermined")]:
        yield "time-" + label, lambda b=bend: w.store(w.sign(Bent(b, when=T + HOUR / 2 - datetime.timedelta(seconds=1))), *lists()), verdict, [], *at(T + 4 * HOUR)
    yield "time-accuracy-huge", lambda: w.store(w.sign(Bent(accuracy(2**62))), *good()), "undetermined", [], *at(late)
    yield "time-accuracy-negative", lambda: w.store(w.sign(Bent(accuracy(-7200), when=T + HOUR / 2)), *lists()), "undetermined", [], *at(T + 4 * HOUR)
    yield "time-critical", lambda: w.store(w.sign(Bent(critical_stamp)), *good()), "undetermined", ["stamp.critical-extension"], *at(late)
    yield "time-version", lambda: w.store(w.sign(Bent(lambda i: i.__setitem__("version", 2))), *good()), "valid", ["level:B-B", "stamp.malformed", "stamp.ignored"], *at(now)
    minute = datetime.timedelta(minutes=1)
    for label, start, end in [("not-yet", T + minute, T + 300 * DAY), ("over", T - DAY, T - minute / 2)]:  # though it is, or was, when this is verified
        yield "time-unit-" + label, lambda s=start, e=end: w.store(w.sign(w.stamper(T, Issued("Horodatage", w.ca, CLOCK, start=s, end=e, key=rsa.generate_private_key(
            65537, 2048)))), *good()), "valid" if label == "not-yet" else "undetermined", ["level:B-B", "stamp.unit-out-of-time"], *at(now if label == "not-yet" else T - minute)
    yield "time-two-tokens", lambda: w.store(several(T + HOUR / 2, T + 3 * HOUR), *lists()), "undetermined", ["revocation.revoked"], *at(T + 4 * HOUR)
    yield "time-two-tokens-early", lambda: w.store(several(T + 3 * HOUR, T + HOUR / 4), *lists()), "valid", [], *at(T + 4 * HOUR)
    yield "time-many-tokens", lambda: w.store(several(*[T] * 2), *good()), "valid", [], *at(late)
    yield "time-own-clock", self_stamped, "undetermined", [], *at(now)
    yield "time-range-short", stamp_range_short, "invalid", [], *at(now)
    yield "time-sha1", lambda: w.store(w.sign(Bent(lambda i: None, digest="sha1")), *good()), "undetermined", [], *at(late)


def no_end(issuer):
    from asn1crypto import crl as acrl
    done = acrl.CertificateList.load(issuer.crl())
    del done["tbs_cert_list"]["next_update"]
    done["signature"] = issuer.key.sign(done["tbs_cert_list"].dump(force=True), ec.ECDSA(hashes.SHA256()))
    return done.dump(force=True)


def changed_after(fn):
    """What happens to the value after a sound signature."""
    return changed(fn, False)
