"""The shape of a controller's profile: what it is built with, what it needs beyond credentials, and how it is asked.

A profile is data. Releases are written as the project numbers them, without the `v`: `2.9.0`. `since` is the first
release that something holds for, `until` the first that it no longer holds for; None is "always was" and "still does".
"""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from types import MappingProxyType

from probe.records import dataclass


class PlaceKind(StrEnum):
    """The kinds of places where a controller finds a value such as the region."""

    FLAG = "flag"
    """`name` is the flag: `--aws-region`."""
    VARIABLE = "variable"
    """`name` is the environment variable."""
    SDK = "sdk"
    """The SDK's own order: AWS_REGION, the profile. `name` is what is asked of it."""
    TAGS = "tags"
    """A search by tags in EC2; `name` is the flag that gives the tags."""
    IMDS = "imds"
    """`name` is the path below `/latest/`."""
    INSTANCE = "instance"
    """ec2:DescribeInstances of the instance that the variable in `name` names."""
    NODE = "node"
    """The Kubernetes node; `name` is its label or field."""
    RESOURCE = "resource"
    """A Kubernetes object of the controller's own; `name` is its field."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """One place where a controller looks for a value."""

    kind: PlaceKind
    name: str
    since: str | None = None
    until: str | None = None
    final: bool = False
    """Whether a failure here ends the search: the places after it are never tried."""
    note: str | None = None


class Metadata(StrEnum):
    """What a controller takes from IMDS."""

    REGION = "region"
    VPC_ID = "vpc-id"
    INSTANCE = "instance"
    """Instance id, zone, type, network interfaces."""


@dataclass(frozen=True, kw_only=True)
class MetadataNeed:
    """Something that a controller takes from IMDS, and what it can be given instead."""

    what: Metadata
    replaced_by: tuple[str, ...] = ()
    """Flags and variables, each enough by itself, best first; empty where nothing replaces IMDS."""
    fatal: bool = True
    """Whether the controller ends, or never becomes ready, without it."""
    why: str
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, kw_only=True)
class SdkSince:
    """The SDK since one release of the controller."""

    release: str
    sdk: str | None
    """A model of `probe.sdks`: `go-v1`, `go-v2`; None for code that is no SDK of AWS, and for two SDKs in one image."""
    sdk_version: str | None = None
    """None where it is not the same, or not known, for the whole line up to the next entry."""


GLOBAL = "aws-global"
"""The region of an endpoint whose name holds none, as botocore's endpoint data writes it: `iam.amazonaws.com`."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """An AWS endpoint that the controller's pod must reach."""

    service: str
    """The first part of the host name, which is the endpoint prefix of botocore's model: `elasticloadbalancing`."""
    region: str | None = None
    """None for the pod's own region; a region where there is only one; `GLOBAL` where the name holds none."""
    optional_flag: str | None = None
    """The flag, as it is to be given, that makes the controller do without: `--enable-shield=false`."""
    only_with: str | None = None
    """What a flag must say before the controller calls it: `--feature-gates=EnableRGTAPI=true`; None: nothing."""
    not_with: tuple[str, ...] = ()
    """Flags (`--provider=aws-sd`) and variables (`CLUSTER_ENDPOINT`) with each of which the controller never calls it.
    Those without a value count when they have any."""
    essential: bool = True
    """False for what only some uses of the controller need."""
    since: str | None = None
    until: str | None = None
    why: str


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A parameter of a call that only the deployment knows: the cluster's name, a bucket."""

    flag: str | None = None
    variable: str | None = None
    what: str
    """In words, for "was not asked because the … is not known"."""


