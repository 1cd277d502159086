"""pyHanko as a judge, and as another producer of signatures; runs in the virtual environment made by judges.sh.

    judge_pyhanko.py judge ROOT.pem FILE.pdf[=PASSWORD]...   a line a signature; status 0 when all are intact, valid and trusted, else 6
    judge_pyhanko.py sign OUT.pdf PKI SIGNER                 an empty page signed as PAdES B-B by a key of the test PKI
"""
import io
import sys

from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext


def judge_one(path, password, root):
    context = ValidationContext(trust_roots=[root], allow_fetching=False)
    good = True
    with open(path, "rb") as file:
        # Not strict about what pyHanko would refuse to write itself (hybrid files); signatures are judged the same.
        reader = PdfFileReader(file, strict=False)
        if reader.encrypted:
            reader.decrypt(password)
        found = list(reader.embedded_signatures)
        for signature in found:
            if signature.sig_object_type == "/DocTimeStamp":
                status = validate_pdf_timestamp(signature, context)
                valid = status.intact and status.valid and status.trusted
            else:
                status = validate_pdf_signature(signature, context)
                valid = status.bottom_line
            good = good and valid
            print(f"pyHanko {path} {signature.field_name}: {'valid' if valid else 'not valid'}: {status.summary()}")
    if not found:
        print(f"pyHanko {path}: no signature")
    return bool(found) and good


def judge(root_path, files):
    root = load_cert_from_pemder(root_path)
    good = True
    for file in files:
        path, _, password = file.partition("=")
        try:
            good = judge_one(path, password, root) and good
        except Exception as error:  # a judge that cannot read a file has not accepted it
            print(f"pyHanko {path}: not valid: {type(error).__name__}: {error}")
            good = False
    return 0 if good and files else 6


def sign(path, pki, name):
    writer = PdfFileWriter()
    writer.insert_page(PageObject(contents=writer.add_object(StreamObject(stream_data=b"")), media_box=(0, 0, 595, 842)))
    page = io.BytesIO()
    writer.write(page)
    page.seek(0)
    signer = signers.SimpleSigner.load(f"{pki}/{name}.key", f"{pki}/{name}.crt", ca_chain_files=(f"{pki}/tsp.crt",))
    meta = signers.PdfSignatureMetadata(field_name="Signature1", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    with open(path, "wb") as out:
        signers.sign_pdf(IncrementalPdfFileWriter(page), meta, signer=signer, output=out)
    return 0


if __name__ == "__main__":
    sys.exit(judge(sys.argv[2], sys.argv[3:]) if sys.argv[1] == "judge" else sign(*sys.argv[2:5]))
