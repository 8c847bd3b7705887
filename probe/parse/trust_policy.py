"""Whether a role's trust policy lets a token in, and which clause does not. Pure; made for policies that anybody wrote.

Every answer is one of three: allowed, refused with the clause that fails, or undecided with what cannot be known from
here. Evaluation as in AWS' IAM user guide, "Policy evaluation logic": an explicit deny wins, an allow is needed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from enum import StrEnum
from typing import Final

from probe.evidence.policy import PolicyPrincipal, PolicyStatement, PolicyTest
from probe.parse.policy_condition import Context, Truth, every, glob, holds, opposite, plain, some
from probe.parse.policy_words import named_by, shown, some_of, wanted_in
from probe.parse.token import condition_prefix
from probe.records import dataclass

WEB_IDENTITY_ACTION: Final = "sts:AssumeRoleWithWebIdentity"
POD_IDENTITY_ACTIONS: Final = ("sts:AssumeRole", "sts:TagSession")
POD_IDENTITY_SERVICE: Final = "pods.eks.amazonaws.com"
_OF_POD_IDENTITY: Final = "pods.eks."
"""What such a service is called in another partition, or in one region, is not written down."""


class Decision(StrEnum):
    """What the policy makes of the request."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    UNDECIDED = "undecided"


class Clause(StrEnum):
    """Which part of a statement a failure is in."""

    PRINCIPAL = "principal"
    ACTION = "action"
    CONDITION = "condition"
    DENY = "deny"


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A clause that keeps the request out."""

    statement: int
    """Counted from 1."""
    clause: Clause
    found: str
    """The clause as the policy has it."""
    wanted: str
    """What would have matched."""
    test: PolicyTest | None = None
    """The line of the condition, where it is one."""
    principals: tuple[str, ...] = ()
    """The principals that the statement names, where none of them is the one that asks."""


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """The decision and what it rests on."""

    decision: Decision
    failures: tuple[Failure, ...] = ()
    """All clauses of the nearest statement that fail, the first one to mend first. Empty unless refused."""
    statement: int | None = None
    """The statement that lets the request in, counted from 1."""
    unknown: tuple[str, ...] = ()
    """What could not be known, such as the conditions on other keys. Empty unless undecided."""


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A request as the policy sees it."""

    kind: str
    """`Federated` or `Service`."""
    principal: str
    actions: tuple[str, ...]
    """All of these must be allowed."""
    known: Mapping[str, str | None] = field(default_factory=dict)
    """Condition keys of the request and their values; None for a value that is not known."""
    perhaps_a_role: bool = False
    """Whether it may be a role that asks, in the principal's place."""


def web_identity(provider_arn: str, issuer: str, subject: str | None, audiences: Sequence[str]) -> Asking:
    """Describe AssumeRoleWithWebIdentity with a token of these claims.

    Which of several audiences IAM compares is not written down, so only a single one is known.
    """
    prefix = condition_prefix(issuer)
    claims = {"sub": subject, "aud": audiences[0] if len(audiences) == 1 else None}
    return Asking(
        kind="Federated",
        principal=provider_arn,
        actions=(WEB_IDENTITY_ACTION,),
        known={f"{prefix}:{name}": value for name, value in claims.items()},
    )


def pod_identity(*, perhaps_target: bool = False) -> Asking:
    """Describe what EKS asks for when the Pod Identity agent does: the tags of the session are not known.

    An association may name a target role besides its own (EKS User Guide, "Access AWS Resources using EKS Pod Identity
    Target IAM Roles"), and its own role asks for that one.
    """
    return Asking(
        kind="Service", principal=POD_IDENTITY_SERVICE, actions=POD_IDENTITY_ACTIONS, perhaps_a_role=perhaps_target
    )


def judge_trust(policy: Sequence[PolicyStatement], asking: Asking) -> Judgement:
    """Decide a request. Of several actions, the first that is not allowed decides."""
    judged = [_judge_action(policy, asking, action) for action in asking.actions]
    for decision in (Decision.REFUSED, Decision.UNDECIDED):
        for one in judged:
            if one.decision is decision:
                return one
    return judged[0]


