"""What rules share: the evidence with its commonest questions answered, and how a finding is made."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from probe.evidence import (
    ContainerVariables,
    CredentialsAnswer,
    Evidence,
    Exchange,
    Given,
    ImdsVariables,
    InstanceMetadata,
    KeysInEnvironment,
    NodeFacts,
    Outcome,
    PodFacts,
    SelectedProfile,
    SharedFiles,
    Source,
    StsAnswers,
    TokenFile,
    WebIdentityVariables,
)
from probe.findings.catalogue import entry
from probe.findings.expectation import expectation
from probe.findings.workload import workload_of
from probe.records import dataclass
from probe.report import Certainty, Expected, Finding, Prediction, Remedy
from probe.sdks import predict_all

CERTAIN = Certainty.CERTAIN
LIKELY = Certainty.LIKELY


@dataclass(frozen=True)
class Case:
    """One walk before the judge."""

    evidence: Evidence

    @property
    def given(self) -> Given:
        """What the process was given."""
        return self.evidence.given

    @cached_property
    def expected(self) -> Expected:
        """The source and role that the pod should run as, told or inferred."""
        return expectation(self.evidence)

    @cached_property
    def predictions(self) -> tuple[Prediction, ...]:
        """What each SDK would do."""
        return predict_all(self.evidence)

    def expects(self, source: Source) -> bool:
        """Whether this source is the one that the pod depends on."""
        return self.expected.source == source

    @cached_property
    def keys(self) -> KeysInEnvironment:
        """The static key variables."""
        return self.evidence.facts("environment.keys", KeysInEnvironment) or KeysInEnvironment()

    @cached_property
    def shared_files(self) -> SharedFiles | None:
        """The shared files, if they were looked at."""
        return self.evidence.facts("shared-config.files", SharedFiles)

    @cached_property
    def profile(self) -> SelectedProfile | None:
        """The selected profile, if any file or variable names one."""
        return self.evidence.facts("shared-config.profile", SelectedProfile)

    @cached_property
    def web_identity(self) -> WebIdentityVariables | None:
        """The web identity variables; None when none of them is configured."""
        return self.evidence.facts("web-identity.variables", WebIdentityVariables)

    @cached_property
    def container(self) -> ContainerVariables | None:
        """The container variables; None when none of them is configured."""
        return self.evidence.facts("container.variables", ContainerVariables)

    @cached_property
    def imds(self) -> ImdsVariables | None:
        """The IMDS switches."""
        return self.evidence.facts("imds.variables", ImdsVariables)

    @cached_property
    def instance(self) -> InstanceMetadata | None:
        """The instance identity document, where it could be read."""
        return self.evidence.facts("imds.metadata", InstanceMetadata)

    def token(self, source: Source) -> TokenFile | None:
        """The projected token of a source."""
        return self.evidence.facts(f"{source}.token", TokenFile)

    def identity(self, source: Source) -> StsAnswers | None:
        """What GetCallerIdentity said of a source's keys."""
        return self.evidence.facts(f"identity.{source}", StsAnswers)

    def gave_keys(self, source: Source) -> bool:
        """Whether a source handed out keys, whatever they are worth."""
        if source is Source.ENVIRONMENT:
            return self.keys.has_access_key and self.keys.has_secret
        if source is Source.SHARED_CONFIG:
            return self.evidence.outcome("shared-config.profile") in {Outcome.OK, Outcome.WARN}
        if source is Source.WEB_IDENTITY:
            assumed = self.evidence.facts("web-identity.assume-role", StsAnswers)
            return assumed is not None and (assumed.second or assumed.first).access_key_hint is not None
        answer = self.evidence.facts(f"{source}.credentials", CredentialsAnswer)
        return answer is not None and answer.has_keys

    def works(self, source: Source) -> bool:
        """Whether STS confirmed the keys of a source."""
        answers = self.identity(source)
        return answers is not None and (answers.first.succeeded or bool(answers.second and answers.second.succeeded))

    @cached_property
    def role_arn(self) -> str | None:
        """The role that the pod is meant to take, where anything names one."""
        return self.expected.role_arn or (self.web_identity.role_arn if self.web_identity else None)

    @cached_property
    def account(self) -> str | None:
        """The AWS account of the role, else of whatever identity is known."""
        for arn in (self.role_arn, *(self._arn_of(source) for source in Source)):
            if arn and arn.count(":") >= 5 and arn.split(":")[4].isdigit():
                return arn.split(":")[4]
        return self.instance.account if self.instance else None

    def _arn_of(self, source: Source) -> str | None:
        answers = self.identity(source)
        return answers.first.arn if answers else None

    @cached_property
    def region(self) -> str | None:
        """The region, as the variables, else the instance say."""
        told = self.given.variables
        return (
            told.get("AWS_REGION")
            or told.get("AWS_DEFAULT_REGION")
            or (self.instance.region if self.instance else None)
            or (self.web_identity.endpoint.region if self.web_identity and self.web_identity.endpoint else None)
        )

    @property
    def namespace(self) -> str:
        """The pod's namespace, or a placeholder that is plainly one."""
        return self.given.pod.namespace or "NAMESPACE"

    @property
    def service_account(self) -> str:
        """The pod's ServiceAccount, or a placeholder."""
        return self.given.pod.service_account or "SERVICEACCOUNT"

    @property
    def pod(self) -> str:
        """The pod's name, or a placeholder."""
        return self.given.pod.name or "POD"

    @property
    def node(self) -> str:
        """The node's name, or a placeholder."""
        return self.given.pod.node or "NODE"

    @property
    def instance_id(self) -> str:
        """The instance's id, as it says itself or as Kubernetes knows it, or a placeholder."""
        node = self.evidence.facts("kubernetes.node", NodeFacts)
        own = self.instance.instance_id if self.instance else None
        return own or (node.instance_id if node else None) or "INSTANCE_ID"

    @property
    def workload(self) -> str:
        """What owns the pod, as `kubectl rollout restart` takes it, or a placeholder."""
        return workload_of(self.evidence.facts("kubernetes.pod", PodFacts))

    def nothing_configured(self) -> bool:
        """Whether no source but IMDS is configured at all."""
        configured = (
            self.keys.has_access_key or self.keys.has_secret,
            self.web_identity is not None,
            self.container is not None,
            self.evidence.outcome("shared-config.profile") is not Outcome.ABSENT and self.profile is not None,
        )
        return not any(configured)


