"""An HTTP proxy that misbehaves on request: it stands before a real store and answers wrongly, late or not at all."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

BUSY = b"<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
INTERNAL = b"<?xml version='1.0'?><Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>"
GONE = b"<?xml version='1.0'?><Error><Code>NoSuchUpload</Code><Message>No such upload.</Message></Error>"
DENIED = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
CONFLICT = b"<?xml version='1.0'?><Error><Code>ConditionalRequestConflict</Code><Message>Conflict.</Message></Error>"
KINDS = ("503", "500", "drop", "lose-answer", "truncate")
_ANSWERS = {
    "503": (503, BUSY),
    "500": (500, INTERNAL),
    "409": (409, CONFLICT),
    "404": (404, GONE),
    "403": (403, DENIED),
}


@dataclass
class Fault:
    """One kind of misbehaviour.

    Attributes:
        kind: "503", "500", "409", "404", "403": that answer, nothing forwarded; "drop": the connection closes in the middle of the
            request; "lose-answer": the store does it, and nobody hears; "truncate": half of the answer's body;
            "hang": nothing at all for `seconds`.
        method: of the requests it befalls.
        containing: what their path contains.
        times: so many of them; -1 for all.
        seconds: see "hang".
    """

    kind: str
    method: str = ""
    containing: str = ""
    times: int = 1
    seconds: float = 3.0

    def befalls(self, method: str, path: str) -> bool:
        """Tell whether a request is one of its kind."""
        return self.times != 0 and self.method in ("", method) and self.containing in path


class FaultyProxy:
    """Forward HTTP to a store, with faults.

    Args:
        host: of the store.
        port: of the store.

    Attributes:
        url: where the proxy listens.
        requests: (method, path, status or fault) of each request so far.
        chance: (random, probability) -> faults of `KINDS` befall that share of all requests.
    """

    def __init__(self, host: str, port: int) -> None:
        self.target = (host, port)
        self.faults: list[Fault] = []
        self.requests: list[tuple[str, str, str]] = []
        self.chance: tuple[Random, float] | None = None
        self._lock, self._writes = threading.Lock(), threading.Lock()
        self._headers: list[tuple[str, str, dict[str, str]]] = []
        self._server = _QuietServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def add(self, kind: str, **words: Any) -> Fault:
        """Add a fault; see `Fault`."""
        fault = Fault(kind, **words)
        self.faults.append(fault)
        return fault

    def choose(self, method: str, path: str) -> Fault | None:
        """Return the fault that befalls a request, if any."""
        with self._lock:
            for fault in self.faults:
                if fault.befalls(method, path):
                    fault.times -= 1
                    return fault
            if self.chance is not None and self.chance[0].random() < self.chance[1]:
                return Fault(self.chance[0].choice(KINDS))
        return None

    def note(self, method: str, path: str, kind: str, headers: dict[str, str]) -> None:
        """Remember a request."""
        self.requests.append((method, path, kind))
        self._headers.append((method, path, {name.lower(): value for name, value in headers.items()}))

    def headers(self, method: str, containing: str = "") -> list[dict[str, str]]:
        """Return the headers of the requests of a kind, names in lower case."""
        return [headers for done, path, headers in self._headers if done == method and containing in path]

    def forward(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Ask the store.

        Writes go one at a time: moto looks whether a name is free and takes it in two steps, S3 in one.
        """
        connection = http.client.HTTPConnection(*self.target, timeout=30)
        with self._writes if method in ("PUT", "POST") else nullcontext():
            try:
                connection.request(method, path, body=body, headers=headers)
                answer = connection.getresponse()
                return answer.status, dict(answer.getheaders()), answer.read()
            finally:
                connection.close()

    def count(self, method: str, containing: str = "") -> int:
        """Return how many requests of a kind came."""
        return sum(1 for done, path, _ in self.requests if done == method and containing in path)

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


class _QuietServer(ThreadingHTTPServer):
    def handle_error(self, request: Any, address: Any) -> None:
        """Say nothing of clients that were killed."""


def _handler(proxy: FaultyProxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            fault = proxy.choose(self.command, self.path)
            proxy.note(self.command, self.path, fault.kind if fault else "passed", dict(self.headers.items()))
            with suppress(OSError):
                _serve(self, proxy, fault)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_any

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


def _serve(request: BaseHTTPRequestHandler, proxy: FaultyProxy, fault: Fault | None) -> None:
    kind = fault.kind if fault else ""
    length = int(request.headers.get("Content-Length") or 0)
    if request.headers.get("Expect", "").lower() == "100-continue":
        request.send_response_only(100)
        request.end_headers()
    if kind == "drop":
        request.rfile.read(length // 2)
        _cut(request)
        return
    body = request.rfile.read(length)
    if fault is not None and kind == "hang":
        time.sleep(fault.seconds)
        _cut(request)
        return
    if kind in _ANSWERS:
        _answer(request, *_ANSWERS[kind], {"Content-Type": "application/xml"})
        return
    headers_sent = {k: v for k, v in request.headers.items() if k.lower() not in ("connection", "expect")}
    status, headers, data = proxy.forward(request.command, request.path, headers_sent, body)
    if kind == "lose-answer":
        _cut(request)
    elif kind == "truncate":
        _answer(request, status, data[: len(data) // 2], headers, length=max(len(data), 1))
        _cut(request)
    else:
        _answer(request, status, data, headers)


def _answer(
    request: BaseHTTPRequestHandler, status: int, data: bytes, headers: dict[str, str], length: int | None = None
) -> None:
    request.send_response_only(status)
    head = request.command == "HEAD"
    for name, value in headers.items():
        if name.lower() not in ("connection", "transfer-encoding") and (head or name.lower() != "content-length"):
            request.send_header(name, value)
    if not head:
        request.send_header("Content-Length", str(len(data) if length is None else length))
    request.end_headers()
    if not head:
        request.wfile.write(data)


def _cut(request: BaseHTTPRequestHandler) -> None:
    request.close_connection = True
    with suppress(OSError):
        request.connection.shutdown(socket.SHUT_RDWR)
