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
sign 0 kinds/classic.pdf unseen.pdf --image "$IMAGES/rgba.png" --qr
says err 'image and QR code are not shown'

# The image by configuration, relative to its file; the code on a turned page.
mkdir -p conf; cp "$IMAGES/rgba.png" conf/hand.png; printf '[sign]\nimage = hand.png\n' > conf/c.ini
sign 0 kinds/rotated.pdf turned.pdf --visible 1:100,100,100,330 --qr --config conf/c.ini
ok 'it has the image' grep -aq /SMask turned.pdf
valid turned.pdf
code turned.pdf kinds/rotated.pdf Signature1

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
