"""What the user told the probe to expect."""

from probe.records import dataclass


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the user said the pod should run as, and for which controller."""

    source: str | None = None
    """A `Source` value, or `none`: no credentials are meant to be here."""
    role_arn: str | None = None
    controller: str | None = None
    """The name of a profile in `probe.controllers`."""
    controller_version: str | None = None
    """Its numbers: `2.9.0`."""
    controller_arguments: tuple[str, ...] = ()
    """Flags of the controller's own container, as far as they were told: `--aws-region=eu-central-1`."""
    checks: bool = False
    """Whether AWS is asked more than whose the keys are, to make likely causes certain."""
    assume_role_arn: str | None = None
    """A role that comes after the pod's own, and that is to be tried."""

    @property
    def asks_more(self) -> bool:
        """Whether there is anything to walk after the chain."""
        return self.checks or self.controller is not None or self.assume_role_arn is not None
