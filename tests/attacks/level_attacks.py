"""Levels that are claimed and not earned: what the network gave is not in the file; helpers of an authority that are not fit to help."""
import atexit
import hashlib
import os

from asn1crypto import algos, crl as acrl, pem, x509 as ax509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, ObjectIdentifier
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

import base
from base import N, document, sign, stream, update
from past_attacks import DAY, HOUR, T, Party, at, world
from trust_attacks import AUTHORITY, SIGNER, Issued, answer, good, list_of, scope, store, usage

NOCHECK = (x509.OCSPNoCheck(), False)
PURPOSE = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False)


def point(path, der):
    url = x509.UniformResourceIdentifier(base.served(path, der))
    return x509.CRLDistributionPoints([x509.DistributionPoint([url], None, None, None)]), False


CLOCK = [(x509.BasicConstraints(False, None), True), usage("digital_signature"), (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)]


def stamped(party, registry=(), unit=None, at=T):
    w = world()
    signer = signers.SimpleSigner(party.asn1(), party.private(), SimpleCertificateStore.from_certs([c.asn1() for c in registry]))
    return sign(document(), signer=signer, stamp=w.stamper(at, unit))


def issuer_at(path, party):
    where = x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(
        base.served(path, party.der())))])
    return where, False


def unit_fetched(in_file):
    """What is known of the time-stamp unit is served, or in the file."""
    def make():
        w = world()
        unit = Issued("Horodatage à liste", w.ca, [*CLOCK, point(f"/unite-{in_file}.crl", w.ca.crl())], key=rsa.generate_private_key(65537, 2048))
        party = Issued("Signataire", w.ca, SIGNER)
        return store(stamped(party, [w.ca, w.root], unit), [w.ca.der()], [w.root.crl()], [answer(party, w.ca, w.ca), *([answer(unit, w.ca, w.ca)] if in_file else [])])
    return make


def unit_issuer_fetched(in_file):
    """The certificate of the unit's authority is served, or in the file."""
    def make():
        w = world()
        own = Issued("AC des horloges", w.root, AUTHORITY, start=T - 300 * DAY)
        unit = Issued("Horodatage", own, [*CLOCK, issuer_at(f"/horloges-{in_file}.crt", own)], key=rsa.generate_private_key(65537, 2048))
        party = Issued("Signataire", w.ca, SIGNER)
        return store(stamped(party, [w.ca, w.root], unit), [w.ca.der(), *([own.der()] if in_file else [])], [*good(), own.crl()])
    return make


def by_signature(key):
    """All that is needed stands in VRI alone, under this key."""
    def make():
        w = world()

        def change(writer):
            listed = lambda *ders: ArrayObject([writer.add_object(stream(d)) for d in ders])
            one = DictionaryObject({N("/Cert"): listed(w.root.der(), w.ca.der()), N("/CRL"): listed(*good())})
            writer.root[N("/DSS")] = writer.add_object(DictionaryObject({N("/VRI"): DictionaryObject({N("/" + key): writer.add_object(one)})}))
            writer.update_root()
        return update(w.sign(w.stamper(T)), change)
    return make


def self_signed():
    """A signer who is his own anchor: about him nothing is to be had."""
    w = world()
    own, path = Party("Signataire de confiance"), w.path + ".own"
    with open(path, "wb") as out:
        out.write(pem.armor("CERTIFICATE", w.root.der()) + pem.armor("CERTIFICATE", own.der()))
    atexit.register(os.unlink, path)
    return (lambda: store(stamped(own, [w.ca, w.root]), [w.ca.der()], good())), path


def issuer_fetched(in_file):
    """The authority's certificate is served where the signer's says; the file may hold it too."""
    def make():
        w = world()
        own = Issued("AC servie", w.root, AUTHORITY, start=T - 300 * DAY)
        party = Issued("Signataire", own, [*SIGNER, issuer_at(f"/ac-{in_file}.crt", own)])
        return store(stamped(party), [w.ca.der(), *([own.der()] if in_file else [])], [*good(), own.crl()])
    return make


def store_stale(stale):
    """The file's list is over before the signature; the newer one is served."""
    def make():
        w = world()
        party = Issued("Signataire", w.ca, [*SIGNER, point(f"/frais-{stale}.crl", w.ca.crl(at=T + HOUR / 4))])
        old = w.ca.crl(at=T - 20 * HOUR, until=HOUR) if stale else w.ca.crl()
        # what is known of the unit is in the file: an answer about it alone
        return store(stamped(party, [w.ca, w.root]), [w.ca.der()], [w.root.crl(), old], [answer(w.unit, w.ca, w.ca)])
    return make


