"""What a document time-stamp proves, and what it does not: only what lies before it, only while its unit holds or something later proves it (C4, C6, C7, D4, D6)."""
import io

from asn1crypto import cms, core, ocsp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers

from base import cms_of, document, sign, with_cms
from key_attacks import Bent, accuracy
from level_attacks import NOCHECK, PURPOSE
from past_attacks import DAY, HOUR, T, Party, at, world
from trust_attacks import Issued, answer, good, store


def archived(data, stamper, **more):
    out = io.BytesIO()
    signers.PdfTimeStamper(stamper).timestamp_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), "sha256", None, output=out, **more)
    return out.getvalue()


def signer():
    w = world()
    return signers.SimpleSigner(w.signer.asn1(), w.signer.private(), w.registry())


def plain():
    """Signed without a time, and the lists."""
    w = world()
    return w.store(w.sign(), *good())


def revoked_later(data):
    """The signer is revoked half an hour after T."""
    w = world()
    return w.store(data, w.root.crl(), w.ca.crl(at=T + 3 * HOUR, revoked=[w.signer], when=T + HOUR / 2))


def two_archives():
    """The unit of the first is over when this is verified; the second proves it, and is later than the revocation."""
    w = world()
    data = w.archive(w.store(w.sign(), *good()), T + HOUR / 3, w.short_unit)
    return w.store(w.archive(data, T + 2 * HOUR / 3), w.root.crl(), w.ca.crl(at=T + 3 * HOUR, revoked=[w.signer], when=T + HOUR / 2))


def responder_over(archive):
    """The responder's certificate is over; that its answer is older is proven, or not."""
    w = world()
    helper = Issued("Répondeur court", w.ca, [PURPOSE, NOCHECK], start=T - 300 * DAY, end=T + HOUR)
    response = ocsp.OCSPResponse.load(answer(w.signer, w.ca, helper))
    basic = response["response_bytes"]["response"].parsed
    basic["tbs_response_data"]["produced_at"] = T + HOUR / 6
    basic["signature"] = helper.key.sign(basic["tbs_response_data"].dump(force=True), ec.ECDSA(hashes.SHA256()))
    response["response_bytes"]["response"] = core.ParsableOctetString(basic.dump(force=True))
    data = store(w.sign(w.stamper(T)), [w.ca.der()], [w.root.crl()], [response.dump(force=True), answer(w.unit, w.ca, w.ca)])
    return w.archive(data, T + HOUR / 2) if archive else data


def archived_between():
    """What is known of the signer stands before the document time-stamp, what is known of his time-stamp's unit behind it."""
    w = world()
    data = store(w.sign(w.stamper(T)), [w.ca.der(), w.root.der()], [w.root.crl()], [answer(w.signer, w.ca, w.ca)])
    return store(w.archive(data, T + HOUR / 2), [w.ca.der(), w.root.der()], [w.root.crl()], [answer(w.signer, w.ca, w.ca), answer(w.unit, w.ca, w.ca)])


def padded():
    """Something behind the token of the document time-stamp."""
    data = archived(plain(), world().stamper(T + HOUR / 2), bytes_reserved=16384)
    token = cms.ContentInfo.load(cms_of(data), strict=False).dump()
    return with_cms(data, token, b"\1")


def table():
    w = world()
    late = at(T + 2 * HOUR)  # the signer's certificate is over
    stranger = Party("Horodatage inconnu", Party("Racine inconnue", ca=True), stamps=True)
    over = ["chain.out-of-time", "level:B-B"]
    yield "sound-archive-alone", lambda: w.archive(plain(), T + HOUR / 2), "valid", ["level:B-LTA"], *late
    yield "archive-by-stranger", lambda: w.archive(plain(), T + HOUR / 2, stranger), "undetermined", over, *late
    yield "archive-unit-over", lambda: w.archive(plain(), T + HOUR / 2, w.short_unit), "undetermined", over, *late
    yield "archive-to-come", lambda: w.archive(plain(), T + DAY), "undetermined", ["stamp.future", *over], *late
    yield "archive-padded", padded, "invalid", ["pdf.padding", *over], *late
    yield "archive-before", lambda: w.store(sign(w.archive(document(), T + HOUR / 2), signer=signer()), *good()), "undetermined", over, *late
    yield "archive-in-the-next", lambda: w.store(sign(plain(), signer=signer(), field="S2", stamp=w.stamper(T + HOUR / 4)), *good()), "undetermined", over, *late
    yield "archive-store-newer", lambda: w.store(w.archive(w.sign(w.stamper(T)), T + HOUR / 60), *good()), "valid", ["level:B-LT"], *late
    lt = ["level:B-LT", "level.no-archive-stamp"]
    yield "archive-before-all", lambda: sign(w.archive(w.store(document(), *good()), T + HOUR / 3), signer=signer(), stamp=w.stamper(T + HOUR / 2)), "valid", lt, *late
    yield "archive-between", archived_between, "valid", lt, *late
    yield "archive-by-stranger-stamped", lambda: w.archive(w.store(w.sign(w.stamper(T)), *good()), T + HOUR / 2, stranger), "undetermined", ["first:valid", *lt], *late
    yield "sound-archive-twice", two_archives, "valid", ["level:B-LTA"], *at(T + 4 * HOUR)
    # the signature's own time-stamp counts still, whose unit is over when this is verified: the archive came after the revocation
    yield "sound-unit-over-archived", lambda: revoked_later(w.archive(w.store(w.sign(w.stamper(T, w.short_unit)), *good()), T + 2 * HOUR / 3)), "valid", ["level:B-LTA"], *at(T + 4 * HOUR)
    for label, bend, verdict in [("accurate", accuracy(1), "valid"), ("accuracy", accuracy(3600), "undetermined")]:
        yield "archive-" + label, lambda b=bend: revoked_later(archived(w.sign(), Bent(b, when=T + HOUR / 4))), verdict, [], *at(T + 4 * HOUR)
    yield "responder-over", lambda: responder_over(False), "undetermined", [], *late
    yield "sound-responder-over-archived", lambda: responder_over(True), "valid", ["level:B-LTA"], *late
