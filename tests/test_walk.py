"""The walk: sources side by side under one deadline, every step recorded once, a bug never taken for evidence."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from probe.aside import Aside
from probe.evidence import (
    CHAIN_ORDER,
    OPTIONAL,
    Attempts,
    Connection,
    Connections,
    Ending,
    Evidence,
    Exchange,
    Facts,
    KeysInEnvironment,
    Outcome,
    Source,
    Step,
)
from probe.lab.network import LabNetwork
from probe.surroundings import Surroundings
from probe.walk import Done, Options, Walk, walk
from probe.wire.deadline import Deadline

BUG = RuntimeError("a bug of the probe's own")
LONG = 30.0


@dataclass
class Heard:
    """A listener that remembers."""

    told: list[str] = field(default_factory=list)

    def step_started(self, step_id: str) -> None:
        """See `Listener`."""
        self.told.append(f"started {step_id}")

    def step_finished(self, step: Step) -> None:
        """See `Listener`."""
        self.told.append(f"finished {step.id}")


def surroundings() -> Surroundings:
    return Surroundings(environment={"HOME": "/nonexistent"})


def fresh(deadline: float = LONG, *listeners: Heard) -> Walk:
    return Walk(surroundings(), LabNetwork(), Options(deadline_seconds=deadline), listeners)


def walked(*sources: Callable[[Walk], None], deadline: float = LONG, listener: Heard | None = None) -> Evidence:
    named = [(source, walker) for source, walker in zip(Source, sources, strict=False)]
    listeners = () if listener is None else (listener,)
    options = Options(deadline_seconds=deadline)
    evidence, _ = walk(surroundings(), LabNetwork(), options, sources=named, listeners=listeners)
    return evidence


def fine() -> Done[None]:
    return Done(outcome=Outcome.OK, facts=KeysInEnvironment())


def stall(ending: Ending = Ending.NO_ANSWER) -> Exchange:
    return Exchange(method="PUT", url="http://169.254.169.254/", ending=ending)


def test_sources_walk_at_the_same_time() -> None:
    met = threading.Barrier(2, timeout=10)

    def meets(step_id: str) -> Callable[[Walk], None]:
        def source(under_way: Walk) -> None:
            met.wait()
            under_way.step(step_id, fine)

        return source

    evidence = walked(meets("environment.keys"), meets("imds.connect"))
    assert evidence.outcome("environment.keys") is Outcome.OK
    assert evidence.outcome("imds.connect") is Outcome.OK


def test_steps_come_in_chain_order_whatever_finished_first() -> None:
    def backwards(under_way: Walk) -> None:
        for step_id in reversed(CHAIN_ORDER):
            under_way.step(step_id, fine)

    assert tuple(step.id for step in walked(backwards).steps) == CHAIN_ORDER


def test_every_step_is_recorded_even_if_no_source_walked_it() -> None:
    evidence = walked()
    assert tuple(step.id for step in evidence.steps) == tuple(one for one in CHAIN_ORDER if one not in OPTIONAL)
    assert {(step.outcome, step.reason) for step in evidence.steps} == {(Outcome.SKIPPED, "not walked")}


def test_a_step_that_would_begin_after_the_deadline_is_skipped_and_not_done() -> None:
    done = threading.Event()
    under_way = fresh(0.0)

    def work() -> Done[None]:
        done.set()
        return fine()

    under_way.step("imds.connect", work)
    (step,) = [one for one in under_way.close() if one.id == "imds.connect"]
    assert not done.is_set()
    assert (step.outcome, step.reason) == (Outcome.SKIPPED, "the deadline of 0 s had passed")


def test_a_step_that_still_runs_at_the_deadline_is_recorded_as_cut() -> None:
    over = threading.Event()

    def hangs(under_way: Walk) -> None:
        under_way.step("imds.connect", lambda: (over.wait(20), fine())[1])

    evidence = walked(hangs, deadline=0.1)
    over.set()
    step = evidence.step("imds.connect")
    assert step is not None
    assert (step.outcome, step.reason) == (Outcome.SKIPPED, "cut: still running at the deadline")
    assert step.facts is None
    assert step.started_ms is not None


CUT: dict[str, Facts] = {
    "a stall": Attempts(exchanges=(stall(),)),
    "one stall among answers": Attempts(exchanges=(stall(Ending.ANSWERED), stall())),
    "a connect": Connection(host="x", port=80, ending=Ending.CONNECT_TIMEOUT),
    "a connect inside of others": Connections(
        used=Connection(host="x", port=80, ending=Ending.CONNECTED),
        other=Connection(host="y", port=80, ending=Ending.CONNECT_TIMEOUT),
    ),
    "a name": Connection(host="x", port=80, ending=Ending.NAME_LOOKUP_TIMEOUT),
    "a handshake": Connection(host="x", port=80, ending=Ending.TLS_TIMEOUT),
    "half an answer": Attempts(exchanges=(stall(Ending.INCOMPLETE),)),
}


@pytest.mark.parametrize("what", CUT)
def test_silence_that_the_deadline_cut_short_is_no_evidence(what: str) -> None:
    under_way = fresh(0.05)

    def late() -> Done[None]:
        time.sleep(under_way.deadline.remaining() + 0.01)
        return Done(outcome=Outcome.FAIL, facts=CUT[what])

    done = under_way.step("imds.token", late)
    (step,) = [one for one in under_way.close() if one.id == "imds.token"]
    assert (done.outcome, step.outcome, step.facts) == (Outcome.SKIPPED, Outcome.SKIPPED, None)
    assert step.reason == "cut: there was no answer yet at the deadline of 0.05 s"


def test_silence_that_was_waited_for_is_evidence() -> None:
    under_way = fresh()
    under_way.step("imds.token", lambda: Done(outcome=Outcome.FAIL, facts=CUT["a stall"]))
    (step,) = [one for one in under_way.close() if one.id == "imds.token"]
    assert (step.outcome, step.facts) == (Outcome.FAIL, CUT["a stall"])


def test_a_refusal_just_before_the_end_is_evidence_all_the_same() -> None:
    under_way = fresh(0.05)
    refused = Connection(host="x", port=80, ending=Ending.REFUSED)

    def late() -> Done[None]:
        time.sleep(under_way.deadline.remaining() + 0.01)
        return Done(outcome=Outcome.FAIL, facts=refused)

    under_way.step("imds.connect", late)
    (step,) = [one for one in under_way.close() if one.id == "imds.connect"]
    assert (step.outcome, step.facts) == (Outcome.FAIL, refused)


def test_a_source_that_raises_ends_the_walk_with_its_error() -> None:
    def broken(under_way: Walk) -> None:
        del under_way
        raise BUG

    with pytest.raises(RuntimeError, match="a bug of the probe's own"):
        walked(lambda under_way: under_way.absent("environment.keys"), broken)


def test_what_is_done_aside_raises_where_its_result_is_taken() -> None:
    def broken() -> None:
        raise BUG

    with pytest.raises(RuntimeError, match="a bug of the probe's own"):
        Aside(broken, "aside").take(Deadline.after(LONG))


def test_what_is_done_aside_and_takes_too_long_is_left_behind() -> None:
    over = threading.Event()
    aside = Aside(lambda: over.wait(20), "aside")
    assert aside.take(Deadline.after(0.05)) is None
    over.set()
    assert aside.take(Deadline.after(LONG)) is True


def test_listeners_hear_every_step_that_is_done_or_skipped() -> None:
    heard = Heard()

    def source(under_way: Walk) -> None:
        under_way.step("environment.keys", fine)
        under_way.skip("no keys", "identity.environment")

    walked(source, listener=heard)
    assert heard.told == ["started environment.keys", "finished environment.keys", "finished identity.environment"]


def test_nothing_is_recorded_or_told_after_the_end() -> None:
    heard = Heard()
    under_way = fresh(LONG, heard)
    closed = under_way.close()
    under_way.step("environment.keys", fine)
    under_way.skip("late", "imds.connect")
    assert heard.told == []
    assert under_way.close() == closed
    assert {step.reason for step in closed} == {"not walked"}


def test_a_step_that_ends_after_the_end_changes_nothing() -> None:
    begun, over = threading.Event(), threading.Event()
    under_way = fresh()

    def slow() -> Done[None]:
        begun.set()
        over.wait(20)
        return fine()

    aside = Aside(lambda: under_way.step("environment.keys", slow), "slow")
    begun.wait(20)
    closed = under_way.close()
    over.set()
    aside.take(Deadline.after(LONG))
    assert under_way.close() == closed
    assert closed[0].reason == "cut: still running at the deadline"


def test_the_value_that_the_next_step_needs_is_never_recorded() -> None:
    under_way = fresh()
    done = under_way.step("imds.token", lambda: Done(outcome=Outcome.OK, value="CANARY"))
    assert done.value == "CANARY"
    assert "CANARY" not in repr(done)
    assert "CANARY" not in repr(under_way.close())


def test_a_secret_that_is_kept_is_known_to_the_redactor() -> None:
    under_way = fresh()
    under_way.keep("CANARY-AND-MORE")
    assert under_way.redactor.clean("it was CANARY-AND-MORE") == "it was ***"


def test_the_evidence_says_under_what_conditions_it_was_found() -> None:
    options = Options(deadline_seconds=7.0, sts_allowed=False)
    evidence, _ = walk(surroundings(), LabNetwork(), options, sources=[])
    assert (evidence.deadline_seconds, evidence.sts_allowed) == (7.0, False)
    assert evidence.duration_ms is not None


def test_a_step_that_was_left_out_does_no_work_and_says_so() -> None:
    worked: list[str] = []

    def work(name: str) -> Done[None]:
        worked.append(name)
        return fine()

    def source(under_way: Walk) -> None:
        under_way.step("imds.credentials", lambda: work("credentials"))
        under_way.step("imds.role", lambda: work("role"))

    options = Options(deadline_seconds=LONG, skipped=frozenset({"imds.credentials"}))
    evidence, _ = walk(surroundings(), LabNetwork(), options, sources=[(Source.IMDS, source)])
    step = evidence.step("imds.credentials")
    assert step is not None
    assert (worked, step.outcome, step.reason) == (["role"], Outcome.SKIPPED, "--skip")
