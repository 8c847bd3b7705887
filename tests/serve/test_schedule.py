"""When which walk is due: simulated time, no clock."""

from itertools import pairwise
from random import Random

import pytest

from probe.evidence import Source
from probe.serve.identities import Identities
from probe.serve.schedule import BETWEEN_ASKED, FIRST_PAUSE, LONGEST_RETRY, Because, Due, Result, Schedule
from probe.serve.state import Depth
from probe.walk import SKIPPED
from tests.findings.building import pod, step

INTERVAL, DEEP, HOUR = 30.0, 900.0, 3600.0
DAYS = 4
GOOD = Result(good=True)


class Simulated:
    """A sidecar whose walks take no time; `each_light` may note a change after every light walk."""

    def __init__(self, seed: int = 1) -> None:
        self.now = 1000.0
        self.schedule = Schedule(INTERVAL, DEEP, Random(seed), self.now)
        self.whole: list[tuple[float, Because]] = []
        self.light: list[float] = []
        self.result = GOOD
        self.changes = False

    def run(self, seconds: float) -> "Simulated":
        """Let time pass."""
        end = self.now + seconds
        while True:
            due = self.schedule.due(self.now)
            if due is None:
                pause = self.schedule.seconds_until_due(self.now)
                if self.now + pause > end:
                    self.now = end
                    return self
                self.now += pause + 1e-6
            else:
                self._walk(due)

    def _walk(self, due: Due) -> None:
        if due.depth is Depth.LIGHT:
            self.light.append(self.now)
            self.schedule.light_walked(self.now, self.now)
            if self.changes:
                self.schedule.changed(self.now)
        else:
            assert due.because is not None
            self.whole.append((self.now, due.because))
            self.schedule.whole_walked(self.now, self.now, due.because, self.result)


def test_the_first_walk_is_a_whole_one_at_once() -> None:
    assert Simulated().schedule.due(1000.0) == Due(depth=Depth.WHOLE, because=Because.START)


def test_a_day_has_a_light_walk_every_interval_and_a_whole_one_every_deep_interval() -> None:
    day = Simulated().run(24 * HOUR)
    assert len(day.whole) == pytest.approx(97, abs=3)
    assert len(day.light) + len(day.whole) == pytest.approx(2880, rel=0.03)


def test_sidecars_that_start_together_are_spread_over_the_whole_interval() -> None:
    seconds = [Simulated(seed).run(HOUR).whole[1][0] - 1000.0 for seed in range(400)]
    quarters = [sum(low <= at < low + DEEP / 4 for at in seconds) for low in (0, DEEP / 4, DEEP / 2, DEEP * 3 / 4)]
    assert min(quarters) > 60


def test_a_change_is_followed_by_a_whole_walk_at_once() -> None:
    simulated = Simulated().run(2 * HOUR)
    simulated.schedule.changed(simulated.now, Because.TOKEN_CHANGED)
    assert simulated.schedule.due(simulated.now) == Due(depth=Depth.WHOLE, because=Because.TOKEN_CHANGED)


def test_what_flaps_at_every_tick_is_walked_hardly_more_often_than_the_deep_interval() -> None:
    simulated = Simulated()
    simulated.changes = True
    simulated.run(24 * HOUR)
    assert len(simulated.whole) < 2.2 * 24 * HOUR / DEEP
    gaps = [b[0] - a[0] for a, b in pairwise(simulated.whole)]
    assert sum(gap < FIRST_PAUSE for gap in gaps) < len(gaps) / 20


def test_after_a_quiet_time_a_change_is_walked_at_once_again() -> None:
    simulated = Simulated()
    simulated.changes = True
    simulated.run(6 * HOUR)
    simulated.changes = False
    simulated.run(3 * HOUR)
    simulated.schedule.changed(simulated.now)
    assert simulated.schedule.due(simulated.now) is not None


