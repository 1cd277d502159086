"""Answers of responders (RFC 6960) that differ from a sound one in one thing: who speaks, when, about whom, and in what words."""
import atexit
import functools
import hashlib
import json
import os

from asn1crypto import algos, core, crl as acrl, ocsp as aocsp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography import x509
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

import base
from past_attacks import DAY, HOUR, T, Party, at, world
from trust_attacks import SIGNER, Issued, answer, below, by_sha1, list_of, scope, signed_by, store, usage

MINUTE = HOUR / 60
NOCHECK = (x509.OCSPNoCheck(), False)
PURPOSE = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False)


def helper(*extensions, start=T - 300 * DAY, end=T + 3000 * DAY):
    return Issued("Répondeur", world().ca, extensions or (PURPOSE, NOCHECK), start, end)


def bent(who, bend=lambda tbs: None, produced=T + 10 * MINUTE, digest=hashes.SHA256(), **more):
    """An answer about the signer by `who`, made at `produced`, changed by bend(ResponseData) and signed once more."""
    w = world()
    response = aocsp.OCSPResponse.load(answer(w.signer, w.ca, who, **more))
    basic = response["response_bytes"]["response"].parsed
    basic["tbs_response_data"]["produced_at"] = produced
    bend(basic["tbs_response_data"])
    if isinstance(digest, hashes.SHA1):
        basic["signature_algorithm"] = algos.SignedDigestAlgorithm({"algorithm": "sha1_ecdsa"})
    der = basic["tbs_response_data"].dump(force=True)
    hashed = hashlib.new(digest.name, der).digest()
    basic["signature"] = who.key.sign(hashed, ec.ECDSA(utils.Prehashed(digest)))
    response["response_bytes"]["response"] = core.ParsableOctetString(basic.dump(force=True))
    return response


def spoilt(response):
    """The signature is another one."""
    basic = response["response_bytes"]["response"].parsed
    value = bytearray(basic["signature"].native)
    value[-1] ^= 1
    basic["signature"] = bytes(value)
    response["response_bytes"]["response"] = core.ParsableOctetString(basic.dump(force=True))
    return response


def status(response, word):
    response["response_status"] = word
    return response


def cert_id(**to):
    def bend(tbs):
        for key, value in to.items():
            tbs["responses"][0]["cert_id"][key] = value
    return bend


def nonce(critical):
    def bend(tbs):
        tbs["response_extensions"] = [{"extn_id": "nonce", "critical": critical, "extn_value": core.ParsableOctetString(core.OctetString(b"\7" * 32).dump())}]
    return bend


def responder_key(tbs):
    tbs["responder_id"] = aocsp.ResponderId("by_key", b"\1" * 20)


def moved(when):
    def bend(tbs):
        tbs["responses"][0]["this_update"] = when
    return bend


def reason(number):
    def bend(tbs):
        tbs["responses"][0]["cert_status"] = aocsp.CertStatus("revoked", {"revocation_time": T - HOUR, "revocation_reason": number})
    return bend


def only(*responses, crls=(), sign=lambda: world().sign()):
    """The signature, and these answers about it; the authority itself is known to be good."""
    w = world()
    return store(sign(), [w.ca.der()], [w.root.crl(), *crls], [r if isinstance(r, bytes) else r.dump(force=True) for r in responses])


def archived(response, when):
    w = world()
    return w.archive(only(response, answer(w.unit, w.ca, w.ca)), when)


def checked(revoked):
    """A responder without "nocheck", about which the authority answers itself."""
    w = world()
    who = helper(PURPOSE)
    own = answer(who, w.ca, w.ca, **({"status": ocsp.OCSPCertStatus.REVOKED, "revoked": T - DAY} if revoked else {}))
    return only(bent(who), own)


