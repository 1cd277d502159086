"""What a proven time gives and does not give (EN 319 102-1 5.4 to 5.6): units, algorithms and data judged at the time that is proven, never at their own."""
import atexit
import datetime
import functools
import hashlib
import os

from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.sign import signers, timestamps
from pyhanko_certvalidator.registry import SimpleCertificateStore

from answer_attacks import policy_file
from base import cms_of, document, sign, with_cms
from level_attacks import by_sha1_certificate
from past_attacks import DAY, HOUR, T, Party, at, world
from proof_attacks import stamped
from trust_attacks import AUTHORITY, SIGNER, Issued, below, good, signed_by, store, usage

MINUTE = HOUR / 60
# three months before keys of 1 536 bits end in the catalogue (data/algorithms/eu.json), and two months after it
OLD = datetime.datetime(2019, 7, 1, tzinfo=datetime.timezone.utc)
OVER = datetime.datetime(2019, 12, 1, tzinfo=datetime.timezone.utc)


@functools.lru_cache(None)
def short_key():
    return rsa.generate_private_key(65537, 1536)


class Old:
    """Parties of 2018; the signer's key, or that of one unit, is one that ends."""

    def __init__(self):
        years = dict(start=OLD - 300 * DAY, end=OLD + 3000 * DAY)
        self.root = Party("Racine ancienne", ca=True, **years)
        self.signer = Party("Signataire ancien", self.root, key=short_key(), **years)
        self.brief = Party("Signataire bref", self.root, start=OLD - DAY, end=OLD + HOUR)
        self.unit = Party("Horodatage ancien", self.root, stamps=True, **years)
        self.weak_unit = Party("Horodatage faible", self.root, stamps=True, key=short_key(), **years)

    def sign(self, party, stamp=None):
        return sign(document(), signer=signers.SimpleSigner(party.asn1(), party.private(), registry(self.root)), stamp=stamp)

    def stamper(self, when, unit=None):
        return world().stamper(when, unit or self.unit)

    def store(self, data):
        return store(data, [self.root.der()], [self.root.crl(at=OLD + HOUR / 6, until=400 * DAY)])


def registry(*parties):
    return SimpleCertificateStore.from_certs([p.asn1() for p in parties])


@functools.lru_cache(None)
def old():
    return Old()


def trust_old(when, path=[]):
    """The old authority is the anchor."""
    if not path:
        path.append(world().path + ".old.pem")
        with open(path[0], "wb") as out:
            out.write(old().root.cert.public_bytes(serialization.Encoding.PEM))
        atexit.register(os.unlink, path[0])
    return ["--policy", "eidas", "--trust", path[0], "--at", when.strftime("%Y-%m-%dT%H:%M:%SZ")]


def brief(end, stamp=None):
    """A signer whose certificate ends soon."""
    w = world()
    party = Party("Signataire bref", w.ca, start=T - DAY, end=end)
    return w.store(signed_by(party, stamp=stamp), *good())


def imprint_by_sha1():
    """A sound token whose imprint is a digest that proves nothing any more."""
    w = world()
    data = w.sign(w.stamper(T))
    info = cms.ContentInfo.load(cms_of(data), strict=False)
    si = info["content"]["signer_infos"][0]
    request = tsp.TimeStampReq({"version": 1, "cert_req": True, "message_imprint": {
        "hash_algorithm": {"algorithm": "sha1"}, "hashed_message": hashlib.sha1(si["signature"].native).digest()}})
    stamper = timestamps.DummyTimeStamper(w.unit.asn1(), w.unit.private(), certs_to_embed=w.registry(), fixed_dt=T, override_md="sha256")
    token = stamper.request_tsa_response(request)["time_stamp_token"]
    si["unsigned_attrs"] = cms.CMSAttributes([cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [token]})])
    return w.store(with_cms(data, info.dump()), *good())


def attribute_twice(content):
    si = content["signer_infos"][0]
    kept = list(si["signed_attrs"])
    si["signed_attrs"] = cms.CMSAttributes([*kept, next(a for a in kept if a["type"].native == "content_type")])


def issued_by_sha1():
    w = world()
    party = Issued("Signataire", w.ca, SIGNER)
    party.cert = by_sha1_certificate(party, w.ca)
    return store(signed_by(party), [w.ca.der()], good())


def table():
    w, o = world(), old()
    now, late, last = T + HOUR / 2, T + 2 * HOUR, T + 3 * HOUR
    # units (what a document time-stamp proves: proven_attacks.py)
    yield "earned-unit-over", lambda: w.archive(brief(T + 20 * MINUTE, w.stamper(T, w.short_unit)), now), "valid", ["level:B-LTA"], *at(late)
    yield "earned-unit-to-come", lambda: w.store(w.sign(w.stamper(T, Party("Horodatage à venir", w.ca, start=T + 10 * MINUTE, stamps=True))), *good()), \
        "valid", ["level:B-B", "stamp.unit-out-of-time"], *at(now)
    yield "earned-archive-unit-over-archived", lambda: w.archive(w.archive(brief(T + 35 * MINUTE), now, w.short_unit), T + 50 * MINUTE), "valid", ["level:B-LTA"], *at(late)
    yield "earned-token-attribute-twice", stamped(attribute_twice), "valid", ["level:B-B", "cms.attribute-twice"], *at(now)
    # data: those of after the document time-stamp are not proven by it
    yield "earned-list-after-archive", lambda: store(w.archive(w.sign(), now), [w.ca.der()], [w.root.crl(), w.ca.crl(at=T + 50 * MINUTE)]), \
        "valid", ["level:B-LT"], *at(T + 55 * MINUTE)
    # algorithms
    yield "earned-key-in-time", lambda: o.store(o.sign(o.signer)), "valid", ["level:B-B"], *trust_old(OLD + HOUR / 2)
    yield "earned-key-over", lambda: o.store(o.sign(o.signer)), "undetermined", ["algo.weak"], *trust_old(OVER)
    yield "earned-key", lambda: o.store(o.sign(o.signer, o.stamper(OLD))), "valid", ["level:B-LT"], *trust_old(OVER)
    yield "earned-unit-key-over", lambda: o.store(o.sign(o.brief, o.stamper(OLD, o.weak_unit))), "undetermined", ["algo.weak", "chain.out-of-time"], *trust_old(OVER)
    yield "earned-unit-key", lambda: w.archive(o.store(o.sign(o.brief, o.stamper(OLD, o.weak_unit))), OLD + DAY, o.unit), "valid", ["level:B-LTA"], *trust_old(OVER)
    yield "earned-archive-unit-key", lambda: w.archive(w.archive(o.store(o.sign(o.brief)), OLD + HOUR / 2, o.weak_unit), OLD + DAY, o.unit), "valid", [], *trust_old(OVER)
    yield "earned-imprint-sha1", imprint_by_sha1, "valid", ["level:B-B", "algo.weak", "stamp.ignored"], *at(now)
    yield "earned-certificate-sha1", issued_by_sha1, "undetermined", ["algo.weak"], *at(now)
    # who signs
    yield "earned-authority-signs", below(*AUTHORITY, leaf=[(x509.BasicConstraints(True, None), True), usage("content_commitment", "key_cert_sign")]), \
        "undetermined", ["usage.ca"], *at(now)
    # a policy that asks for a time-stamp
    for label, stamp, verdict, codes in (("missing", False, "undetermined", ["time.required"]), ("there", True, "valid", ["level:B-LT"])):
        yield "earned-asked-" + label, lambda s=stamp: w.store(w.sign(w.stamper(T) if s else None), *good()), verdict, codes, *at(now, policy_file(time_stamp="required"))
