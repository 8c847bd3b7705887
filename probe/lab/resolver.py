"""The VPC's resolver: Debian's dnsmasq in the cloud namespace, answering from a scenario's names."""

import socket
import struct
import subprocess
import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from probe.lab.namespaces import RESOLVER, Namespaces, tool

_FAILING_PORT = 5353
_SERVFAIL = 0x8182
"""Answer, recursion available, rcode 2."""


class Resolver:
    """Names to addresses, to NXDOMAIN, to SERVFAIL. Use it as a context manager."""

    def __init__(self, spaces: Namespaces, names: Mapping[str, Any]) -> None:
        self._spaces = spaces
        self._names = names
        self._process: subprocess.Popen[bytes] | None = None
        self._failing: socket.socket | None = None

    def __enter__(self) -> Self:
        if "servfail" in self._names.values():
            self._failing = self._spaces.within("cloud", _failing_server)
        command = [tool("dnsmasq"), "--conf-file=/dev/null", "--keep-in-foreground", "--no-resolv", "--no-hosts"]
        command += [f"--listen-address={RESOLVER}", "--bind-interfaces", "--pid-file=", "--cache-size=0", "--user=root"]
        command += [option for host, told in self._names.items() for option in _options(host, told)]
        command.append("--address=/#/")  # every other name does not exist
        self._process = subprocess.Popen(  # noqa: S603 - a list of arguments made here
            [tool("ip"), "netns", "exec", self._spaces.name("cloud"), *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._spaces.within("cloud", self._wait)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(5)
        if self._failing is not None:
            self._failing.close()

    def _wait(self) -> None:
        """Wait until it answers: TCP port 53 is open as soon as it serves."""
        end = time.monotonic() + 5
        while time.monotonic() < end:
            try:
                socket.create_connection((RESOLVER, 53), timeout=0.2).close()
            except OSError:
                time.sleep(0.01)
            else:
                return
        raise TimeoutError("dnsmasq did not start within 5 s")


def _options(host: str, told: Any) -> list[str]:  # noqa: ANN401 - a TOML value
    if told == "nxdomain":
        return [f"--address=/{host}/"]
    if told == "servfail":
        return [f"--server=/{host}/127.0.0.1#{_FAILING_PORT}"]
    return [] if isinstance(told, str) else [f"--address=/{host}/{address}" for address in told]


def _failing_server() -> socket.socket:
    """Answer every query with SERVFAIL, which dnsmasq cannot say by itself."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", _FAILING_PORT))
    threading.Thread(target=_fail, args=(server,), daemon=True).start()
    return server


def _fail(server: socket.socket) -> None:
    while True:
        try:
            query, client = server.recvfrom(512)
            server.sendto(query[:2] + struct.pack("!H", _SERVFAIL) + query[4:], client)
        except OSError:
            return
