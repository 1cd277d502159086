#!/usr/bin/env bash
# net/ against services that are late, cut, endless, wrong, redirecting, or hold the wrong certificate.
. "$(dirname "$0")/../e2e/lib.sh"
PROBE=${PROBE:-$SOURCE/build/net_probe}
[ -x "$PROBE" ] || { echo "skipped: $PROBE is not built"; exit 77; }
need ldd openssl
services
pki=$PARAPHE_TEST_PKI url=$PARAPHE_TEST_URL

probe() { # STATUS KIND METHOD URL [name=value]...
  local wanted=$1 got=0
  shift
  CHECKS=$((CHECKS + 1))
  LAST="net_probe $*"
  "$PROBE" "$@" > "$OUT" 2> "$ERR" < /dev/null || got=$?
  [ "$got" = "$wanted" ] || fail "status $got in place of $wanted"
}

# The command itself never loads libcurl: only its helper does.
ok "ldd" ldd "$PARAPHE"
CHECKS=$((CHECKS + 1)); ! grep -q libcurl "$OUT" || fail "paraphe loads libcurl"
ok "ldd of the helper" ldd "$(dirname "$PARAPHE")/paraphe-net"
says out libcurl

probe 0 aia GET "$url/aia/tsp.crt" private=1
says out '^status=200$'; says out '^type=application/pkix-cert$'; says out '^date=...'; says out '^ip=127'
says out "^bytes=$(stat -c %s "$pki/aia/tsp.crt")$"
probe 0 crl GET "$url/crl/tsp.crl" private=1 hash=1 repeat=2
says out "^sha256=$(sha256sum < "$pki/crl/tsp.crl" | cut -d' ' -f1)$"
probe 0 crl GET "$url/nothing" private=1; says out '^status=404$'
printf text > text
openssl ts -query -data text -sha256 -cert -out query > /dev/null 2>&1
probe 0 tsa POST "$PARAPHE_TEST_TSA" body=query; says out '^type=application/timestamp-reply$'
probe 0 tsa POST "$PARAPHE_TEST_TSA?mode=html" body=query; says out '^html=1$'
probe 0 tsa POST "$PARAPHE_TEST_TSA?mode=error" body=query; says out '^status=500$'; says out '^html=0$'
probe 0 tsa POST "$PARAPHE_TEST_TSA?mode=redirect" body=query; says out '^status=200$'

# no whole answer: never silently taken, never waited for without end
start=$(date +%s)
probe 7 tsa POST "$PARAPHE_TEST_TSA?mode=late&seconds=20" body=query timeout=1000
says out '^id=err.net.timeout$'; says out '^sent=1$'; says out 'CURLcode 28'; says out "127.0.0.1"
CHECKS=$((CHECKS + 1)); [ $(($(date +%s) - start)) -lt 6 ] || fail "a dead time-stamp service was waited for"
probe 7 tsa POST "$PARAPHE_TEST_TSA?mode=cut" body=query; says out '^id=err.net.cut$'; says out '^bytes=[0-9]'
probe 7 tsa POST "$PARAPHE_TEST_TSA?mode=close" body=query; says out '^id=err.net.cut$'; says out '^sent=1$'
probe 7 tsa POST "$PARAPHE_TEST_TSA?mode=endless" body=query; says out '^id=err.net.too-large$'
probe 7 crl GET "$url/crl/tsp.crl" private=1 max=10; says out '^id=err.net.too-large$'; says out '10 bytes|10 octets'
probe 7 tsa POST "$PARAPHE_TEST_TSA?mode=loop" body=query; says out '^id=err.net.redirects$'
probe 7 tsa POST "http://127.0.0.1:1/tsa" body=query; says out '^id=err.net.connect$'; says out '^sent=0$'
probe 7 tsa POST "http://nowhere.invalid/tsa?secret=1" body=query proxy=none; says out '^id=err.net.resolve$'; says out 'nowhere.invalid'
CHECKS=$((CHECKS + 1)); ! grep -q secret "$OUT" || fail "the message shows the path of the address"

# addresses that somebody else wrote
probe 7 aia GET "$url/aia/tsp.crt"; says out '^id=err.net.address$'; says out '^sent=0$'
probe 7 ocsp POST "http://localhost/x" body=query; says out '^id=err.net.address$'
for bad in file:///etc/passwd ldap://127.0.0.1/cn=x ftp://127.0.0.1/ 'http://user:word@127.0.0.1/' 'http://127.0.0.1/ x' http:///x gopher://x; do
  probe 7 crl GET "$bad" private=1; says out '^id=err.net.url$'
done

# redirects may not change what is asked of whom
for bad in file:///etc/passwd ftp://127.0.0.1/x "http://u:p@127.0.0.1/"; do
  probe 7 crl GET "$url/crl/tsp.crl?mode=redirect&to=$bad" private=1; says out '^id=err.net.redirect$'
done
probe 0 upload PUT "$url/crl/x?mode=redirect" body=query; says out '^status=30[0-9]$|^status=501$'

