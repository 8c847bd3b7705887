"""Exit codes, formats, and what is left behind by a run in a world where nothing can be reached."""

import json
from pathlib import Path

import pytest

from probe.saved import load_evidence
from probe.wire.network import RealNetwork
from tests.cli.conftest import Run


def test_without_a_command_it_walks(probe: Run) -> None:
    assert probe().exit_code == probe("run").exit_code != 0


def test_the_exit_code_is_the_verdicts(probe: Run) -> None:
    ran = probe("run", "--format", "json")
    assert json.loads(ran.stdout)["verdict"]["exit_code"] == ran.exit_code


def test_exit_zero_changes_the_exit_code_and_nothing_that_is_told(probe: Run) -> None:
    ran, hidden = probe("--format", "short"), probe("--format", "short", "--exit-zero")
    assert hidden.exit_code == 0
    assert hidden.stdout == ran.stdout


REGION = {"AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1"}


def test_no_credentials_can_be_what_is_expected(probe: Run) -> None:
    ran = probe("--expect", "none", environment=REGION)
    assert (ran.exit_code, ran.stdout.splitlines()[0]) == (0, "OK: none, exit code 0")


def test_npd_gets_its_own_codes(probe: Run) -> None:
    assert probe("--format", "npd").exit_code == 1
    assert probe("--format", "npd", "--expect", "none", environment=REGION).exit_code == 0


def test_one_sdk_can_be_asked_for(probe: Run) -> None:
    told = json.loads(probe("--format", "json", "--sdk", "botocore", "--sdk", "go-v2").stdout)
    assert {one["sdk"] for one in told["sdks"]} == {"botocore", "go-v2"}


def test_one_version_of_an_sdk_can_be_asked_for(probe: Run) -> None:
    environment = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials"}

    def versions(sdk: str) -> list[str]:
        ran = probe("--format", "json", "--sdk", sdk, environment=environment)
        return [one["versions"] for one in json.loads(ran.stdout)["sdks"]]

    # Go v1 knows the agent's address since 1.47.11 (aws/aws-sdk-go#5042).
    assert versions("go-v1") == ["<1.47.11", ">=1.47.11"]
    assert versions("go-v1@v1.47.10") == ["<1.47.11"]
    assert versions("go-v1@1.47.11") == [">=1.47.11"]


def test_the_deadline_is_part_of_the_evidence(probe: Run) -> None:
    assert json.loads(probe("--format", "json", "--deadline", "7.5").stdout)["evidence"]["deadline_seconds"] == 7.5


def test_a_report_can_be_judged_again_to_the_same_report(probe: Run, tmp_path: Path) -> None:
    first = probe("run", "--format", "json")
    path = tmp_path / "report.json"
    path.write_text(first.stdout)
    again = probe("diagnose", str(path), "--format", "json")
    assert again.stdout == first.stdout
    assert again.exit_code == first.exit_code


@pytest.mark.parametrize("form", ["text", "short", "npd"])
def test_a_saved_report_is_told_as_the_walk_was(probe: Run, tmp_path: Path, form: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(probe("run", "--format", "json").stdout)
    told = probe("diagnose", str(path), "--format", form)
    evidence = load_evidence(path.read_bytes())
    assert told.stdout
    assert told.exit_code == (1 if form == "npd" else json.loads(path.read_text())["verdict"]["exit_code"])
    assert evidence.attempts == 1


def test_the_termination_message_tells_the_verdict(probe: Run, message: Path) -> None:
    ran = probe("run")
    told = json.loads(message.read_text())
    assert told["exit_code"] == ran.exit_code
    assert ran.stdout.startswith(f"BROKEN: {told['code']}")


def test_a_termination_message_that_cannot_be_written_is_told_and_not_fatal(
    probe: Run, message: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str, line: bytes) -> str:
        assert path == str(message)
        assert line
        return "PermissionError"

    monkeypatch.setattr("probe.commands.run.write_message", refuse)
    ran = probe("run", "--format", "short")
    assert ran.exit_code not in {0, 70}
    assert f"could not write {message}: PermissionError" in ran.stderr


def test_nothing_but_the_report_is_printed_unless_asked_for(probe: Run) -> None:
    assert probe("run").stderr == ""


def test_events_are_logged_when_asked_for(probe: Run) -> None:
    ran = probe("run", "--format", "json", "--log-events")
    names = [json.loads(line)["event"] for line in ran.stderr.splitlines()]
    assert (names[0], names[-1]) == ("walk.started", "verdict.reached")
    assert json.loads(ran.stdout)


def test_with_two_v_the_beginning_of_steps_is_logged_too(probe: Run) -> None:
    assert "step.started" not in probe("run", "-v").stderr
    assert "step.started" in probe("run", "-vv").stderr


def test_a_bad_variable_reaches_a_stream_as_text(probe: Run) -> None:
    ran = probe("run", "--format", "json", environment={"AWS_REGION": "eu\udcff"})
    assert ran.exit_code not in {64, 70}
    ran.stdout.encode()


def test_without_a_lab_it_would_have_been_the_real_network(probe: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    # The guard of every other test here: a command line that forgot its network would find this one.
    class Forbidden(RealNetwork):
        def __init__(self) -> None:
            raise AssertionError("the real network")

    monkeypatch.setattr("probe.commands.run.RealNetwork", Forbidden)
    assert probe("run").exit_code != 70
