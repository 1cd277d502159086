#!/usr/bin/env bash
# Installs the Debian packages of the given lists that this machine lacks, and says which:  packages.sh LIST...
# Does nothing, and asks for nothing, when all is there. A line PACKAGE=COMMAND is left out where that command is there already,
# from wherever it came (a newer Node.js forbids Debian's npm).
set -euo pipefail
missing=()
while read -r package; do
  case $package in
    *=*) command -v "${package#*=}" > /dev/null && continue; package=${package%%=*} ;;
  esac
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null || true)" = installed ] || missing+=("$package")
done < <(cat "$@" | sed 's/#.*//' | tr -d ' \t' | grep . | sort -u)
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get > /dev/null; then
  echo "These Debian packages, or what stands for them on this system, are needed: ${missing[*]}" >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" != 0 ]; then
  if ! command -v sudo > /dev/null; then
    echo "These Debian packages are missing, and only root may install them (there is no sudo here). As root:" >&2
    echo "  apt-get install ${missing[*]}" >&2
    echo "Then run this again." >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "Installing with apt-get: ${missing[*]}"
case " ${missing[*]} " in
  *' nginx'*) echo "(nginx: Debian also starts its own welcome page on port 80; \`systemctl disable --now nginx\` ends that.)" ;;
esac
install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# An old list of packages names versions that are gone: fetch it once before the first try, and say why if all fails.
if ! { "${as_root[@]}" apt-get update -q && install; } > "$log" 2>&1 < /dev/null; then
  tail -n 20 "$log" >&2
  echo "apt-get could not install these packages: ${missing[*]}" >&2
  exit 1
fi
