"""Numbers as people read them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probe.tell import units


@pytest.mark.parametrize(
    ("value", "told"),
    [(None, ""), (0.04, "<0.1 ms"), (0.44, "0.4 ms"), (1.2, "1 ms"), (999.4, "999 ms"), (1234.0, "1.2 s")],
)
def test_durations(value: float | None, told: str) -> None:
    assert units.milliseconds(value) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 s"),
        (-90, "90 s"),
        (120, "2 min"),
        (7199, "120 min"),
        (7200, "2 h"),
        (86_399, "24 h"),
        (864_000, "10 days"),
    ],
)
def test_spans(seconds: float, told: str) -> None:
    assert units.span(seconds) == told


def test_a_moment_is_seen_from_the_walk() -> None:
    assert units.from_now(then=100, now=40) == "in 60 s"
    assert units.from_now(then=40, now=100) == "60 s ago"


@settings(max_examples=100)
@given(st.floats(allow_nan=False))
def test_every_number_is_told_as_some_moment(seconds: float) -> None:
    assert units.moment(seconds)


def test_a_moment_is_rfc_3339_in_utc() -> None:
    assert units.moment(1_767_225_600.5) == "2026-01-01T00:00:00Z"
