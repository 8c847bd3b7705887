"""The loop when clocks jump, when it hangs, and when the probe itself has a bug. All clocks are made by hand."""

import threading
from itertools import pairwise

import pytest

from probe.evidence import Evidence, Outcome
from probe.report import Report
from probe.serve import clock, loop, rounds
from probe.serve.clock import SMALLEST_JUMP, Clock, Jump
from probe.serve.loop import ALIVE_SLACK
from probe.serve.outlook import EARLIEST_REFRESH, Held
from probe.serve.renewal import TOO_LONG_AGO
from probe.serve.schedule import NEAR_END, Because
from tests.serve.simulated import DEEP, HOUR, INTERVAL, LONGEST_WALK, Clocks, SimulatedSidecar, without_agent
from tests.serve.walks import with_step

pytestmark = pytest.mark.lab
PATIENCE = 30.0


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    """What the loop reads all its times from."""
    made = Clocks()
    for module in (clock, loop, rounds):
        monkeypatch.setattr(module, "time", made)
    return made


@pytest.fixture
def sidecar(clocks: Clocks) -> SimulatedSidecar:
    """One that has gone on for a while, with nothing to report."""
    return SimulatedSidecar(clocks).run(HOUR / 2)


def left(sidecar: SimulatedSidecar) -> tuple[float, float]:
    """The seconds until the first and until all applications are without credentials, as /metrics tells them."""
    state = sidecar.state()
    assert state.outlook is not None
    assert state.outlook.earliest is not None
    assert state.outlook.latest is not None
    return state.outlook.earliest - state.now, state.outlook.latest - state.now


def set_clock(clocks: Clocks, seconds: float) -> None:
    clocks.wall += seconds


def test_a_clock_that_is_set_and_a_machine_that_slept_are_told_apart_and_drift_is_neither(clocks: Clocks) -> None:
    seen = Clock()
    clocks.pass_by(HOUR)
    assert seen.jump() is None
    clocks.wall += SMALLEST_JUMP - 1
    assert seen.jump() is None
    clocks.wall -= HOUR
    assert seen.jump() == Jump(set_by=-HOUR, slept=0.0)
    clocks.sleep(HOUR)
    assert seen.jump() == Jump(set_by=0.0, slept=HOUR)
    assert seen.jump() is None


@pytest.mark.parametrize("seconds", [-9 * HOUR, -2 * HOUR, 2 * HOUR, 9 * HOUR])
def test_a_clock_that_is_set_is_told_once_and_everything_is_asked_again_within_an_interval(
    sidecar: SimulatedSidecar, seconds: float
) -> None:
    set_clock(sidecar.clocks, seconds)
    before, at = len(sidecar.whole), sidecar.clocks.running
    sidecar.run(1.2 * INTERVAL)
    [again] = sidecar.whole[before:]
    assert again.running - at < 1.2 * INTERVAL
    assert again.left_out == frozenset()
    sidecar.run(HOUR / 4)
    [told] = sidecar.events("clock.jumped")
    assert told["set_by_seconds"] == pytest.approx(seconds, abs=1)
    assert [event["to"] for event in sidecar.events("verdict.changed")] == ["OK"]


@pytest.mark.parametrize("seconds", [-9 * HOUR, 9 * HOUR])
def test_after_a_jump_walks_are_neither_missed_nor_made_more_often(sidecar: SimulatedSidecar, seconds: float) -> None:
    set_clock(sidecar.clocks, seconds)
    whole, light = len(sidecar.whole), len(sidecar.light)
    sidecar.run(2 * HOUR)
    assert len(sidecar.whole) - whole <= 2 * HOUR / DEEP + 4
    assert len(sidecar.light) - light <= 2 * HOUR / INTERVAL * 1.1
    walked = sorted([*sidecar.light[light:], *(made.running for made in sidecar.whole[whole:])])
    assert max(later - earlier for earlier, later in pairwise(walked)) < 1.2 * INTERVAL


