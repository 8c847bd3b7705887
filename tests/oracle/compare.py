"""Holds what the real SDKs did in a scenario against what was predicted of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from probe.evidence import Evidence
from probe.lab.scenario import Scenario
from probe.lab.witness.compare import WitnessResult, agrees
from probe.records import dataclass
from probe.report import Prediction
from probe.sdks import java_v2, predict_all
from probe.sdks.chain import follow, predictions
from probe.sdks.versions import covers
from tests.oracle.harness import Harness
from tests.oracle.playing import CUT_OFF, WAITING, Played, play

UNKNOWN = "unknown"
TIMES = 3
"""How often a scenario is played before an oddity counts."""


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
    """How much of that, at most, it needed a processor for."""
    waits: float | None
    """The predicted wait in seconds; infinite for ever, None where nothing is predicted."""

    @property
    def verdict(self) -> str:
        """`agree`, `disagree`, or `open` where the model says that it does not know."""
        if self.difference is not None:
            return "disagree"
        return "open" if self.predicted == UNKNOWN else "agree"


def compared(played: Played, chosen: Iterable[Harness]) -> Iterator[Compared]:
    """Compare every SDK that was played."""
    for harness in chosen:
        told = prediction(harness, played.evidence)
        told = replace(told, access_key_hint=None) if played.apart else told
        yield _one(harness, told, played.seen[harness.name], played.computed.get(harness.name, 0.0))


def played_calmly(
    scenario: Scenario, chosen: tuple[Harness, ...], is_odd: Callable[[Compared], bool]
) -> tuple[Played, tuple[Compared, ...]]:
    """Play a scenario and compare, and once more where something is odd.

    A machine that is busy elsewhere makes a second out of a millisecond, to the probe or to an SDK, and most of what is
    compared hangs on a second. What is wrong is wrong again.
    """
    for _ in range(TIMES):
        played = play(scenario, chosen)
        told = tuple(compared(played, chosen))
        if not any(map(is_odd, told)):
            break
    return played, told


def prediction(harness: Harness, evidence: Evidence) -> Prediction:
    """Return what is predicted of this very build. Raises StopIteration where nothing is."""
    told = _VARIANTS[harness.variant](evidence)
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
