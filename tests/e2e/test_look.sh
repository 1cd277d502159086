#!/usr/bin/env bash
# What a visible signature shows: image, QR code, in clear and encrypted documents, on turned pages; broken images leave nothing.
. "$(dirname "$0")/lib.sh"
need pdfsig qpdf pdftoppm zbarimg
services
python3 "$SOURCE/tests/documents/make_kinds.py" kinds > /dev/null || { echo "skipped: make_kinds.py"; exit 77; }
EC=(--cert subject:p256)
IMAGES=$SOURCE/tests/fuzz/corpus/image
sign() { # STATUS IN OUT OPTION...
  local status=$1 in=$2 out=$3
  shift 3
  run "$status" sign "$in" -o "$out" --yes "${TOKEN[@]}" "${EC[@]}" "$@"
  [ "$status" = 0 ] || absent "$out"
}
valid() { # FILE [PASSWORD]
  ok "pdfsig $1" pdfsig -upw "${2:-}" "$1"
  CHECKS=$((CHECKS + 1))
  [ "$(grep -c 'Signature is Valid' "$OUT")" = 1 ] || fail "$1: not valid"
  ok "qpdf --check $1" qpdf --check --password="${2:-}" "$1"
}
code() { # FILE INPUT FIELD [PASSWORD]: the code on page 1, as printed at 200 dots an inch, says what was signed
  local cert expected
  ok "drawn $1" pdftoppm -upw "${4:-}" -r 200 -f 1 -l 1 -png "$1" page
  cert=$(pdfsig -upw "${4:-}" -dump "$1" > /dev/null 2>&1; openssl cms -inform DER -in "$(basename "$1").sig0" -cmsout -print -noout 2> /dev/null | head -n 0
    openssl pkcs7 -inform DER -in "$(basename "$1").sig0" -print_certs 2> /dev/null | openssl x509 -outform DER | sha256sum | cut -c 1-64)
  expected="PARAPHE:1 SHA256:$(sha256sum < "$2" | cut -c 1-64 | tr a-f A-F) DATE:20[0-9TZ:-]+ CERT:$(tr a-f A-F <<< "$cert") FIELD:$3"
  zbarimg -q --raw page*.png > "$OUT" 2> "$ERR"
  says out "^$expected\$"
  rm -f page*.png ./*.sig0
}

# All kinds of images; the wide box has them beside the text, the high one above.
for image in rgba.png palette.png grey.png bits.png sixteen.png rgb.jpg grey.jpg progressive.jpg; do
  sign 0 kinds/classic.pdf "i-$image.pdf" --visible 1:56,300,200,60 --image "$IMAGES/$image"
  valid "i-$image.pdf"
done
ok 'transparency is kept' grep -aq /SMask i-rgba.png.pdf
ok 'JPEG stays JPEG' grep -aq /DCTDecode i-rgb.jpg.pdf
sign 0 kinds/classic.pdf high.pdf --visible 1:56,300,120,200 --image "$IMAGES/rgba.png" --qr --reason Essai
valid high.pdf
code high.pdf kinds/classic.pdf Signature1

# What is no image, or too much of one, ends in one sentence.
for image in cut.png cut.jpg flipped.png head.jpg; do
  sign 4 kinds/classic.pdf no.pdf --visible 1:56,300,200,60 --image "$IMAGES/$image"
  says err 'neither an intact PNG nor an intact JPEG'
done
sign 4 kinds/classic.pdf no.pdf --visible 1:56,300,200,60 --image "$IMAGES/huge.png"
says err 'empty or too large'
sign 4 kinds/classic.pdf no.pdf --visible 1:56,300,200,60 --image "$IMAGES/cmyk.jpg"
says err 'RGB'
: > empty.png
sign 4 kinds/classic.pdf no.pdf --visible 1:56,300,200,60 --image empty.png
says err 'empty or too large'
head -c 9000000 /dev/zero > large.png
sign 4 kinds/classic.pdf no.pdf --visible 1:56,300,200,60 --image large.png
says err 'large'
sign 4 kinds/classic.pdf no.pdf --visible 1:56,300,200,60 --image absent.png
sign 2 kinds/classic.pdf no.pdf --visible 1:56,300,200,30 --qr
says err 'at least [0-9]+ x [0-9]+ points'
CHECKS=$((CHECKS + 1))
[ -z "$(find . -name '.*.part')" ] || fail 'a half file is left'

# A signature that is not seen shows nothing, and says so.
sign 0 kinds/classic.pdf unseen.pdf --image "$IMAGES/rgba.png" --qr --json
json 'd["page"]' None
sign 0 kinds/classic.pdf unseen2.pdf --image "$IMAGES/rgba.png" --qr
says err 'image and QR code are not shown'

# The lines are shown whole, whatever the width; one that is too long for any size is seen to be cut.
for width in 137 150 163 177 190 205 221 260; do
  rm -f whole.pdf
  sign 0 kinds/classic.pdf whole.pdf --visible "1:56,300,$width,60" --image "$IMAGES/rgba.png" --lang en
  pdftotext whole.pdf whole.txt
  ok "the zone is whole at $width" grep -qE '\(\+0[12]:00\)$' whole.txt
done
sign 0 kinds/classic.pdf cut.pdf --visible 1:56,300,120,60 --reason "$(printf 'relu %.0s' {1..60})" --lang en
pdftotext cut.pdf cut.txt
ok 'what is cut is seen to be' grep -q '^Reason: relu.*…$' cut.txt
valid cut.pdf

# Name, day, hour and zone, reason and place, in the language of the messages.
for language in fr en; do
  sign 0 kinds/classic.pdf words-$language.pdf --visible 1:56,300,260,80 --reason 'Relu, validé' --location 'Lyon 3ᵉ' --lang $language
  ok "its text, $language" pdftotext -raw words-$language.pdf words-$language.txt
done
shown() { CHECKS=$((CHECKS + 1)); grep -qxE "$2" "words-$1.txt" || fail "not shown, $1: $2"; }
shown fr 'Inès Çelik \(p256\)'; shown fr 'Signé le [0-9]{2}/[0-9]{2}/20[0-9]{2} à [0-9]{2}:[0-9]{2} \(\+0[12]:00\)'; shown fr 'Motif.: Relu, validé'; shown fr 'Lieu.: Lyon 3ᵉ'
shown en 'Signed on 20[0-9]{2}-[0-9]{2}-[0-9]{2} at [0-9]{2}:[0-9]{2} \(\+0[12]:00\)'; shown en 'Reason: Relu, validé'; shown en 'Place: Lyon 3ᵉ'

# The image by configuration, relative to its file; the code on a turned page.
mkdir -p conf; cp "$IMAGES/rgba.png" conf/hand.png; printf '[sign]\nimage = hand.png\n' > conf/c.ini
sign 0 kinds/rotated.pdf turned.pdf --visible 1:100,100,330,100 --qr --config conf/c.ini
ok 'it has the image' grep -aq /SMask turned.pdf
valid turned.pdf
code turned.pdf kinds/rotated.pdf Signature1

# Behind a text of the document, on turned pages too; one under the other; what does not stand there once is refused before the PIN.
sign 0 kinds/classic.pdf after1.pdf --after-text 'Essai classic, page 1' --qr
valid after1.pdf
code after1.pdf kinds/classic.pdf Signature1
place() { # FILE FIELD: its rectangle, in whole points
  /usr/bin/python3 - "$@" <<'PY'
import json, subprocess, sys
every = json.loads(subprocess.run(["qpdf", "--json=2", sys.argv[1]], capture_output=True, check=True).stdout)["qpdf"][1]
print(*(round(n) for v in every.values() if isinstance(v.get("value"), dict) and v["value"].get("/T") == "u:" + sys.argv[2] for n in v["value"]["/Rect"]))
PY
}
ok 'its place' test "$(place after1.pdf Signature1)" = '290 638 550 718'
sign 0 after1.pdf after2.pdf --after-text "Essai  classic,page 1"
sign 0 after2.pdf after3.pdf --after-text "Essai classic, page 1" --size 100,40
ok 'under the text' test "$(place after2.pdf Signature2)" = '60 629 260 689'
ok 'under that' test "$(place after3.pdf Signature3)" = '60 583 160 623'
# Over a text that others have signed: told before the PIN, since verify doubts their signature then; beside it, nothing.
sign 0 after1.pdf over.pdf --visible 1:50,690,200,60
says err 'lies, on page 1, over text that others have signed'
run 6 verify over.pdf --offline --trust "$PARAPHE_TEST_TRUST"
says out 'over the text of page 1|over text of page 1'
sign 0 after1.pdf beside.pdf --visible 1:5,5,40,40
CHECKS=$((CHECKS + 1)); grep -q 'others have signed' "$ERR" && fail 'told without reason'
sign 0 kinds/rotated.pdf after-turned.pdf --after-text 'Essai rotated, page 1'
valid after-turned.pdf
for kind in aes-256-empty object-streams offset-box; do
  title=$kind; [ $kind = offset-box ] || title=pages-3
  sign 0 kinds/$kind.pdf after-$kind.pdf --after-text "Essai $title, page 1"
  valid after-$kind.pdf
done
sign 2 kinds/classic.pdf no.pdf --after-text 'Signature du contrôleur'
says err 'is not found in this document'
sign 2 kinds/pages-3.pdf no.pdf --after-text 'Essai pages-3'
says err 'in several places \(pages 1 and 2\)'
sign 2 kinds/classic.pdf no.pdf --after-text 'a'
says err 'several times on page 1'
sign 2 kinds/pages-3.pdf no.pdf --after-text 'Essai pages-3, page 3' --page 1
says err 'is not found'
sign 0 kinds/pages-3.pdf after-page.pdf --after-text 'Essai pages-3' --page 2 --json
json 'd["field"], d["page"]' "('Signature1', 2)"
sign 4 kinds/pages-3.pdf no.pdf --after-text 'Essai pages-3' --page 9
sign 2 kinds/classic.pdf no.pdf --after-text 'Essai classic, page 1' --size 590,830
says err 'no free room of 590 x 830'
sign 2 kinds/classic.pdf no.pdf --after-text Essai --visible 1:1,1,50,50
sign 2 kinds/classic.pdf no.pdf --page 1
sign 2 kinds/classic.pdf no.pdf --after-text Essai --page one
says err 'number of a page'
sign 2 kinds/classic.pdf no.pdf --after-text Essai --size 100
says err 'width,height'
run 0 report --deposit-date 2026-11-23 -o report.pdf "$FORMS/lps-web-conforme.xlsx"
sign 0 report.pdf after-report.pdf --after-text 'Champ de signature : Signature1'
valid after-report.pdf

# Tagged documents: the new field has its place in the structure, whatever the tree looks like.
python3 - <<'PY'
def write(name, root, document, tree, more=()):
    objects = [b"<</Type/Catalog/Pages 2 0 R/MarkInfo<</Marked true>>/StructTreeRoot 5 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>/StructParents 0>>",
               b"<</Length 0>>\nstream\n\nendstream", b"<</Type/StructTreeRoot%s>>" % root, b"<</Type/StructElem/S/%s/P 5 0 R%s>>" % document,
               b"<</Type/StructElem/S/P/P 6 0 R/Pg 3 0 R/K 0>>", tree, *more]
    out, places = b"%PDF-1.7\n", []
    for number, value in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % p for p in places)
    open(name, "wb").write(out + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, at))
doc, nums = (b"Document", b"/K[7 0 R]"), b"<</Nums[0[7 0 R]]>>"
write("tag-plain.pdf", b"/K[6 0 R]/ParentTree 8 0 R/ParentTreeNextKey 1", doc, nums)
write("tag-direct.pdf", b"/K 6 0 R/ParentTree<</Nums[0[7 0 R]]>>", (b"Document", b"/K 7 0 R"), b"null")
write("tag-apart.pdf", b"/K 9 0 R/ParentTree 8 0 R", (b"Document", b"/K 10 0 R"), b"<</Nums 11 0 R>>", [b"[6 0 R]", b"[7 0 R]", b"[0[7 0 R]]"])
write("tag-nested.pdf", b"/K[6 0 R]/ParentTree 8 0 R", doc, b"<</Kids[9 0 R]>>", [b"<</Limits[0 0]/Kids[10 0 R]>>", b"<</Limits[0 0]/Nums[0[7 0 R]]>>"])
write("tag-kids-apart.pdf", b"/K[6 0 R]/ParentTree 8 0 R", doc, b"<</Kids 10 0 R>>", [b"<</Limits[0 0]/Nums[0[7 0 R]]>>", b"[9 0 R]"])
write("tag-several.pdf", b"/K[6 0 R 7 0 R]/ParentTree 8 0 R/RoleMap<</Part/Document>>", (b"Part", b"/K[7 0 R]"), nums)
write("tag-mapped.pdf", b"/K[6 0 R]/ParentTree 8 0 R/RoleMap<</Book/Document>>", (b"Book", b""), nums)
write("tag-key.pdf", b"/K[6 0 R]/ParentTree 8 0 R/ParentTreeNextKey 40", doc, nums)
write("tag-bad.pdf", b"/K[6 0 R]/ParentTree 9 0 R", doc, b"null", [b"[1 2]"])
write("tag-twice.pdf", b"/K[6 0 R]/ParentTree 3 0 R", doc, b"null")
PY
qpdf --object-streams=generate tag-nested.pdf tag-packed.pdf
qpdf --encrypt '' owner 256 -- tag-plain.pdf tag-encrypted.pdf
for kind in plain direct apart nested kids-apart several mapped key packed encrypted; do
  sign 0 tag-$kind.pdf t-$kind.pdf --visible 1:56,56,200,60
  valid t-$kind.pdf
  ok "the tree of $kind" /usr/bin/python3 - t-$kind.pdf <<'PY'
import json, subprocess, sys
every = json.loads(subprocess.run(["qpdf", "--json=2", sys.argv[1]], capture_output=True, check=True).stdout)["qpdf"][1]
def get(v):
    return every["obj:" + v]["value"] if isinstance(v, str) and v.endswith(" R") else v
catalog = get(every["trailer"]["value"]["/Root"])
root = get(catalog["/StructTreeRoot"])
widgets = [(k[4:], v["value"]) for k, v in every.items() if isinstance(v.get("value"), dict) and v["value"].get("/Subtype") == "/Widget"]
assert len(widgets) == 1 and widgets[0][1]["/TU"]
number, widget = widgets[0]
def pairs(node, limits=None):
    node, out = get(node), []
    nums = get(node.get("/Nums", []))
    out += list(zip(nums[::2], nums[1::2]))
    for kid in get(node.get("/Kids", [])):
        out += pairs(kid)
    if "/Limits" in node:
        assert [out[0][0], out[-1][0]] == node["/Limits"], (node, out)
    return out
found = pairs(root["/ParentTree"])
assert [k for k, v in found] == sorted({k for k, v in found}), found
key = widget["/StructParent"]
elem = get(dict(found)[key])
assert root["/ParentTreeNextKey"] > key > 0 and len(found) == 2
assert elem["/S"] == "/Form" and elem["/K"]["/Obj"] == number and elem["/Pg"] == widget["/P"]
owner = get(elem["/P"])
kids = get(owner["/K"])
assert get(kids[-1]) == elem and len(kids) >= (1 if "mapped" in sys.argv[1] else 2), kids
assert owner.get("/S") in (("/Document", "/Book") if "several" not in sys.argv[1] else (None,))
assert get(widget["/P"])["/Tabs"] == "/S"
PY
done
sign 0 tag-bad.pdf t-bad.pdf --visible 1:56,56,200,60
says err 'screen readers'
valid t-bad.pdf
sign 4 tag-twice.pdf no.pdf --visible 1:56,56,200,60
says err 'one object for two things'
sign 0 t-plain.pdf t-second.pdf --visible 1:56,156,200,60
says err 'screen readers'

# A tree that is not as it should be: signed well, with a place in it where a reader accepts one. Annotations that are no list: told.
python3 - "$SOURCE/tests/documents" <<'PY'
import sys
sys.path.insert(0, sys.argv[1])
from make_kinds import INFO, basic, classic
def tagged(name, root="", document="/P 20 0 R", more={}, role="/Document"):
    pdf = basic(name, catalog="/StructTreeRoot 20 0 R /MarkInfo << /Marked true >>", page="/StructParents 0")
    pdf.add(20, "<< /Type /StructTreeRoot /K [21 0 R] /ParentTree 23 0 R >>")
    pdf.add(21, f"<< /Type /StructElem /S {role} {document} /K [22 0 R] >>")
    pdf.add(22, "<< /Type /StructElem /S /P /P 21 0 R /Pg 4 0 R /K 0 >>")
    for number, body in ({23: "<< /Nums [0 [22 0 R]] >>"} | more).items():
        pdf.add(number, body)
    pdf.table(INFO)
    open(f"odd-{name}.pdf", "wb").write(pdf.data)
tagged("orphan", document="")
tagged("sparse", more={23: "<< /Kids [24 0 R 25 0 R] >>", 24: "<< /Limits [0 0] /Nums [0 [22 0 R]] >>", 25: "<< /Limits [100 200] /Nums [100 22 0 R 200 22 0 R] >>"})
tagged("role-apart", document="/P 20 0 R", role="28 0 R", more={28: "/Document"})
tagged("nulls", more={23: "<< /Kids [24 0 R null] >>", 24: "<< /Limits [0 0] /Nums [0 [22 0 R]] >>"})
open("no-list.pdf", "wb").write(classic("no-list", page="/Annots << /Type /Annot >>"))
# Arrays where dictionaries belong: what readers leave out, and what keeps a verifier from accepting anything.
for name, catalog, page in (("extensions", "/Extensions [1 2]", ""), ("actions", "/AA [1 2]", "/AA [1 2]"), ("perms", "/Perms [1 2]", ""),
                            ("pictures", "", "/Resources << /XObject [1 2] >>"), ("dr", "/AcroForm << /Fields [] /DR [1 2] >>", ""),
                            ("store", "/DSS [1 2]", ""), ("names", "/DSS << /VRI [1 2] >>", ""), ("lists", "/DSS << /Certs [null] >>", ""),
                            ("form", "/AcroForm [1 2]", ""), ("fields", "/AcroForm << /Fields << >> >>", ""),
                            ("field", "/AcroForm << /Fields [[]] >>", "")):
    open(f"array-{name}.pdf", "wb").write(classic("array-" + name, catalog=catalog, page=page).replace(b"/Resources << /Font", b"/Resources2 << /Font", "XObject" in page))
open("array-filters.pdf", "wb").write(classic("filters", trailer=INFO + " /Encrypt << /Filter /Standard /V 4 /R 4 /Length 128 /CF [1 2] /StmF /StdCF "
                                              f"/StrF /StdCF /P -4 /O <{'00' * 32}> /U <{'00' * 32}> >>"))
pdf = basic("numbers")
at = len(pdf.data)
pdf.data += b"xref\n0 1\n0000000000 65535 f \n" + b"".join(b"%d 1\n%010d 00000 n \n" % one for one in sorted(pdf.offsets.items()))
open("numbers.pdf", "wb").write(pdf.data + b"trailer\n<< /Size 8388607 %s >>\nstartxref\n%d\n%%%%EOF\n" % (INFO.encode(), at))
open("unit.pdf", "wb").write(classic("unit", media="[0 0 59.5 84.2]", page="/UserUnit 10"))
pdf = basic("unit-text", media="[0 0 59.5 84.2]", page="/UserUnit 10")
pdf.offsets.pop(5)
pdf.stream(5, "", b"BT /F1 2.4 Tf 6 70 Td (Essai unit) Tj ET")
pdf.table(INFO)
open("unit-text.pdf", "wb").write(pdf.data)
PY
for kind in orphan sparse role-apart nulls; do
  sign 0 odd-$kind.pdf o-$kind.pdf --visible last:56,56,200,60
  valid o-$kind.pdf
done
sign 4 no-list.pdf no.pdf
says err 'page 1 .*\(/Annots\).*sign --repair'
sign 0 no-list.pdf with-list.pdf --repair --visible 1:56,56,200,60
valid with-list.pdf
for kind in extensions actions perms pictures dr; do
  sign 0 array-$kind.pdf a-$kind.pdf --visible 1:56,56,200,60
  valid a-$kind.pdf
  sign 0 a-$kind.pdf a2-$kind.pdf
done
for kind in store names lists; do
  sign 4 array-$kind.pdf no.pdf
  says err '/DSS.*sign --repair'
done
for kind in form fields field; do
  sign 4 array-$kind.pdf no.pdf
  says err 'form of this PDF.*sign --repair'
done
for kind in store names lists form fields field; do
  sign 0 array-$kind.pdf a-$kind.pdf --repair
  valid a-$kind.pdf
done
sign 4 array-filters.pdf no.pdf
CHECKS=$((CHECKS + 1)); ! grep -q 'made the reader stop' "$ERR" || fail 'the reader crashed'
# No number is left for an object.
sign 4 numbers.pdf no.pdf
says err 'greatest that readers take.*sign --repair'
sign 0 numbers.pdf renumbered.pdf --repair
valid renumbered.pdf

# On the last page; in points also where the page has its own unit.
sign 0 kinds/pages-3.pdf last.pdf --visible last:56,56,200,60 --json
json 'd["field"], d["page"]' "('Signature1', 3)"
sign 0 kinds/pages-3.pdf last-text.pdf --after-text 'Essai pages-3' --page last --json
json 'd["page"]' 3
sign 2 kinds/pages-3.pdf no.pdf --visible last:56,56
says err 'no field “last:56,56”'
sign 2 kinds/pages-3.pdf no.pdf --after-text Essai --page lasts
says err 'number of a page'
sign 0 unit.pdf u.pdf --visible last:50,50,200,60
valid u.pdf
ok 'its place' test "$(place u.pdf Signature1)" = '5 5 25 11'
sign 0 unit-text.pdf u-text.pdf --after-text 'Essai unit'
valid u-text.pdf
ok 'beside the text' test "$(place u-text.pdf Signature1)" = '17 66 37 72'
sign 2 unit.pdf no.pdf --visible 1:500,50,200,60
says err 'page 1, 595 x 842 points'

# In a run the settings are those of the job: fixed when it starts.
printf '[sign]\nimage = hand.png\nqr = on\n' > conf/run.ini
run 0 run "$FORMS/lps-web-conforme.xlsx" --job job --role editeur --deposit-date 2026-11-23 --config conf/run.ini "${TOKEN[@]}" "${EC[@]}" --yes --until sign
sign 0 report.pdf reserved.pdf --json
json 'd["field"], d["page"] > 5' "('Signature1', True)"
signed=$(find job -name 'rapport-signe.pdf')
ok 'the run shows the image' grep -aq /SMask "$signed"
ok 'drawn' pdftoppm -r 200 -f "$(pdfinfo "$signed" | sed -n 's/^Pages: *//p')" -png "$signed" page
ok 'the run shows the code' zbarimg -q --raw page*.png
says out '^PARAPHE:1 .* FIELD:Signature1$'
rm -f page*.png
cp "$IMAGES/grey.png" conf/hand.png
run 2 run --job job --yes --until sign
says err 'image'

# Encrypted documents: what is drawn is encrypted like the rest, and read back with the password.
echo secret > word; chmod 600 word
for kind in rc4-128 aes-128 aes-256; do
  sign 0 "kinds/$kind-empty.pdf" "e-$kind.pdf" --visible 1:56,300,330,100 --image "$IMAGES/rgba.png" --qr --reason Essai
  valid "e-$kind.pdf"
  code "e-$kind.pdf" "kinds/$kind-empty.pdf" Signature1
  sign 0 "kinds/$kind.pdf" "p-$kind.pdf" --visible 1:56,300,330,100 --qr --reason Essai --password-source file:word --field 'Élu'
  valid "p-$kind.pdf" secret
  code "p-$kind.pdf" "kinds/$kind.pdf" '%C3%89lu' secret
  CHECKS=$((CHECKS + 1))
  ! grep -aqE '/CalRGB.*/Font|Adobe\)' "p-$kind.pdf" || fail "$kind: a string stands there in clear"
  ok 'text is read back' pdftotext -upw secret "p-$kind.pdf" -
  says out 'Essai'
done
finish
