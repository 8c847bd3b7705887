"""One end for the whole walk; every wait asks it how long it may last."""

import time

from probe.records import dataclass


@dataclass(frozen=True)
class Deadline:
    """A point in monotonic time."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """Return the deadline that lies so many seconds ahead."""
        return cls(time.monotonic() + seconds)

    def remaining(self) -> float:
        """Return the seconds left, never negative."""
        return max(0.0, self.at - time.monotonic())

    def passed(self) -> bool:
        """Whether no time is left."""
        return self.remaining() <= 0

    def sooner(self, seconds: float) -> "Deadline":
        """Return the earlier of this deadline and one that lies so many seconds ahead."""
        return Deadline(min(self.at, time.monotonic() + seconds))
