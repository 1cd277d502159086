"""Authorities that several others signed: one way to an anchor is enough, each is judged for itself, and their number has a ceiling."""
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from base import sign
from key_attacks import directory, names
from past_attacks import DAY, HOUR, T, Party, at, world
from trust_attacks import AUTHORITY, BOX, SIGNER, Issued, good, signed_by, store


class Cross:
    """An authority with a certificate of `w.ca` and another one; the other one comes first wherever readers look."""

    def __init__(self, *extensions, issuer=None, start=T - 300 * DAY, end=T + 300 * DAY):
        w = world()
        key = ec.generate_private_key(ec.SECP256R1())
        self.other_issuer = issuer or Party("Racine étrangère", ca=True)
        self.other = Issued("AC croisée", self.other_issuer, [*AUTHORITY, *extensions], start=start, end=end, key=key)
        self.own = Issued("AC croisée", w.ca, AUTHORITY, start=T - 300 * DAY, end=T + 200 * DAY, key=key)
        self.party = Issued("Signataire", self.own, SIGNER)

    def signed(self, own=True, lists=None, stamp=None):
        w = world()
        certs = [self.other, self.other_issuer, *([self.own] if own else []), w.ca]
        registry = SimpleCertificateStore.from_certs([c.asn1() for c in certs])
        return store(signed_by(self.party, registry, stamp=stamp), [c.der() for c in certs], lists if lists is not None else [*good(), self.own.crl()])


def crossed(*extensions, lists=None, own=True, **more):
    def make():
        c = Cross(*extensions, **more)
        return c.signed(own, lists(c) if lists else None)
    return make


def finished(*which, **more):
    """Stamped, with all that is needed for one of the ways."""
    def make():
        w = world()
        c = Cross(**more)
        lists = [w.root.crl(), w.ca.crl(revoked=[getattr(c, n) for n in which], when=T - DAY), c.own.crl()]
        return c.signed(lists=lists, stamp=w.stamper(T))
    return make


def thicket():
    """Authorities of one name that all signed one another."""
    parties = [Party("AC du fourré", ca=True) for _ in range(12)]
    certs = [Issued(a.name, b, AUTHORITY, start=T - 300 * DAY, key=a.key) for a in parties for b in parties if a is not b]
    party = Issued("Signataire", parties[0], SIGNER)
    return store(signed_by(party, SimpleCertificateStore.from_certs([])), [c.der() for c in certs], good())


def in_front(*crowd, later=False):
    """An ordinary chain, with these certificates in front of it in the security store; `later`: of a second, visible signature."""
    def make():
        w = world()
        own = Issued("AC du second", w.root, AUTHORITY, start=T - 300 * DAY)
        party = Issued("Second auditeur", own, SIGNER)
        registry = SimpleCertificateStore.from_certs([own.asn1(), w.root.asn1()])
        certs = [c.der() for kind in crowd for c in kind(own)]
        lists = [*good(), own.crl()]
        if not later:
            return store(signed_by(party, registry), [*certs, own.der()], lists)
        first = store(w.sign(w.stamper(T)), [*certs, w.ca.der()], good())
        return store(sign(first, field="S2", box=BOX, signer=signers.SimpleSigner(party.asn1(), party.private(), registry)), [*certs, w.ca.der()], lists)
    return make


def impostors(count):
    """Authorities of the same name, with keys of their own."""
    return lambda own: [Issued("AC du second", Party("Racine passée", ca=True), AUTHORITY, start=T - 300 * DAY, end=T + 400 * DAY) for _ in range(count)]


def strangers_crosses(count):
    """The same authority, certified by authorities that nobody knows."""
    return lambda own: [Issued("AC du second", Party(f"Racine {i}", ca=True), AUTHORITY, start=T - 300 * DAY, end=T + 400 * DAY, key=own.key) for i in range(count)]


def others(count):
    return lambda own: [Party(f"AC {i}", ca=True) for i in range(count)]


def table():
    w = world()
    now = T + HOUR / 2
    yield "sound-cross", crossed(), "valid", [], *at(now)
    yield "sound-cross-excluded", crossed(names(excluded=[directory((NameOID.COMMON_NAME, "Signataire"))]), issuer=w.ca), "valid", [], *at(now)
    yield "sound-cross-over", crossed(issuer=w.ca, end=T - DAY), "valid", [], *at(now)
    revoked = lambda *which: lambda c: [w.root.crl(), w.ca.crl(revoked=[getattr(c, n) for n in which], when=T - DAY), c.own.crl()]
    yield "sound-cross-revoked", crossed(issuer=w.ca, lists=revoked("other")), "valid", [], *at(now)
    yield "cross-both-revoked", crossed(issuer=w.ca, lists=revoked("other", "own")), "undetermined", ["revocation.ca-revoked"], *at(now)
    yield "cross-stranger-only", crossed(own=False), "undetermined", ["chain.no-anchor"], *at(now)
    yield "cross-own-revoked", crossed(lists=revoked("own")), "undetermined", ["revocation.ca-revoked"], *at(now)
    yield "cross-thicket", thicket, "undetermined", ["chain.no-anchor"], *at(now)
    for label, crowd in [("impostor", [impostors(1)]), ("impostors", [impostors(40)]), ("strangers", [strangers_crosses(40)]), ("full", [others(520)]),
                         ("all", [impostors(30), strangers_crosses(30), others(520)])]:
        yield "sound-crowd-" + label, in_front(*crowd), "valid", ["first:valid"], *at(now)
        yield "sound-crowd-later-" + label, in_front(*crowd, later=True), "valid", ["first:valid", "allowed:signature"], *at(now)
    trust = ["--trust", w.path]
    yield "finish-cross", finished(), "finished", [], *trust
    yield "finish-cross-revoked", finished("other", issuer=w.ca), "finished", [], *trust
