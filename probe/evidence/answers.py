"""What the other side said, reduced to what is safe to keep: codes, claims, names, times."""

from probe.evidence.exchange import Connection, Exchange, Handshake, NameLookup
from probe.evidence.given import FileFacts
from probe.records import dataclass


@dataclass(frozen=True, kw_only=True)
class Claims:
    """The claims of a projected token that may be shown. Times are unix seconds."""

    issuer: str | None = None
    subject: str | None = None
    audiences: tuple[str, ...] = ()
    expires: int | None = None
    issued: int | None = None
    not_before: int | None = None
    key_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class TokenFile:
    """`web-identity.token` and `container.token`: the file, its shape and its claims; never its text."""

    file: FileFacts | None = None
    """None when the token came from a variable."""
    from_variable: bool = False
    problems: tuple[str, ...] = ()
    """`probe.parse.token.TokenProblem` values."""
    claims: Claims | None = None


@dataclass(frozen=True, kw_only=True)
class NameLookups:
    """`web-identity.dns`: the endpoint used, then the other kind of STS endpoint for comparison."""

    used: NameLookup
    other: NameLookup | None = None


@dataclass(frozen=True, kw_only=True)
class Connections:
    """`web-identity.connect`: as `NameLookups`."""

    used: Connection
    other: Connection | None = None
    direct: Connection | None = None
    """Where a proxy is configured: the same host without it. `used` is then the connection to the proxy."""


@dataclass(frozen=True, kw_only=True)
class Handshakes:
    """`web-identity.tls`."""

    used: Handshake


@dataclass(frozen=True, kw_only=True)
class StsAnswer:
    """One call to STS."""

    exchange: Exchange
    endpoint: str
    region: str
    code: str | None = None
    """STS' error code; None when it succeeded or when the answer was not STS'."""
    message: str | None = None
    """STS' error text with secrets removed, at most 300 characters."""
    recognised: bool = True
    """False when a body came that is neither a result nor an STS error."""
    arn: str | None = None
    account: str | None = None
    user_id: str | None = None
    expires: float | None = None
    access_key_hint: str | None = None
    request_id: str | None = None
    """`x-amzn-requestid`, which only AWS sends and which CloudTrail and AWS support know."""

    @property
    def succeeded(self) -> bool:
        """Whether STS gave what was asked."""
        return self.arn is not None


@dataclass(frozen=True, kw_only=True)
class StsAnswers:
    """`web-identity.assume-role` and `identity.<source>`: the call, and a second one where the first left a doubt."""

    first: StsAnswer
    second: StsAnswer | None = None
    """A repeat (a verification key that could not be fetched), or the other endpoint (a refused session token)."""


@dataclass(frozen=True, kw_only=True)
class PlainAnswer:
    """`container.agent`: an exchange whose body matters only for which known text it is."""

    exchange: Exchange
    text_kind: str | None = None
    """Which known text the body is: a `probe.evidence.container_text.ContainerText` value; None for an unknown one."""


@dataclass(frozen=True, kw_only=True)
class CredentialsAnswer:
    """`container.credentials` and `imds.credentials`: an endpoint that hands out keys."""

    exchange: Exchange
    access_key_hint: str | None = None
    expires: float | None = None
    account: str | None = None
    missing_fields: tuple[str, ...] = ()
    """Names of documented fields that a 200 answer lacks."""
    not_json: bool = False
    code: str | None = None
    """An error code in the document or in the agent's `[id]: (Code)` frame."""
    text_kind: str | None = None
    """Which known text the body is: a `probe.evidence.container_text.ContainerText` value."""
    detail: str | None = None
    """Safe names out of the text: a host that could not be looked up, a principal ARN. Never free text."""
    has_keys: bool = False
    """Whether usable keys came."""
    earlier: Exchange | None = None
    """The first attempt, where it was worth repeating; everything else tells of the second."""
    earlier_text_kind: str | None = None
    earlier_code: str | None = None


@dataclass(frozen=True, kw_only=True)
class Attempts:
    """`imds.tokenless` and `imds.token`: the same request on separate connections."""

    exchanges: tuple[Exchange, ...]
    ttl_repeated: bool | None = None
    """Whether the answer with the token repeats its time to live in a header, as EC2's does; None without a token."""

    @property
    def answered(self) -> tuple[Exchange, ...]:
        """Those that got a status line."""
        return tuple(one for one in self.exchanges if one.answered)

    @property
    def last(self) -> Exchange:
        """The last attempt: an answer if there was one."""
        return (self.answered or self.exchanges)[-1]


@dataclass(frozen=True, kw_only=True)
class RoleListing:
    """`imds.role`: the role name of the instance profile."""

    exchange: Exchange
    role: str | None = None
    with_token: bool = True
    """False when no token came and the tokenless path answered instead (IMDSv1)."""
    info_code: str | None = None
    """`Code` of `iam/info`, asked when no usable role was listed."""
    instance_profile: str | None = None


@dataclass(frozen=True, kw_only=True)
class InstanceMetadata:
    """`imds.metadata`: facts for remedies, from the instance identity document."""

    exchange: Exchange
    instance_id: str | None = None
    region: str | None = None
    availability_zone: str | None = None
    account: str | None = None
    image_id: str | None = None
    instance_type: str | None = None
    private_address: str | None = None
    """The instance's own IPv4 address; a pod on the pod network has another."""
