#!/usr/bin/env bash
# Later levels and document time-stamps: what verify says of them with the test anchors, when it is too early, what is revoked or
# missing, and that a failure writes nothing.
. "$(dirname "$0")/lib.sh"
need pdfsig qpdf
services
python3 "$SOURCE/tests/documents/make_kinds.py" kinds > /dev/null || { echo "skipped: make_kinds.py"; exit 77; }
TSA=(--tsa "$PARAPHE_TEST_TSA")
SIGN=(--yes "${TOKEN[@]}")
level() { # FILE LEVEL SIGNATURES; from B-LT on without network: all is in the file
  local offline=--offline
  [ "$2" != B-T ] || offline=
  run 0 verify --trust "$PARAPHE_TEST_TRUST" $offline --json "$1"
  json 'd["signatures"][0]["level"]' "$2"
  json 'len(d["signatures"]), d["verdict"]' "($3, 'valid')"
  ok "qpdf --check $1" qpdf --check "$1"
}

# One step when signing, and later.
run 0 sign kinds/classic.pdf -o lta.pdf "${SIGN[@]}" --cert subject:rsa3072 "${TSA[@]}" --level B-LTA --json
json 'd["level"], [w["code"] for w in d["warnings"]], d["document_time"][:2]' "('B-LTA', ['algorithm-end'], '20')"
level lta.pdf B-LTA 2
run 0 sign kinds/object-streams.pdf -o lt.pdf "${SIGN[@]}" --cert subject:p384 "${TSA[@]}" --level B-LT
level lt.pdf B-LT 1
run 0 sign kinds/hybrid.pdf -o b.pdf "${SIGN[@]}" --cert subject:p256 --level B-B
run 0 finish b.pdf -o b-lta.pdf "${TSA[@]}" # a proof of time first, then the rest
says out 'level B-LTA'
level b-lta.pdf B-LTA 3
run 0 finish b.pdf -o b-t.pdf "${TSA[@]}" --level B-T
level b-t.pdf B-T 2
run 0 finish lt.pdf -o lt-lta.pdf "${TSA[@]}"
level lt-lta.pdf B-LTA 2
run 0 finish lta.pdf -o renewed.pdf "${TSA[@]}" --json # renewal
json 'd["format"], d["level"]' "('paraphe-finished', 'B-LTA')"
json "d['sha256']" "$(sha256sum < renewed.pdf | cut -d' ' -f1)"
level renewed.pdf B-LTA 3
run 0 finish lt.pdf -o again.pdf --level B-LT # all there already: nothing is added
same lt.pdf again.pdf
mkdir out
run 0 finish b.pdf lt.pdf --out-dir out "${TSA[@]}"
level out/b.pdf B-LTA 3
level out/lt.pdf B-LTA 2
lang fr
run 0 finish lt.pdf -o fr.pdf "${TSA[@]}"
says out 'niveau B-LTA'
lang en

# A certified document: P=1 allows document time-stamps and revocation data.
run 0 sign kinds/classic.pdf -o closed.pdf "${SIGN[@]}" --cert subject:rsa2048 "${TSA[@]}" --certify=1
run 0 finish closed.pdf -o closed-lta.pdf "${TSA[@]}"
level closed-lta.pdf B-LTA 2

# An encrypted one.
echo secret > word; chmod 600 word
run 0 sign kinds/aes-256.pdf -o enc.pdf "${SIGN[@]}" --cert subject:rsa2048 "${TSA[@]}" --password-source file:word --level B-LTA
says out 'level B-LTA'
run 0 finish enc.pdf -o enc2.pdf "${TSA[@]}" --password-source file:word
run 4 finish enc.pdf -o no.pdf "${TSA[@]}"
says err 'password'

# What does not work writes nothing.
wrong() { # STATUS PATTERN ARGS...
  local status=$1 pattern=$2
  shift 2
  run "$status" "$@"
  says err "$pattern"
  absent no.pdf
}
wrong 6 'not signed' finish kinds/classic.pdf -o no.pdf "${TSA[@]}"
wrong 2 '--tsa' finish lt.pdf -o no.pdf --level B-LTA
wrong 2 '--tsa' finish b.pdf -o no.pdf
wrong 2 '--tsa' stamp b.pdf -o no.pdf
wrong 2 '-o OUT.pdf' finish lt.pdf "${TSA[@]}"
wrong 2 'http' finish lt.pdf -o no.pdf --tsa nowhere
wrong 7 'did not answer' finish lt.pdf -o no.pdf --tsa "$PARAPHE_TEST_TSA?mode=error"
wrong 7 'other data' stamp lt.pdf -o no.pdf --tsa "$PARAPHE_TEST_TSA?mode=wrong-imprint"
python3 - << 'PY'
data = bytearray(open("b.pdf", "rb").read())
data[data.index(b"Essai")] ^= 1
open("broken.pdf", "wb").write(data)
PY
wrong 6 'broken' finish broken.pdf -o no.pdf "${TSA[@]}"
wrong 4 'missing.pdf' finish missing.pdf -o no.pdf "${TSA[@]}"
cp b.pdf there.pdf
run 10 finish lt.pdf -o there.pdf "${TSA[@]}"
same b.pdf there.pdf
run 10 finish lt.pdf --out-dir nowhere/deep "${TSA[@]}"

