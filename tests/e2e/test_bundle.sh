#!/usr/bin/env bash
# dossier and bundle on real forms, reports and signatures: complete or what is lacking; the folder for a person.
. "$(dirname "$0")/lib.sh"
need openssl sha256sum unzip
services
D=(--deposit-date 2026-11-23)
T=(--trust "$PARAPHE_TEST_TRUST")
sign() { run 0 sign "$1" -o "$2" --yes "${TOKEN[@]}" --cert subject:rsa2048 --tsa "$PARAPHE_TEST_TSA"; }
cp "$FORMS/lps-web-conforme.xlsx" web.xlsx; cp "$FORMS/proxy-conforme.xlsx" proxy.xlsx; cp "$FORMS/lps-web-haute.xlsx" haute.xlsx
for form in web proxy haute; do
  run 0 report $form.xlsx -o $form.pdf "${D[@]}"
  sign $form.pdf $form-signed.pdf
done

# usage
run 2 dossier start d; says err 'init, add and status'
run 2 dossier init; run 2 dossier add d
run 2 dossier init d e; run 2 dossier status d e; says err 'one dossier only'
run 10 dossier init no/where
run 4 dossier status d; says err 'dossier init d'
# what is given in place of a dossier: the way to one, and each step of it works
run 4 bundle web-signed.pdf -o out; says err 'is a file.*dossier init FOLDER.*dossier add FOLDER web-signed.pdf'
run 4 bundle web.xlsx -o out; says err 'is a file.*dossier add FOLDER web.xlsx'
mkdir -p files; cp web.xlsx files
run 4 bundle files -o out; says err 'holds other files.*new folder'
run 0 dossier init d; says out 'dossier add d'
run 10 dossier init d; says err 'not empty'
run 2 dossier add d; says err 'Nothing to add'
run 2 dossier add d --proxy-of X --no-proxy Y; run 2 dossier add d --reference R
run 2 bundle d; says err 'with -o'
CHECKS=$((CHECKS + 1)); [ "$(stat -c %a d d/dossier.json | tr '\n' ' ')" = '700 600 ' ] || fail "modes of the dossier"

# a part that is exempt lacks nothing; one that is not lacks its form and its report
run 0 dossier init x --solution S
# A form that is still to correct
run 0 dossier init faulty
run 0 dossier add faulty "${D[@]}" "$FORMS/bad/reponse-absente.xlsx"
run 3 dossier status faulty --json "${D[@]}"
json "[[p['code'] for p in c['problems']] for c in d['components']]" "[['form-to-correct', 'no-report']]"
ok "two parts by hand" /usr/bin/python3 -c 'import json
d = json.load(open("x/dossier.json"))
part = {"kind": "lps", "type": "application-mobile", "form": None, "report": None, "company": None, "reference": None}
d["components"] += [{"id": "lps-a", **part, "exemption": "Aucune donnée"}, {"id": "lps-b", **part, "exemption": None}, {"id": "lps-c", **part, "exemption": " "}]
json.dump(d, open("x/dossier.json", "w"))'
run 3 dossier status x --json "${D[@]}"
json "[[p['code'] for p in c['problems']] for c in d['components']]" "[[], ['no-form', 'no-report'], ['no-form', 'no-report']]"
json "['\"exemption\"' in p['remedy'] and 'dossier.json' in p['remedy'] for c in d['components'] for p in c['problems'] if p['code'] == 'no-form']" "[True, True]"

# what is at the limit or passes with a reservation is said, and stops nothing
run 0 dossier init remarks; run 0 dossier add remarks "$FORMS/lps-web-10-moyennes.xlsx" "$FORMS/lps-lourd-3tiers-conforme.xlsx" "${D[@]}"
run 3 dossier status remarks --json "${D[@]}"
json "[[(p['code'], p['level']) for p in c['problems'] if p['level'] == 'remark'] for c in d['components']]" "[[('at-limit', 'remark')], [('reserve', 'remark')]]"

