"""Attacks on the metadata packet: dates and names of programs may change, whatever else looks like them may not."""
import re

from base import sign
from pdf_attacks import raw_update
from role_attacks import data, latest, prepared

PACKET = (b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
          b'<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:p="https://paraphe.example/ns/">'
          b"<xmp:ModifyDate>2026-01-01T00:00:00Z</xmp:ModifyDate><p:gridSha256>aa</p:gridSha256>"
          b'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Rapport</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>')
OURS = b'xmlns:ns0="https://paraphe.example/ns/"'  # as the signing program writes the packet anew
END = b"</rdf:Description>"


def changed(change, entries=b"/Type/Metadata/Subtype/XML"):
    """The packet that the signed file has, changed."""
    def make():
        signed = sign(prepared({6: data(PACKET, entries=b"/Type/Metadata/Subtype/XML")}, b"/Metadata 6 0 R"))
        now = re.search(rb"stream\n(.*)\nendstream", latest(signed, 6), re.S).group(1)
        assert OURS in now and b'ns0:gridSha256="aa"' in now, now
        return raw_update(signed, {6: data(change(now), entries=entries)})
    return make


def put(old, new):
    def change(text):
        assert old in text, (old, text)
        return text.replace(old, new, 1)
    return changed(change)


def drawn(contents):
    """A catalog that is the page as well, whose content is the packet: what a producer is called is what readers draw."""
    def make():
        page = b"/MediaBox[0 0 595 842]/Parent 2 0 R/Resources<</Font<</F1 5 0 R>>>>/Contents %s/Metadata 6 0 R" % contents
        signed = sign(prepared({2: b"<</Type/Pages/Kids[1 0 R]/Count 1>>", 6: data(PACKET, entries=b"/Type/Metadata/Subtype/XML")}, page))
        now = re.search(rb"stream\n(.*)\nendstream", latest(signed, 6), re.S).group(1)
        assert b'pdf:Producer="' in now, now
        now = now.replace(b'pdf:Producer="', b'pdf:Producer=" BT /F1 12 Tf 72 700 Td (Non) Tj ET ')
        return raw_update(signed, {6: data(now, entries=b"/Type/Metadata/Subtype/XML")})
    return make


def table():
    digest, date = b'ns0:gridSha256="aa"', b'xmp:ModifyDate="20'
    yield "sound-packet-date", put(date, b'xmp:ModifyDate="19'), "valid", ["allowed:metadata-dates"]
    yield "sound-packet-element", put(b"<dc:title", b"<xmp:MetadataDate>2026-01-01T00:00:00Z</xmp:MetadataDate><dc:title"), "valid", ["allowed:metadata-dates"]
    yield "packet-digest", put(digest, digest.replace(b"aa", b"bb")), "modified", ["change:metadata"]
    yield "packet-title", put(b"Rapport", b"Autre"), "modified", ["change:metadata"]
    yield "packet-added", put(END, b"<ns0:verdict>conforme</ns0:verdict>" + END), "modified", ["change:metadata"]
    yield "packet-removed", put(digest, b""), "modified", ["change:metadata"]
    yield "packet-twice", put(END, b"<ns0:gridSha256>bb</ns0:gridSha256>" + END), "modified", ["change:metadata"]
    yield "packet-other-namespace", put(OURS, OURS.replace(b"paraphe", b"other")), "modified", ["change:metadata"]
    yield "packet-date-namespace", put(b"http://ns.adobe.com/xap/1.0/", b"https://other.example/ns/"), "modified", ["change:metadata"]
    yield "packet-date-holds-more", put(b"<dc:title", b'<xmp:MetadataDate><rdf:Description ns0:gridSha256="bb"/></xmp:MetadataDate><dc:title'), "modified", ["change:metadata"]
    yield "packet-digest-as-date", put(digest, digest + b' xmlns:q="http://ns.adobe.com/xap/1.0/" q:gridSha256="bb"'), "modified", ["change:metadata"]
    yield "packet-comment", put(b"<dc:title", b"<!-- --><dc:titel/><dc:title"), "modified", ["change:metadata"]
    yield "packet-cdata", put(b"Rapport", b"<![CDATA[Rapport 2]]>"), "modified", ["change:metadata"]
    yield "packet-entity", changed(lambda t: b'<!DOCTYPE x [<!ENTITY e "Autre">]>' + t.replace(b"Rapport", b"&e;")), "modified", ["change:metadata"]
    yield "packet-about", put(b'rdf:about=""', b'rdf:about="other"'), "modified", ["change:metadata"]
    yield "packet-second-description", put(END, END + b'<rdf:Description rdf:about="" %s ns0:gridSha256="bb"/>' % OURS), "modified", ["change:metadata"]
    yield "packet-second-document", changed(lambda t: t + t.replace(b'"aa"', b'"bb"')), "modified", ["change:metadata"]
    yield "packet-words-behind", changed(lambda t: t + b"<p>bb</p>"), "modified", ["change:metadata"]
    yield "packet-utf16", changed(lambda t: t.replace(b'"aa"', b'"bb"').decode().encode("utf-16")), "modified", ["change:metadata"]
    yield "packet-no-xml", changed(lambda t: b"<html>"), "modified", ["change:metadata"]
    yield "packet-other-type", changed(lambda t: t.replace(date, b'xmp:ModifyDate="19'), b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]"), "modified", []
    yield "packet-drawn", drawn(b"6 0 R"), "modified", ["change:metadata"]
    yield "packet-drawn-beside-name", drawn(b"[6 0 R/Fit]"), "modified", ["change:metadata"]
    yield "packet-drawn-behind-name", drawn(b"[1 0 R/Fit 6 0 R]"), "modified", ["change:metadata"]
