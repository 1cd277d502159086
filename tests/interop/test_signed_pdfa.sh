#!/usr/bin/env bash
# pades.md block G: what is PDF/A-3a and PDF/UA-1 before the signature is so after it, at each level, signed once and twice, shown in
# the report's own field; veraPDF judges.
. "$(dirname "$0")/../e2e/lib.sh"
services
judge() { "$SOURCE/tests/interop/verapdf/judge.sh" "$@"; }
run 0 report --deposit-date 2026-11-23 -o r.pdf "$FORMS/lps-web-conforme.xlsx"
SIGN=(--yes "${TOKEN[@]}" --tsa "$PARAPHE_TEST_TSA")
for level in B-B B-T B-LT B-LTA; do
  run 0 sign r.pdf -o "$level.pdf" "${SIGN[@]}" --cert subject:rsa3072 --level $level --reason 'Relu, « approuvé »' --location Paris
done
run 0 sign B-LTA.pdf -o twice.pdf "${SIGN[@]}" --cert subject:p256
run 0 finish twice.pdf -o finished.pdf --tsa "$PARAPHE_TEST_TSA"
run 0 stamp r.pdf -o stamped.pdf --tsa "$PARAPHE_TEST_TSA"
run 0 sign r.pdf -o certified.pdf "${SIGN[@]}" --cert subject:p384 --certify
for file in r B-B B-T B-LT B-LTA twice finished stamped certified; do
  CHECKS=$((CHECKS + 1))
  judge 3a,ua1 "$file.pdf" > "$OUT" 2> "$ERR"
  status=$?
  [ $status != 77 ] || { cat "$OUT"; exit 77; }
  [ $status = 0 ] || fail "veraPDF refuses $file.pdf"
done

# Visible, with image and code, in the parts that forbid what others allow: PDF/A-1 knows no transparency and wants its fonts' characters
# listed; without an output intent nothing shows through either.
/usr/bin/python3 - "$SOURCE/data/icc/sRGB.icc" <<'PY'
import sys
def stream(entries, data):
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data)
def write(part, intent, conditions=b""):
    xmp = (b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
           b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
           b'xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>%d</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>'
           b'</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>' % part)
    if intent:
        conditions = b"/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/DestOutputProfile 6 0 R>>]"
    objects = [b"<</Type/Catalog/Pages 2 0 R/Metadata 5 0 R%s>>" % conditions, b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>>>", stream(b"", b" "),
               stream(b"/Type/Metadata/Subtype/XML", xmp)] + ([stream(b"/N 3", open(sys.argv[1], "rb").read())] if intent else [])
    out, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, value in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % p for p in places)
    with open(f"a{part}{'' if intent else '-bare'}.pdf", "wb") as file:
        file.write(out + b"trailer\n<</Size %d/Root 1 0 R/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]>>\n"
                         b"startxref\n%d\n%%%%EOF\n" % (len(objects) + 1, at))
write(1, True), write(2, True), write(2, False), write(3, True)
PY
for part in 1 2 2-bare 3; do
  run 0 sign a$part.pdf -o look-$part.pdf --yes "${TOKEN[@]}" --cert subject:p256 --visible 1:56,300,330,100 --qr \
    --image "$SOURCE/tests/fuzz/corpus/image/rgba.png" --reason 'Relu, « approuvé »'
  ok "veraPDF on look-$part" judge "${part%%-*}b" a$part.pdf look-$part.pdf
done
finish
