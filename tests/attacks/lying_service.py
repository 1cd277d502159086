"""A deposit service that lies:   lying_service.py CERT KEY    prints its port; the first part of the path says how.

    /portal/    answers 200 to every MOVE and does nothing, as a portal in between does
    /spoils/    the MOVE puts other bytes at the final name
    /stores/    keeps other bytes from the beginning on
    /empty/     201 to everything, and nothing is there
    /intake/    what is moved is taken in at once: its place is empty
    /honest/    keeps what it is given
"""
import http.server
import ssl
import sys
import urllib.parse

FILES = {}


class Service(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def kind(self):
        return self.path.split("/")[1]

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.kind() != "empty":
            FILES[self.path] = body + b"x" if self.kind() == "stores" else body
        self.answer(201)

    def do_MKCOL(self):
        self.answer(201)

    def do_GET(self):
        if self.path in FILES:
            self.answer(200, FILES[self.path])
        else:
            self.answer(404)

    do_HEAD = do_GET

    def do_DELETE(self):
        FILES.pop(self.path, None)
        self.answer(204)

    def do_MOVE(self):
        to = urllib.parse.urlsplit(self.headers["Destination"]).path
        if self.kind() == "portal":
            return self.answer(200, b"<html>Welcome</html>")
        if to in FILES:
            return self.answer(412)
        FILES[to] = FILES.pop(self.path, b"")
        if self.kind() == "intake":
            del FILES[to]
        if self.kind() == "spoils":
            FILES[to] = FILES[to][:-1]
        return self.answer(201)

    def log_message(self, *_):
        pass


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
