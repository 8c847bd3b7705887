"""`probe lab` and the scenarios that the kernel plays: listing, choosing, refusing. None is built here."""

import pytest

from probe.lab import namespaces
from probe.lab.scenario import NETWORK_SCENARIOS, SCENARIOS, names
from tests.cli.conftest import Run

HEADING = "With --network (Linux, root)"


def test_network_scenarios_are_listed_under_a_heading_of_their_own(probe: Run) -> None:
    lines = probe("lab", "list").stdout.splitlines()
    below = lines[lines.index(HEADING) :]
    assert lines[0] == "On loopback"
    assert any(line.startswith("hop-limit-overlay ") for line in below)
    assert not any(line.startswith("karpenter-v1-hop-limit ") for line in below)


def test_only_network_scenarios_are_listed_when_asked_for(probe: Run) -> None:
    assert probe("lab", "list", "--network").stdout.startswith(HEADING)


def test_a_network_scenario_is_shown_without_being_asked_for_by_kind(probe: Run) -> None:
    shown = probe("lab", "show", "hop-limit-overlay").stdout
    assert shown.startswith("hop-limit-overlay\n")
    assert "imds-hop-limit certain, exit code 54" in shown


def test_no_name_is_used_twice() -> None:
    assert not {*names(SCENARIOS)} & {*names(NETWORK_SCENARIOS)}


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("run", "hop-limit-overlay"), "there is no scenario 'hop-limit-overlay'"),
        (("run", "--network", "karpenter-v1-hop-limit"), "there is no scenario 'karpenter-v1-hop-limit'"),
        (("run", "--network"), "name a scenario, or give --all"),
        (("run", "karpenter-v1-hop-limit", "--host-network"), "--host-network goes with --network and one scenario"),
        (("run", "--all", "--network", "--host-network"), "--host-network goes with --network and one scenario"),
    ],
)
def test_a_scenario_of_the_other_kind_or_none_is_a_mistake(
    probe: Run, arguments: tuple[str, ...], complaint: str
) -> None:
    ran = probe("lab", *arguments)
    assert ran.exit_code == 64
    assert complaint in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "chosen", [("--network", "hop-limit"), ("--network", "hop-limit", "imds-rejected-by-reset"), ("--all", "--network")]
)
def test_a_machine_that_cannot_build_it_says_so_in_one_line(
    probe: Run, monkeypatch: pytest.MonkeyPatch, chosen: tuple[str, ...]
) -> None:
    monkeypatch.setattr(namespaces, "why_not", lambda: "network worlds need root")
    ran = probe("lab", "run", *chosen)
    assert (ran.exit_code, ran.stdout, ran.stderr) == (64, "", "probe: network worlds need root\n")
