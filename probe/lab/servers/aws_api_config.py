"""What the lab's AWS services answer, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from probe.lab.servers.faults import Fault
from probe.lab.servers.minting import MintedCredentials

Denial = Literal[
    "identity",
    "explicit",
    "scp",
    "scp-explicit",
    "rcp-explicit",
    "boundary",
    "boundary-explicit",
    "session",
    "session-explicit",
    "endpoint",
    "endpoint-explicit",
    "resource",
    "trust",
    "encoded",
    "bare",
]
"""Which policy a denial names, and whether it denies or merely does not allow; `bare` names none."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What one call is answered with: a result, an error where `code` is set, or a body as it is."""

    call: str
    """botocore's names: `ec2.DescribeSubnets`."""
    having: tuple[str, ...] = ()
    """Only requests whose decoded path, query and body hold all of these."""
    result: Mapping[str, Any] = field(default_factory=dict)
    """As the API reference names things, and as botocore returns it."""
    code: str | None = None
    message: str = ""
    status: int = 400
    body: str | None = None
    """A whole body, byte for byte as a service was seen to answer."""
    content_type: str = "text/xml;charset=UTF-8"


@dataclass(frozen=True, kw_only=True)
class AwsConfig:
    """All services of one region. What no reply is about succeeds with an empty result."""

    region: str = "eu-central-1"
    replies: tuple[Reply, ...] = ()
    """The first that fits a request answers it."""
    results: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By call, where no reply fits: so that a scenario adds one to those of a preset."""
    denied: Mapping[str, Denial] = field(default_factory=dict)
    """By IAM action: `ec2:DescribeSubnets`."""
    known_keys: tuple[MintedCredentials, ...] = ()
    expired_keys: tuple[MintedCredentials, ...] = ()
    date_offset_seconds: float = 0.0
    faults: tuple[Fault, ...] = ()