def unended(der, party):
    """The list without the time of the next one."""
    done = acrl.CertificateList.load(der)
    del done["tbs_cert_list"]["next_update"]
    done["signature"] = party.key.sign(done["tbs_cert_list"].dump(force=True), ec.ECDSA(hashes.SHA256()))
    return done.dump(force=True)


def later_list(made):
    """A list that says it is of after the document time-stamp which covers it."""
    w = world()
    return w.archive(only(answer(w.unit, w.ca, w.ca), crls=[w.ca.crl(at=made)]), T + HOUR / 2)


def otherwise_inside(der, party):
    """What was signed names another algorithm than what is beside the signature."""
    done = acrl.CertificateList.load(der)
    done["tbs_cert_list"]["signature"] = algos.SignedDigestAlgorithm({"algorithm": "sha384_ecdsa"})
    done["signature"] = party.key.sign(done["tbs_cert_list"].dump(force=True), ec.ECDSA(hashes.SHA256()))
    return done.dump(force=True)


def indirect(name):
    """An indirect list under this name, signed by the authority that the certificate names."""
    w = world()
    agent = Party("Émetteur nommé", w.root, ca=True)
    named = x509.CRLDistributionPoints([x509.DistributionPoint(None, None, None, [x509.DirectoryName(agent.name)])])
    made = list_of(Party(name, w.root, ca=True, key=agent.key), extensions=[(scope(indirect_crl=True), True)])
    party = Issued("Signataire à liste indirecte", w.ca, [*SIGNER, (named, False)])
    return store(signed_by(party), [w.ca.der(), agent.der()], [w.root.crl(), made])


@functools.lru_cache(None)
def policy_file(**more):
    path = f"{world().path}.{'-'.join(more)}.json"
    with open(path, "w", encoding="utf-8") as out:
        json.dump({"format": "paraphe-policy", "version": 1, "id": "particulière", **more}, out)
    atexit.register(os.unlink, path)
    return path


def html_first():
    """The first address of the list gives a page, the second one the list."""
    w = world()
    urls = [x509.UniformResourceIdentifier(base.served(path, data)) for path, data in (("/page.crl", b"<html>Connexion</html>"), ("/liste.crl", w.ca.crl()))]
    points = x509.CRLDistributionPoints([x509.DistributionPoint([url], None, None, None) for url in urls])
    return store(signed_by(Issued("Signataire à deux adresses", w.ca, [*SIGNER, (points, False)])), [w.ca.der()], [w.root.crl()])


