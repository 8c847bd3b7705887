"""The lines of a shared config or credentials file, with numbers.

Which line belongs to what follows Python's configparser, because botocore reads these files with it
(boto/botocore:botocore/configloader.py). Where configparser gives up, the reading goes on as in the other SDKs:
repeated sections merge, the last of repeated keys wins, a line that cannot be understood is left out.
"""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Final

from probe.records import dataclass

DEFAULTS_SECTION: Final = "DEFAULT"
"""The section that configparser copies into every other one. It is not the profile `default`."""
_INLINE_COMMENT = re.compile(r"(?:^|\s)[#;]")
_MOST_PROBLEMS = 50
"""Of each severity."""


@dataclass(frozen=True, kw_only=True)
class LineProblem:
    """Something wrong with one line. The sentence never quotes the line, which may hold a secret."""

    line: int
    """Counted from 1."""
    sentence: str
    breaks_botocore: bool
    """True when botocore refuses the whole file because of it."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A key's value: the text behind the equals sign and then its continuation lines, stripped, blank ones included."""

    line: int
    pieces: tuple[str, ...]
    piece_lines: tuple[int, ...]

    @property
    def value(self) -> str:
        """The value as configparser joins it."""
        return "\n".join(self.pieces).rstrip()

    @property
    def is_nested(self) -> bool:
        """True for a block such as `s3 =` with indented lines of its own below."""
        return self.value.startswith("\n")


@dataclass(frozen=True, kw_only=True)
class Section:
    """A section under the name that stands in the brackets; keys are lower case."""

    name: str
    line: int
    entries: Mapping[str, Entry]


@dataclass(frozen=True, kw_only=True)
class IniFile:
    """Sections in the order of their first line, and what is wrong."""

    sections: tuple[Section, ...]
    defaults: Mapping[str, Entry]
    """What stands in `[DEFAULT]`."""
    problems: tuple[LineProblem, ...]


def read_ini(text: str) -> IniFile:
    """Read the lines of a file; never raises."""
    reader = _Reader()
    for number, line in enumerate(io.StringIO(text, newline=None), start=1):
        reader.read_line(number, line)
    return reader.result()


class ProblemList:
    """Problems of a file: bounded, and one of each line and sentence."""

    def __init__(self) -> None:
        self._problems: dict[LineProblem, None] = {}
        self._counts = {True: 0, False: 0}

    def add(self, line: int, sentence: str, *, breaks_botocore: bool = False) -> None:
        """Note a problem; after the first fifty of a severity the rest is dropped."""
        if self._counts[breaks_botocore] >= _MOST_PROBLEMS:
            return
        problem = LineProblem(line=line, sentence=sentence, breaks_botocore=breaks_botocore)
        if problem not in self._problems:
            self._problems[problem] = None
            self._counts[breaks_botocore] += 1

    def __iter__(self) -> Iterator[LineProblem]:
        return iter(sorted(self._problems, key=lambda problem: problem.line))


@dataclass
class _OpenEntry:
    line: int
    pieces: list[str]
    piece_lines: list[int]

    def append(self, line: int, piece: str) -> None:
        self.pieces.append(piece)
        self.piece_lines.append(line)

    def close(self) -> Entry:
        return Entry(line=self.line, pieces=tuple(self.pieces), piece_lines=tuple(self.piece_lines))


@dataclass
class _OpenSection:
    line: int
    entries: dict[str, _OpenEntry] = field(default_factory=dict)

    def close(self) -> dict[str, Entry]:
        return {key: entry.close() for key, entry in self.entries.items()}


class _Reader:
    """The state between two lines."""

    def __init__(self) -> None:
        self._sections: dict[str, _OpenSection] = {}
        self._section: _OpenSection | None = None
        self._entry: _OpenEntry | None = None
        self._indent = 0
        self._problems = ProblemList()

    def read_line(self, number: int, line: str) -> None:
        text = line.strip()
        if text.startswith(("#", ";")):
            return
        if not text:
            if self._entry:
                self._entry.append(number, "")
            return
        indent = len(line) - len(line.lstrip())
        if self._entry and indent > self._indent:
            self._continue_entry(number, text)
            return
        self._indent = indent
        header = _header(text)
        if header is not None:
            self._open_section(number, header, behind=text[text.rfind("]") + 1 :])
        elif self._section is None:
            self._problem(number, "This line stands before the first [section].", breaks_botocore=True)
        else:
            self._read_entry(number, text, self._section)

    def result(self) -> IniFile:
        defaults = self._sections.get(DEFAULTS_SECTION)
        return IniFile(
            sections=tuple(
                Section(name=name, line=section.line, entries=section.close())
                for name, section in self._sections.items()
                if name != DEFAULTS_SECTION
            ),
            defaults=defaults.close() if defaults else {},
            problems=tuple(self._problems),
        )

    def _problem(self, line: int, sentence: str, *, breaks_botocore: bool = False) -> None:
        self._problems.add(line, sentence, breaks_botocore=breaks_botocore)

    def _continue_entry(self, number: int, text: str) -> None:
        if self._entry is None:
            return
        self._entry.append(number, text)
        if _header(text) is not None:
            self._problem(number, "This [section] is indented, so it continues the value above it.")

    def _open_section(self, number: int, name: str, behind: str) -> None:
        if name in self._sections and name != DEFAULTS_SECTION:
            first = self._sections[name].line
            self._problem(number, f"This section began on line {first} already.", breaks_botocore=True)
        if name == DEFAULTS_SECTION:
            self._problem(number, "botocore copies [DEFAULT] into every profile; the default profile is [default].")
        if behind.strip() and not behind.strip().startswith(("#", ";")):
            self._problem(number, "There is text behind the closing bracket.")
        self._section = self._sections.setdefault(name, _OpenSection(line=number))
        self._entry = None

    def _read_entry(self, number: int, text: str, section: _OpenSection) -> None:
        place = min((place for place in (text.find("="), text.find(":")) if place >= 0), default=None)
        if text.startswith("["):
            self._problem(number, "This section has no closing bracket.", breaks_botocore=place is None)
        elif place is None:
            self._problem(number, "This line has no equals sign.", breaks_botocore=True)
        # What is indented below a line that says nothing is read for itself, not as part of the key above.
        self._entry = None
        if place is None:
            return
        key, value = text[:place].rstrip().lower(), text[place + 1 :].strip()
        if not key:
            self._problem(number, "There is no key before the equals sign.", breaks_botocore=True)
            return
        if text[place] == ":":
            self._problem(number, "A colon stands here; botocore takes it, other SDKs may want an equals sign.")
        if key in section.entries:
            first = section.entries[key].line
            self._problem(number, f"This key was set on line {first} already.", breaks_botocore=True)
        if _INLINE_COMMENT.search(value):
            self._problem(number, "botocore takes what looks like a comment as part of the value.")
        self._entry = section.entries[key] = _OpenEntry(line=number, pieces=[value], piece_lines=[number])


def _header(text: str) -> str | None:
    """Return the section name in a stripped line: up to the last bracket, as configparser does."""
    end = text.rfind("]")
    return text[1:end] if text.startswith("[") and end > 1 else None
