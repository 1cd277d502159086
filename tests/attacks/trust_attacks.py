"""Attacks on the chain and on revocation data: authorities, responders, lists and keys of our own, as odd as each case wants."""
import hashlib

from asn1crypto import algos, cms, core, crl as acrl, keys, ocsp as aocsp, x509 as ax509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

import base
from base import N, cms_of, document, sign, stream, update, with_cms
from past_attacks import DAY, HOUR, T, Party, at, world

P256_N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
P256_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
P256_B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b


def signed_by(party, registry=None, **more):
    return sign(document(), signer=signers.SimpleSigner(party.asn1(), party.private(), registry or world().registry()), **more)


def store(data, certs=(), crls=(), ocsps=()):
    def change(w):
        d = DictionaryObject({N("/Certs"): ArrayObject([w.add_object(stream(c)) for c in certs])})
        if crls:
            d[N("/CRLs")] = ArrayObject([w.add_object(stream(c)) for c in crls])
        if ocsps:
            d[N("/OCSPs")] = ArrayObject([w.add_object(stream(c)) for c in ocsps])
        w.root[N("/DSS")] = w.add_object(d)
        w.update_root()
    return update(data, change)


def good(*more):
    w = world()
    return (w.root.crl(), w.ca.crl(), *more)


# ---- answers of responders ----
def answer(cert, issuer, responder, when=T + HOUR / 6, status=ocsp.OCSPCertStatus.GOOD, by_hash=True, revoked=None, certs=None):
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=cert.cert, issuer=issuer.cert, algorithm=hashes.SHA1(), cert_status=status, this_update=when, next_update=when + 7 * DAY,
        revocation_time=revoked, revocation_reason=None)
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH if by_hash else ocsp.OCSPResponderEncoding.NAME, responder.cert)
    if certs is None:
        builder = builder.certificates([responder.cert])
    return builder.sign(responder.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


class Responder(Party):
    def __init__(self, name, issuer, ocsp_purpose=True, key=None, ca=False, nocheck=True):
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.issuer = issuer
        builder = x509.CertificateBuilder().subject_name(self.name).issuer_name(issuer.name).public_key(self.key.public_key()) \
            .serial_number(x509.random_serial_number()).not_valid_before(T - 300 * DAY).not_valid_after(T + 3000 * DAY)
        if ocsp_purpose:
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False)
        if nocheck:
            builder = builder.add_extension(x509.OCSPNoCheck(), False)
        if ca:
            builder = builder.add_extension(x509.BasicConstraints(True, None), True)
        self.cert = builder.sign(issuer.key, hashes.SHA256())


def curve_responder():
    """A certificate with the authority's public point on a curve whose generator is that point: everybody knows its private key, 1."""
    w = world()
    point = w.ca.key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    params = keys.ECDomainParameters("specified", keys.SpecifiedECDomain({
        "version": 1, "field_id": {"field_type": "prime_field", "parameters": core.Integer(P256_P)},
        "curve": {"a": (P256_P - 3).to_bytes(32, "big"), "b": P256_B.to_bytes(32, "big")},
        "base": point, "order": P256_N, "cofactor": 1}))
    spki = keys.PublicKeyInfo({"algorithm": {"algorithm": "ec", "parameters": params}, "public_key": keys.ECPointBitString(point)})
    model = Responder("Répondeur courbe", w.ca)
    cert = ax509.Certificate.load(model.der())
    tbs = cert["tbs_certificate"]
    tbs["subject_public_key_info"] = spki
    return cert, point


def ecdsa_on(point, message):
    """Signs with private key 1 on the curve whose generator is the point: r is the point's own abscissa, for k = 1."""
    x = int.from_bytes(point[1:33], "big")
    r = x % P256_N
    e = int.from_bytes(hashlib.sha256(message).digest(), "big")
    return utils.encode_dss_signature(r, (e + r) % P256_N)