# what is lacking, step by step, in both languages
run 3 dossier status d "${D[@]}"; says out 'No form of the software'; says out 'Nothing for the Proxy'
lang fr; run 3 dossier status d "${D[@]}"; says out 'Rien pour le proxy e-Santé'; lang en
run 2 dossier add d web-signed.pdf "${D[@]}"; says err 'add that form first'
cp d/dossier.json before.json
run 2 dossier add d "$FORMS/bad/pas-un-zip.xlsx" "${D[@]}"; says err "neither a workbook, a grid document nor a PDF"
run 4 dossier add d /nowhere.xlsx "${D[@]}"
echo text > note.txt; run 2 dossier add d note.txt; says err '--title'
run 2 dossier add d web.xlsx proxy.xlsx --component x "${D[@]}"
run 2 dossier add d web.xlsx --component x "${D[@]}"; says err 'no component'
printf 'PK\003\004' > zip.xlsx; run 3 dossier add d zip.xlsx; says err 'no recognised'
run 2 dossier add d web.xlsx --reference R "${D[@]}"; says err 'name the company'
same d/dossier.json before.json
run 0 dossier add d web-signed.pdf web.xlsx "${D[@]}"; says out 'form of lps-application-web'; says out 'report of lps-application-web'
run 3 dossier status d "${D[@]}" "${T[@]}" --json
json "d['complete'], [p['code'] for p in d['problems']], d['components'][0]['problems']" "(False, ['no-proxy'], [])"
json "d['solution']['name']" 'Médilune Cabinet'
run 3 bundle d -o out "${D[@]}" "${T[@]}"; says out 'nothing was prepared'; absent out
run 2 dossier add d proxy.xlsx --component lps-application-web "${D[@]}"; says err 'not of the kind'
run 0 dossier add d --proxy-of '<b>Société</b>'
run 3 dossier status d "${D[@]}" "${T[@]}"; says out 'without the reference'
run 0 dossier add d --proxy-of '<b>Société</b>' --reference 'NRU-1'
run 0 bundle d -o declared "${D[@]}" "${T[@]}"; says out 'declared by <b>Société</b>, reference NRU-1'
# an architecture that is exempt is told as that in the deposit
cp d/dossier.json before.json
ok "a part by hand" /usr/bin/python3 -c 'import json
d = json.load(open("d/dossier.json"))
d["components"].append({"id": "lps-a", "kind": "lps", "type": "application-mobile", "form": None, "report": None, "company": None, "reference": None, "exemption": "Sans objet ici"})
json.dump(d, open("d/dossier.json", "w"))'
run 0 bundle d -o exempt "${D[@]}" "${T[@]}"; says out 'Mobile application: no form, since the part is declared exempt \(Sans objet ici\)'
cp before.json d/dossier.json
CHECKS=$((CHECKS + 1)); ! grep -q '<b>' declared/checklist.html || fail 'markup of others in the page'
run 0 dossier add d proxy.xlsx proxy-signed.pdf "${D[@]}"
run 0 dossier add d note.txt --title 'Plan =cmd|x <i>'
# a lost or changed copy is put back by adding the file again, as is said
rm d/proofs/proof-1.txt d/forms/proxy.xlsx; echo x >> d/forms/lps-application-web.xlsx
run 4 dossier status d "${D[@]}" "${T[@]}" --lang fr; says out 'dossier add --title'
run 0 dossier add d note.txt --title 'Plan =cmd|x <i>'
run 0 dossier add d proxy.xlsx web.xlsx "${D[@]}"
run 0 dossier status d "${D[@]}" "${T[@]}"; same note.txt d/proofs/proof-1.txt
echo other > d/proofs/proof-1.txt; echo newer > newer.txt
run 0 dossier add d newer.txt --title 'Plan =cmd|x <i>'; same newer.txt d/proofs/proof-1.txt
rm d/proofs/proof-1.txt; echo 'a;b' > newer.csv # of another kind
run 0 dossier add d newer.csv --title 'Plan =cmd|x <i>'; same newer.csv d/proofs/proof-1.csv; absent d/proofs/proof-1.txt
rm d/proofs/proof-1.csv; run 0 dossier add d note.txt --title 'Plan =cmd|x <i>'
run 0 dossier status d "${D[@]}" "${T[@]}"; says out 'bundle d -o'
run 0 dossier status d "${D[@]}" --offline; says out 'linked to no trust list'

