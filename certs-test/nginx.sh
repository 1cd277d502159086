#!/usr/bin/env bash
# A real receiving server on loopback: nginx with WebDAV, TLS, and a client certificate that it demands.
#   nginx.sh start DIR PKI     prints lines for `eval`: PARAPHE_TEST_UPLOAD (https://localhost:PORT/depot/)
#   nginx.sh stop DIR
# What arrives lies in DIR/received/depot; DIR/access.log has one line a request: method, path, status, bytes, client.
# Other addresses: /petit/ takes at most 1 KB (413), /occupe/ answers 503, /interdit/ 403. `nginx.sh start --cert NAME DIR PKI`
# serves with another certificate of the PKI (server-wrong-name).
set -euo pipefail

stop() {
  [ -s "$1/nginx.pid" ] || return 0
  local pid
  pid=$(cat "$1/nginx.pid")
  kill -QUIT "$pid" 2> /dev/null || return 0
  for _ in $(seq 50); do kill -0 "$pid" 2> /dev/null || return 0; sleep 0.1; done
  kill -TERM "$pid" 2> /dev/null || true
}

verb=${1:-}
[ $# -gt 0 ] && shift
cert=server
if [ "${1:-}" = --cert ]; then cert=$2; shift 2; fi
case $verb:$# in
  stop:1) stop "$1"; exit 0 ;;
  start:2) ;;
  *) echo "usage: nginx.sh start [--cert NAME] DIR PKI | stop DIR" >&2; exit 2 ;;
esac

nginx=$(command -v nginx || true)
[ -n "$nginx" ] || { [ -x /usr/sbin/nginx ] && nginx=/usr/sbin/nginx; }
[ -n "$nginx" ] || { echo "nginx.sh: nginx is missing; install nginx-light and libnginx-mod-http-dav-ext" >&2; exit 77; }
mkdir -p "$1"
dir=$(cd "$1" && pwd)
pki=$(cd "$2" && pwd)
mkdir -p "$dir"/received/{depot,petit} "$dir/tmp"
stop "$dir"

modules=
for module in /usr/lib/nginx/modules/ngx_http_dav_ext_module.so /usr/share/nginx/modules/ngx_http_dav_ext_module.so; do
  [ -e "$module" ] && { modules="load_module $module;"; break; }
done
[ -n "$modules" ] || { echo "nginx.sh: the WebDAV module is missing; install libnginx-mod-http-dav-ext" >&2; exit 77; }
user=
[ "$(id -u)" = 0 ] && user='user root;' # the workers must write where the test wants the files

write_conf() { # PORT
  cat > "$dir/nginx.conf" <<CONF
$modules
$user
worker_processes 1;
pid "$dir/nginx.pid";
error_log "$dir/error.log" info;
events { worker_connections 64; }
http {
  client_body_temp_path "$dir/tmp/body";
  proxy_temp_path "$dir/tmp/proxy";
  fastcgi_temp_path "$dir/tmp/fastcgi";
  uwsgi_temp_path "$dir/tmp/uwsgi";
  scgi_temp_path "$dir/tmp/scgi";
  log_format test '\$request_method \$request_uri \$status \$request_length "\$ssl_client_s_dn"';
  access_log "$dir/access.log" test;
  types { application/pdf pdf; application/json json; text/html html; }
  default_type application/octet-stream;
  server {
    listen 127.0.0.1:$1 ssl;
    server_name localhost;
    ssl_certificate "$pki/$cert-chain.pem";
    ssl_certificate_key "$pki/$cert.key";
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_client_certificate "$pki/tls-ca.crt";
    ssl_verify_client on;
    root "$dir/received";
    client_max_body_size 2g;
    location /depot/ {
      dav_methods PUT DELETE MKCOL COPY MOVE;
      dav_ext_methods PROPFIND OPTIONS;
      create_full_put_path on;
      dav_access user:rw;
    }
    location /petit/ { dav_methods PUT MOVE DELETE; client_max_body_size 1k; }
    location /occupe/ { return 503; }
    location /interdit/ { return 403; }
  }
}
CONF
}

for _ in 1 2 3 4 5; do # a port seen free may be taken before nginx has it
  port=$(/usr/bin/env python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  write_conf "$port"
  if "$nginx" -p "$dir" -c "$dir/nginx.conf" -e "$dir/error.log" > "$dir/start.log" 2>&1; then
    for _ in $(seq 50); do [ -s "$dir/nginx.pid" ] && break; sleep 0.1; done
    printf 'export PARAPHE_TEST_UPLOAD=%q\n' "https://localhost:$port/depot/" | tee "$dir/env"
    exit 0
  fi
done
cat "$dir/start.log" >&2
exit 1
