"""From findings to one verdict: the thing that a user must fix first, or the good news."""

from dataclasses import replace

from probe.evidence import CHAIN_ORDER, Beyond, Outcome, Source
from probe.findings.case import Case
from probe.findings.catalogue import entry
from probe.findings.catalogue.entry import Severity
from probe.findings.closing import is_cut
from probe.findings.standpoint import what_it_proves
from probe.report import Certainty, Finding, Identity, Verdict

UNDECIDED = 8
"""Exit code when the walk could not find out: steps of the expected source were cut or skipped."""


def weigh(case: Case, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Lower the severity of what the pod does not depend on, and order findings: what to fix first comes first."""
    return tuple(sorted((_weigh(case, finding) for finding in findings), key=_urgency))


def verdict(case: Case, findings: tuple[Finding, ...]) -> Verdict:
    """Return the verdict. Findings must have been weighed."""
    if findings and findings[0].severity is Severity.ERROR:
        return _bad(case, findings[0])
    if case.expected.source == "none":
        return _none(case)
    source = Source(case.expected.source or Source.IMDS)
    if case.works(source):
        return _good(case, source, findings)
    if case.gave_keys(source):
        role = case.evidence.wanted.role_arn
        is_open = role is not None and not _was_assumed(case, source, role)
        return _whose(case, source) if is_open else _unverified(case, source, findings)
    return _undecided(case, source)


def _none(case: Case) -> Verdict:
    unknown = _why_perhaps_some(case)
    if unknown is not None:
        return Verdict(
            code="walk-cut",
            exit_code=UNDECIDED,
            certainty=None,
            summary=f"Could not find out whether this pod has no credentials: {unknown}.",
            expected=case.expected,
        )
    useless = any(case.gave_keys(source) for source in Source)
    which = "No credentials that work" if useless else "No credentials"
    return Verdict(code=None, exit_code=0, certainty=None, summary=f"{which}, as expected.", expected=case.expected)


def _why_perhaps_some(case: Case) -> str | None:
    """Say why nobody can be sure that there are none: no error was found, and that is not enough."""
    works = next((source for source in Source if case.works(source)), None)
    if works is not None:
        return f"{works} gives keys that work, to programs that pass by what is configured before it"
    cut = next((step for step in case.evidence.steps if step.source is not None and is_cut(step)), None)
    return f"{cut.id}: {cut.reason}" if cut is not None else None


_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
_ANYWHERE = frozenset(
    {
        "static-keys-shadow",
        "profile-shadow",
        "profile-missing",
        "unexpected-source",
        "unexpected-role",
        "nothing-configured",
        "region-missing",
        "clock-skew",
        "metadata-disabled-by-env",
        "container-not-injected",
        "fargate-no-pod-identity",
    }
)
"""Codes that matter whichever source they were seen at."""


_NOBODY_THERE = frozenset({"imds-blocked", "imds-absent-fargate", "imds-no-route"})
"""IMDS out of reach is often meant so; a pod that nothing was configured for lacks an identity, not IMDS."""
_LAST = ("nothing-configured", "region-missing")
"""True beside many causes, and seldom the thing to fix first; the last one least of all."""


_NOT_NEEDED = "This pod's credentials do not depend on IMDS."
_STOPS_SDKS = frozenset({"imds-endpoint-invalid"})
"""At IMDS, and all the same more than a note where IMDS is not used: some SDKs stop before any source."""


def _weigh(case: Case, finding: Finding) -> Finding:
    if finding.severity is not Severity.ERROR:
        return finding
    if finding.code in _NOBODY_THERE and case.expected.inferred:
        return replace(finding, severity=Severity.NOTE)
    if finding.code == "region-missing" and case.expected.source == "none":
        return replace(finding, severity=Severity.NOTE)
    if finding.code in _ANYWHERE:
        return finding
    if finding.source == Source.IMDS and case.imds is not None and case.imds.disabled:
        return replace(finding, severity=Severity.NOTE)
    if finding.source == case.expected.source or finding.source in set(Beyond):
        return finding
    if finding.source == Source.IMDS and finding.code not in _STOPS_SDKS:
        return replace(finding, severity=Severity.NOTE, summary=f"{finding.summary} {_NOT_NEEDED}")
    return replace(finding, severity=Severity.WARNING)


def _place(finding: Finding) -> int:
    return CHAIN_ORDER.index(finding.step) if finding.step in CHAIN_ORDER else len(CHAIN_ORDER)


def _urgency(finding: Finding) -> tuple[int, int, int]:
    """Worst first, then chain order, but what is true beside many causes comes last."""
    late = _LAST.index(finding.code) + 1 if finding.code in _LAST else 0
    return _RANK[finding.severity], late, _place(finding)


def _bad(case: Case, finding: Finding) -> Verdict:
    return Verdict(
        code=finding.code,
        exit_code=entry(finding.code).exit_code or UNDECIDED,
        certainty=finding.certainty,
        summary=finding.summary,
        source=finding.source,
        identity=_identity_of_winner(case),
        expected=case.expected,
    )


def _identity_of_winner(case: Case) -> Identity | None:
    """Who the pod would run as all the same: the first source in chain order whose keys work."""
    return next((_identity(case, source) for source in Source if case.works(source)), None)


def _identity(case: Case, source: Source) -> Identity | None:
    answers = case.identity(source)
    if answers is None:
        return None
    answer = answers.first if answers.first.succeeded else answers.second
    return Identity(arn=answer.arn, account=answer.account) if answer and answer.arn else None


def _good(case: Case, source: Source, findings: tuple[Finding, ...]) -> Verdict:
    identity = _identity(case, source)
    return Verdict(
        code=None,
        exit_code=0,
        certainty=None,
        summary=f"The {_spoken(source, findings)} credentials work: {identity.arn if identity else 'identity unknown'}."
        + (what_it_proves(case) if source is Source.IMDS else ""),
        source=source,
        identity=identity,
        expected=case.expected,
    )


def _unverified(case: Case, source: Source, findings: tuple[Finding, ...]) -> Verdict:
    why = _why_not_asked(case, source)
    return Verdict(
        code=None,
        exit_code=0,
        certainty=None,
        summary=f"The {_spoken(source, findings)} source gives keys; whose they are is not known ({why})."
        + (what_it_proves(case) if source is Source.IMDS else ""),
        source=source,
        expected=case.expected,
    )


def _was_assumed(case: Case, source: Source, role: str) -> bool:
    """Whether the keys are this role's by the way they were made: STS gives web identity the role that it asks for."""
    return source is Source.WEB_IDENTITY and case.web_identity is not None and case.web_identity.role_arn == role


def _whose(case: Case, source: Source) -> Verdict:
    return Verdict(
        code="walk-cut",
        exit_code=UNDECIDED,
        certainty=None,
        summary=f"Could not find out whether the {_SPOKEN[source]} keys are those of {case.expected.role_arn}: "
        f"nobody said whose they are ({_why_not_asked(case, source)}).",
        source=source,
        expected=case.expected,
    )


def _spoken(source: Source, findings: tuple[Finding, ...]) -> str:
    """Name a source; keys from something in the place of IMDS are not the node role's."""
    stand_in = next((finding for finding in findings if finding.code == "imds-impostor"), None)
    if source is not Source.IMDS or stand_in is None:
        return _SPOKEN[source]
    return "IMDS (a stand-in)" if stand_in.certainty is Certainty.CERTAIN else "IMDS (a stand-in, it seems)"


def _why_not_asked(case: Case, source: Source) -> str:
    step = case.evidence.step(f"identity.{source}")
    if step is not None and step.outcome is Outcome.SKIPPED and step.reason:
        return step.reason
    return "STS gave no answer"


def _undecided(case: Case, source: Source) -> Verdict:
    skipped = [
        step
        for step in case.evidence.steps
        if step.source is source and step.outcome is Outcome.SKIPPED and step.reason
    ]
    reason = f" {skipped[0].id}: {skipped[0].reason}." if skipped else ""
    return Verdict(
        code="walk-cut",
        exit_code=UNDECIDED,
        certainty=None,
        summary=f"Could not find out whether the {_SPOKEN[source]} credentials work.{reason}",
        source=source,
        expected=case.expected,
    )


_SPOKEN = {
    Source.ENVIRONMENT: "environment",
    Source.SHARED_CONFIG: "shared config",
    Source.WEB_IDENTITY: "web identity (IRSA)",
    Source.CONTAINER: "container (Pod Identity)",
    Source.IMDS: "IMDS (node role)",
}
