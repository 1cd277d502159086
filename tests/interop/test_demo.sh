#!/usr/bin/env bash
# ./demo.sh as a newcomer runs it, on the release that stands in build/: what it shows, what it made, that it stops what it started; the
# signed reports are judged by others; a second run starts anew.
. "$(dirname "$0")/../e2e/lib.sh"
[ "$PARAPHE" -ef "$SOURCE/build/paraphe" ] || { echo "skipped: the build of this test is not the one that demo.sh makes"; exit 77; }
made=$SOURCE/demo-out
rm -rf "$made"

demo() { # RUN
  CHECKS=$((CHECKS + 1)) LAST="demo.sh, run $1"
  env -u PARAPHE_TEST_DIR HOME="$HOME" LC_ALL=C.UTF-8 PARAPHE_LANG=en "$SOURCE/demo.sh" > "$OUT" 2> "$ERR" < /dev/null || fail "status $?"
  says err 'Thresholds met'
  says err 'was done already' # step 2
  says out 'rapport-signe.pdf: valid|rapport-signe.pdf.*valid'
  says out '^  demo-out/job/1/rapport-signe.pdf$'
  says out '^  demo-out/job/depot/.*\.html$'
  says out '^  demo-out/services/nginx/received/'
  ok "both reports arrived once" test "$(find "$made/services/nginx/received" -name '*rapport-signe.pdf' | wc -l)" = 2
  CHECKS=$((CHECKS + 1)); url=$(cat "$made/services/pki/base-url")
  (exec 3<> "/dev/tcp/127.0.0.1/${url##*:}") 2> /dev/null && fail "its server still runs"
}
demo first
demo second
for part in 1 2; do ok "pdfsig on report $part" pdfsig -nocert "$made/job/$part/rapport-signe.pdf"; done
ok "its services once more" "$SOURCE/certs-test/up.sh" "$made/services" rsa2048
for part in 1 2; do
  ok "others on report $part" "$SOURCE/tests/interop/judges.sh" --level B-T "$made/job/$part/rapport-signe.pdf" "$made/services/pki"
done
"$SOURCE/certs-test/down.sh" "$made/services"
finish
