"""What Linux tells a program when a rule or a route says no, asked of the kernel and not of a book."""

import pytest

from probe.evidence import Ending
from probe.lab.firewall import ruleset
from probe.lab.namespaces import Namespaces, tool
from probe.lab.scenario import Rule
from probe.lab.topology import IMDS_4, IMDS_6, Shape
from probe.wire.deadline import Deadline
from probe.wire.network import RealNetwork
from probe.wire.stream import connect

PATIENCE = 2.5
"""Seconds. With IPv6 the kernel ignores ICMP that arrives within connect(2) itself; a second SYN brings it again."""
TOLD = {
    ("reset", 4): (Ending.REFUSED, "ECONNREFUSED"),
    ("reset", 6): (Ending.REFUSED, "ECONNREFUSED"),
    ("port-unreachable", 4): (Ending.REFUSED, "ECONNREFUSED"),
    ("port-unreachable", 6): (Ending.REFUSED, "ECONNREFUSED"),
    ("host-unreachable", 4): (Ending.UNREACHABLE, "EHOSTUNREACH"),
    ("host-unreachable", 6): (Ending.UNREACHABLE, "EHOSTUNREACH"),
    ("net-unreachable", 4): (Ending.UNREACHABLE, "ENETUNREACH"),
    ("net-unreachable", 6): (Ending.UNREACHABLE, "ENETUNREACH"),
    ("admin-prohibited", 4): (Ending.UNREACHABLE, "EHOSTUNREACH"),
    ("admin-prohibited", 6): (Ending.PROHIBITED, "EACCES"),
    ("drop", 4): (Ending.CONNECT_TIMEOUT, None),
    ("drop", 6): (Ending.CONNECT_TIMEOUT, None),
}
"""Which errno a connect gets for each action of a rule and each family (net/ipv4/icmp.c, net/ipv6/icmp.c)."""
ROUTES = {
    "unreachable": (Ending.UNREACHABLE, "EHOSTUNREACH"),
    "prohibit": (Ending.PROHIBITED, "EACCES"),
    "blackhole": (Ending.UNREACHABLE, "EINVAL"),
}


def ended(spaces: Namespaces, address: str) -> tuple[Ending, str | None]:
    """Connect from the pod; return how it ended."""

    def attempt() -> tuple[Ending, str | None]:
        stream, connection = connect(RealNetwork(), address, 80, Deadline.after(PATIENCE))
        if stream is not None:
            stream.close()
        return connection.ending, connection.error_name

    return spaces.within("pod", attempt)


@pytest.mark.parametrize("at", ["node", "pod"])
@pytest.mark.parametrize(("action", "version"), TOLD)
def test_a_rule_ends_a_connect_in_its_own_way_wherever_it_stands(action: str, version: int, at: str) -> None:
    address = IMDS_4 if version == 4 else IMDS_6
    with Namespaces(Shape()) as spaces:
        script = ruleset([Rule(to=address, action=action)])
        spaces.run(at, tool("nft"), "-f", "-", standard_input=script)
        assert ended(spaces, address) == TOLD[action, version]


@pytest.mark.parametrize("address", [IMDS_4, IMDS_6])
@pytest.mark.parametrize("kind", ROUTES)
def test_a_route_that_leads_nowhere_is_told_at_once(kind: str, address: str) -> None:
    with Namespaces(Shape()) as spaces:
        spaces.run("pod", tool("ip"), "route", "add", kind, address)
        assert ended(spaces, address) == ROUTES[kind]


def test_a_pod_without_addresses_of_a_family_has_no_route_in_it() -> None:
    with Namespaces(Shape(families=("ipv6",))) as spaces:
        assert ended(spaces, IMDS_4) == (Ending.UNREACHABLE, "ENETUNREACH")
    with Namespaces(Shape(families=("ipv4",))) as spaces:
        assert ended(spaces, IMDS_6) == (Ending.UNREACHABLE, "ENETUNREACH")
