"""A forward HTTP proxy that leads only to loopback: for HTTP_PROXY and HTTPS_PROXY."""

import contextlib
import select
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Unpack

from probe.lab.servers.base import LabServer, ListenOptions
from probe.lab.servers.faults import Fault, drain
from probe.lab.servers.messages import RECEIVE_BYTES, Answer, Request

CONNECT_SECONDS = 2.0
HOP_BY_HOP = frozenset(
    {"connection", "content-length", "keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer"}
    | {"transfer-encoding", "upgrade"}
)


@dataclass(frozen=True, kw_only=True)
class ProxyConfig:
    """What the proxy does with everybody."""

    mode: Literal["works", "refuses", "auth", "stall"] = "works"
    """`refuses`: 403 and a page. `auth`: 407, whatever the client sends. `stall`: reads and never answers."""
    targets: Mapping[str, int] = field(default_factory=dict)
    """`host:port` as clients name it, to the loopback port that stands for it. Nothing else can be reached."""
    faults: tuple[Fault, ...] = ()


class ForwardProxy(LabServer):
    """Routes for faults: `connect`, `forward`. Counts its requests in `requests` as every server does."""

    def __init__(self, config: ProxyConfig, **listen: Unpack[ListenOptions]) -> None:
        super().__init__(faults=config.faults, **listen)
        self._config = config

    def routes(self, request: Request) -> tuple[str, ...]:
        """Name the request by its method."""
        return ("connect",) if request.method == "CONNECT" else ("forward",)

    def answer(self, request: Request) -> Answer:  # noqa: ARG002 - the same to everybody
        """Answer for the proxy itself."""
        match self._config.mode:
            case "refuses":
                return self._page(403, "Access Denied", "The proxy's policy does not allow this request.")
            case "auth":
                challenge = ("Proxy-Authenticate", 'Basic realm="EXAMPLE proxy"')
                return self._page(407, "Proxy Authentication Required", "Log in first.", challenge)
            case _:
                return self._page(502, "Bad Gateway", "The proxy cannot reach this host.")

    def fulfil(self, connection: socket.socket, request: Request) -> bool:
        """Tunnel or forward what the targets name; everything else is answered here."""
        if self._config.mode == "stall":
            drain(connection)
            return False
        port = self._upstream(request) if self._config.mode == "works" else None
        upstream = None if port is None else _connected(port)
        if upstream is None:
            return super().fulfil(connection, request)
        if self.track(upstream):
            self._relay(connection, request, upstream)
        return False

    def _upstream(self, request: Request) -> int | None:
        name = request.target if request.method == "CONNECT" else request.host
        if request.method != "CONNECT" and ":" not in name.rpartition("]")[2]:
            name = f"{name}:80"
        return {target.lower(): port for target, port in self._config.targets.items()}.get(name.lower())

    def _relay(self, client: socket.socket, request: Request, upstream: socket.socket) -> None:
        try:
            if request.method == "CONNECT":
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                upstream.sendall(_forwarded(request, client.getpeername()[0]))
            _shuttle(client, upstream)
        finally:
            self.release(upstream)

    def _page(self, status: int, reason: str, text: str, *extra: tuple[str, str]) -> Answer:
        body = f"<html><head><title>{reason}</title></head><body><p>{text}</p></body></html>\n".encode()
        fields = (("Server", "example-proxy"), ("Date", self.date()), ("Content-Type", "text/html"), *extra)
        headers = (*fields, ("Content-Length", str(len(body))), ("Connection", "close"))
        return Answer(status=status, reason=reason, headers=headers, body=body)


def _connected(port: int) -> socket.socket | None:
    """Connect to a loopback port; None if nobody is there."""
    try:
        upstream = socket.create_connection(("127.0.0.1", port), CONNECT_SECONDS)
    except OSError:
        return None
    upstream.settimeout(None)
    return upstream


def _forwarded(request: Request, client: str) -> bytes:
    """Rewrite a request to origin form, with the client's address added, for a connection of its own."""
    fields = [(name, value) for name, value in request.headers if name not in HOP_BY_HOP]
    fields += [("X-Forwarded-For", client), ("Connection", "close")]
    if request.body or request.method in ("PUT", "POST"):
        fields.append(("Content-Length", str(len(request.body))))
    origin = "/" + request.target.partition("://")[2].partition("/")[2]
    lines = [f"{request.method} {origin} HTTP/1.1", *(f"{name}: {value}" for name, value in fields)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + request.body


def _shuttle(client: socket.socket, upstream: socket.socket) -> None:
    """Pass bytes both ways until both sides have finished; the server's close() ends it by ending the sockets."""
    other = {client: upstream, upstream: client}
    reading = {client, upstream}
    while reading:
        for source in select.select(list(reading), [], [])[0]:
            data = source.recv(RECEIVE_BYTES)
            if data:
                other[source].sendall(data)
                continue
            reading.discard(source)
            with contextlib.suppress(OSError):
                other[source].shutdown(socket.SHUT_WR)
