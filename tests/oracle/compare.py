"""Holds what the real SDKs did in a scenario against what was predicted of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from probe.evidence import Evidence
from probe.lab.scenario import Scenario
from probe.lab.witness.compare import WitnessResult, agrees
from probe.records import dataclass
from probe.report import Prediction
from probe.sdks import java_v2, predict_all
from probe.sdks.chain import follow, predictions
from probe.sdks.versions import covers
from tests.calm import TIMES
from tests.oracle.harness import Harness
from tests.oracle.playing import CUT_OFF, WAITING, Played, play

UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One SDK in one scenario."""

    harness: str
    predicted: str
    """Outcome and source."""
    seen: str
    difference: str | None
    """None where they agree, and where nothing was predicted."""
    seconds: float
    computed: float
    """How much of that, at most, it had a processor, or stood in the queue for one."""
    waits: float | None
    """The predicted wait in seconds; infinite for ever, None where nothing is predicted."""

    @property
    def verdict(self) -> str:
        """`agree`, `disagree`, or `open` where the model says that it does not know."""
        if self.difference is not None:
            return "disagree"
        return "open" if self.predicted == UNKNOWN else "agree"


def compared(parts: Iterable[Played], chosen: Sequence[Harness]) -> Iterator[Compared]:
    """Compare every SDK that was played, in the order of the harnesses."""
    told = {one.harness: one for played in parts for one in _part(played, {one.name: one for one in chosen})}
    return (told[one.name] for one in chosen if one.name in told)


def played_calmly(
    scenario: Scenario, chosen: tuple[Harness, ...], is_odd: Callable[[Compared], bool]
) -> tuple[Played, ...]:
    """Play a scenario, and once more for those SDKs of which something is odd; each part tells of other SDKs.

    A machine that is busy elsewhere makes a second out of a millisecond, to the probe or to an SDK, and most of what is
    compared hangs on a second. What is wrong is wrong again.
    """
    parts, left = list[Played](), chosen
    for times in range(1, TIMES + 1):
        played = play(scenario, left)
        odd = {one.harness for one in compared([played], left) if times < TIMES and is_odd(one)}
        parts.append(replace(played, seen={name: seen for name, seen in played.seen.items() if name not in odd}))
        left = tuple(one for one in left if one.name in odd)
        if not left:
            break
    return tuple(parts)


def _part(played: Played, chosen: Mapping[str, Harness]) -> Iterator[Compared]:
    models = cache(lambda variant: tuple(_VARIANTS[variant](played.evidence)))
    for name, seen in played.seen.items():
        if name in chosen:
            told = prediction(chosen[name], models(chosen[name].variant))
            told = replace(told, access_key_hint=None) if played.apart else told
            yield _one(chosen[name], told, seen, played.computed.get(name, 0.0))


def prediction(harness: Harness, told: Iterable[Prediction]) -> Prediction:
    """Return what is predicted of this very build. Raises StopIteration where nothing is."""
    return next(one for one in told if one.sdk == harness.sdk and covers(one.versions, harness.version))


def _without_sts(evidence: Evidence) -> Iterable[Prediction]:
    """Java's chain where web identity always fails, because the module for STS is not on the class path."""
    steps = [step for step in java_v2.STEPS if step is not java_v2.web_identity]
    return predictions(
        java_v2.SDK, evidence, java_v2.CHANGES, lambda view: follow(view, steps, java_v2.NOTHING), caches={}
    )


_VARIANTS: Mapping[str, Callable[[Evidence], Iterable[Prediction]]] = {
    "": predict_all,
    "without sts": _without_sts,
}


def _one(harness: Harness, prediction: Prediction, seen: WitnessResult, computed: float) -> Compared:
    return Compared(
        harness=harness.name,
        predicted=_words(prediction.outcome, prediction.source),
        seen=_words(seen.outcome, seen.source),
        difference=agrees(prediction, seen),
        seconds=CUT_OFF if seen.outcome == WAITING else seen.seconds,
        computed=computed,
        waits=float("inf") if prediction.waits_for_ever else prediction.wait_seconds,
    )


def _words(outcome: str, source: str | None) -> str:
    return f"{outcome} {source}" if source else str(outcome)
