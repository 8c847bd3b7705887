"""A byte stream that keeps to a deadline and remembers how far it got."""

import errno
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpcore

from probe.evidence import Connection, Ending
from probe.wire.deadline import Deadline
from probe.wire.network import Network
from probe.wire.tcp_state import WAY_BACK_SECONDS, answered_after_ms, end_acknowledged, request_acknowledged

BEGINNING = len(b"HTTP/")


@dataclass
class Journey:
    """How far one exchange got. Written by the stream while it runs, read once it is over."""

    started: float = field(default_factory=time.monotonic)
    address: str | None = None
    connection: Connection | None = None
    marks: dict[str, float] = field(default_factory=dict)
    request_acknowledged: bool | None = None
    end_acknowledged: bool | None = None
    kernel_wait_ms: float | None = None
    beginning: bytes = b""
    """The first few bytes that were received: whether it is HTTP at all shows there."""
    certificate: dict[str, Any] = field(default_factory=dict)
    """What ssl.getpeercert() said after a verified handshake."""

    def mark(self, phase: str) -> None:
        """Note that a phase has ended now."""
        self.marks.setdefault(phase, (time.monotonic() - self.started) * 1000)


class BoundedStream(httpcore.NetworkStream):
    """Wraps a stream so that no read, write or handshake lasts beyond the deadline, however slowly bytes trickle in."""

    def __init__(
        self, inner: httpcore.NetworkStream, deadline: Deadline, journey: Journey, *, asks_way_back: bool = False
    ) -> None:
        self._inner = inner
        self._deadline = deadline
        self._journey = journey
        self._asks_way_back = asks_way_back

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read; at the deadline raise httpcore.ReadTimeout."""
        del timeout
        try:
            received = self._inner.read(max_bytes, self._left(httpcore.ReadTimeout))
        except httpcore.ReadTimeout:
            self._journey.request_acknowledged = request_acknowledged(self._inner)
            if self._asks_way_back and self._journey.request_acknowledged and not self._journey.beginning:
                self._journey.end_acknowledged = end_acknowledged(self._inner)
            raise
        if received and "sent" in self._journey.marks:
            if "first_byte" not in self._journey.marks:
                self._journey.mark("first_byte")
                since_sent = self._journey.marks["first_byte"] - self._journey.marks["sent"]
                self._journey.kernel_wait_ms = answered_after_ms(self._inner, since_sent)
            self._journey.beginning = self._journey.beginning or received[:BEGINNING]
        return received

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write; at the deadline raise httpcore.WriteTimeout."""
        del timeout
        self._inner.write(buffer, self._left(httpcore.WriteTimeout))

    def close(self) -> None:
        """Close the stream."""
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Handshake; at the deadline raise httpcore.ConnectTimeout."""
        del timeout
        for phase in ("sent", "first_byte"):
            # What went before the handshake was a proxy's CONNECT, not the request.
            self._journey.marks.pop(phase, None)
        self._journey.beginning = b""
        secured = self._inner.start_tls(ssl_context, server_hostname, self._left(httpcore.ConnectTimeout))
        self._journey.mark("secured")
        self._journey.certificate = secured.get_extra_info("ssl_object").getpeercert() or {}
        return BoundedStream(secured, self._deadline, self._journey)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's own signature
        """Pass on what the inner stream knows."""
        return self._inner.get_extra_info(info)

    def _left(self, timeout_error: type[Exception]) -> float:
        left = self._deadline.remaining()
        if left <= 0:
            raise timeout_error("deadline")
        return left


class JourneyBackend(httpcore.NetworkBackend):
    """Connects through the walk's network: look the name up, try each address, note where it ended."""

    def __init__(
        self,
        network: Network,
        journey: Journey,
        deadline: Deadline,
        *,
        connect_seconds: float,
        answer_seconds: float,
        asks_way_back: bool = False,
    ) -> None:
        self._network = network
        self._journey = journey
        self._deadline = deadline
        self._connect_seconds = connect_seconds
        # On loopback every end is acknowledged, whatever the lab imitates.
        self._asks_way_back = asks_way_back and network.has_hops
        self._answer_seconds = answer_seconds - (WAY_BACK_SECONDS if self._asks_way_back else 0.0)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to a host; raises httpcore.ConnectError or ConnectTimeout after noting the reason."""
        del timeout, local_address, socket_options
        deadline = self._deadline.sooner(self._connect_seconds)
        stream, self._journey.connection = connect(self._network, host, port, deadline, self._journey)
        self._journey.address = self._journey.connection.address
        if stream is None:
            raise httpcore.ConnectError(self._journey.connection.ending)
        self._journey.mark("connected")
        end = self._deadline.sooner(self._answer_seconds)
        return BoundedStream(stream, end, self._journey, asks_way_back=self._asks_way_back)


def connect(
    network: Network, host: str, port: int, deadline: Deadline, journey: Journey | None = None
) -> tuple[httpcore.NetworkStream | None, Connection]:
    """Connect to a host by name or address, and say how it went."""
    host = host.strip("[]")
    started = time.monotonic()
    found = network.lookup(host, port, deadline.remaining())
    if journey is not None and not found.literal and found.addresses:
        journey.mark("resolved")
    if found.error is not None or not found.addresses:
        ending = found.error or Ending.NAME_NOT_FOUND
        return None, Connection(host=host, port=port, ending=ending, error_name=found.error_name)
    connection = Connection(host=host, port=port, ending=Ending.CONNECT_TIMEOUT)
    for position, address in enumerate(found.addresses[:4]):
        share = deadline.remaining() / (min(len(found.addresses), 4) - position)
        stream, ending, name = _connect_once(network, address, port, share)
        milliseconds = (time.monotonic() - started) * 1000
        connection = Connection(
            host=host, port=port, address=address, ending=ending, error_name=name, milliseconds=milliseconds
        )
        if stream is not None:
            return stream, connection
    return None, connection


def _connect_once(
    network: Network, address: str, port: int, seconds: float
) -> tuple[httpcore.NetworkStream | None, Ending, str | None]:
    if seconds <= 0:
        return None, Ending.CONNECT_TIMEOUT, None
    try:
        return network.connect(address, port, seconds), Ending.CONNECTED, None
    except httpcore.ConnectTimeout:
        return None, Ending.CONNECT_TIMEOUT, None
    except httpcore.ConnectError as error:
        ending, name = ending_of_os_error(error)
        return None, ending, name


_ENDINGS = {
    errno.ECONNREFUSED: Ending.REFUSED,
    errno.ETIMEDOUT: Ending.CONNECT_TIMEOUT,
    errno.ENETUNREACH: Ending.UNREACHABLE,
    errno.EHOSTUNREACH: Ending.UNREACHABLE,
    errno.EADDRNOTAVAIL: Ending.UNREACHABLE,
    errno.EAFNOSUPPORT: Ending.UNREACHABLE,
    errno.ENETDOWN: Ending.UNREACHABLE,
    errno.EINVAL: Ending.UNREACHABLE,  # Linux' answer to a blackhole route
    errno.EACCES: Ending.PROHIBITED,
    errno.EPERM: Ending.PROHIBITED,
    errno.ECONNRESET: Ending.RESET,
    errno.EPIPE: Ending.RESET,
}


def ending_of_os_error(error: BaseException) -> tuple[Ending, str | None]:
    """Find the OSError behind an httpcore exception and name what it means for a connect."""
    cause = _os_error(error)
    if isinstance(cause, ssl.SSLError):
        return Ending.TLS_FAILED, tls_reason(cause)
    number = cause.errno if cause is not None else None
    return _ENDINGS.get(number or 0, Ending.RESET), errno.errorcode.get(number or 0)


def ending_of_broken_stream(error: BaseException) -> tuple[Ending, str | None]:
    """Name what an error means for a connection that stood: the kernel may give up on it without a word of the peer."""
    cause = _os_error(error)
    if isinstance(cause, ssl.SSLError):
        return Ending.TLS_FAILED, tls_reason(cause)
    name = errno.errorcode.get(cause.errno or 0) if cause is not None else None
    return (Ending.NO_ANSWER if name in _GIVEN_UP else Ending.RESET), name


def tls_reason(error: ssl.SSLError) -> str | None:
    """Return OpenSSL's name for an error; those that Python raises itself have none."""
    return getattr(error, "reason", None)


_GIVEN_UP = frozenset({"ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"})


def _os_error(error: BaseException) -> OSError | None:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, OSError):
        cause = cause.__cause__ or cause.__context__
    return cause
