#!/usr/bin/env bash
# One form in layouts that no specimen has, each written by other people's libraries (three of Python, three of JavaScript, pinned
# and installed once into .cache/): read cell by cell as described, and checked with the same findings.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=$here/.cache
program=${PARAPHE:?}
need() { command -v "$1" > /dev/null || { echo "skipped: $1 is missing"; exit 77; }; }
need npm
need node
. "$here/libraries.sh"
if ! cmp -s "$here/writers/package-lock.json" "$cache/npm/package-lock.json"; then
  rm -rf "$cache/npm" && mkdir -p "$cache/npm" && cp "$here/writers/package.json" "$cache/npm/"
  cp "$here/writers/package-lock.json" "$cache/npm/lock.json"
  (cd "$cache/npm" && cp lock.json package-lock.json && npm ci --silent --no-audit --no-fund) >&2 ||
    { rm -rf "$cache/npm"; echo "skipped: the JavaScript libraries cannot be installed"; exit 77; }
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/layouts" "$work/office"
layouts=$work/layouts
/usr/bin/python3 "$here/writers/compare.py" describe "$layouts" "$work/rules.json" || exit 1
/usr/bin/python3 "$here/writers/compare.py" apart "$program" "$here/specimens/forms" || exit 1
for folder in "$layouts"/*/; do
  "$cache/venv/bin/python" "$here/writers/write.py" "$folder/form.json" "$folder" || exit 1
  NODE_PATH="$cache/npm/node_modules" node "$here/writers/write.js" "$folder/form.json" "$folder" || exit 1
  cp "$folder/openpyxl.xlsx" "$work/$(basename "$folder").xlsx"
done
# LibreOffice, where it is installed, saves one of each layout anew: the seventh writer.
if command -v soffice > /dev/null; then
  timeout 120 soffice "-env:UserInstallation=file://$work/profile" --headless --convert-to xlsx --outdir "$work/office" "$work"/*.xlsx > /dev/null 2>&1 < /dev/null
  for folder in "$layouts"/*/; do
    mv "$work/office/$(basename "$folder").xlsx" "$folder/libreoffice.xlsx" 2> /dev/null || echo "LibreOffice could not save the form: not among the writers"
  done
else
  echo "LibreOffice is not on this machine: not among the writers"
fi
rc=0
for folder in "$layouts"/*/; do
  /usr/bin/python3 "$here/writers/compare.py" compare "$(basename "$folder")" "$folder/form.json" "$work/rules.json" "$program" "$folder"/*.xlsx || rc=1
done
exit "$rc"
