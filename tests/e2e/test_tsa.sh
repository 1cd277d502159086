#!/usr/bin/env bash
# Several time-stamp servers: their order, what each is asked with, who we are for them, their limits, the time they may take, and what
# is remembered of them.
. "$(dirname "$0")/lib.sh"
services
python3 "$SOURCE/tests/documents/make_kinds.py" kinds > /dev/null || { echo "skipped: make_kinds.py"; exit 77; }
STAMP=(stamp kinds/classic.pdf)
TSA=$PARAPHE_TEST_TSA
wrong() { # STATUS PATTERN TSA...
  local status=$1 pattern=$2
  shift 2
  run "$status" "${STAMP[@]}" -o no.pdf "$@"
  says err "$pattern"
  absent no.pdf
}

# How a server is written.
wrong 2 'no time-stamp server' --tsa 'nowhere'
wrong 2 'no time-stamp server' --tsa "$TSA policy=abc"
wrong 2 'no time-stamp server' --tsa "$TSA hash=md5"
wrong 2 'no time-stamp server' --tsa "$TSA hash=sha1"
wrong 2 'no time-stamp server' --tsa "$TSA timeout=0"
wrong 2 'no time-stamp server' --tsa "$TSA limit=3"
wrong 2 'no time-stamp server' --tsa "$TSA limit=x/3"
wrong 2 'no time-stamp server' --tsa "$TSA wish=x"
wrong 2 'no time-stamp server' --tsa "$TSA policy="
wrong 2 'At most 8' $(for i in 1 2 3 4 5 6 7 8 9; do echo "--tsa=$TSA?n=$i"; done)

# Policy and hash are asked for, and must come back.
run 0 "${STAMP[@]}" -o policy.pdf --tsa "$TSA policy=0.4.0.2023.1.1 hash=sha512"
run 7 "${STAMP[@]}" -o no.pdf --tsa "$TSA policy=1.2.3.4"
says err 'refused'
absent no.pdf

# In order; the reason of each that fails is told.
run 0 "${STAMP[@]}" -o second.pdf --tsa "$TSA?mode=html" --tsa "$TSA?mode=rejected" --tsa "$TSA" --json
json 'len(d["warnings"]), "mode" in d["document_tsa"]' '(2, False)'
for verb in stamp 'finish --level B-LTA' 'sign --yes'; do
  words=(kinds/classic.pdf); [ "$verb" = stamp ] || words+=("${TOKEN[@]}" --cert subject:p256 --trust "$PARAPHE_TEST_TRUST")
  case $verb in finish*) run 0 sign kinds/classic.pdf -o signed.pdf --level B-B --yes "${words[@]:1}"; words=(signed.pdf --trust "$PARAPHE_TEST_TRUST") ;; esac
  read -ra verbs <<< "$verb"
  run 7 "${verbs[@]}" "${words[@]}" -o no.pdf --tsa "$TSA?mode=error" --tsa "$TSA?mode=html" --tsa "$TSA?mode=rejected"
  says err 'mode=error did not answer'; says err 'mode=html answered something that is no time-stamp'; says err 'mode=rejected refused'
  [ "$verb" = 'sign --yes' ] || absent no.pdf
  [ "$verb" != 'sign --yes' ] || break
  run 7 "${verbs[@]}" "${words[@]}" --out-dir new --tsa "$TSA?mode=html" --tsa "$TSA?mode=rejected" --json
  json "d['format'], d['status'], ['mode=html' in w['message'] for w in d['warnings']]" "('paraphe-error', 7, [True])"
  absent new # a folder made for nothing goes again
done
rm no.pdf

# A server that is late costs its own time only, and all of them together no more than the budget.
started=$SECONDS
run 0 "${STAMP[@]}" -o late.pdf --tsa "$TSA?mode=late&seconds=20 timeout=1" --tsa "$TSA"
printf '[sign]\ntsa-budget = 1\n' > budget.conf
run 7 "${STAMP[@]}" -o no.pdf --config budget.conf --tsa "$TSA?mode=late&seconds=20 timeout=1" --tsa "$TSA?asked limit=1/9"
says err 'tsa-budget'
run 0 "${STAMP[@]}" -o asked.pdf --tsa "$TSA?asked limit=1/9" # it was not asked, so nothing of its limit is used up
CHECKS=$((CHECKS + 1))
[ $((SECONDS - started)) -lt 20 ] || fail "late servers were waited for too long: $((SECONDS - started)) s"
# one that hangs and has no time of its own leaves the next its share of the budget
printf '[sign]\ntsa-budget = 10\n' > share.conf
run 0 "${STAMP[@]}" -o shared.pdf --config share.conf --tsa "$TSA?mode=late&seconds=15" --tsa "$TSA" --json
json 'len(d["warnings"]), "did not answer completely within 5 s" in d["warnings"][0]["message"]' '(1, True)'
PARAPHE_NET_TIMEOUT=soon run 2 "${STAMP[@]}" -o no.pdf --tsa "$TSA"
says err 'net.timeout.*whole number of seconds'
# revocation data through a proxy that takes the connection and says nothing
run 0 sign kinds/classic.pdf -o stamped.pdf --yes "${TOKEN[@]}" --cert subject:p256 --tsa "$TSA"
python3 -c '
import os, socket, time
silent = socket.create_server(("127.0.0.1", 0))
with open("proxy.new", "w", encoding="ascii") as file:
    file.write(str(silent.getsockname()[1]))
