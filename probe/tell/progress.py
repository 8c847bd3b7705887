"""The plain followers of a run: a line that shows what is under way on a terminal, sentences elsewhere."""

import shutil
import threading

from probe.console import Console
from probe.evidence import Step
from probe.report import Report
from probe.secret import printable
from probe.tell.observer import Observer
from probe.tell.words import label


class Sentences(Observer):
    """Says what could not wait for the report: in a pod that keeps trying, the log must tell why meanwhile."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def retrying(self, report: Report, pause_seconds: float) -> None:
        """See `Observer`."""
        verdict = report.verdict
        certainty = f" ({verdict.certainty})" if verdict.certainty else ""
        self._say(f"not yet: {label(verdict)}{certainty}; walking again in {pause_seconds:g} s")

    def write_failed(self, path: str, error: str) -> None:
        """See `Observer`."""
        self._say(f"could not write {printable(path)}: {error}")

    def _say(self, sentence: str) -> None:
        self._console.complain(f"probe: {sentence}")


class Progress(Sentences):
    """One line on a terminal with the steps under way; it is gone before the report begins."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._lock = threading.Lock()
        self._under_way: list[str] = []
        self._shown = 0
        self._closed = False

    def walk_started(self, deadline_seconds: float, attempt: int) -> None:
        """See `Observer`."""
        del deadline_seconds, attempt
        with self._lock:
            self._under_way.clear()

    def step_started(self, step_id: str) -> None:
        """See `Observer`."""
        with self._lock:
            self._under_way.append(step_id)
            self._show_under_way()

    def step_finished(self, step: Step) -> None:
        """See `Observer`."""
        with self._lock:
            if step.id in self._under_way:
                self._under_way.remove(step.id)
                self._show_under_way()

    def close(self) -> None:
        """See `Observer`."""
        with self._lock:
            self._show("")
            self._closed = True

    def _say(self, sentence: str) -> None:
        with self._lock:
            self._show("")
            super()._say(sentence)

    def _show_under_way(self) -> None:
        self._show(f"probe: walking the credential chain: {', '.join(self._under_way)}")

    def _show(self, text: str) -> None:
        # Source threads that were left behind at the deadline may still report.
        if self._closed:
            return
        text = text[: shutil.get_terminal_size().columns - 1]
        self._console.complain(f"\r{' ' * self._shown}\r{text}", end="")
        self._shown = len(text)
