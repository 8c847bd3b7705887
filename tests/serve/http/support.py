"""A sidecar that does as it is told, a server around it on loopback, and clients that are bad at HTTP."""

import contextlib
import http.client
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from probe.report import Report
from probe.serve.http.addresses import Address
from probe.serve.http.server import HttpServer, Limits, Listeners, Tellers
from probe.serve.state import State
from probe.tell.page import Page
from tests.tell.samples import CLOCK, good

PATIENCE = 10.0
"""Seconds; only a broken server comes near it."""
ON_LOOPBACK = Listeners(public=Address(host="127.0.0.1", port=0), private=Address(host="127.0.0.1", port=0))
JSON = {"Content-Type": "application/json"}


@dataclass(kw_only=True)
class ToldSidecar:
    """Implements `probe.serve.sidecar.Sidecar`."""

    known: State = field(default_factory=lambda: state(good()))
    alive: bool = True
    takes_walks: bool = True
    walks: int = 0

    def state(self) -> State:
        """See `Sidecar`."""
        return replace(self.known, now=self.known.now + 1)

    def is_alive(self) -> bool:
        """See `Sidecar`."""
        return self.alive

    def walk_now(self) -> bool:
        """See `Sidecar`."""
        self.walks += 1
        return self.takes_walks


@dataclass
class Events:
    """Implements `probe.serve.http.application.Log`."""

    errors: list[dict[str, object]] = field(default_factory=list)

    def error(self, event: str, /, **fields: object) -> None:
        """See `Log`."""
        self.errors.append({"event": event, **fields})


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer."""

    status: int
    headers: dict[str, str]
    body: bytes


def state(report: Report | None) -> State:
    """Return a state with this report."""
    return State(begun=CLOCK, now=CLOCK, interval_seconds=30, deep_interval_seconds=900, report=report)


def short_tellers() -> Tellers:
    """Return tellers that can be told apart, and are none of the real ones."""
    return Tellers(
        metrics=lambda state, accept: (b"# metrics\n" * 3, accept or f"text/{int(state.now - state.begun)}"),
        report=lambda report: {"verdict": report.verdict.exit_code},
        state=lambda state: {"now": state.now},
        page=lambda: Page(html=b"<p>page", policy="default-src 'self'"),
    )


def replace_metrics(count: int, told: Callable[[State], object] = lambda _: None) -> Tellers:
    """Return tellers with an exposition of this many bytes, and say each time when it is asked for."""

    def write(known: State, accept: str) -> tuple[bytes, str]:
        told(known)
        return b"#" * count, accept or "text/plain"

    return replace(short_tellers(), metrics=write)


@contextlib.contextmanager
def serving(sidecar: ToldSidecar | None = None, **given: Any) -> Iterator[HttpServer]:  # noqa: ANN401 - as HttpServer
    """Serve on two ports of loopback; the log must stay empty where none is given."""
    events = Events()
    given = {"log": events, "tellers": short_tellers(), **given}
    with HttpServer(sidecar or ToldSidecar(), ON_LOOPBACK, **given) as server:
        yield server
    assert events.errors == []


def ask(
    address: Address, path: str, *, method: str = "GET", headers: dict[str, str] | None = None, body: bytes = b""
) -> Reply:
    """Ask once, on a connection of its own."""
    with contextlib.closing(http.client.HTTPConnection(address.host, address.port, timeout=PATIENCE)) as connection:
        connection.request(method, path, body=body or None, headers=headers or {})
        response = connection.getresponse()
        told = {name.lower(): value for name, value in response.getheaders()}
        return Reply(status=response.status, headers=told, body=response.read())


def connected(address: Address, sent: bytes = b"") -> socket.socket:
    """Return a connection over which something was sent."""
    sock = socket.create_connection((address.host, address.port), timeout=PATIENCE)
    sock.sendall(sent)
    return sock


def read_to_end(sock: socket.socket) -> bytes:
    """Read until the other side closes, with or without a reset."""
    with sock, contextlib.suppress(ConnectionResetError):
        return b"".join(iter(lambda: sock.recv(65_536), b""))
    return b""


def read_until(sock: socket.socket, end: bytes) -> bytes:
    """Read what ends so, on a connection that stays open."""
    received = b""
    while not received.endswith(end):
        received += sock.recv(65_536) or end
    return received


def impatient(**given: Any) -> Limits:  # noqa: ANN401 - as Limits
    """Return limits that a test need not wait for."""
    return replace(Limits(request_seconds=0.3, idle_seconds=1, response_seconds=0.3), **given)
