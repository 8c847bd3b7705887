"""The only door to the network: names to addresses, addresses to byte streams.

The walk is given a network. The real one asks the resolver and the kernel; the lab's maps the real
addresses and names onto loopback servers, and refuses everything else.
"""

import functools
import queue
import socket
import ssl
import threading
import time
from typing import Protocol

import httpcore

from probe.evidence import Ending, NameLookup

_RESOLVER_ERRORS = {
    getattr(socket, name): (name, ending)
    for name, ending in (
        ("EAI_NONAME", Ending.NAME_NOT_FOUND),
        ("EAI_NODATA", Ending.NAME_NOT_FOUND),
        ("EAI_ADDRFAMILY", Ending.NAME_NOT_FOUND),
        ("EAI_AGAIN", Ending.NAME_LOOKUP_FAILED),
        ("EAI_FAIL", Ending.NAME_LOOKUP_FAILED),
        ("EAI_SYSTEM", Ending.NAME_LOOKUP_FAILED),
    )
    if hasattr(socket, name)
}


class Network(Protocol):
    """What the walk needs of a network."""

    @property
    def has_hops(self) -> bool:
        """Whether counting hops means anything here: sockets reach the very addresses that they are told."""
        ...

    def lookup(self, host: str, port: int, seconds: float) -> NameLookup:
        """Return the addresses of a name, or what the resolver said instead. Never raises, never waits longer."""
        ...

    def connect(self, address: str, port: int, seconds: float) -> httpcore.NetworkStream:
        """Connect to an address, not a name. Raises httpcore.ConnectTimeout or ConnectError (cause: the OSError)."""
        ...

    def roots(self) -> str | None:
        """Return the path of the trusted certificates, or None for the default bundle."""
        ...


class RealNetwork:
    """The pod's own resolver and kernel."""

    has_hops = True

    def lookup(self, host: str, port: int, seconds: float) -> NameLookup:
        """See `Network`. getaddrinfo cannot be interrupted: it runs in a thread that is left behind at the timeout."""
        if is_address(host):
            return NameLookup(host=host, addresses=(host,), literal=True)
        started = time.monotonic()
        answers: queue.SimpleQueue[tuple[str, ...] | OSError | UnicodeError] = queue.SimpleQueue()
        threading.Thread(target=_ask_resolver, args=(host, port, answers), daemon=True).start()
        try:
            answer = answers.get(timeout=max(seconds, 0.001))
        except queue.Empty:
            answer = TimeoutError()
        return lookup_result(host, answer, (time.monotonic() - started) * 1000)

    def connect(self, address: str, port: int, seconds: float) -> httpcore.NetworkStream:
        """See `Network`."""
        return httpcore.SyncBackend().connect_tcp(address, port, timeout=max(seconds, 0.001))

    def roots(self) -> str | None:
        """See `Network`."""
        return None


def is_address(host: str) -> bool:
    """Whether a host is an IPv4 or IPv6 literal, so that there is nothing to look up."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host.partition("%")[0])
        except (OSError, ValueError):
            continue
        return True
    return False


def lookup_result(host: str, answer: tuple[str, ...] | OSError | UnicodeError, milliseconds: float) -> NameLookup:
    """Put what the resolver did into words."""
    if isinstance(answer, tuple):
        return NameLookup(host=host, addresses=answer, milliseconds=milliseconds)
    if isinstance(answer, TimeoutError):
        error, name = Ending.NAME_LOOKUP_TIMEOUT, None
    elif isinstance(answer, socket.gaierror):
        name, error = _RESOLVER_ERRORS.get(answer.errno or 0, (str(answer.errno), Ending.NAME_LOOKUP_FAILED))
    else:
        error, name = Ending.NAME_NOT_FOUND, type(answer).__name__
    return NameLookup(host=host, error=error, error_name=name, milliseconds=milliseconds)


def _ask_resolver(host: str, port: int, answers: "queue.SimpleQueue[tuple[str, ...] | OSError | UnicodeError]") -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        answers.put(error)
    else:
        answers.put(tuple(dict.fromkeys(str(entry[4][0]) for entry in found)))


@functools.cache
def blank_context() -> ssl.SSLContext:
    """Return a context that trusts nobody: for plain HTTP, where loading certificates would be wasted time."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
