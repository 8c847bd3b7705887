"""The wall clock, and whether it was set, or stood still with the machine."""

import time

from probe.records import dataclass

SMALLEST_JUMP = 30.0
"""Seconds between two looks: more is a jump, less is drift that a time server corrects."""


@dataclass(frozen=True, kw_only=True)
class Jump:
    """What happened to the clocks between two looks."""

    set_by: float
    """Seconds by which the wall clock was set forward; negative for back."""
    slept: float
    """Seconds for which the machine was suspended: the wall clock went on, and nothing was walked."""


class Clock:
    """Three clocks tell a clock that was set from a machine that slept: only one of them stands still while it does."""

    def __init__(self) -> None:
        self._known = self._offsets()

    def jump(self) -> Jump | None:
        """Return what has happened since this was last asked, if it is worth mentioning."""
        known, self._known = self._known, self._offsets()
        set_by, slept = (now - before for now, before in zip(self._known, known, strict=True))
        jump = Jump(set_by=_if_large(set_by), slept=_if_large(slept))
        return jump if jump.set_by or jump.slept else None

    def _offsets(self) -> tuple[float, float]:
        since_boot = time.clock_gettime(time.CLOCK_BOOTTIME)
        return time.time() - since_boot, since_boot - time.monotonic()


def _if_large(seconds: float) -> float:
    return seconds if abs(seconds) > SMALLEST_JUMP else 0.0