# TLS: name, authority and client certificate are checked
put=${PARAPHE_TEST_UPLOAD%/}/net-$$
me=(ca="$pki/tls-ca.crt" cert="$pki/client.crt" key="$pki/client.key")
head -c 3000000 /dev/urandom > big
probe 0 upload PUT "$put/big" file=big "${me[@]}"; says out '^status=201$'; says out '^peer=.*localhost'; says out '^peer_sha256=[0-9a-f]{64}$'
says out "^peer_sha256=$(openssl x509 -in "$pki/server.crt" -outform DER | sha256sum | cut -d' ' -f1)$"
probe 0 upload GET "$put/big" hash=1 "${me[@]}"; says out "^sha256=$(sha256sum < big | cut -d' ' -f1)$"; says out '^bytes=3000000$'
probe 0 upload MOVE "$put/big" header="Destination:$put/moved" "${me[@]}"; says out '^status=20[14]$'
probe 0 upload HEAD "$put/moved" "${me[@]}"; says out '^status=200$'
probe 0 upload HEAD "$put/big" "${me[@]}"; says out '^status=404$'
probe 7 upload HEAD "$put/moved"; says out '^id=err.net.tls-server$'; says out '^sent=0$'
eval "$("$SOURCE/certs-test/nginx.sh" start --cert server-wrong-name "$WORK/wrong" "$pki")"
probe 7 upload HEAD "$PARAPHE_TEST_UPLOAD" "${me[@]}"; says out '^id=err.net.tls-server$'; says out '^sent=0$'
"$SOURCE/certs-test/nginx.sh" stop "$WORK/wrong"
probe 2 upload HEAD "$put/moved" ca="$pki/tls-ca.crt" cert="$pki/client.crt" key="$pki/server.key"; says out '^id=err.net.tls-client$'
probe 2 upload HEAD "$put/moved" ca=/nowhere/ca.pem; says out '^id=err.net.tls-ca$'
openssl rsa -aes256 -passout pass:x -in "$pki/client.key" -out locked.key > /dev/null 2>&1 ||
  openssl ec -aes256 -passout pass:x -in "$pki/client.key" -out locked.key > /dev/null 2>&1
probe 2 upload HEAD "$put/moved" ca="$pki/tls-ca.crt" cert="$pki/client.crt" key=locked.key; says out '^id=err.net.tls-client$'

# through a proxy: http passed on, https in a tunnel with the service's own certificate checked; by setting and by environment
start_proxy() { # NAME [refuse]
  python3 "$SOURCE/tests/net/proxy.py" "$1.port" "$1.log" "${@:2}" > "$1.out" 2>&1 &
  PROXIES+=($!)
  for _ in $(seq 50); do [ -s "$1.port" ] && break; sleep 0.1; done
  PROXY=http://127.0.0.1:$(cat "$1.port")
}
PROXIES=()
trap 'kill "${PROXIES[@]}" 2> /dev/null; cleanup' EXIT
start_proxy open
probe 0 tsa POST "$PARAPHE_TEST_TSA" body=query proxy="$PROXY"; says out '^status=200$'; ok 'seen by the proxy' grep -q '^POST http://127.0.0.1' open.log
probe 0 upload HEAD "$put/moved" "${me[@]}" proxy="$PROXY"; says out '^status=200$'; ok 'a tunnel' grep -q '^CONNECT localhost' open.log
probe 7 upload HEAD "$put/moved" proxy="$PROXY"; says out '^id=err.net.tls-server$'
lines=$(wc -l < open.log)
probe 7 aia GET "$url/aia/tsp.crt" proxy="$PROXY"; says out '^id=err.net.address$'
CHECKS=$((CHECKS + 1)); [ "$lines" = "$(wc -l < open.log)" ] || fail 'the proxy was asked for an address that is refused'
export https_proxy=$PROXY
probe 0 upload HEAD "$put/moved" "${me[@]}"; probe 0 upload HEAD "$put/moved" "${me[@]}" proxy=none
unset https_proxy
CHECKS=$((CHECKS + 1)); [ "$(wc -l < open.log)" = $((lines + 1)) ] || fail 'the environment, or proxy=none, does not count'
start_proxy closed refuse
probe 7 upload HEAD "$put/moved" "${me[@]}" proxy="$PROXY"; says out '^id=err.net.proxy$'
probe 0 tsa POST "$PARAPHE_TEST_TSA" body=query proxy="$PROXY"; says out '^status=407$'

# a dead proxy, a dead or missing helper
probe 7 tsa POST "$PARAPHE_TEST_TSA" body=query proxy=http://127.0.0.1:1; says out '^id=err.net.(connect|proxy)$'
probe 7 tsa POST "$PARAPHE_TEST_TSA" body=query helper=/bin/true repeat=1; says out '^id=err.net.helper-gone$'
probe 7 tsa POST "$PARAPHE_TEST_TSA" body=query helper=/nowhere/x; says out '^id=err.net.helper-gone$'
printf '#!/bin/sh\nexec sleep 30\n' > deaf; chmod +x deaf
probe 7 tsa POST "$PARAPHE_TEST_TSA" body=query helper="$PWD/deaf" timeout=100; says out '^id=err.net.helper-late$'
mkdir -p moved/bin moved/libexec/paraphe # an installation that was moved as a whole
cp "$PROBE" moved/bin/; cp "$(dirname "$PARAPHE")/paraphe-net" moved/libexec/paraphe/
ok 'found in ../libexec' moved/bin/net_probe tsa GET "$url/requests"
cp "$PROBE" alone
CHECKS=$((CHECKS + 1)); ./alone tsa GET "$url/x" > "$OUT" 2>&1; [ $? = 2 ] || fail "without helper"
says out '^id=err.net.helper-missing$'
finish