# the deposit folder
run 0 bundle d -o out "${D[@]}" "${T[@]}"
says out '01\. Penetration-test form, filled and signed'; says out 'Check-list: out/checklist.html'
same web-signed.pdf out/01*/PSC.14.01.01_lps-application-web_rapport-signe.pdf
same proxy-signed.pdf out/02*/PSC.14.01.01_proxy_rapport-signe.pdf
same note.txt out/03*/proof-1_preuve.txt
ok 'sums' bash -c 'cd out && sha256sum -c SHA256SUMS && sha256sum -c dossier.zip.sha256 && unzip -tq dossier.zip'
CHECKS=$((CHECKS + 1)); [ -z "$(find out \( -type f ! -perm 600 \) -o \( -type d ! -perm 700 \))" ] || fail 'modes of the deposit'
run 0 bundle d -o out "${D[@]}" "${T[@]}"; says out 'already, intact'
run 0 bundle d -o fr "${D[@]}" "${T[@]}" --lang fr --with-forms --json
json "len(d['manifest']['places']), d['manifest']['deposit_until'], d['manifest']['rejected'], d['already']" "(5, '2027-09-10', False, False)"
present fr/liste-de-controle.html fr/liste-de-controle.txt
export SOURCE_DATE_EPOCH; SOURCE_DATE_EPOCH=$(date +%s)
run 0 bundle d -o one "${D[@]}" "${T[@]}" && run 0 bundle d -o two "${D[@]}" "${T[@]}"
ok 'same bytes' diff -r one two
unset SOURCE_DATE_EPOCH
run 0 submit out; says out 'Convergence'

# a disk that fills up: at the copies, at the archive
for size in 20 300; do
  (trap '' XFSZ; ulimit -f $size; PARAPHE_LANG=en exec "$PARAPHE" bundle d -o no "${D[@]}" --offline > "$OUT" 2> "$ERR" < /dev/null)
  got=$?; CHECKS=$((CHECKS + 1)); [ $got = 10 ] || fail "a full disk gives $got"
  says err 'cannot be written|nothing was left'; absent no
done

# encryption for a hand-over
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=x -addext keyUsage=keyEncipherment 2> /dev/null
run 0 bundle d -o sealed "${D[@]}" "${T[@]}" --encrypt-to cert.pem; says out 'dossier.zip.p7m'
ok 'openssl cms' openssl cms -decrypt -inform DER -in sealed/dossier.zip.p7m -recip cert.pem -inkey key.pem -out back.zip
same back.zip sealed/dossier.zip
# again for somebody else: what was encrypted for the first is not called encrypted for the second
openssl req -x509 -newkey rsa:2048 -nodes -keyout key2.pem -out cert2.pem -days 2 -subj /CN=y -addext keyUsage=keyEncipherment 2> /dev/null
run 4 bundle d -o sealed "${D[@]}" "${T[@]}" --encrypt-to absent.pem
run 0 bundle d -o sealed "${D[@]}" "${T[@]}" --encrypt-to cert2.pem; says out 'dossier.zip.p7m'; says out 'already'
ok 'openssl cms' openssl cms -decrypt -binary -inform DER -in sealed/dossier.zip.p7m -recip cert2.pem -inkey key2.pem -out back2.zip
same back2.zip sealed/dossier.zip
run 6 bundle d -o no "${D[@]}" "${T[@]}" --encrypt-to "$PARAPHE_TEST_PKI/rsa2048.crt"; says err 'not made for encryption'
run 4 bundle d -o no "${D[@]}" "${T[@]}" --encrypt-to web.pdf
absent no

