#!/usr/bin/env bash
# `paraphe token` on the software token: what is listed, what would sign, what is refused before any PIN is tried.
. "$(dirname "$0")/lib.sh"
services

run 0 token --module "$PARAPHE_TEST_MODULE" --token "$PARAPHE_TEST_TOKEN"
says out 'would probably sign'
says out 'would not sign: it is the certificate of an authority'
says out 'RSA-PSS SHA-256'
run 0 token "${TOKEN[@]}" --login
says out '^      would sign$'
CHECKS=$((CHECKS + 1)); ! grep -q probably "$OUT" || fail "still probable after the PIN"
lang fr
run 0 token --module "$PARAPHE_TEST_MODULE" --token "$PARAPHE_TEST_TOKEN"
says out 'signerait probablement'
lang en

run 0 token "${TOKEN[@]}" --login --json
json 'd["format"], d["version"]' "('paraphe-tokens', 1)"
json '[c["signs"] for s in d["modules"][0]["slots"] if s["token"] and s["token"]["matches"] for c in s["token"]["certificates"]].count("yes")' 4
run 0 token --module "$PARAPHE_TEST_MODULE" --json --cert "subject:claire fontaine"
json '[c["name"] for s in d["modules"][0]["slots"] if s["token"] for c in s["token"]["certificates"] if c["selected"]]' "['Claire Fontaine-Lemoël (rsa2048)']"

# Without --module: what is registered with p11-kit, each in a process of its own; what drivers print stays a remark.
if command -v p11-kit > /dev/null || ls /usr/share/p11-kit/modules/softhsm2.module > /dev/null 2>&1; then
  run 0 token --token "$PARAPHE_TEST_TOKEN"
  says out 'would probably sign'
  silent err
  run 0 token --token "$PARAPHE_TEST_TOKEN?module-name=softhsm2" --json
  json 'len(d["modules"])' 1
  run 5 token --token "$PARAPHE_TEST_TOKEN?module-name=nonsense"
  says out 'No driver is registered'
fi
# A certificate pinned in the configuration
mkdir -p "$XDG_CONFIG_HOME/paraphe" && printf '[token]\nmodule = %s\ncert = subject:p384\n' "$PARAPHE_TEST_MODULE" > "$XDG_CONFIG_HOME/paraphe/paraphe.conf"
run 0 token --json
json '[c["name"] for s in d["modules"][0]["slots"] if s["token"] for c in s["token"]["certificates"] if c["selected"]]' "['Zoé Lefèvre (p384)']"
rm "$XDG_CONFIG_HOME/paraphe/paraphe.conf"

# The card record names nobody: nothing of what the list says of token, keys and certificates stands in it.
run 0 token "${TOKEN[@]}" --login --json
cp "$OUT" list.json
run 0 token "${TOKEN[@]}" --login --report
json 'd["format"]' paraphe-card-record
CHECKS=$((CHECKS + 1)); ! grep -qE '"(serial|sha256|label|id|slot|path)"' "$OUT" || fail "the record names somebody"
/usr/bin/python3 - list.json "$OUT" > named << 'EOF'
import json, re, sys
listed, record = (json.load(open(file, encoding="utf-8")) for file in sys.argv[1:])
def texts(value, keys, taken):
    if isinstance(value, str):
        return [value] if taken else []
    if isinstance(value, dict):
        return [t for k, v in value.items() for t in texts(v, keys, keys is None or k in keys)]
    return [t for v in value for t in texts(v, keys, taken)] if isinstance(value, list) else []
private = texts(listed, ("name", "subject", "issuer", "serial", "sha256", "label", "id", "uri", "organisation", "not_before", "not_after"), False)
words = {w for t in private if not t.startswith("CKM_") for w in [t, *re.findall(r"\w[\w-]{3,}", t)] if len(w) > 3}
record.pop("format")
print("\n".join(sorted(w for w in words if any(w.lower() in t.lower() for t in texts(record, None, True)))), len(words))
EOF
CHECKS=$((CHECKS + 1)); LAST='token --report'; grep -qxE ' [0-9]{2,}' named || fail "the record says: $(tr '\n' ' ' < named)"

# Refused before anything is tried
run 2 token --token 'pkcs11:token=x?pin-value=4711'
says err 'pin-value'
CHECKS=$((CHECKS + 1)); ! grep -q 4711 "$ERR" || fail "the PIN of the URI is repeated"
run 2 token --token 'pkcs11:colour=red'
says err 'colour'
run 2 token --token 'pkcs11:token=a;token=b'
run 2 token --token 'token=a'
run 2 token --token 'pkcs11:token=a%2'
run 2 token --token 'pkcs11:type=data'
run 2 token --cert 'sha256:12'
run 2 token --cert 'serial:xyz'
run 2 token --pin-source 'env:PIN'
run 5 token --module /nowhere/driver.so
says out 'cannot be loaded'
run 5 token --module /etc/passwd
run 2 token --module '|x'
run 0 token --find --module "$PARAPHE_TEST_MODULE"
says out 'Installed: SoftHSM'
cp "$PARAPHE_TEST_PIN_FILE" pin && chmod 644 pin
run 2 token --module "$PARAPHE_TEST_MODULE" --token "$PARAPHE_TEST_TOKEN" --login --pin-source file:pin
says err 'can be read by others'
run 5 token --module "$PARAPHE_TEST_MODULE" --token 'pkcs11:token=absent' --login
: > empty && chmod 600 empty
run 5 token --module "$PARAPHE_TEST_MODULE" --token "$PARAPHE_TEST_TOKEN" --login --pin-source file:empty
says err 'no try was used|No PIN'
run 2 token --module "$PARAPHE_TEST_MODULE" --token "$PARAPHE_TEST_TOKEN" --login --pin-source file:absent
run 2 token --module "$PARAPHE_TEST_MODULE" --token "$PARAPHE_TEST_TOKEN" --login --pin-source pad
says err 'no PIN pad'
printf '1\n' > short && chmod 600 short
run 5 token --module "$PARAPHE_TEST_MODULE" --token "$PARAPHE_TEST_TOKEN" --login --pin-source file:short
says err 'no try was used'

# A token on which nothing was ever made is as good as none; a driver that fails beside one that works is named, not blamed.
mkdir tokens
printf 'directories.tokendir = %s/tokens\nobjectstore.backend = file\n' "$WORK" > softhsm2.conf
printf '%%PDF-1.4\n' > any.pdf
SOFTHSM2_CONF=$WORK/softhsm2.conf run 5 sign any.pdf -o out.pdf --level B-B --module "$PARAPHE_TEST_MODULE" --yes
says err '^paraphe: No card or token is inserted; .*runs\.$'
SOFTHSM2_CONF=$WORK/softhsm2.conf run 5 sign any.pdf -o out.pdf --level B-B --module "$PARAPHE_TEST_MODULE" --module /etc/passwd --yes
says err 'No card or token is inserted; .* The driver passwd failed: '
run 5 sign any.pdf -o out.pdf --level B-B --module /etc/passwd --yes
says err '^paraphe: .*/etc/passwd'
finish