def _judge_action(policy: Sequence[PolicyStatement], asking: Asking, action: str) -> Judgement:
    looks = [_Look(number, statement, asking, action) for number, statement in enumerate(policy, start=1)]
    denials = [look for look in looks if look.statement.effect != "Allow"]
    allows = [look for look in looks if look.statement.effect == "Allow"]
    for look in denials:
        if look.matches is True and look.statement.effect == "Deny":
            return Judgement(decision=Decision.REFUSED, failures=(look.denial(),))
    open_denials = [look for look in denials if look.matches is not False]
    opened = next((look for look in allows if look.matches is True), None)
    if opened is not None and not open_denials:
        return Judgement(decision=Decision.ALLOWED, statement=opened.number)
    open_allows = [look for look in allows if look.matches is None]
    if opened is None and not open_allows and not any(look.statement.effect == "unknown" for look in open_denials):
        return Judgement(decision=Decision.REFUSED, failures=_of_the_nearest(allows))
    return Judgement(decision=Decision.UNDECIDED, unknown=tuple(_unknown((*open_denials, *open_allows))))


def _of_the_nearest(allows: Iterable["_Look"]) -> tuple[Failure, ...]:
    """Take the statement with the fewest failing clauses: whoever wrote the policy meant that one."""
    return min((look.failures() for look in allows), key=len, default=())


def _unknown(looks: Iterable["_Look"]) -> Iterator[str]:
    for look in looks:
        for part in look.unknown():
            yield f"statement {look.number}: {part}"


class _Look:
    """One statement beside the request."""

    def __init__(self, number: int, statement: PolicyStatement, asking: Asking, action: str) -> None:
        self.number = number
        self.statement = statement
        self._asking = asking
        self._action = action
        self._context = Context(asking.known)
        self._principal = self._principal_matches()
        self._acts = self._action_matches()
        self._tests = [(test, holds(test, self._context)) for test in statement.tests]
        parts = (self._principal, self._acts, *(truth for _, truth in self._tests))
        self.matches: Truth = every(parts) if statement.complete else None

    def _principal_matches(self) -> Truth:
        listed = some(self._is_principal(one) for one in self.statement.principals)
        # What NotPrincipal leaves over for federated principals and services is not written down.
        return None if self.statement.spares_principals else listed

    def _is_principal(self, principal: PolicyPrincipal) -> Truth:
        if principal.kind == "*" or "*" in principal.value:
            return None
        asking = self._asking
        if principal.kind.lower() != asking.kind.lower():
            return None if asking.perhaps_a_role and principal.kind.lower() == "aws" else False
        if (principal.kind, principal.value) == (asking.kind, asking.principal):
            return True
        # A difference in case or in a last slash only: nobody says what IAM makes of it.
        nearly = plain(principal.value) == plain(asking.principal)
        service = asking.kind == "Service" and principal.value.lower().startswith(_OF_POD_IDENTITY)
        return None if nearly or service else False

    def _action_matches(self) -> Truth:
        listed = any(glob(pattern.lower(), self._action.lower()) for pattern in self.statement.actions)
        return opposite(listed) if self.statement.spares_actions else listed

    def denial(self) -> Failure:
        """Describe an explicit deny that matches."""
        because = some_of(shown(test) for test in self.statement.tests)
        return Failure(
            statement=self.number,
            clause=Clause.DENY,
            found=f"Deny{f' under {because}' if because else ''}",
            wanted="no Deny that matches this request",
        )

    def failures(self) -> tuple[Failure, ...]:
        """Describe every clause that certainly does not match."""
        return tuple(self._failures())

    def _failures(self) -> Iterator[Failure]:
        if self._principal is False:
            named = tuple(one.value for one in self.statement.principals)
            found = some_of(named_by(one) for one in self.statement.principals) or "nobody"
            wanted = f"{self._asking.kind}: {self._asking.principal}"
            yield Failure(statement=self.number, clause=Clause.PRINCIPAL, found=found, wanted=wanted, principals=named)
        if self._acts is False:
            found = ("all but " if self.statement.spares_actions else "") + some_of(self.statement.actions)
            yield Failure(statement=self.number, clause=Clause.ACTION, found=found, wanted=self._action)
        for test, truth in self._tests:
            if truth is False:
                wanted = wanted_in(test, self._asking.known)
                yield Failure(
                    statement=self.number, clause=Clause.CONDITION, found=shown(test), wanted=wanted, test=test
                )

    def unknown(self) -> Iterator[str]:
        """Name what could not be known."""
        if not self.statement.complete:
            yield "not understood"
        elif self.matches is True:
            yield "matches"
        elif self._principal is None:
            yield "its principal"
        for test, truth in self._tests:
            if truth is None:
                yield shown(test)
