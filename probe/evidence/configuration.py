"""What the environment variables and the shared files say, step by step. No secret values."""

from collections.abc import Mapping
from dataclasses import field

from probe.evidence.given import FileFacts
from probe.records import dataclass


@dataclass(frozen=True, kw_only=True)
class KeysInEnvironment:
    """`environment.keys`: the static key variables."""

    access_key_hint: str | None = None
    """The last four characters, or None when the id is not set."""
    has_access_key: bool = False
    has_secret: bool = False
    has_session_token: bool = False
    problems: tuple[str, ...] = ()
    """Sentences about values that no AWS endpoint can accept, such as one with a line break in it."""
    doubts: tuple[str, ...] = ()
    """Sentences about values that look wrong and may work all the same, for instance at a stand-in for AWS."""
    legacy_names: tuple[str, ...] = ()
    """Older variable names that only some SDKs read, such as `AWS_SECURITY_TOKEN`."""


@dataclass(frozen=True, kw_only=True)
class FileProblem:
    """A line of a profile file that a parser stumbles over."""

    path: str
    line: int
    sentence: str
    breaks_botocore: bool


@dataclass(frozen=True, kw_only=True)
class ProfileFacts:
    """One profile of one file."""

    file: str
    """`config` or `credentials`."""
    name: str
    line: int
    keys: tuple[str, ...] = ()
    """Lower-cased names of everything it sets, secret or not."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Values that are not secret, such as `role_arn` and `region`."""
    access_key_hint: str | None = None


@dataclass(frozen=True, kw_only=True)
class SharedFiles:
    """`shared-config.files`: the two files and what is in them."""

    config: FileFacts
    credentials: FileFacts
    config_named_by: str | None = None
    """The variable that named the file; None for the default place."""
    credentials_named_by: str | None = None
    profiles: tuple[ProfileFacts, ...] = ()
    problems: tuple[FileProblem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SelectedProfile:
    """`shared-config.profile`: the profile that would be used, and what it can give."""

    name: str
    named_by: str | None = None
    """`AWS_PROFILE` or `AWS_DEFAULT_PROFILE`; None for `default`."""
    kind: str
    """A `probe.parse.profiles.ProfileKind` value."""
    access_key_hint: str | None = None
    problems: tuple[str, ...] = ()
    """Sentences about what keeps the profile from giving credentials."""
    key_problems: tuple[str, ...] = ()
    """Sentences about values of its static keys that no AWS endpoint can accept."""


@dataclass(frozen=True, kw_only=True)
class ArnFault:
    """Where a role ARN goes wrong."""

    text: str
    position: int | None
    found: str
    expected: str
    sentence: str
    certain: bool = True
    """False where AWS may have added something since, such as a partition that the probe does not know."""


@dataclass(frozen=True, kw_only=True)
class StsEndpoint:
    """The STS endpoint that the probe calls, and why that one."""

    region: str
    region_from: str
    """The variable, file or claim that told the region, or `default`."""
    host: str
    port: int = 443
    secure: bool = True
    """Whether it is https."""
    host_from: str
    """`regional`, `global` or the variable that overrides it."""
    region_problem: str | None = None
    """Why the configured region cannot be one; another was taken in its place."""
    meant_region: str | None = None
    """The region that the configuration means, where `region` (which signatures are for) is another."""
    override_problem: str | None = None
    """Why an overriding URL could not be used; the ordinary endpoint was taken in its place."""

    @property
    def url(self) -> str:
        """The endpoint as a URL."""
        scheme, default = ("https", 443) if self.secure else ("http", 80)
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}" if self.port == default else f"{scheme}://{host}:{self.port}"


@dataclass(frozen=True, kw_only=True)
class WebIdentityVariables:
    """`web-identity.variables`: role, token file and endpoint as configured."""

    role_arn: str | None = None
    token_file: str | None = None
    told_by: str | None = None
    """`environment` or `profile NAME`."""
    session_name: str | None = None
    """As configured. The probe calls its session `probe_session_name` all the same."""
    probe_session_name: str | None = None
    profile_role_arn: str | None = None
    """The selected profile's role, where the environment has only a token file: botocore takes it from there."""
    arn_fault: ArnFault | None = None
    endpoint: StsEndpoint | None = None


@dataclass(frozen=True, kw_only=True)
class ContainerVariables:
    """`container.variables`: the container credential endpoint as configured."""

    full_uri: str | None = None
    relative_uri: str | None = None
    used: str | None = None
    """`full` or `relative`: which of the two the probe follows (relative wins, as in most SDKs)."""
    url: str | None = None
    host: str | None = None
    port: int | None = None
    host_class: str | None = None
    """A `probe.parse.endpoint.HostClass` value."""
    problem: str | None = None
    token_file: str | None = None
    token_in_variable: bool = False

    @property
    def is_agent(self) -> bool:
        """Whether the URI points at the EKS Pod Identity agent's own addresses."""
        return self.host_class in {"eks-ipv4", "eks-ipv6"}


@dataclass(frozen=True, kw_only=True)
class ImdsVariables:
    """`imds.variables`: switches and overrides."""

    endpoint: str
    """The base URL that the probe uses."""
    host: str
    port: int = 80
    named_by: str | None = None
    """The variable, or `the profile`, that names the endpoint; with a problem, what is at fault."""
    problem: str | None = None
    problem_kind: str | None = None
    """A `probe.parse.endpoint.UriProblemKind` value."""
    mode_misspelled: bool = False
    """The endpoint mode is not spelled exactly `IPv4` or `IPv6`; most SDKs do not mind."""
    disabled: bool = False
    """`AWS_EC2_METADATA_DISABLED` is true. The probe looks all the same, but no SDK would."""
    disabled_value: str | None = None
    version_1_disabled: bool = False
