"""The hop limit in every cell: limit, distance, tokens, family."""

import itertools
from dataclasses import replace
from typing import Any

import pytest

from probe.lab.scenario import NetworkSpec
from tests.network.worlds import IPV6, NODE_ROLE, codes, finding, report_of, step, world

DISTANCES = {1: NetworkSpec(host_network=True), 2: NetworkSpec(), 3: NetworkSpec(overlay=True)}
FAMILIES: dict[str, dict[str, str]] = {"ipv4": {}, "ipv6": IPV6}
TOKENS = ("required", "optional")
CELLS = list(itertools.product((1, 2, 3), DISTANCES, TOKENS, FAMILIES))
TOO_LOW = [cell for cell in CELLS if cell[0] < cell[1]]
ENOUGH = [cell for cell in CELLS if cell[0] >= cell[1]]
EITHER = {"imds-hop-limit", "imds-hop-limit-v1-allowed"}
ANY_STALL = EITHER | {"imds-stalled", "imds-unavailable", "imds-slow", "imds-blocked"}


def judged(limit: int, distance: int, tokens: str, family: str) -> dict[str, Any]:
    """Run the probe in one cell."""
    servers = {"imds": {**NODE_ROLE["imds"], "tokens": tokens}, "sts": {}}
    network = replace(DISTANCES[distance], hop_limit=limit)
    with world(network, servers=servers, environment=FAMILIES[family]) as built:
        return report_of(built)


@pytest.mark.parametrize(("limit", "distance", "tokens", "family"), TOO_LOW)
def test_a_limit_below_the_distance_is_certain_and_the_distance_is_the_number_to_set(
    limit: int, distance: int, tokens: str, family: str
) -> None:
    report = judged(limit, distance, tokens, family)
    code = "imds-hop-limit" if tokens == "required" else "imds-hop-limit-v1-allowed"
    assert codes(report) & ANY_STALL == {code}
    assert (report["verdict"]["code"], report["verdict"]["exit_code"]) == (code, 54)
    found = finding(report, code)
    assert found["certainty"] == "certain"
    commands = [remedy["command"] or "" for remedy in found["remedies"]]
    assert any(command.endswith(f"--http-put-response-hop-limit {distance}") for command in commands)
    assert any(f'"httpPutResponseHopLimit":{distance}' in command for command in commands)
    assert f"({distance} are needed)" in found["summary"]


@pytest.mark.parametrize(("limit", "distance", "tokens", "family"), ENOUGH)
def test_a_limit_that_reaches_the_pod_is_never_called_too_low(
    limit: int, distance: int, tokens: str, family: str
) -> None:
    report = judged(limit, distance, tokens, family)
    assert codes(report) & ANY_STALL == set()
    assert report["verdict"]["exit_code"] == 0
    assert step(report, "imds.token")["outcome"] == "ok"
    assert step(report, "imds.route")["evidence"]["hops"] == distance


@pytest.mark.parametrize("family", FAMILIES)
def test_from_the_node_the_same_limit_is_enough_and_the_report_says_what_that_proves(family: str) -> None:
    from_pod, from_node = judged(1, 2, "required", family), judged(1, 1, "required", family)
    assert from_pod["verdict"]["exit_code"] == 54
    assert "every answer has to cross the node" in " ".join(finding(from_pod, "imds-hop-limit")["evidence"])
    assert from_node["verdict"]["exit_code"] == 0
    proof = "held up on its way to the node" if family == "ipv4" else "proves nothing for pods elsewhere"
    assert proof in from_node["verdict"]["summary"], "the identity document tells no IPv6 address to compare"


def test_the_limit_holds_for_the_connection_of_the_put_alone() -> None:
    report = judged(1, 2, "required", "ipv4")
    gets = step(report, "imds.tokenless")["evidence"]["exchanges"]
    assert [get["status"] for get in gets] == [401, 401]
    assert max(get["phases"]["complete"] for get in gets) < 400


def test_the_put_was_acknowledged_and_nothing_after_it() -> None:
    puts = step(judged(1, 2, "required", "ipv4"), "imds.token")["evidence"]["exchanges"]
    assert len(puts) == 2
    for put in puts:
        assert (put["ending"], put["request_acknowledged"], put["end_acknowledged"]) == ("no-answer", True, False)