os.rename("proxy.new", "proxy")
time.sleep(60)' &
silent=$!
while [ ! -s proxy ] && kill -0 $silent; do sleep 0.05; done
PARAPHE_NET_TIMEOUT=1 PARAPHE_NET_PROXY=http://127.0.0.1:$(cat proxy) run 7 finish stamped.pdf -o no.pdf --level B-LT
kill $silent

# Its limit is kept here, before it blocks us: 2 an hour, then the next server, or a clear word.
run 0 "${STAMP[@]}" -o l1.pdf --tsa "$TSA limit=2/60"
run 0 "${STAMP[@]}" -o l2.pdf --tsa "$TSA limit=2/60"
wrong 7 'used up until' --tsa "$TSA limit=2/60"
run 0 "${STAMP[@]}" -o l3.pdf --tsa "$TSA limit=2/60" --tsa "$TSA?other" --json
json '"other" in d["document_tsa"], len(d["warnings"])' '(True, 1)'
run 0 "${STAMP[@]}" -o l4.pdf --tsa "$TSA limit=9/60"

# The size of its tokens is remembered, and the hole follows it; a ledger that is damaged or cannot be written is done without.
state=$XDG_STATE_HOME/paraphe/tsa.json
present "$state"
ok 'it holds the size' python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); assert d["servers"][sys.argv[2]]["token"] > 1000' "$state" "$TSA"
CHECKS=$((CHECKS + 1))
[ "$(stat -c %a "$state")" = 600 ] || fail "the ledger can be read by others"
run 0 "${STAMP[@]}" -o small.pdf --tsa "$TSA" --json
json 'd["grown"] < 20000' True
python3 - "$state" "$TSA" << 'PY'
import json, sys
d = json.load(open(sys.argv[1]))
d["servers"][sys.argv[2]]["token"] = 200
json.dump(d, open(sys.argv[1], "w"))
PY
run 0 "${STAMP[@]}" -o again.pdf --tsa "$TSA" # the hole was too small: made once more
run 6 verify --trust "$PARAPHE_TEST_TRUST" again.pdf; says out "time-stamps prove only"
# For a signature too small a hole costs no second C_Sign: a document time-stamp takes the place of the other.
python3 - "$state" "$TSA" << 'PY'
import json, sys
d = json.load(open(sys.argv[1]))
d["servers"][sys.argv[2]]["token"] = 200
json.dump(d, open(sys.argv[1], "w"))
PY
run 0 sign kinds/classic.pdf -o tight.pdf --yes "${TOKEN[@]}" --cert subject:rsa3072 --tsa "$TSA" --json
json 'd["level"], [w["code"] for w in d["warnings"]]' "('B-T', ['algorithm-end', 'err.sign-pades.hole-small'])"
run 0 verify --trust "$PARAPHE_TEST_TRUST" --json tight.pdf
json '[s["type"] for s in d["signatures"]], d["signatures"][0]["level"]' "(['signature', 'document-timestamp'], 'B-T')"
run 0 sign kinds/classic.pdf -o roomy.pdf --yes "${TOKEN[@]}" --cert subject:rsa3072 --tsa "$TSA" --json
json 'd["level"], [w["code"] for w in d["warnings"]]' "('B-T', ['algorithm-end'])"
# So too with revocation data in the same update, which the second making needs again.
python3 - "$state" "$TSA" << 'PY'
import json, sys
d = json.load(open(sys.argv[1]))
d["servers"][sys.argv[2]]["token"] = 200
json.dump(d, open(sys.argv[1], "w"))
PY
run 0 finish roomy.pdf -o archived.pdf --level B-LTA --tsa "$TSA"
run 0 verify --trust "$PARAPHE_TEST_TRUST" --json archived.pdf
json 'd["signatures"][0]["level"]' 'B-LTA'
echo '{' > "$state"
run 0 "${STAMP[@]}" -o damaged.pdf --tsa "$TSA"
mkdir -p "$WORK/full"; : > "$WORK/full/paraphe"
XDG_STATE_HOME=$WORK/full run 0 "${STAMP[@]}" -o nowhere.pdf --tsa "$TSA"

