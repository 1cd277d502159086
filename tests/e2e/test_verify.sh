#!/usr/bin/env bash
# verify: verdicts on our own signatures, options, reports, comparison with the form.
. "$(dirname "$0")/lib.sh"
services
export PARAPHE_NET_PRIVATE_ADDRESSES=allow
trust=(--trust "$PARAPHE_TEST_PKI/root.crt")
form=$FORMS/lps-web-conforme.xlsx other=$FORMS/lps-web-10-moyennes.xlsx
sign() { run 0 sign "$1" -o "$2" --yes "${TOKEN[@]}" --cert "subject:$3" "${trust[@]}" "${@:4}"; }

run 0 report "$form" -o report.pdf --deposit-date 2026-11-23
sign report.pdf signed.pdf p256 --level B-T --tsa "$PARAPHE_TEST_TSA"
run 0 verify --json "${trust[@]}" signed.pdf
json 'd["format"], d["version"], d["verdict"], d["reason"]' "('paraphe-verdict', 1, 'valid', 'The signature is valid.')"
json 'd["signatures"][0]["indication"], d["signatures"][0]["level"], d["signatures"][0]["covers_whole_file"]' "('TOTAL-PASSED', 'B-T', True)"
json 'd["signatures"][0]["scheme"], d["signatures"][0]["digest"], d["signatures"][0]["changes"]' "('ECDSA', 'SHA-256', [])"
lang fr
run 6 verify signed.pdf
says out 'Signature intacte ; ni son émetteur ni celui de son horodatage ne sont rattachés à une liste de confiance sur ce poste'
ok "what is true of both is said once" test "$(grep -c '^ .*Signature intacte' "$OUT") $(grep -c 'Horodatage intact' "$OUT")" = "1 0"
run 6 verify --report text --output twice.txt signed.pdf
ok "... in the report too" test "$(grep -c '^ *- Signature intacte' twice.txt)" = 1
# each of the two alone
run 0 verify "${trust[@]}" --trust-tsa "$PARAPHE_TEST_PKI/client-unknown.crt" signed.pdf
says out 'Niveau B-B'; says out 'Horodatage intact ; son émetteur n’est pas rattaché'
run 6 verify --trust "$PARAPHE_TEST_PKI/client-unknown.crt" --trust-tsa "$PARAPHE_TEST_PKI/root.crt" signed.pdf
says out 'Signature intacte ; émetteur non rattaché'
# a time-stamp alone is no signature
run 0 stamp report.pdf -o only.pdf --tsa "$PARAPHE_TEST_TSA"
run 6 verify only.pdf
says out 'Horodatage intact ; son émetteur n’est pas rattaché'
ok "it is not called a signature" test "$(grep -ci 'signature intacte' "$OUT")" = 0
# ... and of a broken one it never says that it is intact
/usr/bin/python3 -c 'b = bytearray(open("signed.pdf", "rb").read()); b[3000] ^= 1; open("broken.pdf", "wb").write(b)'
run 6 verify broken.pdf
says out 'a été modifié après la signature'; says out 'pas non plus rattaché'
ok "intact is not said" test "$(grep -c 'Signature intacte' "$OUT")" = 0
lang en
run 6 verify --offline "${trust[@]}" signed.pdf
says out 'undetermined.*without --offline'
run 0 verify --offline --policy edc-psc "${trust[@]}" signed.pdf
run 6 verify "${trust[@]}" --at 2035-01-01 signed.pdf
says out 'outside its validity'

# policies of a file
printf '{"format":"paraphe-policy","version":1,"id":"stamped","revocation":"if-available","time_stamp":"required"}' > stamped.json
run 0 verify --offline --policy stamped.json "${trust[@]}" signed.pdf
sign report.pdf plain.pdf rsa2048 --level B-B
run 6 verify --offline --policy stamped.json "${trust[@]}" plain.pdf
says out 'asks for a trusted time-stamp'
# which time, and whether it is proven
run 6 verify --offline "${trust[@]}" plain.pdf
says out 'Time of signature not proven'
run 0 verify "${trust[@]}" signed.pdf
says out 'proven'
ok "one with a time-stamp is not called unproven" test "$(grep -c 'not proven' "$OUT")" = 0
printf '{"format":"paraphe-policy","version":1,"id":"x","revocation":"perhaps"}' > bad.json
run 2 verify --policy bad.json signed.pdf
says err 'is no policy'
run 4 verify --policy absent.json signed.pdf

