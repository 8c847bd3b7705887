"""One picture out of two walks: nothing stale passes for present, and no certainty comes from the mixture."""

import typing
from dataclasses import fields, is_dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from probe.evidence import (
    FACTS_OF_STEP,
    Attempts,
    Beyond,
    Connection,
    ContainerVariables,
    CredentialsAnswer,
    Ending,
    Evidence,
    Outcome,
    Source,
    Step,
    TokenFile,
)
from probe.judge import judge
from probe.report import Certainty
from probe.serve.changes import BESIDE, changed_sources, changed_steps, said
from probe.serve.renewal import NOT_YET, STALE, left_out_of, renewed, unasked
from probe.walk import SKIPPABLE, SKIPPED
from tests.serve.walks import at, walks_of, with_beyond, with_step, with_steps

pytestmark = pytest.mark.lab
WORLDS = ("irsa-healthy", "pod-identity-healthy", "imds-healthy-node-role", "irsa-trust-denied", "static-keys-healthy")


def certain(walked: Evidence) -> set[tuple[str, str | None]]:
    return {(one.code, one.source) for one in judge(walked).findings if one.certainty is Certainty.CERTAIN}


@pytest.mark.parametrize("name", WORLDS)
def test_the_verdict_is_that_of_the_whole_walk_while_nothing_changes(name: str) -> None:
    whole, light = walks_of(name)
    assert changed_steps(whole, light, left_out_of(light)) == frozenset()
    assert judge(renewed(whole, light)).verdict == judge(whole).verdict


@pytest.mark.parametrize("name", WORLDS)
def test_a_light_walk_alone_never_calls_anything_good_that_was_not_asked(name: str) -> None:
    _, light = walks_of(name)
    alone = unasked(light, NOT_YET)
    assert SKIPPED not in {step.reason for step in alone.steps}
    assert judge(alone).verdict.identity is None


def test_a_source_that_changed_gives_nothing_and_says_why() -> None:
    whole, light = walks_of("irsa-healthy")
    token = light.facts("web-identity.token", TokenFile)
    assert token is not None
    assert token.file is not None
    rotated = with_step(light, "web-identity.token", file=replace(token.file, modified=1.0))
    shown = renewed(whole, rotated)
    assert {step.reason for step in shown.steps if step.id in left_out_of(light) and step.source == "web-identity"} == {
        STALE
    }
    assert judge(shown).verdict.exit_code == 8


def test_what_was_settled_without_asking_stays_as_it_is() -> None:
    _, light = walks_of("irsa-healthy")
    assert unasked(light).step("identity.container") == light.step("identity.container")


def test_the_shared_files_hold_for_every_source() -> None:
    whole, light = walks_of("irsa-healthy")
    changed = with_step(light, "shared-config.files", Outcome.FAIL)
    assert changed_sources(whole, changed, left_out_of(changed)) == frozenset(Source)


def test_keys_that_ended_meanwhile_are_not_told_as_present() -> None:
    whole, light = walks_of("pod-identity-healthy")
    answer = whole.facts("container.credentials", CredentialsAnswer)
    assert answer is not None
    assert answer.expires is not None
    later = renewed(whole, at(light, answer.expires + 1))
    step = later.step("container.credentials")
    assert step is not None
    assert (step.outcome, step.reason) == (Outcome.SKIPPED, STALE)


def test_an_identity_outlives_new_keys_of_the_node_role_but_not_those_of_an_association() -> None:
    for name, source, kept in (
        ("imds-healthy-node-role", "imds", True),
        ("pod-identity-healthy", "container", False),
    ):
        whole, _ = walks_of(name)
        identity = whole.step(f"identity.{source}")
        assert identity is not None
        child = with_steps(whole, replace(identity, outcome=Outcome.SKIPPED, facts=None, reason=SKIPPED))
        child = with_step(child, f"{source}.credentials", access_key_hint="…NEW1")
        shown = renewed(whole, child).step(f"identity.{source}")
        assert (shown == identity) is kept


def outcomes_beyond(walked: Evidence) -> dict[str, tuple[Outcome, str | None]]:
    return {step.id: (step.outcome, step.reason) for step in walked.steps if isinstance(step.area, Beyond)}


def test_what_only_whole_walks_ask_stays_while_nothing_changes() -> None:
    whole, light = walks_of("pod-identity-healthy")
    asked = with_beyond(whole)
    shown = renewed(asked, light)
    assert outcomes_beyond(shown) == outcomes_beyond(asked)
    assert [step.id for step in shown.steps] == [step.id for step in asked.steps]


