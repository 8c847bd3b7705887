"""Light walks: in this process, without what costs a call of AWS or brings keys."""

import threading
from collections.abc import Callable

from probe.aside import Aside
from probe.evidence import Evidence
from probe.serve.state import Depth, Ending
from probe.serve.walked import Walked, ended
from probe.tell.crash import crash_summary
from probe.walk import GRACE
from probe.wire.deadline import Deadline

SLACK = 2.0
"""Seconds beyond its own deadline after which a walk hangs: a file of a dead file server cannot be let go of."""
MOST_THREADS = 64
"""Threads of this process beyond which no walk is begun: those of earlier walks hang. One walk has about a dozen."""


class LightWalks:
    """Makes light walks, one at a time, and never waits for one for ever."""

    def __init__(self, walk: Callable[[], Evidence], deadline_seconds: float) -> None:
        self._walk = walk
        self._patience = deadline_seconds + GRACE + SLACK
        self._hanging: Aside[Evidence] | None = None

    @property
    def patience(self) -> float:
        """Seconds that a walk takes at most."""
        return self._patience

    def walk(self) -> Walked:
        """Walk. While a walk before this one hangs, none is begun: hanging threads would pile up."""
        if self._hanging is not None and self._hanging.is_running:
            return _hung("an earlier walk still hangs in a call of the kernel's")
        if threading.active_count() > MOST_THREADS:
            return _hung("threads of earlier walks still hang in calls of the kernel's")
        self._hanging = Aside(self._walk, "light-walk")
        try:
            evidence = self._hanging.take(Deadline.after(self._patience))
        except Exception as error:  # noqa: BLE001 - a bug of the walk's must not end the sidecar
            return Walked(depth=Depth.LIGHT, ending=Ending.FAILED, problem=crash_summary(error))
        if evidence is None:
            return _hung("it did not end at its deadline")
        self._hanging = None
        return ended(Depth.LIGHT, evidence)


def _hung(problem: str) -> Walked:
    return Walked(depth=Depth.LIGHT, ending=Ending.CUT, problem=problem)
