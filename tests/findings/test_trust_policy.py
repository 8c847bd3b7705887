"""What a role's trust policy, once it is read, makes of a refusal."""

import json
from dataclasses import replace
from typing import Any

import pytest

from probe.evidence.container_text import ContainerText
from probe.evidence.needs import AwsAnswer, AwsRead
from probe.evidence.trust import RoleTrust
from probe.evidence.walked import Outcome
from probe.findings import container, web_identity
from probe.parse.policy_document import read_trust_policy
from probe.report import Certainty, Finding
from tests.findings.building import judged, pod, pod_identity, refusal, step
from tests.findings.sts_building import DENIED, ISSUER, ROLE, SUBJECT, Irsa, answered, post

HOST = ISSUER.removeprefix("https://")
PROVIDER = f"arn:aws:iam::111122223333:oidc-provider/{HOST}"
SUB = f"{HOST}:sub"


def get_role(code: str | None = None) -> AwsRead:
    answer = AwsAnswer(
        exchange=post(),
        endpoint="iam.amazonaws.com",
        region="us-east-1",
        service="iam",
        operation="GetRole",
        code=code,
    )
    return AwsRead(action="iam:GetRole", keys_of="imds", answer=answer)


def policy(**changed: Any) -> RoleTrust:  # noqa: ANN401 - parts of a policy, as JSON has them
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": PROVIDER},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {SUB: SUBJECT}},
        **changed,
    }
    statements = read_trust_policy(json.dumps({"Statement": statement}))
    assert not isinstance(statements, str)
    return trust(found_arn=ROLE, statements=statements)


def trust(**changed: Any) -> RoleTrust:  # noqa: ANN401 - fields of the facts
    whole: dict[str, Any] = {"read": get_role(), "role_arn": ROLE, "role_from": "x", "account": "111122223333"}
    return RoleTrust(**{**whole, **changed})


def refused_by_sts(read: RoleTrust | None) -> Finding:
    steps = list(Irsa(answers=answered("AccessDenied", DENIED, status=403)).steps())
    if read is not None:
        steps.append(step("needs.trust", read, Outcome.OK))
    return judged(pod(*steps), web_identity.RULES)["web-identity-trust-denied"]


@pytest.mark.parametrize("kind", ["service control policy", "resource control policy", "VPC endpoint policy"])
def test_a_policy_that_sts_names_itself_is_not_told_as_the_trust_policy(kind: str) -> None:
    steps = Irsa(answers=answered("AccessDenied", f"{DENIED} with an explicit deny in a {kind}", status=403)).steps()
    finding = judged(pod(*steps), web_identity.RULES)["web-identity-trust-denied"]
    assert finding.certainty is Certainty.LIKELY
    assert f"names a {kind}, not the trust policy" in finding.summary


def test_unread_the_clause_stays_likely() -> None:
    assert refused_by_sts(None).certainty is Certainty.LIKELY


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"Condition": {"StringEquals": {SUB: "system:serviceaccount:default:x"}}}, ["default:x", SUBJECT]),
        ({"Condition": {"StringEquals": {SUB: "system:serviceaccount:kube-system:*"}}}, ["StringLike knows"]),
        ({"Condition": {"StringEquals": {f"https://{SUB}": SUBJECT}}}, ["without https://"]),
        ({"Condition": {"StringEquals": {f"{PROVIDER}:sub": SUBJECT}}}, ["the key holds the provider's ARN"]),
        ({"Condition": {"StringEquals": {f"{HOST}X:sub": SUBJECT}}}, ["another issuer"]),
        ({"Condition": {"StringEquals": {f"{HOST}:aud": SUBJECT}}}, ["holds the subject"]),
        ({"Condition": {"StringEquals": {SUB: f"{SUBJECT} "}}}, ["white space only"]),
        ({"Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}, ["Service: ec2.amazonaws.com"]),
        ({"Principal": {"Federated": PROVIDER.replace("1111", "4444")}}, ["in another account"]),
        ({"Principal": {"Federated": PROVIDER.replace("oidc.eks", "oidc-eks")}}, ["another host name"]),
        ({"Principal": {"Federated": PROVIDER.replace("EXAMPLE", "OTHER")}}, ["another cluster"]),
        ({"Effect": "Deny"}, ["statement 1 denies it"]),
    ],
)
def test_a_clause_that_fails_makes_it_certain_and_is_named(changed: dict[str, Any], words: list[str]) -> None:
    finding = refused_by_sts(policy(**changed))
    assert finding.certainty is Certainty.CERTAIN
    assert all(word in finding.summary for word in words), finding.summary
    assert any("iam:GetRole with the imds keys" in line for line in finding.evidence)


