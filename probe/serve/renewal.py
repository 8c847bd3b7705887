"""One picture out of two walks: what was seen just now, and beside it what was asked before and still stands."""

from dataclasses import replace

from probe.evidence import CHAIN_ORDER, Beyond, CredentialsAnswer, Evidence, Outcome, Source, Step
from probe.judge import judge
from probe.report import Certainty
from probe.serve.changes import changed_sources
from probe.sources.identity import NO_STS
from probe.walk import SKIPPABLE, SKIPPED

STALE = "something of this source changed since this was last asked"
NOT_YET = "not asked yet"
TOO_LONG_AGO = "this was last asked too long ago: whole walks fail"
_GIVES_KEYS = ("web-identity.assume-role", "container.credentials", "imds.credentials")


def renewed(before: Evidence, after: Evidence) -> Evidence:
    """Return the later walk with the steps that it left out taken from the earlier one, source by source.

    A source whose other steps say something else by now, or whose keys have expired since, gives nothing, and neither
    do the answers that AWS gave about the controller's needs. Nor does any source, where a finding would be certain
    that is certain in neither walk alone: the mixture would have made it.
    """
    left_out = left_out_of(after)
    stale = changed_sources(before, after, left_out) | run_out(before, after)
    mixed = _taken_over(before, after, frozenset(one for one in left_out if _source_of(after, one) not in stale))
    mixed = _with_beyond(mixed, before, frozenset({Beyond.NEEDS}) if stale else frozenset())
    alone = _with_beyond(unasked(after), before, frozenset(Beyond))
    certain = _certain(mixed)
    if certain and not certain <= _certain(before) and not certain <= _certain(before) | _certain(alone):
        return alone
    return mixed


def unasked(walked: Evidence, reason: str = STALE) -> Evidence:
    """Return a walk whose left-out steps say that nobody knows."""
    left_out = left_out_of(walked)
    return replace(walked, steps=tuple(_unknown(one, reason) if one.id in left_out else one for one in walked.steps))


def left_out_of(walked: Evidence) -> frozenset[str]:
    """Return the steps that the walk was asked to leave out, and those that therefore could not be done."""
    asked = {step.id for step in walked.steps if step.id in SKIPPABLE and step.reason == SKIPPED}
    keyless = {f"identity.{one.partition('.')[0]}" for one in asked if one in _GIVES_KEYS}
    return frozenset(
        step.id for step in walked.steps if step.id in asked or (step.id in keyless and step.reason != NO_STS)
    )


def _taken_over(before: Evidence, after: Evidence, wanted: frozenset[str]) -> Evidence:
    left_out = left_out_of(after)
    known = {step.id: step for step in before.steps if step.id in wanted}
    return replace(
        after,
        steps=tuple(
            known.get(step.id) or (_unknown(step, STALE) if step.id in left_out else step) for step in after.steps
        ),
    )


def _with_beyond(walked: Evidence, before: Evidence, stale: frozenset[Beyond]) -> Evidence:
    """Add what only whole walks do: reads of Kubernetes, and the needs, whose answers hold for the keys they got."""
    if any(isinstance(step.area, Beyond) for step in walked.steps):
        return walked
    kept = [
        _unknown(step, STALE) if step.area in stale and step.is_done else step
        for step in before.steps
        if isinstance(step.area, Beyond)
    ]
    return replace(walked, steps=tuple(sorted((*walked.steps, *kept), key=lambda step: CHAIN_ORDER.index(step.id))))


def _unknown(step: Step, reason: str) -> Step:
    return Step(id=step.id, outcome=Outcome.SKIPPED, reason=reason)


def run_out(before: Evidence, after: Evidence) -> frozenset[Source]:
    """Return the sources whose keys ended between the two walks, where the later one left asking for them out.

    The session that the probe itself got from STS is not among them: it says that the exchange works, and nobody
    uses it.
    """
    left_out = left_out_of(after)
    return frozenset(
        step.source
        for step in before.steps
        if step.id in left_out
        and step.source is not None
        and isinstance(step.facts, CredentialsAnswer)
        and step.facts.expires is not None
        and before.given.clock < step.facts.expires <= after.given.clock
    )


def _source_of(walked: Evidence, step_id: str) -> Source | None:
    step = walked.step(step_id)
    return step.source if step is not None else None


def _certain(walked: Evidence) -> frozenset[tuple[str, str | None]]:
    found = judge(walked).findings
    return frozenset((one.code, one.source) for one in found if one.certainty is Certainty.CERTAIN)
