"""Empty pages that are PDF/A-1b, 2b, 3b (veraPDF agrees), with or without an output intent.     pdfa.py FOLDER: all that the tests sign"""
import os
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NAMES = {"a1": (1, True), "a2": (2, True), "a2-bare": (2, False), "a3": (3, True)}


def stream(entries, data):
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data)


def page(part, intent):
    xmp = (b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
           b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
           b'xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>%d</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>'
           b'</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>' % part)
    conditions, profile = b"", []
    if intent:
        conditions = b"/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/DestOutputProfile 6 0 R>>]"
        with open(os.path.join(TOP, "data/icc/sRGB.icc"), "rb") as file:
            profile = [stream(b"/N 3", file.read())]
    objects = [b"<</Type/Catalog/Pages 2 0 R/Metadata 5 0 R%s>>" % conditions, b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>>>", stream(b"", b" "),
               stream(b"/Type/Metadata/Subtype/XML", xmp)] + profile
    out, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, value in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % p for p in places)
    return out + (b"trailer\n<</Size %d/Root 1 0 R/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]>>\n"
                  b"startxref\n%d\n%%%%EOF\n" % (len(objects) + 1, at))


def make(folder):
    for name, (part, intent) in NAMES.items():
        with open(os.path.join(folder, name + ".pdf"), "wb") as file:
            file.write(page(part, intent))


if __name__ == "__main__":
    make(sys.argv[1])