# Who we are: a name and password, or a bearer token, out of a file that nobody else reads; never over an open connection.
cat > guard.py << 'PY'
import base64, http.server, os, ssl, sys, urllib.request
class Guard(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        said = self.headers.get("Authorization", "")
        known = len(sys.argv) > 3 and self.connection.getpeercert()
        if not known and said not in ("Basic " + base64.b64encode(b"auditrice:s3cret").decode(), "Bearer jeton-1"):
            self.send_response(401); self.send_header("Content-Length", "0"); self.end_headers(); return
        request = urllib.request.Request(sys.argv[1], body, {"Content-Type": "application/timestamp-query"})
        answer = urllib.request.urlopen(request).read()
        self.send_response(200); self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(answer))); self.end_headers(); self.wfile.write(answer)
    def log_message(self, *a): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Guard)
if len(sys.argv) > 3:  # over TLS, for those who show a certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3] + "/server-chain.pem", sys.argv[3] + "/server.key")
    context.load_verify_locations(sys.argv[3] + "/tls-ca.crt")
    context.verify_mode = ssl.CERT_REQUIRED
    server.socket = context.wrap_socket(server.socket, server_side=True)
open(sys.argv[2] + ".new", "w").write(str(server.server_port)); os.rename(sys.argv[2] + ".new", sys.argv[2])
server.serve_forever()
PY
python3 guard.py "$TSA" guard.port & guard=$!
python3 guard.py "$TSA" tls.port "$PARAPHE_TEST_PKI" 2> /dev/null & tls=$!
for _ in $(seq 50); do [ -s guard.port ] && [ -s tls.port ] && break; sleep 0.1; done
GUARD=http://127.0.0.1:$(cat guard.port)/
printf 'auditrice:s3cret\n' > basic; printf 'Bearer jeton-1\n' > bearer; printf 'auditrice:other\n' > other; chmod 600 basic bearer other
printf '[net]\nauth = one secret=%s/basic\nauth = two secret=%s/bearer\nauth = three secret=%s/other\n' "$WORK" "$WORK" "$WORK" > auth.conf
run 0 "${STAMP[@]}" -o basic.pdf --config auth.conf --tsa "$GUARD auth=one"
run 0 "${STAMP[@]}" -o bearer.pdf --config auth.conf --tsa "$GUARD auth=two"
wrong 7 '401' --config auth.conf --tsa "$GUARD auth=three"
wrong 7 '401' --config auth.conf --tsa "$GUARD"
printf '[net]\nauth = card ca=%s/tls-ca.crt cert=%s/client.crt key=%s/client.key\nauth = none ca=%s/tls-ca.crt\n' "$PARAPHE_TEST_PKI" "$PARAPHE_TEST_PKI" "$PARAPHE_TEST_PKI" "$PARAPHE_TEST_PKI" > tls.conf
run 0 "${STAMP[@]}" -o tls.pdf --config tls.conf --tsa "https://localhost:$(cat tls.port)/ auth=card"
wrong 7 'asks for a client certificate' --config tls.conf --tsa "https://localhost:$(cat tls.port)/ auth=none"
kill "$tls"
chmod 644 basic
wrong 7 '401' --config auth.conf --tsa "$GUARD auth=one"
printf '[net]\nauth = one word=%s\n' "$WORK" > bad.conf
wrong 2 'no authentication' --config bad.conf --tsa "$GUARD auth=one"
# a name that no setting has: said before anything else, with the way out; it was called a fault of the program, behind the signature
wrong 2 'No authentication is called “nobody”.*auth = nobody' --config auth.conf --tsa "$GUARD auth=nobody"
wrong 2 'No authentication is called “on”' --config auth.conf --tsa "$TSA" --tsa "$GUARD auth=on"
run 2 sign kinds/classic.pdf -o no.pdf --yes "${TOKEN[@]}" --cert subject:p256 --tsa "$TSA auth=one"
says err 'No authentication is called “one”'
absent no.pdf
run 0 sign kinds/classic.pdf -o bb.pdf --yes "${TOKEN[@]}" --cert subject:p256 --level B-B --tsa "$TSA auth=one" # no server is asked
kill "$guard"
finish
