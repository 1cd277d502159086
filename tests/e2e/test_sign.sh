#!/usr/bin/env bash
# Signing with a real token and a real time-stamp server: what pdfsig and qpdf say of the result, every refusal in one sentence,
# and that nothing half made is ever left.
. "$(dirname "$0")/lib.sh"
need pdfsig qpdf
services
python3 "$SOURCE/tests/documents/make_kinds.py" kinds > /dev/null || { echo "skipped: make_kinds.py"; exit 77; }
RSA=(--cert subject:rsa2048) EC=(--cert subject:p256)
left() { # no hidden file of a making stays
  CHECKS=$((CHECKS + 1))
  [ -z "$(find . -name '.*.part')" ] || fail "a half file is left: $(find . -name '.*.part')"
}
valid() { # FILE COUNT: so many signatures, all valid, the last one over the whole file
  ok "pdfsig $1" pdfsig "$1"
  CHECKS=$((CHECKS + 2))
  [ "$(grep -c 'Signature is Valid' "$OUT")" = "$2" ] || fail "$1: not $2 valid signatures"
  [ "$(grep -c 'Total document signed' "$OUT")" = 1 ] || fail "$1: the last signature does not cover the file"
  ok "qpdf --check $1" qpdf --check "$1"
}

# The levels, in both languages.
cp kinds/classic.pdf before.pdf
run 0 sign kinds/classic.pdf -o b.pdf --yes "${TOKEN[@]}" "${RSA[@]}"
says out 'signed, level B-B, by .*rsa2048'
says err 'RSA 2048 stop passing .* 2029-01-01'
says err 'No time-stamp server is known'
same kinds/classic.pdf before.pdf
valid b.pdf 1
run 0 sign kinds/classic.pdf -o t.pdf --yes "${TOKEN[@]}" "${EC[@]}" --tsa "$PARAPHE_TEST_TSA" --json
json 'd["format"], d["level"], d["requested_level"], d["scheme"], d["digest"]' "('paraphe-signed', 'B-T', 'B-T', 'ECDSA', 'SHA-256')"
json 'd["warnings"]' '[]'
json 'd["tsa"] is not None and d["time"].startswith("20")' True
json "d['sha256']" "$(sha256sum < t.pdf | cut -d' ' -f1)"
json "d['input_sha256']" "$(sha256sum < before.pdf | cut -d' ' -f1)"
valid t.pdf 1
run 0 sign kinds/classic.pdf -o r3.pdf --yes "${TOKEN[@]}" --cert subject:rsa3072
says err 'scheme RSA-PKCS1 stop passing .* 2029-01-01.*--scheme pss'
run 0 sign kinds/classic.pdf -o r3p.pdf --yes "${TOKEN[@]}" --cert subject:rsa3072 --scheme pss --level B-B --json
json 'd["warnings"]' '[]'
lang fr
run 0 sign kinds/classic.pdf -o fr.pdf --yes "${TOKEN[@]}" "${EC[@]}"
says out 'signé, niveau B-B'
lang en

# A second and a third signature, the others stay valid; on a file with cross-reference streams too.
run 0 sign t.pdf -o t2.pdf --yes "${TOKEN[@]}" "${RSA[@]}" --scheme pss --hash sha512
valid t2.pdf 2
run 0 sign t2.pdf -o t3.pdf --yes "${TOKEN[@]}" --cert subject:p384 --tsa "$PARAPHE_TEST_TSA" --reason 'Relu, « approuvé »' --location Paris
valid t3.pdf 3
run 0 sign kinds/object-streams.pdf -o s1.pdf --yes "${TOKEN[@]}" "${EC[@]}"
run 0 sign s1.pdf -o s2.pdf --yes "${TOKEN[@]}" --cert subject:rsa3072 --tsa "$PARAPHE_TEST_TSA"
valid s2.pdf 2

# A large file: its judge digests while it is copied, by another hash than the one for people too; and once more on top.
python3 - large.pdf << 'EOF'
import random, sys
body = b"%PDF-1.7\n"
places = []
for number, text in enumerate((b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
                               b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
                               b"<< /Length %d >>\nstream\n%% %s\nendstream" % (40 << 20, random.Random(1).randbytes((20 << 20) - 1).hex().encode())), 1):
    places.append(len(body))
    body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
body += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % p for p in places) + b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
open(sys.argv[1], "wb").write(body)
EOF
run 0 sign large.pdf -o large-1.pdf --yes "${TOKEN[@]}" "${RSA[@]}" --hash sha512 --tsa "$PARAPHE_TEST_TSA" --json
json "d['sha256']" "$(sha256sum < large-1.pdf | cut -d' ' -f1)"
json "d['input_sha256']" "$(sha256sum < large.pdf | cut -d' ' -f1)"
json '"not-looked-at" in [w["code"] for w in d["warnings"]]' True # its page is too large to be looked into: said, not waited for
ok "the copy is the input" cmp -n "$(stat -c %s large.pdf)" large.pdf large-1.pdf
run 0 sign large-1.pdf -o large-2.pdf --yes "${TOKEN[@]}" "${EC[@]}"
valid large-2.pdf 2
run 0 verify --trust "$PARAPHE_TEST_TRUST" --json large-2.pdf
json "d['sha256'], d['verdict']" "('$(sha256sum < large-2.pdf | cut -d' ' -f1)', 'valid')" # digested beside the worker that reads it
run 2 sign large.pdf -o large-3.pdf "${TOKEN[@]}" "${EC[@]}"
absent large-3.pdf
left
rm large*.pdf

# Every kind of file, signed twice: both signatures valid.
for file in kinds/*.pdf; do
  kind=$(basename "$file" .pdf)
  case $kind in
    xfa | aes-256-no-modify | *aes-128 | *aes-256 | *rc4-128) continue ;; # refused, or with a password: below
  esac
  run 0 sign "$file" -o "k-$kind.pdf" --yes "${TOKEN[@]}" "${EC[@]}" --level B-B
  run 0 sign "k-$kind.pdf" -o "k2-$kind.pdf" --yes "${TOKEN[@]}" "${RSA[@]}" --level B-B
  valid "k2-$kind.pdf" 2
done
echo secret > word; chmod 600 word
for kind in aes-128 aes-256 rc4-128; do
  run 4 sign "kinds/$kind.pdf" -o no.pdf --yes "${TOKEN[@]}" "${EC[@]}"
  says err 'password'
  absent no.pdf
  run 0 sign "kinds/$kind.pdf" -o "k-$kind.pdf" --yes "${TOKEN[@]}" "${EC[@]}" --password-source file:word --level B-B
  ok "pdfsig $kind" pdfsig -upw secret "k-$kind.pdf"
  says out 'Signature is Valid'
done
# One that is not needed does no harm, alone and in a batch; one with letters beyond ASCII, which old files have otherwise. The second reader takes
# what paraphe opens: it is asked when the token has signed.
run 0 sign kinds/rc4-128-empty.pdf -o k-needless.pdf --yes "${TOKEN[@]}" "${EC[@]}" --password-source file:word --level B-B
run 0 sign kinds/aes-128-empty.pdf kinds/aes-256-streams.pdf kinds/aes-256.pdf kinds/classic.pdf --out-dir k-some --yes "${TOKEN[@]}" "${EC[@]}" \
  --password-source file:word --level B-B
for kind in aes-128-empty aes-256-streams; do valid "k-some/$kind.pdf" 1; done
# of several inputs JSON says which one failed, whoever was asked
several() { # VERB OPTION...
  run "${WANTED:-4}" "$1" kinds/classic.pdf no-such.pdf kinds/cr.pdf "${@:2}" --json
  CHECKS=$((CHECKS + 1)); [ "$(grep -c '"paraphe-error".*"input":"no-such.pdf"' "$OUT")" = 1 ] || fail "JSON does not name the input"
}
several sign --out-dir k-json --yes "${TOKEN[@]}" "${EC[@]}" --level B-B
several stamp --out-dir k-stamped --tsa "$PARAPHE_TEST_TSA"
several verify
several check
qpdf --allow-weak-crypto --encrypt 'clé' 'clé' 128 --use-aes=y -- kinds/classic.pdf accent-128.pdf
qpdf --encrypt 'clé' 'clé' 256 -- kinds/classic.pdf accent-256.pdf
echo clé > accent; chmod 600 accent
for file in accent-128 accent-256; do run 0 sign $file.pdf -o k-$file.pdf --yes "${TOKEN[@]}" "${EC[@]}" --password-source file:accent --level B-B; done
run 4 sign kinds/aes-256-no-modify.pdf -o no.pdf --yes "${TOKEN[@]}" "${EC[@]}"
says err 'permissions'
# its own fields only: they are named, and signed
qpdf --encrypt '' owner 256 --modify=form -- kinds/form.pdf fields-only.pdf
run 4 sign fields-only.pdf -o no.pdf --yes "${TOKEN[@]}" "${EC[@]}" --visible 1:20,20,200,60
says err 'its own fields be signed only; give one of them with --field \(Auditeur'
run 0 sign fields-only.pdf -o own-field.pdf --yes "${TOKEN[@]}" "${EC[@]}" --field Auditeur
valid own-field.pdf 1

# Fields: an own one by name, a new visible one, a certification.
run 0 sign kinds/classic.pdf -o named.pdf --yes "${TOKEN[@]}" "${EC[@]}" --field Auditeur
ok 'the field has its name' grep -q '/T (Auditeur)' named.pdf
run 2 sign named.pdf -o no.pdf --yes "${TOKEN[@]}" "${EC[@]}" --field Auditeur
says err 'signed already'
run 0 sign kinds/classic.pdf -o seen.pdf --yes "${TOKEN[@]}" "${EC[@]}" --visible 1:56,56,200,60 --reason Essai
ok 'it has an appearance' grep -q '/AP' seen.pdf
pdftotext seen.pdf seen.txt
ok "the name is shown with its letters" grep -q 'Inès Çelik' seen.txt
valid seen.pdf 1
run 0 sign kinds/rotated.pdf -o turned.pdf --yes "${TOKEN[@]}" "${EC[@]}" --visible 1:100,100,200,60
ok 'it stands upright on the turned page' grep -aq '/Matrix \[0 -1 1 0 0 0\]' turned.pdf
ok 'where it is seen from the corner' grep -aq '/Rect \[100 542 160 742\]' turned.pdf
valid turned.pdf 1
run 0 sign kinds/offset-box.pdf -o apart.pdf --yes "${TOKEN[@]}" "${EC[@]}" --visible 1:56,56,200,60
ok 'from the corner of a page that does not begin at 0' grep -aq '/Rect \[-44 -44 156 16\]' apart.pdf
valid apart.pdf 1
for place in 500,56,200,60 56,800,200,60 -5,56,200,60 5000,5000,200,60; do
  run 2 sign kinds/classic.pdf -o no.pdf --yes "${TOKEN[@]}" "${EC[@]}" --visible "1:$place"
  says err 'classic.pdf: the place asked for does not lie on what is seen of page 1, 595 x 842 points'
  absent no.pdf
done
wrong_size() { run 2 sign kinds/classic.pdf -o no.pdf --yes "${TOKEN[@]}" "${EC[@]}" --visible "$1"; absent no.pdf; }
wrong_size 1:10,10,5,5
run 0 sign kinds/classic.pdf -o certified.pdf --yes "${TOKEN[@]}" "${EC[@]}" --certify
ok 'it certifies' grep -q '/DocMDP' certified.pdf
valid certified.pdf 1
run 0 sign certified.pdf -o certified2.pdf --yes "${TOKEN[@]}" "${RSA[@]}"
valid certified2.pdf 2
run 2 sign certified.pdf -o no.pdf --yes "${TOKEN[@]}" "${EC[@]}" --certify=1
says err 'first signature'
run 6 sign certified.pdf -o no.pdf --yes "${TOKEN[@]}" "${EC[@]}" --visible 1:1,1,50,50
says err 'invisibly'
run 0 sign kinds/classic.pdf -o closed.pdf --yes "${TOKEN[@]}" "${EC[@]}" --certify=1
run 6 sign closed.pdf -o no.pdf --yes "${TOKEN[@]}" "${EC[@]}"
says err 'certified without any later change'
absent no.pdf

# An earlier signature that is broken, or followed by a change that it does not allow: said before consent and PIN, for every verb
# that would add to the file. The counting module sees neither C_Login nor C_Sign; with a sound file it sees one of each.
python3 - << 'PY'
good = open("b.pdf", "rb").read()
open("broken.pdf", "wb").write(good.replace(b"Essai classic", b"Essai Classic", 1))
at = len(good[:good.index(b">", good.rindex(b"/Contents <"))].rstrip(b"0")) - 40 # the value ends the CMS
open("value.pdf", "wb").write(good[:at] + (b"0" if good[at:at + 1] != b"0" else b"1") + good[at + 1:])
start = good.rindex(b"startxref") + 10
page = b"5 0 obj\n<< /Length 12 >>\nstream\n0 0 9 9 re f\nendstream\nendobj\n"
table = b"xref\n5 1\n%010d 00000 n \ntrailer\n<< /Size 99 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (
    len(good), int(good[start:].split()[0]), len(good) + len(page))
open("modified.pdf", "wb").write(good + page + table)
open("bare.pdf", "wb").write(good.replace(b"/ETSI.CAdES.detached", b"/adbe.x509.rsa_sha1 "))
PY
counted() { # N: so many C_Login and C_Sign since the last time
  CHECKS=$((CHECKS + 1))
  [ "$(grep -c C_Login calls)/$(grep -c C_Sign calls)" = "$1/$1" ] || fail "not $1 C_Login and C_Sign: $(tr '\n' ' ' < calls)"
  : > calls
}
SHIM=${PARAPHE_FAKES:-$(dirname "$PARAPHE")/fakes}/shim_token.so COUNTED=("${TOKEN[@]}")
if [ -e "$SHIM" ]; then
  export PARAPHE_SHIM_MODULE=$PARAPHE_TEST_MODULE PARAPHE_SHIM_LOG=$WORK/calls
  COUNTED[1]=$SHIM
fi
: > calls
earlier() { # FILE PATTERN
  run 6 sign "$1" -o no.pdf --yes "${COUNTED[@]}" "${EC[@]}" --tsa "$PARAPHE_TEST_TSA"
  says err "$2"
  absent no.pdf
  counted 0
  run 6 stamp "$1" -o no.pdf --tsa "$PARAPHE_TEST_TSA"
  absent no.pdf
  run 6 finish "$1" -o no.pdf --level B-LTA --tsa "$PARAPHE_TEST_TSA" --trust "$PARAPHE_TEST_TRUST"
  absent no.pdf
}
earlier broken.pdf 'field “Signature1” holds already is broken.*sound copy'
earlier value.pdf 'field “Signature1” holds already is broken.*sound copy'
earlier modified.pdf 'after the signature of the field “Signature1”.*does not allow.*sound copy'
earlier bare.pdf 'old kind .adbe.x509.rsa_sha1. which is not verified here'
lang fr
run 6 sign broken.pdf -o no.pdf --yes "${COUNTED[@]}" "${EC[@]}"
says err '« Signature1 », déjà présente, est rompue.*exemplaire sain'
lang en
counted 0
run 0 sign b.pdf -o sound.pdf --yes "${COUNTED[@]}" "${EC[@]}"
valid sound.pdf 2
[ ! -e "$SHIM" ] || counted 1

# A new visible field in a tagged document gets its place in the structure tree, but not after a signature: said. A field of the document
# has its own; an untagged document has no tree.
run 0 report --deposit-date 2026-11-23 -o tagged.pdf "$FORMS/lps-web-conforme.xlsx"
run 0 sign tagged.pdf -o placed.pdf --yes "${TOKEN[@]}" "${EC[@]}" --visible 1:40,40,200,60 --level B-B --json
json '[w["code"] for w in d["warnings"]]' "['other-person']"
valid placed.pdf 1
run 0 sign placed.pdf -o placed3.pdf --yes "${TOKEN[@]}" "${RSA[@]}" --visible 1:40,140,200,60 --level B-B --json
json '"visible-untagged" in [w["code"] for w in d["warnings"]]' True
says out 'screen readers'
valid placed3.pdf 2
run 0 sign placed.pdf -o placed2.pdf --yes "${TOKEN[@]}" "${RSA[@]}" --field Signature1 --level B-B
valid placed2.pdf 2
run 0 sign tagged.pdf -o reserved.pdf --yes "${TOKEN[@]}" "${EC[@]}" --field Signature1 --level B-B --json
json '[w["code"] for w in d["warnings"]]' "['other-person']"
run 0 sign kinds/classic.pdf -o untagged.pdf --yes "${TOKEN[@]}" "${EC[@]}" --visible 1:40,40,200,60 --level B-B --json
json 'd["warnings"]' '[]'

# Nobody to ask; what is asked names all.
run 2 sign kinds/classic.pdf -o no.pdf "${TOKEN[@]}" "${EC[@]}"
says err '--yes'
absent no.pdf

# Usage: one sentence, before token and PIN.
wrong() { # STATUS PATTERN ARGS...
  local status=$1 pattern=$2
  shift 2
  run "$status" sign "$@"
  says err "$pattern"
  absent no.pdf
}
wrong 2 '--tsa.*--level B-B' kinds/classic.pdf -o no.pdf --yes "${TOKEN[@]}" --level B-T
wrong 2 'above' kinds/classic.pdf -o no.pdf --yes "${TOKEN[@]}" --level B-B --min-level B-T
wrong 2 'http' kinds/classic.pdf -o no.pdf --yes "${TOKEN[@]}" --tsa ftp://x/
wrong 2 '-o OUT.pdf' kinds/classic.pdf --yes "${TOKEN[@]}"
wrong 2 '--out-dir' kinds/classic.pdf kinds/cr.pdf -o no.pdf --yes "${TOKEN[@]}"
wrong 2 'sha256' kinds/classic.pdf -o no.pdf --yes "${TOKEN[@]}" --hash md5
wrong 2 'PAGE:x,y' kinds/classic.pdf -o no.pdf --yes "${TOKEN[@]}" --visible 1:2,3
wrong 2 'PAGE:x,y' kinds/classic.pdf -o no.pdf --yes "${TOKEN[@]}" --visible 0:2,3,4,5
wrong 4 'page' kinds/classic.pdf -o no.pdf --yes "${TOKEN[@]}" "${EC[@]}" --visible 7:20,30,40,50
wrong 5 'can do: ECDSA SHA-256' kinds/classic.pdf -o no.pdf --yes "${TOKEN[@]}" "${EC[@]}" --scheme pss
wrong 2 'password' kinds/classic.pdf -o no.pdf --yes "${TOKEN[@]}" --password-source here
wrong 2 'password' kinds/classic.pdf -o no.pdf --yes "${TOKEN[@]}" --password-source fd:77
echo secret > open.txt; chmod 644 open.txt
wrong 2 'chmod' kinds/classic.pdf -o no.pdf --yes "${TOKEN[@]}" --password-source file:open.txt

# Inputs that cannot be signed.
echo 'no pdf' > text.pdf; : > empty.pdf; head -c 400 kinds/classic.pdf > cut.pdf; mkdir folder.pdf
for bad in text empty cut folder missing; do wrong 4 "$bad.pdf" $bad.pdf -o no.pdf --yes "${TOKEN[@]}" "${EC[@]}"; done
# The file is named, and once.
for bad in text empty cut folder missing; do
  for verb in "sign --yes ${TOKEN[*]}" 'stamp --tsa http://127.0.0.1:1' finish extract; do
    read -ra words <<< "$verb"
    case $verb in sign*) words=(sign --yes "${TOKEN[@]}" "${EC[@]}") ;; esac
    run 4 "${words[@]}" $bad.pdf -o no.pdf
    CHECKS=$((CHECKS + 1))
    [ "$(grep '^paraphe: ' "$ERR" | grep -o "$bad\.pdf" | wc -l)" = 1 ] || fail "$bad.pdf is not named once"
  done
done
wrong 4 'XFA' kinds/xfa.pdf -o no.pdf --yes "${TOKEN[@]}" "${EC[@]}"

# A broken structure: refused with the way out, or repaired first.
sed 's/^startxref$/startxrex/' kinds/classic.pdf > torn.pdf
wrong 4 'torn.pdf' torn.pdf -o no.pdf --yes "${TOKEN[@]}" "${EC[@]}"
run 0 sign torn.pdf -o mended.pdf --yes "${TOKEN[@]}" "${EC[@]}" --repair
says err 'repaired by qpdf'
valid mended.pdf 1
sed 's/^startxref$/startxrex/' b.pdf > torn-signed.pdf
wrong 4 'signed' torn-signed.pdf -o no.pdf --yes "${TOKEN[@]}" "${EC[@]}" --repair
sed 's|^<< /Size 6|& /Encrypt << /Filter /Adobe.PubSec /SubFilter /adbe.pkcs7.s5 /V 4 >>|' kinds/classic.pdf > for-holders.pdf
wrong 4 'certificates.*print it to PDF' for-holders.pdf -o no.pdf --yes "${TOKEN[@]}" "${EC[@]}" --repair
wrong 4 'XFA.*sign the print' kinds/xfa.pdf -o no.pdf --yes "${TOKEN[@]}" "${EC[@]}" --repair
wrong 4 'repaired' text.pdf -o no.pdf --yes "${TOKEN[@]}" "${EC[@]}" --repair

# What cannot be seen is said; --strict refuses it.
python3 - "$SOURCE/tests/documents" << 'PY'
import sys
sys.path.insert(0, sys.argv[1])
from make_kinds import Pdf
pdf = Pdf()
pdf.add(1, "<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (1) >> /OCProperties << /OCGs [6 0 R] /D << /OFF [6 0 R] >> >> >>")
pdf.add(2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
pdf.add(3, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Annots [4 0 R 5 0 R] /Contents 7 0 R >>")
pdf.add(4, "<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /Launch /F (x.exe) /Next << /S /SubmitForm /F (http://x/) >> >> >>")
pdf.add(5, "<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /F 2 >>")
pdf.add(6, "<< /Type /OCG /Name (Calque) >>")
pdf.stream(7, "/F (other.bin)", b"")
pdf.table("/Root 1 0 R /Info << /Title (Titre \\033]0;x\\007) /Subject (Seuils respect\\351s) >>")
open("scripted.pdf", "wb").write(pdf.data)
PY
run 0 sign scripted.pdf -o scripted-signed.pdf --yes "${TOKEN[@]}" "${EC[@]}"
for word in JavaScript 'start a program' 'send its form' 'hidden now' 'hidden annotation' 'another file'; do says err "$word"; done
wrong 4 'strict.*JavaScript' scripted.pdf -o no.pdf --yes "${TOKEN[@]}" "${EC[@]}" --strict

# What names no file, or a place that is not there, is said before the token is asked for anything.
: > calls
refused_output() { # STATUS PATTERN ARGS...
  local status=$1 pattern=$2
  shift 2
  run "$status" sign kinds/classic.pdf --yes "${COUNTED[@]}" "${EC[@]}" --level B-B "$@"
  says err "$pattern"
}
mkdir -p folder
refused_output 2 'names no file' -o ''
refused_output 10 'folder does not exist' -o new/
refused_output 2 'names no file here' -o -
refused_output 2 'is a folder' -o folder
refused_output 2 'classic.pdf is a file, not a folder' --out-dir kinds/classic.pdf
refused_output 2 'one of the two' -o no.pdf --out-dir folder
refused_output 10 'folder does not exist' -o nowhere/no.pdf
refused_output 10 'too long' -o "$(printf 'x%.0s' $(seq 300))"
refused_output 2 'no field “Nowhere” in which' -o no.pdf --visible Nowhere
run 2 sign kinds/classic.pdf -o no.pdf --yes "${TOKEN[@]}" --cert colour:red
says err 'subject:TEXT'
counted 0
absent no.pdf - ..paraphe
run 0 sign tagged.pdf -o slip.pdf --yes "${TOKEN[@]}" "${RSA[@]}" --field Signatur1 --level B-B
says err 'Note: .*nobody sees.*: Signature1'
# Outputs: never over an existing file, never into the input, nothing left in a folder that cannot be written.
cp b.pdf there.pdf
run 10 sign kinds/classic.pdf -o there.pdf --yes "${TOKEN[@]}" "${EC[@]}"
same b.pdf there.pdf
run 10 sign kinds/classic.pdf -o nowhere/x.pdf --yes "${TOKEN[@]}" "${EC[@]}"

# The token: a wrong PIN is one try, the file is not written.
echo 0000 > pin; chmod 600 pin
run 5 sign kinds/classic.pdf -o no.pdf --yes --module "$PARAPHE_TEST_MODULE" --token "$PARAPHE_TEST_TOKEN" --pin-source file:pin "${EC[@]}"
absent no.pdf
run 5 sign kinds/classic.pdf -o no.pdf --yes --module "$PARAPHE_TEST_MODULE" --token pkcs11:token=none --pin-source file:pin
absent no.pdf

# A time-stamp server that fails in each way costs the level, never the signature.
mode() { # MODE PATTERN
  run 7 sign kinds/classic.pdf -o "tsa-$1.pdf" --yes "${TOKEN[@]}" "${EC[@]}" --tsa "$PARAPHE_TEST_TSA?mode=$1"
  says out 'level B-B'
  says err "$2"
  says err 'finish'
  valid "tsa-$1.pdf" 1
}
mode html 'no time-stamp'
mode garbage 'no time-stamp'
mode cut '127.0.0.1'
mode error 'did not answer'
mode wrong-nonce 'does not repeat'
mode no-nonce 'does not repeat'
mode wrong-imprint 'other data'
mode rejected 'refused'
run 0 sign kinds/classic.pdf -o min.pdf --yes "${TOKEN[@]}" "${EC[@]}" --tsa http://127.0.0.1:9/ --min-level B-B
valid min.pdf 1
run 0 sign kinds/classic.pdf -o second.pdf --yes "${TOKEN[@]}" "${EC[@]}" --tsa http://127.0.0.1:9/ --tsa "$PARAPHE_TEST_TSA" --json
json 'd["level"], len(d["warnings"])' "('B-T', 1)"

# The clock of this machine, an hour behind or before the time-stamp's, is told; half a minute is nothing. (The sanitizers bring their own clock.)
CLOCK=${PARAPHE_FAKES:-$(dirname "$PARAPHE")/fakes}/clock.so
if [ -e "$CLOCK" ]; then
  for away in -3600 3600 -30; do
    LD_PRELOAD=$CLOCK PARAPHE_FAKE_CLOCK=$away run 0 sign kinds/classic.pdf -o "clock$away.pdf" --yes "${TOKEN[@]}" "${EC[@]}" --tsa "$PARAPHE_TEST_TSA"
    [ $away = -30 ] || says err 'The clock of this machine says 20.*Z, the time-stamp server 20.*Z; set the clock'
  done
  CHECKS=$((CHECKS + 1)); grep -q 'clock' "$ERR" && fail 'half a minute is told'
fi

# Several at once: one that fails does not stop the others; the worst status counts.
mkdir out
run 4 sign kinds/classic.pdf text.pdf kinds/object-streams.pdf --out-dir out --yes "${TOKEN[@]}" "${EC[@]}" --tsa "$PARAPHE_TEST_TSA"
says err 'text.pdf'
absent out/text.pdf
valid out/classic.pdf 1
valid out/object-streams.pdf 1
# a result that was taken away is not unfinished: other options are taken
mkdir taken; mv out/classic.pdf taken
run 0 sign kinds/cr.pdf --out-dir out --yes "${TOKEN[@]}" "${EC[@]}" --reason Autre
echo junk > junk.pdf # nothing of it was signed: the journal that stays is of others
run 4 sign junk.pdf --out-dir out --yes "${TOKEN[@]}" "${EC[@]}"
ok "no value is said to be kept" test "$(grep -c 'token has signed' "$ERR")" = 0
# Many at once, more than are prepared ahead; each is signed and none is left open; one in the middle is no PDF.
mkdir many # the folder for the results is made, with nobody else's eyes on it
for n in $(seq 10 45); do cp kinds/classic.pdf "many/$n.pdf"; done
echo no > many/30.pdf
run 4 sign many/*.pdf --out-dir manyout --yes "${TOKEN[@]}" "${EC[@]}" --tsa "$PARAPHE_TEST_TSA"
CHECKS=$((CHECKS + 1))
[ "$(find manyout -name '*.pdf' | wc -l)" = 35 ] || fail "not 35 files"
[ "$(grep -c 'level B-T' "$OUT")" = 35 ] || fail "not 35 lines"
ok "the folder is private" test "$(stat -c %a manyout)" = 700
run 10 sign many/10.pdf --out-dir no/such/folder --yes "${TOKEN[@]}" "${EC[@]}"
says err 'no/such/folder'
valid manyout/10.pdf 1
valid manyout/45.pdf 1
absent manyout/30.pdf
# What holds for all is said once, what is about one document names it; a line for each. JSON has it with each.
run 0 sign many/1[0-2].pdf placed.pdf --out-dir once --yes "${TOKEN[@]}" "${RSA[@]}" --visible 1:20,20,50,50
CHECKS=$((CHECKS + 2))
[ "$(grep -c 'RSA 2048 stop passing' "$ERR")" = 1 ] || fail "not said once"
[ "$(wc -l < "$OUT")" = 4 ] || fail "not a line for each"
says err 'Note on placed.pdf: .*screen readers'
says out 'once/10.pdf: signed, level B-B, by [^=]*rsa2048[^=]*$'
run 0 sign many/1[3-4].pdf --out-dir once --yes "${TOKEN[@]}" "${RSA[@]}" --json
CHECKS=$((CHECKS + 1))
[ "$(grep -c 'RSA 2048 stop passing' "$OUT")" = 2 ] || fail "JSON does not say it for each"
run 0 sign many/15.pdf -o whole.pdf --yes "${TOKEN[@]}" "${EC[@]}" --verbose
says out 'by .*CN=.*p256'

# A run that was killed after the token had signed: the journal stays, the same command goes on, other options are refused before the PIN.
BOUNDARY=$(dirname "$SHIM")/boundary.so
CPU=$(taskset -cp $$ | sed 's/.*: //; s/[,-].*//')
killed() { # CALL ARGS...: at the CALL-th sync or rename all processes of the run are killed; on one processor documents keep their order
  local call=$1
  shift
  rm -f record
  setsid env LD_PRELOAD="$BOUNDARY" PARAPHE_SHIM_RECORD="$WORK/record" PARAPHE_SHIM_KILL="$call" PARAPHE_SHIM_WHEN=after taskset -c "$CPU" "$PARAPHE" "$@" \
    > "$OUT" 2> "$ERR" < /dev/null
  CHECKS=$((CHECKS + 1))
  [ $? = 137 ] || [ -s cut/.paraphe-sign.journal ] || fail "not killed with a journal"
}
# Ctrl-C, or a terminal that closes, while a slow card signs: its signature is kept, and the same command needs no other one.
for signal in INT HUP; do
  [ -e "$SHIM" ] || continue
  : > calls
  : > hold
  PARAPHE_SHIM_HOLD=$WORK/hold PARAPHE_LANG=en setsid "$PARAPHE" sign kinds/classic.pdf -o slow.pdf --yes "${COUNTED[@]}" "${EC[@]}" > "$OUT" 2> "$ERR" < /dev/null &
  slow=$!
  until grep -q C_Sign calls || ! kill -0 "$slow" 2> /dev/null; do sleep 0.02; done
  kill "-$signal" -- "-$slow"
  rm hold
  wait "$slow"; status=$?
  CHECKS=$((CHECKS + 1)); LAST="sign, $signal in C_Sign"
  [ "$status" = 130 ] || fail "status $status in place of 130"
  says err 'The same command goes on'
  absent slow.pdf
  present .slow.pdf.paraphe
  run 0 sign kinds/classic.pdf -o slow.pdf --yes "${COUNTED[@]}" "${EC[@]}"
  says err 'the token has signed already'
  counted 1
  valid slow.pdf 1
  rm slow.pdf
