#!/usr/bin/python3
"""A forward proxy on loopback for tests: proxy.py PORT_FILE LOG [refuse]. Tunnels CONNECT, passes http on; with `refuse` it answers 407."""
import os
import socket
import sys
import threading


def pump(a, b):
    try:
        while data := a.recv(65536):
            b.sendall(data)
    except OSError:
        pass
    for s in (a, b):
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(client, log, refuse):
    head = b""
    while b"\r\n\r\n" not in head:
        got = client.recv(4096)
        if not got:
            return
        head += got
    line = head.split(b"\r\n", 1)[0].decode("ascii", "replace")
    with open(log, "a", encoding="ascii") as out:
        out.write(line + "\n")
    if refuse:
        client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n")
        client.close()
        return
    method, target, _ = line.split(" ")
    if method == "CONNECT":
        host, port = target.rsplit(":", 1)
        server = socket.create_connection((host, int(port)))
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    else:
        place, path = target[7:].split("/", 1)
        host, port = (place.rsplit(":", 1) + ["80"])[:2]
        server = socket.create_connection((host, int(port)))
        server.sendall(head.replace(target.encode(), b"/" + path.encode(), 1))
    threading.Thread(target=pump, args=(client, server), daemon=True).start()
    pump(server, client)


listener = socket.create_server(("127.0.0.1", 0))
with open(sys.argv[1] + ".new", "w", encoding="ascii") as out:
    out.write(str(listener.getsockname()[1]))
os.rename(sys.argv[1] + ".new", sys.argv[1])
while True:
    threading.Thread(target=serve, args=(listener.accept()[0], sys.argv[2], "refuse" in sys.argv[3:]), daemon=True).start()
