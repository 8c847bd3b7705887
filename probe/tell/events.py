"""The run as log events: one JSON object a line, named by what happened.

They go to standard error, and only when asked for: `kubectl logs` mixes both streams, and the report must stay
readable. Every value is evidence or part of the verdict, which hold no secrets.
"""

from typing import Any

import structlog

from probe.console import Console
from probe.evidence import Step
from probe.report import Report
from probe.tell.observer import Observer


class _Lines:
    """What structlog needs of a logger, on a stream that may close under it."""

    def __init__(self, console: Console) -> None:
        self.debug = self.info = self.error = console.complain


def event_logger(console: Console, *, debug: bool) -> Any:  # noqa: ANN401 - the class that structlog makes has no name
    """Return what writes events: its methods `debug`, `info` and `error` take an event's name, and fields."""
    return structlog.wrap_logger(
        _Lines(console),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger("debug" if debug else "info"),
    )


class EventLog(Observer):
    """Writes the events of a run."""

    def __init__(self, console: Console, *, debug: bool) -> None:
        self._log = event_logger(console, debug=debug)

    def walk_started(self, deadline_seconds: float, attempt: int) -> None:
        """See `Observer`."""
        self._log.info("walk.started", deadline_seconds=deadline_seconds, attempt=attempt)

    def step_started(self, step_id: str) -> None:
        """See `Observer`."""
        self._log.debug("step.started", step=step_id)

    def step_finished(self, step: Step) -> None:
        """See `Observer`."""
        self._log.info(
            "step.finished", step=step.id, outcome=step.outcome, reason=step.reason, duration_ms=step.duration_ms
        )

    def retrying(self, report: Report, pause_seconds: float) -> None:
        """See `Observer`."""
        self._log.info(
            "wait.retrying",
            code=report.verdict.code,
            exit_code=report.verdict.exit_code,
            attempt=report.evidence.attempts,
            pause_seconds=pause_seconds,
        )

    def verdict_reached(self, report: Report) -> None:
        """See `Observer`."""
        verdict = report.verdict
        self._log.info(
            "verdict.reached",
            code=verdict.code,
            exit_code=verdict.exit_code,
            certainty=verdict.certainty,
            source=verdict.source,
        )

    def write_failed(self, path: str, error: str) -> None:
        """See `Observer`."""
        self._log.error("report.write_failed", path=path, error=error)
