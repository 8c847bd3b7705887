"""A network behind a proxy: every connect is a CONNECT, so that TLS and HTTP inside it are timed like direct ones."""

import base64
import http
import re
import ssl
from dataclasses import field

import httpcore

from probe.evidence import NameLookup
from probe.records import dataclass
from probe.secret import Secret
from probe.wire.deadline import Deadline
from probe.wire.network import Network
from probe.wire.stream import connect

_HEAD_LIMIT = 16 * 1024
"""Bytes of a proxy's answer to CONNECT."""
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: |\r?\n)")


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """A forward proxy. The login is kept apart from what may be shown."""

    scheme: str
    host: str
    port: int
    login: Secret[str] | None = None
    """`user:password`, decoded."""
    context: ssl.SSLContext | None = field(default=None, repr=False)
    """For a proxy that is itself reached over TLS."""

    @property
    def name(self) -> str:
        """The proxy as a URL without its login."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


class TunnelError(httpcore.ProxyError):
    """The proxy did not open a tunnel. The message is ours, never the proxy's words."""


class TunnelNetwork:
    """Leads every connect through a proxy, which looks names up itself. See `probe.wire.network.Network`."""

    has_hops = False

    def __init__(self, inner: Network, proxy: Proxy) -> None:
        self._inner = inner
        self._proxy = proxy

    def lookup(self, host: str, port: int, seconds: float) -> NameLookup:
        """Return the host as it is."""
        del port, seconds
        return NameLookup(host=host, addresses=(host,), literal=True)

    def connect(self, address: str, port: int, seconds: float) -> httpcore.NetworkStream:
        """Open a tunnel. Raises TunnelError, which is no httpcore.ConnectError: the proxy failed, not the target."""
        deadline = Deadline.after(seconds)
        stream, connection = connect(self._inner, self._proxy.host, self._proxy.port, deadline)
        if stream is None:
            raise TunnelError(f"the proxy is not reached: {connection.ending}")
        try:
            if self._proxy.context is not None:
                stream = stream.start_tls(self._proxy.context, self._proxy.host, max(deadline.remaining(), 0.001))
            self._open(stream, address, port, deadline)
        except BaseException:
            stream.close()
            raise
        return stream

    def roots(self) -> str | None:
        """Pass on what the network behind trusts."""
        return self._inner.roots()

    def _open(self, stream: httpcore.NetworkStream, address: str, port: int, deadline: Deadline) -> None:
        try:
            stream.write(self._request(address, port), max(deadline.remaining(), 0.001))
            status = _status(_head(stream, deadline))
        except (httpcore.TimeoutException, httpcore.NetworkError) as error:
            raise TunnelError("the proxy gives no answer to CONNECT") from error
        if status is None:
            raise TunnelError("the proxy's answer to CONNECT is not HTTP")
        if not 200 <= status < 300:
            raise TunnelError(f"the proxy answers CONNECT with status {status} {_phrase(status)}".rstrip())

    def _request(self, address: str, port: int) -> bytes:
        target = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}", "User-Agent: aws-credential-probe"]
        if self._proxy.login is not None:
            login = base64.b64encode(self._proxy.login.reveal().encode()).decode("ascii")
            lines.append(f"Proxy-Authorization: Basic {login}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")


def _head(stream: httpcore.NetworkStream, deadline: Deadline) -> bytes:
    """Read up to the end of the answer's head, byte-bounded and time-bounded however slowly it comes."""
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _HEAD_LIMIT:
        if deadline.passed():
            raise httpcore.ReadTimeout("deadline")
        received = stream.read(_HEAD_LIMIT - len(head), max(deadline.remaining(), 0.001))
        if not received:
            break
        head += received
    return head


def _status(head: bytes) -> int | None:
    match = _STATUS_LINE.match(head)
    return int(match[1]) if match else None


def _phrase(status: int) -> str:
    return http.HTTPStatus(status).phrase if status in http.HTTPStatus._value2member_map_ else ""
