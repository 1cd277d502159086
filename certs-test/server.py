#!/usr/bin/python3
"""Test services over HTTP, on loopback only: RFC 3161 time-stamps, OCSP, CRL and issuer certificates of the test PKI.

    server.py --pki DIR [--port N] [--port-file FILE] [--log FILE]

Port 0 (the default) takes a free one; --port-file receives it, so that the PKI, whose certificates carry the address, can
be made after the server has started. The PKI is read at each request. Addresses:

    POST /tsa  /tsa-p256      time-stamp by `openssl ts -reply`
    POST /ocsp/CA, GET /ocsp/CA/BASE64     answer by `openssl ocsp`
    GET  /crl/CA.crl, /aia/CA.crt          files of the PKI
    GET  /requests            one line for each request so far: method, path, status

Misbehaviour on request, on any of them: ?mode=late&seconds=N | garbage | html (status 200) | empty | cut (half an answer) |
close (none) | error (500) | redirect (to itself without the mode, or &to=URL) | loop | endless; for time-stamps also wrong-nonce,
wrong-imprint, no-nonce, other-policy (than the one asked for) and rejected; for OCSP try-later, unauthorized and unknown. `?fail=N` lets the first N requests of
that address end in 500: what a retry meets.
"""
import argparse
import base64
import http.server
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

LOCK = threading.Lock()  # openssl ts keeps its serial number in a file
REQUESTS = []
FAILED = {}
LIMIT = 1 << 20


def der_parts(data, start, end):
    """(tag, offset of the element, offset of its contents, end) of each DER element between start and end."""
    while start < end:
        first = data[start + 1]
        body = start + 2
        length = first
        if first & 0x80:
            count = first & 0x7F
            length = int.from_bytes(data[body:body + count], "big")
            body += count
        if body + length > end:
            raise ValueError("DER element runs over its parent")
        yield data[start], start, body, body + length
        start = body + length


def ts_query_spoilt(query, mode):
    """The time-stamp query with another nonce or imprint: the honest answer to it is a wrong answer to the first."""
    data = bytearray(query)
    _, _, body, end = next(der_parts(data, 0, len(data)))
    parts = list(der_parts(data, body, end))
    if mode == "wrong-imprint":
        data[parts[1][3] - 1] ^= 1
    nonces = [p for p in parts[2:] if p[0] == 0x02]
    if mode == "wrong-nonce":
        if not nonces:
            raise ValueError("the query has no nonce")
        data[nonces[0][3] - 1] ^= 1
    left_out = nonces if mode == "no-nonce" else [p for p in parts[2:] if p[0] == 0x06] if mode == "other-policy" else []
    if left_out:
        _, start, _, stop = left_out[0]
        inner = bytes(data[body:start]) + bytes(data[stop:end])
        size = len(inner)
        head = bytes([0x30, size]) if size < 128 else bytes([0x30, 0x81, size])
        data = bytearray(head + inner)
    return bytes(data)


def run_openssl(arguments):
    done = subprocess.run(["openssl"] + arguments, capture_output=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr.decode("utf-8", "replace"))
        raise ValueError("openssl " + arguments[0] + " failed")


