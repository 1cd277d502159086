"""Validation in the past (EN 319 102-1 5.6): an authority of our own, whose certificates and lists are as old as each case wants.

T is the time of signature, 100 days ago. The signer's certificate ends an hour after T; lists are issued at T + 10 minutes.
"""
import atexit
import datetime
import functools
import io
import os

from asn1crypto import pem, x509 as ax509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.keys import load_private_key_from_pemder_data
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers, timestamps
from pyhanko_certvalidator.registry import SimpleCertificateStore

import base
from base import N, document, sign, stream, update

T = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) - datetime.timedelta(days=100)
HOUR = datetime.timedelta(hours=1)
DAY = 24 * HOUR


class Party:
    def __init__(self, name, issuer=None, start=T - 300 * DAY, end=T + 3000 * DAY, ca=False, stamps=False, key=None):
        self.key = key or (rsa.generate_private_key(65537, 2048) if stamps else ec.generate_private_key(ec.SECP256R1()))
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.issuer = issuer or self
        usage = dict.fromkeys(("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                               "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False)
        for key in ("key_cert_sign", "crl_sign") if ca else ("digital_signature",) if stamps else ("content_commitment",):
            usage[key] = True
        builder = x509.CertificateBuilder().subject_name(self.name).issuer_name(self.issuer.name).public_key(self.key.public_key()) \
            .serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(end) \
            .add_extension(x509.BasicConstraints(ca, None), True).add_extension(x509.KeyUsage(**usage), True)
        if stamps:
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)
        self.cert = builder.sign(self.issuer.key, hashes.SHA256())

    def der(self):
        return self.cert.public_bytes(serialization.Encoding.DER)

    def asn1(self):
        return ax509.Certificate.load(self.der())

    def private(self):
        return load_private_key_from_pemder_data(self.key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()), None)

    def crl(self, at=T + HOUR / 6, until=7 * DAY, revoked=(), when=None, reason=None):
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.name).last_update(at).next_update(at + until)
        for party in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(party.cert.serial_number).revocation_date(when)
            if reason:
                entry = entry.add_extension(x509.CRLReason(reason), False)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


class World:
    def __init__(self):
        self.root = Party("Racine passée", ca=True)
        self.ca = Party("AC passée", self.root, ca=True)
        self.signer = Party("Signataire passé", self.ca, start=T - DAY, end=T + HOUR)
        self.unit = Party("Horodatage passé", self.ca, stamps=True)
        self.short_unit = Party("Horodatage court", self.ca, end=T + HOUR, stamps=True)

    def registry(self):
        return SimpleCertificateStore.from_certs([self.ca.asn1(), self.root.asn1()])

    def sign(self, stamp=None):
        signer = signers.SimpleSigner(self.signer.asn1(), self.signer.private(), self.registry())
        return sign(document(), signer=signer, stamp=stamp)

    def stamper(self, at, unit=None):
        unit = unit or self.unit
        return timestamps.DummyTimeStamper(unit.asn1(), unit.private(), certs_to_embed=self.registry(), fixed_dt=at)

    def store(self, data, *crls):
        def change(w):
            w.root[N("/DSS")] = w.add_object(DictionaryObject({
                N("/Certs"): ArrayObject([w.add_object(stream(p.der())) for p in (self.root, self.ca)]),
                N("/CRLs"): ArrayObject([w.add_object(stream(c)) for c in crls])}))
            w.update_root()
        return update(data, change)

    def archive(self, data, at, unit=None):
        out = io.BytesIO()
        signers.PdfTimeStamper(self.stamper(at, unit)).timestamp_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), "sha256", None, output=out)
        return out.getvalue()


@functools.lru_cache(None)
def world():
    w = World()
    path = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"past-root-{os.getpid()}.pem")
    with open(path, "wb") as out:
        out.write(pem.armor("CERTIFICATE", w.root.der()))
    w.path = path
    atexit.register(os.unlink, path)
    return w


def at(when, policy="eidas"):
    return ["--policy", policy, "--trust", world().path, "--at", when.strftime("%Y-%m-%dT%H:%M:%SZ")]


