"""Faults: what a server does instead of its right answer, and for which requests."""

import socket
import struct
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from probe.lab.servers.messages import RECEIVE_BYTES, Answer, with_length

ENDLESS_BYTES = 64 * 1024 * 1024
"""Where an endless body ends after all, so that a client without a bound does not fill its machine."""
GARBAGE_BYTES = b"\x16\x03\x01\x02\x00\x01SSH-2.0-EXAMPLE\r\n\x00\xff\xfe not a status line\r\n\r\n"
DRIP_SECONDS = 1.0


class FaultKind(StrEnum):
    """The ways a server can go wrong after it has read the request."""

    STALL = "stall"
    """The kernel acknowledges the request and nothing is ever sent."""
    RESET = "reset"
    """A TCP reset."""
    CLOSE = "close"
    """An orderly end of the connection without any answer."""
    DRIP = "drip"
    """The right answer, one byte a second (`seconds` for another pace), status line included."""
    ENDLESS = "endless"
    """200 and a chunked body as fast as the client reads; cut off without a last chunk after 64 MiB."""
    GARBAGE = "garbage"
    """Bytes that are not HTTP, then the end of the connection."""
    ANSWER = "answer"
    """The canned answer of the fault's `status`, `headers` and `body`; only Content-Length is added."""
    DELAY = "delay"
    """The right answer after `seconds`."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault of one route. Of several that apply to a request, the first listed is committed."""

    kind: FaultKind
    route: str
    """A route name of the server, or `*` for every request."""
    seconds: float = 0.0
    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    first: int | None = None
    """How many matching requests it hits before the server is healthy; None for all."""
    skip: int = 0
    """How many matching requests are served well before the fault begins."""

    def matches(self, routes: Collection[str]) -> bool:
        """Tell whether a request that answers to these route names is meant."""
        return self.route == "*" or self.route in routes

    def hits(self, earlier: int) -> bool:
        """Tell whether it strikes a matching request that comes after `earlier` matching ones."""
        return earlier >= self.skip and (self.first is None or earlier < self.skip + self.first)

    def canned(self) -> Answer:
        """Build the answer of an ANSWER fault."""
        body = self.body.encode()
        return Answer(status=self.status, headers=with_length(tuple(self.headers.items()), body), body=body)


class FaultSchedule:
    """Counts, for each fault, the requests that match its route, and says which fault is due."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self._faults = faults
        self._earlier = [0] * len(faults)
        self._lock = threading.Lock()

    def due(self, routes: Collection[str]) -> Fault | None:
        """Find the fault that strikes this request, or None. Every fault that matches counts the request."""
        chosen: Fault | None = None
        with self._lock:
            for index, fault in enumerate(self._faults):
                if not fault.matches(routes):
                    continue
                if chosen is None and fault.hits(self._earlier[index]):
                    chosen = fault
                self._earlier[index] += 1
        return chosen


def commit(fault: Fault, connection: socket.socket, right: Callable[[], bytes], closed: threading.Event) -> None:
    """Do what the fault says instead of sending the right answer; the caller ends the connection afterwards."""
    match fault.kind:
        case FaultKind.STALL:
            drain(connection)
        case FaultKind.RESET:
            reset(connection)
        case FaultKind.GARBAGE:
            connection.sendall(GARBAGE_BYTES)
        case FaultKind.ENDLESS:
            pour(connection)
        case FaultKind.DRIP:
            drip(connection, right(), fault.seconds, closed)
        case FaultKind.CLOSE | FaultKind.ANSWER | FaultKind.DELAY:
            pass  # CLOSE is nothing but the end of the connection; the other two are answers


def drain(connection: socket.socket) -> None:
    """Read and forget, so that the kernel keeps acknowledging, until the client leaves or the server closes."""
    while connection.recv(RECEIVE_BYTES):
        pass


def reset(connection: socket.socket) -> None:
    """End the connection with a TCP reset: close with a linger time of zero."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def drip(connection: socket.socket, payload: bytes, pause: float, closed: threading.Event) -> None:
    """Send one byte, wait, send the next; ends early when the server closes."""
    for index in range(len(payload)):
        connection.sendall(payload[index : index + 1])
        if closed.wait(pause or DRIP_SECONDS):
            return


def pour(connection: socket.socket) -> None:
    """Send a 200 whose chunked body goes on for `ENDLESS_BYTES` and is then cut off."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n")
    chunk = b"%x\r\n%b\r\n" % (RECEIVE_BYTES, b"x" * RECEIVE_BYTES)
    for _ in range(ENDLESS_BYTES // RECEIVE_BYTES):
        connection.sendall(chunk)
