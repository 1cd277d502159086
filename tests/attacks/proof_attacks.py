"""Time-stamp tokens that are not quite right inside a sound signature, what is said after a certificate's end, certificates that need no revocation."""
from asn1crypto import cms, core, crl as acrl, ocsp as aocsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier
from pyhanko.sign import timestamps
from pyhanko.sign.general import as_signing_certificate

import base
from base import cms_of, with_cms
from past_attacks import DAY, HOUR, T, at, world
from trust_attacks import AUTHORITY, SIGNER, Issued, answer, good, signed_by, store, usage

STAMPS = ExtendedKeyUsageOID.TIME_STAMPING


class Token(timestamps.DummyTimeStamper):
    """A time-stamp unit whose token is changed by bend(SignedData) and signed once more."""

    def __init__(self, bend=None, unit=None):
        w = world()
        unit = unit or w.unit
        super().__init__(unit.asn1(), unit.private(), certs_to_embed=w.registry(), fixed_dt=T)
        self.bend = bend

    def request_tsa_response(self, req):
        reply = super().request_tsa_response(req)
        if self.bend:
            content = reply["time_stamp_token"]["content"]
            self.bend(content)
            key = load_der_private_key(self.tsa_key.dump(), password=None)
            for si in content["signer_infos"]:
                si["signature"] = key.sign(si["signed_attrs"].untag().dump(force=True), padding.PKCS1v15(), hashes.SHA256())
        return reply


def stamped(bend=None, unit=None):
    return lambda: world().store(world().sign(Token(bend, unit)), *good())


def attributes(bend):
    """Changes the signed attributes of the token: a dictionary by name."""
    def fn(content):
        si = content["signer_infos"][0]
        every = {a["type"].native: a for a in si["signed_attrs"]}
        bend(every)
        si["signed_attrs"] = cms.CMSAttributes(list(every.values()))
    return fn


def ess_other(every):
    every.pop("signing_certificate_v2", None)
    every["signing_certificate"] = cms.CMSAttribute({"type": "signing_certificate", "values": [as_signing_certificate(world().ca.asn1())]})


def ess_none(every):
    every.pop("signing_certificate", None)
    every.pop("signing_certificate_v2", None)


def twice(content):
    infos = content["signer_infos"]
    content["signer_infos"] = cms.SignerInfos([infos[0], infos[0]])


def content_bent(bend):
    """What the token holds is changed afterwards; its signature stays."""
    def make():
        w = world()
        data = w.sign(w.stamper(T))
        info = cms.ContentInfo.load(cms_of(data), strict=False)
        bend(info["content"]["signer_infos"][0]["unsigned_attrs"][0]["values"][0]["content"])
        return w.store(with_cms(data, info.dump(force=True)), *good())
    return make


def emptied(content):
    content["encap_content_info"] = {"content_type": "tst_info"}


def as_data(content):
    """The token says that it holds plain data."""
    der = content["encap_content_info"]["content"].parsed.dump()
    content["encap_content_info"] = {"content_type": "data", "content": core.ParsableOctetString(der)}


def unit(purposes, critical=True, ca=False, uses=("digital_signature",)):
    return Issued("Horodatage particulier", world().ca, [(x509.BasicConstraints(ca, None), True), usage(*uses), (x509.ExtendedKeyUsage(purposes), critical)],
                  key=rsa.generate_private_key(65537, 2048))


def answered_after(cutoff):
    """An answer made after the certificate's end, which says from when on expired ones are remembered."""
    def make():
        w = world()
        response = aocsp.OCSPResponse.load(answer(w.signer, w.ca, w.ca, when=T + 2 * HOUR))
        basic = response["response_bytes"]["response"].parsed
        if cutoff is not None:
            basic["tbs_response_data"]["responses"][0]["single_extensions"] = [
                {"extn_id": "archive_cutoff", "critical": False, "extn_value": core.ParsableOctetString(core.GeneralizedTime(cutoff).dump())}]
        basic["signature"] = w.ca.key.sign(basic["tbs_response_data"].dump(force=True), ec.ECDSA(hashes.SHA256()))
        response["response_bytes"]["response"] = core.ParsableOctetString(basic.dump(force=True))
        return store(w.sign(w.stamper(T)), [w.ca.der()], [w.root.crl()], [response.dump(force=True), answer(w.unit, w.ca, w.ca)])
    return make


def listed_after(since):
    """The same by a list (expiredCertsOnCRL)."""
    def make():
        w = world()
        done = acrl.CertificateList.load(w.ca.crl(at=T + 2 * HOUR))
        if since is not None:
            done["tbs_cert_list"]["crl_extensions"] = [{"extn_id": "2.5.29.60", "critical": False, "extn_value": core.ParsableOctetString(core.GeneralizedTime(since).dump())}]
        done["signature"] = w.ca.key.sign(done["tbs_cert_list"].dump(force=True), ec.ECDSA(hashes.SHA256()))
        return w.store(w.sign(w.stamper(T)), w.root.crl(), done.dump(force=True))
    return make