def test_what_aws_answered_to_keys_that_changed_is_not_told_as_present_and_kubernetes_still_is() -> None:
    whole, light = walks_of("pod-identity-healthy")
    dead = with_step(light, "container.connect", Outcome.FAIL, ending=Ending.REFUSED)
    shown = outcomes_beyond(renewed(with_beyond(whole), dead))
    assert shown == {
        "kubernetes.service-account": (Outcome.OK, None),
        "needs.region": (Outcome.SKIPPED, STALE),
        "needs.permissions": (Outcome.SKIPPED, STALE),
        "needs.subnets": (Outcome.SKIPPED, "the VPC's id is not known"),
    }


def test_a_whole_walk_brings_its_own_needs() -> None:
    whole, _ = walks_of("pod-identity-healthy")
    region = Step(id="needs.region", outcome=Outcome.FAIL)
    later = replace(whole, steps=(*whole.steps, region))
    assert outcomes_beyond(renewed(with_beyond(whole), later)) == {"needs.region": (Outcome.FAIL, None)}


@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_finding_is_certain_that_neither_walk_makes_certain(data: st.DataObject) -> None:
    whole, _ = walks_of(data.draw(st.sampled_from(WORLDS)))
    _, light = walks_of(data.draw(st.sampled_from(WORLDS)))
    ahead = data.draw(st.floats(-90_000, 90_000))
    now = at(light, whole.given.clock + ahead)
    failed = data.draw(st.sets(st.sampled_from([step.id for step in light.steps if step.is_done])))
    steps = [replace(step, outcome=Outcome.FAIL) for step in now.steps if step.id in failed]
    now = with_steps(now, *steps)
    assert certain(renewed(whole, now)) <= certain(whole) | certain(unasked(now))


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_nothing_is_taken_over_into_a_source_that_changed(data: st.DataObject) -> None:
    whole, light = walks_of("irsa-healthy")
    flipped = data.draw(st.sets(st.sampled_from([step.id for step in light.steps if step.id not in SKIPPABLE])))
    now = with_steps(light, *(replace(one, outcome=Outcome.SKIPPED) for one in light.steps if one.id in flipped))
    left_out = left_out_of(now)
    stale = changed_sources(whole, now, left_out)
    for step in renewed(whole, now).steps:
        if step.id in left_out and step.source in stale:
            assert (step.outcome, step.reason, step.facts) == (Outcome.SKIPPED, STALE, None)


def test_a_time_an_address_and_a_second_attempt_change_nothing() -> None:
    _, light = walks_of("irsa-healthy")
    step = light.step("web-identity.connect")
    assert step is not None
    assert said(step) == said(replace(step, duration_ms=99.0, started_ms=1.0))
    used = getattr(step.facts, "used", None)
    assert isinstance(used, Connection)
    moved = with_step(light, "web-identity.connect", used=replace(used, address="198.51.100.77", milliseconds=9.0))
    assert changed_steps(light, moved) == frozenset()
    tokenless = light.facts("imds.tokenless", Attempts)
    if tokenless is not None:
        again = with_step(light, "imds.tokenless", Outcome.WARN, exchanges=tokenless.exchanges * 2)
        assert changed_steps(light, again) == frozenset()


def test_an_ending_a_private_address_and_a_setting_change_what_is_said() -> None:
    _, light = walks_of("pod-identity-healthy")
    dead = with_step(light, "container.connect", Outcome.FAIL, ending=Ending.REFUSED)
    assert changed_steps(light, dead) == {"container.connect"}
    other = with_step(light, "container.variables", url="http://169.254.170.23/v1/other")
    assert other.facts("container.variables", ContainerVariables) is not None
    assert changed_steps(light, other) == {"container.variables"}


def _types(kind: type) -> set[type]:
    """Return a record's type and those of its parts."""
    if not is_dataclass(kind):
        return set()
    hints = typing.get_type_hints(kind)
    parts = {part for hint in hints.values() for part in (hint, *typing.get_args(hint)) if isinstance(part, type)}
    return {kind}.union(*(_types(part) for part in parts if part is not kind))


def test_what_is_left_out_of_the_comparison_exists() -> None:
    known = set[type]().union(*(_types(kind) for kind in FACTS_OF_STEP.values()))
    for kind, names in BESIDE.items():
        assert kind in known
        assert names <= {one.name for one in fields(kind)}
