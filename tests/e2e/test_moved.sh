#!/usr/bin/env bash
# An installation under another prefix than the one it was configured for, or moved as a whole, finds its helper programs.
. "$(dirname "$0")/lib.sh"
services
TOKEN+=(--cert subject:rsa2048) # the token of CTest holds four
built=$(dirname "$PARAPHE")
mkdir -p place/bin place/libexec/paraphe
cp "$PARAPHE" place/bin/
cp "$built"/paraphe-net "$built"/paraphe-judge "$built"/paraphe-qpdf "$built"/paraphe-token "$built"/paraphe-xmlsig.so place/libexec/paraphe/
PARAPHE=$WORK/place/bin/paraphe
run 0 run "$FORMS/lps-web-conforme.xlsx" --job job --role auditeur --deposit-date 2026-11-23 --yes "${TOKEN[@]}" --tsa "$PARAPHE_TEST_TSA" --trust "$PARAPHE_TEST_TRUST"
present job/1/rapport-signe.pdf
run 0 verify job/1/rapport-signe.pdf --trust "$PARAPHE_TEST_TRUST"
# A batch is judged by paraphe-judge, qpdf included; without it, or when it is broken, by workers and paraphe-qpdf.
helpers=place/libexec/paraphe
batch() { # STATUS: two documents
  rm -rf out && mkdir out
  run "$1" sign job/1/rapport.pdf job/copy.pdf --out-dir out --level B-B --yes "${TOKEN[@]}"
}
cp job/1/rapport.pdf job/copy.pdf
mv $helpers/paraphe-qpdf qpdf
printf '#!/bin/sh\nexit 3\n' > $helpers/paraphe-qpdf && chmod 755 $helpers/paraphe-qpdf
batch 0; present out/rapport.pdf; present out/copy.pdf
mv $helpers/paraphe-judge judge
batch 4; absent out/rapport.pdf; absent out/copy.pdf
for file in job/1/rapport.pdf job/copy.pdf; do says err "^paraphe: $file: The second reader"; done
cp $helpers/paraphe-qpdf $helpers/paraphe-judge
mv -f qpdf $helpers/paraphe-qpdf
batch 0; present out/rapport.pdf; present out/copy.pdf
rm $helpers/paraphe-judge
batch 0; present out/rapport.pdf; present out/copy.pdf
mv judge $helpers/paraphe-judge
# a second reader that takes every signed file for a damaged one: the command does not say that it is done
FAKE_READER=$built/fakes/fake_reader/paraphe-qpdf
if [ -e "$FAKE_READER" ]; then
  cp "$FAKE_READER" place/libexec/paraphe/paraphe-qpdf
  run 4 sign job/1/rapport.pdf -o refused.pdf --yes "${TOKEN[@]}" --level B-B
  says err 'says the fake reader'; absent refused.pdf
  says err 'kept in ./.refused.pdf.paraphe, but the file that was made with it is refused'
  cp "$built/paraphe-qpdf" place/libexec/paraphe/
fi
rm place/libexec/paraphe/paraphe-token
run 5 token --module "$PARAPHE_TEST_MODULE"; says out "paraphe-token is missing"
finish
