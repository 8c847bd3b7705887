"""From findings to one verdict: what counts, what is fixed first, and what is left open."""

from dataclasses import replace

import pytest

from probe.evidence import Evidence, Outcome, SelectedProfile, Step, WebIdentityVariables
from probe.findings.case import Case, found
from probe.findings.catalogue.entry import Severity
from probe.findings.verdict import verdict, weigh
from probe.judge import judge
from probe.report import Certainty, Finding, Verdict
from tests.findings.imds_building import (
    ANSWERED,
    IRSA,
    NODE,
    STALLED,
    VARIABLES,
    confirmed,
    get,
    imds_steps,
    keys,
    listing,
    pod,
    put,
    step,
)

WEB_IDENTITY = step("web-identity.variables", WebIdentityVariables(role_arn="arn"), Outcome.OK)
IRSA_WORKS = step("identity.web-identity", confirmed(IRSA), Outcome.OK)
IRSA_POD = pod(WEB_IDENTITY, IRSA_WORKS)
BARE_POD = pod()


def finding(code: str, step_id: str | None, source: str | None = None) -> Finding:
    return found(code, certainty=Certainty.CERTAIN, step=step_id, summary=f"{code}.", source=source)


HOP_LIMIT = finding("imds-hop-limit", "imds.token")
BLOCKED = finding("imds-blocked", "imds.connect")
NOTHING = finding("nothing-configured", "environment.keys")
REGION = finding("region-missing", None)
TRUST = finding("web-identity-trust-denied", "web-identity.assume-role")


def severity(evidence: Evidence, one: Finding) -> Severity:
    (weighed,) = weigh(Case(evidence), (one,))
    return weighed.severity


def decided(evidence: Evidence, *findings: Finding) -> Verdict:
    case = Case(evidence)
    return verdict(case, weigh(case, findings))


@pytest.mark.parametrize(
    ("evidence", "one", "expected"),
    [
        pytest.param(BARE_POD, HOP_LIMIT, Severity.ERROR, id="a pod that ends at IMDS"),
        pytest.param(IRSA_POD, HOP_LIMIT, Severity.NOTE, id="a pod that does not need IMDS"),
        pytest.param(pod(WEB_IDENTITY, wanted="imds"), HOP_LIMIT, Severity.ERROR, id="IMDS is asked for"),
        pytest.param(BARE_POD, BLOCKED, Severity.NOTE, id="a block is often meant"),
        pytest.param(pod(wanted="imds"), BLOCKED, Severity.ERROR, id="a block, and IMDS is asked for"),
        pytest.param(IRSA_POD, TRUST, Severity.ERROR, id="the source that is configured"),
        pytest.param(pod(WEB_IDENTITY, wanted="container"), TRUST, Severity.WARNING, id="configured, and not used"),
        pytest.param(IRSA_POD, finding("profile-missing", "shared-config.profile"), Severity.ERROR, id="stops SDKs"),
        pytest.param(
            IRSA_POD, finding("imds-endpoint-invalid", "imds.variables"), Severity.WARNING, id="stops botocore alone"
        ),
        pytest.param(
            IRSA_POD,
            finding("imds-endpoint-invalid", "imds.variables", "web-identity"),
            Severity.ERROR,
            id="a mode that stops two SDKs",
        ),
        pytest.param(pod(wanted="none"), REGION, Severity.NOTE, id="no region, and nothing is to be called"),
        pytest.param(IRSA_POD, REGION, Severity.ERROR, id="no region"),
        pytest.param(pod(wanted="none"), TRUST, Severity.WARNING, id="nothing is expected"),
    ],
)
def test_a_finding_weighs_what_it_means_for_this_pod(evidence: Evidence, one: Finding, expected: Severity) -> None:
    assert severity(evidence, one) is expected


def test_what_imds_does_matters_little_where_sdks_may_not_ask_it() -> None:
    off = step("imds.variables", replace(VARIABLES, disabled=True), Outcome.WARN)
    assert severity(pod(off), HOP_LIMIT) is Severity.NOTE
    assert severity(pod(off), finding("metadata-disabled-by-env", "imds.variables")) is Severity.ERROR


def test_a_warning_is_never_made_more_of() -> None:
    assert severity(BARE_POD, replace(HOP_LIMIT, severity=Severity.WARNING)) is Severity.WARNING


def test_findings_come_worst_first_and_then_along_the_chain() -> None:
    late = finding("imds-no-role", "imds.role")
    shown = weigh(Case(BARE_POD), (late, BLOCKED, HOP_LIMIT, TRUST))
    assert [one.code for one in shown] == [
        "imds-hop-limit",
        "imds-no-role",
        "web-identity-trust-denied",
        "imds-blocked",
    ]


def test_the_verdict_is_the_first_error_along_the_chain() -> None:
    told = decided(BARE_POD, finding("imds-no-role", "imds.role"), HOP_LIMIT)
    assert (told.code, told.exit_code, told.certainty) == ("imds-hop-limit", 54, Certainty.CERTAIN)


def test_what_is_true_beside_many_causes_is_fixed_last() -> None:
    assert decided(BARE_POD, NOTHING, REGION, HOP_LIMIT).code == "imds-hop-limit"
    assert decided(BARE_POD, REGION, NOTHING).code == "nothing-configured"
    assert decided(BARE_POD, REGION).code == "region-missing"


