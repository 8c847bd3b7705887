"""Token files as an SDK finds them. No SDK trims what it reads; some look at it before they send it."""

from dataclasses import replace
from enum import StrEnum

from probe.evidence import FileState, TokenFile
from probe.parse.token import TokenProblem
from probe.records import dataclass
from probe.sdks.view import View


class Read(StrEnum):
    """What becomes of an attempt to read the file."""

    READ = "read"
    MISSING = "missing"
    FORBIDDEN = "forbidden"
    DIRECTORY = "directory"
    BLOCKS = "blocks"
    """A pipe: opening it waits for a writer that never comes."""
    FAILED = "failed"
    UNSEEN = "unseen"


_OF_STATE = {
    FileState.READ: Read.READ,
    FileState.TOO_LARGE: Read.READ,
    FileState.MISSING: Read.MISSING,
    FileState.UNREADABLE: Read.FORBIDDEN,
    FileState.DIRECTORY: Read.DIRECTORY,
    FileState.NOT_REGULAR: Read.BLOCKS,
    FileState.LINK_LOOP: Read.FAILED,
    FileState.FAILED: Read.FAILED,
}
SPOKEN = {
    Read.READ: "can be read",
    Read.MISSING: "is not there",
    Read.FORBIDDEN: "may not be read",
    Read.DIRECTORY: "is a directory",
    Read.BLOCKS: "is a pipe that nobody writes to",
    Read.FAILED: "cannot be opened",
    Read.UNSEEN: "was not looked at",
}
_BREAKS = frozenset({TokenProblem.TRAILING_NEWLINE, TokenProblem.CARRIAGE_RETURN})
_PERHAPS_BREAKS = frozenset(
    {TokenProblem.INNER_WHITESPACE, TokenProblem.SURROUNDING_WHITESPACE, TokenProblem.TRAILING_TEXT}
)


@dataclass(frozen=True, kw_only=True)
class Token:
    """A token as far as its file and its shape tell."""

    read: Read
    path: str = ""
    """Empty for a token out of a variable."""
    problems: frozenset[str] = frozenset()

    @property
    def because(self) -> str:
        """What became of the file, as a part of a sentence."""
        return f"the token file {self.path} {SPOKEN[self.read]}"

    @property
    def is_empty(self) -> bool:
        """Whether there is no token in it, only perhaps white space."""
        return TokenProblem.EMPTY in self.problems

    @property
    def has_line_break(self) -> bool | None:
        """Whether there is a line break in it; None when there is white space that may be one."""
        if self.problems & _BREAKS:
            return True
        return None if self.problems & _PERHAPS_BREAKS else False

    def was_sent(self) -> "Token":
        """Return this token as one that fits into a header: none of its white space is a line break."""
        return replace(self, problems=self.problems - _PERHAPS_BREAKS)

    @property
    def is_whole(self) -> bool:
        """Whether it has the shape of a token."""
        return not self.problems


def token_of(view: View, step_id: str, *, from_variable: bool = False) -> Token:
    """Return the token that a step looked at, if it came from where this SDK takes it."""
    facts = view.evidence.facts(step_id, TokenFile)
    if facts is None or facts.from_variable is not from_variable:
        return Token(read=Read.UNSEEN)
    if facts.file is None:
        return Token(read=Read.READ, problems=frozenset(facts.problems))
    problems = {*facts.problems, *([TokenProblem.TOO_LONG] if facts.file.state is FileState.TOO_LARGE else [])}
    return Token(read=_OF_STATE[facts.file.state], path=facts.file.path, problems=frozenset(problems))
