# Shared by the setup-*.sh: each makes one kind of token in DIR and appends what is on it to DIR/rows, tab-separated:
#   name  module  uri  pin-file  selector
# Environment that its driver needs goes to DIR/env, process numbers to be ended to DIR/pids. Called as setup-X.sh DIR PKI.
set -euo pipefail
umask 077
mkdir -p "$1"
DIR=$(cd "$1" && pwd) PKI=$(cd "$2" && pwd)
: > "$DIR/rows" && : > "$DIR/env" && : > "$DIR/pids"
needs() { local p; for p in "$@"; do command -v "$p" > /dev/null || { echo "skipped: $p is missing"; exit 77; }; done; }
library() { # first that exists
  local p
  for p in "$@"; do [ -e "$p" ] && { readlink -f "$p"; return 0; }; done
  echo "skipped: $1 is missing"
  exit 77
}
quiet() { local log; log=$("$@" 2>&1 < /dev/null) || { printf '%s\n' "$log" >&2; echo "failed: $*" >&2; exit 1; }; }
row() { local IFS=$'\t'; echo "$*" >> "$DIR/rows"; }
give() { printf 'export %s=%q\n' "$1" "$2" >> "$DIR/env"; export "$1=$2"; }
pin() { printf '%s\n' "$1" > "$DIR/pin"; }
# issue NAME PUBLIC_KEY.pem OUT: a signer's certificate of the test authority for a key that was made on the token (OUT.crt, OUT.der)
issue() {
  printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,nonRepudiation\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n' > "$DIR/ext.cnf"
  quiet openssl x509 -new -force_pubkey "$2" -subj "/C=FR/CN=$1" -CA "$PKI/tsp.crt" -CAkey "$PKI/tsp.key" -days 30 \
    -set_serial "0x$(openssl rand -hex 12)" -extfile "$DIR/ext.cnf" -out "$3.crt"
  openssl x509 -in "$3.crt" -outform DER -out "$3.der"
}
