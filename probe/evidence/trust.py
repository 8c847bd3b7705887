"""What could be read of the role that the pod should take."""

from probe.evidence.needs import AwsRead
from probe.evidence.policy import PolicyStatement
from probe.records import dataclass


@dataclass(frozen=True, kw_only=True)
class RoleTrust:
    """`needs.trust`: the role that the pod should take, as IAM shows it."""

    read: AwsRead
    """The iam:GetRole call."""
    role_arn: str
    """The role that was asked about."""
    role_from: str
    """Where its ARN came from: a variable, the user, or the Pod Identity association."""
    account: str | None = None
    """The account of the keys that asked; IAM looks for a name in that account only."""
    found_arn: str | None = None
    """The ARN of the role that has this name; its path may be another one."""
    statements: tuple[PolicyStatement, ...] = ()
    problem: str | None = None
    """Why the policy's text could not be read."""

    @property
    def is_missing(self) -> bool:
        """Whether IAM says that the account has no role of this name."""
        return self.read.answer is not None and self.read.answer.code == "NoSuchEntity"
