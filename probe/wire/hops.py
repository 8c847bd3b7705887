"""How many hops away a host is, measured as an ordinary user, with TCP connects whose time to live is limited.

A packet whose time to live runs out makes the router answer with ICMP "time exceeded". With IP_RECVERR (IPv6:
IPV6_RECVERR) the kernel hands that answer, and the router's address, to the very socket that sent the packet, so
no raw socket and no capability is needed (ip(7), ipv6(7), "IP_RECVERR"). The smallest time to live that connects
is the number that the IMDS hop limit must reach, because the answer crosses the same routers on its way back.
"""

import contextlib
import errno
import select
import socket
import struct
import time

from probe.evidence import Route, Router
from probe.records import dataclass
from probe.wire.deadline import Deadline

FARTHEST = 6
"""Time-to-live values tried. Pods are 1 (host network) to 3 (overlay network) hops from IMDS."""
SECONDS = 0.3
_IP_RECVERR = getattr(socket, "IP_RECVERR", 11)
_IPV6_RECVERR = getattr(socket, "IPV6_RECVERR", 25)
_MSG_ERRQUEUE = getattr(socket, "MSG_ERRQUEUE", 0x2000)
_EXTENDED_ERROR = struct.Struct("=IBBBBII")
"""linux/errqueue.h `struct sock_extended_err`; the sender's socket address follows it."""
_TIME_EXCEEDED = {2: 11, 3: 3}
"""By `ee_origin` (SO_EE_ORIGIN_ICMP, SO_EE_ORIGIN_ICMP6): the ICMP type that says so (RFC 792, RFC 4443)."""


@dataclass(frozen=True)
class _Heard:
    """An ICMP message about one of our packets."""

    sender: str
    is_time_exceeded: bool


class _Attempt:
    """A connect with one time to live."""

    def __init__(self, address: str, port: int, distance: int) -> None:
        self.distance = distance
        self.heard: _Heard | None = None
        self.connected = False
        self.turned_away = False
        self.over = False
        self.socket = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        try:
            self._begin(address, port)
        except OSError:
            self.socket.close()
            raise

    def _begin(self, address: str, port: int) -> None:
        self.socket.setblocking(False)
        if ":" in address:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, self.distance)
            self.socket.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, 1)
        else:
            self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, self.distance)
            self.socket.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
        result = self.socket.connect_ex((address, port))
        self.connected = result == 0
        # An error at once is the own kernel's: nothing was sent, so nobody at any distance turned it away.
        self.over = result not in {0, errno.EINPROGRESS}

    def settle(self) -> None:
        """Read what the kernel has to say about this socket."""
        self.heard = self.heard or self._message()
        error = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error == 0 and self.heard is None:
            try:
                self.socket.getpeername()
            except OSError:
                return
            self.connected = True
        self.turned_away = not self.connected and not (self.heard is not None and self.heard.is_time_exceeded)
        self.over = True

    def source(self) -> str:
        """Return the own address of a connect that succeeded."""
        return str(self.socket.getsockname()[0])

    def _message(self) -> _Heard | None:
        with contextlib.suppress(OSError):
            _, ancillary, _, _ = self.socket.recvmsg(512, 512, _MSG_ERRQUEUE)
            for level, kind, data in ancillary:
                if (level, kind) in {(socket.IPPROTO_IP, _IP_RECVERR), (socket.IPPROTO_IPV6, _IPV6_RECVERR)}:
                    return _read_message(data)
        return None


def measure(address: str, port: int, deadline: Deadline) -> Route:
    """Measure the distance to an address (not a name), all time-to-live values at once, within 0.3 s.

    `hops` is None when nothing connected. Routers may ration their ICMP answers (Linux: six at once to one host, then
    one a second), so it is not to be measured while another connect waits for such an answer. Raises OSError where
    the kernel or sandbox does not offer the options.
    """
    begun = time.monotonic()
    attempts: list[_Attempt] = []
    try:
        attempts.extend(_Attempt(address, port, distance) for distance in range(1, FARTHEST + 1))
        _wait(attempts, deadline.sooner(SECONDS))
        nearest = min((one for one in attempts if one.connected), key=lambda one: one.distance, default=None)
        hops = nearest.distance if nearest else None
        turned_away = min((one.distance for one in attempts if one.turned_away), default=None)
        return Route(
            address=address,
            hops=hops,
            routers=_routers(attempts, hops or FARTHEST + 1),
            rejected_by=_rejected_by(attempts) if nearest is None else None,
            rejected_at=turned_away if nearest is None else None,
            source=nearest.source() if nearest else None,
            milliseconds=round((time.monotonic() - begun) * 1000, 2),
        )
    finally:
        for attempt in attempts:
            attempt.socket.close()


def _routers(attempts: list[_Attempt], nearer_than: int) -> tuple[Router, ...]:
    return tuple(
        Router(distance=attempt.distance, address=attempt.heard.sender)
        for attempt in attempts
        if attempt.heard is not None and attempt.heard.is_time_exceeded and attempt.distance < nearer_than
    )


def _rejected_by(attempts: list[_Attempt]) -> str | None:
    return next(
        (attempt.heard.sender for attempt in attempts if attempt.heard and not attempt.heard.is_time_exceeded), None
    )


def _wait(attempts: list[_Attempt], deadline: Deadline) -> None:
    """Wait until the distance is known: an attempt has connected, and everything nearer has an answer."""
    while not deadline.passed():
        open_ones = [attempt for attempt in attempts if not attempt.over]
        nearest = min((attempt.distance for attempt in attempts if attempt.connected), default=FARTHEST + 1)
        if not [attempt for attempt in open_ones if attempt.distance < nearest]:
            return
        poll = select.poll()
        by_number = {attempt.socket.fileno(): attempt for attempt in open_ones}
        for number in by_number:
            poll.register(number, select.POLLOUT | select.POLLERR)
        for number, _ in poll.poll(max(1, int(deadline.remaining() * 1000))):
            by_number[number].settle()


def _read_message(data: bytes) -> _Heard | None:
    """Return who sent the ICMP message (SO_EE_OFFENDER) and whether it says that the time to live ran out."""
    if len(data) < _EXTENDED_ERROR.size + 8:
        return None
    _, origin, kind, _, _, _, _ = _EXTENDED_ERROR.unpack_from(data)
    rest = data[_EXTENDED_ERROR.size :]
    (family,) = struct.unpack_from("=H", rest)
    if family == socket.AF_INET:
        sender = socket.inet_ntop(socket.AF_INET, rest[4:8])
    elif family == socket.AF_INET6 and len(rest) >= 24:
        sender = socket.inet_ntop(socket.AF_INET6, rest[8:24])
    else:
        return None  # the error is the own kernel's, and nobody sent it
    return _Heard(sender=sender, is_time_exceeded=kind == _TIME_EXCEEDED.get(origin))
