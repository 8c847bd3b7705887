"""A closed world for a program that opens sockets and files itself: what the lab does not list does not exist."""

import builtins
import ctypes
import errno
import os
import socket
import sys
import sysconfig
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any, NoReturn

from probe.lab.network import key
from probe.records import dataclass
from probe.wire.network import is_address

SILENCE_SECONDS = 2.0
"""How long the resolver of a `silent` name thinks before it gives up."""
_DIAL_ERRORS = {"unreachable": errno.ENETUNREACH, "no-host": errno.EHOSTUNREACH, "prohibited": errno.EACCES}
_NAME_ERRORS = {"nxdomain": socket.EAI_NONAME, "servfail": socket.EAI_AGAIN, "silent": socket.EAI_AGAIN}
_ADDRESSED = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_FORBIDDEN = frozenset(
    {
        *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "pty.spawn"),
        *("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"),
    }
)
"""Audit events (docs.python.org, "Audit events table") of what could leave this process in another way."""


@dataclass(frozen=True, kw_only=True)
class ClosedNetwork:
    """The same names and addresses that `probe.lab.network.LabNetwork` gives the probe, at the level of sockets."""

    dial: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, Sequence[str] | str] = field(default_factory=dict)

    def getaddrinfo(
        self, host: str | bytes | None, port: int | str | None, *_: object, **__: object
    ) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        """Stand in for `socket.getaddrinfo`.

        IPv6 addresses are dressed as IPv4 ones: the socket that is made for them must be able to reach 127.0.0.1.
        """
        name = host.decode() if isinstance(host, bytes) else host or ""
        told = (name,) if is_address(name) else self.names.get(name, "nxdomain")
        if isinstance(told, str):
            if told == "silent":
                time.sleep(SILENCE_SECONDS)
            raise socket.gaierror(_NAME_ERRORS[told], f"the lab says {told}")
        return [
            (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, int(port or 0))) for address in told
        ]

    def place(self, address: tuple[Any, ...]) -> tuple[str, int] | OSError:
        """Return where a connection really goes, or why it goes nowhere."""
        target = self.dial.get(key(str(address[0]), int(address[1])), "unreachable")
        if target in _DIAL_ERRORS:
            number = _DIAL_ERRORS[target]
            return OSError(number, os.strerror(number))
        return "127.0.0.1", int(target)

    def install(self) -> None:
        """Put this network in the place of the real one, for this whole process and for good."""
        connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

        def closed_connect(this: socket.socket, address: tuple[Any, ...]) -> None:
            place = self.place(address)
            if isinstance(place, OSError):
                raise place
            connect(this, place)

        def closed_connect_ex(this: socket.socket, address: tuple[Any, ...]) -> int:
            place = self.place(address)
            return place.errno or errno.ENETUNREACH if isinstance(place, OSError) else connect_ex(this, place)

        socket.getaddrinfo = self.getaddrinfo  # type: ignore[assignment]  # stands in for it
        socket.socket.connect = closed_connect  # type: ignore[method-assign,assignment]  # stands in for it
        socket.socket.connect_ex = closed_connect_ex  # type: ignore[method-assign,assignment]  # stands in for it
        sys.addaudithook(_guard)


def _guard(event: str, arguments: tuple[Any, ...]) -> None:
    """Make sure of it below Python's own modules: loopback or nothing, and no other program."""
    if event in _FORBIDDEN:
        _refuse(event)
    if event in _ADDRESSED:
        address = arguments[1]
        if not isinstance(address, tuple) or address[0] != "127.0.0.1":
            _refuse(event)


def _refuse(event: str) -> NoReturn:
    raise PermissionError(errno.EPERM, f"the lab does not allow {event}")


@dataclass(frozen=True, kw_only=True)
class ClosedFiles:
    """The pod's files below a folder, read with the rights of the pod's user; of all other files only Python's own."""

    root: str
    user: int | None = None
    """None where this process may not become another user."""
    certificates: str | None = None

    def below(self, path: str) -> str:
        """Return where one of the pod's paths lies on this machine."""
        return self.root + str(Path("/", path))

    def install(self) -> None:
        """Put these files in the place of all others, for this whole process and for good."""
        builtins.open = self._opener(builtins.open)

    def _opener(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def closed_open(file: Any, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - the signature of `open`
            if isinstance(file, int):
                return real(file, *arguments, **named)
            path = os.fspath(file)
            path = path.decode() if isinstance(path, bytes) else path
            if path.startswith(f"{self.root}/"):
                return self._as_user(real, path, *arguments, **named)
            if path and os.path.lexists(self.below(path)):
                return self._as_user(real, self.below(path), *arguments, **named)
            if path == self.certificates or path.startswith(_OWN_FOLDERS):
                return real(path, *arguments, **named)
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)

        return closed_open

    def _as_user(self, real: Callable[..., Any], *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - as above
        """Open with the user's rights. Linux keeps the id for files per thread (setfsuid(2))."""
        if self.user is None:
            return real(*arguments, **named)
        _C.setfsgid(self.user)
        _C.setfsuid(self.user)
        try:
            return real(*arguments, **named)
        finally:
            _C.setfsuid(0)
            _C.setfsgid(0)


_C = ctypes.CDLL(None)
_OWN_FOLDERS = tuple(
    {f"{path.rstrip('/')}/" for path in (sys.prefix, sys.base_prefix, *sysconfig.get_paths().values()) if path}
)