def needs_none(oid, value=b"\5\0", critical=False, revoked=False):
    """A certificate for which its authority publishes no revocation; or says so, and revokes it all the same."""
    def make():
        w = world()
        party = Issued("Signataire de courte durée", w.ca, [*SIGNER, (x509.UnrecognizedExtension(ObjectIdentifier(oid), value), critical)])
        return store(signed_by(party), [w.ca.der()], [w.root.crl(), *([w.ca.crl(revoked=[party], when=T - HOUR)] if revoked else [])])
    return make


def nothing_asked(oid):
    """A list that revokes it is to be had over the network: without the extension it would be."""
    def make():
        w = world()
        url, name = base.served(f"/none-{oid}.crl", b"-"), f"Signataire de courte durée {oid}"
        point = x509.CRLDistributionPoints([x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None)])
        none = [(x509.UnrecognizedExtension(ObjectIdentifier(oid), b"\5\0"), False)] if oid else []
        party = Issued(name, w.ca, [*SIGNER, (point, False), *none])
        base.served(f"/none-{oid}.crl", w.ca.crl(revoked=[party], when=T - HOUR))
        return store(signed_by(party), [w.ca.der()], [w.root.crl()])
    return make


def authority_needs_none(oid):
    def make():
        w = world()
        own = Issued("AC de courte durée", w.ca, [*AUTHORITY, (x509.UnrecognizedExtension(ObjectIdentifier(oid), b"\5\0"), False)], start=T - 300 * DAY)
        party = Issued("Signataire", own, SIGNER)
        return store(signed_by(party), [own.der(), w.ca.der()], [w.root.crl(), own.crl()])
    return make


def table():
    now, late = T + HOUR / 2, T + 3 * HOUR
    ignored = lambda *codes: ["level:B-B", "stamp.ignored", *codes]
    yield "sound-token", stamped(), "valid", ["level:B-LT"], *at(now)
    yield "sound-token-signed-again", stamped(lambda c: None), "valid", ["level:B-LT"], *at(now)
    yield "token-two-signers", stamped(twice), "valid", ignored("cms.several-signers"), *at(now)
    yield "token-no-content", content_bent(emptied), "valid", ignored("cms.content-absent"), *at(now)
    yield "token-ess-other", stamped(attributes(ess_other)), "valid", ignored("cms.signer-identifier"), *at(now)
    yield "token-ess-none", stamped(attributes(ess_none)), "valid", ignored("cms.ess-missing"), *at(now)
    yield "token-is-data", content_bent(as_data), "valid", ignored("cms.content-type"), *at(now)
    for label, made in [("two-purposes", lambda: unit([STAMPS, ExtendedKeyUsageOID.EMAIL_PROTECTION])), ("not-critical", lambda: unit([STAMPS], critical=False)),
                        ("unnamed-purpose", lambda: unit([STAMPS, ObjectIdentifier("1.2.3.4")])),
                        ("any-purpose", lambda: unit([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE])), ("no-usage", lambda: unit([STAMPS], uses=("key_encipherment",)))]:
        yield "token-" + label, lambda m=made: stamped(unit=m())(), "valid", ignored("stamp.purpose"), *at(now)
    yield "token-by-ca", lambda: stamped(unit=unit([STAMPS], ca=True, uses=("digital_signature", "key_cert_sign")))(), "valid", ignored("stamp.ca"), *at(now)
    # what is said after the end of a certificate
    yield "after-end-answer", answered_after(None), "undetermined", [], *at(late)
    yield "after-end-cutoff-late", answered_after(T + 3 * HOUR / 2), "undetermined", [], *at(late)
    yield "sound-after-end-cutoff", answered_after(T - DAY), "valid", ["level:B-LT"], *at(late)
    yield "after-end-list", listed_after(None), "undetermined", [], *at(late)
    yield "after-end-list-since-late", listed_after(T + 2 * HOUR), "undetermined", [], *at(late)
    yield "sound-after-end-list-since", listed_after(T - DAY), "valid", ["level:B-LT"], *at(late)
    # no revocation to be had
    yield "sound-short-term", needs_none("0.4.0.194121.2.1"), "valid", [], *at(now)
    yield "sound-no-revocation", needs_none("2.5.29.56"), "valid", [], *at(now)
    yield "short-term-revoked", needs_none("0.4.0.194121.2.1", revoked=True), "undetermined", ["revocation.revoked"], *at(now)
    yield "sound-no-revocation-not-asked", nothing_asked("2.5.29.56"), "valid", [], "--online", *at(now)
    yield "revocation-asked", nothing_asked(None), "undetermined", ["revocation.revoked"], "--online", *at(now)
    yield "no-revocation-revoked", needs_none("2.5.29.56", revoked=True), "undetermined", ["revocation.revoked"], *at(now)
    yield "short-term-other", needs_none("0.4.0.194121.2.2"), "undetermined", ["revocation.offline"], *at(now)
    yield "short-term-authority", authority_needs_none("2.5.29.56"), "undetermined", ["revocation.offline"], *at(now)
