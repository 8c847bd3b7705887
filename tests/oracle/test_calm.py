"""What is odd is played again, for those SDKs alone of which it is odd."""

from collections.abc import Sequence

import pytest

from probe.lab.scenario import Expectation, Scenario
from probe.lab.witness.compare import WitnessResult
from tests.calm import TIMES
from tests.oracle import compare
from tests.oracle.compare import Compared, compared, played_calmly
from tests.oracle.harness import Harness
from tests.oracle.harnesses import harnesses
from tests.oracle.playing import Played
from tests.sdks.pods import imds, pod

STEADY, SHAKY = (next(one for one in harnesses() if one.sdk == sdk) for sdk in ("botocore", "js-v3"))
SCENARIO = Scenario(name="made-up", title="", story="", expect=Expectation(exit_code=0))


class Table:
    """Stands in for the worlds: keeps who was played, and lets one SDK be odd so many times."""

    def __init__(self, odd_times: int) -> None:
        self.odd_times = odd_times
        self.played: list[list[str]] = []

    def play(self, _: Scenario, chosen: Sequence[Harness]) -> Played:
        """Let every SDK take the keys of IMDS, but for the shaky one, as long as it is odd."""
        self.played.append([one.name for one in chosen])
        return Played(
            evidence=pod(imds()),
            seen={one.name: self._seen(one) for one in chosen},
            computed={},
            apart=True,
        )

    def _seen(self, one: Harness) -> WitnessResult:
        odd = one is SHAKY and len(self.played) <= self.odd_times
        return WitnessResult(
            outcome="none" if odd else "credentials",
            source=None if odd else "imds",
            access_key_hint=None,
            error=None,
            seconds=0.1,
            version=one.version,
        )


def is_odd(one: Compared) -> bool:
    return one.difference is not None


def verdicts(table: Table, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setattr(compare, "play", table.play)
    parts = played_calmly(SCENARIO, (STEADY, SHAKY), is_odd)
    return {one.harness: one.verdict for one in compared(parts, (STEADY, SHAKY))}


def test_where_nothing_is_odd_nothing_is_played_again(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table(odd_times=0)
    assert verdicts(table, monkeypatch) == {STEADY.name: "agree", SHAKY.name: "agree"}
    assert table.played == [[STEADY.name, SHAKY.name]]


def test_what_was_odd_once_is_played_again_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table(odd_times=1)
    assert verdicts(table, monkeypatch) == {STEADY.name: "agree", SHAKY.name: "agree"}
    assert table.played == [[STEADY.name, SHAKY.name], [SHAKY.name]]


def test_what_is_odd_again_and_again_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table(odd_times=TIMES)
    assert verdicts(table, monkeypatch) == {STEADY.name: "agree", SHAKY.name: "disagree"}
    assert table.played == [[STEADY.name, SHAKY.name], *[[SHAKY.name]] * (TIMES - 1)]
