"""Running the probe in a world, and holding what it says against the expectation."""

import json
import os
from dataclasses import replace
from typing import Any

import pytest

from probe.lab.pod import PodFiles
from probe.lab.run import Ran, differences, run_in
from probe.lab.scenario import Expectation, LabFile, PodSpec, Scenario
from probe.lab.world import USER, World

EXPECTED = Expectation(
    exit_code=54,
    verdict="imds-hop-limit",
    certainty="certain",
    findings=("imds-hop-limit certain",),
    steps={"imds.token": "fail"},
    text_has=("hop limit",),
    sdks={"go-v2": "error"},
)
SCENARIO = Scenario(name="made-up", title="", story="", look_alike_of=("imds-stalled",), expect=EXPECTED)
REPORT: dict[str, Any] = {
    "verdict": {"code": "imds-hop-limit", "certainty": "certain", "summary": "The hop limit is too low."},
    "findings": [{"code": "imds-hop-limit", "certainty": "certain"}],
    "steps": [{"id": "imds.token", "outcome": "fail"}],
    "sdks": [{"sdk": "go-v2", "outcome": "error", "source": None}],
}


def ran(*, exit_code: int = 54, stderr: str = "", message: str = "", **changed: object) -> Ran:
    return Ran(
        exit_code=exit_code,
        stdout=json.dumps({**REPORT, **changed}),
        stderr=stderr,
        termination_message=message,
        canaries=("CANARY",),
        seconds=1.0,
    )


def test_a_run_as_expected_differs_in_nothing() -> None:
    assert list(differences(SCENARIO, ran())) == []


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (ran(exit_code=0), ["exit code 0, expected 54"]),
        (
            ran(verdict={"code": None, "certainty": None, "summary": "The hop limit is too low."}),
            ["verdict code None, expected imds-hop-limit", "verdict certainty None, expected certain"],
        ),
        (ran(findings=[]), ["missing: imds-hop-limit certain"]),
        (
            ran(findings=[{"code": "imds-hop-limit", "certainty": "likely"}]),
            ["missing: imds-hop-limit certain", "unexpected: imds-hop-limit likely"],
        ),
        (
            ran(findings=[*REPORT["findings"], {"code": "imds-stalled", "certainty": "likely"}]),
            ["unexpected: imds-stalled likely", "look-alike named: imds-stalled"],
        ),
        (ran(steps=[]), ["step imds.token None, expected fail"]),
        (
            ran(verdict={"code": "imds-hop-limit", "certainty": "certain", "summary": "Nothing."}),
            ["nothing says: hop limit"],
        ),
        (
            ran(sdks=[{"sdk": "go-v2", "outcome": "credentials", "source": "imds"}]),
            ["go-v2: credentials imds, expected error"],
        ),
        (ran(sdks=[]), ["go-v2: no prediction, expected error"]),
        (ran(stderr="a log with CANARY"), ["a secret of 6 characters leaked"]),
        (ran(message="a message with CANARY"), ["a secret of 6 characters leaked"]),
    ],
)
def test_every_difference_is_told(one: Ran, told: list[str]) -> None:
    assert list(differences(SCENARIO, one)) == told


def test_a_run_without_a_report_is_told_with_its_last_words() -> None:
    (told,) = differences(SCENARIO, replace(ran(), stdout="Traceback", stderr="it broke"))
    assert told == "no report on stdout; stderr ends: it broke"


def test_nothing_secret_is_in_the_repr_of_a_run() -> None:
    assert "CANARY" not in repr(ran(stderr="CANARY"))


def hop_limit(*files: LabFile, **environment: str) -> World:
    pod = PodSpec(environment=environment, files={file.path: file for file in files}, arguments=("--no-sts",))
    return World(Scenario(name="made-up", title="", story="", pod=pod, servers={"imds": {}}, expect=EXPECTED))


@pytest.mark.lab
def test_the_testers_own_surroundings_are_not_the_pods(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE000000001")
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/testers-own")
    with hop_limit(AWS_REGION="eu-central-1") as world:
        report = run_in(world).report
    outcomes = {step["id"]: step["outcome"] for step in report["steps"]}
    assert (outcomes["environment.keys"], outcomes["web-identity.variables"]) == ("absent", "absent")
    assert "testers-own" not in json.dumps(report)


@pytest.mark.lab
def test_a_termination_message_is_left_where_the_kubelet_looks() -> None:
    with hop_limit() as world:
        done = run_in(world)
    assert json.loads(done.termination_message)["exit_code"] == done.exit_code


@pytest.mark.lab
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can read as another user")
@pytest.mark.parametrize(("mode", "state"), [("0644", "read"), ("0640", "unreadable"), ("0600", "unreadable")])
def test_the_pod_reads_its_files_as_an_ordinary_user(mode: str, state: str) -> None:
    """The tester is root, and in root's group: neither may help the pod."""
    path = "/home/app/.aws/config"
    with hop_limit(LabFile(path=path, text="[default]\n", mode=mode), HOME="/home/app") as world:
        report = run_in(world).report
    (files,) = [step["evidence"] for step in report["steps"] if step["id"] == "shared-config.files"]
    assert files["config"]["state"] == state


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can read as another user")
def test_after_a_read_the_process_has_its_own_rights_again() -> None:
    with hop_limit(LabFile(path="/token", text="x", mode="0600")) as world:
        facts, _ = PodFiles(root=str(world.root), user=USER).read("/token", 10)
        content = (world.root / "token").read_text()
    assert facts.state == "unreadable"
    assert content == "x"
