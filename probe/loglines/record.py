"""Cuts log text of any origin into bounded one-line records."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from probe.loglines.masking import masked
from probe.records import dataclass

MOST_CHARACTERS = 4 * 1024 * 1024
MOST_LINES = 20_000
LONGEST_LINE = 8 * 1024
MOST_LINES_OF_A_RECORD = 40

_TERMINAL_SEQUENCE = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|#033\[[0-9;]*m")
_ESCAPE = re.compile(r"\\{1,4}(?:([\"'/])|([nrt])|(?:u00|x)([0-9a-fA-F]{2}))|#011")
"""JSON and logfmt escapes, also twice escaped, and the tab of rsyslog."""

_PREFIX = re.compile(
    r"(?:\[pod/[^\]\s]{1,300}\] )?"  # kubectl logs --prefix
    r"(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S{0,20} )?"  # kubectl logs --timestamps, rsyslog
    r"(?:std(?:out|err) [FP] )?"  # the files of the container runtime
    r"(?:(?:[\w.-]{1,64} )?[\w./-]{1,64}\[\d{1,8}\]: )?",  # syslog
)
_CONTINUATION = re.compile(
    r"\s|#011|<|[Cc]aused by:|status code: \d|For verbose messaging|Exception \d{1,3} of \d{1,3}:|\w{1,80}Provider\(",
)
"""What a line begins with that belongs to the one before: Go v1's causes, Java's and .NET's lists, stack traces."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """A line and its continuations as one line of text: no control character, single blanks, escapes resolved."""

    lines: tuple[int, ...]
    """1-based number of the line that each piece came from."""
    pieces: tuple[str, ...]

    @property
    def text(self) -> str:
        """The whole record."""
        return " ".join(self.pieces)

    def line_at(self, place: int) -> int:
        """Return the number of the line that the character at `place` stands in."""
        return self.lines[bisect_right(self._starts, place) - 1]

    def end_of_line(self, place: int) -> int:
        """Return where the line that the character at `place` stands in ends."""
        piece = bisect_right(self._starts, place) - 1
        return self._starts[piece] + len(self.pieces[piece])

    def masked(self) -> "Record":
        """Return the same record without secrets."""
        return Record(lines=self.lines, pieces=tuple(map(masked, self.pieces)))

    @property
    def _starts(self) -> list[int]:
        starts, place = [], 0
        for piece in self.pieces:
            starts.append(place)
            place += len(piece) + 1
        return starts


def records_of(text: str) -> Iterator[Record]:
    """Yield the records of a log, at most the bounds above of it."""
    lines: list[int] = []
    pieces: list[str] = []
    for number, raw in enumerate(_cut(text, MOST_CHARACTERS).split("\n", MOST_LINES)[:MOST_LINES], start=1):
        line = _cut(raw, LONGEST_LINE)
        body, continues = _body(line) if pieces else (line, False)
        piece = one_line(body)
        if not piece:
            continue
        if pieces and not (continues and len(pieces) < MOST_LINES_OF_A_RECORD):
            yield Record(lines=tuple(lines), pieces=tuple(pieces))
            lines, pieces = [], []
        lines.append(number)
        pieces.append(piece)
    if pieces:
        yield Record(lines=tuple(lines), pieces=tuple(pieces))


def one_line(text: str) -> str:
    """Return text with its escapes resolved, terminal sequences and invisible characters removed, single blanks."""
    if "\\" in text or "#0" in text:
        text = _ESCAPE.sub(_unescaped, text)
    if not text.isprintable():
        text = "".join(map(_visible, _TERMINAL_SEQUENCE.sub("", text)))
    return " ".join(text.split())


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    # Control, zero-width and direction characters go, and lone surrogates, which cannot even be written.
    return " " if character.isspace() else ""


def _unescaped(match: re.Match[str]) -> str:
    quote, _, code = match.groups()
    if quote:
        return str(quote)
    return chr(int(code, 16)) if code else " "


def _cut(text: str, longest: int) -> str:
    """Cut text that is too long, at a blank where there is one: half a key would not be known as a secret."""
    head = text[:longest]
    return head if len(text) <= longest else head.rpartition(" ")[0] or head


def _body(line: str) -> tuple[str, bool]:
    """Return a line and whether it continues the one before it; then it comes without what a log shipper put first."""
    prefix = _PREFIX.match(line)
    body = line if prefix is None else line[prefix.end() :]
    return (body, True) if _CONTINUATION.match(body) else (line, False)