def test_while_the_verdict_is_bad_whole_walks_come_sooner_and_are_bounded() -> None:
    simulated = Simulated()
    simulated.result = Result(good=False)
    simulated.run(24 * HOUR)
    times = [at for at, _ in simulated.whole]
    assert times[1] - times[0] == pytest.approx(FIRST_PAUSE, rel=0.11)
    assert len(simulated.whole) < 24 * HOUR / LONGEST_RETRY * 1.5
    assert max(b - a for a, b in pairwise(times)) < 1.5 * LONGEST_RETRY


def test_throttling_stretches_the_pause_up_to_the_deep_interval() -> None:
    simulated = Simulated()
    simulated.result = Result(good=False, throttled=True)
    simulated.changes = True
    simulated.run(24 * HOUR)
    assert len(simulated.whole) < 2.2 * 24 * HOUR / DEEP
    simulated.result = GOOD
    simulated.changes = False
    before = len(simulated.whole)
    simulated.run(HOUR)
    assert 3 <= len(simulated.whole) - before <= 6


def test_an_end_is_looked_at_once_before_and_once_just_after() -> None:
    simulated = Simulated().run(HOUR)
    for _ in range(5):
        simulated.schedule.learnt_ends({("imds.credentials", 5e9): 3000.0}, simulated.now)
    end = simulated.now + 3000.0
    simulated.run(4 * HOUR)
    looked = [at for at, because in simulated.whole if because is Because.EXPIRY]
    assert len(looked) == 2
    assert end - 300 < looked[0] < end - 200
    assert end < looked[1] < end + 10


def test_a_clock_that_jumps_moves_no_end_that_is_known() -> None:
    simulated = Simulated().run(HOUR)
    simulated.schedule.learnt_ends({("imds.credentials", 5e9): 3000.0}, simulated.now)
    simulated.schedule.learnt_ends({("imds.credentials", 5e9): 90_000.0}, simulated.now)
    simulated.run(HOUR)
    assert sum(because is Because.EXPIRY for _, because in simulated.whole) == 2


def test_a_person_who_asks_again_and_again_gets_a_walk_every_few_seconds_at_most() -> None:
    simulated = Simulated().run(HOUR)
    before = len(simulated.whole)
    for _ in range(100):
        simulated.schedule.asked(simulated.now)
        simulated.run(1.0)
    assert 5 <= len(simulated.whole) - before <= 100 / BETWEEN_ASKED + 2


def _calls(keyless: frozenset[str], depended_on: str, sources: tuple[str, ...], key_changes: float) -> float:
    """Count the calls of some healthy days: STS or EKS Auth once a whole walk, and each identity that is asked."""
    simulated, identities, calls = Simulated(7), Identities(), 0
    rotated = simulated.now
    while simulated.now < DAYS * 24 * HOUR:
        simulated.run(120.0)
        while simulated.whole:
            now, _ = simulated.whole.pop()
            left_out = identities.left_out(now, depended_on)
            calls += depended_on not in keyless
            asked = [source for source in sources if f"identity.{source}" not in left_out]
            calls += len(asked)
            steps = [
                step(f"identity.{source}", None, reason=None if source in asked else SKIPPED) for source in sources
            ]
            identities.learn(pod(*steps).evidence, now)
        if simulated.now - rotated > key_changes:
            rotated = simulated.now
            identities.want([Source(depended_on)])
            simulated.schedule.changed(simulated.now)
    return calls / (DAYS * 24)


@pytest.mark.parametrize(
    ("depended_on", "sources", "key_changes"),
    [
        ("web-identity", ("web-identity",), 19 * HOUR),
        ("web-identity", ("web-identity", "imds"), 19 * HOUR),
        ("container", ("container", "imds"), 6 * HOUR),
        ("imds", ("imds",), 24 * HOUR),
    ],
)
def test_a_healthy_pod_costs_at_most_six_calls_an_hour(
    depended_on: str, sources: tuple[str, ...], key_changes: float
) -> None:
    assert 0.5 < _calls(frozenset({"imds"}), depended_on, sources, key_changes) <= 6.0
