#!/usr/bin/python3
"""Each line of blocks A, B, C, D and G of the PAdES check-list (docs/signing.md), on what the real program makes; the bytes are read by
pades_bytes.py, so by nothing of the program itself. A line that only a unit test can reach names it, and that test must exist."""
import glob
import hashlib
import http.client
import http.server
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import urllib.parse
import zlib

from pades_bytes import Cms, Der, objects, signatures

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PARAPHE = os.environ.get("PARAPHE", TOP + "/build/paraphe")
ESS, PROTECTION, STAMP = "1.2.840.113549.1.9.16.2.47", "1.2.840.113549.1.9.52", "1.2.840.113549.1.9.16.2.14"
CONTENT_TYPE, DIGEST, TIME, SMIME = ("1.2.840.113549.1.9." + n for n in ("3", "4", "5", "15"))
SHA256, DATA, REVOCATION = "2.16.840.1.101.3.4.2.1", "1.2.840.113549.1.7.1", "1.2.840.113583.1.1.8"
FAILED = []


def services():
    folder = os.environ.get("PARAPHE_TEST_DIR", "")
    if not os.path.exists(folder + "/env"):
        print("skipped: no test services (PARAPHE_TEST_DIR)")
        sys.exit(77)
    for line in open(folder + "/env", encoding="utf-8"):
        name, _, value = line.removeprefix("export ").strip().partition("=")
        os.environ[name] = subprocess.run(["bash", "-c", f"printf %s {value}"], capture_output=True, text=True, check=True).stdout
    for name in ("LANGUAGE", "SOURCE_DATE_EPOCH"):
        os.environ.pop(name, None)
    os.environ.update(HOME=os.getcwd(), XDG_STATE_HOME=os.getcwd() + "/state", XDG_CONFIG_HOME=os.getcwd() + "/config",
                      PARAPHE_LANG="en")


def run(*args, status=0, environment=None):
    done = subprocess.run([PARAPHE, *args], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
                          env={**os.environ, **(environment or {})})
    assert done.returncode == status, f"paraphe {' '.join(args)}: status {done.returncode}: {done.stderr.strip()[-300:]}"
    return done


def sign(source, out, *options, signer="p256", status=0, tsa=True):
    args = ["sign", source, "-o", out, "--yes", "--module", os.environ["PARAPHE_TEST_MODULE"], "--token",
            os.environ["PARAPHE_TEST_TOKEN"], "--pin-source", "file:" + os.environ["PARAPHE_TEST_PIN_FILE"], "--cert",
            "subject:" + signer, *options]
    return run(*args, *([] if tsa is None else ["--tsa", os.environ["PARAPHE_TEST_TSA"]] if tsa else ["--level", "B-B"]), status=status)


def verdict(file, *options, status=0):
    return json.loads(run("verify", "--json", "--trust", os.environ["PARAPHE_TEST_TRUST"], *options, file, status=status).stdout)


def read(file):
    return open(file, "rb").read()


def write(file, data):
    open(file, "wb").write(data)
    return file


def last(file):
    return signatures(read(file))[-1]


def elsewhere(path, *names):
    text = read(f"{TOP}/{path}").decode()
    for name in names:
        assert name in text, f"{path} has no {name}"


def prepare():
    subprocess.run(["/usr/bin/python3", TOP + "/tests/documents/make_kinds.py", "kinds"], check=True, capture_output=True)
    sign("kinds/classic.pdf", "b.pdf", tsa=False)
    sign("kinds/classic.pdf", "t.pdf", "--reason", "Relu", "--location", "Paris")
    sign("t.pdf", "t2.pdf", signer="rsa3072")
    sign("kinds/object-streams.pdf", "s.pdf", "--scheme", "pss", signer="rsa2048")
    sign("kinds/classic.pdf", "lta.pdf", "--level", "B-LTA", signer="rsa3072")
    sign("kinds/classic.pdf", "certified.pdf", "--certify")
    sign("kinds/aes-256-empty.pdf", "enc.pdf", "--reason", "Confidentiel", "--level", "B-LTA")