def curve_answer():
    w = world()
    cert, point = curve_responder()
    model = answer(w.signer, w.ca, w.ca, certs=())
    response = aocsp.OCSPResponse.load(model)
    basic = response["response_bytes"]["response"].parsed
    basic["certs"] = [cert]
    basic["signature"] = ecdsa_on(point, basic["tbs_response_data"].dump())
    response["response_bytes"]["response"] = core.ParsableOctetString(basic.dump(force=True))
    return response.dump(force=True)


# ---- lists ----
def list_of(issuer, at=T + HOUR / 6, until=7 * DAY, revoked=(), extensions=(), signer=None, entry=None):
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.name).last_update(at).next_update(at + until)
    for party, when in revoked:
        one = x509.RevokedCertificateBuilder().serial_number(party.cert.serial_number).revocation_date(when)
        for e in entry or ():
            one = one.add_extension(e, True)
        builder = builder.add_revoked_certificate(one.build())
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign((signer or issuer).key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def by_sha1(der, party):
    """The list anew, signed with a digest that proves nothing any more."""
    done = acrl.CertificateList.load(der)
    algorithm = algos.SignedDigestAlgorithm({"algorithm": "sha1_ecdsa"})
    done["tbs_cert_list"]["signature"] = algorithm
    done["signature_algorithm"] = algorithm
    digest = hashlib.sha1(done["tbs_cert_list"].dump(force=True)).digest()
    done["signature"] = party.key.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA1())))
    return done.dump(force=True)


