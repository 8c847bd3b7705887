"""The way to IMDS as a picture, and what working credentials prove from where the probe stands."""

import pytest

from probe.evidence import (
    Ending,
    Evidence,
    Exchange,
    Given,
    InstanceMetadata,
    Outcome,
    Pod,
    Process,
    Route,
    Router,
    Step,
)
from probe.findings.case import Case
from probe.findings.standpoint import picture, stands_on_node, what_it_proves

IMDS, IMDS_6 = "169.254.169.254", "fd00:ec2::254"
NODE = Router(distance=1, address="10.0.0.1")


def case(route: Route | None, private_address: str | None = None) -> Case:
    """A walk that measured a route and, if a private address is given, read the identity document."""
    answered = Exchange(method="GET", url=f"http://{IMDS}/", ending=Ending.ANSWERED, status=200)
    metadata = InstanceMetadata(exchange=answered, private_address=private_address)
    steps = (
        *([Step(id="imds.route", outcome=Outcome.OK, facts=route)] if route else []),
        *([Step(id="imds.metadata", outcome=Outcome.OK, facts=metadata)] if private_address else []),
    )
    return Case(Evidence(given=Given(process=Process(user=1, group=1), pod=Pod(), clock=0.0), steps=steps))


@pytest.mark.parametrize(
    ("route", "drawn"),
    [
        (Route(address=IMDS, hops=2, routers=(NODE,)), f"pod → 10.0.0.1 (node) → {IMDS}, 2 hops"),
        (Route(address=IMDS, hops=1), f"pod → {IMDS}, 1 hop"),
        (
            Route(address=IMDS_6, hops=2, routers=(Router(distance=1, address="fd10::1"),)),
            f"pod → fd10::1 (node) → {IMDS_6}, 2 hops",
        ),
        (
            Route(
                address=IMDS, hops=3, routers=(Router(distance=1, address="10.9.0.1"), Router(distance=2, address="x"))
            ),
            f"pod → 10.9.0.1 → x (node) → {IMDS}, 3 hops",
        ),
        (Route(address=IMDS, hops=3, routers=(NODE,)), f"pod → 10.0.0.1 → ? → {IMDS}, at most 3 hops"),
        (Route(address=IMDS, hops=None, routers=(NODE,)), f"pod → 10.0.0.1 → nothing connects to {IMDS}"),
        (
            Route(address=IMDS, hops=None, routers=(NODE,), rejected_by="10.0.0.1", rejected_at=2),
            f"pod → 10.0.0.1 → nothing connects to {IMDS}, 10.0.0.1 says no",
        ),
        (
            Route(address=IMDS, hops=None, rejected_at=1),
            f"pod → nothing connects to {IMDS}, refused at a distance of 1",
        ),
    ],
)
def test_the_way_is_drawn_from_the_pod_to_imds(route: Route, drawn: str) -> None:
    assert picture(route) == drawn


def test_a_router_on_the_way_proves_that_the_probe_is_not_on_the_host_network() -> None:
    crossed = case(Route(address=IMDS, hops=2, routers=(NODE,), source="10.0.0.10"), private_address="10.0.1.23")
    assert stands_on_node(crossed) is False
    assert what_it_proves(crossed) == ""


def test_the_instance_s_own_address_proves_that_it_is() -> None:
    on_node = case(Route(address=IMDS, hops=1, source="10.0.1.23"), private_address="10.0.1.23")
    assert stands_on_node(on_node) is True
    assert "host network" in what_it_proves(on_node)


@pytest.mark.parametrize("private_address", [None, "10.0.1.23"])
def test_a_distance_of_one_alone_proves_nothing_for_other_pods(private_address: str | None) -> None:
    diverted = case(Route(address=IMDS, hops=1, source="10.0.0.10"), private_address=private_address)
    assert stands_on_node(diverted) is None
    assert "proves nothing for pods elsewhere" in what_it_proves(diverted)


@pytest.mark.parametrize("route", [None, Route(address=IMDS, hops=None), Route(address=IMDS, hops=2)])
def test_without_a_whole_measurement_nothing_is_claimed(route: Route | None) -> None:
    assert stands_on_node(case(route, private_address="10.0.1.23")) is None
    assert what_it_proves(case(route)) == ""