# the time-stamped container
run 2 bundle d -o no "${D[@]}" "${T[@]}" --asice; says err 'give --tsa'
run 2 bundle d -o no "${D[@]}" "${T[@]}" --asice --tsa 'nowhere'; says err 'no time-stamp server'
run 7 bundle d -o no "${D[@]}" "${T[@]}" --asice --tsa "$PARAPHE_TEST_TSA?mode=html" --tsa "$PARAPHE_TEST_TSA?mode=error"
says err 'mode=html answered something'; says err 'mode=error did not answer'
run 7 bundle d -o no "${D[@]}" "${T[@]}" --asice --tsa "$PARAPHE_TEST_TSA?mode=html" --tsa "$PARAPHE_TEST_TSA?mode=error" --json
json "d['status'], ['mode=html' in w['message'] for w in d['warnings']]" '(7, [True])'
run 0 bundle d -o second "${D[@]}" "${T[@]}" --asice --tsa "$PARAPHE_TEST_TSA?mode=html" --tsa "$PARAPHE_TEST_TSA" --json
json "['mode=html' in w['message'] for w in d['warnings']]" '[True]'
# servers as they are written for a signature, with their words and limits
run 0 bundle d -o worded "${D[@]}" "${T[@]}" --asice --tsa "$PARAPHE_TEST_TSA policy=0.4.0.2023.1.1 hash=sha512 limit=1/60"
run 7 bundle d -o no "${D[@]}" "${T[@]}" --asice --tsa "$PARAPHE_TEST_TSA limit=1/60"; says err 'used up until'
rm "$XDG_STATE_HOME/paraphe/tsa.json"
run 0 bundle d -o stamped "${D[@]}" "${T[@]}" --asice --tsa "$PARAPHE_TEST_TSA?mode=close" --tsa "$PARAPHE_TEST_TSA"; says out 'stamped/dossier.asice'
cat > container.py << 'P'
import base64, hashlib, sys, urllib.parse, zipfile
import xml.etree.ElementTree as tree
box = zipfile.ZipFile(sys.argv[1])
raw = open(sys.argv[1], 'rb').read()
assert raw[30:38] == b'mimetype' and raw[38:69] == b'application/vnd.etsi.asic-e+zip', raw[:80]
names = box.namelist()
assert names[0] == 'mimetype' and box.infolist()[0].compress_type == 0 and not box.infolist()[0].extra
manifest = box.read('META-INF/ASiCManifest.xml')
a, d = '{http://uri.etsi.org/02918/v1.2.1#}', '{http://www.w3.org/2000/09/xmldsig#}'
seen = set()
for ref in tree.fromstring(manifest).iter(a + 'DataObjectReference'):
    name = urllib.parse.unquote(ref.get('URI'))
    assert base64.b64decode(ref.find(d + 'DigestValue').text) == hashlib.sha256(box.read(name)).digest(), name
    seen.add(name)
assert seen == set(names) - {'mimetype', 'META-INF/ASiCManifest.xml', 'META-INF/timestamp.tst'}, seen
open('m.xml', 'wb').write(manifest)
open('t.tst', 'wb').write(box.read('META-INF/timestamp.tst'))
P
ok 'container' python3 container.py stamped/dossier.asice
ok 'its time-stamp' openssl ts -verify -in t.tst -token_in -data m.xml -CAfile "$PARAPHE_TEST_PKI/root.crt" -untrusted "$PARAPHE_TEST_PKI/tsp.crt"
# again: the time-stamp that is there stays, a missing one is added, a damaged one is not called one
cp stamped/dossier.asice was.asice
run 0 bundle d -o stamped "${D[@]}" "${T[@]}" --asice --tsa "$PARAPHE_TEST_TSA?mode=error"; says out 'already'; says out 'stamped/dossier.asice'
same was.asice stamped/dossier.asice
rm stamped/dossier.asice
run 7 bundle d -o stamped "${D[@]}" "${T[@]}" --asice --tsa "$PARAPHE_TEST_TSA?mode=error"; absent stamped/dossier.asice
run 0 bundle d -o stamped "${D[@]}" "${T[@]}" --asice --tsa "$PARAPHE_TEST_TSA"
ok 'container' python3 container.py stamped/dossier.asice
ok 'its sum' bash -c 'cd stamped && sha256sum -c dossier.asice.sha256'
printf x >> stamped/dossier.asice
run 10 bundle d -o stamped "${D[@]}" "${T[@]}" --asice --tsa "$PARAPHE_TEST_TSA"; says err 'not as it was made'
absent no