def joined(now):
    """A delta list and its base (RFC 5280 5.2.4): the base is from before the signature, the delta from after it; alone the base would be stale."""
    w = world()
    number, since = lambda n: (x509.CRLNumber(n), False), lambda n: (x509.DeltaCRLIndicator(n), True)
    key = lambda n: (x509.AuthorityKeyIdentifier(bytes([n]) * 20, None, None), False)
    old = dict(at=T - 20 * HOUR, until=HOUR)
    hold = lambda reason=x509.ReasonFlags.certificate_hold: [x509.CRLReason(reason)]
    removed = lambda **more: list_of(w.ca, revoked=[(w.signer, T - DAY)], entry=hold(x509.ReasonFlags.remove_from_crl), **more)
    def case(name, base, delta, verdict="undetermined", findings=(), certs=()):
        return name, lambda: store(signed_by(w.signer), [w.ca.der(), *certs], [w.root.crl(), *([base] if base else []), delta]), verdict, list(findings), *at(now)
    whole = lambda *more, n=5, **other: list_of(w.ca, extensions=[number(n), *more], **{**old, **other})
    change = lambda *more, n=7, base=5, make=list_of, **other: make(*([w.ca] if make is list_of else []), extensions=[number(n), since(base), *more], **other)
    stale = ["revocation.stale"]
    yield case("delta-base-alone", None, whole(), findings=stale)
    yield case("delta-joined", whole(), change(), "valid")
    yield case("delta-before-base", change(), whole(), "valid")
    yield case("delta-later-base", whole(n=6), change(base=4), "valid")
    yield case("delta-large-numbers", whole(n=2**150), change(n=2**150 + 1, base=2**150), "valid")
    yield case("delta-gap", whole(n=4), change(), findings=stale)
    yield case("delta-older", whole(n=7), change(), findings=stale)
    yield case("delta-no-number", whole(), list_of(w.ca, extensions=[since(5)]), findings=stale)
    yield case("delta-base-no-number", list_of(w.ca, **old), change(), findings=stale)
    yield case("delta-same-scope", whole((scope(only_contains_user_certs=True), True)), change((scope(only_contains_user_certs=True), True)), "valid")
    yield case("delta-other-scope", whole((scope(only_contains_user_certs=True), True)), change(), findings=stale)
    yield case("delta-wider-scope", whole(), change((scope(only_contains_user_certs=True), True)), findings=stale)
    yield case("delta-same-key", whole(key(1)), change(key(1)), "valid")
    yield case("delta-other-key", whole(key(1)), change(key(2)), findings=stale)
    yield case("delta-base-earlier-delta", change(n=6, **old), change())
    yield case("delta-by-other", whole(), change(signer=w.root), findings=stale)
    yield case("delta-base-by-other", whole(signer=w.root), change())
    yield case("delta-of-other-authority", list_of(w.root, extensions=[number(5)], **old), change())
    yield case("delta-base-revokes", list_of(w.ca, revoked=[(w.signer, T - DAY)], extensions=[number(5)], **old), change(), findings=["revocation.revoked"])
    yield case("delta-base-holds", list_of(w.ca, revoked=[(w.signer, T - 2 * HOUR)], entry=hold(), extensions=[number(5)], **old), change(), findings=["revocation.hold"])
    yield case("delta-removes", list_of(w.ca, revoked=[(w.signer, T - 2 * HOUR)], entry=hold(), extensions=[number(5)], **old), change(make=removed), "valid")
    yield case("delta-removes-revoked", list_of(w.ca, revoked=[(w.signer, T - 2 * HOUR)], extensions=[number(5)], **old), change(make=removed), findings=["revocation.revoked"])
    yield case("delta-removes-alone", None, change(make=removed))
    # in an indirect list the entry of another certificate lends its reason to nobody
    any_issuer = (scope(indirect_crl=True), True)
    others = lambda **more: list_of(w.ca, revoked=[(w.unit, T - DAY)], entry=hold(x509.ReasonFlags.remove_from_crl), **more)
    held = list_of(w.ca, revoked=[(w.signer, T - 2 * HOUR)], entry=hold(), extensions=[number(5), any_issuer], **old)
    yield case("delta-removes-other", held, change(any_issuer, make=others), findings=["revocation.hold"])
    yield case("delta-removes-indirect", held, change(any_issuer, make=removed), "valid")
    yield case("delta-critical", whole(), change((x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\5\0"), True)), findings=stale)
    def fetched(serve, of_list):
        delta = list_of(w.ca, extensions=[number(7), since(5)])
        url = base.served("/delta.crl", delta) if serve else base.served("/absent", None)
        point = (x509.FreshestCRL([x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None)]), False)
        signer = w.signer if of_list else Issued("Signataire à delta", w.ca, [*SIGNER, point])
        return store(signed_by(signer), [w.ca.der()], [w.root.crl(), whole(*([point] if of_list else []))])
    for of_list in (False, True):
        label = "list" if of_list else "certificate"
        yield f"delta-fetched-{label}", lambda o=of_list: fetched(True, o), "valid", [], "--online", *at(now)
        yield f"delta-not-served-{label}", lambda o=of_list: fetched(False, o), "undetermined", ["revocation.stale"], "--online", *at(now)
    yield "crl-removes", lambda: store(signed_by(w.signer), [w.ca.der()], [w.root.crl(), removed()]), "undetermined", [], *at(now)


def scope(**more):
    every = dict(full_name=None, relative_name=None, only_contains_user_certs=False, only_contains_ca_certs=False, only_some_reasons=None,
                 indirect_crl=False, only_contains_attribute_certs=False)
    every.update(more)
    return x509.IssuingDistributionPoint(**every)


class Issued(Party):
    """A certificate with any extensions."""
    def __init__(self, name, issuer, extensions, start=T - DAY, end=T + 300 * DAY, key=None):
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) if isinstance(name, str) else name
        self.issuer = issuer
        builder = x509.CertificateBuilder().subject_name(self.name).issuer_name(issuer.name).public_key(self.key.public_key()) \
            .serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(end)
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        self.cert = builder.sign(issuer.key, hashes.SHA256())


def usage(*names):
    every = dict.fromkeys(("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                           "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False)
    every.update(dict.fromkeys(names, True))
    return x509.KeyUsage(**every), True


SIGNER = [(x509.BasicConstraints(False, None), True), usage("content_commitment")]
AUTHORITY = [(x509.BasicConstraints(True, None), True), usage("key_cert_sign", "crl_sign")]


def below(*extensions, leaf=SIGNER, chain=None, leaf_name="Signataire", **more):
    """A signer below an authority of its own with these extensions; all lists are there and good."""
    def make():
        w = world()
        own = Issued("AC particulière", w.ca, extensions, start=T - 300 * DAY)
        party = Issued(leaf_name, own, leaf, **more)
        lists = [*good()]
        try:
            lists.append(own.crl())
        except ValueError:
            pass
        registry = signers.SimpleSigner(party.asn1(), party.private(), None).cert_registry
        registry.register_multiple([own.asn1(), w.ca.asn1(), w.root.asn1()])
        return store(signed_by(party, registry), [own.der(), w.ca.der()], lists)
    return make


def weak_content(make_attr_digest="sha1", changed=0):
    """Ed25519 over attributes whose digest of the content is SHA-1; `changed`: a bit of the value."""
    w = world()
    party = Party("Signataire Ed25519", w.ca, start=T - DAY, key=ed25519.Ed25519PrivateKey.generate())
    data = signed_by(party, md_algorithm="sha512")
    info = cms.ContentInfo.load(cms_of(data), strict=False)
    si = info["content"]["signer_infos"][0]
    start, end = base.hole(data)
    digest = hashlib.new(make_attr_digest, data[:start] + data[end:]).digest()
    algorithm = algos.DigestAlgorithm({"algorithm": make_attr_digest})
    si["digest_algorithm"] = algorithm
    info["content"]["digest_algorithms"] = cms.DigestAlgorithms([algorithm])
    kept = [a for a in si["signed_attrs"] if a["type"].native != "cms_algorithm_protection"]
    for a in kept:
        if a["type"].native == "message_digest":
            a["values"] = [core.OctetString(digest)]
    si["signed_attrs"] = cms.CMSAttributes(kept)
    value = party.key.sign(si["signed_attrs"].untag().dump(force=True))
    si["signature"] = bytes([value[0] ^ changed]) + value[1:]
    return store(with_cms(data, info.dump(force=True)), [], good())


def malleable():
    """(r, n - s) is a signature as well as (r, s)."""
    w = world()
    data = w.sign()
    info = cms.ContentInfo.load(cms_of(data), strict=False)
    si = info["content"]["signer_infos"][0]
    r, s = utils.decode_dss_signature(si["signature"].native)
    si["signature"] = utils.encode_dss_signature(r, P256_N - s)
    return store(with_cms(data, info.dump(force=True)), [], good())


def zero_signature(r, s):
    def make():
        w = world()
        data = w.sign()
        info = cms.ContentInfo.load(cms_of(data), strict=False)
        info["content"]["signer_infos"][0]["signature"] = utils.encode_dss_signature(r, s)
        return store(with_cms(data, info.dump(force=True)), [], good())
    return make


def table():
    w = world()
    now = T + HOUR / 2
    bare = lambda: w.sign()
    revoked_list = lambda **more: list_of(w.ca, revoked=[(w.signer, T - HOUR)], **more)
    yield "trust-sound", lambda: store(bare(), [], good()), "valid", [], *at(now)
    # responders
    only = lambda a: store(bare(), [w.ca.der()], [w.root.crl()], [a])
    yield "ocsp-by-issuer", lambda: only(answer(w.signer, w.ca, w.ca)), "valid", [], *at(now)
    delegate = Responder("Répondeur", w.ca)
    yield "ocsp-by-delegate", lambda: only(answer(w.signer, w.ca, delegate)), "valid", [], *at(now)
    yield "ocsp-by-delegate-name", lambda: only(answer(w.signer, w.ca, delegate, by_hash=False)), "valid", [], *at(now)
    other_ca = Party("Autre AC", w.root, ca=True)
    for label, who in [("no-purpose", Responder("Répondeur sans but", w.ca, ocsp_purpose=False)), ("of-root", Responder("Répondeur de la racine", w.root)),
                       ("of-other", Responder("Répondeur autre", other_ca)), ("is-ca", Responder("Répondeur AC", w.ca, ca=True)), ("root", w.root),
                       ("self", w.signer), ("checked", Responder("Répondeur à vérifier", w.ca, nocheck=False))]:
        yield "ocsp-by-" + label, lambda who=who: only(answer(w.signer, w.ca, who)), "undetermined", [], *at(now)
    yield "ocsp-curve", lambda: only(curve_answer()), "undetermined", [], *at(now)
    yield "ocsp-curve-revoked", lambda: store(bare(), [w.ca.der()], [w.root.crl()], [curve_answer()]), "undetermined", [], *at(now)
    yield "ocsp-unknown", lambda: only(answer(w.signer, w.ca, w.ca, status=ocsp.OCSPCertStatus.UNKNOWN)), "undetermined", [], *at(now)
    yield "ocsp-other-serial", lambda: only(answer(w.unit, w.ca, w.ca)), "undetermined", [], *at(now)
    yield "ocsp-revoked", lambda: only(answer(w.signer, w.ca, w.ca, status=ocsp.OCSPCertStatus.REVOKED, revoked=T - HOUR)), "undetermined", ["revocation.revoked"], *at(now)
    # lists
    scoped = lambda idp, **more: store(bare(), [w.ca.der()], [w.root.crl(), list_of(w.ca, extensions=[(idp, True)], **more)])
    url = [x509.UniformResourceIdentifier("http://autre.example/liste.crl")]
    for label, idp in [("ca-only", scope(only_contains_ca_certs=True)), ("attributes", scope(only_contains_attribute_certs=True)),
                       ("reasons", scope(only_some_reasons=frozenset([x509.ReasonFlags.key_compromise]))), ("other-point", scope(full_name=url))]:
        yield "crl-" + label, lambda i=idp: scoped(i), "undetermined", [], *at(now)
    yield "crl-own-indirect", lambda: scoped(scope(indirect_crl=True)), "valid", [], *at(now)
    yield "crl-user-only", lambda: scoped(scope(only_contains_user_certs=True)), "valid", [], *at(now)
    delta = [(x509.DeltaCRLIndicator(1), True), (x509.CRLNumber(2), False)]
    yield "crl-delta-alone", lambda: store(bare(), [w.ca.der()], [w.root.crl(), list_of(w.ca, extensions=delta)]), "undetermined", [], *at(now)
    yield "crl-delta-revokes", lambda: store(bare(), [w.ca.der()], [*good(), revoked_list(at=T + HOUR / 5, extensions=delta)]), "undetermined", ["revocation.revoked"], *at(now)
    yield "crl-delta-nothing", lambda: store(bare(), [w.ca.der()], [*good(), list_of(w.ca, at=T + HOUR / 5, extensions=delta)]), "valid", [], *at(now)
    yield from joined(now)
    yield "crl-critical", lambda: store(bare(), [w.ca.der()], [w.root.crl(), list_of(w.ca, extensions=[(x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\5\0"), True)])]), "undetermined", [], *at(now)
    # an indirect list: of another authority, which the certificate names
    agent = Party("Émetteur de listes", w.root, ca=True)
    point = x509.CRLDistributionPoints([x509.DistributionPoint(None, None, None, [x509.DirectoryName(agent.name)])])
    named = Issued("Signataire à liste indirecte", w.ca, [*SIGNER, (point, False)])
    indirect = lambda revoked, **more: list_of(agent, extensions=[(scope(indirect_crl=True), True)], revoked=revoked,
                                               entry=[x509.CertificateIssuer([x509.DirectoryName(w.ca.name)])], **more)
    several = lambda *lists: store(signed_by(named), [w.ca.der(), agent.der()], [w.root.crl(), *lists])
    yield "crl-indirect-revokes", lambda: several(w.ca.crl(), indirect([(named, T - HOUR)])), "undetermined", [], *at(now)
    yield "crl-indirect", lambda: several(indirect([])), "valid", [], *at(now)
    yield "crl-indirect-other-entry", lambda: several(list_of(agent, extensions=[(scope(indirect_crl=True), True)], revoked=[(named, T - HOUR)])), "valid", [], *at(now)
    yield "crl-indirect-not-named", lambda: store(bare(), [w.ca.der(), agent.der()], [w.root.crl(), indirect([])]), "undetermined", [], *at(now)
    yield "crl-indirect-not-said", lambda: several(list_of(agent)), "undetermined", [], *at(now)
    stranger = Party("Émetteur de listes", ca=True)
    yield "crl-indirect-stranger", lambda: store(signed_by(named), [w.ca.der(), stranger.der()], [w.root.crl(), list_of(stranger, extensions=[(scope(indirect_crl=True), True)])]), "undetermined", [], *at(now)
    yield "crl-indirect-agent-revoked", lambda: store(signed_by(named), [w.ca.der(), agent.der()], [w.root.crl(revoked=[agent], when=T - HOUR), indirect([])]), "undetermined", [], *at(now)
    for policy in ("edc-psc",):
        lax = lambda *o: ["--policy", policy, *at(now)[2:]]
        yield "lax-crl-indirect-revokes", lambda: several(indirect([(named, T - HOUR)])), "undetermined", [], *lax()
        yield "lax-crl-delta-revokes", lambda: store(bare(), [w.ca.der()], [w.root.crl(), revoked_list(extensions=delta)]), "undetermined", [], *lax()
        yield "lax-crl-reasons-revoke", lambda: scoped_lax(revoked_list), "undetermined", [], *lax()
        yield "lax-crl-sha1-revokes", lambda: store(bare(), [w.ca.der()], [w.root.crl(), by_sha1(revoked_list(), w.ca)]), "undetermined", [], *lax()
        yield "lax-no-data", bare, "valid", ["revocation.none-noted"], *lax()
    def scoped_lax(make):
        return store(bare(), [w.ca.der()], [w.root.crl(), make(extensions=[(scope(only_some_reasons=frozenset([x509.ReasonFlags.key_compromise])), True)])])
    # chains
    yield "chain-sound", below(*AUTHORITY), "valid", [], *at(now)
    yield "chain-not-ca", below((x509.BasicConstraints(False, None), True), usage("key_cert_sign", "crl_sign")), "undetermined", [], *at(now)
    yield "chain-no-constraints", below(usage("key_cert_sign", "crl_sign")), "undetermined", [], *at(now)
    yield "chain-no-extensions", below(), "undetermined", [], *at(now)
    yield "chain-no-certsign", below((x509.BasicConstraints(True, None), True), usage("crl_sign", "digital_signature")), "undetermined", [], *at(now)
    yield "chain-names", below(*AUTHORITY, (x509.NameConstraints([x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "FR")]))], None), True)), "undetermined", [], *at(now)
    yield "chain-critical", below(*AUTHORITY, (x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\5\0"), True)), "undetermined", ["chain.critical-extension"], *at(now)
    yield "chain-path-length", path_length, "undetermined", [], *at(now)
    for label, purpose in [("server", ExtendedKeyUsageOID.SERVER_AUTH), ("stamp", ExtendedKeyUsageOID.TIME_STAMPING), ("code", ExtendedKeyUsageOID.CODE_SIGNING)]:
        yield "purpose-" + label, below(*AUTHORITY, leaf=[*SIGNER, (x509.ExtendedKeyUsage([purpose]), True)]), "undetermined", ["usage.other-purpose"], *at(now)
    yield "purpose-client", below(*AUTHORITY, leaf=[*SIGNER, (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), True)]), "valid", [], *at(now)
    yield "usage-cipher", below(*AUTHORITY, leaf=[SIGNER[0], usage("key_encipherment")]), "undetermined", ["usage.no-non-repudiation"], *at(now)
    yield from later_signers(now)
    # values
    yield "ed25519-sha1", weak_content, "undetermined", ["algo.weak"], *at(now)
    yield "ed25519-sha256", lambda: weak_content("sha256"), "valid", ["cms.eddsa-digest", "level:not-PAdES"], *at(now)
    yield "ed25519-changed", lambda: weak_content("sha512", 1), "invalid", ["cms.signature-wrong"], *at(now)
    yield "sound-ed25519-again", lambda: weak_content("sha512"), "valid", ["level:B-B"], *at(now)
    yield "ecdsa-malleable", malleable, "valid", [], *at(now)
    for label, r, s in [("zero", 0, 0), ("one", 1, 1), ("order", P256_N, P256_N)]:
        yield "ecdsa-" + label, zero_signature(r, s), "invalid", ["cms.signature-wrong"], *at(now)


BOX = (50, 50, 250, 120)


def after(party, lists, registry=None, before=True, **more):
    """A signature whose data are in the file, then a visible one of another person; lists come last."""
    w = world()
    first = store(w.sign(w.stamper(T)), [w.ca.der(), w.root.der()], good() if before else [])
    done = sign(first, field="S2", box=BOX, signer=signers.SimpleSigner(party.asn1(), party.private(), registry or w.registry()), **more)
    return store(done, [w.ca.der(), w.root.der()], [*(good() if before else []), *lists]) if lists else done


def later_signers(now):
    """SSA: whom nobody knows, or who may sign no more, covers nothing; of whom only revocation data are missing is another matter."""
    w = world()
    own = Issued("AC du second", w.root, AUTHORITY, start=T - 300 * DAY)
    def case(label, party, lists, verdict, findings, issuer=own, **more):
        registry = SimpleCertificateStore.from_certs([issuer.asn1(), w.root.asn1()])
        return label, lambda: after(party, lists, registry, **more), verdict, findings, *at(now)
    second = Issued("Second auditeur", own, SIGNER)
    waits, first = ["allowed:signature", "revocation.offline"], "first:valid"
    yield case("ssa-later-awaited", second, [], "undetermined", [first, *waits])
    yield case("ssa-later-good", second, [own.crl()], "valid", [first, "allowed:signature"])
    yield case("ssa-later-stale", second, [own.crl(at=T - 20 * HOUR, until=HOUR)], "undetermined", [first, "allowed:signature", "revocation.stale"])
    yield case("ssa-later-stamped", second, [], "undetermined", [first, *waits], stamp=w.stamper(T + HOUR / 4))
    yield case("ssa-later-both-awaited", second, [], "undetermined", waits, before=False)
    yield case("ssa-later-revoked", second, [own.crl(revoked=[second], when=T - HOUR)], "modified", ["change:signature", "revocation.revoked"])
    hold = own.crl(revoked=[second], when=T - HOUR, reason=x509.ReasonFlags.certificate_hold)
    yield case("ssa-later-hold", second, [hold], "modified", ["change:signature", "revocation.hold"])
    yield case("ssa-later-authority-revoked", second, [w.root.crl(at=T + HOUR / 5, revoked=[own], when=T - HOUR)], "modified", ["change:signature", "revocation.ca-revoked"])
    yield case("ssa-later-over", Issued("Second auditeur", own, SIGNER, start=T - 9 * DAY, end=T - DAY), [], "modified", ["change:signature", "chain.out-of-time"])
    yield case("ssa-later-to-come", Issued("Second auditeur", own, SIGNER, start=T + DAY), [], "modified", ["change:signature", "chain.out-of-time"])
    server = [*SIGNER, (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), True)]
    yield case("ssa-later-server", Issued("Second auditeur", own, server), [], "modified", ["change:signature", "usage.other-purpose"])
    yield case("ssa-later-server-good", Issued("Second auditeur", own, server), [own.crl()], "modified", ["change:signature", "usage.other-purpose"])
    stranger = Party("AC du second", ca=True)
    yield case("ssa-later-stranger", Issued("Second auditeur", stranger, SIGNER), [], "modified", ["change:signature", "chain.no-anchor"], issuer=stranger)
    critical = Issued("AC du second", w.root, [*AUTHORITY, (x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\5\0"), True)], start=T - 300 * DAY)
    yield case("ssa-later-critical", Issued("Second auditeur", critical, SIGNER), [], "modified", ["change:signature", "chain.critical-extension"], issuer=critical)


def path_length():
    w = world()
    first = Issued("AC un", w.ca, [(x509.BasicConstraints(True, 0), True), usage("key_cert_sign", "crl_sign")], start=T - 300 * DAY)
    second = Issued("AC deux", first, AUTHORITY, start=T - 300 * DAY)
    party = Issued("Signataire", second, SIGNER)
    registry = signers.SimpleSigner(party.asn1(), party.private(), None).cert_registry
    registry.register_multiple([first.asn1(), second.asn1(), w.ca.asn1()])
    return store(signed_by(party, registry), [], [*good(), first.crl(), second.crl()])