def responder_fetched(in_file):
    """A responder that is to be checked itself; what is known of it is served, or in the file."""
    def make():
        w = world()
        lists = list_of(w.ca, extensions=[])
        helper = Issued("Répondeur à vérifier", w.ca, [PURPOSE, point(f"/repondeur-{in_file}.crl", lists)], start=T - 300 * DAY, end=T + 3000 * DAY)
        known = answer(helper, w.ca, w.ca)
        party = Issued("Signataire", w.ca, SIGNER)
        return store(stamped(party, [w.ca, w.root]), [w.ca.der()], [w.root.crl()], [answer(w.unit, w.ca, w.ca), answer(party, w.ca, helper), *([known] if in_file else [])])
    return make


def responder_of_today():
    """As the last one, with data that hold now and a list for responders alone: it has to come into the file."""
    w = world()
    today = T + 100 * DAY
    url = [x509.UniformResourceIdentifier(base.served("/repondeurs.crl", b"-"))]
    base.served("/repondeurs.crl", list_of(w.ca, at=today - HOUR, extensions=[(scope(full_name=url), True)]))
    where = x509.CRLDistributionPoints([x509.DistributionPoint(url, None, None, None)])
    helper = Issued("Répondeur à vérifier", w.ca, [PURPOSE, (where, False)], start=T - 300 * DAY, end=T + 3000 * DAY)
    party = Issued("Signataire", w.ca, SIGNER)
    signer = signers.SimpleSigner(party.asn1(), party.private(), w.registry())
    data = sign(document(), signer=signer, stamp=w.stamper(today - 2 * HOUR))
    return store(data, [w.ca.der()], [w.root.crl(at=today - HOUR)], [answer(w.unit, w.ca, w.ca, when=today - HOUR), answer(party, w.ca, helper, when=today - HOUR)])


def delta_stored(base_too, signed=T):
    """A delta list is in the file; the complete one that it goes with is served, or in the file."""
    def make():
        w = world()
        listed = signed + HOUR / 6
        whole = list_of(w.ca, at=signed - 20 * HOUR, until=HOUR, extensions=[(x509.CRLNumber(5), False)])
        delta = list_of(w.ca, at=listed, extensions=[(x509.CRLNumber(7), False), (x509.DeltaCRLIndicator(5), True)])
        party = Issued("Signataire", w.ca, [*SIGNER, point(f"/entiere-{base_too}-{signed:%j}.crl", whole)])
        return store(stamped(party, [w.ca, w.root], at=signed), [w.ca.der()], [w.root.crl(at=listed), delta, *([whole] if base_too else [])],
                     [answer(w.unit, w.ca, w.ca, when=listed)])
    return make


def archived_before():
    """The document time-stamp is older than the store; for its own unit a list is fetched that is newer than what the store has of the signer."""
    w = world()
    unit, other = (Issued(name, w.root, [*CLOCK, *more], key=rsa.generate_private_key(65537, 2048))
                   for name, more in (("Horodatage", []), ("Horodatage à liste", [point("/nouveau.crl", w.root.crl(at=T + HOUR))])))
    party = Issued("Signataire", w.root, SIGNER)
    signer = signers.SimpleSigner(party.asn1(), party.private(), w.registry())
    data = w.archive(sign(document(), signer=signer, stamp=w.stamper(T, unit)), T + HOUR / 2, other)
    return store(data, [], [], [answer(p, w.root, w.root) for p in (party, unit)])


def by_sha1_certificate(party, issuer):
    cert = ax509.Certificate.load(party.der())
    algorithm = algos.SignedDigestAlgorithm({"algorithm": "sha1_ecdsa"})
    cert["tbs_certificate"]["signature"] = algorithm
    cert["signature_algorithm"] = algorithm
    digest = hashlib.sha1(cert["tbs_certificate"].dump(force=True)).digest()
    cert["signature_value"] = issuer.key.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA1())))
    return x509.load_der_x509_certificate(cert.dump(force=True))


