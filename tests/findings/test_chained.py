"""The second role: refused, refused for its tags, the pod's own, or not known."""

import pytest

from probe.evidence import AwsRead, ChainedRole
from probe.findings import chained
from probe.report import Finding
from tests.findings.needs_building import ROLE, WHO, case, denial, found, read

NEXT = "arn:aws:iam::111122223333:role/team/dns"


def judged(answer: AwsRead, target: str = NEXT, *, external: bool = False) -> list[Finding]:
    facts = ChainedRole(read=answer, target=target, told_by="--assume", caller=WHO, with_external_id=external)
    return found(case("needs.chained-role", facts), chained.RULES)


def refused(action: str = "sts:AssumeRole") -> AwsRead:
    return read("sts:AssumeRole", denial(f"on resource: {NEXT}", action=action))


def test_a_refused_role_names_caller_and_target() -> None:
    (finding,) = judged(refused())
    assert finding.code == "chained-role-denied"
    assert NEXT in finding.summary
    assert f"caller: {WHO}" in finding.evidence
    assert f'"AWS": "{ROLE}"' in (finding.remedies[0].command or "")
    texts = " ".join(one.text for one in finding.remedies)
    assert "--external-id" in texts


@pytest.mark.parametrize(
    ("reason", "certainty"),
    [
        ("", "likely"),
        ("because no role trust policy allows the sts:AssumeRole action", "likely"),
        ("with an explicit deny in a resource-based policy", "likely"),
        ("because no identity-based policy allows the sts:AssumeRole action", "certain"),
        ("with an explicit deny in a service control policy", "certain"),
        ("because no session policy allows the sts:AssumeRole action", "certain"),
    ],
)
def test_only_what_no_external_id_could_change_is_certain(reason: str, certainty: str) -> None:
    (finding,) = judged(read("sts:AssumeRole", denial(f"on resource: {NEXT} {reason}", action="sts:AssumeRole")))
    assert finding.certainty == certainty
    assert (certainty == "certain") or "ExternalId" in (finding.becomes_certain_with or "")


def test_an_external_id_that_was_given_is_not_asked_for() -> None:
    (finding,) = judged(refused(), external=True)
    assert "--external-id" not in " ".join(one.text for one in finding.remedies)


def test_refused_session_tags_are_told_apart() -> None:
    (finding,) = judged(refused("sts:TagSession"))
    assert "session tags" in finding.summary
    assert finding.certainty == "certain"
    assert "--disable-session-tags" in (finding.remedies[0].command or "")


def test_the_pods_own_role_is_told_as_such() -> None:
    (finding,) = judged(refused(), ROLE)
    assert finding.code == "self-assume"


def test_a_role_of_the_same_name_in_another_account_is_another_role() -> None:
    (finding,) = judged(refused(), ROLE.replace("111122223333", "444455556666"))
    assert finding.code == "chained-role-denied"


@pytest.mark.parametrize("code", ["Throttling", None])
def test_what_is_no_refusal_is_no_finding(code: str | None) -> None:
    assert judged(read("sts:AssumeRole", code=code)) == []