class Service(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "paraphe-test"
    pki = ""
    log_file = None

    def log_message(self, *_):
        pass

    def note(self, status):
        line = f"{self.command} {self.path} {status}"
        REQUESTS.append(line)
        if self.log_file:
            with open(self.log_file, "a", encoding="utf-8") as log:
                log.write(line + "\n")

    def reply(self, status, kind, body, extra=()):
        self.note(status)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in extra:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        size = int(self.headers.get("Content-Length") or 0)
        if size > LIMIT:
            raise ValueError("request too large")
        return self.rfile.read(size)

    def time_stamp(self, unit, query, mode):
        if mode in ("wrong-nonce", "wrong-imprint", "no-nonce", "other-policy"):
            query = ts_query_spoilt(query, mode)
        if mode == "rejected":  # PKIStatusInfo { rejection (2), { "refusé" } }: RFC 3161, 2.4.2
            text = "refusé".encode()
            text = bytes([0x30, len(text) + 2, 0x0C, len(text)]) + text
            status = bytes([0x30, len(text) + 3, 0x02, 1, 2]) + text
            return bytes([0x30, len(status)]) + status
        with tempfile.TemporaryDirectory() as folder, LOCK:
            asked, answer = folder + "/q", folder + "/r"
            with open(asked, "wb") as file:
                file.write(query)
            run_openssl(["ts", "-reply", "-config", f"{self.pki}/{unit}.cnf", "-queryfile", asked, "-out", answer])
            with open(answer, "rb") as file:
                return file.read()

    def ocsp(self, authority, request, mode):
        if mode in ("try-later", "unauthorized"):  # RFC 6960, 4.2.1: OCSPResponseStatus 3 and 6
            return bytes([0x30, 3, 0x0A, 1, 3 if mode == "try-later" else 6])
        with tempfile.TemporaryDirectory() as folder:
            asked, answer, index = folder + "/q", folder + "/r", f"{self.pki}/index-{authority}.txt"
            with open(asked, "wb") as file:
                file.write(request)
            if mode == "unknown":
                index = folder + "/index"
                with open(index, "w", encoding="ascii"):
                    pass
            run_openssl(["ocsp", "-index", index, "-CA", f"{self.pki}/{authority}.crt", "-rsigner", f"{self.pki}/ocsp.crt",
                         "-rkey", f"{self.pki}/ocsp.key", "-rmd", "sha256", "-ndays", "7", "-reqin", asked,
                         "-respout", answer])
            with open(answer, "rb") as file:
                return file.read()

    def honest(self, path, body, mode):
        """(status, media type, bytes) of the service itself."""
        parts = path.strip("/").split("/", 2)
        if self.command == "POST" and parts[0] in ("tsa", "tsa-p256") and len(parts) == 1:
            return 200, "application/timestamp-reply", self.time_stamp(parts[0], body, mode)
        if parts[0] == "ocsp" and len(parts) >= 2 and parts[1] == "tsp":
            if self.command == "GET" and len(parts) == 3:
                body = base64.b64decode(urllib.parse.unquote(parts[2]))
            return 200, "application/ocsp-response", self.ocsp(parts[1], body, mode)
        if self.command == "GET" and parts[0] in ("crl", "aia") and len(parts) == 2 and "/" not in parts[1]:
            name = os.path.join(self.pki, parts[0], os.path.basename(parts[1]))
            if os.path.isfile(name):
                with open(name, "rb") as file:
                    kind = "application/pkix-crl" if parts[0] == "crl" else "application/pkix-cert"
                    return 200, kind, file.read()
        if path == "/requests":
            return 200, "text/plain", "".join(line + "\n" for line in REQUESTS).encode()
        return 404, "text/plain", b"no such address\n"

    def answer(self):
        address = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(address.query))
        mode = query.get("mode", "")
        try:
            body = self.body()
            if "fail" in query and FAILED.setdefault(self.path, 0) < int(query["fail"]):
                FAILED[self.path] += 1
                return self.reply(500, "text/plain", b"failing as asked\n")
            if mode == "late":
                time.sleep(min(float(query.get("seconds", "30")), 120))
            if self.spoilt(query, address.path, body):
                return None
            return self.reply(*self.honest(address.path, body, mode))
        except (ValueError, OSError) as error:
            self.close_connection = True
            return self.reply(400, "text/plain", f"{error}\n".encode())

    def spoilt(self, query, path, body):
        """Misbehaves as asked; False when the honest answer is to be sent."""
        mode = query.get("mode", "")
        if mode == "garbage":
            self.reply(200, self.honest(path, body, "")[1], bytes(range(256)) * 8)
        elif mode == "html":
            self.reply(200, "text/html", b"<!doctype html><title>Portail captif</title><p>Identifiez-vous.</p>\n")
        elif mode == "empty":
            self.reply(200, self.honest(path, body, "")[1], b"")
        elif mode == "error":
            self.reply(500, "text/plain", b"failing as asked\n")
        elif mode == "redirect":
            self.reply(302, "text/plain", b"", [("Location", query.get("to", path))])
        elif mode == "loop":
            self.reply(302, "text/plain", b"", [("Location", self.path)])
        elif mode == "close":
            self.note("closed")
            self.close_connection = True
        elif mode == "cut":
            _, kind, data = self.honest(path, body, "")
            self.note("cut")
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[:len(data) // 2])
            self.close_connection = True
        elif mode == "endless":
            self.note("endless")
            self.send_response(200)
            self.send_header("Content-Type", self.honest(path, body, "")[1])
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            for _ in range(4096):  # 256 MB: over every ceiling, yet it ends
                self.wfile.write(b"\0" * 65536)
        else:
            return False
        return True

    do_GET = do_POST = answer


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128 # many tests at once: a connection that is dropped is tried again only after a second
    # TIME_WAIT of a run before must not take the address away that stands in the certificates
    allow_reuse_address = True

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], (ConnectionError, BrokenPipeError)):
            super().handle_error(request, client_address)


def main():
    options = argparse.ArgumentParser(description="test TSA, OCSP, CRL and AIA on loopback")
    options.add_argument("--pki", required=True)
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--port-file")
    options.add_argument("--log")
    given = options.parse_args()
    Service.pki = os.path.abspath(given.pki)
    Service.log_file = given.log
    server = Server(("127.0.0.1", given.port), Service)
    if given.port_file:
        beside = given.port_file + ".new"
        with open(beside, "w", encoding="ascii") as file:
            file.write(f"{server.server_address[1]}\n")
        os.rename(beside, given.port_file)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
