"""What the controller needs, one line each with its state: the words of the text report and of the page."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from probe.evidence import Beyond, Evidence, Outcome, Step
from probe.evidence.discovery import FoundValue, Looked
from probe.evidence.needs import AwsRead, Endpoints, Permission, Permissions, ReachedEndpoint, WritePermissions
from probe.findings.catalogue.entry import Severity
from probe.records import dataclass
from probe.report import Finding, Report
from probe.tell.text.beyond_fact import ALLOWED
from probe.tell.text.key_fact import key_fact
from probe.tell.units import counted

_NAMES = {
    "needs.region": "region",
    "needs.vpc-id": "VPC id",
    "needs.endpoints": "endpoints",
    "needs.permissions": "permissions",
    "needs.write-permissions": "write permissions",
    "needs.identity-providers": "OIDC providers",
    "needs.associations": "association",
    "needs.instance": "hop limit in EC2",
    "needs.trust": "trust policy",
    "needs.chained-role": "next role",
    "needs.subnets": "subnets",
}
_OF_SEVERITY = {Severity.ERROR: Outcome.FAIL, Severity.WARNING: Outcome.WARN}
_MOST_NAMES = 12
"""Names on one line; the report as JSON has all of them."""


@dataclass(frozen=True, kw_only=True)
class Need:
    """One need and its state."""

    step: str
    """The step that looked at it."""
    outcome: Outcome
    name: str
    text: str


def title_of(evidence: Evidence) -> str:
    """Return the heading: whose needs these are."""
    wanted = evidence.wanted
    if wanted.controller is None:
        return "What AWS was asked besides"
    version = f"@{wanted.controller_version}" if wanted.controller_version else ""
    return f"What {wanted.controller}{version} needs"


def needs_of(report: Report) -> tuple[Need, ...]:
    """Return every need that there was something to ask about, in the order of the walk."""
    steps = [step for step in report.evidence.steps if step.area is Beyond.NEEDS and step.outcome is not Outcome.ABSENT]
    blamed = any(one.source == Beyond.NEEDS and one.severity in _OF_SEVERITY for one in report.findings)
    held = blamed or not report.verdict.is_good
    return tuple(
        need
        for step in steps
        for need in _as_judged(
            [
                Need(step=step.id, outcome=outcome, name=name, text=text)
                for outcome, name, text in _of_step(step, report.evidence, held=held)
            ],
            [finding for finding in report.findings if finding.step == step.id],
        )
    )


def _as_judged(needs: list[Need], findings: Sequence[Finding]) -> list[Need]:
    """Mark what the step itself has nothing against, and a finding has: what was read is there and does not do."""
    outcome = next((_OF_SEVERITY[one.severity] for one in findings if one.severity in _OF_SEVERITY), Outcome.OK)
    if outcome is Outcome.OK or any(need.outcome in {Outcome.FAIL, Outcome.WARN} for need in needs):
        return needs
    told = ", ".join(finding.code for finding in findings if finding.severity in _OF_SEVERITY)
    return [
        replace(need, outcome=outcome, text=f"{need.text}: {told}") if need.outcome is Outcome.OK else need
        for need in needs
    ]


_Row = tuple[Outcome, str, str]
"""Outcome, name and text of a need."""


def _of_step(step: Step, evidence: Evidence, *, held: bool) -> Iterator[_Row]:
    name, facts = _NAMES.get(step.id, step.id.partition(".")[2]), step.facts
    if isinstance(facts, Endpoints):
        yield from _endpoints(facts)
    elif isinstance(facts, Permissions):
        yield from _reads(facts.reads)
    elif isinstance(facts, WritePermissions) and facts.actions:
        yield from _writes(facts)
    elif isinstance(facts, FoundValue) and facts.value is None:
        yield _missing(facts, step, name, held=held)
    elif not step.is_done:
        was_tried = step.started_ms is not None
        yield step.outcome, name, f"not {'known' if was_tried else 'asked'}: {step.reason or 'no reason given'}"
    else:
        fact = key_fact(facts, evidence.given.clock) if facts is not None else ""
        yield step.outcome, name, "; ".join(part for part in (fact, step.reason) if part)


def _missing(facts: FoundValue, step: Step, name: str, *, held: bool) -> _Row:
    """Say that it was not found, where it was looked for, and what to give instead.

    Where no finding holds anything against the controller, it may find what this pod does not: it is on the host
    network, say, and the probe is not.
    """
    told = key_fact(facts, 0.0)
    flags = [one.place for one in facts.looked_at if one.looked is Looked.NOT_GIVEN and one.place.startswith("--")]
    instead = f"; give it with {' or '.join(flags)}" if flags else ""
    if step.outcome is not Outcome.FAIL:
        return step.outcome, name, f"not known: {step.reason or 'not read from here'}{instead}"
    if not held:
        return Outcome.SKIPPED, name, f"not found from here ({told}), which proves nothing for the controller"
    return Outcome.FAIL, name, f"not found ({told}){instead}"


def _endpoints(facts: Endpoints) -> Iterator[_Row]:
    reached = [_short(one, facts.region) for one in facts.reached if one.is_reached]
    if reached:
        yield Outcome.OK, "endpoints", f"{_listed(reached)} reached"
    for one in facts.reached:
        if not one.is_reached:
            outcome = Outcome.WARN if one.optional_flag else Outcome.FAIL
            yield outcome, one.endpoint.service, _unreached(one)
    if facts.turned_off:
        yield Outcome.ABSENT, "endpoints", f"turned off by flags: {_listed(facts.turned_off)}"


def _short(one: ReachedEndpoint, region: str) -> str:
    """Return the service, with its region where that is not the controller's."""
    elsewhere = one.endpoint.host_from == "regional" and one.endpoint.region != region
    return f"{one.endpoint.service}.{one.endpoint.region}" if elsewhere else one.endpoint.service


