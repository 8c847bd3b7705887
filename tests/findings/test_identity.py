"""The rules about keys that came: whether STS takes them, whose they are, and what is left to the application."""

import re
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from probe.evidence import (
    CredentialsAnswer,
    Ending,
    Evidence,
    KeysInEnvironment,
    Outcome,
    SelectedProfile,
    StsAnswer,
    StsAnswers,
    Wanted,
)
from probe.findings import identity
from probe.findings.case import Case
from probe.findings.expectation import expectation
from probe.lab.network import LabNetwork
from probe.report import Certainty, Finding
from probe.surroundings import Files, Surroundings
from probe.walk import Done, Options, Walk
from tests.findings.building import exchange, judged, pod, step
from tests.findings.sts_building import (
    GLOBAL,
    IDENTIFIED,
    ROLE,
    SESSION,
    VARIABLES,
    Irsa,
    answered,
    healthy,
    keys_in_environment,
    said,
    silent,
)

NODE = "arn:aws:sts::111122223333:assumed-role/node-role/i-0123456789abcdef0"
UNKNOWN = said("InvalidClientTokenId", "The security token included in the request is invalid", status=403)
WRONG = said("SignatureDoesNotMatch", "The request signature we calculated does not match …", status=403)
OVER = said("ExpiredToken", "The security token included in the request is expired", status=403)
LATE = said("SignatureDoesNotMatch", "Signature expired: a is now earlier than b", status=403)


def found(case: Case) -> dict[str, Finding]:
    return judged(case, identity.RULES)


def wanting(case: Case, source: str | None = None, role: str | None = None) -> Case:
    return Case(replace(case.evidence, wanted=Wanted(source=source, role_arn=role)))


def node_role(arn: str = NODE) -> Case:
    """A pod without any configuration whose IMDS gives the node role."""
    keys = step("imds.credentials", CredentialsAnswer(exchange=exchange(200), has_keys=True))
    return pod(keys, step("identity.imds", StsAnswers(first=replace(IDENTIFIED, arn=arn))))


@pytest.mark.parametrize(("answer", "words"), [(UNKNOWN, "does not know the key"), (WRONG, "the secret does not")])
def test_keys_that_sts_refuses_are_rejected_for_certain(answer: StsAnswer, words: str) -> None:
    findings = found(pod(*keys_in_environment(answer)))
    assert set(findings) == {"credentials-rejected"}
    assert findings["credentials-rejected"].certainty is Certainty.CERTAIN
    assert words in findings["credentials-rejected"].summary
    assert any("…1234" in line for line in findings["credentials-rejected"].evidence)


def test_keys_that_no_endpoint_takes_are_rejected_and_not_a_matter_of_regions() -> None:
    both = keys_in_environment(UNKNOWN, replace(UNKNOWN, endpoint=GLOBAL))
    assert set(found(pod(*both))) == {"credentials-rejected"}


def test_keys_that_an_opt_in_region_alone_refused_are_only_likely_wrong() -> None:
    """The other endpoint was out of reach, and it might have taken them."""
    opt_in = replace(UNKNOWN, region="me-south-1")
    lost = replace(silent(Ending.CONNECT_TIMEOUT), endpoint=GLOBAL)
    for answers in ((opt_in,), (opt_in, lost)):
        assert found(pod(*keys_in_environment(*answers)))["credentials-rejected"].certainty is Certainty.LIKELY
    refused = (opt_in, replace(UNKNOWN, endpoint=GLOBAL))
    assert found(pod(*keys_in_environment(*refused)))["credentials-rejected"].certainty is Certainty.CERTAIN


def test_keys_in_a_partition_without_a_global_endpoint_are_certainly_refused() -> None:
    china = replace(UNKNOWN, region="cn-north-1")
    assert found(pod(*keys_in_environment(china)))["credentials-rejected"].certainty is Certainty.CERTAIN


def test_a_role_without_a_token_file_is_passed_over_so_what_follows_is_the_unexpected_source() -> None:
    ignored = step("web-identity.variables", replace(VARIABLES, token_file=None))
    case = wanting(pod(ignored, *node_role().evidence.steps), "container")
    assert "unexpected-source" in found(case)


def test_keys_that_one_endpoint_takes_are_a_matter_of_regions_and_not_rejected() -> None:
    for region, certainty in (("me-south-1", Certainty.CERTAIN), ("eu-central-1", Certainty.LIKELY)):
        refused = replace(UNKNOWN, region=region)
        findings = found(pod(*keys_in_environment(refused, replace(IDENTIFIED, endpoint=GLOBAL))))
        assert set(findings) == {"opt-in-region-token"}
        assert findings["opt-in-region-token"].certainty is certainty


