"""The one result type. Every teller shows it; none computes a verdict of its own."""

from enum import StrEnum

from probe.evidence import Evidence
from probe.findings.catalogue.entry import Severity
from probe.records import dataclass


class Certainty(StrEnum):
    """How far the evidence carries."""

    CERTAIN = "certain"
    """The look-alikes are excluded by evidence."""
    LIKELY = "likely"


class Tool(StrEnum):
    """What runs a remedy's command."""

    KUBECTL = "kubectl"
    AWS = "aws"
    HELM = "helm"
    TERRAFORM = "terraform"
    EKSCTL = "eksctl"
    PROBE = "probe"
    SHELL = "shell"
    TEXT = "text"
    """Not a command: a document to paste, such as a trust-policy statement."""


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """One thing to do. Prose and command apart, so that each can be copied."""

    text: str
    command: str | None = None
    tool: Tool | None = None
    privileged: bool = False
    """Whether it changes AWS or the cluster; reads are not privileged."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a piece of evidence means."""

    code: str
    severity: Severity
    certainty: Certainty
    source: str | None
    step: str | None
    summary: str
    """One sentence for the person, verdict first."""
    evidence: tuple[str, ...] = ()
    told_apart_from: tuple[str, ...] = ()
    becomes_certain_with: str | None = None
    remedies: tuple[Remedy, ...] = ()
    sdks: tuple[str, ...] = ()
    """SDK families that the finding concerns, where it does not concern all."""


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """What one SDK would do in this pod."""

    sdk: str
    versions: str
    """The range this holds for, such as `>=1.47.11`, or `all`."""
    outcome: str
    """`credentials`, `error`, `none` (the SDK says that it found no credentials) or `unknown` (not seen; `because`)."""
    source: str | None = None
    access_key_hint: str | None = None
    error: str | None = None
    """The pattern of the text it would print; `…` stands for what varies."""
    because: str
    identity: str | None = None
    """Whom the program would run as: an ARN, `…` for what varies. None without keys, and where it is not known."""
    falls_through: bool = False
    """Whether it slips past an identity that is configured and broken to the node role, if IMDS gives that."""
    wait_seconds: float | None = None
    """How long until it has keys or the error, from the SDK's constants; None where not known, and for ever."""
    waits_for_ever: bool = False
    caches: str | None = None
    """What it keeps, and until when, as a short phrase."""
    proxied: str | None = None
    """What a proxy setting changes, as a short phrase; None where it changes nothing."""
    proven: bool = True
    """False for a model that no real SDK was held against."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who the working credentials are."""

    arn: str
    account: str | None = None


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What the verdict was measured against."""

    source: str | None = None
    role_arn: str | None = None
    inferred: bool = True
    """True when the probe inferred it from what is configured; the user said nothing."""
    because: str = ""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The first line of everything that is told."""

    code: str | None
    exit_code: int
    certainty: Certainty | None
    summary: str
    source: str | None = None
    """The source that gives the credentials, or that the verdict is about."""
    identity: Identity | None = None
    expected: Expected = Expected()

    @property
    def is_good(self) -> bool:
        """Whether the pod has what it should have."""
        return self.exit_code == 0


@dataclass(frozen=True, kw_only=True)
class Report:
    """A judged walk."""

    version: str
    started: float
    duration_ms: float | None
    verdict: Verdict
    findings: tuple[Finding, ...]
    sdks: tuple[Prediction, ...]
    evidence: Evidence
