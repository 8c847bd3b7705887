"""What the sidecar knows at one moment. The loop replaces it whole; whoever shows it only reads."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from probe.records import dataclass
from probe.report import Report


class Depth(StrEnum):
    """How much a walk asks."""

    LIGHT = "light"
    """Only what costs no call of AWS and brings no keys."""
    WHOLE = "whole"
    """What `probe run` does."""


class Ending(StrEnum):
    """How a walk of the sidecar ended."""

    FINISHED = "finished"
    CUT = "cut"
    """It overran its deadline and was ended."""
    FAILED = "failed"
    """The probe itself failed; the verdict is still the one before."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """A time during which the verdict was the same."""

    begun: float
    """Unix time."""
    ended: float
    standing: str
    """`probe.tell.words`: OK, BROKEN, or COULD NOT FIND OUT."""
    code: str | None
    """The verdict's finding; None where there is none."""
    summary: str
    merged: int = 1
    """How many spans this one stands for: more than one at the old end of a history that changed too often to keep."""


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """How long applications can live on credentials that they may still hold. Only while the verdict is not good."""

    earliest: float | None
    """Unix time from when an application may be without credentials; None where nothing tells."""
    latest: float | None
    """Unix time by when the last credentials that the probe saw handed out have expired; None where nothing tells."""
    sentence: str
    """The same for people."""


@dataclass(frozen=True, kw_only=True)
class Durations:
    """How long one step has taken, over all walks: a histogram."""

    counts: tuple[int, ...]
    """Walks in each bucket of `BUCKETS`, not cumulative; the last one is for what took longer than all bounds."""
    total_seconds: float


BUCKETS: tuple[float, ...] = tuple(0.001 * 2**power for power in range(14))
"""Upper bounds in seconds: 1 ms to 8.192 s. IMDS answers in milliseconds and fails after seconds."""


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What has happened since the sidecar started. Only ever grows."""

    walks: Mapping[tuple[Depth, Ending], int] = field(default_factory=dict)
    calls: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Calls that AWS had to answer, by operation (`OPERATIONS`) and result (`RESULTS`)."""
    durations: Mapping[str, Durations] = field(default_factory=dict)
    """By step id; only steps that went over the network."""
    transitions: int = 0
    """How often the verdict changed."""


OPERATIONS = ("AssumeRoleWithWebIdentity", "GetCallerIdentity", "AssumeRoleForPodIdentity", "needs")
"""The third is made by the Pod Identity agent when it is asked for credentials that it does not hold; `needs` is every
read that --controller or --checks asks for."""
RESULTS = ("answered", "refused", "throttled", "failed")
"""Answered with success; with an error; with an error that says slow down; or not at all."""


@dataclass(frozen=True, kw_only=True)
class State:
    """Everything that can be shown."""

    begun: float
    """Unix time at which the sidecar started."""
    now: float
    """Unix time at which this state was made."""
    interval_seconds: float
    deep_interval_seconds: float
    report: Report | None = None
    """The present judgement; None until the first whole walk has ended."""
    walked: float | None = None
    """Unix time at which the last walk of any depth ended by itself."""
    walked_whole: float | None = None
    succeeded: float | None = None
    """Unix time at which the verdict was last found good."""
    failing_since: float | None = None
    """Unix time at which it stopped being good; None while it is."""
    consecutive_failures: int = 0
    """Walks in a row, of any depth, whose verdict was not good."""
    outlook: Outlook | None = None
    history: tuple[Span, ...] = ()
    """The last 24 hours, oldest first, bounded."""
    counts: Counts = Counts()
    next_walk: float | None = None
    """Unix time at which the next walk of any depth is due; None while one is under way."""
    next_whole_walk: float | None = None
    because: str = ""
    """Why the last whole walk was made: `start`, `interval`, `changed`, `token-changed`, `expiry`, `asked`,
    `retry`."""
