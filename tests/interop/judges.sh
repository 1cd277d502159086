#!/usr/bin/env bash
# Other people's programs judge a signed PDF:   judges.sh [--level B-T] FILE.pdf PKI
# status 0 when each finds it valid (and EU DSS finds this level in the newest signature), 6 when one does not.
# qpdf: structure; pdfsig: integrity and trust (no document time-stamps: poppler cannot); pyHanko: integrity, changes, trust;
# EU DSS: all of EN 319 102-1, with revocation from the test services.
# pyHanko, pinned by requirements.txt, is installed once into .cache/.    judges.sh --install  only that, and EU DSS;
# judges.sh --peers  also node-signpdf, which judges nothing: tests/bench/run measures it beside us.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
level=
if [ "${1:-}" = --level ]; then level=$2; shift 2; fi
install_only=no
[ "${1:-}" = --install ] && install_only=yes && set -- none none
peers=no
[ "${1:-}" = --peers ] && peers=yes && set -- none none
[ $# -eq 2 ] || { echo "usage: judges.sh [--level LEVEL] FILE.pdf PKI" >&2; exit 2; }
for program in qpdf pdfsig certutil; do
  command -v "$program" > /dev/null || { echo "skipped: $program is missing"; exit 77; }
done
venv=$here/.cache/venv
if ! cmp -s "$here/requirements.txt" "$venv/requirements.txt"; then
  rm -rf "$venv"
  { /usr/bin/python3 -m venv "$venv" && "$venv/bin/pip" install -q --disable-pip-version-check -r "$here/requirements.txt"; } >&2 \
    || { echo "skipped: pyHanko cannot be installed"; exit 77; }
  cp "$here/requirements.txt" "$venv/requirements.txt"
fi
if [ $install_only = yes ]; then
  "$here/dss.sh" install
  exit
fi
if [ $peers = yes ]; then
  "$here/dss.sh" install && "$here/signpdf.sh" install
  exit
fi
status=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
qpdf --check "$1" > "$work/qpdf" 2>&1 || { sed 's/^/qpdf: /' "$work/qpdf"; status=6; }
certutil -N -d "sql:$work" --empty-password && certutil -A -d "sql:$work" -n root -t CT,CT,CT -i "$2/root.crt" || exit 1
pdfsig -nssdir "$work" "$1" > "$work/pdfsig" 2>&1
grep -E 'Signature Validation|Certificate Validation' "$work/pdfsig" | sed 's/^ *- /pdfsig: /'
grep -q 'Signature is Valid' "$work/pdfsig" && ! grep -qE 'Digest Mismatch|Signature is Invalid' "$work/pdfsig" \
  && grep -q 'Certificate is Trusted' "$work/pdfsig" || status=6
"$venv/bin/python" "$here/judge_pyhanko.py" judge "$2/root.crt" "$1" 2> "$work/pyhanko" || { tail -n 3 "$work/pyhanko"; status=6; }
"$here/dss.sh" judge "$2/root.crt" "$1" > "$work/dss"
case $? in
  0) ;;
  77) cat "$work/dss"; exit 77 ;;
  *) echo "EU DSS: failed"; status=6 ;;
esac
sed 's/^/EU DSS: /' "$work/dss"
/usr/bin/python3 - "$work/dss" "$level" <<'PY' || status=6
import json, sys
verdict = json.load(open(sys.argv[1], encoding="utf-8"))
level = sys.argv[2]
good = verdict["good"]
if good and level:
    good = verdict["signatures"][-1]["level"] == "PAdES-BASELINE-" + level[2:]
sys.exit(0 if good else 6)
PY
exit $status
