"""The rules about what STS says of a token and a role."""

import json
from dataclasses import replace

import pytest

from probe.evidence import InstanceMetadata, StsAnswers
from probe.findings import web_identity
from probe.findings.catalogue.entry import Severity
from probe.report import Certainty, Finding, Tool
from tests.findings.building import exchange, judged, pod, step
from tests.findings.sts_building import (
    CLAIMS,
    DENIED,
    GRANTED,
    ISSUER,
    KEY_TEXT,
    NO_PROVIDER,
    ROLE,
    SUBJECT,
    TOKEN,
    VARIABLES,
    Irsa,
    answered,
    post,
    said,
)

INVALID = "InvalidIdentityToken"


def found(irsa: Irsa) -> dict[str, Finding]:
    return judged(pod(*irsa.steps()), web_identity.RULES)


def refused(code: str, message: str, status: int = 400) -> dict[str, Finding]:
    return found(Irsa(answers=answered(code, message, status=status)))


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        (INVALID, NO_PROVIDER, "web-identity-provider-missing"),
        (INVALID, "Incorrect token audience", "web-identity-audience-rejected"),
        (
            INVALID,
            "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
            "web-identity-thumbprint",
        ),
        (
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            "web-identity-duration",
        ),
        ("IDPCommunicationError", "…", "sts-idp-error"),
        ("IDPRejectedClaim", "…", "sts-idp-error"),
    ],
)
def test_each_text_of_sts_has_its_own_certain_finding(code: str, message: str, expected: str) -> None:
    findings = refused(code, message)
    assert set(findings) == {expected}
    assert findings[expected].certainty is Certainty.CERTAIN
    assert any(message in line for line in findings[expected].evidence)


def test_the_code_decides_before_the_words_of_the_message() -> None:
    assert refused("AccessDenied", NO_PROVIDER, 403) == {}
    assert refused("ValidationError", KEY_TEXT) == {}


def test_a_denied_role_is_never_certain_because_it_may_not_exist() -> None:
    finding = refused("AccessDenied", DENIED, 403)["web-identity-trust-denied"]
    assert finding.certainty is Certainty.LIKELY
    assert "there is no such role" in finding.summary
    assert finding.becomes_certain_with
    assert "iam:GetRole" in finding.becomes_certain_with


def test_a_denied_role_prints_the_statement_that_would_let_exactly_this_token_in() -> None:
    finding = refused("AccessDenied", DENIED, 403)["web-identity-trust-denied"]
    told = next(remedy for remedy in finding.remedies if remedy.tool is Tool.TEXT)
    statement = json.loads(told.command or "")
    host = ISSUER.removeprefix("https://")
    assert statement["Principal"]["Federated"] == f"arn:aws:iam::111122223333:oidc-provider/{host}"
    assert statement["Condition"]["StringEquals"] == {f"{host}:sub": SUBJECT, f"{host}:aud": "sts.amazonaws.com"}
    assert {f"iss {ISSUER}", f"sub {SUBJECT}", "aud sts.amazonaws.com"} <= set(finding.evidence)


def test_a_denied_role_says_where_to_look_before_what_to_change() -> None:
    remedies = refused("AccessDenied", DENIED, 403)["web-identity-trust-denied"].remedies
    assert "get-role --role-name load-balancer-controller" in (remedies[0].command or "")
    assert not remedies[0].privileged
    assert any("update-assume-role-policy" in (one.command or "") and one.privileged for one in remedies)


@pytest.mark.parametrize(
    ("name", "generated"),
    [
        ("provider-aws-s3-1c9e3b4f5a6d", True),
        ("provider-aws-ec2-0123abcd", True),
        ("aws-load-balancer-controller", False),
        ("node-deadbeefs", False),
        ("my-facade", False),
    ],
)
def test_a_generated_name_brings_the_classic_slip_up(name: str, generated: bool) -> None:
    token = replace(TOKEN, claims=replace(CLAIMS, subject=f"system:serviceaccount:crossplane-system:{name}"))
    finding = found(Irsa(token=token, answers=answered("AccessDenied", DENIED, status=403)))
    lines = " ".join(finding["web-identity-trust-denied"].evidence)
    assert ("generated suffix" in lines) is generated
    assert any("StringLike" in one.text for one in finding["web-identity-trust-denied"].remedies) is generated


