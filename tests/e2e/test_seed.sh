#!/usr/bin/env bash
# What the author of a document demands of the certificate that signs a field (seed value /SV with /Cert): obeyed, or refused with the reason
# before the PIN. And the room that a signature takes: its chain and its time-stamp, and no byte for what stands beside it in the document.
. "$(dirname "$0")/lib.sh"
need pdfsig qpdf
services
PKI=$PARAPHE_TEST_PKI
EC=(--cert subject:p256) RSA=(--cert subject:rsa2048)
: > empty; chmod 600 empty
field() { # OUT CERT: a PDF whose field Visa demands what CERT says; @NAME@ is the DER of a certificate of the test PKI
  /usr/bin/python3 - "$PKI" "$@" << 'PY'
import re, sys
pki, out, cert = sys.argv[1:]
cert = re.sub(r"@([a-z0-9-]+)@", lambda m: "<" + open(f"{pki}/{m[1]}.der", "rb").read().hex() + ">", cert)
objects = ["<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
           "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [4 0 R] /Resources << >> >>",
           f"<< /FT /Sig /T (Visa) /Type /Annot /Subtype /Widget /Rect [0 0 0 0] /P 3 0 R /SV << /Type /SV /Cert {cert} >> >>"]
body, places = "%PDF-1.7\n", []
for n, text in enumerate(objects, 1):
    places.append(len(body))
    body += f"{n} 0 obj\n{text}\nendobj\n"
body += "xref\n0 5\n0000000000 65535 f \n" + "".join("%010d 00000 n \n" % p for p in places)
body += f"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n{body.index('xref')}\n%%EOF\n"
open(out, "w").write(body)
PY
}
obeyed() { # CERT OPTION...
  field in.pdf "$1"
  shift
  rm -f out.pdf
  run 0 sign in.pdf -o out.pdf --field Visa --level B-B --yes "${TOKEN[@]}" "$@"
  ok "pdfsig" pdfsig out.pdf
  says out 'Signature is Valid'; says out 'Signature Field Name: Visa'
}
refused() { # PATTERN CERT OPTION...: without a PIN, and nothing is left
  field in.pdf "$2"
  local pattern=$1
  shift 2
  run 6 sign in.pdf -o no.pdf --field Visa --level B-B --yes "${TOKEN[@]:0:4}" --pin-source file:empty "$@"
  says err "$pattern"
  absent no.pdf
}
# the signer's own certificate, or one of several
obeyed '<< /Ff 1 /Subject [@p256@] >>' "${EC[@]}"
obeyed '<< /Ff 1 /Subject [@rsa2048@ @p256@] >>' "${EC[@]}"
refused 'demands for the field “Visa”.*/Cert /Subject: another certificate, see --cert\)' '<< /Ff 1 /Subject [@p256@] >>' "${RSA[@]}"
obeyed '<< /Ff 1 /Subject [@p256@] >>' "${EC[@]}" --hash sha256
refused '/Cert /Subject' '<< /Ff 1 /Subject [@tsp@] >>' "${EC[@]}" # its issuer is another certificate than the signer's
refused '/Cert /Subject' '<< /Ff 1 >>' "${EC[@]}"                   # a demand that nothing fulfils
obeyed '<< /Subject [@rsa2048@] >>' "${EC[@]}"                      # a wish, no demand
# whoever issued it, near or far
obeyed '<< /Ff 2 /Issuer [@tsp@] >>' "${EC[@]}"
obeyed '<< /Ff 3 /Subject [@p256@] /Issuer [@unknown@ @tsp@] >>' "${EC[@]}"
refused '/Cert /Issuer: another certificate' '<< /Ff 2 /Issuer [@unknown@] >>' "${EC[@]}"
refused '/Cert /Issuer' '<< /Ff 3 /Subject [@p256@] /Issuer [@unknown@] >>' "${EC[@]}"
# the key usage: of the test certificates it is non-repudiation alone, the second bit
obeyed '<< /Ff 32 /KeyUsage [(X1)] >>' "${EC[@]}"
obeyed '<< /Ff 32 /KeyUsage [(1) (01XXXXXXX)] >>' "${EC[@]}"
refused '/Cert /KeyUsage' '<< /Ff 32 /KeyUsage [(1)] >>' "${EC[@]}"
refused '/Cert /KeyUsage' '<< /Ff 32 /KeyUsage [(X0)] >>' "${EC[@]}"
# the address of a page where certificates are to be had demands nothing, and is told with a refusal; a server that keeps the key is another key
obeyed '<< /Ff 64 /URL (https://ac.example/inscription) /URLType /Browser >>' "${EC[@]}"
refused 'see --cert; the author names a page where one is to be had: https://ac.example/inscription\)' \
  '<< /Ff 65 /Subject [@p256@] /URL (https://ac.example/inscription) >>' "${RSA[@]}"
refused '\(/Cert /URL\)' '<< /Ff 64 /URL (https://key.example/) /URLType /ASSP >>' "${EC[@]}"
# what is not understood is not obeyed, so it is refused
refused '/Cert /OID' '<< /Ff 4 /OID [(1.2.3)] >>' "${EC[@]}"
refused '/Cert /SubjectDN' '<< /Ff 8 /SubjectDN [<< /CN (x) >>] >>' "${EC[@]}"
lang fr
refused 'l’auteur du document exige pour le champ « Visa ».*/Cert /Subject : un autre certificat, voir --cert ; .*: https://ac.example/' \
  '<< /Ff 1 /Subject [@p256@] /URL (https://ac.example/) >>' "${RSA[@]}"
