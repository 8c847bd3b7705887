"""The real botocore in the lab's worlds does what we say it does."""

import pytest

from probe.lab import scenario as scenarios
from probe.lab.witness.compare import WitnessResult, agrees, fits, installed_version
from probe.report import Prediction
from tests.calm import calmly
from tests.lab.played import IN_ONE_PLACE, compared, play, played
from tests.lab.witness_worlds import WORLDS
from tests.lab.witness_worlds import scenario as own_world

pytestmark = pytest.mark.lab


LOOPBACK_SCENARIOS = [name for name in scenarios.names() if scenarios.load(name).network is None]


@pytest.mark.parametrize("name", [pytest.param(name, marks=IN_ONE_PLACE(name)) for name in LOOPBACK_SCENARIOS])
def test_botocore_does_in_a_scenario_what_is_predicted(name: str) -> None:
    prediction, result = compared(played(name))
    assert agrees(prediction, result) is None, prediction.because


@pytest.mark.parametrize("name", list(WORLDS))
def test_botocore_does_in_a_world_of_its_own_what_is_predicted(name: str) -> None:
    one = calmly(lambda: play(own_world(name)), lambda one: agrees(*compared(one)) is not None, name)
    prediction, result = compared(one)
    assert " ".join(filter(None, (prediction.outcome, prediction.source))) == WORLDS[name][0], prediction.because
    assert agrees(prediction, result) is None, prediction.because


def saw(outcome: str, source: str | None = None, hint: str | None = None, error: str | None = None) -> WitnessResult:
    return WitnessResult(
        outcome=outcome, source=source, access_key_hint=hint, error=error, seconds=1.0, version=installed_version()
    )


def predicted(
    outcome: str,
    source: str | None = None,
    hint: str | None = None,
    error: str | None = None,
    *,
    wait: float | None = None,
) -> Prediction:
    return Prediction(
        sdk="botocore",
        versions="all",
        outcome=outcome,
        source=source,
        access_key_hint=hint,
        error=error,
        because="",
        wait_seconds=wait,
    )


@pytest.mark.parametrize(
    ("prediction", "result"),
    [
        (predicted("none", error="Unable"), saw("credentials", "imds")),
        (predicted("credentials", "imds"), saw("credentials", "container")),
        (predicted("credentials", "imds", "…ABCD"), saw("credentials", "imds", "…WXYZ")),
        (predicted("error", error="An error occurred (A)"), saw("error", error="An error occurred (B)")),
        (predicted("error", error="An error occurred (A)", wait=0.4), saw("waiting")),
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
        (predicted("error", error="Connect timeout on endpoint URL:…", wait=60.0), saw("waiting")),
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
