"""What the trust policy of a refused role says of this pod, where it could be read."""

from collections.abc import Iterator
from functools import cached_property

from probe.evidence.trust import RoleTrust
from probe.findings.case import Case
from probe.findings.trust_clause import clause_in_words, mistake
from probe.findings.web_identity_view import WebIdentityView
from probe.parse.arn import RoleArn, read_role_arn
from probe.parse.trust_policy import (
    POD_IDENTITY_ACTIONS,
    Asking,
    Clause,
    Decision,
    Failure,
    Judgement,
    judge_trust,
    pod_identity,
    web_identity,
)
from probe.records import dataclass

ELSEWHERE = (
    "so something else denies: an organization's policy (SCP or RCP), the policy of a VPC endpoint for STS, or the "
    "trust policy was changed a moment ago"
)


_BY_THE_USER = "--expect-role"
"""`RoleTrust.role_from` of a role that no association was seen to name."""


@dataclass(frozen=True)
class TrustReading:
    """The role as IAM showed it, beside what asked for it."""

    case: Case
    asking: Asking | None

    @cached_property
    def facts(self) -> RoleTrust | None:
        """What was read; None where it was not."""
        return self.case.evidence.facts("needs.trust", RoleTrust)

    @cached_property
    def role(self) -> RoleArn | None:
        """The role that was asked about."""
        read = read_role_arn(self.facts.role_arn) if self.facts else None
        return read if isinstance(read, RoleArn) else None

    @property
    def is_missing(self) -> bool:
        """Whether the role's own account has no role of this name."""
        facts, role = self.facts, self.role
        return facts is not None and role is not None and facts.is_missing and facts.account == role.account

    @property
    def other_path(self) -> str | None:
        """The ARN of the role that has this name under another path, which is another ARN."""
        facts, role = self.facts, self.role
        found = read_role_arn(facts.found_arn) if facts and facts.found_arn else None
        if role is None or not isinstance(found, RoleArn) or found.text == role.text:
            return None
        same = (found.partition, found.account, found.name) == (role.partition, role.account, role.name)
        return found.text if same else None

    @cached_property
    def judgement(self) -> Judgement | None:
        """The decision of the policy; None where it was not read, or belongs to another role."""
        facts = self.facts
        if facts is None or self.asking is None or not facts.statements or facts.found_arn != facts.role_arn:
            return None
        return judge_trust(facts.statements, self.asking)

    @property
    def failure(self) -> Failure | None:
        """The one clause that keeps the request out."""
        return self.judgement.failures[0] if self.judgement and self.judgement.failures else None

    @property
    def clause(self) -> str | None:
        """That clause in words; the mistake behind it, where one shows, comes first, because ARNs are long."""
        if self.failure is None:
            return "no statement of it allows anything" if self.is_refused else None
        because, told = mistake(self.failure), clause_in_words(self.failure)
        return f"{because} ({told})" if because else told

    @property
    def is_known(self) -> bool:
        """Whether the reason for the refusal is certain: no such role, another path, or a clause that fails."""
        return self.is_missing or self.other_path is not None or self.is_refused

    @property
    def is_refused(self) -> bool:
        """Whether the policy itself, read and understood, refuses the request."""
        return self.judgement is not None and self.judgement.decision is Decision.REFUSED

    @property
    def is_why(self) -> bool:
        """Whether the clause that fails is certainly what EKS met.

        An association may have its session tags switched off; then a role that does not allow them is refused for
        something else.
        """
        tags = self.failure is not None and self.failure.clause is Clause.ACTION
        tags = tags and self.failure is not None and self.failure.wanted == POD_IDENTITY_ACTIONS[1]
        return self.is_refused and not (tags and self.facts is not None and self.facts.role_from == _BY_THE_USER)

    def lines(self) -> Iterator[str]:
        """Put what was read into lines of evidence."""
        facts = self.facts
        if facts is None:
            return
        keys = f"{facts.read.action} with the {facts.read.keys_of} keys"
        if self.is_missing and self.role is not None:
            yield f"{keys}: account {self.role.account} has no role named {self.role.name}"
        elif self.other_path is not None:
            yield f"{keys}: the role's ARN is {self.other_path}"
        elif self.judgement is not None:
            yield from self._decided(keys, self.judgement)
        elif facts.read.reason:
            yield f"{keys}: {facts.read.reason}"

    def _decided(self, keys: str, judgement: Judgement) -> Iterator[str]:
        if judgement.decision is Decision.ALLOWED:
            yield f"{keys}: statement {judgement.statement} of the trust policy lets this request in, {ELSEWHERE}"
        elif judgement.decision is Decision.UNDECIDED:
            yield f"{keys}: the trust policy cannot be decided from here ({'; '.join(judgement.unknown[:4])})"
        elif not judgement.failures:
            yield f"{keys}: no statement of the trust policy allows anything"
        for number, failure in enumerate(judgement.failures[:4]):
            because = mistake(failure)
            head = f"{keys}: " if number == 0 else "and: "
            yield f"{head}{clause_in_words(failure)}{f' ({because})' if because else ''}"


def of_web_identity(view: WebIdentityView) -> TrustReading:
    """Hold the policy against the pod's own token."""
    claims = view.claims
    if claims is None or claims.issuer is None:
        return TrustReading(view.case, None)
    return TrustReading(view.case, web_identity(view.provider_arn, claims.issuer, claims.subject, claims.audiences))


def of_pod_identity(case: Case) -> TrustReading:
    """Hold the policy against what EKS asks for; the role that a user expects may be an association's target."""
    facts = case.evidence.facts("needs.trust", RoleTrust)
    return TrustReading(case, pod_identity(perhaps_target=facts is not None and facts.role_from == _BY_THE_USER))