def _unreached(one: ReachedEndpoint) -> str:
    use = f" ({one.why})" if one.why else ""
    off = f"; {one.optional_flag} does without" if one.optional_flag else ""
    return f"{one.endpoint.host}: {one.ending.replace('-', ' ')}{use}{off}"


def _reads(reads: tuple[AwsRead, ...]) -> Iterator[_Row]:
    allowed = [one.action for one in reads if one.permission is Permission.ALLOWED]
    if allowed:
        yield Outcome.OK, "permissions", f"{_listed(allowed)} allowed"
    for one in reads:
        if one.permission is Permission.DENIED:
            use = f" ({one.why})" if one.why else ""
            outcome = Outcome.FAIL if one.essential else Outcome.WARN
            yield outcome, "permissions", f"{one.action} denied{use}"
    unknown = [one for one in reads if one.permission is Permission.UNKNOWN]
    for why in dict.fromkeys(map(_unknown_because, unknown)):
        alike = [one.action for one in unknown if _unknown_because(one) == why]
        yield Outcome.SKIPPED, "permissions", f"{_listed(alike)} not known: {why}"


def _unknown_because(read: AwsRead) -> str:
    code = read.answer.code if read.answer is not None else None
    return read.reason or code or "no answer"


def _writes(facts: WritePermissions) -> Iterator[_Row]:
    allowed = [one.action for one in facts.actions if one.decision == ALLOWED]
    denied = [one for one in facts.actions if one.decision != ALLOWED]
    if allowed:
        text = f"{counted(len(allowed), 'action')} allowed, says iam:SimulatePrincipalPolicy"
        yield Outcome.OK, "write permissions", text
    for one in denied:
        unsure = f" without {_listed(one.missing_context)}, which only a real call has" if one.missing_context else ""
        outcome = Outcome.SKIPPED if one.missing_context else Outcome.FAIL
        yield outcome, "write permissions", f"{one.action} denied{unsure}"


def _listed(names: list[str] | tuple[str, ...]) -> str:
    shown = ", ".join(names[:_MOST_NAMES])
    return f"{shown} and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else shown