# refusals: rejected, expired, unsigned, changed, invalid, another form's report
run 0 dossier init h
run 0 dossier add h haute.xlsx haute-signed.pdf --no-proxy 'PSC direct' "${D[@]}"
run 11 bundle h -o no "${D[@]}" "${T[@]}"; says out 'thresholds not met'
# --quiet: what is made is not told, what is lacking is
run 0 dossier init q --quiet; silent out; run 0 dossier add q haute.xlsx "${D[@]}" --quiet; silent out; silent err
run 3 bundle q -o no "${D[@]}" "${T[@]}" --quiet; says out 'signed report is missing'
run 0 bundle d -o hush "${D[@]}" "${T[@]}" --quiet; silent out; silent err; present hush/dossier.zip
run 0 bundle h -o rejected "${D[@]}" "${T[@]}" --allow-rejected; says out 'accepted by --allow-rejected'
run 11 submit rejected; run 0 submit rejected --allow-rejected
run 3 bundle d -o no --deposit-date 2027-09-11 "${T[@]}"; says out 'possible until 2027-09-10 only'
run 0 dossier add h haute.pdf --component lps-application-web
run 6 bundle h -o no "${D[@]}" "${T[@]}" --allow-rejected; says out 'not signed'
run 0 dossier add h web-signed.pdf --component lps-application-web
run 3 bundle h -o no "${D[@]}" "${T[@]}" --allow-rejected; says out 'another form'
{ cat haute-signed.pdf; echo '% more'; } > tail.pdf
python3 - << 'P'
data = bytearray(open('haute-signed.pdf', 'rb').read())
data[len(data) // 3] ^= 1
open('broken.pdf', 'wb').write(data)
P
run 0 dossier add h broken.pdf --component lps-application-web
run 6 bundle h -o no "${D[@]}" "${T[@]}" --allow-rejected || true
printf x >> h/reports/lps-application-web.pdf
run 4 bundle h -o no "${D[@]}" "${T[@]}" --allow-rejected; says out 'changed after it was added'
rm h/reports/lps-application-web.pdf
run 4 dossier status h "${D[@]}"; says out 'no longer in the dossier'
absent no

# grid documents in place of workbooks: their reports are deposited, and carry them
for form in web proxy; do
  "$PARAPHE" check $form.xlsx --grid $form.json "${D[@]}" > /dev/null 2>&1
  run 0 report $form.json -o $form-grid.pdf "${D[@]}"
  sign $form-grid.pdf $form-grid-signed.pdf
done
run 0 dossier init g
run 0 dossier add g web.json proxy.json web-grid-signed.pdf proxy-grid-signed.pdf "${D[@]}"
run 0 bundle g -o deposit-g "${D[@]}" "${T[@]}"
for form in web proxy; do
  CHECKS=$((CHECKS + 1)); found=$(find deposit-g -name '*.pdf' -exec cmp -s {} $form-grid-signed.pdf \; -print)
  [ -n "$found" ] || fail "the report of $form.json is not in the deposit: $(find deposit-g -type f | tr '\n' ' ')"
  run 0 verify "$found" --form $form.json --json "${T[@]}"; json "d['comparison']['result']" same
done
run 3 bundle g -o no --deposit-date 2027-09-11 "${T[@]}"

# a received dossier: paths that leave, links, trust inside
cp -a d evil; sed -i 's/"reports\/proxy.pdf"/"..\/proxy-signed.pdf"/' evil/dossier.json
run 4 dossier status evil; says err 'leads out of the folder'
cp -a d linked; rm linked/reports/proxy.pdf; ln -s ../../proxy-signed.pdf linked/reports/proxy.pdf
run 4 dossier status linked "${D[@]}" --offline; says out 'no longer in the dossier'
cp "$PARAPHE_TEST_TRUST"/* d/ && mkdir d/trust && cp "$PARAPHE_TEST_TRUST"/* d/trust/
(cd d && PARAPHE_LANG=en "$PARAPHE" dossier status . "${D[@]}" --offline > "$OUT" 2>&1)
says out 'linked to no trust list'
CHECKS=$((CHECKS + 1)); [ -z "$(find . -name '.*.part')" ] || fail 'a half folder is left'
finish
