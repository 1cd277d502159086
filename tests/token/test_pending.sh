#!/usr/bin/env bash
# sign --pending on a machine that two auditors share, without settings of a token: the card that is plugged in tells who signs.
. "$(dirname "$0")/lib.sh"
export PARAPHE_TOKEN_MODULE=$FAKE PARAPHE_TOKEN_PIN_SOURCE=file:$WORK/pin
cat > boxes.json << 'JSON'
{"format": "paraphe-look", "version": 1, "signatures": [{"name": "Auditrice", "label": "L’auditrice"}, {"name": "Relecteur", "label": "Le relecteur"}]}
JSON
cp "$FORMS/lps-web-conforme.xlsx" lot.xlsx
run 0 run lot.xlsx --job lot --until report --deposit-date 2026-11-23 --role auditeur --trust "$PARAPHE_TEST_TRUST" --look boxes.json --level B-B
usual p256; run 0 sign --pending lot --yes; logins 1; signs 1
# the first one again: her box is filled, and the other is not hers; no PIN
usual p256; run 0 sign --pending lot --yes; says err 'await.*: Relecteur'; logins 0; signs 0
# her renewed certificate, of another key: still she; somebody of her name who says which box is his signs it
renewed() { # NAME SUBJECT
  printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,nonRepudiation\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n2.5.29.56=DER:0500\n' > ext.cnf
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -utf8 -subj "$2" 2> /dev/null |
    openssl x509 -req -CA "$PKI/tsp.crt" -CAkey "$PKI/tsp.key" -days 30 -set_serial "0x$(openssl rand -hex 12)" -extfile ext.cnf -outform DER \
      -out "$1.der" 2> /dev/null
  card "slot 0" "cert 0 id=01 file=$WORK/$1.der" "key 0 id=01 file=$WORK/$1.key"
}
cp -r lot homonym
renewed renewed '/C=FR/O=Cabinet TEST/CN=INÈS ÇELIK (P256)/serialNumber=IDCFR-77'
run 0 sign --pending lot --yes; says err 'this certificate .*IDCFR-77.* has signed .*--field NAME'; says err 'await.*: Relecteur'; logins 0; signs 0
run 0 sign --pending homonym --yes --field Relecteur; says err 'signed once more, in the field Relecteur'; logins 1; signs 1
renewed other '/C=FR/O=Autre cabinet/CN=Inès Çelik (p256)'
rm -rf homonym
cp -r lot homonym
run 0 sign --pending homonym --yes; says err 'signed once more, in the field Relecteur'; logins 1; signs 1
# nobody's card: no error, as the report waits for somebody else
card; run 0 sign --pending lot --yes; says err 'await.*: Relecteur'; logins 0
# the other one's card, the same settings
usual p384; run 0 sign --pending lot --yes; says err 'signed once more, in the field Relecteur'; logins 1; signs 1
run 0 verify lot/1/rapport-signe.pdf --trust "$PARAPHE_TEST_TRUST" --json
json '[(s["field"], s["signer"]["subject"].split("(")[1].split(")")[0]) for s in d["signatures"]]' "[('Auditrice', 'p256'), ('Relecteur', 'p384')]"
usual p384; run 0 sign --pending lot --yes; says out 'No job waits'; logins 0
finish
