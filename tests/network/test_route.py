"""The distance to IMDS, measured by an ordinary user."""

import json
import sys

import pytest

from probe.evidence import Route
from probe.lab.run import run_in
from probe.lab.scenario import NetworkSpec, Rule
from probe.lab.topology import IMDS_4, IMDS_6, NODE_4, NODE_6
from probe.wire.deadline import Deadline
from probe.wire.hops import SECONDS, measure
from tests.network.worlds import IPV6, report_of, step, world

OVERLAY = {IMDS_4: "10.9.0.1", IMDS_6: "fd10:9::1"}
NODE = {IMDS_4: NODE_4, IMDS_6: NODE_6}
UNPRIVILEGED = """
import dataclasses, json
from probe.lab.pod import give_up_privileges
from probe.wire.deadline import Deadline
from probe.wire.hops import measure
give_up_privileges(65532)
status = dict(line.split(":\\t") for line in open("/proc/thread-self/status") if ":\\t" in line)
assert int(status["CapEff"], 16) == 0 and status["NoNewPrivs"].strip() == "1", status
print(json.dumps(dataclasses.asdict(measure("{}", 80, Deadline.after(2)))))
"""


def measured(network: NetworkSpec, address: str = IMDS_4) -> Route:
    """Measure from where the probe stands in a network."""
    with world(network) as built:
        return built.spaces.within(built.probe_role, lambda: measure(address, 80, Deadline.after(2)))


@pytest.mark.parametrize("address", [IMDS_4, IMDS_6])
def test_a_pod_is_two_hops_away_and_the_node_is_named(address: str) -> None:
    route = measured(NetworkSpec(), address)
    assert route.hops == 2
    assert [(router.distance, router.address) for router in route.routers] == [(1, NODE[address])]
    assert route.is_exact


@pytest.mark.parametrize("address", [IMDS_4, IMDS_6])
def test_a_pod_on_an_overlay_is_three_hops_away_and_both_routers_are_named(address: str) -> None:
    route = measured(NetworkSpec(overlay=True), address)
    assert route.hops == 3
    assert [(router.distance, router.address) for router in route.routers] == [
        (1, OVERLAY[address]),
        (2, NODE[address]),
    ]
    assert route.is_exact


@pytest.mark.parametrize("address", [IMDS_4, IMDS_6])
def test_the_node_itself_is_one_hop_away(address: str) -> None:
    route = measured(NetworkSpec(host_network=True), address)
    assert route.hops == 1
    assert route.routers == ()
    assert route.is_exact


def test_the_own_address_on_the_way_is_told() -> None:
    assert measured(NetworkSpec()).source == "10.0.0.10"
    assert measured(NetworkSpec(host_network=True)).source == "10.0.1.23"


@pytest.mark.parametrize("address", [IMDS_4, IMDS_6])
def test_it_needs_no_capability_and_no_new_privileges(address: str) -> None:
    with world() as built:
        told = built.spaces.run("pod", sys.executable, "-c", UNPRIVILEGED.replace("{}", address))
    route = json.loads(told)
    assert route["hops"] == 2
    assert route["routers"][0]["address"] == NODE[address]


def test_a_router_that_stays_silent_makes_it_an_upper_bound() -> None:
    with world() as built:
        script = "table ip t { chain c { type filter hook output priority 0; icmp type time-exceeded drop; }; }"
        built.spaces.run("node", "nft", "-f", "-", standard_input=script)
        route = built.spaces.within("pod", lambda: measure(IMDS_4, 80, Deadline.after(2)))
    assert route.hops == 2
    assert not route.is_exact


def test_silence_takes_no_longer_than_it_is_given_and_names_the_router_before_it() -> None:
    route = measured(NetworkSpec(rules=(Rule(to=IMDS_4, action="drop"),)))
    assert route.hops is None
    assert [router.address for router in route.routers] == [NODE_4]
    assert (route.rejected_by, route.rejected_at) == (None, None)
    assert route.milliseconds is not None
    assert route.milliseconds >= SECONDS * 1000


@pytest.mark.parametrize("action", ["admin-prohibited", "host-unreachable", "net-unreachable", "port-unreachable"])
@pytest.mark.parametrize("address", [IMDS_4, IMDS_6])
def test_who_rejects_by_icmp_is_named(action: str, address: str) -> None:
    route = measured(NetworkSpec(rules=(Rule(to=address, action=action),)), address)
    assert route.hops is None
    assert route.rejected_by == NODE[address]
    assert route.rejected_at == 2


def test_a_reset_tells_its_distance_and_not_its_sender() -> None:
    route = measured(NetworkSpec(rules=(Rule(to=IMDS_4, action="reset"),)))
    assert (route.hops, route.rejected_by, route.rejected_at) == (None, None, 2)


def test_a_diverted_address_is_refused_before_any_router() -> None:
    route = measured(NetworkSpec(rules=(Rule(to=IMDS_4, action="divert"),)))
    assert (route.hops, route.routers, route.rejected_at) == (None, (), 1)


def test_a_diverted_address_that_answers_is_one_hop_away() -> None:
    diverted = NetworkSpec(intercepted=True, rules=(Rule(to=IMDS_4, action="divert"),))
    assert measured(diverted).hops == 1


def test_no_route_is_the_own_kernel_s_word_and_nobody_else_s() -> None:
    route = measured(NetworkSpec(no_route=(IMDS_4,)))
    assert (route.hops, route.routers, route.rejected_by, route.rejected_at) == (None, (), None, None)


@pytest.mark.parametrize(
    ("environment", "drawn"),
    [({}, f"pod → {NODE_4} (node) → {IMDS_4}, 2 hops"), (IPV6, f"pod → {NODE_6} (node) → {IMDS_6}, 2 hops")],
)
def test_the_text_report_draws_the_way(environment: dict[str, str], drawn: str) -> None:
    with world(NetworkSpec(hop_limit=2), environment=environment) as built:
        told = " ".join(run_in(built, ("--format", "text")).stdout.split())
    assert drawn in told


def test_measuring_does_not_use_up_the_icmp_that_the_connect_waits_for() -> None:
    rejected = NetworkSpec(rules=(Rule(to=IMDS_4, action="port-unreachable"),))
    with world(rejected) as built:
        report = report_of(built)
    assert step(report, "imds.connect")["evidence"]["ending"] == "refused"
    assert step(report, "imds.route")["outcome"] == "fail"
