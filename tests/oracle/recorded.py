"""What the SDKs did when somebody recorded it: `results.json`, one line for each SDK in each scenario."""

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from probe.records import dataclass
from tests.oracle.compare import UNKNOWN, Compared
from tests.oracle.playing import CUT_OFF, WAITING

RESULTS = Path(__file__).parent / "results.json"
FOR_EVER = "for ever"


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """One SDK in one scenario."""

    predicted: str
    seen: str
    seconds: float
    """Not compared: another machine takes another time."""
    computed: float
    """How many of them, at most, it had a processor, or stood in the queue for one."""
    waits: float | None
    """The predicted wait; infinite for ever."""
    difference: str | None = None

    @property
    def verdict(self) -> str:
        """`agree`, `disagree`, or `open` where nothing is predicted."""
        if self.difference is not None:
            return "disagree"
        return "open" if self.predicted == UNKNOWN else "agree"


Results = dict[str, dict[str, Recorded]]
"""Scenario to harness to what came of it."""


def read() -> Results:
    """Read what was recorded; nothing where there is no such file yet."""
    if not RESULTS.is_file():
        return {}
    told: dict[str, dict[str, dict[str, Any]]] = json.loads(RESULTS.read_text())
    return {
        scenario: {harness: _from_json(one) for harness, one in by_harness.items()}
        for scenario, by_harness in told.items()
    }


def write(results: Results) -> None:
    """Write it, one line for each SDK in each scenario, so that a change is a readable difference."""
    blocks = [
        f"  {_json(scenario)}: {{\n"
        + ",\n".join(f"    {_json(harness)}: {_json(_as_json(one))}" for harness, one in by_harness.items())
        + "\n  }"
        for scenario, by_harness in results.items()
    ]
    RESULTS.write_text("{\n" + ",\n".join(blocks) + "\n}\n")


def merged(results: Results, scenario: str, told: Iterable[Compared], order: Mapping[str, int]) -> Results:
    """Put a scenario's comparisons in the place of older ones; `order` is that of the harnesses."""
    own = {**results.get(scenario, {}), **{one.harness: recorded(one) for one in told}}
    kept = {harness: own[harness] for harness in sorted(own.keys() & order.keys(), key=lambda name: order[name])}
    return {**results, scenario: kept}


def recorded(one: Compared) -> Recorded:
    """Keep of a comparison what is recorded."""
    return Recorded(
        predicted=one.predicted,
        seen=one.seen,
        seconds=round(one.seconds, 1),
        computed=round(one.computed, 1),
        waits=one.waits,
        difference=one.difference,
    )


def is_as_recorded(kept: Recorded, now: Compared) -> bool:
    """Whether an SDK that agrees with its model does what it did when it was recorded.

    An SDK that draws its pauses by lot ends just before the cut-off on one day and is cut on another: both are the
    wait that was predicted.
    """
    if kept.predicted not in {now.predicted, UNKNOWN}:
        return False
    return kept.seen == now.seen or (WAITING in {kept.seen, now.seen} and _near_the_cut_off(now))


def _near_the_cut_off(one: Compared) -> bool:
    """Whether the wait ended near the cut-off, and may: drawn by lot it is at most twice what is predicted.

    Where nobody knows how long it is, it may as well.
    """
    may = one.waits is None or CUT_OFF / 2 <= one.waits < math.inf
    return may and one.seconds >= CUT_OFF / 2


def _as_json(one: Recorded) -> dict[str, Any]:
    waits = FOR_EVER if one.waits == math.inf else one.waits
    times = {"seconds": one.seconds, "computed": one.computed, "waits": waits}
    told = {"predicted": one.predicted, "seen": one.seen, **times}
    return told if one.difference is None else {**told, "difference": one.difference}


def _from_json(told: Mapping[str, Any]) -> Recorded:
    return Recorded(**{**told, "waits": math.inf if told["waits"] == FOR_EVER else told["waits"]})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
