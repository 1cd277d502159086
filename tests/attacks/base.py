"""Sound files: an ordinary document, signed, certified, stamped, in the ways that the attacks start from."""
import http.server
import io
import threading

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import NameObject as N, NumberObject as I, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from pyhanko.sign import signers, timestamps
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field

PKI = TSA = None
# An attacker does not ask whether signing is allowed.
signers.PdfSigner._enforce_certification_constraints = lambda self, reader: None


SERVED = {}


class Shelf(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        data = SERVED.get(self.path)
        self.send_response(200 if data else 404)
        self.send_header("Content-Length", str(len(data or b"")))
        self.end_headers()
        self.wfile.write(data or b"")

    def log_message(self, *_):
        pass


def served(path, data):
    """Where these bytes are to be had over HTTP, while this program runs."""
    if "server" not in SERVED:
        SERVED["server"] = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
        threading.Thread(target=SERVED["server"].serve_forever, daemon=True).start()
    SERVED[path] = data
    return f"http://127.0.0.1:{SERVED['server'].server_address[1]}{path}"


def name(text):
    return N("/" + text)


def document(form=False, signature_fields=()):
    """Two pages with text, an information dictionary, optionally a text field."""
    w = PdfFileWriter()
    font = w.add_object(generic.DictionaryObject({N("/Type"): N("/Font"), N("/Subtype"): N("/Type1"), N("/BaseFont"): N("/Helvetica")}))
    resources = generic.DictionaryObject({N("/Font"): generic.DictionaryObject({N("/F1"): font})})
    for text in (b"Montant : 100 euros", b"Page deux"):
        contents = w.add_object(generic.StreamObject(stream_data=b"BT /F1 24 Tf 72 700 Td (" + text + b") Tj ET"))
        w.insert_page(PageObject(contents=contents, media_box=(0, 0, 595, 842), resources=resources))
    w.set_info(generic.DictionaryObject({N("/Title"): pdf_string("Rapport")}))
    if form:
        page = w.root["/Pages"]["/Kids"][0]
        fields = []
        for label in ("Nom", "Nomade", "Ville"):
            fields.append(w.add_object(generic.DictionaryObject({
                N("/FT"): N("/Tx"), N("/T"): pdf_string(label), N("/Type"): N("/Annot"), N("/Subtype"): N("/Widget"),
                N("/Rect"): generic.ArrayObject([I(10), I(10), I(100), I(30)]), N("/V"): pdf_string("x"), N("/P"): page.reference
                if hasattr(page, "reference") else page})))
        w.root["/Pages"]["/Kids"][0]["/Annots"] = generic.ArrayObject(fields)
        w.root["/AcroForm"] = generic.DictionaryObject({N("/Fields"): generic.ArrayObject(fields)})
    out = io.BytesIO()
    w.write(out)
    return out.getvalue()


def signer_of(who):
    return signers.SimpleSigner.load(f"{PKI}/{who}.key", f"{PKI}/{who}.crt", ca_chain_files=(f"{PKI}/tsp.crt",))


def once(function):
    """The same arguments give the same result: an unsigned document is signed once, whatever is done to it then."""
    kept = {}

    def call(*args, **more):
        try:
            key = (args, tuple(sorted(more.items())))
            hash(key)
        except TypeError:
            return function(*args, **more)
        if key not in kept:
            kept[key] = function(*args, **more)
        return kept[key]
    return call


@once
def sign(data, who="rsa2048", field="Signature1", stamp=False, box=None, signer=None, spec=None, reserved=16384, **meta):
    meta.setdefault("subfilter", SigSeedSubFilter.PADES)
    meta.setdefault("md_algorithm", "sha256")
    w = IncrementalPdfFileWriter(io.BytesIO(data), strict=False)
    if w.prev.encrypted:
        w.encrypt("")
    tsa = timestamps.HTTPTimeStamper(TSA) if stamp is True else stamp or None
    out = io.BytesIO()
    if spec is None and box is not None:
        spec = SigFieldSpec(field, box=box, on_page=0)
    signers.sign_pdf(w, signers.PdfSignatureMetadata(field_name=field, **meta), signer=signer or signer_of(who), timestamper=tsa,
                     new_field_spec=spec, output=out, bytes_reserved=reserved)
    return out.getvalue()


def certify(data, p, **more):
    return sign(data, certify=True, docmdp_permissions=MDPPerm(p), **more)


def locked(data, names, exclude=False):
    action = FieldMDPAction.EXCLUDE if exclude else FieldMDPAction.INCLUDE
    spec = SigFieldSpec("Signature1", field_mdp_spec=FieldMDPSpec(action, fields=names))
    return sign(data, spec=spec)


def update(data, change):
    """An incremental update in which `change(writer)` does what it wants."""
    w = IncrementalPdfFileWriter(io.BytesIO(data), strict=False)
    change(w)
    out = io.BytesIO()
    w.write(out)
    return out.getvalue()


def document_stamp(data):
    w = IncrementalPdfFileWriter(io.BytesIO(data))
    out = io.BytesIO()
    signers.PdfTimeStamper(timestamps.HTTPTimeStamper(TSA)).timestamp_pdf(w, "sha256", None, output=out)
    return out.getvalue()


def stream(data, **entries):
    return generic.StreamObject(dict_data={name(k): v for k, v in entries.items()}, stream_data=data)


def hole(data, which=-1):
    """The last /Contents: offsets of '<' and of the byte after '>'."""
    at = data.rfind(b"/ByteRange") if which == -1 else which
    numbers = data[data.index(b"[", at) + 1:data.index(b"]", at)].split()
    return int(numbers[1]), int(numbers[2])


def cms_of(data):
    start, end = hole(data)
    return bytes.fromhex(data[start + 1:end - 1].decode())


def with_cms(data, der, tail=b""):
    start, end = hole(data)
    digits = (der + tail).hex().encode()
    assert len(digits) <= end - start - 2
    return data[:start + 1] + digits.ljust(end - start - 2, b"0") + data[end - 1:]
