"""The way to STS, step by step: name, connection, certificate; beside it the endpoint that other SDKs would use.

Go v1 and botocore before 1.40 take the global endpoint where current SDKs take the regional one
(aws/aws-sdk-go:service/sts/customizations.go, boto/botocore:botocore/args.py), so both are tried.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from probe.aside import Aside
from probe.evidence import Connection, Connections, Ending, Handshakes, NameLookup, NameLookups, Outcome, StsEndpoint
from probe.sources.sts_path import other_endpoint
from probe.sources.sts_way import StsWay
from probe.walk import Done, Walk

DNS_SECONDS = 6.5
"""The resolver's own timeout is 5 s (resolv.conf(5)); a second name server is given its chance."""

T = TypeVar("T")


def walk_path(walk: Walk, endpoint: StsEndpoint) -> str | None:
    """Walk dns, connect and tls. Return why STS cannot be asked, or None when the way is open."""
    other = other_endpoint(endpoint)
    path = _Path(walk, StsWay(walk, endpoint), StsWay(walk, other) if other else None)
    looked_up = walk.step("web-identity.dns", path.dns).value
    connected = walk.step("web-identity.connect", lambda: path.connect(looked_up))
    if connected.outcome is not Outcome.OK:
        walk.skip("no connection to STS", "web-identity.tls")
        return "no connection to STS"
    if not endpoint.secure:
        walk.skip("the endpoint is plain http", "web-identity.tls")
        return None
    secured = walk.step("web-identity.tls", path.tls)
    return "no TLS with STS" if secured.outcome is Outcome.FAIL else None


class _Path:
    """The endpoint that is used and the other one, side by side."""

    def __init__(self, walk: Walk, used: StsWay, other: StsWay | None) -> None:
        self._walk = walk
        self._used = used
        # Behind a proxy a connection says nothing about the endpoint, only about the proxy.
        self._other = other if other is not None and other.proxy_name is None else None

    def dns(self) -> Done[NameLookups]:
        ways = [way for way in (self._used, self._other) if way is not None]
        used, *others = together([partial(self._lookup, way) for way in ways])
        facts = NameLookups(used=used, other=others[0] if others else None)
        if used.error is None:
            return Done(outcome=Outcome.OK, facts=facts, value=facts)
        # A proxy looks names up itself; that the pod cannot is then no failure.
        outcome = Outcome.WARN if self._used.proxy_name else Outcome.FAIL
        return Done(outcome=outcome, facts=facts, value=facts)

    def connect(self, looked_up: NameLookups | None) -> Done[None]:
        of_used = looked_up.used if looked_up else None
        works = [partial(self._connect, self._used, of_used)]
        if self._other is not None:
            works.append(partial(self._connect, self._other, looked_up.other if looked_up else None))
        if self._used.proxy_name is not None:
            works.append(partial(_directly, self._used, of_used))
        done = together(works)
        facts = Connections(
            used=done[0],
            other=done[1] if self._other is not None else None,
            direct=done[-1] if self._used.proxy_name is not None else None,
        )
        return Done(outcome=Outcome.OK if facts.used.ending is Ending.CONNECTED else Outcome.FAIL, facts=facts)

    def tls(self) -> Done[None]:
        done = self._used.handshake()
        return Done(
            outcome=Outcome.OK if done.ending is Ending.CONNECTED else Outcome.FAIL, facts=Handshakes(used=done)
        )

    def _lookup(self, way: StsWay) -> NameLookup:
        seconds = min(DNS_SECONDS, self._walk.deadline.remaining())
        return self._walk.network.lookup(way.endpoint.host, way.endpoint.port, seconds)

    def _connect(self, way: StsWay, looked_up: NameLookup | None) -> Connection:
        return way.connect() if way.proxy_name else _directly(way, looked_up)


def _directly(way: StsWay, looked_up: NameLookup | None) -> Connection:
    return _known_failure(way, looked_up) or way.connect_directly()


def _known_failure(way: StsWay, looked_up: NameLookup | None) -> Connection | None:
    """Return the failed connection of a name that did not resolve a moment ago: asking again would only take time."""
    if looked_up is None or looked_up.error is None:
        return None
    return Connection(
        host=way.endpoint.host,
        port=way.endpoint.port,
        ending=looked_up.error,
        error_name=looked_up.error_name,
    )


def together(works: Sequence[Callable[[], T]]) -> list[T]:
    """Do bounded works at the same time; return what they return, in order.

    Not in the standard library's pool: an interpreter that ends waits for its threads, and a sidecar has to end.
    """
    return [aside.result() for aside in [Aside(work, "web-identity") for work in works]]