def table():
    w = world()
    now = T + HOUR / 2
    sound, ca = helper(), w.ca
    open_ = lambda *codes: ("undetermined", list(codes), *at(now))
    fine = ("valid", [], *at(now))
    yield "answer-sound", lambda: only(bent(sound)), *fine
    # who speaks
    for label, purpose in (("stamps", ExtendedKeyUsageOID.TIME_STAMPING), ("any", ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)):
        yield "answer-purpose-" + label, lambda p=purpose: only(bent(helper((x509.ExtendedKeyUsage([p]), False), NOCHECK))), *open_()
    yield "answer-signature", lambda: only(spoilt(bent(sound))), *open_()
    yield "answer-named-otherwise", lambda: only(bent(sound, responder_key)), *open_()
    yield "answer-named-otherwise-authority", lambda: only(bent(ca, responder_key)), *open_()
    yield "answer-responder-good", lambda: checked(False), *fine
    yield "answer-responder-revoked", lambda: checked(True), *open_()
    # when
    yield "answer-before-responder", lambda: only(bent(helper(start=T + 20 * MINUTE))), *open_()
    yield "answer-after-responder", lambda: archived(bent(helper(end=T + 25 * MINUTE), produced=T + 40 * MINUTE), T + 20 * MINUTE), "undetermined", [], *at(T + HOUR * 5 / 6)
    yield "answer-responder-over", lambda: only(bent(helper(end=T + 20 * MINUTE))), *open_()
    yield "answer-responder-over-proven", lambda: archived(bent(helper(end=T + 20 * MINUTE)), T + 15 * MINUTE), *fine
    yield "answer-responder-to-come", lambda: archived(bent(helper(start=T + 20 * MINUTE), produced=T + 25 * MINUTE), T + 11 * MINUTE), *open_()
    yield "answer-newer-than-made", lambda: only(bent(sound, moved(T + 25 * MINUTE))), *open_()
    # about whom
    yield "answer-other-issuer-name", lambda: only(bent(sound, cert_id(issuer_name_hash=b"\1" * 20))), *open_()
    # in what words: a nonce that nobody asked for, a status that is no answer, a digest that proves nothing
    yield "answer-nonce", lambda: only(bent(sound, nonce(False))), *fine
    yield "answer-nonce-critical", lambda: only(bent(sound, nonce(True))), *fine
    for word in ("try_later", "unauthorized", "internal_error"):
        yield "answer-" + word.replace("_", "-"), lambda s=word: only(status(bent(sound), s)), *open_()
    yield "answer-sha1", lambda: only(bent(ca, digest=hashes.SHA1())), *open_()
    yield "answer-sha1-revokes", lambda: only(bent(ca, digest=hashes.SHA1(), status=ocsp.OCSPCertStatus.REVOKED, revoked=T - HOUR)), *open_("revocation.revoked")
    # suspended, and no more
    yield "answer-hold", lambda: only(bent(ca, reason("certificate_hold"))), *open_("revocation.hold")
    yield "answer-hold-ended", lambda: only(bent(ca, reason("certificate_hold")), bent(ca, moved(T + 20 * MINUTE), produced=T + 20 * MINUTE)), *fine
    yield "answer-hold-later", lambda: only(bent(ca), bent(ca, lambda tbs: (reason("certificate_hold")(tbs), moved(T + 20 * MINUTE)(tbs)), produced=T + 20 * MINUTE)), *open_("revocation.hold")
    # lists
    elder = Issued("Signataire plus ancien", ca, SIGNER, start=T - 300 * DAY)
    yield "list-sha1", lambda: only(crls=[by_sha1(ca.crl(), ca)]), *open_()
    yield "list-no-next-old", lambda: store(signed_by(elder), [ca.der()], [w.root.crl(), unended(ca.crl(at=T - 2 * DAY), ca)]), *open_("revocation.stale")
    yield "list-newer-than-proven", lambda: later_list(T + 50 * MINUTE), "undetermined", [], *at(T + 55 * MINUTE)
    yield "list-may-not", below((x509.BasicConstraints(True, None), True), usage("key_cert_sign")), *open_("revocation.offline")
    yield "list-users-only", lambda: store(w.sign(), [ca.der()], [list_of(w.root, extensions=[(scope(only_contains_user_certs=True), True)]), ca.crl()]), *open_("revocation.offline")
    yield "list-two-algorithms", lambda: only(crls=[otherwise_inside(ca.crl(), ca)]), *open_("revocation.offline")
    odd = [x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\5\0")]
    yield "list-critical-own-entry", lambda: only(crls=[list_of(ca, revoked=[(w.signer, T - HOUR)], entry=odd)]), *open_("revocation.offline")
    yield "list-indirect-other-name", lambda: indirect("Autre émetteur"), *open_("revocation.offline")
    yield "list-indirect-name", lambda: indirect("Émetteur nommé"), *fine
    # a policy that asks for data of after the signature
    for label, made, verdict, codes in (("before", T - 10 * MINUTE, "undetermined", ["revocation.stale"]), ("after", T + 10 * MINUTE, "valid", [])):
        yield "list-strict-" + label, lambda m=made: w.store(w.sign(w.stamper(T)), w.root.crl(), ca.crl(at=m)), verdict, codes, *at(now, policy_file(freshness="after-signature"))
    yield "list-html-first", html_first, "valid", [], "--online", *at(now)
