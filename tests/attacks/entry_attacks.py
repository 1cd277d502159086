"""Ranges, entries and locks that the signer's own program wrote wrongly (check-list A): nothing is wrong with the digest or the value."""
import functools
import hashlib
import io
import re

from asn1crypto import core
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import NameObject as N, NumberObject as I
from pyhanko.pdf_utils.writer import PdfFileWriter
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigFieldSpec

from base import certify, document, document_stamp, hole, locked, sign, update
from cms_attacks import attribute, parsed, resigned
from pdf_attacks import field_of, fill, form, replaced, root


@functools.lru_cache(None)
def signed():
    return sign(document(), reason="Relu")


def signed_again(data, info, start, end, numbers):
    """The last signature once more, over these ranges; its contents stand from start to end."""
    covered = b"".join(data[a:a + n] for a, n in zip(numbers[::2], numbers[1::2]))
    attribute(info["content"]["signer_infos"][0], "message_digest")["values"] = [core.OctetString(hashlib.sha256(covered).digest())]
    return data[:start + 1] + resigned(info).hex().encode().ljust(end - start - 2, b"0") + data[end - 1:]


def over(text, closed=0):
    """Other ranges. In `text`: s and e for the ends of /Contents, n for what is behind it; `closed`: it ends so many digits earlier."""
    def make():
        data = signed()
        start, end = hole(data)
        known = {"s": start, "e": end, "n": len(data) - end}
        numbers = [eval(word, known) for word in text.split()]  # pylint: disable=eval-used
        at, to = re.search(rb"\[%d %d %d %d\] *" % (0, start, end, len(data) - end), data).span()
        put = (b"[" + b" ".join(b"%d" % n for n in numbers) + b"]").ljust(to - at)
        assert len(put) == to - at
        info, end = parsed(data), end - closed
        data = data[:at] + put + data[to:]
        data = data[:end - 1] + b">" + b" " * closed + data[end + closed:]
        return signed_again(data, info, start, end, numbers)
    return make


def entry(pattern, to, data=signed):
    """An entry that was another one before the value was made."""
    def make():
        before = data()
        start, end = hole(before)
        changed = replaced(pattern, to, before)
        return signed_again(changed, parsed(before), start, end, [0, start, end, len(changed) - end])
    return make


def named_late():
    """The signature is in no field of its own revision; a later one puts it into its field."""
    value = re.search(rb"/V (\d+) 0 R", signed()).group(1)
    data = entry(rb"/V %s 0 R" % value, b"/Z %s 0 R" % value)()
    return update(data, lambda w: (field_of(w, "Signature1").__setitem__(N("/V"), generic.IndirectObject(int(value), 0, w)),
                                   w.update_container(field_of(w, "Signature1"))))


def packed():
    """A signature in an object stream."""
    w = PdfFileWriter(stream_xrefs=True)
    value = w.add_object(generic.DictionaryObject({
        N("/Type"): N("/Sig"), N("/Filter"): N("/Adobe.PPKLite"), N("/SubFilter"): N("/ETSI.CAdES.detached"),
        N("/ByteRange"): generic.ArrayObject([I(0), I(10), I(14), I(10)]), N("/Contents"): generic.ByteStringObject(b"\0")}), obj_stream=w.prepare_object_stream())
    field = w.add_object(generic.DictionaryObject({N("/FT"): N("/Sig"), N("/T"): generic.pdf_string("Signature1"), N("/V"): value}))
    w.root["/AcroForm"] = generic.DictionaryObject({N("/Fields"): generic.ArrayObject([field]), N("/SigFlags"): I(3)})
    return written(w)


def written(w):
    out = io.BytesIO()
    w.write(out)
    return out.getvalue()


def lock_of(pattern, to, names, label, **more):
    """A form signed with a lock, of which one half is taken away; then a field of it is filled."""
    def sealed():
        spec = SigFieldSpec("Signature1", field_mdp_spec=FieldMDPSpec(FieldMDPAction.INCLUDE, fields=names), **more)
        return sign(form(), spec=spec) if more else locked(form(), names)
    return lambda: update(entry(pattern, to, sealed)() if pattern else sealed(), fill(label))


def table():
    yield "ranges-signed-sound", over("0 s e n"), "valid", ["intact:True"]
    for label, text in [("start", "1 s e n"), ("first-short", "0 s-1 e n"), ("first-long", "0 s+1 e n"), ("second-early", "0 s e-1 n+1"),
                        ("second-late", "0 s e+1 n-1"), ("gap", "0 s-9 e+4 n-4")]:
        yield "ranges-signed-" + label, over(text), "invalid", ["pdf.range"]
    for label, text in [("before-end", "0 s e n-9"), ("inside", "0 s e 9")]:
        yield "ranges-signed-" + label, over(text), "invalid", ["pdf.range-end"]
    yield "ranges-signed-more", over("0 s e n 0 0"), "invalid", ["pdf.signature-malformed"]
    yield "ranges-signed-even", over("0 s e-2 n+2", 2), "valid", ["intact:True"]
    yield "ranges-signed-odd", over("0 s e-1 n+1", 1), "invalid", ["pdf.contents"]
    yield "entry-subfilter", entry(rb"/ETSI.CAdES.detached", b"/ETSI.CAdES.attached"), "undetermined", ["pdf.subfilter"]
    yield "entry-type", entry(rb"/Type /Sig(?=\s)", b"/Type /Gis"), "invalid", ["pdf.signature-malformed"]
    yield "entry-no-filter", entry(rb"/Filter /Adobe", b"/Filtex /Adobe"), "valid", ["level:not-PAdES", "pdf.no-filter"]
    yield "entry-filter-odd", entry(rb"/Filter /Adobe.PPKLite", b"/Filter 1"), "invalid", ["pdf.signature-malformed"]
    yield "entry-no-time", entry(rb"/M \(", b"/X ("), "valid", ["level:not-PAdES", "pdf.no-time-entry"]
    yield "entry-certificate", entry(rb"/Reason \(", b"/Cert   ("), "valid", ["level:not-PAdES", "pdf.cert-entry"]
    yield "entry-stamp-subfilter", lambda: replaced(rb"/ETSI.RFC3161", b"/ETSI.RFC3162", document_stamp(signed())), "invalid", ["pdf.subfilter"]
    yield "entry-name-twice", entry(rb"\(Signature2\)", b"(Signature1)", lambda: sign(signed(), field="Signature2")), "invalid", ["pdf.name-twice"]
    yield "entry-named-late", named_late, "invalid", ["pdf.signature-recycled"]
    yield "entry-packed", packed, "invalid", ["pdf.signature-packed"]
    yield "perms-stray", lambda: sign(update(document(), root("Perms", lambda w: generic.DictionaryObject({
        N("/DocMDP"): w.add_object(generic.DictionaryObject())})))), "invalid", ["pdf.perms-stray"]
    yield "certified-late", lambda: certify(sign(document()), 1, field="S2"), "valid", ["allowed:signature"]
    yield "lock-field-alone", lock_of(rb"/FieldMDP", b"/FieldMDX", ("Nom",), "Nom"), "modified", ["change:form-fill"]
    yield "lock-transform-alone", lock_of(rb"/Lock ", b"/Lack ", ("Nom",), "Nom"), "modified", ["change:form-fill"]
    yield "lock-none", lock_of(None, None, ("Nom",), "Ville"), "valid", ["allowed:form-fill"]
    yield "lock-closes", lock_of(None, None, ("Nom",), "Ville", doc_mdp_update_value=MDPPerm.NO_CHANGES), "modified", ["change:form-fill"]
