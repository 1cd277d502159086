#!/usr/bin/env bash
# Everything that a run needs around it, in one folder: services, PKI, token, receiving server.
#   up.sh [--no-nginx] [--always-auth] DIR SIGNER...      then `. DIR/env`;  down.sh DIR  stops what it started
# A PKI of less than seven days, no older than the script that makes it, is kept, with its port when that is free; else both are made anew.
set -euo pipefail
umask 077

here=$(cd "$(dirname "$0")" && pwd)
nginx=yes token_options=()
while [ $# -gt 0 ]; do
  case $1 in
    --no-nginx) nginx=no ;;
    --always-auth) token_options+=(--always-auth) ;;
    *) break ;;
  esac
  shift
done
[ $# -ge 2 ] || { echo "usage: up.sh [--no-nginx] [--always-auth] DIR SIGNER..." >&2; exit 2; }
mkdir -p "$1"
dir=$(cd "$1" && pwd)
shift
"$here/down.sh" "$dir"
# pkcs11-tool and softhsm2-util stand in packages of their own: say all that lacks at once
missing=
for program in openssl python3 softhsm2-util pkcs11-tool; do command -v "$program" > /dev/null || missing="$missing $program"; done
[ -z "$missing" ] || { echo "up.sh: missing:$missing" >&2; exit 77; }

serve() { # PORT ; 0 takes a free one
  rm -f "$dir/port"
  # Its own session and no inherited output: a pipe that waits for the end of this script must not wait for the server.
  setsid /usr/bin/env python3 "$here/server.py" --pki "$dir/pki" --port "$1" --port-file "$dir/port" --log "$dir/requests.log" \
    > "$dir/server.log" 2>&1 < /dev/null &
  echo $! > "$dir/server.pid"
  for _ in $(seq 100); do
    [ -s "$dir/port" ] && return 0
    kill -0 "$(cat "$dir/server.pid")" 2> /dev/null || return 1
    sleep 0.05
  done
  return 1
}

kept=no
if [ -s "$dir/pki/base-url" ] && [ -z "$(find "$dir/pki/base-url" -mtime +6)" ] && [ "$here/make-pki.sh" -ot "$dir/pki/base-url" ]; then
  url=$(cat "$dir/pki/base-url")
  serve "${url##*:}" && kept=yes
fi
if [ "$kept" = no ]; then
  rm -rf "$dir/pki"
  serve 0 || { cat "$dir/server.log" >&2; echo "up.sh: the test server does not start" >&2; exit 1; }
  "$here/make-pki.sh" "$dir/pki" "http://127.0.0.1:$(cat "$dir/port")"
fi
url=$(cat "$dir/pki/base-url")
"$here/make-token.sh" "${token_options[@]}" "$dir/token" "$dir/pki" "$@" > "$dir/env.new"
[ "$nginx" = no ] || "$here/nginx.sh" start "$dir/nginx" "$dir/pki" >> "$dir/env.new"
{
  printf 'export PARAPHE_TEST_PKI=%q\n' "$dir/pki"
  printf 'export PARAPHE_TEST_URL=%q\n' "$url"
  printf 'export PARAPHE_TEST_TSA=%q\n' "$url/tsa"
  # the addresses in the test certificates lead to this machine, which is refused otherwise
  printf 'export PARAPHE_NET_PRIVATE_ADDRESSES=allow\n'
  printf 'export PARAPHE_TEST_TRUST=%q\n' "$dir/pki/trust"
} >> "$dir/env.new"
mv "$dir/env.new" "$dir/env"
