"""The real botocore in the lab's worlds does what we say it does."""

import json
from dataclasses import asdict, replace

import pytest

from probe.lab import scenario as scenarios
from probe.lab.run import run_in
from probe.lab.scenario import Scenario
from probe.lab.witness.compare import WitnessResult, agrees, fits, installed_version, prediction_for, witness
from probe.lab.world import World
from probe.report import Prediction
from tests.lab.witness_worlds import WORLDS
from tests.lab.witness_worlds import scenario as own_world

pytestmark = pytest.mark.lab


def passes_by(scenario: Scenario) -> bool:
    """Whether a fault hits only some requests: then the probe and the witness must not share a world."""
    faults = (fault for server in scenario.servers.values() for fault in server.get("faults", ()))
    return any({"first", "skip"} & set(fault) for fault in faults)


def compared(scenario: Scenario) -> tuple[Prediction, WitnessResult]:
    """Walk a world, then let the witness into it; return the prediction that holds for the witness, and what it did."""
    with World(scenario) as world:
        predictions = [Prediction(**one) for one in run_in(world).report["sdks"]]
        result = None if passes_by(scenario) else asked(world)
    if result is not None:
        return prediction_for(predictions, result), result
    with World(scenario) as fresh:
        result = asked(fresh)
    # The keys of another world are other keys.
    return replace(prediction_for(predictions, result), access_key_hint=None), result


def asked(world: World) -> WitnessResult:
    result = witness(world)
    told = json.dumps(asdict(result))
    assert not [canary for canary in world.canaries.values() if canary in told], "the witness told a secret"
    return result


LOOPBACK_SCENARIOS = [name for name in scenarios.names() if scenarios.load(name).network is None]


@pytest.mark.parametrize("name", LOOPBACK_SCENARIOS)
def test_botocore_does_in_a_scenario_what_is_predicted(name: str) -> None:
    prediction, result = compared(scenarios.load(name))
    assert agrees(prediction, result) is None, prediction.because


@pytest.mark.parametrize("name", list(WORLDS))
def test_botocore_does_in_a_world_of_its_own_what_is_predicted(name: str) -> None:
    prediction, result = compared(own_world(name))
    assert " ".join(filter(None, (prediction.outcome, prediction.source))) == WORLDS[name][0], prediction.because
    assert agrees(prediction, result) is None, prediction.because


def saw(outcome: str, source: str | None = None, hint: str | None = None, error: str | None = None) -> WitnessResult:
    return WitnessResult(
        outcome=outcome, source=source, access_key_hint=hint, error=error, seconds=1.0, version=installed_version()
    )


def predicted(outcome: str, source: str | None = None, hint: str | None = None, error: str | None = None) -> Prediction:
    return Prediction(
        sdk="botocore",
        versions="all",
        outcome=outcome,
        source=source,
        access_key_hint=hint,
        error=error,
        because="",
    )


@pytest.mark.parametrize(
    ("prediction", "result"),
    [
        (predicted("none", error="Unable"), saw("credentials", "imds")),
        (predicted("credentials", "imds"), saw("credentials", "container")),
        (predicted("credentials", "imds", "…ABCD"), saw("credentials", "imds", "…WXYZ")),
        (predicted("error", error="An error occurred (A)"), saw("error", error="An error occurred (B)")),
        (predicted("error", error="An error occurred (A)"), saw("waiting")),
    ],
    ids=["outcome", "source", "hint", "text", "waiting"],
)
def test_a_difference_is_a_sentence(prediction: Prediction, result: WitnessResult) -> None:
    assert (agrees(prediction, result) or "").startswith("predicted ")


@pytest.mark.parametrize(
    ("prediction", "result"),
    [
        (predicted("unknown"), saw("error", error="anything")),
        (predicted("credentials", "web-identity"), saw("credentials", "web-identity", "…WXYZ")),
        (predicted("error", error="Connect timeout on endpoint URL:…"), saw("waiting")),
        (predicted("error", error="would wait for ever"), saw("waiting")),
    ],
    ids=["nothing was said", "no hint was said", "a long timeout", "for ever"],
)
def test_what_was_left_open_cannot_be_wrong(prediction: Prediction, result: WitnessResult) -> None:
    assert agrees(prediction, result) is None


@pytest.mark.parametrize(
    ("pattern", "text", "fitting"),
    [
        ("a…c", "x a b c y", True),
        ("a…c", "c b a", False),
        ("two  blanks", "two blanks", True),
        ("…", "anything", True),
        ("a…", None, False),
        (None, "anything", True),
    ],
)
def test_a_pattern_fits_by_its_pieces_in_their_order(pattern: str | None, text: str | None, *, fitting: bool) -> None:
    assert fits(pattern, text) is fitting