def test_the_mistake_is_told_before_the_long_names_that_show_it() -> None:
    summary = refused_by_sts(policy(Condition={"StringEquals": {SUB: "system:serviceaccount:kube-system:*"}})).summary
    assert summary.index("StringLike knows") < summary.index("statement 1 asks for")


def test_a_policy_that_allows_nobody_says_so() -> None:
    others = {"StringEquals": {SUB: "system:serviceaccount:default:x"}}
    finding = refused_by_sts(policy(Effect="Deny", Condition=others))
    assert finding.certainty is Certainty.CERTAIN
    assert "no statement of it allows anything" in finding.summary


def test_a_policy_that_lets_the_token_in_points_elsewhere_and_stays_likely() -> None:
    finding = refused_by_sts(policy())
    assert finding.certainty is Certainty.LIKELY
    assert any("so something else denies" in line for line in finding.evidence)


def test_a_policy_that_cannot_be_decided_stays_likely_and_says_what_is_open() -> None:
    finding = refused_by_sts(policy(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))
    assert finding.certainty is Certainty.LIKELY
    assert any("cannot be decided from here" in line and "aws:SourceIp" in line for line in finding.evidence)


def test_a_role_that_its_account_does_not_have_is_certain() -> None:
    finding = refused_by_sts(trust(read=get_role("NoSuchEntity")))
    assert finding.certainty is Certainty.CERTAIN
    assert finding.summary.startswith("There is no role load-balancer-controller in account 111122223333")


@pytest.mark.parametrize("account", ["444455556666", None])
def test_a_role_that_another_account_does_not_have_says_nothing(account: str | None) -> None:
    assert refused_by_sts(trust(read=get_role("NoSuchEntity"), account=account)).certainty is Certainty.LIKELY


def test_a_role_under_another_path_is_another_arn() -> None:
    real = "arn:aws:iam::111122223333:role/eks/load-balancer-controller"
    finding = refused_by_sts(trust(found_arn=real))
    assert finding.certainty is Certainty.CERTAIN
    assert real in finding.summary
    assert any(real in (remedy.command or "") for remedy in finding.remedies)


def test_the_policy_of_a_role_in_another_account_is_not_held_against_the_token() -> None:
    whole = policy(Condition={"StringEquals": {SUB: "wrong"}})
    other = trust(statements=whole.statements, found_arn=ROLE.replace("1111", "4444"))
    assert refused_by_sts(other).certainty is Certainty.LIKELY


def test_a_read_that_was_not_permitted_changes_nothing_but_says_so() -> None:
    denied = AwsRead(action="iam:GetRole", keys_of="imds", reason="not permitted: it takes iam:GetRole")
    finding = refused_by_sts(trust(read=denied))
    assert finding.certainty is Certainty.LIKELY
    assert any("not permitted" in line for line in finding.evidence)


def refused_by_agent(read: RoleTrust) -> Finding:
    answer = refusal(400, ContainerText.ROLE_TRUST, "AccessDeniedException")
    case = pod_identity(answer, more=[step("needs.trust", read, Outcome.OK)])
    return judged(case, container.RULES)["agent-role-trust"]


POD_IDENTITY = {"Principal": {"Service": "pods.eks.amazonaws.com"}, "Condition": {}}


def test_the_clause_that_keeps_eks_out_is_named_and_nothing_stays_open() -> None:
    finding = refused_by_agent(policy(**POD_IDENTITY, Action="sts:AssumeRole"))
    assert "statement 1 allows sts:AssumeRole, not sts:TagSession" in finding.summary
    assert finding.becomes_certain_with is None


def test_missing_tags_leave_the_reason_open_where_the_association_was_not_seen() -> None:
    """Its session tags may be switched off."""
    read = replace(policy(**POD_IDENTITY, Action="sts:AssumeRole"), role_from="--expect-role")
    finding = refused_by_agent(read)
    assert finding.becomes_certain_with is not None


def test_a_role_that_trusts_another_role_may_be_the_target_of_an_association() -> None:
    principal = {"AWS": "arn:aws:iam::111122223333:role/source"}
    trusts = policy(Principal=principal, Condition={}, Action=["sts:AssumeRole", "sts:TagSession"])
    finding = refused_by_agent(replace(trusts, role_from="--expect-role"))
    assert "statement 1" not in finding.summary
    assert finding.becomes_certain_with is not None


def test_the_clause_stays_open_where_the_policy_asks_for_tags() -> None:
    condition = {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "kube-system"}}
    both = ["sts:AssumeRole", "sts:TagSession"]
    finding = refused_by_agent(policy(**{**POD_IDENTITY, "Condition": condition}, Action=both))
    assert any("aws:RequestTag/kubernetes-namespace" in line for line in finding.evidence)
    assert finding.becomes_certain_with is not None
