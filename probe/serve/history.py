"""What the verdict was over the last day: spans of time, few enough to be shown and kept."""

from dataclasses import replace

from probe.report import Verdict
from probe.serve.state import Span
from probe.tell.words import BROKEN, GOOD, UNKNOWN, standing

KEPT_SECONDS = 24 * 3600.0
MOST_SPANS = 500
"""A verdict that changes every three minutes for a day. What flaps faster loses detail at its old end."""
_WORST_FIRST = (BROKEN, UNKNOWN, GOOD)


def lengthened(history: tuple[Span, ...], now: float, verdict: Verdict) -> tuple[Span, ...]:
    """Return the history after one more observation at unix time `now`.

    A span ends with the last walk that found it so: what was between two walks that differ, nobody saw.
    """
    told = standing(verdict)
    kept = tuple(span for span in history if span.ended > now - KEPT_SECONDS)
    last = kept[-1] if kept else None
    if last is not None and (last.standing, last.code) == (told, verdict.code):
        # The clock may have been set back.
        return (*kept[:-1], replace(last, ended=max(now, last.begun), summary=verdict.summary))
    fresh = Span(begun=now, ended=now, standing=told, code=verdict.code, summary=verdict.summary)
    return _bounded((*kept, fresh))


def _bounded(history: tuple[Span, ...]) -> tuple[Span, ...]:
    if len(history) <= MOST_SPANS:
        return history
    first, second, *rest = history
    return (_merged(first, second), *rest)


def _merged(first: Span, second: Span) -> Span:
    """Put two spans into one that says so, and tells the worse of both."""
    merged = first.merged + second.merged
    worst = min(first, second, key=lambda span: _WORST_FIRST.index(span.standing))
    return Span(
        begun=first.begun,
        ended=second.ended,
        standing=worst.standing,
        code=worst.code,
        summary=f"It changed {merged - 1} times in this time; the worst of it was {worst.code or worst.standing}.",
        merged=merged,
    )
