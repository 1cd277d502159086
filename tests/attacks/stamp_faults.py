"""Time-stamps that a server really gives and that must not be taken (check-list of docs/signing.md, C2 to C5): each from a server of our
own with a certificate of our own; a sound one shows that it is the fault which is refused.

    stamp_faults.py PARAPHE FOLDER     environment: that of the end-to-end tests
"""
import datetime
import hashlib
import http.server
import os
import subprocess
import sys
import threading

from asn1crypto import cms, core, tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import load_der_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier
from pyhanko.sign.general import as_signing_certificate, simple_cms_attribute
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from past_attacks import DAY, Party

NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
ROOT = Party("Racine des horodatages", ca=True)


class Unit(Party):
    """A time-stamp unit with these purposes; `critical` as the extension says."""

    def __init__(self, name, purposes=(ExtendedKeyUsageOID.TIME_STAMPING,), critical=True, start=NOW - 300 * DAY, end=NOW + 300 * DAY):
        super().__init__(name, ROOT, start=start, end=end, stamps=True)
        builder = x509.CertificateBuilder().subject_name(self.name).issuer_name(ROOT.name).public_key(self.key.public_key()) \
            .serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(end) \
            .add_extension(x509.BasicConstraints(False, None), True)
        if purposes:
            builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical)
        self.cert = builder.sign(ROOT.key, hashes.SHA256())


class Stamper(DummyTimeStamper):
    """Signs with `unit`; ess: the certificate that its attribute names (False: none); status: of the reply; imprint: a hash to answer with;
    bend(SignedData, TSTInfo): what is changed before it is signed once more."""

    def __init__(self, unit, at=None, ess=None, status="granted", other_imprint=False, bend=None):
        super().__init__(unit.asn1(), unit.private(), certs_to_embed=SimpleCertificateStore.from_certs([ROOT.asn1()]), fixed_dt=at)
        self.ess, self.status, self.other_imprint, self.bend = ess, status, other_imprint, bend

    def _sign_tst_info(self, tst_info_data, md_algorithm, dt):
        if self.ess is None:
            return super()._sign_tst_info(tst_info_data, md_algorithm, dt)
        md = hashes.Hash(hashes.SHA256())
        md.update(tst_info_data)
        attrs = [simple_cms_attribute("content_type", "tst_info"), simple_cms_attribute("message_digest", md.finalize())]
        if self.ess:
            attrs.append(simple_cms_attribute("signing_certificate", as_signing_certificate(self.ess.asn1())))
        attrs = cms.CMSAttributes(attrs)
        key = load_der_private_key(self.tsa_key.dump(), None)
        return key.sign(attrs.dump(), PKCS1v15(), hashes.SHA256()), attrs

    def request_tsa_response(self, req):
        if self.other_imprint:
            req["message_imprint"] = {"hash_algorithm": {"algorithm": "sha1"}, "hashed_message": bytes(20)}
            self.override_md = "sha256"
        reply = super().request_tsa_response(req)
        reply["status"] = {"status": self.status}
        if self.bend:
            self.sign_again(reply["time_stamp_token"]["content"])
        return reply

    def sign_again(self, content):
        info = content["encap_content_info"]["content"].parsed
        self.bend(content, info)
        der = info.dump(force=True)
        content["encap_content_info"] = {"content_type": content["encap_content_info"]["content_type"].native, "content": core.ParsableOctetString(der)}
        for si in content["signer_infos"]:
            for a in si["signed_attrs"]:
                if a["type"].native == "message_digest":
                    a["values"] = [core.OctetString(hashlib.sha256(der).digest())] * len(a["values"])
            si["signature"] = load_der_private_key(self.tsa_key.dump(), None).sign(si["signed_attrs"].untag().dump(force=True), PKCS1v15(), hashes.SHA256())


def twice(content, _info):
    content["signer_infos"] = cms.SignerInfos([content["signer_infos"][0]] * 2)


def as_data(content, _info):
    content["encap_content_info"]["content_type"] = "data"


def attributes(bend):
    """Changes the signed attributes: a list of (name, values)."""
    def fn(content, _info):
        si = content["signer_infos"][0]
        every = [(a["type"].native, list(a["values"])) for a in si["signed_attrs"]]
        si["signed_attrs"] = cms.CMSAttributes([cms.CMSAttribute({"type": name, "values": values}) for name, values in bend(every)])
    return fn


def other_type(every):
    return [(name, [cms.ContentType("data")] if name == "content_type" else values) for name, values in every]


def no_digest(every):
    return [one for one in every if one[0] != "message_digest"]


def info_version(_content, info):
    info["version"] = 2


