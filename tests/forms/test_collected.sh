#!/usr/bin/env bash
# Workbooks that Excel wrote, collected in the public test suite of libxlsxwriter (Debian's source package, pinned by digest and
# fetched once into .cache/): each is read or refused in one sentence; none crashes or hangs; none is ever found valid.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
name=libxlsxwriter_1.1.4.orig.tar.gz
digest=b379eb35fdd9c653ebe72485b9c992f612c7ea66f732784457997d6e782f619b
cache=$here/.cache/collected
mkdir -p "$cache"
if ! echo "$digest  $cache/$name" | sha256sum --check --status 2> /dev/null; then
  curl -sSf -m 120 -o "$cache/$name" "http://deb.debian.org/debian/pool/main/libx/libxlsxwriter/$name" &&
    echo "$digest  $cache/$name" | sha256sum --check --status || { rm -f "$cache/$name"; echo "skipped: $name cannot be fetched"; exit 77; }
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -xzf "$cache/$name" -C "$work" --wildcards '*.xlsx' '*.xlsm' || exit 1
exec /usr/bin/python3 "$here/collected.py" "${PARAPHE:?}" "$work" 700
