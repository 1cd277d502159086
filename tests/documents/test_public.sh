#!/usr/bin/env bash
# Public PDFs of many producers, collected once into .cache/ by their pinned packages:   test_public.sh PDF_PROBE
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
command -v qpdf > /dev/null || { echo "skipped: qpdf is missing"; exit 77; }
/usr/bin/python3 "$here/collect.py" "$here/.cache/documents" || exit $?
exec /usr/bin/python3 "$here/judge.py" "$1" "$here/.cache/documents"