def small(file, catalog=b"", page=b"", trailer=b"", more=(), version=b"1.7"):
    """A document of one page; its catalog, page and trailer hold what is given, objects 4 and on are `more`."""
    data, places = b"%%PDF-%s\n" % version, []
    first = (b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
             b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] %s >>" % page)
    for number, text in enumerate((*first, *more), 1):
        places.append(b"%010d 00000 n \n" % len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    size = len(places) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n" % size + b"".join(places)
    return write(file, data + table + b"trailer\n<< /Size %d /Root 1 0 R %s /ID [<%s> <%s>] >>\nstartxref\n%d\n%%%%EOF\n"
                 % (size, trailer, b"0a" * 16, b"0b" * 16, len(data)))


def with_info(file):
    """Its trailer has all that an update repeats."""
    return small(file, trailer=b"/Info 4 0 R /Other (kept)", more=[b"<< /Title (Essai) >>"])


def with_fields(file, *fields, form=b"", page=b""):
    """Fields 4, 5, ... with their widgets, if they have none of their own, on the page."""
    refs = b" ".join(b"%d 0 R" % n for n in range(4, 4 + len(fields)) if b"/Parent" not in fields[n - 4])
    shown = b" ".join(b"%d 0 R" % n for n in range(4, 4 + len(fields)) if b"/Subtype" in fields[n - 4])
    return small(file, b"/AcroForm << /Fields [%s] %s >>" % (refs, form), b"/Annots [%s] %s" % (shown, page), more=fields)


def awaiting(name, more=b"", low=500):
    return b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (%s) /P 3 0 R /Rect [60 %d 300 %d] %s >>" % (name, low, low + 60, more)


def card(*files, folder=None):
    """Options for a card with the first one's key and all these certificates (tests/fakes)."""
    pki = folder or os.environ["PARAPHE_TEST_PKI"]
    os.environ["PARAPHE_FAKE"] = os.getcwd() + "/card.conf"
    write("card.conf", "\n".join(["slot 0", *(f"cert 0 id=0{n} file={pki}/{name}.der" for n, name in enumerate(files, 1)),
                                  f"key 0 id=01 file={pki}/{files[0]}.key", ""]).encode())
    write("card.pin", b"1234\n")
    os.chmod("card.pin", 0o600)
    return ["--module", os.path.dirname(PARAPHE) + "/fakes/fake_token.so", "--pin-source", "file:card.pin", "--cert", "subject:" + files[0]]


# ---- A: the PDF ----
def test_pades_a1():
    for file in ("b.pdf", "t.pdf", "s.pdf", "lta.pdf", "enc.pdf"):
        data, s = read(file), last(file)
        assert len(s.range) == 4 and s.range[0] == 0 and s.range[2] + s.range[3] == len(data), file
        assert s.gap[:1] == b"<" and s.gap[-1:] == b">" and re.fullmatch(rb"[0-9a-fA-F]*", s.gap[1:-1]), file
        assert data[s.range[1] - 1:s.range[1]] in b" /s" and data.rstrip().endswith(b"%%EOF"), file
    for wider in (1, -1):  # a gap that is not exactly the contents is no signature
        s, data = last("b.pdf"), read("b.pdf")
        old = b"%d" % s.range[2]
        changed = data.replace(b" " + old + b" ", b" %d " % (s.range[2] + wider), 1)
        assert verdict(write("a1.pdf", changed), status=6)["verdict"] == "invalid"


def test_pades_a2():
    found = verdict("t2.pdf")["signatures"]
    assert [s["covers_whole_file"] for s in found] == [False, True] and not found[0]["modified"]
    assert [c["allowed"] for c in found[0]["changes"]] == [True] * len(found[0]["changes"]) and found[0]["changes"]
    tail = verdict(write("a2.pdf", read("b.pdf") + b"% more\n"), status=6)["signatures"][0]
    assert tail["modified"] or tail["indication"] != "TOTAL-PASSED"


def test_pades_a3():
    for file in ("b.pdf", "t2.pdf", "s.pdf", "lta.pdf", "enc.pdf"):
        for s in signatures(read(file)):  # Der refuses indefinite and overlong lengths
            assert len(s.gap) % 2 == 0 and set(s.raw[len(s.der.all):]) <= {0}, file
            check_definite(s.der)


def check_definite(value):
    for kid in value.kids:
        check_definite(kid)


def test_pades_a4():
    s, data = last("b.pdf"), bytearray(read("b.pdf"))
    if len(s.raw) == len(s.der.all):
        s, data = last("t.pdf"), bytearray(read("t.pdf"))
    data[s.range[2] - 2] = ord("1")
    assert verdict(write("a4.pdf", bytes(data)), status=6)["verdict"] == "invalid"


def test_pades_a5():
    for file in ("s.pdf", "t.pdf"):
        s = last(file)
        shown = subprocess.run(["qpdf", "--show-xref", file], capture_output=True, text=True, check=True).stdout
        assert f"{s.number}/0: uncompressed; offset = {s.start}\n" in shown, file


def test_pades_a6():
    s = signatures(read("enc.pdf"))[0]
    assert s.cms().value.body  # the contents are in clear
    assert b"Confidentiel" not in s.object and b"(D:" not in s.object  # the other strings are not
    assert hashlib.sha256(s.covered).digest() == s.cms().attr(DIGEST)[0][0].body  # over the bytes as written


def test_pades_a7():
    repeated = set()
    for file, kind in (("kinds/classic.pdf", b"table"), ("kinds/object-streams.pdf", b"stream"), ("kinds/aes-256-empty.pdf", b"table"),
                       ("kinds/hybrid.pdf", b"table"), (with_info("info.pdf"), b"table")):
        sign(file, "a7.pdf", tsa=False)
        before, update = read(file), read("a7.pdf")[len(read(file)):]
        prev = int(re.findall(rb"startxref\s+(\d+)", before)[-1])
        assert re.search(rb"/Prev %d\b" % prev, update), file
        assert (b"\ntrailer" in update) == (kind == b"table") and (b"/Type /XRef" in update) == (kind == b"stream"), file
        for key in (rb"/Root \d+ \d+ R", rb"/Encrypt \d+ \d+ R", rb"/Info \d+ \d+ R", rb"/Other \(kept\)"):
            old = re.findall(key, before)
            assert not old or old[-1] in update, (file, key)
            repeated |= {key} if old else set()
        first = re.findall(rb"/ID\s*\[\s*<([0-9a-fA-F]+)>", before)
        assert first and re.findall(rb"/ID\s*\[\s*<([0-9a-fA-F]+)>", update)[-1].lower() == first[-1].lower(), file
        assert b"/XRefStm" not in update, "the stream of another section"
        os.remove("a7.pdf")
    assert len(repeated) == 4, "not every entry was looked at"


def test_pades_a8():
    for kind in ("no-eol", "cr", "crlf", "classic"):
        sign(f"kinds/{kind}.pdf", "a8.pdf", tsa=False)
        before, after = read(f"kinds/{kind}.pdf"), read("a8.pdf")
        assert after.startswith(before), kind
        if before[-1:] == b"\r":
            assert after[len(before):len(before) + 1] != b"\n", "a CR became CR LF"
        if before[-1:] not in (b"\r", b"\n"):
            assert after[len(before):len(before) + 1] in (b"\r", b"\n"), "the update does not start on a new line"
        os.remove("a8.pdf")


def test_pades_a9():
    for file in ("b.pdf", "t2.pdf", "s.pdf", "lta.pdf"):
        assert re.findall(rb"/SigFlags (\d+)", read(file)[100:])[-1] == b"3", file
    # a form that is there: without flags, with one of them, with another; as an object of its own
    for said, wanted in ((b"", b"3"), (b"/SigFlags 1", b"3"), (b"/SigFlags 2", b"3"), (b"/SigFlags 5", b"7")):
        sign(with_fields("a9f.pdf", awaiting(b"Signature1"), form=said), "a9.pdf", tsa=False)
        assert re.findall(rb"/SigFlags (\d+)", read("a9.pdf"))[-1] == wanted, said
        os.remove("a9.pdf")
    sign(small("a9f.pdf", b"/AcroForm 4 0 R", b"/Annots [5 0 R]", more=[b"<< /Fields [5 0 R] >>", awaiting(b"Signature1")]), "a9.pdf", tsa=False)
    assert b"/SigFlags 3" in objects(read("a9.pdf"))[4]


def test_pades_a10():
    data = read("t2.pdf")
    fields = {n: o for n, o in objects(data).items() if b"/FT /Sig" in o}
    names = [re.search(rb"/T \((.*?)\)", o).group(1) for o in fields.values()]
    values = [re.search(rb"/V (\d+) 0 R", o).group(1) for o in fields.values()]
    assert len(fields) == 2 and len(set(names)) == 2 and len(set(values)) == 2
    for number, field in fields.items():
        assert b"/F 132" in field and b"/Rect [0 0 0 0]" in field and b"/Type /Annot" in field and b"/Subtype /Widget" in field
        assert number in annots_of(data, field)
    sign("kinds/pages-3.pdf", "seen2.pdf", "--visible", "2:50,50,200,60", tsa=False)
    data = read("seen2.pdf")
    number, field = next((n, o) for n, o in objects(data).items() if b"/FT /Sig" in o)
    assert b"/P 6 0 R" in field and annots_of(data, field) == [number] and b"/Rect [50 50 250 110]" in field
    # lists that are objects of their own stay so: others may refer to them
    sign("kinds/indirect.pdf", "own.pdf", tsa=False)
    after = objects(read("own.pdf"))
    assert b"/Annots 32 0 R" in after[4] and b"/Annots 32 0 R" in after[6] and b"/Fields 31 0 R" in after[30]
    assert re.findall(rb"\d+ 0 R", after[31]) == re.findall(rb"\d+ 0 R", after[32]) != []


def annots_of(data, field):
    page = objects(data)[int(re.search(rb"/P (\d+) 0 R", field).group(1))]
    assert re.search(rb"/Type /Page\b", page)
    return [int(n) for n in re.findall(rb"(\d+) 0 R", re.search(rb"/Annots \[([^\]]*)\]", page).group(1))]


def test_pades_a10_fields_of_before():
    """Their values and widgets stay; a new one takes no other's name, and a signed one is signed no second time."""
    text = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (Signature1) /V (x) /P 3 0 R /Rect [60 600 300 620] >>"
    sign(with_fields("a10f.pdf", text), "a10.pdf", tsa=False)
    after = objects(read("a10.pdf"))
    number, field = next((n, o) for n, o in after.items() if b"/FT /Sig" in o)
    assert b"/T (Signature2)" in field and after[4].strip() == text and annots_of(read("a10.pdf"), field) == [4, number]
    assert re.search(rb"/Fields \[4 0 R %d 0 R\]" % number, read("a10.pdf"))
    for name, parts in (("merged", [awaiting(b"Auditeur", b"/F 64 /TU (Ici)")]),
                        ("apart", [b"<< /FT /Sig /T (Auditeur) /TU (Ici) /Kids [5 0 R] >>",
                                   b"<< /Type /Annot /Subtype /Widget /Parent 4 0 R /F 64 /P 3 0 R /Rect [60 500 300 560] >>"])):
        sign(with_fields("a10f.pdf", *parts), name + ".pdf", "--field", "Auditeur", tsa=False)
        after, number = objects(read(name + ".pdf")), last(name + ".pdf").number
        assert b"/V %d 0 R" % number in after[4] and b"/TU (Ici)" in after[4], name
        assert sum(b"/FT /Sig" in o for o in after.values()) == 1 and b"/V" not in after.get(5, b""), name
        widget = after[3 + len(parts)]
        assert b"/F 196" in widget and b"/Rect [60 500 300 560]" in widget and b"/AP" in widget, name
        sign(name + ".pdf", "a10no.pdf", "--field", "Auditeur", tsa=False, status=2)


def test_pades_a11():
    first, archive = signatures(read("lta.pdf"))
    assert b"/Filter /Adobe.PPKLite" in first.object and b"/SubFilter /ETSI.CAdES.detached" in first.object
    assert re.search(rb"/Type /Sig\b", first.object)
    assert b"/Filter /Adobe.PPKLite" in archive.object and b"/SubFilter /ETSI.RFC3161" in archive.object and b"/Type /DocTimeStamp" in archive.object


def test_pades_a12():
    s = last("t.pdf")
    assert b"/Cert" not in s.object and not s.cms().attr(TIME)
    assert len(re.findall(rb"/M \(D:\d{14}\+0[12]'00'?\)", s.object)) == 1
    assert b"/M " not in last("lta.pdf").object  # a document time-stamp says its own time


def test_pades_a13():
    s = last("t.pdf")
    kinds = {a[0].oid() for a in s.cms().attrs.kids}
    assert b"/Reason (Relu)" in s.object and kinds == {CONTENT_TYPE, DIGEST, ESS, PROTECTION}


def test_pades_a14():
    data, s = read("certified.pdf"), last("certified.pdf")
    assert re.search(rb"/Perms <<\s*/DocMDP %d 0 R" % s.number, data)
    assert b"/TransformMethod /DocMDP" in s.object and re.search(rb"/P 2\b", s.object) and b"/V /1.2" in s.object
    assert b"/DigestMethod" not in s.object and b"/DigestValue" not in s.object
    for file in ("certified.pdf", "t.pdf"):  # a second one, one that is not the first signature
        sign(file, "a14.pdf", "--certify", status=2)
    assert not os.path.exists("a14.pdf")
    sign(small("perms.pdf", b"/Perms << /Kept 4 0 R >>", more=[b"<< /Own true >>"]), "a14.pdf", "--certify", tsa=False)
    assert re.search(rb"/Perms <<\s*/Kept 4 0 R\s*/DocMDP \d+ 0 R\s*>>", read("a14.pdf"))


def test_pades_a15():
    sign("kinds/classic.pdf", "closed.pdf", "--certify=1", signer="rsa3072")
    run("finish", "closed.pdf", "-o", "closed-lta.pdf", "--tsa", os.environ["PARAPHE_TEST_TSA"])
    assert verdict("closed-lta.pdf")["signatures"][0]["level"] == "B-LTA"
    sign("closed.pdf", "a15.pdf", status=6)
    lock = awaiting(b"Auditeur", b"/Lock << /Type /SigFieldLock /Action /Include /Fields [(x)] /P 1 >>")  # so does the lock of a field
    sign(with_fields("a15f.pdf", lock), "a15l.pdf", "--field", "Auditeur", tsa=False)
    sign("a15l.pdf", "a15.pdf", status=6)
    run("stamp", "a15l.pdf", "-o", "a15s.pdf", "--tsa", os.environ["PARAPHE_TEST_TSA"])
    changes = verdict("a15s.pdf")["signatures"][0]["changes"]
    assert [c["allowed"] for c in changes] == [True], changes


def test_pades_a16():
    sign("kinds/form-lock.pdf", "locked.pdf", "--field", "Auditeur", tsa=False)
    s = last("locked.pdf")
    assert re.search(rb"/TransformMethod /FieldMDP\s*/Data 1 0 R", s.object)
    assert re.search(rb"/Action /Include\s*/Fields \[\(nom\)\]\s*/Type /TransformParams\s*/V /1.2", s.object)
    assert verdict("locked.pdf")["verdict"] == "valid"
    parts = [awaiting(b"Chef", b"/Lock << /Type /SigFieldLock /Action /Include /Fields [(Auditeur) (Annexe)] >>"), awaiting(b"Auditeur"),
             awaiting(b"Auditeur2", low=400), b"<< /T (Annexe) /Kids [8 0 R] >>", awaiting(b"Cachet", b"/Parent 7 0 R")]
    sign(with_fields("a16f.pdf", *parts), "a16.pdf", "--field", "Chef", tsa=False)
    for name, status in (("Auditeur", 6), ("Annexe.Cachet", 6), ("Auditeur2", 0)):
        sign("a16.pdf", "a16l.pdf", "--field", name, tsa=False, status=status)
    assert verdict("a16l.pdf")["verdict"] == "valid"
    elsewhere("tests/unit/sign/pades/test_sigform.c", "a_lock_names_whole_parts_of_names")


def test_pades_a17():
    assert re.search(rb"/ESIC\s*<<\s*/BaseVersion /1.7\s*/ExtensionLevel 1", read("b.pdf"))
    sign("kinds/extensions.pdf", "ext.pdf", tsa=False)
    update = read("ext.pdf")[len(read("kinds/extensions.pdf")):]
    assert b"/ADBE" in update and b"/ESIC" in update
    apart = [b"<< /ADBE << /BaseVersion /1.7 /ExtensionLevel 3 >> >>"]  # as an object of its own
    sign(small("a17f.pdf", b"/Extensions 4 0 R", more=apart), "a17.pdf", tsa=False)
    assert re.search(rb"/ADBE.*/ExtensionLevel 3.*/ESIC\s*<<.*/ExtensionLevel 1", objects(read("a17.pdf"))[4], re.S)
    other = b"/Extensions << /ESIC << /BaseVersion /1.7 /ExtensionLevel 5 >> >>"
    sign(small("a17f.pdf", other), "a17e.pdf", tsa=False)
    assert not re.search(rb"/ExtensionLevel (?!5\b)", read("a17e.pdf")), "what another program says was replaced"
    sign("kinds/version-2.0.pdf", "two.pdf", tsa=False)
    assert b"/ESIC" not in read("two.pdf")


def test_pades_a18():
    sign("kinds/hybrid.pdf", "hybrid.pdf", tsa=False)
    assert verdict("hybrid.pdf")["verdict"] == "valid"
    data = read("kinds/hybrid.pdf")  # the table names another content stream than the XRefStm
    free = re.search(rb"0000000000 (\d{5}) f ", data[data.index(b"xref\n") + 30:])
    at = data.index(b"xref\n") + 30 + free.start()
    target = re.search(rb"\n(\d+) 0 obj", data)
    changed = data[:at] + b"%010d 00000 n " % (target.start() + 1) + data[at + 19:]
    write("double.pdf", changed)
    for options in ((), ("--repair",)):  # nor is one of the views chosen for the signer
        done = sign("double.pdf", "a18.pdf", *options, tsa=False, status=4)
        assert "different readers" in done.stderr and "look at the result" in done.stderr and not os.path.exists("a18.pdf")


def test_pades_a19():
    run("extract", "t2.pdf", "--signature", "1", "-o", "a19.pdf")
    assert read("a19.pdf") == read("t.pdf")
    data = bytearray(read("t2.pdf"))
    replaced = data.replace(b"/Reason (Relu)", b"/Reason (Lule)")
    assert verdict(write("a19b.pdf", bytes(replaced)), status=6)["verdict"] == "invalid"


def test_pades_a20():
    for kind in ("linearized", "linearized-streams"):
        sign(f"kinds/{kind}.pdf", f"{kind}.pdf", tsa=False)
        assert read(f"{kind}.pdf").startswith(read(f"kinds/{kind}.pdf"))
        assert verdict(f"{kind}.pdf")["verdict"] == "valid"


# ---- B: the CMS ----
def test_pades_b1():
    for file in ("b.pdf", "t.pdf", "s.pdf", "enc.pdf"):
        assert len(signatures(read(file))[0].cms().signers) == 1


def test_pades_b2():
    c = last("t.pdf").cms()
    assert [k.tag for k in c.encap.kids] == [6] and c.encap[0].oid() == DATA
    stamp = Cms(c.attr(STAMP, unsigned=True)[0][0].all)
    assert stamp.encap[0].oid() == "1.2.840.113549.1.9.16.1.4"


def test_pades_b3():
    c = last("t.pdf").cms()
    assert (c.version, c.signer_version, c.sid.tag) == (1, 1, 0x30)


def test_pades_b4():
    for file in ("t.pdf", "s.pdf"):
        c = last(file).cms()
        for oid in (CONTENT_TYPE, DIGEST, ESS):
            assert len(c.attr(oid)) == 1 and len(c.attr(oid)[0]) == 1, (file, oid)
        assert c.attr(CONTENT_TYPE)[0][0].oid() == DATA
        assert c.attr(DIGEST)[0][0].body == hashlib.sha256(last(file).covered).digest()


def test_pades_b5():
    c = last("t.pdf").cms()
    parts = [a.all for a in c.attrs.kids]
    assert parts == sorted(parts)
    signed_as_carried(c)


def signed_as_carried(c):
    """The value is over the attributes as they stand there, as SET OF."""
    leaf = next(k for k in c.certs.kids if hashlib.sha256(k.all).digest() == ess_hash(c))
    write("leaf.der", leaf.all)
    write("attrs", b"\x31" + c.attrs.all[1:])
    write("value", c.value.body)
    subprocess.run("openssl x509 -inform DER -in leaf.der -noout -pubkey > pub.pem && "
                   "openssl dgst -sha256 -verify pub.pem -signature value attrs", shell=True, check=True, capture_output=True)


def ess_hash(cms):
    value = cms.attr(ESS)[0][0]
    return value[0][0][0].body


def test_pades_b6():
    value = last("t.pdf").cms().attr(ESS)[0][0]
    assert len(value.kids) == 1, "no policies"
    assert [k.tag for k in value[0][0].kids] == [4], "SHA-256 is the default and left out; no issuerSerial"
    sign("kinds/classic.pdf", "p384.pdf", signer="p384", tsa=False)
    c = last("p384.pdf").cms()
    ident = c.attr(ESS)[0][0][0][0]
    leaf = [k for k in c.certs.kids if hashlib.sha384(k.all).digest() == ident[1].body]
    assert ident[0][0].oid() == "2.16.840.1.101.3.4.2.2" and len(leaf) == 1


def test_pades_b7():
    c = last("t.pdf").cms()
    assert not c.attr(TIME) and len(c.attrs.kids) == 4
    assert [a[0].oid() for a in c.unsigned.kids] == [STAMP]


def test_pades_b8():
    assert not last("t.pdf").cms().attr(SMIME)


def test_pades_b9():
    c = last("s.pdf").cms()
    params = c.signature_alg[1]
    assert c.signature_alg[0].oid() == "1.2.840.113549.1.1.10" and c.digest[0].oid() == SHA256
    assert params[0][0][0].oid() == SHA256 and params[1][0][1][0].oid() == SHA256 and params[2][0].integer() == 32
    assert len(params.kids) == 3, "trailerField has its default"
    assert [d.all for d in c.digests.kids] == [c.digest.all]


def test_pades_b10():
    for file in ("t.pdf", "s.pdf"):
        c = last(file).cms()
        protection = c.attr(PROTECTION)[0][0]
        assert protection[0].all == c.digest.all and protection[1].tag == 0xA1 and protection[1].body == c.signature_alg.body


def test_pades_b11():
    run("sign", "kinds/classic.pdf", "-o", "b11.pdf", "--yes", "--level", "B-B", *card("p256", "tsp", "root"))  # a card that has the root too
    c = last("b11.pdf").cms()
    subjects = []
    for number, certificate in enumerate(c.certs.kids):
        write(f"c{number}.der", certificate.all)
        shown = subprocess.run(["openssl", "x509", "-inform", "DER", "-in", f"c{number}.der", "-noout", "-subject", "-issuer"],
                               capture_output=True, text=True, check=True).stdout
        subjects.append(shown)
    assert len(subjects) == 2 and any("p256" in s for s in subjects)
    assert not any(s.split("issuer=")[0].removeprefix("subject=").strip() == s.split("issuer=")[1].strip() for s in subjects)


def test_pades_b12():
    for file in ("t.pdf", "lta.pdf"):
        c = signatures(read(file))[0].cms()
        assert c.crls is None and not c.attr(REVOCATION)
        assert [a[0].oid() for a in c.unsigned.kids] == [STAMP]


def test_pades_b13():
    c = last("t.pdf").cms()
    stamp = Cms(c.attr(STAMP, unsigned=True)[0][0].all)
    info = Der(stamp.encap[1][0].body)
    assert info[2][0][0].oid() == SHA256 and info[2][1].body == hashlib.sha256(c.value.body).digest()


def test_pades_b14():
    elsewhere("tests/unit/sign/cms/test_cms.c", "a_timestamp_joins_without_touching_what_is_signed")
    signed_as_carried(last("t.pdf").cms())  # with its time-stamp; in DER still
    run("finish", "t.pdf", "-o", "b14.pdf", "--tsa", os.environ["PARAPHE_TEST_TSA"])
    assert read("b14.pdf").startswith(read("t.pdf")), "later levels leave the signature as it is"


def test_pades_b15():
    kinds = {a[0].oid() for a in last("t.pdf").cms().attrs.kids}
    assert not kinds & {"1.2.840.113549.1.9.16.2.15", "1.2.840.113549.1.9.16.2.16", "1.2.840.113549.1.9.16.2.17",
                        "0.4.0.19122.1.1"}


def test_pades_b16():
    assert verdict("t.pdf")["signatures"][0]["level"] == "B-T"
    elsewhere("tests/unit/sign/cms/test_cms.c", "the_shape_is_the_baseline_one")
    elsewhere("tests/attacks/cms_attacks.py", '"cms-signing-time"', "level:not-PAdES")


def test_pades_b17():
    value = Der(last("t.pdf").cms().value.body)
    assert value.tag == 0x30 and [k.tag for k in value.kids] == [2, 2] and all(k.integer() > 0 for k in value.kids)


def test_pades_b18():
    assert "pkcs1|pss|ecdsa" in sign("kinds/classic.pdf", "b18.pdf", "--scheme", "ed25519", status=2).stderr
    for kind in ("ed25519", "ed448"):  # a card that has such a key, and says that it can sign
        subprocess.run(["openssl", "req", "-x509", "-newkey", kind, "-nodes", "-keyout", kind + ".key", "-outform", "DER", "-out", kind + ".der", "-days", "9", "-subj",
                        "/CN=" + kind, "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "keyUsage=critical,nonRepudiation"], check=True, capture_output=True)
        done = run("sign", "kinds/classic.pdf", "-o", "b18.pdf", "--yes", "--level", "B-B", *card(kind, folder=os.getcwd()), status=6)
        assert "its kind of key is not used" in done.stderr and not os.path.exists("b18.pdf"), done.stderr


# ---- C: time-stamps ----
class Between(http.server.BaseHTTPRequestHandler):
    """A proxy: keeps what was asked, refuses the paths in `closed`."""
    asked, closed = [], ()

    def relay(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = urllib.parse.urlsplit(self.path)
        Between.asked.append((parts.path, body))
        if any(parts.path.startswith(c) for c in Between.closed):
            return self.send_error(503)
        link = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
        link.request(self.command, parts.path + ("?" + parts.query if parts.query else ""), body or None,
                     {"Content-Type": self.headers.get("Content-Type", "")} if body else {})
        answer = link.getresponse()
        data = answer.read()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.getheader("Content-Type", ""))
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = relay

    def log_message(self, *_):
        pass


def through_proxy(*closed):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Between)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Between.asked, Between.closed = [], closed
    write("proxy.conf", b"[net]\nproxy = http://127.0.0.1:%d\n" % server.server_port)
    return ["--config", "proxy.conf"]


def test_pades_c1():
    sign("kinds/classic.pdf", "c1.pdf", *through_proxy())
    request = Der(next(body for path, body in Between.asked if path == "/tsa"))
    nonces = [k for k in request.kids[1:] if k.tag == 2]
    assert [k.body for k in request.kids if k.tag == 1] == [b"\xff"], "certReq"
    assert len(nonces) == 1 and len(nonces[0].body) >= 8
    run("stamp", "b.pdf", "-o", "c1b.pdf", *through_proxy(), "--tsa", os.environ["PARAPHE_TEST_TSA"])
    other = Der(Between.asked[0][1])
    assert [k.body for k in other.kids[1:] if k.tag == 2] != [nonces[0].body], "a fresh nonce"
    for mode in ("wrong-nonce", "no-nonce", "wrong-imprint"):
        run("stamp", "b.pdf", "-o", "no.pdf", "--tsa", os.environ["PARAPHE_TEST_TSA"] + "?mode=" + mode, status=7)
    run("stamp", "b.pdf", "-o", "no.pdf", *through_proxy(), "--tsa", os.environ["PARAPHE_TEST_TSA"] + " policy=1.2.3.4", status=7)
    assert [k.oid() for k in Der(Between.asked[0][1]).kids if k.tag == 6] == ["1.2.3.4"], "the policy is asked for"
    done = run("stamp", "b.pdf", "-o", "no.pdf", "--tsa", os.environ["PARAPHE_TEST_TSA"] + "?mode=other-policy policy=1.2.3.4", status=7)
    assert "follows another policy" in done.stderr, "granted under a policy that was not asked for"


def test_pades_c2():
    for mode in ("rejected", "html", "garbage", "empty", "cut", "error"):
        run("stamp", "b.pdf", "-o", "no.pdf", "--tsa", os.environ["PARAPHE_TEST_TSA"] + "?mode=" + mode, status=7)
    assert not os.path.exists("no.pdf")


def test_pades_c3():
    elsewhere("tests/attacks/stamp_faults.py", "c3-not-critical", "c3-two-purposes", "c3-other-certificate")  # real servers, made wrong
    stamp = Cms(last("t.pdf").cms().attr(STAMP, unsigned=True)[0][0].all)
    unit = next(k for k in stamp.certs.kids if hashlib.sha256(k.all).digest() == ess_hash(stamp))
    write("unit.der", unit.all)
    shown = subprocess.run(["openssl", "x509", "-inform", "DER", "-in", "unit.der", "-noout", "-text"], capture_output=True, text=True,
                           check=True).stdout
    assert re.search(r"Extended Key Usage: critical\s+Time Stamping\n", shown)


def test_pades_c4():
    elsewhere("tests/attacks/stamp_faults.py", "c4-unit-over", "c4-unit-not-yet")
    elsewhere("tests/attacks/past_attacks.py", "past-unit-over-archived", "past-unit-over-archived-late")


def test_pades_c5():
    elsewhere("tests/attacks/stamp_faults.py", "c5-before-signer")


def test_pades_c6():
    found = verdict("t.pdf")["signatures"][0]  # the unit promises a second: the upper bound counts
    info = Der(Cms(last("t.pdf").cms().attr(STAMP, unsigned=True)[0][0].all).encap[1][0].body)
    told = next(k.body for k in info.kids if k.tag == 0x18).decode()
    assert found["best_signature_time"].translate(str.maketrans("", "", "-:T")) > told


def test_pades_c7():
    found = verdict("t2.pdf")["signatures"]
    assert found[0]["best_signature_time"] <= found[1]["best_signature_time"]
    sign("b.pdf", "c7.pdf", signer="rsa3072")
    assert verdict("c7.pdf")["signatures"][0]["level"] == "B-B", "a time-stamp in another signature proves nothing for this one"


def test_pades_c8():
    run("stamp", "t.pdf", "-o", "c8a.pdf", "--tsa", os.environ["PARAPHE_TEST_TSA"])
    run("finish", "c8a.pdf", "-o", "c8.pdf", "--level", "B-LT")
    assert verdict("c8.pdf")["signatures"][0]["level"] == "B-LT", "its DSS is not covered by the document time-stamp before it"
    run("stamp", "b.pdf", "-o", "c8b.pdf", "--tsa", os.environ["PARAPHE_TEST_TSA"])  # and where that is the only proof of time
    run("finish", "c8b.pdf", "-o", "c8c.pdf", "--level", "B-LT")
    assert verdict("c8c.pdf")["signatures"][0]["level"] == "B-LT"


def test_pades_c9():
    ledger = json.loads(read("state/paraphe/tsa.json"))["servers"][os.environ["PARAPHE_TEST_TSA"]]["token"]
    token = len(last("t2.pdf").cms().attr(STAMP, unsigned=True)[0][0].all)
    assert ledger >= token
    sign("kinds/classic.pdf", "c9.pdf")
    s = last("c9.pdf")
    assert len(s.der.all) < len(s.raw) <= len(s.der.all) + ledger
    path, server = "state/paraphe/tsa.json", os.environ["PARAPHE_TEST_TSA"]
    for kept, hole in ((9000, 9000 * 3 // 2), (10**9, 16384)):  # the largest token counts; what no server sends does not
        known = json.loads(read(path))
        known["servers"][server]["token"] = kept
        write(path, json.dumps(known).encode())
        run("stamp", "b.pdf", "-o", f"c9-{kept}.pdf", "--tsa", server)
        assert len(last(f"c9-{kept}.pdf").raw) == hole and json.loads(read(path))["servers"][server]["token"] == kept
    known["servers"][server]["token"] = 200  # a token that came, did not fit and was the last one allowed is remembered too
    write(path, json.dumps(known).encode())
    assert "used up until" in sign("kinds/classic.pdf", "c9t.pdf", "--tsa", server + " limit=1/60", status=7, tsa=None).stderr
    assert json.loads(read(path))["servers"][server]["token"] == token
    known["servers"][server]["token"] = ledger
    write(path, json.dumps(known).encode())


# ---- D: long term ----
def store(data):
    """Lists of the newest DSS: key to object numbers."""
    dss = [o for o in re.findall(rb"obj\s*(<<[^<>]*/Type /DSS.*?)endobj", data, re.S)][-1]
    return {k.decode(): [int(n) for n in re.findall(rb"(\d+) 0 R", v)] for k, v in re.findall(rb"/(\w+) \[([^\]]*)\]", dss)}


def stored(data):
    """What these streams hold: key to DER values; certificates of the test PKI by their names."""
    known = {read(p): os.path.basename(p).removesuffix(".der") for p in glob.glob(os.environ["PARAPHE_TEST_PKI"] + "/*.der")}
    shapes, found = objects(data), {}
    for key, numbers in store(data).items():
        bodies = [re.search(rb"stream\r?\n(.*)\nendstream", shapes[n], re.S).group(1) for n in numbers]
        values = [zlib.decompress(body) if b"/FlateDecode" in shapes[n] else body for n, body in zip(numbers, bodies)]
        found[key] = sorted(known.get(v, v) for v in values)
    return found


def test_pades_d1():
    before = store(read("lta.pdf"))
    assert set(before) == {"Certs", "OCSPs", "CRLs"} and all(before.values())
    shapes = objects(read("lta.pdf"))
    for numbers in before.values():
        for number in numbers:
            assert b"stream" in shapes[number] and (b"/Filter /FlateDecode" in shapes[number] or b"/Filter" not in shapes[number])
    run("finish", "lta.pdf", "-o", "d1.pdf", "--tsa", os.environ["PARAPHE_TEST_TSA"])
    after = store(read("d1.pdf"))
    assert all(set(before[key]) <= set(after[key]) for key in before), "an entry was dropped"
    shapes = objects(read("d1.pdf"))
    assert all(len({shapes[n] for n in numbers}) == len(numbers) for numbers in after.values()), "an entry stands there twice"
    assert read("d1.pdf").startswith(read("lta.pdf"))


def test_pades_d2():
    assert b"/VRI" not in read("lta.pdf")  # not needed for baseline, so not written


def test_pades_d3():
    assert verdict("lta.pdf", "--offline")["signatures"][0]["level"] == "B-LTA"
    found = stored(read("lta.pdf"))
    assert found["Certs"] == ["ocsp", "root", "rsa3072", "tsa", "tsp"], "signer, time-stamp unit, authorities, responder"
    assert len(found["OCSPs"]) == 2 and len(found["CRLs"]) == 1, "about the signer and the unit; about their authority"


def test_pades_d4():
    first, archive = signatures(read("lta.pdf"))
    assert first.cms().attr(STAMP, unsigned=True) and archive.range[1] > first.range[2]
    assert b"/Type /DSS" in archive.covered, "the document time-stamp covers the revocation data"
    run("finish", "lta.pdf", "-o", "d4.pdf", "--tsa", os.environ["PARAPHE_TEST_TSA"])
    assert verdict("d4.pdf", "--offline")["verdict"] == "valid" and len(signatures(read("d4.pdf"))) == 3
    # first a time, then what was published after it; the next round adds what is known of the unit before
    run("finish", "b.pdf", "-o", "d4b.pdf", "--tsa", os.environ["PARAPHE_TEST_TSA"] + "-p256")
    _, time, archive = signatures(read("d4b.pdf"))
    assert b"/Type /DSS" not in time.covered and b"/Type /DSS" in archive.covered and "tsa-p256" in stored(read("d4b.pdf"))["Certs"]
    run("finish", "t.pdf", "-o", "d4c.pdf", "--tsa", os.environ["PARAPHE_TEST_TSA"] + "-p256")
    run("finish", "d4c.pdf", "-o", "d4d.pdf", "--tsa", os.environ["PARAPHE_TEST_TSA"])
    before, after = stored(read("d4c.pdf")), stored(read("d4d.pdf"))
    assert set(after["Certs"]) - set(before["Certs"]) == {"tsa-p256"} and len(after["OCSPs"]) == len(before["OCSPs"]) + 1


def test_pades_d5():
    """Without OCSP only a list older than the signature is left: too early, with the date; --now takes it with a remark."""
    proxy = through_proxy("/ocsp/")
    done = run("finish", "t.pdf", "-o", "d5.pdf", *proxy, "--tsa", os.environ["PARAPHE_TEST_TSA"], status=7)
    assert re.search(r"Too early.*20\d\d-\d\d-\d\dT", done.stderr) and not os.path.exists("d5.pdf")
    done = sign("kinds/classic.pdf", "d5s.pdf", *proxy, "--level", "B-LT", "--json")
    told = json.loads(done.stdout)
    assert told["level"] == "B-T" and told["provable"][:2] == "20" and "err.cmd.finish-early" in [w["code"] for w in told["warnings"]]
    done = run("finish", "t.pdf", "-o", "d5n.pdf", *proxy, "--now", "--tsa", os.environ["PARAPHE_TEST_TSA"])
    assert "older than the signature" in done.stderr
    nothing = through_proxy("/ocsp/", "/crl/")
    done = run("finish", "t.pdf", "-o", "d5m.pdf", *nothing, "--tsa", os.environ["PARAPHE_TEST_TSA"], status=7)
    assert "No revocation data" in done.stderr and not os.path.exists("d5m.pdf")
    # below --min-level it is a failure that needs no other signature
    done = sign("kinds/classic.pdf", "d5l.pdf", *nothing, "--level", "B-LT", "--min-level", "B-LT", "--json", status=7)
    assert json.loads(done.stdout)["level"] == "B-T"
    run("finish", "d5l.pdf", "-o", "d5f.pdf", "--level", "B-LT")
    assert read("d5f.pdf").startswith(read("d5l.pdf")) and verdict("d5f.pdf", "--offline")["signatures"][0]["level"] == "B-LT"


def test_pades_d6():
    archive = signatures(read("lta.pdf"))[-1]
    stamps = verdict("lta.pdf")["signatures"]
    assert stamps[-1]["type"] == "document-timestamp" and archive.range[2] + archive.range[3] == len(read("lta.pdf"))
    run("finish", "t.pdf", "-o", "d6.pdf", "--tsa", os.environ["PARAPHE_TEST_TSA"] + "-p256")
    found = stored(read("d6.pdf"))
    assert "tsa" in found["Certs"] and "tsa-p256" not in found["Certs"] and len(found["OCSPs"]) == 2, "nothing about the unit that covers it"


def test_pades_d7():
    data = read("enc.pdf")
    certificate = signatures(data)[0].cms().certs.kids[0].all
    assert data.count(certificate[:64]) == 0, "a stream of the DSS stands in clear"
    assert verdict("enc.pdf", "--offline")["signatures"][0]["level"] == "B-LTA"


def test_pades_d8():
    assert verdict("t.pdf")["signatures"][0]["level"] == "B-T"
    assert verdict("b.pdf")["signatures"][0]["level"] == "B-B"


# ---- G: PDF/A ----
def test_pades_g():
    sign("kinds/classic.pdf", "seen.pdf", "--visible", "1:50,50,200,60")
    field = next(o for o in objects(read("seen.pdf")).values() if b"/FT /Sig" in o)
    assert re.search(rb"/AP <<\s*/N \d+ 0 R\s*>>", field) and not re.search(rb"/(D|R|A|AA) ", field.replace(b"/Rect", b""))
    assert b"/FontFile2" in read("seen.pdf")
    assert re.search(rb"/Perms <<\s*/DocMDP \d+ 0 R\s*>>", read("certified.pdf"))
    elsewhere("tests/interop/test_signed_pdfa.sh", "judge 3a,ua1")


def main():
    folder = tempfile.mkdtemp(prefix="paraphe-pades-")
    os.chdir(folder)
    services()
    prepare()
    tests = [(n, f) for n, f in globals().items() if n.startswith("test_pades_") and (len(sys.argv) < 2 or n in sys.argv[1:])]
    for name, function in tests:
        try:
            function()
        except Exception as error:  # pylint: disable=broad-except
            FAILED.append(name)
            print(f"FAILED: {name}: {type(error).__name__}: {error}")
    left = glob.glob("**/.*.part", recursive=True)
    if left:
        FAILED.append(f"half files are left: {left}")
    print(f"{len(tests) - len(FAILED)} lines passed, {len(FAILED)} failed" + (f"; kept: {folder}" if FAILED else ""))
    if not FAILED:
        subprocess.run(["rm", "-rf", folder], check=False)
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
