"""What the oracle is made of, without any SDK: where addresses lead, what is compared, what is recorded."""

import math
from pathlib import Path

import pytest

from probe.lab.scenario import Expectation, Scenario
from probe.lab.witness.compare import WitnessResult, agrees
from probe.report import Prediction
from tests.oracle import recorded
from tests.oracle.compare import Compared
from tests.oracle.harness import BuildError, Command, Harness
from tests.oracle.harnesses import harnesses
from tests.oracle.places import targets
from tests.oracle.recorded import Recorded
from tests.oracle.scenarios import BETWEEN_NAMESPACES, chosen
from tools.oracle import table


def scenario(**more: object) -> Scenario:
    expect = Expectation(exit_code=0)
    return Scenario(name="made-up", title="", story="", expect=expect, **more)  # type: ignore[arg-type]  # any fields


def saw(outcome: str, seconds: float = 1.0) -> WitnessResult:
    return WitnessResult(
        outcome=outcome, source=None, access_key_hint=None, error=None, seconds=seconds, version="1.0.0"
    )


def predicted(*, wait: float | None = None, for_ever: bool = False) -> Prediction:
    return Prediction(
        sdk="made-up", versions="all", outcome="error", because="", wait_seconds=wait, waits_for_ever=for_ever
    )


def test_what_no_server_stands_behind_never_answers() -> None:
    assert targets(scenario(servers={"imds": {}}))["169.254.170.23", 80] == "timeout"


def test_a_server_is_at_all_of_its_real_addresses() -> None:
    led = targets(scenario(servers={"imds": {}}))
    assert [led["169.254.169.254", 80], led["fd00:ec2::254", 80]] == ["imds", "imds"]


def test_a_scenario_may_lead_an_address_elsewhere() -> None:
    led = targets(scenario(servers={"imds": {}}, dial={"[fd00:ec2::254]:80": "refused"}))
    assert led["fd00:ec2::254", 80] == "refused"


def test_both_sts_endpoints_are_there_where_one_is_told() -> None:
    led = targets(scenario(servers={"sts": {}}))
    assert {"sts", "sts-global"} <= set(led.values())


@pytest.mark.parametrize(
    ("server", "counting"),
    [
        ({"faults": [{"kind": "stall", "route": "token", "first": 1}]}, True),
        ({"throttled_first": 2}, True),
        ({"faults": [{"kind": "stall", "route": "token"}]}, False),
    ],
)
def test_a_world_whose_servers_count_is_shared_by_nobody(server: dict[str, object], *, counting: bool) -> None:
    assert scenario(servers={"imds": server}).counts_requests is counting


@pytest.mark.parametrize(
    "prediction",
    [predicted(for_ever=True), predicted(wait=120.0), predicted(wait=8.0), predicted()],
    ids=["for ever", "much longer than the cut-off", "within a factor of two", "nobody knows how long"],
)
def test_an_sdk_that_still_waits_agrees_where_it_may(prediction: Prediction) -> None:
    assert agrees(prediction, saw("waiting", seconds=15.0)) is None


def test_an_sdk_that_still_waits_disagrees_where_it_should_have_ended() -> None:
    assert "still waiting after 15 s" in (agrees(predicted(wait=3.0), saw("waiting", seconds=15.0)) or "")


def compared(**more: object) -> Compared:
    told = {"harness": "b@1", "predicted": "error", "seen": "error", "difference": None}
    times = {"seconds": 0.123, "computed": 0.0, "waits": 1.0}
    return Compared(**{**told, **times, **more})  # type: ignore[arg-type]  # any fields


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (compared(), "agree"),
        (compared(predicted="unknown"), "open"),
        (compared(difference="something else"), "disagree"),
    ],
)
def test_the_verdict_of_what_is_recorded_is_that_of_the_comparison(one: Compared, verdict: str) -> None:
    assert (one.verdict, recorded.recorded(one).verdict) == (verdict, verdict)


def test_what_is_recorded_is_read_as_it_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded, "RESULTS", tmp_path / "results.json")
    told = (compared(waits=math.inf), compared(harness="a@1", waits=None, difference="it hung"))
    results = recorded.merged({}, "a world", told, {"a@1": 0, "b@1": 1})
    recorded.write(results)
    assert recorded.read() == results
    assert list(results["a world"]) == ["a@1", "b@1"]


def test_a_harness_that_is_gone_is_recorded_no_more() -> None:
    results = recorded.merged({}, "a world", [compared()], {"b@1": 0})
    assert recorded.merged(results, "a world", [compared(harness="b@2")], {"b@2": 0})["a world"].keys() == {"b@2"}


