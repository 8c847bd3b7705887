"""Loopback ports on which connecting fails the way it does in the field."""

import contextlib
import errno
import select
import socket
from collections.abc import Iterator

MOST_FILLERS = 16
UNANSWERED_AFTER = 0.2
"""A loopback connect that has not finished after this many seconds will not finish at all."""


@contextlib.contextmanager
def refusing_port(host: str = "127.0.0.1") -> Iterator[int]:
    """Lend a port where connects are refused: bound, so that nobody else gets it, and never listening."""
    with socket.socket(_family(host), socket.SOCK_STREAM) as reserved:
        reserved.bind((host, 0))
        yield int(reserved.getsockname()[1])


@contextlib.contextmanager
def silent_port(host: str = "127.0.0.1") -> Iterator[int]:
    """Lend a port where connects never complete: its listen queue is full, so the kernel drops every further SYN.

    Linux only; elsewhere a full queue may refuse. RuntimeError if the queue cannot be filled.
    """
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server((host, 0), family=_family(host), backlog=0))
        port = int(listener.getsockname()[1])
        for _ in range(MOST_FILLERS):
            filler = stack.enter_context(socket.socket(_family(host), socket.SOCK_STREAM))
            if not _connects(filler, (host, port)):
                yield port
                return
        raise RuntimeError("the listen queue of a loopback port could not be filled")


def _connects(filler: socket.socket, address: tuple[str, int]) -> bool:
    filler.setblocking(False)
    if filler.connect_ex(address) not in (0, errno.EINPROGRESS):
        return False
    return bool(select.select([], [filler], [], UNANSWERED_AFTER)[1])


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
