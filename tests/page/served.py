"""A small real server for the page: the document with its policy, the state, and the walk that can be asked for."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from probe.tell.page import page


@dataclass
class Served:
    """What the server answers with; a test may change it at any time."""

    document: dict[str, Any]
    walk_status: int = 202
    state_status: int = 200
    policy: str = field(default_factory=lambda: page().policy)
    requests: list[tuple[str, str, str | None]] = field(default_factory=list)
    """Method, path and X-Requested-With of everything that was asked."""
    url: str = ""
    stop: threading.Event = field(default_factory=threading.Event)

    def paths(self) -> set[str]:
        """Return everything that was asked for."""
        return {path for _, path, _ in self.requests}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    served: Served


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        served = self._noted()
        if self.path == "/":
            self._answer(200, "text/html; charset=utf-8", page().html, served.policy)
        elif self.path == "/state.json":
            self._answer(served.state_status, "application/json", json.dumps(served.document).encode())
        else:
            self._answer(404, "text/plain", b"")

    def do_POST(self) -> None:
        served = self._noted()
        self._answer(served.walk_status if self.path == "/walk" else 404, "application/json", b"{}")

    def _noted(self) -> Served:
        served = cast("_Server", self.server).served
        served.requests.append((self.command, self.path, self.headers.get("X-Requested-With")))
        return served

    def _answer(self, status: int, kind: str, body: bytes, policy: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        if policy is not None:
            self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing: tests look at `requests`."""


@contextmanager
def serving(document: dict[str, Any]) -> Iterator[Served]:
    """Serve the page on a port of its own until the block ends, or until `stop` is called by `silenced`."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.served = Served(document, url=f"http://127.0.0.1:{server.server_address[1]}/")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    watcher = threading.Thread(target=_close_when_stopped, args=(server, server.served.stop))
    watcher.start()
    try:
        yield server.served
    finally:
        server.served.stop.set()
        watcher.join()
        thread.join()


def _close_when_stopped(server: _Server, stop: threading.Event) -> None:
    stop.wait()
    server.shutdown()
    server.server_close()
