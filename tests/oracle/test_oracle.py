"""Every real SDK does in every scenario what is predicted of it."""

import pytest

from tests.oracle import recorded
from tests.oracle.compare import Compared, compared, played_calmly
from tests.oracle.harness import Harness
from tests.oracle.harnesses import harnesses
from tests.oracle.scenarios import Chosen, chosen

pytestmark = [pytest.mark.oracle, pytest.mark.timeout(300)]

HARNESSES = harnesses()


@pytest.mark.parametrize("harness", HARNESSES, ids=lambda one: one.name)
def test_an_sdk_is_there(harness: Harness) -> None:
    reason = harness.why_not()
    if reason is not None:
        pytest.skip(f"{harness.name} is not held against its model: {reason}")
    assert harness.place.is_dir()


@pytest.mark.parametrize("one", chosen(), ids=lambda one: one.name)
def test_every_sdk_does_what_is_predicted(one: Chosen) -> None:
    able = tuple(harness for harness in HARNESSES if one.suits(harness) and harness.why_not() is None)
    told = tuple(compared(played_calmly(one.load(), able), able))
    assert [f"{each.harness}: {each.difference}" for each in told if each.difference] == []
    assert [_not_as_recorded(one, each) for each in told if _not_as_recorded(one, each)] == []


def _not_as_recorded(one: Chosen, told: Compared) -> str | None:
    """Say what is not as the documentation tells; seconds are another matter."""
    kept = recorded.read().get(one.name, {}).get(told.harness)
    if kept is None:
        return f"{told.harness}: nothing is recorded"
    if (kept.predicted, kept.seen) == (told.predicted, told.seen):
        return None
    return f"{told.harness}: recorded {kept.predicted} and {kept.seen}, now {told.predicted} and {told.seen}"
