"""A network that keeps to what the resolver said once, so that a name cannot lead elsewhere at the next look."""

import httpcore

from probe.evidence import NameLookup
from probe.wire.network import Network


class PinnedNetwork:
    """The walk's network with one name held fast. See `probe.wire.network.Network`."""

    def __init__(self, inner: Network, found: NameLookup) -> None:
        self._inner = inner
        self._found = found

    @property
    def has_hops(self) -> bool:
        """As the network behind it."""
        return self._inner.has_hops

    def lookup(self, host: str, port: int, seconds: float) -> NameLookup:
        """Return what was found before for the name that is held, and ask for any other."""
        return self._found if host == self._found.host else self._inner.lookup(host, port, seconds)

    def connect(self, address: str, port: int, seconds: float) -> httpcore.NetworkStream:
        """Connect as the network behind it does."""
        return self._inner.connect(address, port, seconds)

    def roots(self) -> str | None:
        """Return the roots of the network behind it."""
        return self._inner.roots()
