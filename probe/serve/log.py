"""The sidecar's log: one event a line, each told once. Every value is evidence, a verdict or our own words."""

from typing import Any

from probe.console import Console
from probe.evidence import Step
from probe.report import Report
from probe.serve.clock import Jump
from probe.serve.state import Ending, Outlook
from probe.serve.walked import Walked
from probe.tell.events import event_logger
from probe.tell.words import standing


class ServeLog:
    """Writes the events of a sidecar."""

    def __init__(self, console: Console, *, verbose: bool) -> None:
        self.logger = event_logger(console, debug=verbose)
        self.verbose = verbose
        self._problem: dict[str, str | None] = {}

    def started(self, **settings: Any) -> None:  # noqa: ANN401 - whatever JSON can say
        """Tell that the sidecar begins."""
        self.logger.info("serve.started", **settings)

    def stopping(self) -> None:
        """Tell that it ends."""
        self.logger.info("serve.stopping")

    def verdict_changed(self, before: Report | None, after: Report, outlook: Outlook | None) -> None:
        """Tell that the verdict is another one; the first one comes from nothing."""
        told = {
            "from": standing(before.verdict) if before is not None else None,
            "to": standing(after.verdict),
            "finding": after.verdict.code,
            "finding_before": before.verdict.code if before is not None else None,
            "source": after.verdict.source,
            "summary": after.verdict.summary,
            "outlook": outlook.sentence if outlook is not None else None,
        }
        self.logger.info("verdict.changed", **told)

    def walked(self, walked: Walked, because: str | None) -> None:
        """Tell of a walk that was cut or failed: once, until one of its depth ends well or in another way."""
        same = self._problem.get(walked.depth) == walked.problem
        self._problem[walked.depth] = walked.problem
        if walked.problem is not None and not same:
            event = "walk.cut" if walked.ending is Ending.CUT else "walk.failed"
            self.logger.error(event, depth=walked.depth, problem=walked.problem, because=because)
        else:
            self.logger.debug("walk.finished", depth=walked.depth, ending=walked.ending, because=because)

    def clock_jumped(self, jump: Jump) -> None:
        """Tell that the clock was set, or the machine slept: times in the lines before mean something else."""
        self.logger.info("clock.jumped", set_by_seconds=round(jump.set_by, 1), slept_seconds=round(jump.slept, 1))

    def failed(self, summary: str) -> None:
        """Tell of a bug of the loop's own: its type and place."""
        self.logger.error("loop.failed", error=summary)

    def step_started(self, step_id: str) -> None:
        """See `probe.walk.Listener`."""

    def step_finished(self, step: Step) -> None:
        """See `probe.walk.Listener`."""
        self.logger.debug(
            "step.finished", step=step.id, outcome=step.outcome, reason=step.reason, duration_ms=step.duration_ms
        )
