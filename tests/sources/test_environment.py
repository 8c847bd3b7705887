"""The environment source: which keys are set, in what shape, without ever showing one."""

from pathlib import Path

import pytest

from probe.evidence import KeysInEnvironment, Outcome
from probe.sources.environment import walk_environment
from tests.sources.world import Pod

KEY_ID, SECRET = "AKIAEXAMPLE000001234", "exampleSecretValue/0123456789abcdefghijk"


def looked_at(tmp_path: Path, environment: dict[str, str]) -> tuple[Outcome, KeysInEnvironment]:
    step = Pod(root=tmp_path, environment=environment).walked(walk_environment)["environment.keys"]
    assert isinstance(step.facts, KeysInEnvironment)
    return step.outcome, step.facts


def test_no_key_variable_leaves_nothing(tmp_path: Path) -> None:
    steps = Pod(root=tmp_path).walked(walk_environment)

    assert (steps["environment.keys"].outcome, steps["environment.keys"].facts) == (Outcome.ABSENT, None)
    assert steps["identity.environment"].outcome is Outcome.ABSENT


def test_a_whole_pair_is_told_by_its_last_four_characters_alone(tmp_path: Path) -> None:
    outcome, facts = looked_at(tmp_path, {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET})

    assert (outcome, facts.access_key_hint, facts.problems, facts.doubts) == (Outcome.OK, "…1234", (), ())
    assert SECRET not in repr(facts)
    assert KEY_ID not in repr(facts)


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_half_a_pair_fails(tmp_path: Path, name: str) -> None:
    value = KEY_ID if name == "AWS_ACCESS_KEY_ID" else SECRET

    assert looked_at(tmp_path, {name: value})[0] is Outcome.FAIL


def test_a_trailing_line_break_is_reported_and_the_keys_are_not_sent(tmp_path: Path) -> None:
    environment = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": f"{SECRET}\n"}

    steps = Pod(root=tmp_path, environment=environment).walked(walk_environment)

    facts = steps["environment.keys"].facts
    assert isinstance(facts, KeysInEnvironment)
    assert [problem.split()[0] for problem in facts.problems] == ["AWS_SECRET_ACCESS_KEY"]
    assert "not sent" in (steps["identity.environment"].reason or "")


def test_swapped_values_give_no_hint_of_the_secret(tmp_path: Path) -> None:
    outcome, facts = looked_at(tmp_path, {"AWS_ACCESS_KEY_ID": SECRET, "AWS_SECRET_ACCESS_KEY": KEY_ID})

    assert (outcome, facts.access_key_hint) == (Outcome.FAIL, "…")


def test_a_value_that_is_not_utf_8_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    broken = b"example\xff\xfeSecret".decode("utf-8", "surrogateescape")

    outcome, facts = looked_at(tmp_path, {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": broken})

    assert outcome is Outcome.FAIL
    assert "not ASCII" in facts.problems[0]


def test_older_names_are_told_by_name(tmp_path: Path) -> None:
    outcome, facts = looked_at(tmp_path, {"AWS_ACCESS_KEY": KEY_ID, "AWS_SECRET_KEY": SECRET})

    assert (outcome, facts.legacy_names) == (Outcome.WARN, ("AWS_ACCESS_KEY", "AWS_SECRET_KEY"))
    assert SECRET not in repr(facts)


def test_an_empty_variable_is_a_variable_that_is_not_set(tmp_path: Path) -> None:
    steps = Pod(root=tmp_path, environment={"AWS_ACCESS_KEY_ID": ""}).walked(walk_environment)

    assert steps["environment.keys"].outcome is Outcome.ABSENT