lang en
# another field, or none, is free of it
field in.pdf '<< /Ff 1 /Subject [@p256@] >>'
run 0 sign in.pdf -o free.pdf --field Autre --level B-B --yes "${TOKEN[@]}" "${RSA[@]}"
# in a batch it is one document's reason; the other is signed
cp "$SOURCE"/tests/documents/make_kinds.py . && python3 make_kinds.py kinds > /dev/null
run 6 sign in.pdf kinds/classic.pdf --out-dir both --field Visa --level B-B --yes "${TOKEN[@]}" "${RSA[@]}"
says err 'in.pdf: .*/Cert /Subject'
present both/classic.pdf
absent both/in.pdf

# ---- the room ----
cat > room.py << 'PY'
import re, sys
data = open(sys.argv[1], "rb").read()
for m in re.finditer(rb"/Contents\s*<([0-9A-Fa-f]+)>", data): # of each signature: bytes of the hole, bytes of the value in it
    der = bytes.fromhex(m[1].decode())
    n = der[1]
    size = 2 + n if n < 128 else 2 + (n & 127) + int.from_bytes(der[2:2 + (n & 127)], "big")
    print(len(der), size)
PY
room() { # FILE NUMBER: "hole value"
  /usr/bin/python3 room.py "$1" | sed -n "$2p"
}
sign() { run 0 sign kinds/classic.pdf --yes "${TOKEN[@]}" "$@"; }
size() { stat -c %s "$1"; }
check() { CHECKS=$((CHECKS + 1)); [ "$2" "$3" "$4" ] || fail "$1: $2 $3 $4"; }
# alone: the value of an RSA key has one size; an EC value may be some bytes shorter than the longest
sign -o b.pdf --level B-B "${RSA[@]}"
read -r hole value <<< "$(room b.pdf 1)"
check 'B-B, RSA: no byte is spare' "$hole" -eq "$value"
sign -o e.pdf --level B-B "${EC[@]}"
read -r hole value <<< "$(room e.pdf 1)"
check 'B-B, EC' $((hole - value)) -le 10
check 'B-B, EC: the longest fits' "$hole" -ge "$value"
check 'the chain is in it' "$hole" -gt $(($(size "$PKI/p256.der") + $(size "$PKI/tsp.der")))
# a token that holds the signer's certificate alone, and nobody who has the issuer's: the room shrinks by that certificate
"$SOURCE/certs-test/make-token.sh" --label short "$WORK/short" "$PKI" rsa2048 > /dev/null || fail 'the token'
SHORT=(--module "$PARAPHE_TEST_MODULE" --pin-source "file:$WORK/short/pin")
for id in $(SOFTHSM2_CONF=$WORK/short/softhsm2.conf pkcs11-tool --module "$PARAPHE_TEST_MODULE" --login --pin "$(cat short/pin)" -O --type cert 2> /dev/null | sed -n 's/^ *ID: *f/f/p'); do
  SOFTHSM2_CONF=$WORK/short/softhsm2.conf pkcs11-tool --module "$PARAPHE_TEST_MODULE" --login --pin "$(cat short/pin)" --delete-object --type cert --id "$id" > /dev/null 2>&1
done
SOFTHSM2_CONF=$WORK/short/softhsm2.conf run 0 sign kinds/classic.pdf -o s.pdf --level B-B --yes "${SHORT[@]}" # fetched by its address, all the same
read -r whole value <<< "$(room s.pdf 1)"
SOFTHSM2_CONF=$WORK/short/softhsm2.conf PARAPHE_NET_PROXY=http://127.0.0.1:1 run 0 sign kinds/classic.pdf -o s1.pdf --level B-B --yes "${SHORT[@]}"
says err 'carries its own certificate only'
read -r hole value <<< "$(room s1.pdf 1)"
check 'without the chain: no byte is spare' "$hole" -eq "$value"
check 'without the chain' $((whole - hole)) -ge "$(size "$PKI/tsp.der")"
check 'without the chain, its headers' $((whole - hole)) -le $(($(size "$PKI/tsp.der") + 8))
# with a time-stamp: 16 KB for a server that is not known, then what its tokens took and half of that
rm -rf "$XDG_STATE_HOME/paraphe"
sign -o t.pdf "${RSA[@]}" --tsa "$PARAPHE_TEST_TSA"
read -r hole value <<< "$(room t.pdf 1)"
token=$(/usr/bin/python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["servers"][sys.argv[2]]["token"])' "$XDG_STATE_HOME/paraphe/tsa.json" "$PARAPHE_TEST_TSA")
check 'an unknown server' $((hole - value + token)) -ge 16384
sign -o t2.pdf "${RSA[@]}" --tsa "$PARAPHE_TEST_TSA"
read -r hole value <<< "$(room t2.pdf 1)"
check 'a known server' $((hole - value)) -le $((token / 2 + 8))
check 'a known server: half of it is spare' $((hole - value)) -ge $((token / 2 - 8))
# later levels: certificates, OCSP answers and lists stand beside; the signature's room is the same, and the bytes in front of them
sign -o l.pdf "${RSA[@]}" --tsa "$PARAPHE_TEST_TSA" --level B-LTA --now --trust "$PARAPHE_TEST_TRUST" --json
json 'd["level"]' B-LTA
read -r same value2 <<< "$(room l.pdf 1)"
check 'B-LTA: the room is that of B-T' "$same" -eq "$hole"
read -r hole value <<< "$(room l.pdf 2)"
check 'its document time-stamp' $((hole - value)) -le $((token / 2 + 64))
run 0 finish t2.pdf -o t3.pdf --level B-LT --now --tsa "$PARAPHE_TEST_TSA" --trust "$PARAPHE_TEST_TRUST"
ok 'what was signed is in front of it' cmp -n "$(size t2.pdf)" t2.pdf t3.pdf
check 'B-LT: one signature value' "$(/usr/bin/python3 room.py t3.pdf | wc -l)" -eq 1
finish