def test_a_session_name_of_the_application_is_mentioned_because_a_policy_may_demand_it() -> None:
    named = replace(VARIABLES, session_name="payments")
    lines = found(Irsa(variables=named, answers=answered("AccessDenied", DENIED, status=403)))
    assert any("payments" in line for line in lines["web-identity-trust-denied"].evidence)


def test_a_private_address_brings_the_endpoint_policy_up() -> None:
    denied = said("AccessDenied", DENIED, status=403)
    denied = replace(denied, exchange=replace(denied.exchange, address="10.0.3.25"))
    lines = found(Irsa(answers=StsAnswers(first=denied)))["web-identity-trust-denied"].evidence
    assert any("VPC endpoint's policy" in line for line in lines)
    public = refused("AccessDenied", DENIED, 403)["web-identity-trust-denied"].evidence
    assert not any("VPC endpoint's policy" in line for line in public)


def test_a_role_of_another_account_than_the_node_is_said_where_the_provider_is_missing() -> None:
    elsewhere = replace(VARIABLES, role_arn=ROLE.replace("111122223333", "444455556666"))
    steps = Irsa(variables=elsewhere, answers=answered(INVALID, NO_PROVIDER)).steps()
    instance = step("imds.metadata", InstanceMetadata(exchange=exchange(200), account="111122223333"))
    finding = judged(pod(*steps, instance), web_identity.RULES)["web-identity-provider-missing"]
    assert any("account 111122223333 and the role in 444455556666" in line for line in finding.evidence)


def test_an_audience_refused_for_an_ordinary_token_is_the_providers_fault() -> None:
    remedies = refused(INVALID, "Incorrect token audience")["web-identity-audience-rejected"].remedies
    command = remedies[1].command or ""
    assert f"oidc-provider/{ISSUER.removeprefix('https://')} --client-id sts.amazonaws.com" in command


def twice(first: str, second: str | None) -> dict[str, Finding]:
    again = said(INVALID, second) if second else GRANTED
    return found(Irsa(answers=StsAnswers(first=said(INVALID, first), second=again)))


def test_a_key_that_is_missing_twice_is_certain() -> None:
    assert twice(KEY_TEXT, KEY_TEXT)["web-identity-key-unavailable"].certainty is Certainty.CERTAIN


def test_a_key_that_is_missing_once_is_likely_because_issuers_are_busy() -> None:
    assert refused(INVALID, KEY_TEXT)["web-identity-key-unavailable"].certainty is Certainty.LIKELY


def test_a_key_that_came_on_the_second_try_is_a_warning() -> None:
    finding = twice(KEY_TEXT, None)["web-identity-key-unavailable"]
    assert (finding.certainty, finding.severity) == (Certainty.LIKELY, Severity.WARNING)


def test_two_different_answers_leave_the_key_uncertain() -> None:
    assert twice(KEY_TEXT, NO_PROVIDER)["web-identity-key-unavailable"].certainty is Certainty.LIKELY


def test_a_token_that_could_not_be_validated_is_likely_a_matter_of_keys() -> None:
    text = "The web identity token provided could not be validated"
    assert refused(INVALID, text)["web-identity-key-unavailable"].certainty is Certainty.LIKELY


def test_a_missing_key_for_somebody_elses_token_is_left_to_that_finding() -> None:
    token = replace(TOKEN, claims=replace(CLAIMS, audiences=("https://kubernetes.default.svc",)))
    refusal = said(INVALID, KEY_TEXT)
    findings = found(Irsa(token=token, answers=StsAnswers(first=refusal, second=refusal)))
    assert set(findings) == {"web-identity-wrong-token"}


def test_an_issuer_that_answered_the_second_time_is_a_warning() -> None:
    answers = StsAnswers(first=said("IDPCommunicationError", "…"), second=GRANTED)
    finding = found(Irsa(answers=answers))["sts-idp-error"]
    assert finding.severity is Severity.WARNING


def test_an_answer_without_a_code_is_no_finding_of_this_area() -> None:
    nothing = replace(said(recognised=False), exchange=post(502))
    assert found(Irsa(answers=StsAnswers(first=nothing))) == {}
