"""Refused calls: which policy is named, whose permission is missing, and what is only a hint."""

import json
import shlex

import pytest

from probe.evidence import AwsRead, Decoded, Permissions, SimulatedAction, Wanted, WritePermissions
from probe.findings import permissions
from probe.findings.catalogue.entry import Severity
from probe.report import Finding
from tests.findings.needs_building import NODE, ROLE, WHO, case, denial, found, read


def judged(*reads: AwsRead, decoded: Decoded | None = None, wanted: Wanted | None = None) -> list[Finding]:
    facts = Permissions(reads=reads, identity=WHO, decoded=decoded)
    return found(case("needs.permissions", facts, wanted=wanted), permissions.RULES)


def remedies(finding: Finding) -> str:
    return "\n".join(f"{one.text}\n{one.command or ''}" for one in finding.remedies)


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("because no identity-based policy allows the x action", "permission-denied"),
        ("with an explicit deny in an identity-based policy", "permission-denied"),
        ("because no resource-based policy allows the x action", "permission-denied"),
        ("with an explicit deny in a service control policy", "permission-denied-scp"),
        ("with an explicit deny in a resource control policy", "permission-denied-scp"),
        ("because no permissions boundary allows the x action", "permission-denied-boundary"),
        ("because no session policy allows the x action", "permission-denied-session-policy"),
        ("because no VPC endpoint policy allows the x action", "permission-denied-endpoint-policy"),
        ("", "permission-denied"),
    ],
)
def test_the_kind_of_policy_that_the_text_names_decides(reason: str, code: str) -> None:
    (finding,) = judged(read(message=denial(reason)))
    assert (finding.code, finding.certainty, finding.severity) == (code, "certain", Severity.ERROR)
    assert "ec2:DescribeSubnets" in finding.summary
    assert WHO in finding.summary


@pytest.mark.parametrize("code", ["Throttling", "InternalError", "AuthFailure", None])
def test_what_is_no_denial_is_no_finding(code: str | None) -> None:
    assert judged(read(code=code)) == []


def test_denials_of_one_kind_are_one_finding_with_all_actions() -> None:
    reason = "because no identity-based policy allows the x action"
    actions = ("ec2:DescribeSubnets", "ec2:DescribeVpcs")
    (finding,) = judged(*(read(action, denial(reason, action=action)) for action in actions))
    command = next(one.command for one in finding.remedies if one.command and "put-role-policy" in one.command)
    words = shlex.split(command)
    policy = json.loads(words[words.index("--policy-document") + 1])
    assert policy["Statement"][0]["Action"] == list(actions)
    assert words[words.index("--role-name") + 1] == "controller"


def test_denials_by_different_policies_are_told_apart() -> None:
    organization = read("ec2:DescribeVpcs", denial("with an explicit deny in a service control policy"))
    assert {one.code for one in judged(read(message=denial()), organization)} == {
        "permission-denied",
        "permission-denied-scp",
    }


def test_a_statement_that_denies_one_call_is_not_told_of_another() -> None:
    denies = read("ec2:DescribeVpcs", denial("with an explicit deny in an identity-based policy"))
    lacks = read("ec2:DescribeSubnets", denial("because no identity-based policy allows the x action"))
    first, second = judged(denies, lacks)
    assert "ec2:DescribeSubnets" not in first.summary
    assert second.summary.endswith(": no identity-based policy allows it.")
    assert "put-role-policy" in remedies(second)


def test_a_policy_of_the_resource_is_mended_at_the_resource() -> None:
    reason = "because no resource-based policy allows the s3:ListBucket action"
    (finding,) = judged(read("s3:ListBucket", denial(reason, action="s3:ListBucket")))
    assert "policy of the resource itself" in finding.remedies[0].text


def test_a_statement_that_denies_is_not_answered_with_one_that_allows() -> None:
    (finding,) = judged(read(message=denial("with an explicit deny in an identity-based policy")))
    assert finding.summary.endswith(": a statement of an identity-based policy denies it.")
    assert "put-role-policy" not in remedies(finding)