def table():
    w = world()
    bt = lambda: w.sign(w.stamper(T))
    good = lambda: (w.root.crl(), w.ca.crl())
    late = T + 2 * HOUR  # the signer's certificate is over, the lists still hold
    yield "past-b", lambda: w.store(w.sign(), *good()), "undetermined", ["chain.out-of-time"], *at(late)
    yield "past-b-in-time", lambda: w.store(w.sign(), *good()), "valid", ["level:B-B"], *at(T + HOUR / 2)
    yield "past-t-no-data", bt, "undetermined", ["revocation.offline"], *at(late)
    yield "past-lt", lambda: w.store(bt(), *good()), "valid", ["level:B-LT"], *at(late)
    yield "past-lt-ca-list-only", lambda: w.store(bt(), w.ca.crl()), "undetermined", [], *at(late)
    yield "past-lta", lambda: w.archive(w.store(bt(), *good()), T + HOUR / 2), "valid", ["level:B-LTA"], *at(late)
    yield "past-lta-store-after-stamp", lambda: w.store(w.archive(bt(), T + HOUR / 2), *good()), "valid", ["level:B-LT", "level.no-archive-stamp"], *at(late)
    yield "past-lt-lists-over", lambda: w.store(bt(), *good()), "undetermined", ["revocation.stale"], *at(T + 20 * DAY)
    # the unit of the signature's time-stamp is over, but a document time-stamp came in time
    yield "past-unit-over", lambda: w.store(w.sign(w.stamper(T, w.short_unit)), *good()), "undetermined", ["chain.out-of-time"], *at(late)
    yield "past-unit-over-archived", lambda: w.archive(w.store(w.sign(w.stamper(T, w.short_unit)), *good()), T + HOUR / 2), "valid", ["level:B-LTA"], *at(late)
    yield "past-unit-over-archived-late", lambda: w.archive(w.store(w.sign(w.stamper(T, w.short_unit)), *good()), T + 2 * HOUR), "undetermined", [], *at(T + 3 * HOUR)
    # revoked: before the proven time, after it, and in doubt
    after = lambda when, **more: (w.root.crl(), w.ca.crl(at=T + 3 * HOUR, revoked=[w.signer], when=when, **more))
    yield "past-revoked-before", lambda: w.store(bt(), *after(T - DAY)), "undetermined", ["revocation.revoked"], *at(T + 4 * HOUR)
    yield "past-revoked-after", lambda: w.store(bt(), *after(T + HOUR / 2)), "valid", ["level:B-LT"], *at(T + 4 * HOUR)
    yield "past-revoked-no-stamp", lambda: w.store(w.sign(), w.root.crl(), w.ca.crl(revoked=[w.signer], when=T + HOUR / 8)), "undetermined", ["revocation.revoked"], *at(T + HOUR / 2)
    yield "past-hold", lambda: w.store(bt(), *after(T - DAY, reason=x509.ReasonFlags.certificate_hold)), "undetermined", ["revocation.hold"], *at(T + 4 * HOUR)
    yield "past-unit-revoked", lambda: w.store(bt(), w.root.crl(), w.ca.crl(revoked=[w.unit], when=T - DAY)), "undetermined", ["stamp.ignored"], *at(late)
    yield "past-ca-revoked", lambda: w.store(bt(), w.root.crl(revoked=[w.ca], when=T - DAY), w.ca.crl()), "undetermined", ["revocation.ca-revoked"], *at(late)
    # lists that say nothing: of another key, older than the certificate, of the future
    other = Party("AC passée", w.root, ca=True)
    yield "past-list-other-key", lambda: w.store(bt(), w.root.crl(), other.crl()), "undetermined", ["revocation.offline"], *at(late)
    yield "past-list-old", lambda: w.store(bt(), w.root.crl(), w.ca.crl(at=T - 301 * DAY, until=400 * DAY)), "undetermined", ["revocation.offline"], *at(late)
    yield "past-list-future", lambda: w.store(bt(), w.root.crl(), w.ca.crl(at=T + DAY)), "undetermined", ["revocation.offline"], *at(late)
    # keys and digests that no card of the trade makes, but others do
    for label, key, digest in [("ed25519", ed25519.Ed25519PrivateKey.generate(), "sha512"), ("ed448", ed448.Ed448PrivateKey.generate(), "shake256"),
                               ("p521-sha512", ec.generate_private_key(ec.SECP521R1()), "sha512"), ("brainpool", ec.generate_private_key(ec.BrainpoolP256R1()), "sha256"),
                               ("sha3", ec.generate_private_key(ec.SECP256R1()), "sha3_256"), ("rsa4096-sha384", rsa.generate_private_key(65537, 4096), "sha384")]:
        other_signer = Party("Signataire " + label, w.ca, start=T - DAY, key=key)
        yield "past-key-" + label, lambda s=other_signer, h=digest: w.store(sign(document(), signer=signers.SimpleSigner(
            s.asn1(), s.private(), w.registry()), md_algorithm=h), *good()), "valid", ["level:B-B"], *at(T + HOUR / 2)
    # a time-stamp before the certificate, or from the future
    yield "past-stamp-before-signer", lambda: w.store(w.sign(w.stamper(T - 2 * DAY)), *good()), "undetermined", [], *at(late)
    yield "past-stamp-future", lambda: w.store(w.sign(w.stamper(T + DAY)), *good()), "undetermined", ["stamp.future"], *at(late)