@dataclass(frozen=True, kw_only=True)
class Read:
    """The smallest call that proves a permission. It changes nothing."""

    service: str
    """botocore's name of the service: `ec2`, `elbv2`, `route53`."""
    operation: str
    """botocore's name of the operation: `DescribeSubnets`."""
    parameters: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """As botocore takes them; a `Setting` (or a list with one) stands for what must be found out first."""
    action: str
    """The IAM action: `ec2:DescribeSubnets`."""
    region: str | None = None
    """As for `Endpoint`."""
    dry_run: bool = False
    """Whether it is sent with DryRun, so that the error `DryRunOperation` is the good answer."""
    essential: bool = True
    """False for what only some uses of the controller need: being denied is then worth a line, and is no error."""
    only_with: str | None = None
    """As for `Endpoint`: the flag without which the controller never makes the call."""
    optional_flag: str | None = None
    """As for `Endpoint`."""
    not_with: tuple[str, ...] = ()
    """As for `Endpoint`."""
    since: str | None = None
    until: str | None = None
    why: str


@dataclass(frozen=True, kw_only=True)
class Write:
    """An action that changes something or needs a resource that exists: only iam:SimulatePrincipalPolicy can tell."""

    action: str
    since: str | None = None
    until: str | None = None
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Feature:
    """A part of the controller that takes credentials from fewer sources than the rest of it."""

    name: str
    accepts: tuple[str, ...]
    """`probe.evidence.Source` values that it works with."""
    arguments: tuple[str, ...] = ()
    """Beginnings of flags that show that the feature is in use; empty where no flag does."""
    lifted_by: str | None = None
    """What a flag must say so that the restriction does not hold."""
    on_fargate: bool = False
    """Whether it is a Fargate pod that the restriction is about."""
    since: str | None = None
    until: str | None = None
    why: str
    instead: str
    """What to do, as a sentence."""
    upstream: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Workload:
    """A pod of the controller, as it is usually installed."""

    namespaces: tuple[str, ...]
    service_accounts: tuple[str, ...]
    """Usual names, first the commonest; `SERVICE` stands for the AWS service of an ACK controller."""
    labels: tuple[str, ...]
    """`key=value` selectors, each of which finds the pods of one way to install it."""
    host_network: bool | None = False
    """None where it depends on the chart or release."""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Everything that is known about one controller. Where a fact is unsure, a note says so."""

    name: str
    title: str
    """As its project writes it."""
    repository: str
    """The project: `owner/repo`."""
    aliases: tuple[str, ...] = ()
    images: tuple[str, ...]
    """Ends of the image's repository: `eks/aws-load-balancer-controller`."""
    version_is: str = "the image's tag"
    """What tells its version; where it is not the image's tag, an image's name does not tell it."""
    version_image: str | None = None
    """End of the repository of another image in the pod whose tag is the version."""
    workloads: tuple[Workload, ...]
    sdks: tuple[SdkSince, ...]
    """Oldest first. Before the first entry nothing is known."""
    pod_identity_since: tuple[str, ...] = ()
    """The first release whose SDK reads Pod Identity credentials; one for each line that it was ported back to, oldest
    first. Empty where it is not known."""
    region_order: tuple[Place, ...] = ()
    vpc_order: tuple[Place, ...] = ()
    metadata: tuple[MetadataNeed, ...] = ()
    """Empty for a controller that never needs IMDS."""
    other_needs: tuple[str, ...] = ()
    """Whatever else it needs to start, in words."""
    endpoints: tuple[Endpoint, ...] = ()
    reads: tuple[Read, ...] = ()
    writes: tuple[Write, ...] = ()
    features: tuple[Feature, ...] = ()
    flags: tuple[str, ...] = ()
    """Flags beside those above that a check may want to know: `--cluster-name`."""
    fails_as: str = ""
    """How the controller shows that it lacks something: its log's words."""
    notes: tuple[str, ...] = ()
    """What is unsure, and what surprises."""
    references: tuple[str, ...]
    """Upstream: `owner/repo:path`, `owner/repo#N`, an AWS documentation page."""

    @property
    def tag_is_version(self) -> bool:
        """Whether an image's tag tells the version."""
        return self.version_is == "the image's tag"
