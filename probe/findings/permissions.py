"""What the credentials may not do, and which kind of policy AWS names for it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from probe.evidence import AwsRead, Decoded, Permission, Permissions, WritePermissions
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.catalogue.entry import Severity
from probe.findings.permission_remedies import decode_remedies, remedies_for, write_remedies
from probe.findings.permission_words import answered
from probe.parse.arn import SessionKind, session_kind
from probe.parse.denial import Denial, PolicyKind, read_denial
from probe.report import Finding

STEP = "needs.permissions"
WRITE_STEP = "needs.write-permissions"
_CODES: Mapping[PolicyKind, str] = {
    PolicyKind.SERVICE_CONTROL: "permission-denied-scp",
    PolicyKind.RESOURCE_CONTROL: "permission-denied-scp",
    PolicyKind.BOUNDARY: "permission-denied-boundary",
    PolicyKind.SESSION: "permission-denied-session-policy",
    PolicyKind.ENDPOINT: "permission-denied-endpoint-policy",
}
"""What has a finding of its own; every other denial is for the role's own policies."""
_MOST_SHOWN = 6
"""Denied calls whose answers are shown; all of their actions are named."""


def denied(case: Case) -> Iterator[Finding]:
    """Calls that AWS refused: one finding for each reason that it gives, with all actions."""
    facts = case.evidence.facts(STEP, Permissions)
    refused = [one for one in facts.reads if one.permission is Permission.DENIED] if facts else []
    alike: dict[tuple[str, PolicyKind | None, bool | None], list[AwsRead]] = {}
    for read in refused:
        alike.setdefault(_reason_of(read), []).append(read)
    for (code, _, _), reads in alike.items():
        if facts is None:
            return
        finding = _encoded(case, facts, reads) if code == "permission-encoded" else _plain(case, facts, code, reads)
        essential = any(read.essential for read in reads)
        yield finding if essential else replace(finding, severity=Severity.WARNING)


def _reason_of(read: AwsRead) -> tuple[str, PolicyKind | None, bool | None]:
    """Return the finding's code and what else a reason differs in: what denies one call need not deny another."""
    if read.answer is not None and read.answer.is_encoded:
        return "permission-encoded", None, None
    denial = _denial(read)
    code = _CODES.get(denial.policy, "permission-denied") if denial.policy else "permission-denied"
    return code, denial.policy, denial.is_explicit


def _denial(read: AwsRead) -> Denial:
    return read_denial(read.answer.message if read.answer else None)


def _plain(case: Case, facts: Permissions, code: str, reads: Sequence[AwsRead]) -> Finding:
    denial = _denial(reads[0])
    who = denial.principal or facts.identity or "the identity"
    return found(
        code,
        certainty=CERTAIN,
        step=STEP,
        summary=f"{who} may not do {_listed(reads)}{_reason(denial)}.",
        evidence=[*_answers(reads), *_only_some(reads), *_of_node(who)],
        remedies=remedies_for(case, code, who, [one.action for one in reads], denial),
    )


def _reason(denial: Denial) -> str:
    if denial.policy is None:
        return ""
    if denial.is_explicit:
        article = "an" if denial.policy is PolicyKind.IDENTITY else "a"
        return f": a statement of {article} {denial.policy} denies it"
    return f": no {denial.policy} allows it"


def _listed(reads: Iterable[AwsRead]) -> str:
    return ", ".join(dict.fromkeys(read.action for read in reads))


def _answers(reads: Sequence[AwsRead]) -> Iterator[str]:
    for read in reads[:_MOST_SHOWN]:
        yield from answered(read)
    if len(reads) > _MOST_SHOWN:
        yield f"and {len(reads) - _MOST_SHOWN} more answers of the same kind"


def _only_some(reads: Iterable[AwsRead]) -> Iterator[str]:
    for read in reads:
        if not read.essential:
            yield f"{read.action} is needed only for: {read.why or 'some uses'}"


def _of_node(who: str) -> Iterator[str]:
    if session_kind(who) is SessionKind.NODE_ROLE:
        yield "this is the node role: its session is called after an instance"


def _encoded(case: Case, facts: Permissions, reads: Sequence[AwsRead]) -> Finding:
    decoded = facts.decoded
    known = decoded is not None and decoded.read.permission is Permission.ALLOWED and decoded.action is not None
    who = (decoded.principal if decoded else None) or facts.identity or "the identity"
    why = _decoded_reason(decoded if known else None, alone=len(reads) == 1)
    return found(
        "permission-encoded",
        certainty=CERTAIN if known else LIKELY,
        step=STEP,
        summary=f"{who} may not do {_listed(reads)}{why}.",
        evidence=[*_answers(reads), *_decoded_lines(decoded)],
        remedies=decode_remedies(case, who, [one.action for one in reads], decoded if known else None),
    )


def _decoded_reason(decoded: Decoded | None, *, alone: bool) -> str:
    """Say why; of several messages only the first is decoded, and it speaks for its own call."""
    if decoded is None:
        return "; EC2 gives its reason in an encoded message only"
    if decoded.explicit_deny is None:
        return ""
    how = "a statement denies" if decoded.explicit_deny else "no statement allows"
    return f": {how} {'it' if alone else decoded.action}"


def _decoded_lines(decoded: Decoded | None) -> Iterator[str]:
    if decoded is None:
        return
    if decoded.action is not None:
        yield f"decoded: {decoded.action} on {decoded.resource or 'a resource that is not told'}"
    elif decoded.read.reason:
        yield f"the message was not decoded: {decoded.read.reason}"


def writes(case: Case) -> Iterator[Finding]:
    """Actions that the policy simulator allows nowhere."""
    facts = case.evidence.facts(WRITE_STEP, WritePermissions)
    if facts is None:
        return
    missing = [one for one in facts.actions if one.decision != "allowed" and not one.missing_context]
    if not missing:
        return
    names = ", ".join(one.action for one in missing)
    beyond = [one.action for one in missing if one.allowed_by_organization is False]
    bounded = [one.action for one in missing if one.allowed_by_boundary is False]
    evidence = [f"{one.action}: {one.decision}" for one in missing]
    evidence += [f"the organization's policies do not allow {', '.join(beyond)}"] if beyond else []
    evidence += [f"the permissions boundary does not allow {', '.join(bounded)}"] if bounded else []
    yield found(
        "write-permission-missing",
        certainty=LIKELY,
        step=WRITE_STEP,
        summary=f"The policy simulator allows {facts.principal or 'the role'} nowhere to do {names}.",
        evidence=evidence,
        remedies=write_remedies(case, facts.principal or "", [one.action for one in missing]),
    )


RULES = (denied, writes)
