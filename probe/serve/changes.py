"""What a step says, without what differs from walk to walk all the same: times, dates, addresses of servers."""

from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass

from probe.evidence import (
    Attempts,
    Connection,
    CredentialsAnswer,
    Evidence,
    Exchange,
    Handshake,
    NameLookup,
    Outcome,
    Route,
    Source,
    Step,
    StsAnswer,
)
from probe.findings.addresses import is_private

BESIDE: Mapping[type, frozenset[str]] = {
    Exchange: frozenset(
        {
            "address",
            "phases",
            "body_bytes",
            "clock_skew_seconds",
            "request_acknowledged",
            "end_acknowledged",
            "kernel_wait_ms",
        }
    ),
    Connection: frozenset({"address", "milliseconds", "attempts", "resolved"}),
    NameLookup: frozenset({"addresses", "milliseconds"}),
    Handshake: frozenset({"milliseconds"}),
    Route: frozenset({"routers", "rejected_by", "source", "milliseconds"}),
    StsAnswer: frozenset({"message", "expires", "access_key_hint", "request_id"}),
    CredentialsAnswer: frozenset({"expires", "earlier", "earlier_text_kind", "earlier_code"}),
}
"""By type, the fields that may differ while everything is as it was.

Silent routers come and go with their rationing of ICMP, so only the hop count speaks of a route.
"""
_ROTATING = frozenset({"imds.credentials"})
"""Whose keys change about every hour while the role stays; which role it is, `imds.role` says.

The Pod Identity agent's keys change as well, and nothing but their id tells that an association has another role now.
"""
TOKENS = frozenset({"web-identity.token", "container.token"})


def changed_steps(before: Evidence, after: Evidence, apart_from: Collection[str] = ()) -> frozenset[str]:
    """Return the steps that say something else than before, among those that are not left out."""
    known = {step.id: step for step in before.steps}
    return frozenset(
        step.id
        for step in after.steps
        if step.id not in apart_from and (step.id not in known or said(known[step.id]) != said(step))
    )


def changed_sources(before: Evidence, after: Evidence, apart_from: Collection[str] = ()) -> frozenset[Source]:
    """Return the sources of which a step says something else.

    Settings of the shared files hold for all sources (region, endpoints, certificates): a change there is one of all.
    """
    changed = changed_steps(before, after, apart_from)
    sources = frozenset(step.source for step in after.steps if step.id in changed and step.source is not None)
    return frozenset(Source) if Source.SHARED_CONFIG in sources else sources


def said(step: Step) -> object:
    """Return what a step says: two of these are equal when nothing has changed. Why it was skipped is not part of it.

    A second attempt of the same request, made because the first was slow, changes nothing while both say the same.
    """
    outcome = Outcome.OK if step.outcome is Outcome.WARN and isinstance(step.facts, Attempts) else step.outcome
    facts = _reduced(step.facts)
    if step.id in _ROTATING and isinstance(facts, dict):
        facts.pop("access_key_hint", None)
    return outcome, facts


def _reduced(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return _record(value)
    if isinstance(value, Mapping):
        return {key: _reduced(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [_reduced(one) for one in value]
    # A report that came back as JSON has no lone surrogates any more (`probe.saved`).
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _record(record: object) -> dict[str, object]:
    beside = BESIDE.get(type(record), frozenset())
    names = [one.name for one in fields(record) if one.name not in beside]  # type: ignore[arg-type]  # always a record
    reduced = {name: _reduced(getattr(record, name)) for name in names}
    if isinstance(record, Attempts):
        reduced["exchanges"] = _distinct(reduced["exchanges"])
    if isinstance(record, NameLookup):
        reduced["private"] = sorted({is_private(address) for address in record.addresses})
    return reduced


def _distinct(values: object) -> list[object]:
    """Return what several attempts say, each once and in an order that does not depend on who was first."""
    assert isinstance(values, list)
    return sorted((one for place, one in enumerate(values) if one not in values[:place]), key=repr)
