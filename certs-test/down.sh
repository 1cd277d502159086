#!/usr/bin/env bash
# Stops what up.sh started in DIR; the files stay.
set -eu
[ $# -eq 1 ] || { echo "usage: down.sh DIR" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
[ -d "$1" ] || exit 0
if [ -s "$1/server.pid" ]; then
  pid=$(cat "$1/server.pid")
  # A number from an earlier boot may belong to somebody else by now.
  if tr '\0' ' ' < "/proc/$pid/cmdline" 2> /dev/null | grep -qF "$1/pki"; then kill "$pid" 2> /dev/null || true; fi
  rm -f "$1/server.pid"
fi
[ ! -d "$1/nginx" ] || "$here/nginx.sh" stop "$1/nginx"