def test_a_block_that_may_be_meant_leaves_the_verdict_to_the_missing_identity() -> None:
    told = decided(BARE_POD, BLOCKED, NOTHING)
    assert (told.code, told.exit_code) == ("nothing-configured", 9)


def test_who_the_pod_runs_as_is_told_even_when_something_is_wrong() -> None:
    told = decided(pod(WEB_IDENTITY, step("identity.imds", confirmed(NODE), Outcome.OK)), TRUST)
    assert told.identity is not None
    assert told.identity.arn == NODE


def test_the_expected_source_that_works_is_good_news_with_its_identity() -> None:
    told = decided(IRSA_POD, HOP_LIMIT)
    assert (told.code, told.exit_code, told.is_good) == (None, 0, True)
    assert told.summary == f"The web identity (IRSA) credentials work: {IRSA}."


def test_no_credentials_where_none_are_expected_are_good_news() -> None:
    told = decided(pod(*imds_steps(puts=STALLED, gets=ANSWERED), wanted="none"), HOP_LIMIT)
    assert (told.exit_code, told.summary) == (0, "No credentials, as expected.")


def test_keys_that_are_good_for_nothing_are_not_called_no_keys() -> None:
    useless = imds_steps(puts=(put(200),), gets=(get(401),), token=True, role=listing(), credentials=keys())
    assert decided(pod(*useless, wanted="none")).summary == "No credentials that work, as expected."


def test_a_walk_that_the_deadline_cut_does_not_say_that_there_are_no_credentials() -> None:
    cut = step("imds.token", None, Outcome.SKIPPED, reason="cut: there was no answer yet at the deadline of 1 s")
    told = decided(pod(cut, wanted="none"))
    assert (told.exit_code, told.code) == (8, "walk-cut")
    assert "imds.token: cut" in told.summary


def test_keys_that_work_behind_a_broken_source_are_not_called_no_credentials() -> None:
    broken = step("web-identity.variables", WebIdentityVariables(role_arn="arn", token_file="/token"), Outcome.OK)
    node = step("identity.imds", confirmed(NODE), Outcome.OK)
    told = decided(pod(broken, *NODE_KEYS, node, wanted="none"))
    assert told.exit_code == 8
    assert "imds gives keys that work" in told.summary


NODE_KEYS = imds_steps(puts=(put(200),), gets=(get(401),), token=True, role=listing(), credentials=keys())


@pytest.mark.parametrize("reason", ["--no-sts", "the deadline of 1 s had passed"])
def test_keys_whose_owner_was_not_asked_say_why(reason: str) -> None:
    told = decided(pod(*NODE_KEYS, step("identity.imds", None, Outcome.SKIPPED, reason=reason)))
    assert told.exit_code == 0
    assert told.summary == f"The IMDS (node role) source gives keys; whose they are is not known ({reason})."


ROLE = "arn:aws:iam::111122223333:role/load-balancer-controller"
NOT_ASKED = {
    source: step(f"identity.{source}", None, Outcome.SKIPPED, reason="--no-sts") for source in ("imds", "web-identity")
}


def expecting(role: str, *steps: Step) -> Evidence:
    evidence = pod(*steps)
    return replace(evidence, wanted=replace(evidence.wanted, role_arn=role))


def test_keys_that_nobody_said_are_the_expected_role_s_are_no_good_news() -> None:
    told = decided(expecting(ROLE, *NODE_KEYS, NOT_ASKED["imds"]))
    assert (told.code, told.exit_code, told.certainty) == ("walk-cut", 8, None)
    assert f"those of {ROLE}: nobody said whose they are (--no-sts)" in told.summary


def test_keys_that_sts_made_for_the_expected_role_need_no_second_word() -> None:
    variables = step("web-identity.variables", WebIdentityVariables(role_arn=ROLE, token_file="/token"), Outcome.OK)
    answers = confirmed(IRSA)
    given = replace(answers, first=replace(answers.first, access_key_hint="…WXYZ"))
    assumed = step("web-identity.assume-role", given, Outcome.OK)
    told = decided(expecting(ROLE, variables, assumed, NOT_ASKED["web-identity"]))
    assert (told.code, told.exit_code) == (None, 0)


CUT: tuple[Step, ...] = (
    step("imds.connect", None, Outcome.SKIPPED, reason="cut: there was no answer yet at the deadline of 1 s"),
)


def test_a_walk_that_could_not_find_out_is_neither_good_nor_a_cause() -> None:
    told = decided(pod(*CUT, wanted="imds"))
    assert (told.code, told.exit_code, told.certainty) == ("walk-cut", 8, None)
    assert "imds.connect: cut: there was no answer yet at the deadline of 1 s" in told.summary


def test_a_profile_that_the_probe_cannot_use_is_left_open_and_not_blamed_on_imds() -> None:
    facts = SelectedProfile(name="default", kind="process")
    reason = "credential_process is never executed by the probe"
    profile = step("shared-config.profile", facts, Outcome.SKIPPED, reason=reason)
    told = decided(pod(profile, *imds_steps(puts=STALLED, gets=ANSWERED)), HOP_LIMIT)
    assert (told.code, told.source) == ("walk-cut", "shared-config")
    assert reason in told.summary


def test_the_same_evidence_gives_the_same_report() -> None:
    evidence = pod(*imds_steps(puts=STALLED, gets=ANSWERED))
    assert judge(evidence) == judge(evidence)
