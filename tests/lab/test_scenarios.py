"""Every scenario: the probe says of each world what is true of it, and never a secret; and what scenarios must be."""

import io
import json
import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest

from probe.cli import main
from probe.evidence import CHAIN_ORDER, Outcome
from probe.findings.catalogue import CATALOGUE
from probe.findings.catalogue.entry import Severity
from probe.lab.run import differences, run_in
from probe.lab.scenario import PRESETS, SCENARIOS, Scenario, load, names
from probe.lab.world import World
from probe.report import Certainty
from tests.lab.played import IN_ONE_PLACE, played

NAMES = names()
ALL = {name: load(name) for name in NAMES}
FORMATS = (["--format", "text"], ["--format", "text", "-vv"], ["--format", "short"], ["--format", "npd"])
NOT_ON_LOOPBACK = {
    "sdk-too-old": "no walk shows an SDK's version; a log does",
}
"""Codes that no world can produce, and why."""
FEWEST_SECRETS = 2
"""A world with fewer canaries would prove nothing about secrets."""


def codes(scenario: Scenario) -> set[str]:
    return {found.partition(" ")[0] for found in scenario.expect.findings}


def told_again(report: str, folder: Path, arguments: list[str]) -> str:
    """Judge a saved report again, and tell it in another format."""
    saved = folder / "report.json"
    saved.write_text(report)
    stdout, stderr = io.StringIO(), io.StringIO()
    main(["diagnose", str(saved), *arguments], stdout=stdout, stderr=stderr)
    return stdout.getvalue() + stderr.getvalue()


@pytest.mark.lab
@pytest.mark.parametrize("name", [pytest.param(name, marks=IN_ONE_PLACE(name)) for name in NAMES])
def test_the_probe_says_of_a_world_what_is_true_of_it_and_no_secret_in_any_format(name: str, tmp_path: Path) -> None:
    ran = played(name).ran
    assert tuple(differences(ALL[name], ran)) == ()
    told = {" ".join(arguments): told_again(ran.stdout, tmp_path, arguments) for arguments in FORMATS}
    told |= {"json": ran.stdout, "log": ran.stderr, "termination message": ran.termination_message}
    assert all(told.values())
    assert len(ran.canaries) >= FEWEST_SECRETS or not ALL[name].tokens
    assert [(where, canary) for where, text in told.items() for canary in ran.canaries if canary in text] == []


@pytest.mark.lab
@pytest.mark.parametrize("arguments", FORMATS, ids=" ".join)
@pytest.mark.parametrize(
    "name", ["imds-healthy-node-role", "static-keys-rejected", "pod-identity-healthy", "irsa-healthy"]
)
def test_a_process_of_its_own_puts_out_no_secret_either(name: str, arguments: list[str]) -> None:
    with World(ALL[name]) as world:
        ran = run_in(world, arguments)
    told = ran.stdout + ran.stderr + ran.termination_message
    assert ran.stdout
    assert len(ran.canaries) >= FEWEST_SECRETS
    assert [canary for canary in ran.canaries if canary in told] == []


@pytest.mark.lab
@pytest.mark.parametrize("name", ["karpenter-v1-hop-limit", "pod-identity-no-association", "irsa-trust-denied"])
def test_a_saved_report_is_judged_as_it_was(name: str, tmp_path: Path) -> None:
    with World(ALL[name]) as world:
        ran = run_in(world)
    again = json.loads(told_again(ran.stdout, tmp_path, ["--format", "json"]))
    assert again["verdict"] == ran.report["verdict"]
    assert again["findings"] == ran.report["findings"]


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_has_a_name_a_title_and_a_story(name: str) -> None:
    scenario = ALL[name]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    assert 10 <= len(scenario.title) <= 100
    assert not scenario.title.endswith(".")
    assert scenario.story.strip().endswith((".", "!", "?"))
    assert len(scenario.story.split()) >= 8
    assert all(re.fullmatch(r"F\d{3}", row) for row in scenario.rows)


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_expects_codes_and_steps_that_exist(name: str) -> None:
    scenario = ALL[name]
    certainties = {found.partition(" ")[2] for found in scenario.expect.findings}
    assert codes(scenario) <= set(CATALOGUE)
    assert {*scenario.look_alike_of, *scenario.expect.never} <= set(CATALOGUE)
    assert certainties <= set(Certainty)
    assert set(scenario.expect.steps) <= set(CHAIN_ORDER)
    assert set(scenario.expect.steps.values()) <= set(Outcome)


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_does_not_contradict_itself(name: str) -> None:
    scenario, expect = ALL[name], ALL[name].expect
    assert not codes(scenario) & {*scenario.look_alike_of, *expect.never}
    if expect.verdict is None:
        assert (expect.exit_code, expect.certainty) == (0, None)
    elif expect.exit_code == 8:
        assert (expect.verdict, expect.certainty) == ("walk-cut", None)
    else:
        assert expect.exit_code == (
            0 if "--exit-zero" in scenario.pod.arguments else CATALOGUE[expect.verdict].exit_code
        )
        assert f"{expect.verdict} {expect.certainty}" in expect.findings


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_names_what_it_must_not_be_mistaken_for(name: str) -> None:
    assert ALL[name].look_alike_of


@pytest.mark.parametrize("code", [code for code in CATALOGUE if code not in NOT_ON_LOOPBACK])
def test_every_finding_is_seen_in_some_world(code: str) -> None:
    assert [name for name, scenario in ALL.items() if code in codes(scenario)]


@pytest.mark.parametrize("code", [code for code, entry in CATALOGUE.items() if entry.severity is Severity.ERROR])
def test_every_error_has_a_world_that_only_resembles_it(code: str) -> None:
    if code in NOT_ON_LOOPBACK:
        assert code not in set(chain.from_iterable(codes(scenario) for scenario in ALL.values()))
    else:
        assert [name for name, scenario in ALL.items() if code in {*scenario.look_alike_of, *scenario.expect.never}]


def test_every_folder_is_a_scenario() -> None:
    assert sorted(path.name for path in SCENARIOS.iterdir() if path.is_dir()) == NAMES


def test_every_preset_is_used() -> None:
    used = {
        preset
        for path in SCENARIOS.glob("*/scenario.toml")
        for preset in tomllib.loads(path.read_text()).get("use", [])
    }
    assert {path.stem for path in PRESETS.glob("*.toml")} <= used


@pytest.mark.parametrize("path", sorted(chain(SCENARIOS.rglob("*.toml"), PRESETS.glob("*.toml"))), ids=str)
def test_no_scenario_holds_an_account_or_a_key(path: Path) -> None:
    text = path.read_text()
    assert set(re.findall(r"(?<![\d-])\d{12}(?!\d)", text)) <= {"111122223333", "444455556666", "123456789012"}
    assert [key for key in re.findall(r"\bA[KS]IA[A-Z0-9]{12,}\b", text) if "EXAMPLE" not in key] == []
