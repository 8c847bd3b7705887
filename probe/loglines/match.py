"""What one line of a log stands for."""

from collections.abc import Iterable

from probe.records import dataclass

_CHAIN_ORDER = ("environment", "shared-config", "web-identity", "container", "imds", "identity", "needs", "none")


@dataclass(frozen=True, kw_only=True)
class LogMatch:
    """A known text in a log, the findings behind it, and what to do next. Holds no secret and no control character."""

    line: int
    """1-based, counted in newlines, as `grep -n` and editors count."""
    sdk: str | None
    """Who printed it (`go-v1`, `botocore`, `agent` …); `sts` when the text is AWS' own and its frame is not there."""
    step: str
    """The step of the walk that it speaks of; `none` when it only says that the whole chain gave nothing, and
    `identity.any` when it does not say which source gave the keys."""
    codes: tuple[str, ...]
    """Codes of findings, most likely first. One entry: the text means exactly this."""
    certainty: str
    """`certain` or `likely`; about the moment when the line was printed, not about now."""
    meaning: str
    next: str
    excerpt: str
    """The matched part, on one line, at most 160 characters."""


def foremost(matches: Iterable[LogMatch]) -> LogMatch | None:
    """Return the match to look at first: a certain one, the earliest step of the chain, the first line."""
    return min(matches, key=_urgency, default=None)


def _urgency(match: LogMatch) -> tuple[bool, int, int]:
    return match.certainty != "certain", _CHAIN_ORDER.index(match.step.partition(".")[0]), match.line
