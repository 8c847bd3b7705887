"""Plays a scenario: the probe walks it, and every SDK resolves its chain in it."""

import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from probe.evidence import Evidence
from probe.lab.run import Ran, run_in
from probe.lab.scenario import Scenario
from probe.lab.witness.compare import WitnessResult
from probe.records import dataclass
from probe.saved import NotAReportError, load_evidence
from probe.secret import Redactor, Secret
from tests.oracle.harness import Harness
from tests.oracle.keys import source_of
from tests.oracle.patience import Ended, run
from tests.oracle.turns import turn
from tests.oracle.world import ROOTS, RoutedWorld, world_of

CUT_OFF = 15.0
"""Seconds of waiting after which an SDK that has not told anything is `waiting`."""
WAITING = "waiting"
"""The outcome of an SDK that was cut off."""
BROKEN = "broken"
"""The outcome of a harness that told nothing."""
_HEAD_START = 1.5
"""Seconds of a turn that the probe has; a walk that waits for longer goes on beside the SDKs."""


@dataclass(frozen=True, kw_only=True)
class Played:
    """What came of one scenario."""

    evidence: Evidence
    """What the probe saw."""
    seen: Mapping[str, WitnessResult]
    """By the name of the harness."""
    computed: Mapping[str, float]
    """The same: seconds of processors, or in the queue for one; without those that were cut off."""
    apart: bool
    """Whether each SDK had a world of its own: then its keys are others than those that the probe saw."""


def play(scenario: Scenario, chosen: Iterable[Harness]) -> Played:
    """Play a scenario with these SDKs, which must be built. Raises CannotBuildError, ValueError."""
    kept, apart = tuple(chosen), scenario.counts_requests
    with ThreadPoolExecutor(max_workers=len(kept) + 1) as pool, world_of(scenario) as world:
        with turn():
            walk = pool.submit(run_in, world)
            wait([walk], _HEAD_START)
        if apart:
            wait([walk])
        told = list(pool.map(lambda one: _alone(scenario, one) if apart else _run(world, one), kept))
        ran = walk.result()
    names = [one.name for one in kept]
    return Played(
        evidence=_evidence(ran),
        seen={name: result for name, (result, _) in zip(names, told, strict=True)},
        computed={name: ended.computed + ended.queued for name, (_, ended) in zip(names, told, strict=True) if ended},
        apart=apart,
    )


def _evidence(ran: Ran) -> Evidence:
    try:
        return load_evidence(ran.stdout.encode())
    except NotAReportError as error:
        raise ValueError(f"the probe made no report (exit code {ran.exit_code}): {ran.stderr[-600:]}") from error


def _alone(scenario: Scenario, harness: Harness) -> tuple[WitnessResult, Ended | None]:
    with world_of(scenario) as world:
        return _run(world, harness)


def _run(world: RoutedWorld, harness: Harness) -> tuple[WitnessResult, Ended | None]:
    """Run one SDK in a started world."""
    command = harness.command(ROOTS)
    ended = run(
        world.command(command, (harness.place, *harness.folders)),
        {**command.environment, **world.environment},
        CUT_OFF,
    )
    if ended is None:
        return _result(harness, outcome=WAITING, seconds=CUT_OFF), None
    return _told(world, harness, ended), ended


def _told(world: RoutedWorld, harness: Harness, ended: Ended) -> WitnessResult:
    redactor = Redactor(Secret(value) for value in world.canaries.values())
    lines = ended.output.decode("utf-8", "replace").strip().splitlines()
    try:
        told: dict[str, Any] = json.loads(lines[-1])
        hint = told.get("access_key_hint")
        error = redactor.clean(told["error"], 2000) if told.get("error") else None
        return _result(
            harness,
            outcome=told["outcome"],
            seconds=told["seconds"],
            hint=hint,
            error=error,
            source=source_of(world, hint) if told["outcome"] == "credentials" else None,
        )
    except (IndexError, ValueError, KeyError, TypeError):
        complaint = redactor.clean(ended.complaints.decode("utf-8", "replace")[-600:], 600)
        return _result(harness, outcome=BROKEN, seconds=0.0, error=f"exit code {ended.exit_code}: {complaint}")


def _result(
    harness: Harness,
    *,
    outcome: str,
    seconds: float,
    hint: str | None = None,
    error: str | None = None,
    source: str | None = None,
) -> WitnessResult:
    return WitnessResult(
        outcome=outcome,
        source=source,
        access_key_hint=hint,
        error=error,
        seconds=seconds,
        version=harness.version,
    )
