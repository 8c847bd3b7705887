"""The VPC's resolver: Debian's dnsmasq in the cloud namespace, answering from a scenario's names."""

import contextlib
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Mapping
from functools import partial
from types import TracebackType
from typing import Any, Self

from probe.lab.namespaces import Namespaces, tool
from probe.lab.topology import RESOLVER, RESOLVER_6

_FAILING_PORT, _SILENT_PORT = 5353, 5354
_SERVFAIL = 0x8182
"""Answer, recursion available, rcode 2."""
START_SECONDS = 5.0


class Resolver:
    """Names to addresses, or to `nxdomain`, `servfail` or `silent`. Use it as a context manager.

    The process ends with the thread that entered here, if that is killed before it can leave.
    """

    def __init__(self, spaces: Namespaces, names: Mapping[str, Any]) -> None:
        self._spaces = spaces
        self._names = names
        self._exit = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with self._exit:
            # What dnsmasq cannot say by itself is said by servers that it is told to ask.
            for told, port in (("servfail", _FAILING_PORT), ("silent", _SILENT_PORT)):
                if told in self._names.values():
                    server = self._spaces.within("cloud", partial(_server, port))
                    self._exit.callback(server.close)
            process = subprocess.Popen(  # noqa: S603 - a list of arguments made here
                self._spaces.command("cloud", *self._command()),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            self._exit.callback(_end, process)
            self._spaces.within("cloud", lambda: _wait(process))
            self._exit = self._exit.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit.close()

    def _command(self) -> list[str]:
        return [
            *(tool("dnsmasq"), "--conf-file=/dev/null", "--keep-in-foreground", "--no-resolv", "--no-hosts"),
            *("--bind-interfaces", "--pid-file=", "--cache-size=0", f"--listen-address={RESOLVER}"),
            *([f"--listen-address={RESOLVER_6}"] if self._spaces.shape.has_ipv6 else []),
            # It stays root: changing its user would make the kernel forget that it ends with us (prctl(2)).
            *("--user=root", "--group=root"),
            *(option for host, told in self._names.items() for option in _options(host, told)),
            "--address=/#/",  # every other name does not exist
        ]


def _options(host: str, told: Any) -> list[str]:  # noqa: ANN401 - a TOML value
    ports = {"servfail": _FAILING_PORT, "silent": _SILENT_PORT}
    if told == "nxdomain":
        return [f"--address=/{host}/"]
    if isinstance(told, str):
        return [f"--server=/{host}/127.0.0.1#{ports[told]}"]
    return [f"--address=/{host}/{address}" for address in told]


def _wait(process: "subprocess.Popen[bytes]") -> None:
    """Wait until it answers: TCP port 53 is open as soon as it serves."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection((RESOLVER, 53), timeout=0.2).close()
        except OSError:
            time.sleep(0.005)
        else:
            return
    raise TimeoutError("dnsmasq did not start")


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait(START_SECONDS)


def _server(port: int) -> socket.socket:
    """Answer every query with SERVFAIL, or none at all."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", port))
    server.settimeout(0.2)  # closing a socket does not wake a thread that reads from it
    if port == _FAILING_PORT:
        threading.Thread(target=_fail, args=(server,), daemon=True).start()
    return server


def _fail(server: socket.socket) -> None:
    while True:
        try:
            query, client = server.recvfrom(512)
            server.sendto(query[:2] + struct.pack("!H", _SERVFAIL) + query[4:], client)
        except TimeoutError:
            continue
        except OSError:
            return
