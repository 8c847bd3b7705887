"""The role that comes after the pod's own: refused, refused for its session tags, or the pod's own over again."""

from collections.abc import Iterator

from probe.evidence import ChainedRole, Permission
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.permission_words import answered, role_name, statement
from probe.findings.shell import quoted
from probe.parse.arn import RoleArn, read_role_arn, same_role
from probe.parse.denial import Denial, PolicyKind, read_denial
from probe.report import Certainty, Finding, Remedy, Tool

STEP = "needs.chained-role"
TAG_SESSION = "sts:TagSession"
_OF_THE_TARGET = frozenset({PolicyKind.TRUST, PolicyKind.RESOURCE})
"""Policies that may ask for what the application sends and the probe does not: an ExternalId, a session name."""


def refused(case: Case) -> Iterator[Finding]:
    """STS refused the change of role."""
    facts = case.evidence.facts(STEP, ChainedRole)
    if facts is None or facts.read.permission is not Permission.DENIED:
        return
    denial = read_denial(facts.read.answer.message if facts.read.answer else None)
    if facts.caller is not None and same_role(facts.target, facts.caller):
        yield _self(facts)
    else:
        yield _other(case, facts, denial)


def _self(facts: ChainedRole) -> Finding:
    target = quoted(facts.target)
    return found(
        "self-assume",
        certainty=CERTAIN,
        step=STEP,
        summary=f"The pod has the role {facts.target} already, and is told to assume it once more, which it may not.",
        evidence=[
            *answered(facts.read),
            f"GetCallerIdentity: {facts.caller}",
            f"target ({facts.told_by}): {facts.target}",
        ],
        remedies=[
            Remedy(text="Take the role out of the application's configuration (issuer, SecretStore, provider block)."),
            Remedy(
                text="Or let the role trust itself: add this statement to its trust policy. See it first.",
                command=f"aws iam get-role --role-name {role_name(target)} --query Role.AssumeRolePolicyDocument",
                tool=Tool.AWS,
            ),
            Remedy(text="The statement:", command=_trust(facts.target, "sts:AssumeRole"), tool=Tool.TEXT),
        ],
    )


def _other(case: Case, facts: ChainedRole, denial: Denial) -> Finding:
    tags = denial.action == TAG_SESSION
    given = "with" if facts.with_external_id else "without"
    what = "pass its session tags on to" if tags else "assume"
    why = f": {_why(denial)}" if denial.policy else ""
    return found(
        "chained-role-denied",
        certainty=_certainty(denial),
        step=STEP,
        summary=f"The pod's own role works and may not {what} {facts.target}{why}.",
        evidence=[
            *answered(facts.read),
            f"caller: {facts.caller or 'not asked'}",
            f"the target is told by {facts.told_by}; it was asked for {given} an ExternalId",
        ],
        remedies=[*_remedies(case, facts, tags=tags)],
    )


def _certainty(denial: Denial) -> Certainty:
    """Certain where no ExternalId or session name of the application's own could change the answer.

    That is so for the tags of the pod's keys, and for a policy of the caller's own side. A trust policy may demand what
    the probe does not send, and across accounts STS names no policy at all.
    """
    of_the_caller = denial.policy is not None and denial.policy not in _OF_THE_TARGET
    return CERTAIN if of_the_caller or denial.action == TAG_SESSION else LIKELY


def _why(denial: Denial) -> str:
    how = "a statement denies it in" if denial.is_explicit else "nothing allows it in"
    return f"{how} the {denial.policy}"


def _remedies(case: Case, facts: ChainedRole, *, tags: bool) -> Iterator[Remedy]:
    actions = ("sts:AssumeRole", TAG_SESSION) if tags or _is_pod_identity(facts) else ("sts:AssumeRole",)
    caller = _role_of(case, facts)
    if tags:
        yield Remedy(
            text="Switch the session tags of the Pod Identity association off (CLUSTER, ASSOCIATION_ID) …",
            command="aws eks update-pod-identity-association --cluster-name CLUSTER --association-id ASSOCIATION_ID "
            "--disable-session-tags",
            tool=Tool.AWS,
            privileged=True,
        )
    text = f"{'… or add' if tags else 'Add'} this statement to the trust policy of {facts.target}."
    yield Remedy(text=text, command=_trust(caller, *actions), tool=Tool.TEXT, privileged=True)
    yield Remedy(
        text="Look at that trust policy, with keys of its account. An id (AROA…) in the place of an ARN is a role that "
        "was deleted: save the policy again.",
        command=f"aws iam get-role --role-name {role_name(facts.target)} --query Role.AssumeRolePolicyDocument",
        tool=Tool.AWS,
    )
    yield Remedy(
        text="And allow it in the pod's own role.",
        command=f"aws iam put-role-policy --role-name {role_name(caller)} --policy-name assume-next-role "
        f"--policy-document {quoted(statement(actions, facts.target))}",
        tool=Tool.AWS,
        privileged=True,
    )
    if not facts.with_external_id:
        yield Remedy(text="If the target wants an ExternalId: ask again with --external-id.")


def _is_pod_identity(facts: ChainedRole) -> bool:
    return facts.read.keys_of == "container"


def _role_of(case: Case, facts: ChainedRole) -> str:
    """Return the caller's role by its ARN; the path, which sessions do not show, only where the pod names it."""
    for told in (case.role_arn,):
        if told and facts.caller and same_role(told, facts.caller):
            return told
    parts = (facts.caller or "").split(":")
    if len(parts) < 6 or not parts[5].startswith("assumed-role/"):
        return facts.caller or "CALLER_ARN"
    return f"arn:{parts[1]}:iam::{parts[4]}:role/{parts[5].split('/')[1]}"


def _trust(principal: str, *actions: str) -> str:
    role = read_role_arn(principal)
    named = role.text if isinstance(role, RoleArn) else principal
    listed = ", ".join(f'"{action}"' for action in actions)
    return f'{{"Effect": "Allow", "Principal": {{"AWS": "{named}"}}, "Action": [{listed}]}}'


RULES = (refused,)
