"""Every call to STS of a walk: who asked, what for, and whether the pod's credentials hang on it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from probe.evidence import Exchange, Source, StsAnswer, StsAnswers
from probe.findings.case import Case
from probe.findings.catalogue.entry import Severity
from probe.records import dataclass
from probe.report import Finding

ASSUME_ROLE = "web-identity.assume-role"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One call."""

    step: str
    answer: StsAnswer
    waited_ms: float | None
    """How long the step lasted, all its calls together."""

    @property
    def exchange(self) -> Exchange:
        """The exchange of the call."""
        return self.answer.exchange

    @property
    def gives_keys(self) -> bool:
        """Whether credentials hang on it; else only the question whose they are."""
        return self.step == ASSUME_ROLE

    @property
    def what(self) -> str:
        """The call in a person's words."""
        return "AssumeRoleWithWebIdentity" if self.gives_keys else "GetCallerIdentity"


def asked(case: Case) -> Iterator[Asked]:
    """Yield the call of each step that asked STS: the repeat of the exchange of a token, else the first."""
    for step_id in (ASSUME_ROLE, *(f"identity.{source}" for source in Source)):
        step = case.evidence.step(step_id)
        answers = case.evidence.facts(step_id, StsAnswers)
        if step is None or answers is None:
            continue
        last = answers.second if step_id == ASSUME_ROLE and answers.second else answers.first
        yield Asked(step=step_id, answer=last, waited_ms=step.duration_ms)


def weighed(call: Asked, finding: Finding) -> Finding:
    """Lower what cost no credentials: the keys are there, only nobody could be asked whose they are."""
    return finding if call.gives_keys else replace(finding, severity=Severity.WARNING)


def once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Keep the first finding of each code: several sources that meet the same STS meet the same trouble."""
    seen: set[str] = set()
    for finding in findings:
        if finding.code not in seen:
            seen.add(finding.code)
            yield finding
