"""Somebody who follows a run while it goes on."""

from probe.evidence import Step
from probe.report import Report


class Observer:
    """Hears everything and does nothing; what follows a run overrides what it cares for. Called from threads."""

    def walk_started(self, deadline_seconds: float, attempt: int) -> None:
        """Hear that a walk begins."""

    def step_started(self, step_id: str) -> None:
        """Hear that a step begins."""

    def step_finished(self, step: Step) -> None:
        """Hear what a step came to."""

    def retrying(self, report: Report, pause_seconds: float) -> None:
        """Hear that a verdict is not good yet and that --wait walks again after a pause."""

    def verdict_reached(self, report: Report) -> None:
        """Hear the verdict that is told."""

    def write_failed(self, path: str, error: str) -> None:
        """Hear that something could not be written; `error` is the exception's name."""

    def close(self) -> None:
        """Leave the terminal as it was."""
