"""Keeps the test process on loopback: an audit hook, which sees every socket call of every library and thread.

A thread that has moved into a network namespace of its own (setns(2)) may do there what it likes.
"""

import ipaddress
import socket
import sys
from pathlib import Path
from typing import Final

OWN_NAMESPACE: Final = "/proc/thread-self/ns/net"
_TO_ADDRESS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_TO_NAME = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyname_ex"})

attempts: list[str] = []
"""What was tried and forbidden since somebody looked last. Whoever swallows the exception is found out by this."""


class LeftLoopbackError(AssertionError):
    """Something tried to leave loopback."""


def install() -> None:
    """Guard this process from now on. It cannot be undone (PEP 578)."""
    home = _namespace()

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in _TO_ADDRESS:
            where = _outside(arguments[0], arguments[1])
        elif event in _TO_NAME:
            where = None if _is_harmless(arguments[0]) else str(arguments[0])
        else:
            return
        if where is not None and _namespace() == home:
            attempts.append(f"{event} {where}")
            raise LeftLoopbackError(f"a test tried to leave loopback: {event} {where}")

    sys.addaudithook(hook)


def _namespace() -> str | None:
    try:
        return str(Path(OWN_NAMESPACE).readlink())
    except OSError:
        return None


def _outside(sock: object, address: object) -> str | None:
    """Return an address that is not loopback's; None for what is, and for families that lead nowhere else."""
    family = getattr(sock, "family", None)
    if family not in {socket.AF_INET, socket.AF_INET6} or not isinstance(address, tuple):
        return None
    host = address[0]
    return None if _is_loopback(host) else str(host)


def _is_harmless(host: object) -> bool:
    """Whether nobody is asked about a name, or it is this machine's own."""
    if host is None:
        return True
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    return text in {"", "localhost"} or _address(text) is not None


def _is_loopback(host: object) -> bool:
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    address = _address(text)
    return text in {"", "localhost"} or (address is not None and address.is_loopback)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