@pytest.mark.parametrize("changed", [{"via_proxy": "http://proxy.example:3128"}, {"url": "http://sts.example/"}])
def test_a_signature_that_something_on_the_way_may_have_broken_is_only_likely_wrong(changed: dict[str, str]) -> None:
    broken = replace(WRONG, exchange=replace(WRONG.exchange, **changed))  # type: ignore[arg-type] # fields of the exchange
    finding = found(pod(*keys_in_environment(broken)))["credentials-rejected"]
    assert finding.certainty is Certainty.LIKELY
    assert "something that rewrites requests on the way would look the same" in finding.evidence


def test_a_pair_that_was_handed_out_together_is_not_certainly_a_wrong_pair() -> None:
    fresh = pod(*replace(healthy(), identity=StsAnswers(first=WRONG)).steps())
    assert found(fresh)["credentials-rejected"].certainty is Certainty.LIKELY


def test_an_expired_session_is_neither_rejected_nor_a_matter_of_the_clock() -> None:
    assert set(found(pod(*keys_in_environment(OVER)))) == {"credentials-expired"}


def test_a_signature_refused_for_its_time_is_the_clocks_fault_alone() -> None:
    assert set(found(pod(*keys_in_environment(LATE)))) == {"clock-skew"}


def test_static_keys_are_told_to_go_and_fresh_keys_are_not() -> None:
    static = found(pod(*keys_in_environment(UNKNOWN)))["credentials-rejected"]
    fresh = found(pod(*replace(healthy(), identity=StsAnswers(first=UNKNOWN)).steps()))["credentials-rejected"]
    assert "remove these keys" in static.remedies[0].text
    assert "handed out a moment ago" in fresh.remedies[0].text


def test_keys_that_nobody_asked_about_are_unverified() -> None:
    silent_sts = found(pod(*keys_in_environment(silent(Ending.NO_ANSWER))))
    assert set(silent_sts) == {"keys-unverified"}
    assert "no answer" in silent_sts["keys-unverified"].evidence[0]


def test_keys_that_cannot_work_are_not_blamed_on_the_way_to_sts() -> None:
    keys = KeysInEnvironment(access_key_hint="…1234", has_access_key=True, has_secret=True, problems=("a line break",))
    unsent = step("identity.environment", None, Outcome.SKIPPED, reason="these values cannot work")
    assert found(pod(step("environment.keys", keys, Outcome.FAIL), unsent))["keys-unverified"].remedies == ()
    assert found(pod(*keys_in_environment(silent(Ending.NO_ANSWER))))["keys-unverified"].remedies


def test_keys_whose_question_was_throttled_are_unverified() -> None:
    assert set(found(pod(*keys_in_environment(said("Throttling", "Rate exceeded"))))) == {"keys-unverified"}


def test_keys_that_were_answered_with_yes_or_no_are_not_unverified() -> None:
    for answer in (IDENTIFIED, UNKNOWN, WRONG, OVER, LATE):
        assert "keys-unverified" not in found(pod(*keys_in_environment(answer)))


def test_the_expected_source_that_works_leaves_the_application() -> None:
    findings = found(pod(*healthy().steps()))
    assert set(findings) == {"application-layer"}
    assert findings["application-layer"].certainty is Certainty.LIKELY
    assert any("sts module" in line for line in findings["application-layer"].evidence)


def test_the_application_is_not_blamed_while_the_expected_source_is_broken() -> None:
    broken = pod(*Irsa(answers=answered("AccessDenied", "…")).steps(), *keys_in_environment(IDENTIFIED))
    assert expectation(broken.evidence).source == "web-identity"
    assert "application-layer" not in found(broken)


def test_another_source_than_the_expected_one_is_certain_and_the_node_role_is_named() -> None:
    finding = found(wanting(node_role(), "web-identity"))["unexpected-source"]
    assert finding.certainty is Certainty.CERTAIN
    assert f"the node role, {NODE}" in finding.summary


def test_keys_that_were_not_asked_about_are_only_likely_from_the_wrong_source() -> None:
    keys = step("imds.credentials", CredentialsAnswer(exchange=exchange(200), has_keys=True))
    finding = found(wanting(pod(keys), "container"))["unexpected-source"]
    assert finding.certainty is Certainty.LIKELY


def test_no_credentials_expected_and_some_found_is_an_unexpected_source() -> None:
    finding = found(wanting(node_role(), "none"))["unexpected-source"]
    assert "no credentials are expected" in finding.summary


def test_no_credentials_expected_and_none_found_is_no_finding() -> None:
    assert found(wanting(pod(), "none")) == {}


