"""Lines of text: wrapped, free of what a terminal would act on, coloured only where a person looks."""

import textwrap
import unicodedata
from collections.abc import Iterable, Mapping
from typing import TextIO

from probe.records import dataclass

WIDTH = 80
"""Columns. Kubernetes logs are read in narrow panes and pasted into issues."""
_SPELLED_OUT = str.maketrans({"…": "...", "→": "->", "\N{EN DASH}": "-", "\N{EM DASH}": "-"})
"""What our own texts use beyond ASCII."""
_COLOURS = {"red": "31", "green": "32", "yellow": "33", "bold": "1", "dim": "2"}


@dataclass(frozen=True, kw_only=True)
class Style:
    """How the reader's side can show things."""

    unicode: bool = True
    colour: bool = False
    details: bool = False
    """With -v: also what only matters to somebody who doubts."""
    every_sdk: bool = False
    """Also the SDKs that end as the walk does: somebody asked for them by name."""

    def paint(self, text: str, colour: str) -> str:
        """Colour a piece. It must say the same without."""
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if self.colour and text.strip() else text

    def clean(self, text: str) -> str:
        """Return one line without control and invisible characters, and in ASCII where the stream takes no more.

        Saved reports come from strangers: nothing in them may move the cursor.
        """
        line = "".join(" " if ch.isspace() else ch for ch in text if ch.isspace() or unicodedata.category(ch)[0] != "C")
        return line if self.unicode else line.translate(_SPELLED_OUT).encode("ascii", "backslashreplace").decode()

    def block(self, text: str, indent: str = "") -> list[str]:
        """Return text that must stay as it is, line by line: commands and documents to paste."""
        return [indent + self.clean(tab_free) for tab_free in text.expandtabs(2).split("\n")]

    def wrap(self, text: str, first: str = "", rest: str | None = None) -> list[str]:
        """Wrap at 80 columns. A word that is longer than a line stays whole: it is an ARN or URL to be copied."""
        return textwrap.wrap(
            self.clean(text),
            WIDTH,
            initial_indent=first,
            subsequent_indent=" " * len(first) if rest is None else rest,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [first.rstrip()]


def style_for(stream: TextIO, environment: Mapping[str, str], *, details: bool = False) -> Style:
    """Return what a stream can show. NO_COLOR and TERM=dumb are honoured (no-color.org)."""
    quiet = bool(environment.get("NO_COLOR")) or environment.get("TERM") == "dumb"
    return Style(unicode=takes_unicode(stream), colour=is_terminal(stream) and not quiet, details=details)


def is_terminal(stream: TextIO) -> bool:
    """Whether a person watches this stream; a closed one is not watched."""
    try:
        return stream.isatty()
    except ValueError:
        return False


def takes_unicode(stream: TextIO) -> bool:
    """Whether everything can be written to the stream."""
    return (stream.encoding or "utf-8").lower().replace("_", "-").startswith(("utf-8", "utf8", "utf-16", "utf-32"))


def text_of(lines: Iterable[str]) -> str:
    """Join lines into what is written: no blanks at line ends, one line feed at the end."""
    return "".join(f"{line.rstrip()}\n" for line in lines)