def test_a_clock_that_is_set_again_and_again_does_not_cost_a_whole_walk_each_time(sidecar: SimulatedSidecar) -> None:
    before = len(sidecar.whole)
    for number in range(24):
        set_clock(sidecar.clocks, HOUR if number % 2 else -HOUR)
        sidecar.run(INTERVAL)
    assert len(sidecar.whole) - before <= 2.2 * HOUR / DEEP + 6


@pytest.mark.parametrize("seconds", [-9 * HOUR, 2 * HOUR])
def test_what_the_sidecar_saw_it_saw_as_long_ago_as_before_the_clock_was_set(
    sidecar: SimulatedSidecar, seconds: float
) -> None:
    sidecar.whole_of = sidecar.light_of = without_agent
    sidecar.run(600)
    before, at = sidecar.state(), sidecar.clocks.running
    set_clock(sidecar.clocks, seconds)
    sidecar.run(2 * INTERVAL)
    after = sidecar.state()
    assert before.failing_since is not None
    assert after.failing_since is not None
    passed = sidecar.clocks.running - at
    assert after.now - after.failing_since == pytest.approx(before.now - before.failing_since + passed)
    assert after.now - after.begun == pytest.approx(before.now - before.begun + passed)
    assert after.succeeded is not None
    assert after.succeeded <= after.failing_since
    assert [(span.begun <= span.ended <= after.now) for span in after.history] == [True, True]
    assert after.history[0].ended <= after.history[1].begun


@pytest.mark.parametrize("seconds", [-9 * HOUR, 2 * HOUR])
def test_sessions_of_which_only_the_failure_tells_when_they_end_last_as_long_as_before_the_clock_was_set(
    sidecar: SimulatedSidecar, seconds: float
) -> None:
    sidecar.whole_of = sidecar.light_of = without_agent
    # To the sidecar these are web identity's: an hour from the failure on, of which no date of AWS' tells anything.
    sidecar.loop._rounds._held = Held(source="web-identity")
    sidecar.run(600)
    _, before = left(sidecar)
    set_clock(sidecar.clocks, seconds)
    sidecar.run(2 * INTERVAL)
    _, after = left(sidecar)
    assert after == pytest.approx(before - 2 * INTERVAL, abs=INTERVAL)


def test_the_end_that_aws_told_is_believed_whatever_the_clock_said_before(sidecar: SimulatedSidecar) -> None:
    sidecar.whole_of = sidecar.light_of = without_agent
    sidecar.run(600)
    earliest, latest = left(sidecar)
    set_clock(sidecar.clocks, HOUR)
    sidecar.run(2 * INTERVAL)
    assert left(sidecar)[1] == pytest.approx(latest - HOUR - 2 * INTERVAL, abs=INTERVAL)
    assert latest - earliest == pytest.approx(EARLIEST_REFRESH)


def test_while_the_machine_sleeps_what_applications_hold_runs_out(sidecar: SimulatedSidecar) -> None:
    sidecar.whole_of = sidecar.light_of = without_agent
    sidecar.run(600)
    _, before = left(sidecar)
    sidecar.clocks.sleep(HOUR)
    sidecar.run(2 * INTERVAL)
    assert left(sidecar)[1] == pytest.approx(before - HOUR - 2 * INTERVAL, abs=INTERVAL)
    state = sidecar.state()
    assert state.failing_since is not None
    assert state.now - state.failing_since > HOUR


def test_keys_whose_end_comes_nearer_while_the_machine_sleeps_are_looked_at_before_they_end(clocks: Clocks) -> None:
    end = clocks.wall + 2 * HOUR
    sidecar = SimulatedSidecar(clocks, keys_last=2 * HOUR).run(600)
    clocks.sleep(HOUR)
    sidecar.run(end - clocks.wall - 1.0)
    near = [made.wall for made in sidecar.whole if end - 1.1 * NEAR_END - 1 <= made.wall < end - 0.9 * NEAR_END + 1]
    assert len(near) == 1
    assert sidecar.state().because == Because.EXPIRY


def test_keys_that_ended_while_the_machine_slept_are_asked_for_at_once(sidecar: SimulatedSidecar) -> None:
    before = len(sidecar.whole)
    sidecar.clocks.sleep(12 * HOUR)
    sidecar.run(1.2 * INTERVAL)
    assert len(sidecar.whole) == before + 1
    [told] = sidecar.events("clock.jumped")
    assert (told["set_by_seconds"], told["slept_seconds"]) == (0.0, 12 * HOUR)
    assert [event["to"] for event in sidecar.events("verdict.changed")] == ["OK"]
    outlook = sidecar.state().outlook
    assert outlook is None


