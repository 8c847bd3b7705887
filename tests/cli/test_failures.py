"""When the probe itself fails: 70, the place, and not one character of a secret."""

import json
import threading
from pathlib import Path

import jsonschema
import pytest

from probe.evidence import Outcome, Source
from probe.tell.schema import schema_text
from probe.walk import Done, Walk
from tests.cli.conftest import Run

CANARY = "CANARY-wJalrXUtnFEMI-K7MDENG"


def fails(walk: Walk) -> None:
    """A source with a bug that holds a secret in a variable and in the message."""
    secret = walk.keep(CANARY).reveal()
    raise ValueError(f"could not parse {secret}")


def fails_for_a_reason(walk: Walk) -> None:
    """As above, with a cause that quotes the secret as well."""
    try:
        fails(walk)
    except ValueError as error:
        raise KeyError(CANARY) from error


def fails_in_a_thread(walk: Walk) -> None:
    """A source whose thread dies unseen while the source itself does not notice."""
    thread = threading.Thread(target=fails, args=(walk,))
    thread.start()
    thread.join()


def fails_in_a_step(walk: Walk) -> None:
    """A step that raises."""

    def work() -> Done[None]:
        fails(walk)
        return Done(outcome=Outcome.OK)

    walk.step("imds.token", work)


@pytest.fixture(params=[fails, fails_for_a_reason, fails_in_a_thread, fails_in_a_step])
def _bug(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("probe.sources.SOURCES", ((Source.IMDS, request.param),))


@pytest.mark.usefixtures("_bug")
@pytest.mark.parametrize("form", ["text", "short", "json", "npd"])
@pytest.mark.parametrize("verbosity", [[], ["-vv"]])
def test_a_bug_is_told_as_one_and_leaks_nothing(probe: Run, message: Path, form: str, verbosity: list[str]) -> None:
    ran = probe("run", "--format", form, *verbosity)
    assert ran.exit_code == 70
    assert "The probe itself failed: " in ran.stdout
    assert CANARY not in ran.stdout + ran.stderr + message.read_text()
    assert "could not parse" not in ran.stderr


@pytest.mark.usefixtures("_bug")
def test_the_frames_of_a_bug_are_on_standard_error(probe: Run) -> None:
    ran = probe("run")
    assert "in fails" in ran.stderr
    assert "ValueError (message withheld" in ran.stderr


@pytest.mark.usefixtures("_bug")
def test_a_bug_in_json_fits_the_schema_and_has_no_code(probe: Run) -> None:
    told = json.loads(probe("run", "--format", "json").stdout)
    jsonschema.Draft202012Validator(json.loads(schema_text())).validate(told)
    assert (told["verdict"]["code"], told["verdict"]["exit_code"], told["evidence"]) == (None, 70, None)


@pytest.mark.usefixtures("_bug")
def test_a_bug_reaches_the_termination_message(probe: Run, message: Path) -> None:
    probe("run")
    told = json.loads(message.read_text())
    assert (told["code"], told["exit_code"]) == (None, 70)
    assert told["summary"].startswith("The probe itself failed: ")


@pytest.mark.usefixtures("_bug")
def test_exit_zero_does_not_hide_a_bug(probe: Run) -> None:
    assert probe("run", "--exit-zero").exit_code == 70


@pytest.mark.usefixtures("_bug")
def test_a_saved_bug_cannot_be_judged(probe: Run, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(probe("run", "--format", "json").stdout)
    ran = probe("diagnose", str(path))
    assert ran.exit_code == 64
    assert "it holds no evidence: the probe itself failed" in ran.stderr


def test_a_bug_in_a_teller_is_told_all_the_same(probe: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> str:
        raise RuntimeError(CANARY)

    monkeypatch.setattr("probe.tell.text.tell_text", broken)
    ran = probe("run")
    assert (ran.exit_code, ran.stdout.splitlines()[0]) == (70, "THE PROBE FAILED, exit code 70")
    assert CANARY not in ran.stdout + ran.stderr


def test_the_hook_for_threads_is_given_back(probe: Run) -> None:
    before = threading.excepthook
    probe("run")
    assert threading.excepthook is before
