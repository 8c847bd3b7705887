"""One known text, and how it is looked for without any search that can blow up on hostile input."""

import re
from functools import cache

from probe.records import dataclass

GAP = "…"
"""In a signature's text: anything, but at most `LONGEST_GAP` characters of it. At the end: and the rest of the line."""
LONGEST_GAP = 600
_MOST_TRIES = 20
"""Places in one record where the beginning of a signature is tried. No real log line has more."""


@dataclass(frozen=True, kw_only=True)
class Signature:
    """A text that an SDK, AWS or a controller prints, and the findings that it stands for.

    Texts are compared case-sensitively with one-line text: every run of white space is a single blank there, and
    JSON escapes are gone.
    """

    text: str
    """Literal pieces in order, with `GAP` between them; with `pattern`, only the literal that begins it."""
    pattern: str | None = None
    """A regular expression for what literal pieces cannot say. Every repetition in it has an upper bound."""
    beside: tuple[str, ...] = ()
    """At least one of these must stand in the same record: the context that makes a common phrase mean this."""
    sdk: str | None = None
    step: str
    codes: tuple[str, ...]
    frame: bool = False
    """True when it says where, not why: it gives way to what names a cause in the same record."""
    meaning: str
    next: str

    @property
    def certainty(self) -> str:
        """Whether the text alone decides: a signature that leaves a choice names more than one finding."""
        return "certain" if len(self.codes) == 1 else "likely"

    @property
    def family(self) -> str:
        """What the text is about. Of one family only the most specific signature of a line is told."""
        return self.step.partition(".")[0]

    @property
    def vagueness(self) -> int:
        """0 names a cause, 1 a step of the walk, 2 neither."""
        return 0 if not self.frame else 2 if self.step == "none" else 1

    @property
    def is_open_ended(self) -> bool:
        """Whether the rest of the line belongs to what is shown, such as the name that AWS complains of."""
        return self.text.endswith(GAP)

    @property
    def anchor(self) -> str:
        """The literal that every match begins with."""
        return _pieces(self.text)[0]

    def span_in(self, record: str) -> tuple[int, int] | None:
        """Return where it stands in a record, or None."""
        if self.beside and not any(word in record for word in self.beside):
            return None
        start = record.find(self.anchor)
        for _ in range(_MOST_TRIES):
            if start < 0:
                return None
            end = self._end_from(record, start)
            if end is not None:
                return start, end
            start = record.find(self.anchor, start + 1)
        return None

    def _end_from(self, record: str, start: int) -> int | None:
        if self.pattern is not None:
            matched = _compiled(self.pattern).match(record, start)
            return None if matched is None else matched.end()
        place = start
        for piece in _pieces(self.text):
            room = len(piece) + (LONGEST_GAP if place > start else 0)
            found = record.find(piece, place, place + room)
            if found < 0:
                return None
            place = found + len(piece)
        return place


def up_to_first(word: str, *, after: str, then: str) -> str:
    """Return a pattern: `after`, then the first `word` that follows, then the pattern `then`.

    Literal pieces would skip a `status code: 404` on their way to a `status code: 401` of another error.
    """
    return rf"{re.escape(after)}(?:(?!{re.escape(word)}).){{0,{LONGEST_GAP}}}{re.escape(word)}{then}"


@cache
def _pieces(text: str) -> tuple[str, ...]:
    return tuple(piece.strip() for piece in text.split(GAP) if piece.strip())


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