# A signer whose certificate is revoked: said, and nothing is added.
"$SOURCE/certs-test/make-token.sh" "$WORK/token2" "$PARAPHE_TEST_PKI" revoked > token2.env 2> /dev/null || echo 'false' > token2.env
(
  . ./token2.env
  PARAPHE_LANG=en "$PARAPHE" sign kinds/classic.pdf -o revoked.pdf --yes --module "$PARAPHE_TEST_MODULE" --token "$PARAPHE_TEST_TOKEN" \
    --pin-source "file:$PARAPHE_TEST_PIN_FILE" --cert subject:revoked "${TSA[@]}" > /dev/null 2>&1
)
present revoked.pdf
wrong 6 'is revoked since 20' finish revoked.pdf -o no.pdf "${TSA[@]}"

# The second server when the first fails.
run 0 finish lt.pdf -o second.pdf --tsa "$PARAPHE_TEST_TSA?mode=garbage" "${TSA[@]}"
says err 'no time-stamp'
level second.pdf B-LTA 2

# A time-stamp alone, on a file without signatures.
run 0 stamp kinds/form.pdf -o stamped.pdf "${TSA[@]}"
says out 'time-stamped'
run 6 verify --trust "$PARAPHE_TEST_TRUST" --json stamped.pdf
json 'd["signatures"][0]["type"], d["signatures"][0]["indication"], d["verdict"], d["code"]' "('document-timestamp', 'TOTAL-PASSED', 'unsigned', 'only-stamps')"
run 6 finish stamped.pdf -o no.pdf "${TSA[@]}"

# What each signer had before them.
run 0 sign lta.pdf -o two.pdf "${SIGN[@]}" --cert subject:p256 --level B-B
run 0 extract two.pdf --signature 2 -o at2.pdf
same at2.pdf lta.pdf
run 0 extract two.pdf --signature 3 -o at3.pdf --json
same at3.pdf two.pdf
json 'd["field"]' Signature3
run 0 extract two.pdf --signature Signature2 -o named.pdf
same named.pdf lta.pdf
run 0 extract enc2.pdf -o enc1.pdf --password-source file:word
wrong 2 'no signature' extract two.pdf --signature 9 -o no.pdf
wrong 2 'no signature' extract two.pdf --signature Nobody -o no.pdf
wrong 2 '-o OUT.pdf' extract two.pdf
wrong 2 'no signature' extract kinds/classic.pdf -o no.pdf
python3 - << 'PY'
data = open("lt.pdf", "rb").read()
at = data.rindex(b"/ByteRange")
mark = data.index(b"]", at)
changed = data[at:mark].replace(b"[0 ", b"[1 ")
open("odd.pdf", "wb").write(data[:at] + changed + data[mark:])
PY
wrong 6 'does not say' extract odd.pdf -o no.pdf
CHECKS=$((CHECKS + 1))
[ -z "$(find . -name '.*.part')" ] || fail "a half file is left"

# An address of the certificate that leads into a private network is refused with the setting that would allow it, not with "later".
export PARAPHE_NET_PRIVATE_ADDRESSES=refuse
run 6 verify b-t.pdf --trust "$PARAPHE_TEST_TRUST" --json
json 'd["signatures"][0]["sub_indication"]' TRY_LATER
json '"net.private-addresses = allow" in d["reason"] and "later" not in d["reason"]' True
run 7 finish b-t.pdf -o no.pdf --level B-LT
says err '127.0.0.1.*net.private-addresses = allow'
absent no.pdf
lang fr
run 6 verify b-t.pdf --trust "$PARAPHE_TEST_TRUST"
says out 'Impossible de savoir.*net.private-addresses = allow'
lang en
export PARAPHE_NET_PRIVATE_ADDRESSES=allow

finish
