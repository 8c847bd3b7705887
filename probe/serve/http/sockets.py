"""Listening sockets, and why there is none, in one line for the person who chose the address."""

import contextlib
import errno
import socket

from probe.console import UsageError
from probe.serve.http.addresses import Address

BUFFER_BYTES = 64 * 1024
"""What the kernel may hold for each connection and direction (it takes the double). It counts as the pod's memory."""

_NO_IPV6 = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL})
_REASONS = {
    errno.EADDRINUSE: "another process listens there already (with hostNetwork it may be any pod of the node)",
    errno.EACCES: "this user may not (ports under 1024 need CAP_NET_BIND_SERVICE)",
    errno.EPERM: "this user may not",
    errno.EADDRNOTAVAIL: "this pod has no such address",
    errno.EAFNOSUPPORT: "this pod has no addresses of that family",
}


class ListenError(UsageError):
    """The sidecar cannot listen where it was told to."""


def listening(address: Address) -> socket.socket:
    """Return a socket that listens; raises ListenError. All addresses means those of both families where there are."""
    try:
        if address.host:
            return _listening(socket.AF_INET6 if ":" in address.host else socket.AF_INET, address.host, address.port)
        return _listening_everywhere(address.port)
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, errno.errorcode.get(error.errno or 0, type(error).__name__))
        raise ListenError(f"cannot listen on {address}: {reason}") from None


def bound(sock: socket.socket) -> Address:
    """Return where a socket listens."""
    host, port = sock.getsockname()[:2]
    return Address(host=host, port=port)


def _listening_everywhere(port: int) -> socket.socket:
    try:
        return _listening(socket.AF_INET6, "::", port)
    except OSError as error:
        if error.errno not in _NO_IPV6:
            raise
    return _listening(socket.AF_INET, "0.0.0.0", port)  # noqa: S104 - Prometheus and the kubelet come from outside


def _listening(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    with contextlib.ExitStack() as closing:
        # Named, the protocol is seen by asyncio, which then turns Nagle's algorithm off. Else the body of an answer
        # waits until its head is acknowledged: 40 ms on a connection that is kept.
        sock = closing.enter_context(socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # What is accepted takes these over.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, host != "::")
        sock.bind((host, port))
        sock.listen()
        sock.setblocking(False)
        closing.pop_all()
    return sock