def test_nothing_is_unexpected_without_an_expectation() -> None:
    assert "unexpected-source" not in found(node_role())
    both = pod(*healthy().steps(), *keys_in_environment(IDENTIFIED))
    assert "unexpected-source" not in found(both)


def test_the_expected_source_is_not_unexpected() -> None:
    assert "unexpected-source" not in found(wanting(pod(*healthy().steps()), "web-identity"))


def test_a_broken_source_that_comes_first_does_not_make_a_later_one_unexpected() -> None:
    """Go and botocore stop at the broken one; who goes on is said by the finding about the node role."""
    steps = (*Irsa(answers=answered("AccessDenied", "…")).steps(), *node_role().evidence.steps)
    assert "unexpected-source" not in found(wanting(pod(*steps), "container"))


def test_keys_that_sts_refuses_are_not_an_unexpected_source() -> None:
    assert "unexpected-source" not in found(wanting(pod(*keys_in_environment(UNKNOWN)), "imds"))


def test_another_role_than_the_expected_one_is_certain() -> None:
    finding = found(wanting(pod(*healthy().steps()), role=f"{ROLE}-v2"))["unexpected-role"]
    assert finding.certainty is Certainty.CERTAIN
    assert SESSION in finding.summary


@pytest.mark.parametrize("wanted", [ROLE, ROLE.replace("role/", "role/team/")])
def test_the_expected_role_is_no_finding_with_or_without_its_path(wanted: str) -> None:
    assert "unexpected-role" not in found(wanting(pod(*healthy().steps()), role=wanted))


def test_the_same_name_in_another_account_is_another_role() -> None:
    elsewhere = ROLE.replace("111122223333", "444455556666")
    assert "unexpected-role" in found(wanting(pod(*healthy().steps()), role=elsewhere))


def test_a_role_that_differs_in_case_only_is_never_certainly_another() -> None:
    finding = found(wanting(pod(*healthy().steps()), role=ROLE.replace("load-", "Load-")))["unexpected-role"]
    assert finding.certainty is Certainty.LIKELY


def test_a_profile_that_some_sdks_take_first_leaves_the_source_open() -> None:
    profile = step("shared-config.profile", SelectedProfile(name="default", kind="static"))
    case = wanting(pod(profile, *healthy().steps()), "container")
    finding = found(case)["unexpected-source"]
    assert finding.certainty is Certainty.LIKELY
    assert "SDK" in (finding.becomes_certain_with or "")


def test_a_role_that_cannot_be_compared_is_never_certain() -> None:
    finding = found(wanting(pod(*healthy().steps()), role="load-balancer-controller"))["unexpected-role"]
    assert finding.certainty is Certainty.LIKELY


def test_steps_that_the_walk_itself_cut_are_named(tmp_path: Path) -> None:
    surroundings = Surroundings(environment={}, files=Files(root=str(tmp_path)))
    walk = Walk(surroundings, LabNetwork(), Options(deadline_seconds=0.0))
    walk.step("imds.connect", lambda: pytest.fail("a step began after the deadline"))
    evidence = Evidence(given=walk.given, steps=walk.close(), deadline_seconds=0.0)
    finding = found(Case(evidence))["walk-cut"]
    assert any(line.startswith("imds.connect: ") for line in finding.evidence)
    assert finding.certainty is Certainty.CERTAIN
    assert re.search(r"ended \d\d steps before they had an answer: they are neither good nor bad\.$", finding.summary)


def test_one_step_that_was_cut_is_not_told_as_several() -> None:
    cut = step("imds.token", None, Outcome.SKIPPED, reason="cut: there was no answer yet at the deadline of 2 s")
    assert found(pod(cut))["walk-cut"].summary.endswith(
        "ended one step before it had an answer: it is neither good nor bad."
    )


def test_a_step_that_the_walk_left_running_is_named(tmp_path: Path) -> None:
    surroundings = Surroundings(environment={}, files=Files(root=str(tmp_path)))
    walk = Walk(surroundings, LabNetwork(), Options(deadline_seconds=30.0))
    begun, go_on = threading.Event(), threading.Event()

    def linger() -> Done[None]:
        begun.set()
        go_on.wait(10)
        return Done(outcome=Outcome.OK)

    thread = threading.Thread(target=walk.step, args=("imds.connect", linger), daemon=True)
    thread.start()
    assert begun.wait(10)
    steps = walk.close()
    go_on.set()
    thread.join(10)
    finding = found(Case(Evidence(given=walk.given, steps=steps)))["walk-cut"]
    assert any(line.startswith("imds.connect: cut: ") for line in finding.evidence)


def test_steps_that_were_skipped_for_another_reason_are_not_cut() -> None:
    skipped = step("imds.role", None, Outcome.SKIPPED, reason="no token")
    assert "walk-cut" not in found(pod(skipped))
