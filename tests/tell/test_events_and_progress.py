"""What is told while a walk goes on."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from probe.console import Console
from probe.tell.events import EventLog
from probe.tell.follow import follower
from probe.tell.observer import Observer
from probe.tell.progress import Progress, Sentences
from probe.tell.reports import Telling
from tests.tell import samples


class Terminal(io.StringIO):
    """A stream that says that a person watches."""

    def isatty(self) -> bool:
        """Say so."""
        return True


class Broken(io.StringIO):
    """A stream whose reader has left."""

    tries = 0

    def write(self, text: str) -> int:
        """Count the try and fail."""
        self.tries += 1
        raise BrokenPipeError(text)


def console(stderr: io.StringIO) -> Console:
    return Console(stdout=io.StringIO(), stderr=stderr)


def a_run(observer: Observer) -> None:
    """Everything that a run tells its observer."""
    report = samples.broken()
    observer.walk_started(15.0, 1)
    for step in report.evidence.steps:
        if step.is_done:
            observer.step_started(step.id)
            observer.step_finished(step)
    observer.retrying(report, 2.0)
    observer.close()
    observer.verdict_reached(report)
    observer.write_failed("/dev/termination-log", "OSError")


def events(*, debug: bool) -> list[dict[str, Any]]:
    stderr = io.StringIO()
    a_run(EventLog(console(stderr), debug=debug))
    return [json.loads(line) for line in stderr.getvalue().splitlines()]


def test_events_are_json_lines_with_names_for_sentences() -> None:
    names = list(dict.fromkeys(event["event"] for event in events(debug=False)))
    assert names == ["walk.started", "step.finished", "wait.retrying", "verdict.reached", "report.write_failed"]


def test_a_step_that_begins_is_told_only_when_debugging() -> None:
    assert "step.started" in {event["event"] for event in events(debug=True)}


def test_an_event_says_what_a_step_came_to() -> None:
    (token,) = [event for event in events(debug=False) if event.get("step") == "imds.token"]
    assert (token["outcome"], token["reason"], token["duration_ms"]) == ("fail", None, 1204)


def test_the_verdict_is_an_event() -> None:
    (reached,) = [event for event in events(debug=False) if event["event"] == "verdict.reached"]
    assert (reached["code"], reached["exit_code"], reached["certainty"], reached["source"]) == (
        "imds-hop-limit",
        54,
        "certain",
        "imds",
    )


def test_every_event_has_a_time_and_a_level() -> None:
    assert all({"timestamp", "level"} <= set(event) for event in events(debug=True))


def test_progress_shows_what_is_under_way_and_leaves_nothing_behind() -> None:
    stderr = Terminal()
    progress = Progress(console(stderr))
    progress.step_started("imds.token")
    progress.step_started("web-identity.dns")
    assert stderr.getvalue().endswith("imds.token, web-identity.dns")
    progress.close()
    last = stderr.getvalue().split("\r")
    assert (last[-1], last[-2].strip()) == ("", "")


def test_a_step_that_ends_after_the_walk_leaves_no_trace() -> None:
    stderr = Terminal()
    progress = Progress(console(stderr))
    progress.close()
    before = stderr.getvalue()
    progress.step_started("imds.token")
    assert stderr.getvalue() == before


def test_a_pod_that_keeps_trying_says_why() -> None:
    stderr = io.StringIO()
    a_run(Sentences(console(stderr)))
    assert "probe: not yet: imds-hop-limit (certain); walking again in 2 s\n" in stderr.getvalue()


@pytest.mark.parametrize("kind", [Sentences, Progress, lambda told: EventLog(told, debug=True)])
def test_a_closed_standard_error_does_not_end_the_walk(kind: Callable[[Console], Observer]) -> None:
    stderr = Broken()
    a_run(kind(console(stderr)))
    assert stderr.tries > 1


def telling(form: str, verbosity: int = 0) -> Telling:
    return Telling(form=form, sdks=(), exit_zero=False, verbosity=verbosity)


@pytest.mark.parametrize(
    ("form", "verbosity", "stderr", "log_events", "kind"),
    [
        ("text", 0, Terminal(), False, Progress),
        ("text", 0, io.StringIO(), False, Sentences),
        ("short", 0, Terminal(), False, Sentences),
        ("json", 0, Terminal(), False, Observer),
        ("npd", 0, io.StringIO(), False, Observer),
        ("json", 0, io.StringIO(), True, EventLog),
        ("text", 1, Terminal(), False, EventLog),
    ],
)
def test_who_follows_depends_on_what_was_asked_and_who_watches(
    form: str, verbosity: int, stderr: io.StringIO, log_events: bool, kind: type
) -> None:
    found = follower(console(stderr), telling(form, verbosity), log_events=log_events)
    assert type(found) is kind


def test_a_dumb_terminal_gets_no_moving_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert type(follower(console(Terminal()), telling("text"), log_events=False)) is Sentences
