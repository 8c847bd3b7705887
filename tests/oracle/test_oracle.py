"""Every real SDK does in every scenario what is predicted of it."""

import pytest

from tests.oracle import recorded
from tests.oracle.compare import Compared, compared, played_calmly
from tests.oracle.harness import Harness
from tests.oracle.harnesses import harnesses
from tests.oracle.playing import CUT_OFF
from tests.oracle.scenarios import Chosen, chosen

pytestmark = [pytest.mark.oracle, pytest.mark.timeout(600)]

HARNESSES = harnesses()
RECORDED = recorded.read()


def longest(one: Chosen) -> float:
    """Return the seconds that somebody waited longest in a scenario."""
    return max((kept.seconds for kept in RECORDED.get(one.name, {}).values()), default=CUT_OFF)


LONGEST_FIRST = sorted(chosen(), key=longest, reverse=True)
"""So that the last ones to run leave no processor idle."""


@pytest.mark.parametrize("harness", HARNESSES, ids=lambda one: one.name)
def test_an_sdk_is_there(harness: Harness) -> None:
    reason = harness.why_not()
    if reason is not None:
        pytest.skip(f"{harness.name} is not held against its model: {reason}")
    assert harness.place.is_dir()


@pytest.mark.parametrize("one", LONGEST_FIRST, ids=lambda one: one.name)
def test_every_sdk_does_what_is_predicted(one: Chosen) -> None:
    able = tuple(harness for harness in HARNESSES if one.suits(harness) and harness.why_not() is None)
    parts = played_calmly(one.load(), able, lambda each: _oddity(one, each) is not None)
    assert [_oddity(one, each) for each in compared(parts, able) if _oddity(one, each)] == []


def _oddity(one: Chosen, told: Compared) -> str | None:
    """Say what is not as predicted, or not as the documentation tells.

    Seconds are another matter, and so is a prediction where none was recorded: on a busy machine an answer may come
    at the edge of an SDK's patience.
    """
    kept = RECORDED.get(one.name, {}).get(told.harness)
    if told.difference is not None:
        return f"{told.harness}: {told.difference}"
    if kept is None:
        return f"{told.harness}: nothing is recorded"
    if not recorded.is_as_recorded(kept, told):
        return f"{told.harness}: recorded {kept.predicted} and {kept.seen}, now {told.predicted} and {told.seen}"
    return None