def helped_by(*extensions, key=None, sha1=False):
    """An answer by a responder with these extensions, or with a weak key, or certified by SHA-1."""
    def make():
        w = world()
        helper = Issued("Répondeur", w.ca, [PURPOSE, NOCHECK, *extensions], start=T - 300 * DAY, end=T + 3000 * DAY, key=key)
        if sha1:
            helper.cert = by_sha1_certificate(helper, w.ca)
        return store(w.sign(), [w.ca.der()], [w.root.crl()], [answer(w.signer, w.ca, helper)])
    return make


def over_before():
    w = world()  # of after the signature's proven time, so that its own window is not what refuses it
    return store(w.sign(w.stamper(T)), [w.ca.der()], [w.root.crl(), list_of_backwards(w.ca)], [answer(w.unit, w.ca, w.ca, when=T + HOUR / 4)])


def list_of_backwards(issuer):
    """A list whose next update lies before this one."""
    done = acrl.CertificateList.load(issuer.crl())
    tbs = done["tbs_cert_list"]
    tbs["next_update"] = {"utc_time": T - DAY}
    done["signature"] = issuer.key.sign(tbs.dump(force=True), ec.ECDSA(hashes.SHA256()))
    return done.dump(force=True)


def table():
    now, late = T + HOUR / 2, T + 2 * HOUR
    yield "level-issuer-fetched", issuer_fetched(False), "valid", ["level:B-T", "level.no-certificates"], "--online", *at(late)
    yield "sound-level-issuer-inside", issuer_fetched(True), "valid", ["level:B-LT"], "--online", *at(late)
    yield "level-store-stale", store_stale(True), "valid", ["level:B-T", "level.no-revocation-data"], "--online", *at(late)
    yield "sound-level-store", store_stale(False), "valid", ["level:B-LT"], "--online", *at(late)
    yield "level-responder-fetched", responder_fetched(False), "valid", ["level:B-T", "level.no-revocation-data"], "--online", *at(late)
    yield "sound-level-responder", responder_fetched(True), "valid", ["level:B-LT"], "--online", *at(late)
    yield "level-unit-fetched", unit_fetched(False), "valid", ["level:B-T", "level.no-stamp-revocation-data"], "--online", *at(late)
    yield "sound-level-unit", unit_fetched(True), "valid", ["level:B-LT"], "--online", *at(late)
    yield "level-unit-issuer-fetched", unit_issuer_fetched(False), "valid", ["level:B-T", "level.no-certificates"], "--online", *at(late)
    yield "sound-level-unit-issuer", unit_issuer_fetched(True), "valid", ["level:B-LT"], "--online", *at(late)
    make, own = self_signed()
    yield "sound-level-self-signed", make, "valid", ["level:B-LT"], "--policy", "eidas", "--trust", own, *at(late)[4:]
    yield "finish-responder", responder_of_today, "finished", ["level:B-LT"], *at(late)[:4]
    yield "finish-delta-base", delta_stored(False, T + 100 * DAY - 2 * HOUR), "finished", ["level:B-LT"], *at(late)[:4]
    yield "level-delta-base-fetched", delta_stored(False), "valid", ["level:B-T", "level.no-revocation-data"], "--online", *at(late)
    yield "sound-level-delta", delta_stored(True), "valid", ["level:B-LT"], "--online", *at(late)
    yield "store-renewed", lambda: store(world().store(world().sign(world().stamper(T)), *good()), [world().ca.der()]), "valid", ["level:B-LT", "allowed:dss-renewed"], *at(late)
    yield "sound-store-by-signature", by_signature("0123456789ABCDEF" * 2 + "01234567"), "valid", ["level:B-LT"], *at(late)
    yield "store-odd-signature", by_signature("Resources"), "modified", ["change:dss-odd"], *at(late)
    yield "level-archived-before", archived_before, "valid", ["level:B-LT", "level.no-archive-stamp"], "--online", *at(late)
    yield "sound-ocsp-helper", helped_by(), "valid", [], *at(now)
    yield "ocsp-helper-critical", helped_by((x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\5\0"), True)), "undetermined", [], *at(now)
    yield "ocsp-helper-sha1", helped_by(sha1=True), "undetermined", [], *at(now)
    yield "ocsp-helper-weak-key", helped_by(key=rsa.generate_private_key(65537, 1024)), "undetermined", [], *at(now)
    yield "crl-over-before", over_before, "undetermined", [], *at(now)
