"""When which walk is due. Pure: the clock's readings and the randomness are given.

All times are of a monotonic clock, in seconds: a wall clock that jumps moves nothing here.
"""

from collections.abc import Mapping
from enum import StrEnum
from random import Random

from probe.records import dataclass
from probe.serve.backoff import Backoff
from probe.serve.state import Depth

JITTER = 0.1
"""Share of an interval by which each one differs, so that sidecars that start together do not stay together."""
FIRST_PAUSE = 60.0
"""Seconds to the second whole walk that a change asks for, or that follows a bad verdict; doubled each time."""
LONGEST_RETRY = 300.0
"""Seconds between whole walks while the verdict is not good: what light walks cannot see is seen cured after these."""
THROTTLED_FACTOR = 4.0
"""How much faster the pause grows where AWS asks to be asked less; then it may reach the whole interval."""
BETWEEN_ASKED = 10.0
"""Seconds at least between the end of a whole walk and the next one, even if somebody asks for it."""
NEAR_END = 240.0
"""Seconds before the end of a credential or token at which it should long have been renewed: EC2 puts new ones in place
five minutes before the end (EC2 user guide, "Retrieve security credentials from instance metadata")."""
AFTER_END = 2.0

End = tuple[str, float]
"""A step that brought something that ends, and its end in unix time: by these two one end is told from another."""


class Because(StrEnum):
    """Why a whole walk is made."""

    START = "start"
    INTERVAL = "interval"
    CHANGED = "changed"
    TOKEN_CHANGED = "token-changed"  # noqa: S105 - a reason
    EXPIRY = "expiry"
    ASKED = "asked"
    RETRY = "retry"
    """The verdict is not good, or the last whole walk failed."""


_FIRST_NAMED = tuple(Because)
"""Of several reasons at once the first of these is told."""


@dataclass(frozen=True, kw_only=True)
class Due:
    """A walk to be made now."""

    depth: Depth
    because: Because | None = None
    """Of a whole walk."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a whole walk came to, as far as the next one's time depends on it."""

    good: bool
    """It ended by itself, and the verdict is good."""
    throttled: bool = False


class Schedule:
    """Light walks at every interval; whole walks at every deep interval, and sooner where there is a reason."""

    def __init__(self, interval: float, deep_interval: float, random: Random, now: float) -> None:
        self.interval = interval
        self.deep_interval = deep_interval
        self._random = random
        self._wishes: dict[Because, float] = {Because.START: now}
        """When a whole walk is wanted, by reason."""
        self._ends: dict[End, list[float]] = {}
        """Moments at which to look, for each end."""
        self._light_at = now + interval
        self._last_whole: float | None = None
        self._last_change = now
        self._mercy_until = now
        """Until then only a person may make us ask AWS again."""
        self._flapping = Backoff(shortest=FIRST_PAUSE, ceiling=deep_interval)
        self._failing = Backoff(shortest=FIRST_PAUSE, ceiling=min(LONGEST_RETRY, deep_interval), at_first=True)

    @property
    def light_at(self) -> float:
        """When the next light walk is due."""
        return self._light_at

    @property
    def whole_at(self) -> float:
        """When the next whole walk is due, as things stand."""
        return min((at for at, _ in self._wanted()), default=self._light_at + self.deep_interval)

    def due(self, now: float) -> Due | None:
        """Return the walk to be made now, if any. A whole walk sees all that a light one would."""
        reasons = {because for at, because in self._wanted() if at <= now}
        if reasons:
            return Due(depth=Depth.WHOLE, because=min(reasons, key=_FIRST_NAMED.index))
        return Due(depth=Depth.LIGHT) if self._light_at <= now else None

    def seconds_until_due(self, now: float) -> float:
        """Return how long nothing is to be done."""
        return max(min(self._light_at, self.whole_at) - now, 0.0)

    def light_walked(self, begun: float, now: float) -> None:
        """Note that a light walk has ended, whatever it came to. Times missed meanwhile are not made up for."""
        self._light_at = max(begun + self._jittered(self.interval), now)

    def changed(self, now: float, because: Because = Because.CHANGED) -> None:
        """Ask for a whole walk, because something is not what it was when it was last asked."""
        self._last_change = now
        allowed = max((self._last_whole or now) + self._flapping.seconds, self._mercy_until, now)
        self._wishes.setdefault(because, allowed)

    def asked(self, now: float) -> None:
        """Ask for a whole walk, because a person wants one."""
        self._wishes.setdefault(Because.ASKED, max((self._last_whole or now) + BETWEEN_ASKED, now))

    def learnt_ends(self, ends: Mapping[End, float], now: float) -> None:
        """Take the seconds that are left of credentials and tokens. An end that is known already keeps its moments."""
        self._ends = {end: self._ends.get(end, self._moments(left, now)) for end, left in ends.items()}

    def jumped(self, ends: Mapping[End, float], now: float) -> None:
        """Ask for a whole walk because the wall clock jumped, and take the seconds that are left of ends anew."""
        self._ends = {}
        self.learnt_ends(ends, now)
        self.changed(now)

    def whole_walked(self, begun: float, now: float, because: Because, result: Result) -> None:
        """Note that a whole walk has ended: whatever was wanted until it began is fulfilled."""
        self._wishes = {Because.INTERVAL: self._next(begun)}
        self._ends = {end: [at for at in moments if at > begun] for end, moments in self._ends.items()}
        self._last_whole = now
        self._back_off(now, because, result)
        self.light_walked(begun, now)

    def _back_off(self, now: float, because: Because, result: Result) -> None:
        if because in {Because.CHANGED, Because.TOKEN_CHANGED}:
            self._flapping.grow()
        elif now - self._last_change > 2 * self.deep_interval:
            self._flapping.reset()
        if result.throttled:
            self._failing.grow(THROTTLED_FACTOR, self.deep_interval)
            self._mercy_until = now + self._failing.seconds
        if not result.good:
            self._wishes[Because.RETRY] = now + self._jittered(self._failing.seconds)
            self._failing.grow()
        elif not result.throttled:
            self._failing.reset()

    def _next(self, begun: float) -> float:
        """Return when the next regular whole walk is due: the first one after the start at any time of an interval.

        Walks for another reason do not move it, or a fleet that one event wakes would march in step from then on; but
        it is left out where it would follow such a walk too soon.
        """
        if self._last_whole is None:
            return begun + max(self._random.uniform(0.0, self.deep_interval), min(self.interval, self.deep_interval))
        wanted = self._wishes.get(Because.INTERVAL, begun)
        if wanted <= begun:
            return begun + self._jittered(self.deep_interval)
        return wanted if wanted > begun + self.deep_interval / 2 else wanted + self._jittered(self.deep_interval)

    def _wanted(self) -> list[tuple[float, Because]]:
        ends = [(max(at, self._mercy_until), Because.EXPIRY) for moments in self._ends.values() for at in moments]
        return [*((at, because) for because, at in self._wishes.items()), *ends]

    def _moments(self, left: float, now: float) -> list[float]:
        """Return when to look: once before the end, and just after it."""
        return [now + at for at in (left - self._jittered(NEAR_END), left + AFTER_END) if at > 0]

    def _jittered(self, seconds: float) -> float:
        return seconds * self._random.uniform(1 - JITTER, 1 + JITTER)
