"""Finds known texts in a log. Pure: text in, matches out; bounded whatever the text is."""

import re
from collections.abc import Iterable, Iterator

from probe.loglines.match import LogMatch
from probe.loglines.record import Record, records_of
from probe.loglines.signature import Signature
from probe.loglines.texts import MARKS, SIGNATURES

MOST_MATCHES = 50
LONGEST_EXCERPT = 160

_VOLATILE = re.compile(
    r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"  # request ids
    r"|\d\d:\d\d:\d\d(?:\.\d{1,9})?"  # times
    r"|\b(?:\d{10}|\d{13})\b"  # unix seconds and milliseconds
    r"|:\d{4,5}(?=->)",  # the local port of a connection
)

Hit = tuple[int, int, Signature]
"""Start, end, and what stands there."""


def read_log(text: str) -> tuple[LogMatch, ...]:
    """See `probe.loglines.read_log`."""
    distinct = {record.text: record for record in reversed(list(records_of(text)))}
    records = sorted(distinct.values(), key=lambda record: record.lines[0])
    everything = "\n".join(distinct)
    possible = [signature for signature in SIGNATURES if signature.anchor in everything]
    return tuple(_first_of_each(_matches_of_all(records, possible)))


def _first_of_each(matches: Iterable[LogMatch]) -> Iterator[LogMatch]:
    seen: set[tuple[str, str]] = set()
    for match in matches:
        kind = (match.meaning, _VOLATILE.sub("#", match.excerpt))
        if kind not in seen:
            seen.add(kind)
            yield match
        if len(seen) >= MOST_MATCHES:
            return


def _matches_of_all(records: Iterable[Record], possible: list[Signature]) -> Iterator[LogMatch]:
    for record in records:
        text = record.text
        found = [signature for signature in possible if signature.anchor in text and signature.span_in(text)]
        if found:
            yield from _matches_of(record.masked(), found)


def _matches_of(record: Record, found: list[Signature]) -> Iterator[LogMatch]:
    text = record.text
    spans = ((signature.span_in(text), signature) for signature in found)
    hits = [(*span, signature) for span, signature in spans if span is not None]
    for start, end, signature in sorted(_most_specific(record, _most_telling(hits)), key=lambda hit: hit[0]):
        yield LogMatch(
            line=record.line_at(start),
            sdk=_speaker(signature, text),
            step=signature.step,
            codes=signature.codes,
            certainty=signature.certainty,
            meaning=signature.meaning,
            next=signature.next,
            excerpt=_excerpt(record.text[start : record.end_of_line(end - 1) if signature.is_open_ended else end]),
        )


def _most_telling(hits: list[Hit]) -> list[Hit]:
    """Keep what names a cause, or else what names a step, or else what only says that the chain is at its end."""
    best = min((signature.vagueness for _, _, signature in hits), default=0)
    return [hit for hit in hits if hit[2].vagueness == best]


def _most_specific(record: Record, hits: list[Hit]) -> list[Hit]:
    """Keep the first hit of each place; the hits come most specific first."""
    kept: list[Hit] = []
    for hit in hits:
        if not any(_same_place(record, hit, other) for other in kept):
            kept.append(hit)
    return kept


def _same_place(record: Record, one: Hit, other: Hit) -> bool:
    """Whether two hits tell of the same: they share text, or they are of one family and on one line."""
    overlap = one[0] < other[1] and other[0] < one[1]
    same_line = record.line_at(one[0]) == record.line_at(other[0])
    return overlap or (same_line and one[2].family == other[2].family)


def _speaker(signature: Signature, text: str) -> str | None:
    """Name who printed the line. AWS' own words are told in the frame of the SDK that passed them on."""
    if signature.sdk not in {None, "sts", "agent"}:
        return signature.sdk
    return next((sdk for mark, sdk in MARKS if mark in text), signature.sdk)


def _excerpt(shown: str) -> str:
    """Shorten what is shown; both ends stay, since the one names the step and the other the reason."""
    shown = shown.rstrip('"}] ')
    if len(shown) <= LONGEST_EXCERPT:
        return shown
    tail = LONGEST_EXCERPT // 3
    return f"{shown[: LONGEST_EXCERPT - tail - 3].rstrip()} … {shown[-tail:].lstrip()}"
