"""Where the sidecar listens, as people write it."""

import argparse
import ipaddress

from probe.records import dataclass
from probe.secret import printable

EXAMPLES = "write it like :9410, 0.0.0.0:9410 or [::1]:9410"


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where to listen."""

    host: str
    """An IP address without brackets; empty for all of this pod's, of both families where there are two."""
    port: int
    """0 for one that the kernel chooses."""

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this pod itself can reach it."""
        return is_loopback(self.host)


PUBLIC = Address(host="", port=9410)
PRIVATE = Address(host="127.0.0.1", port=9411)


def address(text: str) -> Address:
    """Read what stands on a command line. Names are not looked up: which address a name has is not the pod's to say."""
    host, colon, port = text.rpartition(":")
    if not colon:
        raise _problem(text, "has no port")
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and int(port) <= 65_535):
        raise _problem(text, "has no port from 0 to 65535")
    bracketed = host.startswith("[") and host.endswith("]")
    if ":" in host and not bracketed:
        raise _problem(text, "has an IPv6 address without brackets")
    return Address(host=_ip_address(host[1:-1] if bracketed else host, text), port=int(port))


def loopback_address(text: str) -> Address:
    """Read the address of the listener that only this pod itself may reach."""
    read = address(text)
    if not read.is_loopback:
        raise _problem(text, "is not an address of loopback; the page and the report are for `kubectl port-forward`")
    return read


def is_loopback(host: str) -> bool:
    """Whether an IP address, of a listener or of a peer, is one of loopback; False for what is no address."""
    try:
        read = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = read.ipv4_mapped if isinstance(read, ipaddress.IPv6Address) else None
    return (mapped or read).is_loopback


def _ip_address(host: str, text: str) -> str:
    if host == "localhost":
        return "127.0.0.1"
    try:
        return str(ipaddress.ip_address(host)) if host else ""
    except ValueError:
        raise _problem(text, "names no IP address") from None


def _problem(text: str, what: str) -> argparse.ArgumentTypeError:
    return argparse.ArgumentTypeError(f"{printable(text, 60)!r} {what} ({EXAMPLES})")