Rule = Callable[[Case], Iterable[Finding]]


def found(  # noqa: PLR0913 - one argument a field, all by keyword
    code: str,
    *,
    certainty: Certainty,
    step: str | None,
    summary: str,
    evidence: Iterable[str] = (),
    remedies: Iterable[Remedy] = (),
    becomes_certain_with: str | None = None,
    source: str | None = None,
    sdks: tuple[str, ...] = (),
) -> Finding:
    """Make a finding; what does not depend on the pod comes from the catalogue."""
    known = entry(code)
    return Finding(
        code=code,
        severity=known.severity,
        certainty=certainty,
        source=source or _source_of(step),
        step=step,
        summary=summary,
        evidence=tuple(evidence),
        told_apart_from=tuple(f"{one.code}: {one.separated_by}" for one in known.told_apart_from),
        becomes_certain_with=(becomes_certain_with or known.becomes_certain_with) if certainty is LIKELY else None,
        remedies=tuple(remedies),
        sdks=sdks,
    )


def _source_of(step: str | None) -> str | None:
    if step is None:
        return None
    first, _, second = step.partition(".")
    return second if first == "identity" else first


def told(exchange: Exchange) -> str:
    """Put an exchange into one line of evidence."""
    went = f"status {exchange.status}" if exchange.status is not None else exchange.ending.replace("-", " ")
    end = exchange.phases.complete or exchange.phases.first_byte
    took = f" in {end:.0f} ms" if end is not None else ""
    server = f", Server: {exchange.server}" if exchange.server else ""
    return f"{exchange.method} {exchange.url}: {went}{took}{server}"


def first(findings: Iterator[Finding]) -> Iterator[Finding]:
    """Keep only the first finding of a chain of rules that exclude each other."""
    for finding in findings:
        yield finding
        return
