"""What `probe explain --log` prints: which findings stand behind the lines of a log."""

import json
import textwrap
from collections.abc import Iterator
from dataclasses import asdict

from probe.loglines.match import LogMatch, foremost

NOTHING_KNOWN = "Nothing in this log is a text that the probe knows."
_INSTEAD = (
    "That says nothing about the credentials, good or bad. Run the probe itself in a pod with the same ServiceAccount "
    "and on the same network, or read an earlier part of the log: the first error after a start says more than the "
    "last one."
)
_OF_ANOTHER_TIME = (
    "A log tells of the moment when it was printed. How it is now, the probe tells in a pod with the same "
    "ServiceAccount."
)
_INDENT = "  "


def log_matches_text(matches: tuple[LogMatch, ...], *, width: int = 80) -> str:
    """Return the verdict, then a block for each match. Lines are at most `width` wide where words allow it."""
    first = foremost(matches)
    if first is None:
        return f"{_wrapped(NOTHING_KNOWN, width)}\n\n{_wrapped(_INSTEAD, width)}\n"
    blocks = ["\n".join(_block(match, width)) for match in matches]
    return "\n\n".join([_wrapped(_verdict(first), width), *blocks, _wrapped(_OF_ANOTHER_TIME, width)]) + "\n"


def log_matches_json(matches: tuple[LogMatch, ...]) -> str:
    """Return one JSON object: the verdict (null when nothing is known) and all matches, fields as in `LogMatch`."""
    first = foremost(matches)
    verdict = first and {"line": first.line, "code": first.codes[0], "certainty": first.certainty}
    return json.dumps({"schema": 1, "verdict": verdict, "matches": [asdict(match) for match in matches]}, indent=2)


def _verdict(match: LogMatch) -> str:
    if match.certainty == "certain":
        return f"Line {match.line} means {match.codes[0]}. The text alone decides."
    return f"Line {match.line} most likely means {match.codes[0]}. The text alone does not decide."


def _block(match: LogMatch, width: int) -> Iterator[str]:
    speaker = f", printed by {match.sdk}" if match.sdk else ""
    yield _wrapped(f"line {match.line}, step {match.step}{speaker}", width)
    yield _wrapped(match.excerpt, width, indent=f"{_INDENT}> ")
    yield _wrapped(match.meaning, width, indent=_INDENT)
    for place, code in enumerate(match.codes):
        label = "means" if len(match.codes) == 1 else "or" if place else "likely"
        yield f"{_INDENT}{label:<8}probe explain {code}"
    yield _wrapped(match.next, width, indent=f"{_INDENT}next    ", hanging=f"{_INDENT}        ")


def _wrapped(text: str, width: int, *, indent: str = "", hanging: str | None = None) -> str:
    """Wrap at blanks only: a command or a path that is cut in two cannot be copied."""
    return textwrap.fill(
        text,
        max(width, 20),
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