done
if [ -e "$BOUNDARY" ]; then
  CUT=(sign many/20.pdf kinds/aes-256.pdf --out-dir cut --yes "${COUNTED[@]}" "${EC[@]}" --password-source file:word)
  : > calls
  mkdir cut # its making is a sync of its own
  killed 1 "${CUT[@]}"
  # the token may have been asked for the second one at that moment: no journal can hold what did not come
  lost=$(($(grep -c C_Sign calls) - $(grep -c '"event":"value"' cut/.paraphe-sign.journal)))
  run 2 "${CUT[@]}" --reason Autre
  says err 'other options'
  run 0 "${CUT[@]}" --json
  says err 'goes on: [01] finished'
  CHECKS=$((CHECKS + 1))
  [ "$(grep -c C_Sign calls)" = $((2 + lost)) ] || fail "not signed once each: $(tr '\n' ' ' < calls)"
  # what was signed by an earlier run is told when its name is on the disk, which that run may not have come to
  rm -f record
  LD_PRELOAD=$BOUNDARY PARAPHE_SHIM_RECORD=$WORK/record PARAPHE_SHIM_FAIL=sync:1 run 10 "${CUT[@]}"
  says err 'cut cannot be written'
  silent out
  run 0 "${CUT[@]}"
  ok 'the journal forgets the values' test -z "$(grep value cut/.paraphe-sign.journal)"
  # all is done: the same command again says so, without token, PIN or question; not for what is no longer what it made
  : > calls
  BACK=(sign many/20.pdf kinds/aes-256.pdf --out-dir cut --module /nowhere --token "${COUNTED[3]}" "${EC[@]}" --password-source file:word)
  run 0 "${BACK[@]}"
  says out '^cut/20.pdf: signed already'; says out '^cut/aes-256.pdf: signed already'
  run 0 "${BACK[@]}" --json
  CHECKS=$((CHECKS + 1)); [ "$(grep -c '"already":true' "$OUT")" = 2 ] || fail 'JSON does not say that it was done'
  run 0 "${BACK[@]/#cut/./cut}" --json # paths as this command says them
  CHECKS=$((CHECKS + 1)); [ "$(grep -c '"input":"[a-z/0-9-]*.pdf",.*"output":"./cut/' "$OUT")" = 2 ] || fail 'the paths of an earlier command'
  ok 'the journal holds no paths' test -z "$(grep many/ cut/.paraphe-sign.journal)"
  counted 0
  run 10 "${CUT[@]}" --level B-T --tsa "$PARAPHE_TEST_TSA"; says err 'cut/20.pdf.*exists' # more was not asked for then
  run 10 "${CUT[@]}" --reason Autre; says err 'cut/20.pdf.*exists'
  counted 0
  run 0 "${BACK[@]}" # which took nothing away from what is known
  cp cut/20.pdf 20.pdf; printf 'x' >> cut/20.pdf
  run 10 "${CUT[@]}"; says err 'cut/20.pdf.*exists'; says out '^cut/aes-256.pdf: signed already'
  cp 20.pdf cut/20.pdf
  run 0 "${BACK[@]}"
  counted 0
  valid cut/20.pdf 1
  ok "the protected one" pdfsig -upw secret cut/aes-256.pdf
  says out 'Signature is Valid'
  # a repaired input, which qpdf encrypts anew each time: killed at each sync and rename, then one signature over both runs
  sed 's/^startxref$/startxrex/' kinds/aes-256.pdf > torn-aes.pdf
  TORN=(sign torn-aes.pdf -o mended-aes.pdf --yes "${COUNTED[@]}" "${EC[@]}" --password-source file:word --repair)
  for call in 1 2 3 4 5; do
    rm -f mended-aes.pdf record; : > calls
    setsid env LD_PRELOAD="$BOUNDARY" PARAPHE_SHIM_RECORD="$WORK/record" PARAPHE_SHIM_KILL="$call" PARAPHE_SHIM_WHEN=after "$PARAPHE" "${TORN[@]}" \
      > "$OUT" 2> "$ERR" < /dev/null
    LAST="repaired, killed at $call"
    run 0 "${TORN[@]}" --json
    json "d['input_sha256']" "$(sha256sum < torn-aes.pdf | cut -d' ' -f1)"
    CHECKS=$((CHECKS + 1))
    [ "$(grep -c C_Sign calls)" = 1 ] || fail "killed at $call, not signed once: $(tr '\n' ' ' < calls)"
    absent .mended-aes.pdf.paraphe .mended-aes.pdf.paraphe-repaired
    ok "the protected, repaired one" pdfsig -upw secret mended-aes.pdf
    says out 'Signature is Valid'
  done
  # somebody else's journal, or one that others may write to, is not believed
  rm -f cut/.paraphe-sign.journal
  : > cut/.paraphe-sign.journal; chmod 666 cut/.paraphe-sign.journal
  run 2 "${CUT[@]}"
  says err 'not believed'
  rm -f cut/.paraphe-sign.journal
  exec 9> cut/.paraphe-sign.journal; chmod 600 cut/.paraphe-sign.journal; flock 9
  run 2 "${CUT[@]}"
  says err 'at work in cut'
  exec 9>&-
fi
left
finish
