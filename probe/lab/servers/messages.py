"""HTTP as the lab reads and writes it: h11 parses requests, answers go out byte for byte as given.

Answers do not pass through h11 because it re-orders and lower-cases `Connection`, and the probe's rules look
at exactly such details.
"""

import contextlib
import http
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from urllib.parse import unquote

import h11

MAX_HEAD_BYTES = 64 * 1024
MAX_BODY_BYTES = 256 * 1024
RECEIVE_BYTES = 64 * 1024

HeadSeen = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, repr=False)
class Request:
    """One request, complete. Header names are lower case; values and body may hold secrets, so repr shows neither."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    keep_alive: bool
    """Whether the client lets the connection serve another request."""

    def __repr__(self) -> str:
        return f"Request({self.method} {self.path})"

    @property
    def path(self) -> str:
        """The target's path, percent-decoded, without the query (which carries secrets in STS requests)."""
        return unquote(self._parts[1].partition("?")[0])

    @property
    def query(self) -> str:
        """The raw query string, empty if there is none."""
        return self.target.partition("?")[2]

    @property
    def host(self) -> str:
        """The host this request names: an absolute target's authority goes before the Host header (RFC 9112 3.2.2)."""
        return self._parts[0] or self.header("host") or ""

    @property
    def _parts(self) -> tuple[str, str]:
        """The authority of an absolute target, else nothing; and the target without it."""
        scheme, mark, rest = self.target.partition("://")
        if not mark or scheme.lower() not in ("http", "https"):
            return "", self.target
        authority, _, path = rest.partition("/")
        return authority, f"/{path}"

    def header(self, name: str) -> str | None:
        """Find the first value of a header by its lower-case name, or None."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, kw_only=True)
class RecordedRequest:
    """What a test may know of a request: never a header's value except Host, never a query, never a body."""

    method: str
    path: str
    header_names: tuple[str, ...]
    """Lower case, in the order in which they came."""
    host: str
    routes: tuple[str, ...]
    action: str | None = None
    """The Action parameter, of STS requests."""
    region: str | None = None
    """The region of the signature's scope, of signed STS requests."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Answer:
    """One answer. The headers leave in this order and in this case, and nothing is added to them."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    reason: str = ""
    """Empty for the standard phrase of the status."""

    def __repr__(self) -> str:
        return f"Answer({self.status}, {len(self.body)} bytes)"

    @property
    def closes(self) -> bool:
        """Whether the connection must end after this answer: it says so, or only the end delimits its body."""
        fields = {name.lower(): value.lower() for name, value in self.headers}
        return fields.get("connection") == "close" or "content-length" not in fields

    def render(self, *, without_body: bool = False) -> bytes:
        """Write the bytes for the wire. `without_body` is for answers to HEAD."""
        phrase = self.reason or standard_phrase(self.status)
        lines = [f"HTTP/1.1 {self.status} {phrase}", *(f"{name}: {value}" for name, value in self.headers)]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
        return head if without_body else head + self.body


class RequestReader:
    """Reads the requests of one connection, one after the other.

    `head_seen` is called with the method as soon as the head is complete. With `refuses_expect` a request that waits
    for `100 Continue` is handed over without its body, so that the server can refuse it as a real one does.
    """

    def __init__(self, connection: socket.socket, *, head_seen: HeadSeen, refuses_expect: bool = False) -> None:
        self._connection = connection
        self._head_seen = head_seen
        self._refuses_expect = refuses_expect
        self.left_over = b""
        """What came after the last request; of interest once a connection stops being HTTP (CONNECT)."""

    def next(self) -> Request | None:
        """Read the next request; None when the client is done. Raises h11.RemoteProtocolError and OSError."""
        parser = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD_BYTES)
        if self.left_over:
            parser.receive_data(self.left_over)
        head = self._read_head(parser)
        if head is None:
            return None
        self._head_seen(head.method.decode("ascii"))
        if self._refuses_expect and parser.they_are_waiting_for_100_continue:
            return _request(head, b"", keep_alive=False)
        body = self._read_body(parser)
        self.left_over = parser.trailing_data[0]
        return _request(head, body, keep_alive=parser.their_state is not h11.MUST_CLOSE)

    def _read_head(self, parser: h11.Connection) -> h11.Request | None:
        while True:
            event = parser.next_event()
            if isinstance(event, h11.Request):
                return event
            if event is not h11.NEED_DATA:
                return None
            parser.receive_data(self._connection.recv(RECEIVE_BYTES))

    def _read_body(self, parser: h11.Connection) -> bytes:
        body = bytearray()
        continued = not parser.they_are_waiting_for_100_continue
        while not isinstance(event := parser.next_event(), h11.EndOfMessage):
            if isinstance(event, h11.Data):
                body += event.data
                if len(body) > MAX_BODY_BYTES:
                    raise h11.RemoteProtocolError("request body too large", error_status_hint=413)
                continue
            if not continued:
                self._connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                continued = True
            parser.receive_data(self._connection.recv(RECEIVE_BYTES))
        return bytes(body)


def _request(head: h11.Request, body: bytes, *, keep_alive: bool) -> Request:
    return Request(
        method=head.method.decode("ascii"),
        target=head.target.decode("latin-1"),
        headers=tuple((name.decode("ascii"), value.decode("latin-1")) for name, value in head.headers),
        body=body,
        keep_alive=keep_alive,
    )


def standard_phrase(status: int) -> str:
    """Look up the reason phrase of a status, empty for one that nobody has registered."""
    with contextlib.suppress(ValueError):
        return http.HTTPStatus(status).phrase
    return ""


def http_date(seconds: float) -> str:
    """Write an epoch time as a Date header has it."""
    return formatdate(seconds, usegmt=True)


def with_length(headers: Sequence[tuple[str, str]], body: bytes) -> tuple[tuple[str, str], ...]:
    """Add Content-Length to headers that do not delimit the body themselves."""
    names = {name.lower() for name, _ in headers}
    if names & {"content-length", "transfer-encoding"}:
        return tuple(headers)
    return (*headers, ("Content-Length", str(len(body))))
