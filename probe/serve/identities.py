"""Whose keys are asked for with which whole walk: GetCallerIdentity answers the same for hours.

Each answer is one call of STS by each of maybe thousands of pods, so it is asked for when there is a reason to.
"""

from collections.abc import Collection

from probe.evidence import Evidence, Outcome, Source
from probe.walk import SKIPPED

DEPENDED_ON = 3600.0
"""Seconds after which the identity that the verdict rests on is asked for again."""
OTHERS = 4 * 3600.0
"""The same for sources that work besides, such as the node role."""


class Identities:
    """Remembers when each source's identity was asked for. Times are of a monotonic clock."""

    def __init__(self) -> None:
        self._asked: dict[Source, float] = {}
        self._wanted: set[Source] = set(Source)

    def want(self, sources: Collection[Source]) -> None:
        """Ask for these with the next whole walk: something of theirs has changed."""
        self._wanted.update(sources)

    def left_out(self, now: float, depended_on: str | None) -> frozenset[str]:
        """Return the steps that the next whole walk can do without."""
        rested = {
            source
            for source, at in self._asked.items()
            if now - at < (DEPENDED_ON if source == depended_on else OTHERS)
        }
        return frozenset(f"identity.{source}" for source in rested - self._wanted)

    def learn(self, walked: Evidence, now: float) -> None:
        """Note what a whole walk has asked for. An identity that there were no keys for is no reason to ask again."""
        for source in Source:
            step = walked.step(f"identity.{source}")
            if step is None or step.reason == SKIPPED:
                continue
            self._wanted.discard(source)
            if step.outcome is Outcome.OK:
                self._asked[source] = now
            else:
                self._asked.pop(source, None)
