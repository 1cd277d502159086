#!/usr/bin/env bash
# Workbooks that Excel wrote, collected in the public test suite of libxlsxwriter (Debian's source package, pinned by digest and
# fetched once into .cache/): each is read or refused in one sentence; none crashes or hangs; none is ever found valid.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
version=1.1.4-2
name=libxlsxwriter_1.1.4.orig.tar.gz
digest=b379eb35fdd9c653ebe72485b9c992f612c7ea66f732784457997d6e782f619b
cache=$here/.cache/collected
mkdir -p "$cache"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
good() { echo "$digest  $1" | sha256sum --check --status 2> /dev/null; }
if ! good "$cache/$name"; then
  mkdir "$work/source"
  /usr/bin/python3 "$here/../fetch.py" debian libxlsxwriter "$version" "$work/source"
  good "$work/source/$name" || { echo "skipped: $name cannot be fetched"; exit 77; }
  cp "$work/source/$name" "$cache/$name"
fi
tar -xzf "$cache/$name" -C "$work" --wildcards '*.xlsx' '*.xlsm' || exit 1
exec /usr/bin/python3 "$here/collected.py" "${PARAPHE:?}" "$work" 700
