"""What is odd is played again on a busy machine, and nowhere else."""

import os
from collections.abc import Iterator

import pytest

from tests.calm import TIMES, calmly


def machine(monkeypatch: pytest.MonkeyPatch, *, wanting: float) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(os, "getloadavg", lambda: (wanting, 0.0, 0.0))


def results(*told: str) -> Iterator[str]:
    return iter(told)


def test_what_is_odd_counts_at_once_while_the_machine_has_processors_left(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, wanting=1.9)
    told = results("odd", "as expected")
    assert calmly(lambda: next(told), lambda one: one == "odd", "a world") == "odd"


def test_what_is_odd_on_a_busy_machine_is_played_again_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, wanting=2.1)
    told = results("odd", "as expected", "never played")
    with pytest.warns(UserWarning, match="a world is played again"):
        assert calmly(lambda: next(told), lambda one: one == "odd", "a world") == "as expected"


def test_what_is_wrong_is_wrong_however_busy_the_machine_is(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, wanting=50.0)
    told = results(*["odd"] * TIMES)
    with pytest.warns(UserWarning, match="a world is played again"):
        assert calmly(lambda: next(told), lambda one: one == "odd", "a world") == "odd"
    assert next(told, None) is None
