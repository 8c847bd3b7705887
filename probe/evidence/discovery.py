"""What a controller finds out by itself before it does anything: its region, its VPC, subnets for load balancers."""

from enum import StrEnum

from probe.evidence.needs import AwsRead
from probe.evidence.subnet import Subnet
from probe.records import dataclass


class Looked(StrEnum):
    """What looking into one place came to."""

    FOUND = "found"
    NOT_GIVEN = "not-given"
    """A flag or variable that is not there."""
    NO_ANSWER = "no-answer"
    """IMDS, which does not give it from here."""
    NO_MATCH = "no-match"
    """AWS answered, and has none that fits."""
    SEVERAL = "several"
    """AWS answered with more than one, and the controller wants exactly one."""
    REFUSED = "refused"
    """AWS refuses the call to these keys."""
    UNKNOWN = "unknown"
    """It could not be found out from here."""


@dataclass(frozen=True, kw_only=True)
class LookedAt:
    """One place of a controller's own order, and what was there."""

    place: str
    """A flag, a variable, or IMDS' path."""
    looked: Looked
    value: str | None = None
    read: AwsRead | None = None
    """The call of AWS that this place takes."""
    note: str | None = None
    """How the place was asked, or why it is not known."""


@dataclass(frozen=True, kw_only=True)
class FoundValue:
    """`needs.region` and `needs.vpc-id`: the controller's places in their order, up to the one that told it."""

    looked_at: tuple[LookedAt, ...]
    checked: AwsRead | None = None
    """ec2:DescribeVpcs of a VPC id that a flag gives."""
    exists: bool | None = None
    """Whether EC2 knows the VPC that the flag names; None where that was not asked."""

    @property
    def value(self) -> str | None:
        """What was found."""
        last = self.looked_at[-1] if self.looked_at else None
        return last.value if last is not None and last.looked is Looked.FOUND else None

    @property
    def told_by(self) -> str | None:
        """The place that told it."""
        return self.looked_at[-1].place if self.value is not None else None

    @property
    def is_known(self) -> bool:
        """Whether every place that was looked at said something."""
        return all(one.looked is not Looked.UNKNOWN for one in self.looked_at)


@dataclass(frozen=True, kw_only=True)
class Subnets:
    """`needs.subnets`: the subnets of the controller's VPC."""

    read: AwsRead
    vpc_id: str
    subnets: tuple[Subnet, ...] = ()
    complete: bool = True
    """False when there are more than were kept."""
    routes: AwsRead | None = None
    """ec2:DescribeRouteTables, where the release looks at routes."""
