"""The walk, one line a step in chain order; what is not configured takes one line a source."""

from collections.abc import Iterator
from itertools import groupby

from probe.evidence import Beyond, Evidence, Outcome, Source, Step
from probe.tell.layout import WIDTH, Style
from probe.tell.text import beyond_fact  # noqa: F401 - it teaches `key_fact` the words for these steps
from probe.tell.text.key_fact import key_fact
from probe.tell.units import milliseconds

_SIGNS = {
    Outcome.OK: ("✓", "ok", "green"),
    Outcome.WARN: ("!", "warn", "yellow"),
    Outcome.FAIL: ("✗", "FAIL", "red"),
    Outcome.SKIPPED: ("○", "skip", "dim"),
    Outcome.ABSENT: ("·", "-", "dim"),
}
_NARROWEST = len("web-identity.assume-role")
_TIME_WIDTH = 7
_INDENT = " " * 9
"""Where a text goes whose words are too long for the room beside a step's name: the next line."""


AREAS: tuple[Source | Beyond, ...] = (Beyond.KUBERNETES, *Source, Beyond.NEEDS)
"""In the order in which they are told: Kubernetes, the chain, and with -v the needs, which stand under the verdict."""


def mark_of(outcome: Outcome, style: Style) -> tuple[str, str]:
    """Return the sign, or the word where the stream takes no signs, and its colour."""
    sign, word, colour = _SIGNS[outcome]
    return (sign if style.unicode else f"{word:<4}"), colour


def steps_section(evidence: Evidence, style: Style) -> list[str]:
    """Return the lines about the steps. Asking STS whose the keys are stands with the source that gave them."""
    lines = [style.paint("Steps", "bold")]
    width = max([_NARROWEST, *(len(step.id) for step in evidence.steps if step.is_done)])
    for area in AREAS if style.details else AREAS[:-1]:
        steps = [step for step in evidence.steps if step.area is area]
        if is_unconfigured(steps):
            lines += _line(Outcome.ABSENT, _named(area, "", width), steps[0].reason or "not configured", style)
        else:
            for group in folded_steps(steps, style):
                lines += _lines(group, width, evidence.given.clock, style)
    return lines


def is_unconfigured(steps: list[Step]) -> bool:
    """Whether a source has nothing configured: none of its steps was made, and none was left out."""
    own = [step for step in steps if not step.id.startswith("identity.")]
    return bool(own) and all(step.outcome is Outcome.ABSENT for step in own) and not any(step.is_done for step in steps)


def folded_steps(steps: list[Step], style: Style) -> Iterator[list[Step]]:
    """Put neighbours together that were left out for the same reason; with -v every step has its line."""
    for _, group in groupby(steps, lambda step: (step.outcome, step.reason)):
        same = list(group)
        if same[0].is_done or style.details:
            yield from ([step] for step in same)
        else:
            yield same


def _lines(steps: list[Step], width: int, clock: float, style: Style) -> list[str]:
    first = steps[0]
    if not first.is_done:
        return _line(first.outcome, _named(span_of(steps), "", width), why_left_out(first), style)
    fact = key_fact(first.facts, clock) if first.facts is not None else ""
    text = "; ".join(part for part in (fact, first.reason) if part)
    named = _named(first.id, milliseconds(first.duration_ms), width)
    return _line(first.outcome, named, text, style)


def why_left_out(step: Step) -> str:
    """Say why a step was not made."""
    reason = step.reason or "no reason given"
    if step.outcome is Outcome.ABSENT:
        return f"absent: {reason}"
    return reason if reason.startswith("cut") else f"skipped: {reason}"


def span_of(steps: list[Step]) -> str:
    """Name neighbours that are told as one: the first to the last, and the source only once."""
    first, last = steps[0].id, steps[-1].id
    if first == last:
        return first
    source, _, name = last.partition(".")
    return f"{first} to .{name}" if first.startswith(f"{source}.") else f"{first} to {last}"


def _named(name: str, took: str, width: int) -> str:
    return f"{name:<{width}}{took:>{_TIME_WIDTH}}" if took else f"{name:<{width + _TIME_WIDTH}}"


def _line(outcome: Outcome, named: str, text: str, style: Style) -> list[str]:
    mark, colour = mark_of(outcome, style)
    head = f"  {mark} {named}  "
    if max(map(len, text.split()), default=0) > WIDTH - len(head):
        lines = [head, *style.wrap(text, _INDENT)]
    else:
        lines = style.wrap(text, head)
    return [lines[0].replace(mark, style.paint(mark, colour), 1), *lines[1:]]
