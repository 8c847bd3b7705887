"""Work in a thread of its own, whose result or failure somebody takes."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from probe.signals import held_back
from probe.wire.deadline import Deadline

T = TypeVar("T")


class Aside(Generic[T]):
    """What it raises is raised again to whoever takes its result: a bug never hides."""

    def __init__(self, work: Callable[[], T], name: str) -> None:
        self._work = work
        self._results: list[T] = []
        self._errors: list[Exception] = []
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        with held_back():
            self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether the work is still under way."""
        return self._thread.is_alive()

    def take(self, deadline: Deadline) -> T | None:
        """Wait for the result; None when the deadline comes first."""
        self._thread.join(deadline.remaining())
        return self.result() if self._results or self._errors else None

    def result(self) -> T:
        """Wait for the result, however long that takes: for works that are bounded themselves."""
        self._thread.join()
        if self._errors:
            raise self._errors[0]
        return self._results[0]

    def _run(self) -> None:
        try:
            self._results.append(self._work())
        except Exception as error:  # noqa: BLE001 - raised again in `take`
            self._errors.append(error)
