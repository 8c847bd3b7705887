"""Where a scenario's addresses lead, before anything is started."""

import ipaddress
from collections.abc import Iterator, Mapping

from probe.lab.places import PLACES
from probe.lab.scenario import Scenario

PROXY = "192.0.2.80:3128"
PROXY_NAME = "proxy.example.com"
NOWHERE = frozenset({"refused", "timeout", "unreachable", "no-host", "prohibited"})

Place = tuple[str, int]


def targets(scenario: Scenario) -> dict[Place, str]:
    """Return each address and port, and the server that listens there or the way in which nobody does."""
    started = {*scenario.servers, *(["sts-global"] if "sts" in scenario.servers else [])}
    usual = {place: kind if kind in started else "timeout" for kind, places in PLACES.items() for place in places}
    proxy = {PROXY: "proxy"} if "proxy" in started else {}
    return {split(place): target for place, target in {**usual, **proxy, **scenario.dial}.items()}


def split(place: str) -> Place:
    """Split `ADDRESS:PORT`."""
    host, _, port = place.rpartition(":")
    return host.strip("[]"), int(port)


def gone(places: Mapping[Place, str], how: str) -> Iterator[str]:
    """Return the addresses to which nothing leads in this way."""
    return (host for (host, _), target in places.items() if target == how)


def is_loopback(address: str) -> bool:
    """Whether an address is in every namespace anyway."""
    return ipaddress.ip_address(address).is_loopback
