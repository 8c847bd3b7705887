"""The lab's network: real names and addresses on the outside, loopback servers on the inside, nothing else at all."""

import errno
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import field

import httpcore

from probe.evidence import Ending, NameLookup
from probe.records import dataclass
from probe.wire.network import is_address

_DIAL_ERRORS = {
    "unreachable": errno.ENETUNREACH,
    "no-host": errno.EHOSTUNREACH,
    "prohibited": errno.EACCES,
}
_NAME_ERRORS = {
    "nxdomain": (Ending.NAME_NOT_FOUND, "EAI_NONAME"),
    "servfail": (Ending.NAME_LOOKUP_FAILED, "EAI_AGAIN"),
    "silent": (Ending.NAME_LOOKUP_TIMEOUT, None),
}


@dataclass(frozen=True, kw_only=True)
class LabNetwork:
    """Where each name and address leads. What is not listed does not exist: nothing leaves loopback."""

    dial: Mapping[str, str] = field(default_factory=dict)
    """`ADDRESS:PORT` to a loopback port, or to `unreachable`, `no-host` or `prohibited`, which loopback cannot do."""
    names: Mapping[str, Sequence[str] | str] = field(default_factory=dict)
    """A host name to its addresses, or to `nxdomain`, `servfail` or `silent`."""
    certificates: str | None = None
    """The lab authority's certificate file, in the place of the public authorities."""
    has_hops: bool = False

    def lookup(self, host: str, port: int, seconds: float) -> NameLookup:
        """See `probe.wire.network.Network`."""
        del port
        if is_address(host):
            return NameLookup(host=host, addresses=(host,), literal=True)
        told = self.names.get(host, "nxdomain")
        if not isinstance(told, str):
            return NameLookup(host=host, addresses=tuple(told), milliseconds=0.1)
        error, name = _NAME_ERRORS[told]
        if told != "silent":
            return NameLookup(host=host, error=error, error_name=name, milliseconds=0.1)
        time.sleep(seconds)
        return NameLookup(host=host, error=error, error_name=name, milliseconds=seconds * 1000)

    def connect(self, address: str, port: int, seconds: float) -> httpcore.NetworkStream:
        """See `probe.wire.network.Network`."""
        target = self.dial.get(key(address, port), "unreachable")
        if target in _DIAL_ERRORS:
            number = _DIAL_ERRORS[target]
            raise httpcore.ConnectError from OSError(number, os.strerror(number))
        return httpcore.SyncBackend().connect_tcp("127.0.0.1", int(target), timeout=max(seconds, 0.001))

    def roots(self) -> str | None:
        """See `probe.wire.network.Network`."""
        return self.certificates


def key(address: str, port: int) -> str:
    """Return how an address and port are written in `dial`."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
