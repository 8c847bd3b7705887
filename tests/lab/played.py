"""What the probe and the real botocore did in a scenario's world: played once, for every test that asks about it."""

import json
from dataclasses import asdict, replace
from functools import cache

import pytest

from probe.lab.run import Ran, differences, run_in
from probe.lab.scenario import Scenario, load
from probe.lab.witness.compare import WitnessResult, agrees, prediction_for, witness
from probe.lab.world import World
from probe.records import dataclass
from probe.report import Prediction
from tests.calm import calmly

IN_ONE_PLACE = pytest.mark.xdist_group
"""Tests of one scenario belong to the worker that has played it."""


@dataclass(frozen=True, kw_only=True)
class Played:
    """One world, and what went on in it."""

    ran: Ran
    witnessed: WitnessResult
    alone: bool
    """Whether the witness had a world of its own: then its keys are others than those that the probe saw."""


@cache
def played(name: str) -> Played:
    """Play one of the loopback scenarios."""
    scenario = load(name)

    def is_odd(one: Played) -> bool:
        return bool(tuple(differences(scenario, one.ran))) or agrees(*compared(one)) is not None

    return calmly(lambda: play(scenario), is_odd, name)


def compared(one: Played) -> tuple[Prediction, WitnessResult]:
    """Return the prediction that holds for the witness, and what it did."""
    predictions = [Prediction(**told) for told in one.ran.report["sdks"]]
    prediction = prediction_for(predictions, one.witnessed)
    return replace(prediction, access_key_hint=None) if one.alone else prediction, one.witnessed


def play(scenario: Scenario) -> Played:
    """Walk a world, then let the witness into it."""
    with World(scenario) as world:
        ran = run_in(world, ["--format", "json", "-vv", "--log-events"])
        result = None if scenario.counts_requests else asked(world)
    if result is not None:
        return Played(ran=ran, witnessed=result, alone=False)
    with World(scenario) as fresh:
        return Played(ran=ran, witnessed=asked(fresh), alone=True)


def asked(world: World) -> WitnessResult:
    """Let the witness into a world."""
    result = witness(world)
    told = json.dumps(asdict(result))
    assert not [canary for canary in world.canaries.values() if canary in told], "the witness told a secret"
    return result
