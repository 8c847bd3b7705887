"""`needs.trust`: the trust policy of a role that was refused, read with whatever keys the chain gave."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from probe.evidence.answers import CredentialsAnswer, StsAnswers
from probe.evidence.configuration import WebIdentityVariables
from probe.evidence.container_text import ContainerText
from probe.evidence.policy import PolicyStatement, PolicyTest
from probe.evidence.trust import RoleTrust
from probe.evidence.walked import Outcome
from probe.parse.arn import RoleArn, read_role_arn
from probe.parse.policy_document import read_trust_policy
from probe.records import dataclass
from probe.sources.documents import word
from probe.sources.needs.associations import cluster_of
from probe.sources.needs.keys import KeysOf, any_keys
from probe.sources.needs.reads import NO_KEYS, aws_read
from probe.walk import Done, Walk

STEP = "needs.trust"
ACTION = "iam:GetRole"
LONGEST_SHOWN = 2_048
_SECRET_KEYS = frozenset({"sts:externalid"})
"""Condition keys whose values are passwords of a kind."""


@dataclass(frozen=True, kw_only=True)
class _Refused:
    """A role that was refused to this pod."""

    role: RoleArn
    told_by: str


def walk_trust(walk: Walk) -> None:
    """Walk the step, where a role was refused and its ARN is known; elsewhere it leaves nothing behind."""
    refused = _refused(walk)
    if refused is None:
        return
    if isinstance(refused, str):
        walk.skip(refused, STEP)
        return
    keys = any_keys(walk)
    if keys is None:
        walk.skip(f"{NO_KEYS}; {ACTION} takes some, such as those of the node role", STEP)
    elif _account(keys) not in {None, refused.role.account}:
        walk.skip(f"the {keys.source} keys are of another account than the role: IAM looks in their own", STEP)
    else:
        walk.step(STEP, lambda: _trust(walk, refused, keys))


def _refused(walk: Walk) -> _Refused | str | None:
    """Return the role that STS or the agent refused, or why its ARN is not known; None where none was refused."""
    wanted = walk.options.wanted.role_arn
    if _denied_by_sts(walk):
        variables = walk.facts("web-identity.variables")
        told = variables.role_arn if isinstance(variables, WebIdentityVariables) else None
        return _read(told, "the pod's own variables or profile")
    answer = walk.facts("container.credentials")
    if isinstance(answer, CredentialsAnswer) and answer.text_kind == ContainerText.ROLE_TRUST:
        return _read(wanted, "--expect-role") or _associated(walk)
    return None


def _associated(walk: Walk) -> _Refused | str:
    """Ask EKS for the role of this ServiceAccount's association: the agent does not name it."""
    cluster, pod = cluster_of(walk), walk.given.pod
    if cluster is None or not pod.namespace or not pod.service_account:
        return "the role is not known: --expect-role tells it, or the cluster's name (--cluster-name) leads to it"
    selection = {"clusterName": cluster[0], "namespace": pod.namespace, "serviceAccount": pod.service_account}
    read, result = aws_read(walk, "eks", "ListPodIdentityAssociations", selection)
    listed = (result or {}).get("associations")
    found = word(listed[0].get("associationId")) if isinstance(listed, list) and len(listed) == 1 else None
    if found is None:
        return read.reason or "EKS names no single association"
    which = {"clusterName": cluster[0], "associationId": found}
    read, result = aws_read(walk, "eks", "DescribePodIdentityAssociation", which)
    told = (result or {}).get("association")
    if isinstance(told, dict) and (doubt := _doubt(told)) is not None:
        return doubt
    role = _read(word(told.get("roleArn")), f"association {found}") if isinstance(told, dict) else None
    return role or read.reason or "EKS names no role for the association"


def _doubt(association: Mapping[str, Any]) -> str | None:
    """Say why a policy of the association's role would not tell the reason of a refusal."""
    if association.get("targetRoleArn"):
        return "the association names a target role besides its own, and which of both was refused is not told"
    if association.get("disableSessionTags") is True:
        return "the association has its session tags switched off: what EKS then asks for is not known here"
    return None


def _denied_by_sts(walk: Walk) -> bool:
    assumed = walk.facts("web-identity.assume-role")
    last = (assumed.second or assumed.first) if isinstance(assumed, StsAnswers) else None
    return last is not None and last.code == "AccessDenied"


def _read(arn: str | None, told_by: str) -> _Refused | None:
    role = read_role_arn(arn) if arn else None
    return _Refused(role=role, told_by=told_by) if isinstance(role, RoleArn) else None


def _account(keys: KeysOf) -> str | None:
    parts = (keys.arn or "").split(":")
    return parts[4] if len(parts) > 5 else None


def _trust(walk: Walk, refused: _Refused, keys: KeysOf) -> Done[None]:
    role = refused.role
    read, result = aws_read(walk, "iam", "GetRole", {"RoleName": role.name}, keys=keys, why="the role's trust policy")
    facts = RoleTrust(read=read, role_arn=role.text, role_from=refused.told_by, account=_account(keys))
    if facts.is_missing:
        return Done(outcome=Outcome.FAIL, facts=facts)
    found = (result or {}).get("Role")
    if not isinstance(found, dict):
        return Done(outcome=Outcome.SKIPPED, facts=facts, reason=read.reason or "IAM's answer names no role")
    return _kept(walk, facts, found)


def _kept(walk: Walk, facts: RoleTrust, found: Mapping[str, Any]) -> Done[None]:
    text = found.get("AssumeRolePolicyDocument")
    policy = read_trust_policy(text) if isinstance(text, str) else "IAM's answer holds no trust policy."
    facts = replace(facts, found_arn=word(found.get("Arn")))
    if isinstance(policy, str):
        return Done(outcome=Outcome.SKIPPED, facts=replace(facts, problem=policy), reason=policy)
    return Done(outcome=Outcome.OK, facts=replace(facts, statements=tuple(_clean(walk, one) for one in policy)))


def _clean(walk: Walk, statement: PolicyStatement) -> PolicyStatement:
    """Keep nothing that looks like a secret. What was altered by that decides nothing any more."""
    words = [*statement.actions, *(one.value for one in statement.principals), *_keys(statement)]
    if any(_altered(walk, one) for one in words):
        return PolicyStatement(effect=statement.effect, complete=False)
    return replace(statement, tests=tuple(_clean_test(walk, one) for one in statement.tests))


def _keys(statement: PolicyStatement) -> Iterator[str]:
    for test in statement.tests:
        yield test.operator
        yield test.key


def _clean_test(walk: Walk, test: PolicyTest) -> PolicyTest:
    hidden = test.key.lower() in _SECRET_KEYS or any(_altered(walk, one) for one in test.values)
    return replace(test, values=(), hidden=True) if hidden else test


def _altered(walk: Walk, text: str) -> bool:
    return walk.redactor.clean(text, LONGEST_SHOWN) != text