# what else can be wrong with the command
run 2 verify --trust nowhere signed.pdf
says err 'cannot be opened'
mkdir empty
run 2 verify --trust empty signed.pdf
says err 'holds no certificate'
run 2 verify --at yesterday signed.pdf
says err 'is no time'
run 2 verify --report html signed.pdf
says err 'go together'
run 2 verify
run 4 verify absent.pdf
run 4 verify "$form"
says out 'unreadable'
run 4 verify --json empty
: > zero.pdf
run 4 verify zero.pdf
run 6 verify report.pdf
says out 'not signed'
# several files: JSON Lines, and the worst status
run 6 verify --json --offline --policy edc-psc "${trust[@]}" signed.pdf report.pdf
CHECKS=$((CHECKS + 1)); [ "$(wc -l < "$OUT")" = 2 ] || fail 'not two lines'
run 4 verify --offline --policy edc-psc "${trust[@]}" signed.pdf absent.pdf

# reports: same verdict, same bytes; nothing foreign is markup


run 0 verify --offline --policy edc-psc "${trust[@]}" signed.pdf --report html -o one.html
run 0 verify --offline --policy edc-psc "${trust[@]}" signed.pdf --report xml -o one.xml
run 0 verify --offline --policy edc-psc "${trust[@]}" signed.pdf --report text -o one.text
ok 'the XML is well formed' /usr/bin/python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse("one.xml")'
ok 'the XML says passed' grep -q 'urn:etsi:019102:mainindication:total-passed' one.xml
ok 'the page forbids scripts' grep -q "default-src 'none'" one.html
ok 'the text says who' grep -q 'Inès Çelik' one.text
ok 'the verdict stands out' grep -q '<div class="fine">' one.html
ok 'it reads on a telephone' grep -q 'name="viewport"' one.html
cp signed.pdf '<b>&.pdf'
run 0 verify --offline --policy edc-psc "${trust[@]}" '<b>&.pdf' --report html -o two.html
CHECKS=$((CHECKS + 1)); ! grep -q '<b>' two.html || fail 'a file name became markup'

# the form: by the data, by the text, and never "the same" for what cannot be read
run 0 verify --offline --policy edc-psc "${trust[@]}" --form "$form" signed.pdf
says out 'says what the form says \(39 points\)'
run 6 verify --json --offline --policy edc-psc "${trust[@]}" --form "$other" signed.pdf
json 'd["verdict"], d["comparison"]["method"], d["comparison"]["result"]' "('valid', 'data', 'different')"
json '[x["cell"] for x in d["comparison"]["differences"] if x["code"] == "answer"][:2]' "['F9', 'F14']"
CHECKS=$((CHECKS + 1)); ! grep -q 'remplaçant' "$OUT" || fail 'a comment was quoted'
run 0 report "$form" -o bare.pdf --attach none --deposit-date 2026-11-23
sign bare.pdf bare-signed.pdf rsa3072 --level B-B
run 0 verify --json --offline --policy edc-psc "${trust[@]}" --form "$form" bare-signed.pdf
json 'd["comparison"]["method"], d["comparison"]["result"], d["comparison"]["points"]["found"]' "('text', 'same', 39)"
run 6 verify --json --offline --policy edc-psc "${trust[@]}" --form "$other" bare-signed.pdf
json 'd["comparison"]["result"], [x["cell"] for x in d["comparison"]["differences"] if x["code"] == "answer"][:2]' "('different', ['F9', 'F14'])"
run 6 verify --json --offline --policy edc-psc "${trust[@]}" --form "$FORMS/proxy-conforme.xlsx" bare-signed.pdf
json 'd["comparison"]["result"], d["comparison"]["why"]' "('impossible', 'layout')"
if command -v qpdf > /dev/null; then
  printf '%s\n' '%PDF-1.4' '1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj' '2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj' \
    '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj' 'trailer<</Root 1 0 R/Size 4>>' '%%EOF' > raw.pdf
  qpdf raw.pdf blank.pdf 2> /dev/null || true
  lang fr
  run 6 verify --offline --form "$form" blank.pdf
  says out 'Comparaison impossible : le document n’a pas de texte'
  lang en
  qpdf --encrypt secret owner 256 -- signed.pdf locked.pdf 2> /dev/null || true
  run 4 verify locked.pdf
  says out 'password'
  printf 'secret\n' > word; chmod 600 word
  run 6 verify --password-source file:word locked.pdf
fi
# `status` says the same of a level: what the signature was made as, and what is proven here without the anchor of its time-stamp
for tsa in root client-unknown; do
  run 0 run "$form" --job "job-$tsa" --deposit-date 2026-11-23 --no-proxy x --tsa "$PARAPHE_TEST_TSA" --level B-T --yes "${TOKEN[@]}" --cert subject:p256 "${trust[@]}" \
    --trust-tsa "$PARAPHE_TEST_PKI/$tsa.crt" --until bundle
  run 0 status "job-$tsa"
  says out 'signature: done \(B-T\)'
done
says out 'verification: done \(B-B is proven here, where the time-stamp of the signature is not trusted\)'
run 0 status job-root
says out 'verification: done \(B-T\)'

finish
