"""Whose keys AWS is asked with."""

from probe.credentials import Credentials
from probe.evidence import Evidence, Outcome, Source, Step, StsAnswers
from probe.evidence.walked import CHAIN_ORDER
from probe.records import dataclass
from probe.walk import Walk

NO_EXPECTED_KEYS = "the expected source gave no keys that AWS takes"


@dataclass(frozen=True, kw_only=True)
class KeysOf:
    """Live keys and the source that gave them."""

    source: Source
    keys: Credentials
    arn: str | None = None
    """Whose they are, where STS said so."""


def expected_keys(walk: Walk) -> KeysOf | None:
    """Return the keys of the source that the pod is expected to use, unless it gave none or STS refused them."""
    from probe.findings.expectation import expectation  # noqa: PLC0415 - a walk that asks for nothing never needs it

    source = expectation(_evidence(walk)).source
    return None if source in {None, "none"} else _of(walk, Source(source))


def any_keys(walk: Walk) -> KeysOf | None:
    """Return the expected source's keys, else the first in chain order that AWS may take."""
    of_others = (_of(walk, source) for source in Source)
    return expected_keys(walk) or next(filter(None, of_others), None)


def _of(walk: Walk, source: Source) -> KeysOf | None:
    keys, step_id = walk.offered(source), f"identity.{source}"
    if keys is None or walk.outcome(step_id) is Outcome.FAIL:
        return None
    told = walk.facts(step_id)
    answers = (told.first, told.second) if isinstance(told, StsAnswers) else ()
    return KeysOf(source=source, keys=keys, arn=next((one.arn for one in answers if one and one.arn), None))


def _evidence(walk: Walk) -> Evidence:
    """Return as much of the evidence as the expectation rests on."""
    walked = ((step_id, walk.outcome(step_id)) for step_id in CHAIN_ORDER)
    steps = (Step(id=one, outcome=outcome, facts=walk.facts(one)) for one, outcome in walked if outcome is not None)
    return Evidence(given=walk.given, wanted=walk.options.wanted, steps=tuple(steps))