@pytest.mark.parametrize(
    ("kept", "now", "same"),
    [
        ("error", compared(waits=7.5, seconds=12.0), True),
        ("error", compared(waits=7.5, seconds=15.0, seen="waiting"), True),
        ("waiting", compared(waits=7.5, seconds=13.8), True),
        ("waiting", compared(waits=120.0, seconds=2.0), False),
        ("waiting", compared(waits=math.inf, seconds=14.0), False),
        ("error", compared(waits=3.0, seconds=15.0, seen="waiting"), False),
        ("error", compared(waits=None, seconds=15.0, seen="waiting"), True),
        ("waiting", compared(waits=None, seconds=2.0), False),
        ("error", compared(seen="none"), False),
    ],
)
def test_a_wait_that_is_drawn_by_lot_may_end_on_either_side_of_the_cut_off(
    kept: str, now: Compared, *, same: bool
) -> None:
    assert recorded.is_as_recorded(recorded_as(seconds=12.0, waits=now.waits, seen=kept), now) is same


def test_an_sdk_of_which_something_else_is_predicted_now_is_not_as_recorded() -> None:
    assert not recorded.is_as_recorded(recorded_as(seconds=1.0, waits=1.0), compared(predicted="none"))


def recorded_as(*, seconds: float, waits: float | None, seen: str = "error", computed: float = 0.0) -> Recorded:
    return Recorded(predicted="error", seen=seen, seconds=seconds, computed=computed, waits=waits)


@pytest.mark.parametrize(
    ("one", "marked"),
    [
        (recorded_as(seconds=3.0, waits=2.0), False),
        (recorded_as(seconds=5.0, waits=2.0), True),
        (recorded_as(seconds=0.3, waits=2.0), True),
        (recorded_as(seconds=0.4, waits=0.0), False),
        (recorded_as(seconds=9.0, waits=None), False),
        (recorded_as(seconds=15.0, waits=120.0, seen="waiting"), False),
        (recorded_as(seconds=4.0, waits=math.inf), True),
        (recorded_as(seconds=3.0, waits=1.0, computed=1.2), False),
        (recorded_as(seconds=3.0, waits=1.0, computed=0.8), True),
        (recorded_as(seconds=1.5, waits=2.0, computed=1.0), False),
    ],
    ids=[
        *("near", "twice too long", "too short", "nothing to wait for", "nothing told", "cut off", "for ever, ended"),
        *("computed for long", "computed, and waited for too long", "computed while it waited"),
    ],
)
def test_a_time_is_marked_that_is_beyond_a_factor_of_two(one: Recorded, *, marked: bool) -> None:
    assert table.is_off(one) is marked


def test_the_page_is_what_was_recorded() -> None:
    assert table.PAGE.read_text() == table.page(recorded.read())


def test_everything_is_recorded_and_nothing_disagrees() -> None:
    results, every = recorded.read(), tuple(chosen())
    assert list(results) == [one.name for one in every]
    for one in every:
        suited = [harness.name for harness in harnesses() if one.suits(harness)]
        assert [name for name, told in results[one.name].items() if told.verdict == "disagree"] == []
        assert list(results[one.name]) == suited


def test_there_are_enough_scenarios_each_with_its_reason() -> None:
    every = tuple(chosen())
    assert len(every) >= 60
    assert [one.name for one in every if not one.why] == []
    assert {one.area for one in every if one.load().network is not None} == {BETWEEN_NAMESPACES}


def made(folder: Path, **more: object) -> Harness:
    (folder / "lock").write_text("1")
    told = {
        "sdk": "made-up",
        "version": "1.0.0",
        "sources": (folder / "lock",),
        "make": lambda place: (place / "program").write_text("made"),
        "start": lambda place, _: Command(arguments=(str(place / "program"),)),
    }
    return Harness(**{**told, **more})  # type: ignore[arg-type]  # any fields


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tests.oracle.harness.ROOT", tmp_path)
    monkeypatch.setattr("tests.oracle.harness.CACHE", tmp_path / "cache")
    return tmp_path


def test_a_harness_is_built_once_for_what_it_is_made_of(place: Path) -> None:
    one = made(place)
    assert one.why_not() == "it is not built: python -m tools.oracle build"
    assert one.build() is None
    assert (one.place / "program").read_text() == "made"
    assert one.why_not() is None
    before = one.place
    (place / "lock").write_text("2")
    assert one.place != before


def test_a_build_that_fails_leaves_nothing_and_says_why(place: Path) -> None:
    def fail(_: Path) -> None:
        raise BuildError("npm ci failed: no such lock")

    one = made(place, make=fail)
    assert one.build() == "npm ci failed: no such lock"
    assert list((place / "cache").iterdir()) == []


def test_what_was_built_can_be_read_by_the_pods_user(place: Path) -> None:
    def closed(folder: Path) -> None:
        (folder / "program").write_text("made")
        (folder / "program").chmod(0o700)

    one = made(place, make=closed)
    one.build()
    assert (one.place / "program").stat().st_mode & 0o777 == 0o755
    assert one.place.stat().st_mode & 0o005 == 0o005


def test_a_missing_toolchain_is_told_before_anything_is_tried(place: Path) -> None:
    one = made(place, toolchain=lambda: "go is not installed")
    assert (one.why_not(), one.build()) == ("go is not installed", "go is not installed")
