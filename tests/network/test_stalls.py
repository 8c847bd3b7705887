"""A token PUT without an answer that is not the hop limit: what the kernel knows of the connection tells them apart."""

from typing import Any

import pytest

from probe.lab.scenario import NetworkSpec, Rule
from probe.lab.topology import IMDS_4, IMDS_6
from tests.network.worlds import IPV6, NODE_ROLE, codes, finding, report_of, step, world

EITHER = {"imds-hop-limit", "imds-hop-limit-v1-allowed"}
BARE = {IMDS_4: 64, IMDS_6: 84}
"""Bytes that an acknowledgement or a SYN needs at most, with its IP header; a packet with data is longer."""
ADDRESSES: dict[str, dict[str, str]] = {IMDS_4: {}, IMDS_6: IPV6}


def seen(*rules: Rule, environment: dict[str, str], tokens: str = "required") -> dict[str, Any]:
    """Run the probe where IMDS is reached under these rules."""
    servers = {"imds": {**NODE_ROLE["imds"], "tokens": tokens}, "sts": {}}
    with world(NetworkSpec(rules=rules), servers=servers, environment=environment) as built:
        return report_of(built)


def puts(report: dict[str, Any]) -> list[tuple[bool | None, bool | None]]:
    """Return what was acknowledged of each PUT: the request, and our end of the conversation."""
    exchanges = step(report, "imds.token")["evidence"]["exchanges"]
    return [(one["request_acknowledged"], one["end_acknowledged"]) for one in exchanges]


@pytest.mark.parametrize("address", ADDRESSES)
def test_requests_that_vanish_after_the_connect_are_not_acknowledged(address: str) -> None:
    report = seen(Rule(to=address, action="longer-than", size=BARE[address]), environment=ADDRESSES[address])
    assert puts(report) == [(False, None), (False, None)]
    assert finding(report, "imds-stalled")["certainty"] == "certain"
    assert not codes(report) & EITHER


@pytest.mark.parametrize("address", ADDRESSES)
def test_answers_that_vanish_leave_requests_and_our_end_acknowledged(address: str) -> None:
    vanish = Rule(to=address, action="longer-than", size=BARE[address], replies=True)
    report = seen(vanish, environment=ADDRESSES[address])
    assert puts(report) == [(True, True), (True, True)]
    assert finding(report, "imds-stalled")["certainty"] == "certain"
    assert not codes(report) & EITHER


@pytest.mark.parametrize("tokens", ["required", "optional"])
def test_puts_alone_that_vanish_are_not_acknowledged_and_no_hop_limit(tokens: str) -> None:
    lost = Rule(to=IMDS_4, port=80, action="drop", method="PUT")
    report = seen(lost, environment={}, tokens=tokens)
    assert puts(report) == [(False, None), (False, None)]
    assert finding(report, "imds-stalled")["certainty"] == "likely"
    assert not codes(report) & EITHER


@pytest.mark.parametrize("size", [220, 250, 280])
def test_a_path_that_swallows_only_the_token_s_answer_by_size_is_never_certainly_the_hop_limit(size: int) -> None:
    report = seen(Rule(to=IMDS_4, action="longer-than", size=size, replies=True), environment={})
    certain = {one["code"] for one in report["findings"] if one["certainty"] == "certain"}
    assert not certain & EITHER
    assert codes(report) & (EITHER | {"imds-stalled", "imds-unavailable"})


@pytest.mark.parametrize("size", [550, 650, 750])
def test_a_path_mtu_that_exists_in_practice_spares_the_token_and_swallows_the_keys(size: int) -> None:
    report = seen(Rule(to=IMDS_4, action="longer-than", size=size, replies=True), environment={})
    assert step(report, "imds.token")["outcome"] == "ok"
    assert codes(report) & {"imds-unavailable"}
    assert not codes(report) & (EITHER | {"imds-stalled"})


def test_a_proxy_on_the_node_that_swallows_puts_is_one_hop_away_and_no_hop_limit() -> None:
    servers = {"imds": {**NODE_ROLE["imds"], "faults": [{"kind": "stall", "route": "token"}]}}
    network = NetworkSpec(intercepted=True, rules=(Rule(to=IMDS_4, action="divert"),))
    with world(network, servers=servers) as built:
        report = report_of(built)
    assert puts(report) == [(True, True), (True, True)]
    assert finding(report, "imds-stalled")["certainty"] == "likely"
    assert not codes(report) & EITHER


@pytest.mark.parametrize("percent", [10, 30, 50, 70])
def test_random_loss_is_never_certainly_the_hop_limit(percent: int) -> None:
    rules = [Rule(to=IMDS_4, action="loss", percent=percent, replies=replies) for replies in (False, True)]
    with world(NetworkSpec(rules=tuple(rules))) as built:
        reports = [report_of(built) for _ in range(3)]
    certain = {one["code"] for report in reports for one in report["findings"] if one["certainty"] == "certain"}
    assert not certain & EITHER
