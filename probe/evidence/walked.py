"""Steps, and the evidence that a whole walk leaves behind."""

from enum import StrEnum
from typing import TypeVar

from probe.evidence.answers import (
    Attempts,
    Connections,
    CredentialsAnswer,
    Handshakes,
    InstanceMetadata,
    NameLookups,
    PlainAnswer,
    RoleListing,
    StsAnswers,
    TokenFile,
)
from probe.evidence.configuration import (
    ContainerVariables,
    ImdsVariables,
    KeysInEnvironment,
    SelectedProfile,
    SharedFiles,
    WebIdentityVariables,
)
from probe.evidence.discovery import FoundValue, Subnets
from probe.evidence.exchange import Connection, Route
from probe.evidence.given import Given
from probe.evidence.kubernetes import (
    AccountFacts,
    AgentFacts,
    KubernetesAccess,
    NodeFacts,
    PodFacts,
    PolicyList,
    WebhookFacts,
)
from probe.evidence.needs import (
    ChainedRole,
    Endpoints,
    IdentityProviders,
    InstanceOptions,
    Permissions,
    PodIdentityAssociations,
    WritePermissions,
)
from probe.evidence.trust import RoleTrust
from probe.evidence.wanted import Wanted
from probe.records import dataclass


class Source(StrEnum):
    """The places credentials come from, in chain order."""

    ENVIRONMENT = "environment"
    SHARED_CONFIG = "shared-config"
    WEB_IDENTITY = "web-identity"
    CONTAINER = "container"
    IMDS = "imds"


class Beyond(StrEnum):
    """What is walked beside the chain, where it may be: read from Kubernetes, and asked of AWS for a controller."""

    KUBERNETES = "kubernetes"
    NEEDS = "needs"


class Outcome(StrEnum):
    """What a step came to. It says what happened, never why."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIPPED = "skipped"
    """Not done; the reason says why. Not the same as ok."""
    ABSENT = "absent"
    """Not configured."""


Facts = (
    KubernetesAccess
    | AccountFacts
    | PodFacts
    | NodeFacts
    | AgentFacts
    | WebhookFacts
    | PolicyList
    | KeysInEnvironment
    | SharedFiles
    | SelectedProfile
    | WebIdentityVariables
    | ContainerVariables
    | ImdsVariables
    | TokenFile
    | NameLookups
    | Connections
    | Handshakes
    | StsAnswers
    | PlainAnswer
    | CredentialsAnswer
    | Attempts
    | RoleListing
    | InstanceMetadata
    | Connection
    | Route
    | Endpoints
    | Permissions
    | WritePermissions
    | IdentityProviders
    | PodIdentityAssociations
    | InstanceOptions
    | ChainedRole
    | FoundValue
    | Subnets
    | RoleTrust
)

FACTS_OF_STEP: dict[str, type] = {
    "kubernetes.access": KubernetesAccess,
    "kubernetes.service-account": AccountFacts,
    "kubernetes.pod": PodFacts,
    "kubernetes.node": NodeFacts,
    "kubernetes.agent": AgentFacts,
    "kubernetes.webhook": WebhookFacts,
    "kubernetes.network-policies": PolicyList,
    "environment.keys": KeysInEnvironment,
    "shared-config.files": SharedFiles,
    "shared-config.profile": SelectedProfile,
    "web-identity.variables": WebIdentityVariables,
    "web-identity.token": TokenFile,
    "web-identity.dns": NameLookups,
    "web-identity.connect": Connections,
    "web-identity.tls": Handshakes,
    "web-identity.assume-role": StsAnswers,
    "container.variables": ContainerVariables,
    "container.token": TokenFile,
    "container.connect": Connection,
    "container.agent": PlainAnswer,
    "container.credentials": CredentialsAnswer,
    "imds.variables": ImdsVariables,
    "imds.route": Route,
    "imds.connect": Connection,
    "imds.tokenless": Attempts,
    "imds.token": Attempts,
    "imds.role": RoleListing,
    "imds.credentials": CredentialsAnswer,
    "imds.metadata": InstanceMetadata,
    "identity.environment": StsAnswers,
    "identity.shared-config": StsAnswers,
    "identity.web-identity": StsAnswers,
    "identity.container": StsAnswers,
    "identity.imds": StsAnswers,
    "needs.region": FoundValue,
    "needs.vpc-id": FoundValue,
    "needs.endpoints": Endpoints,
    "needs.permissions": Permissions,
    "needs.write-permissions": WritePermissions,
    "needs.identity-providers": IdentityProviders,
    "needs.associations": PodIdentityAssociations,
    "needs.instance": InstanceOptions,
    "needs.trust": RoleTrust,
    "needs.chained-role": ChainedRole,
    "needs.subnets": Subnets,
}
"""Every step in chain order, and the type of what it leaves behind."""

CHAIN_ORDER = tuple(FACTS_OF_STEP)

OPTIONAL = frozenset(step_id for step_id in FACTS_OF_STEP if step_id.partition(".")[0] in set(Beyond))
"""Steps that a walk has only where somebody asked for them; the others are always there."""

F = TypeVar("F")


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of the walk."""

    id: str
    outcome: Outcome
    reason: str | None = None
    started_ms: float | None = None
    """Milliseconds after the start of the walk."""
    duration_ms: float | None = None
    facts: Facts | None = None

    @property
    def area(self) -> Source | Beyond:
        """What the step belongs to; an identity step belongs to the source that gave the keys."""
        first, _, second = self.id.partition(".")
        name = second if first == "identity" else first
        return Beyond(name) if name in set(Beyond) else Source(name)

    @property
    def source(self) -> Source | None:
        """The source of the chain that the step belongs to; None for what is walked beside it."""
        return self.area if isinstance(self.area, Source) else None

    @property
    def is_done(self) -> bool:
        """Whether the step really ran."""
        return self.outcome not in {Outcome.SKIPPED, Outcome.ABSENT}


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Everything a judgement rests on. Judging it twice gives the same report."""

    given: Given
    wanted: Wanted = Wanted()
    steps: tuple[Step, ...] = ()
    deadline_seconds: float = 15.0
    duration_ms: float | None = None
    sts_allowed: bool = True
    attempts: int = 1
    """Walks made so far with --wait; the evidence is the last one's."""
    earlier_verdicts: tuple[str, ...] = ()
    """Codes of the verdicts before this one, with --wait; what came several times in a row stands once."""

    def step(self, step_id: str) -> Step | None:
        """Return the step of that id, or None if the walk had no such step."""
        return next((step for step in self.steps if step.id == step_id), None)

    def facts(self, step_id: str, kind: type[F]) -> F | None:
        """Return what a step left behind, or None if it did not run or left nothing."""
        step = self.step(step_id)
        return step.facts if step is not None and isinstance(step.facts, kind) else None

    def outcome(self, step_id: str) -> Outcome:
        """Return a step's outcome; a step that is not there was skipped."""
        step = self.step(step_id)
        return step.outcome if step is not None else Outcome.SKIPPED
