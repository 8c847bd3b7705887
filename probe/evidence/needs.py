"""What AWS answered when it was asked for the controller: the endpoints it needs, and what the credentials may do."""

from enum import StrEnum

from probe.evidence.exchange import Connection, Ending, Exchange, Handshake
from probe.records import dataclass


class Permission(StrEnum):
    """What one answer of AWS says about the permission that the call takes."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "unknown"
    """No answer, or one that is about something else: throttling, rejected keys, a server error, an HTML page."""


DENIALS = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
"""Codes for "these keys are known, and may not do this" (IAM user guide, "Troubleshoot access denied")."""
DRY_RUN_SUCCEEDED = "DryRunOperation"
"""EC2's error code for "the request would have succeeded" (EC2 API reference, "Common parameters", DryRun)."""


@dataclass(frozen=True, kw_only=True)
class AwsEndpoint:
    """An endpoint of an AWS service, and why that one."""

    service: str
    """The endpoint prefix of botocore's model: `elasticloadbalancing`."""
    region: str
    """The region that requests to it are signed for."""
    host: str
    port: int = 443
    secure: bool = True
    """Whether it is https."""
    host_from: str
    """`regional`, `global` or the variable that overrides it."""

    @property
    def url(self) -> str:
        """The endpoint as a URL."""
        scheme, default = ("https", 443) if self.secure else ("http", 80)
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}" if self.port == default else f"{scheme}://{host}:{self.port}"


@dataclass(frozen=True, kw_only=True)
class AwsAnswer:
    """One call of an AWS service."""

    exchange: Exchange
    endpoint: str
    """Host name."""
    region: str
    """The region that it was signed for."""
    service: str
    """botocore's name: `elbv2`."""
    operation: str
    code: str | None = None
    """The service's error code; None when it succeeded or when the answer was not the service's."""
    message: str | None = None
    """The service's error text with secrets removed, at most 600 characters."""
    is_encoded: bool = False
    """Whether the text holds an encoded authorization message, which is left out of `message`."""
    recognised: bool = True
    """False when a body came that is neither a result nor an error of the service."""
    request_id: str | None = None

    @property
    def succeeded(self) -> bool:
        """Whether the service gave what was asked."""
        return self.recognised and self.code is None and self.exchange.ending is Ending.ANSWERED

    @property
    def permission(self) -> Permission:
        """What the answer says about the permission."""
        if self.succeeded or self.code == DRY_RUN_SUCCEEDED:
            return Permission.ALLOWED
        return Permission.DENIED if self.code in DENIALS else Permission.UNKNOWN


@dataclass(frozen=True, kw_only=True)
class AwsRead:
    """One call that changes nothing, and with whose keys it was made."""

    action: str
    """The permission that it takes: `ec2:DescribeSubnets`."""
    keys_of: str | None = None
    """The source whose keys signed it; None when there were none."""
    answer: AwsAnswer | None = None
    """None when it was not made."""
    reason: str | None = None
    """Why it was not made, or why its answer says nothing; None when it succeeded or was denied."""
    why: str | None = None
    """What the controller makes this call for."""
    essential: bool = True
    """False for what only some uses of the controller need."""

    @property
    def permission(self) -> Permission:
        """What is known of the permission."""
        return Permission.UNKNOWN if self.answer is None else self.answer.permission


@dataclass(frozen=True, kw_only=True)
class ReachedEndpoint:
    """One endpoint that the controller needs: name, connection, certificate."""

    endpoint: AwsEndpoint
    connection: Connection
    handshake: Handshake | None = None
    """None for plain http, and where no connection came about."""
    optional_flag: str | None = None
    """The controller's flag that does without it: `--enable-shield=false`."""
    why: str | None = None
    """What the controller calls it for."""

    @property
    def ending(self) -> Ending:
        """How it ended: the connection, or the handshake where there was one."""
        return self.connection.ending if self.handshake is None else self.handshake.ending

    @property
    def is_reached(self) -> bool:
        """Whether the way is open."""
        return self.ending is Ending.CONNECTED


@dataclass(frozen=True, kw_only=True)
class Endpoints:
    """`needs.endpoints`: every endpoint that the controller calls, tried at the same time."""

    region: str
    region_from: str
    """Which of the controller's own places told the region."""
    reached: tuple[ReachedEndpoint, ...] = ()
    turned_off: tuple[str, ...] = ()
    """Services that a flag among the controller's arguments turns off."""


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """What sts:DecodeAuthorizationMessage says of an encoded denial."""

    read: AwsRead
    action: str | None = None
    resource: str | None = None
    principal: str | None = None
    explicit_deny: bool | None = None
    """Whether a statement denies it; False where none allows it."""


@dataclass(frozen=True, kw_only=True)
class Permissions:
    """`needs.permissions`: the smallest reads that prove what the controller may do."""

    reads: tuple[AwsRead, ...]
    identity: str | None = None
    """ARN of whom the keys belong to, where STS told it."""
    decoded: Decoded | None = None
    """The first encoded denial, where there was one."""


@dataclass(frozen=True, kw_only=True)
class SimulatedAction:
    """What iam:SimulatePrincipalPolicy says of one action that changes something."""

    action: str
    decision: str
    """`allowed`, `explicitDeny` or `implicitDeny`: the best one over the resources that were tried."""
    missing_context: tuple[str, ...] = ()
    """Condition keys that a policy asks for and the simulation does not know: its denial then says nothing."""
    allowed_by_organization: bool | None = None
    allowed_by_boundary: bool | None = None


@dataclass(frozen=True, kw_only=True)
class WritePermissions:
    """`needs.write-permissions`: the actions that change something, as the policy simulator sees them."""

    read: AwsRead
    principal: str | None = None
    """The role that was simulated."""
    actions: tuple[SimulatedAction, ...] = ()


@dataclass(frozen=True, kw_only=True)
class IdentityProviders:
    """`needs.identity-providers`: the IAM OIDC providers of the account."""

    read: AwsRead
    issuer: str
    """The issuer of the pod's own token."""
    account: str | None = None
    """The account that was asked: that of the keys."""
    count: int | None = None
    has_issuer: bool | None = None
    """Whether the token's issuer is among them."""
    other_spelling: str | None = None
    """ARN of a provider for the same cluster under the other host name (oidc.eks or oidc-eks)."""


@dataclass(frozen=True, kw_only=True)
class PodIdentityAssociations:
    """`needs.associations`: the Pod Identity association of this ServiceAccount."""

    read: AwsRead
    cluster: str | None = None
    cluster_from: str | None = None
    exists: bool | None = None
    association_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class InstanceOptions:
    """`needs.instance`: the metadata options of the node's instance, as EC2 has them."""

    read: AwsRead
    instance_id: str | None = None
    hop_limit: int | None = None
    """HttpPutResponseHopLimit."""
    tokens: str | None = None
    """`required` or `optional`."""
    endpoint: str | None = None
    """`enabled` or `disabled`."""


@dataclass(frozen=True, kw_only=True)
class ChainedRole:
    """`needs.chained-role`: one attempt to assume the role that comes after the pod's own."""

    read: AwsRead
    target: str
    """ARN of the role."""
    told_by: str
    """`--assume` or the profile that names it."""
    caller: str | None = None
    """ARN of whom the keys belong to."""
    with_external_id: bool = False
