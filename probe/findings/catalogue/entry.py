"""The shape of one catalogue entry: everything about a finding that does not depend on the pod."""

from enum import StrEnum

from probe.records import dataclass


class Severity(StrEnum):
    """How much a finding matters to the person who reads it."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, kw_only=True)
class LookAlike:
    """A neighbour that gives the same symptom, and the evidence that separates the two."""

    code: str
    """Code of the other finding, or a short name where no code of ours exists."""
    separated_by: str
    """One sentence: which observation tells them apart."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One finding, as `probe explain CODE` and its page in `docs/findings/` tell it.

    Codes are a contract: kebab-case, never renamed, and never reused once retired.
    """

    code: str
    exit_code: int | None
    """The process' exit code when this finding is the verdict; None for findings that never are."""
    severity: Severity
    title: str
    """Under 70 characters, no full stop, readable without the code beside it."""
    meaning: str
    """What is true in the pod when this finding stands. Plain sentences, verdict first."""
    seen_as: tuple[str, ...] = ()
    """What the user sees elsewhere: log lines of SDKs and controllers, shortened to what matches."""
    causes: tuple[str, ...] = ()
    """What leads here in the field, most frequent first."""
    evidence: str
    """What the probe must have observed before it says so, and when it may say `certain`."""
    told_apart_from: tuple[LookAlike, ...] = ()
    becomes_certain_with: str | None = None
    """The smallest extra read that turns `likely` into `certain`; None where nothing is missing."""
    fixes: tuple[str, ...] = ()
    """General advice, best first. Commands with this pod's values are the rule's remedies."""
    references: tuple[str, ...] = ()
    """Upstream sources: `owner/repo#N`, `owner/repo:path`, or an AWS documentation page."""
