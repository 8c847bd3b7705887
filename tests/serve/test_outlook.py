"""How long applications have left: only what the probe can know."""

from dataclasses import replace

import pytest

from probe.evidence import Evidence, Outcome, Wanted
from probe.judge import judge
from probe.report import Report
from probe.serve.outlook import EARLIEST_REFRESH, USUAL_SESSION, Held, outlook, witnessed
from tests.serve.walks import walks_of, with_step, with_steps

pytestmark = pytest.mark.lab
NOW = 1_800_000_000.0


def good(name: str, expires: float | None = None) -> Report:
    whole, _ = walks_of(name)
    report = judge(whole)
    if expires is None:
        return report
    step = f"{report.verdict.source}.credentials"
    return judge(with_step(replace(whole, given=replace(whole.given, clock=NOW)), step, expires=expires))


def bad(name: str, *steps: str) -> Report:
    """A walk in which these steps failed, and everything of the source after them was not done."""
    whole, _ = walks_of(name)
    source = judge(whole).verdict.source
    lost: Evidence = with_steps(
        whole,
        *(
            replace(one, outcome=Outcome.SKIPPED, facts=None, reason="no connection")
            for one in whole.steps
            if one.id in {f"{source}.credentials", f"identity.{source}", f"{source}.assume-role"}
        ),
    )
    return judge(with_steps(lost, *(replace(one, outcome=Outcome.FAIL) for one in lost.steps if one.id in steps)))


def test_while_the_verdict_is_good_there_is_none() -> None:
    report = good("pod-identity-healthy")
    assert outlook(witnessed(Held(), report), report, NOW, NOW) is None


def test_what_a_controller_lacks_besides_does_not_make_its_credentials_run_out() -> None:
    whole, _ = walks_of("pod-identity-healthy")
    old = replace(whole, wanted=Wanted(controller="vpc-cni", controller_version="1.14.0"))
    report = judge(old)
    assert report.verdict.code == "controller-sdk-too-old"
    assert outlook(witnessed(Held(), judge(whole)), report, NOW, NOW + 60) is None


def test_keys_that_everybody_shares_bound_what_anybody_holds() -> None:
    held = witnessed(Held(), good("pod-identity-healthy", NOW + 7200))
    told = outlook(held, bad("pod-identity-healthy"), NOW, NOW + 60)
    assert told is not None
    assert told.latest == NOW + 7200
    assert told.earliest == NOW + 7200 - EARLIEST_REFRESH
    assert "may still hold credentials until 10:00 UTC at the latest (in 119 minutes)" in told.sentence
    assert "the last credentials that the probe saw handed out" in told.sentence


def test_who_still_holds_the_set_before_is_without_first() -> None:
    held = witnessed(
        witnessed(Held(), good("pod-identity-healthy", NOW + 1800)), good("pod-identity-healthy", NOW + 9000)
    )
    told = outlook(held, bad("pod-identity-healthy"), NOW, NOW)
    assert told is not None
    assert (told.earliest, told.latest) == (NOW + 1800 - EARLIEST_REFRESH, NOW + 9000)


def test_the_earliest_is_never_before_the_failure() -> None:
    held = witnessed(Held(), good("imds-healthy-node-role", NOW + 100))
    told = outlook(held, bad("imds-healthy-node-role"), NOW, NOW)
    assert told is not None
    assert told.earliest == NOW


def test_the_probe_s_own_session_says_nothing_of_the_controller_s() -> None:
    held = witnessed(Held(), good("irsa-healthy"))
    told = outlook(held, bad("irsa-healthy"), NOW, NOW + 600)
    assert told is not None
    assert (told.earliest, told.latest) == (NOW, NOW + USUAL_SESSION)
    assert "Sessions of the usual hour" in told.sentence
    assert "(in 50 minutes)" in told.sentence


def test_what_has_ended_is_told_as_ended() -> None:
    held = witnessed(Held(), good("pod-identity-healthy", NOW + 60))
    told = outlook(held, bad("pod-identity-healthy"), NOW, NOW + 600)
    assert told is not None
    assert "hold no credentials that are still valid" in told.sentence


def test_without_any_good_walk_nothing_tells() -> None:
    told = outlook(Held(), bad("irsa-healthy"), NOW, NOW)
    assert told is not None
    assert (told.earliest, told.latest) == (None, None)
    assert told.sentence.startswith("No walk has found working credentials yet")


def test_keys_that_aws_refuses_are_worth_nothing_to_whoever_holds_them() -> None:
    held = witnessed(Held(), good("static-keys-healthy"))
    told = outlook(held, judge(walks_of("static-keys-rejected")[0]), NOW, NOW)
    assert told is not None
    assert (told.earliest, told.latest) == (None, None)
    assert "AWS refuses the keys themselves" in told.sentence


def test_a_wrong_identity_runs_out_of_nothing() -> None:
    held = witnessed(Held(), good("pod-identity-healthy"))
    assert outlook(held, judge(walks_of("unexpected-role")[0]), NOW, NOW) is None


def test_the_sets_that_are_remembered_are_few_and_not_over() -> None:
    held = Held()
    for number in range(50):
        held = witnessed(held, good("imds-healthy-node-role", NOW - 100 + 10 * number))
    assert held.ends == tuple(NOW - 100 + 10 * number for number in range(18, 50))


def test_a_set_that_is_over_is_forgotten() -> None:
    held = witnessed(Held(), good("imds-healthy-node-role", NOW - 10))
    assert held.ends == ()
