"""What popular controllers need beyond credentials: one file of data for each. Pure; nothing is read or asked here."""

from probe.controllers.ack import ACK
from probe.controllers.arguments import Arguments
from probe.controllers.aws_for_fluent_bit import AWS_FOR_FLUENT_BIT
from probe.controllers.aws_load_balancer_controller import AWS_LOAD_BALANCER_CONTROLLER
from probe.controllers.cert_manager import CERT_MANAGER
from probe.controllers.chosen import Chosen
from probe.controllers.cloudwatch_agent import CLOUDWATCH_AGENT
from probe.controllers.cluster_autoscaler import CLUSTER_AUTOSCALER
from probe.controllers.ebs_csi import AWS_EBS_CSI_DRIVER
from probe.controllers.efs_csi import AWS_EFS_CSI_DRIVER
from probe.controllers.external_dns import EXTERNAL_DNS
from probe.controllers.external_secrets import EXTERNAL_SECRETS
from probe.controllers.fluent_bit import FLUENT_BIT
from probe.controllers.karpenter import KARPENTER
from probe.controllers.profile import Profile
from probe.controllers.secrets_store_csi import SECRETS_STORE_CSI_PROVIDER
from probe.controllers.velero import VELERO
from probe.controllers.version import read_version
from probe.controllers.vpc_cni import VPC_CNI

__all__ = ["CONTROLLERS", "Arguments", "Chosen", "ControllerError", "Profile", "chosen", "find"]

CONTROLLERS: tuple[Profile, ...] = (
    AWS_LOAD_BALANCER_CONTROLLER,
    VPC_CNI,
    KARPENTER,
    EXTERNAL_DNS,
    AWS_EBS_CSI_DRIVER,
    AWS_EFS_CSI_DRIVER,
    CLUSTER_AUTOSCALER,
    CERT_MANAGER,
    EXTERNAL_SECRETS,
    ACK,
    VELERO,
    FLUENT_BIT,
    AWS_FOR_FLUENT_BIT,
    CLOUDWATCH_AGENT,
    SECRETS_STORE_CSI_PROVIDER,
)

_BY_NAME = {name: profile for profile in CONTROLLERS for name in (profile.name, *profile.aliases)}


class ControllerError(ValueError):
    """A controller that is not known, or a version that is none; the message is for the user."""


def find(text: str) -> Chosen:
    """Read `NAME` or `NAME@VERSION`, as `--controller` takes it. Raises ControllerError."""
    from probe.arguments import nearest  # noqa: PLC0415 - reports that name a controller need no command line
    from probe.secret import printable  # noqa: PLC0415 - for a bad name alone

    name, at, version = text.partition("@")
    profile = _BY_NAME.get(name.lower())
    if profile is None:
        hint = nearest(name.lower(), _BY_NAME) or f"; known are {', '.join(one.name for one in CONTROLLERS)}"
        raise ControllerError(f"no controller {printable(name, 60)!r} is known{hint}")
    if at and read_version(version) is None:
        raise ControllerError(f"{printable(version, 40)!r} is not a version such as 2.9.0")
    return Chosen(profile=profile, version=read_version(version) if at else None)


def chosen(name: str | None, version: str | None) -> Chosen | None:
    """Return what a report's `wanted.controller` means; None where it names none that this version of us knows."""
    profile = _BY_NAME.get(name or "")
    return None if profile is None else Chosen(profile=profile, version=read_version(version or ""))
