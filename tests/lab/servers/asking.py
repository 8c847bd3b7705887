"""Plain HTTP for the tests: http.client, which shows header names as they were sent."""

import http.client
import socket
from collections.abc import Mapping
from dataclasses import dataclass

import pytest


def _has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


needs_ipv6 = pytest.mark.skipif(not _has_ipv6(), reason="this machine's loopback has no ::1")
TOKEN_TTL = "X-aws-ec2-metadata-token-ttl-seconds"
TOKEN = "X-aws-ec2-metadata-token"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer; header names in the case in which they came."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        """The body as UTF-8."""
        return self.body.decode()

    @property
    def names(self) -> tuple[str, ...]:
        """The header names in their order."""
        return tuple(name for name, _ in self.headers)

    def header(self, name: str) -> str | None:
        """Find a header, whatever its case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


def ask(
    port: int,
    method: str,
    path: str,
    headers: Mapping[str, str] | None = None,
    body: bytes | str | None = None,
) -> Reply:
    """One request on a connection of its own, five seconds at most."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request(method, path, body=body, headers=dict(headers or {}))
        answer = connection.getresponse()
        content = answer.read()
        return Reply(status=answer.status, reason=answer.reason, headers=tuple(answer.getheaders()), body=content)
    finally:
        connection.close()


def dial(port: int, payload: bytes, timeout: float = 5.0) -> socket.socket:
    """A connection on which these bytes were sent."""
    connection = socket.create_connection(("127.0.0.1", port), timeout)
    connection.sendall(payload)
    return connection


def everything(connection: socket.socket) -> bytes:
    """All bytes until the other side ends the connection."""
    received = bytearray()
    while data := connection.recv(65536):
        received += data
    return bytes(received)


def ended(connection: socket.socket) -> bool:
    """Whether the other side ends the connection, in an orderly way or (not accepted yet) with a reset."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def request_bytes(method: str, path: str, *fields: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *fields, "", ""]).encode()