def other_hash(_content, info):
    """The same octets, said to be by another hash of that length."""
    info["message_imprint"]["hash_algorithm"] = {"algorithm": "sha512_256"}


GOOD = Unit("Horodatage sain")
CASES = {  # name: (server, word of the sentence)
    "c2-waiting": (Stamper(GOOD, status="waiting"), "is no time-stamp"),
    "c2-rejection-with-token": (Stamper(GOOD, status="rejection"), "is no time-stamp"),
    "c2-warning-with-token": (Stamper(GOOD, status="revocation_warning"), "is no time-stamp"),
    "c2-other-hash": (Stamper(GOOD, other_imprint=True), "other data"),
    "c3-no-purpose": (Stamper(Unit("Sans usage", purposes=())), "not reserved to time-stamping"),
    "c3-not-critical": (Stamper(Unit("Usage non critique", critical=False)), "not reserved to time-stamping"),
    "c3-two-purposes": (Stamper(Unit("Deux usages", purposes=(ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING))), "not reserved to time-stamping"),
    "b1-two-signers": (Stamper(GOOD, bend=twice), "is no time-stamp"),
    "b2-data": (Stamper(GOOD, bend=as_data), "is no time-stamp"),
    "b4-other-type": (Stamper(GOOD, bend=attributes(other_type)), "is no time-stamp"),
    "b4-no-digest": (Stamper(GOOD, bend=attributes(no_digest)), "is no time-stamp"),
    "b4-digest-twice": (Stamper(GOOD, bend=attributes(lambda every: every + [one for one in every if one[0] == "message_digest"])), "is no time-stamp"),
    "b4-digest-values": (Stamper(GOOD, bend=attributes(lambda every: [(n, v * 2 if n == "message_digest" else v) for n, v in every])), "is no time-stamp"),
    "c1-version": (Stamper(GOOD, bend=info_version), "is no time-stamp"),
    "c1-other-hash": (Stamper(GOOD, bend=other_hash), "other data"),
    "c3-purpose-unnamed": (Stamper(Unit("Usage inconnu", purposes=(ExtendedKeyUsageOID.TIME_STAMPING, ObjectIdentifier("1.2.3.4")))), "not reserved to time-stamping"),
    "c3-other-certificate": (Stamper(GOOD, ess=Unit("Autre horodatage")), "names another certificate"),
    "c3-no-certificate-attribute": (Stamper(GOOD, ess=False), "names another certificate"),
    "c4-unit-over": (Stamper(Unit("Horodatage échu", end=NOW - DAY)), "not valid at the time"),
    "c4-unit-not-yet": (Stamper(Unit("Horodatage futur", start=NOW + DAY)), "not valid at the time"),
}
SOUND = {"good": Stamper(GOOD), "sound-signed-again": Stamper(GOOD, bend=lambda content, info: None), "sound-with-mods": Stamper(GOOD, status="granted_with_mods")}
SIGNER = {  # with a signature: outside its certificate's validity
    "c5-before-signer": (Stamper(GOOD, at=NOW - 200 * DAY), "is not valid"),
}


class Service(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        query = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
        name = self.path.strip("/")
        stamper = SOUND[name] if name in SOUND else {**CASES, **SIGNER}[name][0]
        body = stamper.request_tsa_response(query).dump()
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    program, folder = sys.argv[1:3]
    os.chdir(folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/"
    token = ["--yes", "--module", os.environ["PARAPHE_TEST_MODULE"], "--token", os.environ["PARAPHE_TEST_TOKEN"], "--pin-source",
             "file:" + os.environ["PARAPHE_TEST_PIN_FILE"], "--cert", "subject:p256"]
    checks, failures = 0, 0

    def case(name, status, word, *command):
        nonlocal checks, failures
        checks += 1
        done = subprocess.run([program, *command, "--tsa", address + name, "--lang", "en"], capture_output=True, text=True, timeout=120, check=False)
        print(f"{name}: {done.returncode}: {done.stderr.strip()[-260:]}")
        if done.returncode != status or word not in done.stderr:
            failures += 1
            print(f"FAILED: {name}: status {done.returncode} in place of {status}, or not said: {word}")

    for name in SOUND:
        case(name, 0, "", "stamp", "in.pdf", "-o", name + ".pdf")
    for name, (_, word) in CASES.items():
        case(name, 7, word, "stamp", "in.pdf", "-o", name + ".pdf")
        failures += os.path.exists(name + ".pdf")
    case("good", 0, "", "sign", "in.pdf", "-o", "signed.pdf", *token)
    for name, (_, word) in SIGNER.items():
        case(name, 7, word, "sign", "in.pdf", "-o", name + ".pdf", *token)
        failures += not os.path.exists(name + ".pdf")  # the signature stays, without a time
    print(f"{checks - failures} passed, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