def test_the_node_role_is_told_to_be_the_wrong_identity_first() -> None:
    (finding,) = judged(read(message=denial(who=NODE)))
    assert "node role" in finding.remedies[0].text
    assert "this is the node role" in " ".join(finding.evidence)


def test_what_only_some_uses_need_is_a_warning() -> None:
    (finding,) = judged(read(message=denial(), essential=False))
    assert finding.severity is Severity.WARNING


def test_a_managed_policy_is_attached_where_aws_keeps_one() -> None:
    (finding,) = judged(read(message=denial()), wanted=Wanted(controller="vpc-cni"))
    assert "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy" in remedies(finding)


def test_a_role_name_is_safe_in_a_shell() -> None:
    who = "arn:aws:sts::111122223333:assumed-role/a;reboot/one"
    (finding,) = judged(read(message=denial(who=who)))
    commands = [one.command for one in finding.remedies if one.command]
    assert all("a;reboot" in shlex.split(command) for command in commands)


def test_an_encoded_denial_is_likely_until_it_is_decoded() -> None:
    encoded = read(code="UnauthorizedOperation", message="You are not authorized.", is_encoded=True)
    refused = Decoded(read=read("sts:DecodeAuthorizationMessage", denial()))
    (finding,) = judged(encoded, decoded=refused)
    assert (finding.code, finding.certainty) == ("permission-encoded", "likely")
    assert "aws sts decode-authorization-message" in remedies(finding)


@pytest.mark.parametrize(("explicit", "words"), [(True, "a statement denies it"), (False, "no statement allows it")])
def test_a_decoded_denial_is_certain_and_says_what_was_asked(explicit: bool, words: str) -> None:
    encoded = read(code="UnauthorizedOperation", is_encoded=True)
    told = Decoded(
        read=read("sts:DecodeAuthorizationMessage", code=None),
        action="ec2:RunInstances",
        resource="arn:aws:ec2:eu-central-1:111122223333:instance/*",
        principal=WHO,
        explicit_deny=explicit,
    )
    (finding,) = judged(encoded, decoded=told)
    assert (finding.certainty, words in finding.summary) == ("certain", True)
    assert "decoded: ec2:RunInstances on arn:aws:ec2:" in " ".join(finding.evidence)


def test_one_decoded_message_does_not_speak_for_another_call() -> None:
    encoded = [read(action, code="UnauthorizedOperation", is_encoded=True) for action in ("ec2:A", "ec2:B")]
    allowed = read("sts:DecodeAuthorizationMessage", code=None)
    (finding,) = judged(*encoded, decoded=Decoded(read=allowed, action="ec2:A", explicit_deny=True))
    assert finding.summary.endswith("may not do ec2:A, ec2:B: a statement denies ec2:A.")


def test_a_decoded_message_that_names_no_reason_gives_none() -> None:
    encoded = read(code="UnauthorizedOperation", is_encoded=True)
    allowed = read("sts:DecodeAuthorizationMessage", code=None)
    (finding,) = judged(encoded, decoded=Decoded(read=allowed, action="ec2:DescribeSubnets"))
    assert finding.summary.endswith("may not do ec2:DescribeSubnets.")


def simulated(*actions: SimulatedAction) -> list[Finding]:
    facts = WritePermissions(read=read("iam:SimulatePrincipalPolicy", code=None), principal=ROLE, actions=actions)
    return found(case("needs.write-permissions", facts), permissions.RULES)


def test_an_action_that_the_simulator_allows_nowhere_is_a_likely_warning() -> None:
    (finding,) = simulated(
        SimulatedAction(action="elasticloadbalancing:AddTags", decision="implicitDeny"),
        SimulatedAction(action="ec2:CreateTags", decision="allowed"),
    )
    assert (finding.code, finding.certainty) == ("write-permission-missing", "likely")
    assert finding.severity is Severity.WARNING
    assert "ec2:CreateTags" not in finding.summary


def test_a_denial_for_want_of_a_condition_key_says_nothing() -> None:
    missing = ("aws:RequestTag/elbv2.k8s.aws/cluster",)
    assert simulated(SimulatedAction(action="ec2:CreateTags", decision="implicitDeny", missing_context=missing)) == []
