"""A sidecar's loop whose clocks, walks and waits are made by hand: hours of it pass at once."""

import io
import json
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, cast

from probe.console import Console
from probe.evidence import Ending as Ended
from probe.evidence import Evidence, Outcome
from probe.serve.light import LightWalks
from probe.serve.log import ServeLog
from probe.serve.loop import Loop
from probe.serve.rounds import Rounds
from probe.serve.schedule import Schedule
from probe.serve.state import Depth, Ending, State
from probe.serve.walked import Walked
from probe.serve.whole import WholeWalks
from tests.serve.walks import at, walks_of, with_step, with_steps

INTERVAL, DEEP, HOUR = 150.0, 900.0, 3600.0
LONGEST_WALK = 25.0


@dataclass
class Clocks:
    """Stands in the place of the module `time`."""

    wall: float = field(default_factory=time.time)
    """It begins now, when the tokens of the walks are valid."""
    boot: float = 5000.0
    running: float = 5000.0
    CLOCK_BOOTTIME: int = time.CLOCK_BOOTTIME

    def time(self) -> float:
        """See `time`."""
        return self.wall

    def monotonic(self) -> float:
        """See `time`: it stands still while the machine sleeps."""
        return self.running

    def clock_gettime(self, which: int) -> float:
        """See `time`."""
        assert which == self.CLOCK_BOOTTIME
        return self.boot

    def pass_by(self, seconds: float) -> None:
        """Let all of them go on."""
        self.sleep(seconds)
        self.running += seconds

    def sleep(self, seconds: float) -> None:
        """Suspend the machine for so long."""
        self.wall += seconds
        self.boot += seconds


@dataclass
class Made:
    """A whole walk that was made."""

    running: float
    wall: float
    left_out: frozenset[str]


@dataclass
class SimulatedSidecar:
    """A loop in a world where Pod Identity works; `whole_of` and `light_of` may change what its walks see."""

    clocks: Clocks
    whole: list[Made] = field(default_factory=list)
    light: list[float] = field(default_factory=list)
    keys_last: float = 6 * HOUR
    crashes: bool = False
    """Whether whole walks bring nothing."""
    whole_of: Callable[[Evidence], Evidence] = lambda walked: walked
    light_of: Callable[[Evidence], Evidence] = lambda walked: walked
    loop: Loop = field(init=False)

    def __post_init__(self) -> None:
        self._keys_end = 0.0
        self._log = io.StringIO()
        log = ServeLog(Console(stdout=io.StringIO(), stderr=self._log), verbose=False)
        self.schedule = Schedule(INTERVAL, DEEP, Random(3), self.clocks.monotonic())
        light, whole = cast("LightWalks", _Walks(self._light)), cast("WholeWalks", _Walks(self._whole))
        self.loop = Loop(Rounds(light, whole, self.schedule, log), self.schedule, log, LONGEST_WALK)
        self.loop._wake.wait = self._wait  # type: ignore[method-assign,assignment]  # stands in for it

    def run(self, seconds: float) -> "SimulatedSidecar":
        """Let the loop turn until so much time has passed for it."""
        end = self.clocks.running + seconds
        while self.clocks.running < end:
            self.turn()
        return self

    def turn(self) -> None:
        """Make what the loop's thread makes in one turn."""
        self.loop._turned = self.clocks.monotonic()
        self.loop._turn()

    def state(self) -> State:
        """What the HTTP side sees."""
        return self.loop.state()

    def events(self, name: str) -> list[dict[str, Any]]:
        """What was logged under a name."""
        told = [json.loads(line) for line in self._log.getvalue().splitlines()]
        return [event for event in told if event["event"] == name]

    def _wait(self, seconds: float) -> bool:
        self.clocks.pass_by(seconds + 0.001)
        return False

    def _light(self) -> Walked:
        self.light.append(self.clocks.running)
        self.clocks.pass_by(0.03)
        return self._walked(Depth.LIGHT, self.light_of(walks_of("pod-identity-healthy")[1]))

    def _whole(self, left_out: Collection[str]) -> Walked:
        self.whole.append(Made(self.clocks.running, self.clocks.wall, frozenset(left_out)))
        self.clocks.pass_by(0.3)
        if self.crashes:
            return Walked(depth=Depth.WHOLE, ending=Ending.FAILED, problem="it ended with exit code 70")
        if self._keys_end < self.clocks.wall + 300:  # AWS' own clock is right, whatever ours says
            self._keys_end = self.clocks.wall + self.keys_last
        fresh = with_step(walks_of("pod-identity-healthy")[0], "container.credentials", expires=self._keys_end)
        return self._walked(Depth.WHOLE, self.whole_of(fresh))

    def _walked(self, depth: Depth, evidence: Evidence) -> Walked:
        return Walked(depth=depth, ending=Ending.FINISHED, evidence=at(evidence, self.clocks.wall))


@dataclass(frozen=True)
class _Walks:
    walk: Callable[..., Walked]


def without_agent(walked: Evidence) -> Evidence:
    """A walk that found nobody at the agent's address."""
    dead = with_step(walked, "container.connect", Outcome.FAIL, ending=Ended.REFUSED)
    lost = [one for one in dead.steps if one.id in {"container.agent", "container.credentials", "identity.container"}]
    return with_steps(
        dead, *(replace(one, outcome=Outcome.SKIPPED, facts=None, reason="no connection") for one in lost)
    )