def test_a_token_that_was_read_while_it_was_written_is_read_again_before_anything_is_told(
    sidecar: SimulatedSidecar,
) -> None:
    before, told = len(sidecar.whole), []

    def half_written(walked: Evidence) -> Evidence:
        sidecar.light_of = lambda later: later
        told.append(with_step(walked, "container.token", Outcome.FAIL))
        return told[0]

    sidecar.light_of = half_written
    sidecar.run(1.2 * INTERVAL)
    assert told
    assert (len(sidecar.whole) - before, sidecar.state().because) == (1, Because.TOKEN_CHANGED)
    assert [event["to"] for event in sidecar.events("verdict.changed")] == ["OK"]
    assert sidecar.state().consecutive_failures == 0


def test_what_whole_walks_saw_is_not_told_for_ever_when_they_fail(sidecar: SimulatedSidecar) -> None:
    sidecar.crashes = True
    sidecar.run(2 * DEEP)
    assert [event["to"] for event in sidecar.events("verdict.changed")] == ["OK"]
    sidecar.run(3 * DEEP)
    assert [event["to"] for event in sidecar.events("verdict.changed")] == ["OK", "COULD NOT FIND OUT"]
    report = sidecar.state().report
    assert report is not None
    assert {step.reason for step in report.evidence.steps if step.id == "container.credentials"} == {TOO_LONG_AGO}
    sidecar.crashes = False
    sidecar.run(DEEP)
    assert [event["to"] for event in sidecar.events("verdict.changed")] == ["OK", "COULD NOT FIND OUT", "OK"]


def test_a_bug_in_judging_costs_no_more_calls_than_a_verdict_that_is_bad(
    sidecar: SimulatedSidecar, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Evidence) -> Report:
        raise ValueError("AKIAIOSFODNN7EXAMPLE")

    before, light = len(sidecar.whole), len(sidecar.light)
    monkeypatch.setattr(rounds, "judge", fail)
    end = sidecar.clocks.running + HOUR
    while sidecar.clocks.running < end:
        try:
            sidecar.turn()
        except ValueError:
            sidecar.clocks.pass_by(1.0)
    assert len(sidecar.whole) - before <= 18
    assert len(sidecar.light) - light > 10


def test_the_loop_is_alive_until_a_turn_takes_longer_than_any_walk_may(clocks: Clocks) -> None:
    sidecar = SimulatedSidecar(clocks)
    begun, release = threading.Event(), threading.Event()

    def hang(walked: Evidence) -> Evidence:
        begun.set()
        release.wait(PATIENCE)
        return walked

    sidecar.whole_of = hang
    sidecar.loop.start()
    try:
        assert begun.wait(PATIENCE)
        assert sidecar.loop.is_alive()
        clocks.running += LONGEST_WALK + INTERVAL + ALIVE_SLACK - 1
        assert sidecar.loop.is_alive()
        clocks.running += 2
        assert not sidecar.loop.is_alive()
    finally:
        sidecar.loop._stopping.set()
        release.set()
        sidecar.loop._thread.join(PATIENCE)
    assert not sidecar.loop.is_alive()


def test_the_end_does_not_wait_for_a_light_walk(clocks: Clocks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "JOIN_SECONDS", 10 * PATIENCE)
    sidecar = SimulatedSidecar(clocks)
    begun, release = threading.Event(), threading.Event()

    def hang(walked: Evidence) -> Evidence:
        begun.set()
        release.wait(10 * PATIENCE)
        return walked

    sidecar.light_of = hang
    sidecar.loop.start()
    stopping = threading.Thread(target=sidecar.loop.stop)
    try:
        assert begun.wait(PATIENCE)
        stopping.start()
        stopping.join(PATIENCE)
        assert not stopping.is_alive()
    finally:
        release.set()
        sidecar.loop._thread.join(PATIENCE)
