"""Where a chain of source_profile leads. Each SDK has its own words for one that leads nowhere."""

from collections.abc import Sequence
from enum import StrEnum

from probe.records import dataclass
from probe.sdks.view import BOTH_FILES, KEY_ID, SECRET_KEY, Profile, View

_LONGEST = 32
_OTHER_SOURCES = (
    "credential_source",
    "web_identity_token_file",
    "credential_process",
    "sso_session",
    "sso_start_url",
    "sso_account_id",
    "login_session",
)


class DeadEnd(StrEnum):
    """How a chain of source_profile ends without credentials."""

    MISSING = "missing"
    CIRCLE = "circle"
    EMPTY = "empty"
    HALF = "half"


@dataclass(frozen=True, kw_only=True)
class SourceProblem:
    """A chain of source_profile that gives nothing."""

    kind: DeadEnd
    parent: str
    name: str
    missing_key: str | None = None
    """The half of the key pair that is not there."""

    @property
    def because(self) -> str:
        """What is wrong, as a part of a sentence."""
        what = {
            DeadEnd.MISSING: "which does not exist",
            DeadEnd.CIRCLE: "where it has been before",
            DeadEnd.EMPTY: "which has no credentials",
            DeadEnd.HALF: f"which lacks {self.missing_key}",
        }[self.kind]
        return f"source_profile of {self.parent} leads to {self.name}, {what}"


def source_problem(view: View, profile: Profile, files: Sequence[str] = BOTH_FILES) -> SourceProblem | None:
    """Follow source_profile from a profile that has it; keys, also in the first profile itself, end the way."""
    seen = [profile.name]
    while len(seen) <= _LONGEST:
        parent, name = seen[-1], profile.setting("source_profile") or ""
        profile = view.named(name, files=files)
        if not profile.exists:
            return SourceProblem(kind=DeadEnd.MISSING, parent=parent, name=name)
        if profile.paired is not None:
            return None
        if profile.has_any(KEY_ID, SECRET_KEY):
            lacking = SECRET_KEY if profile.has(KEY_ID) else KEY_ID
            return SourceProblem(kind=DeadEnd.HALF, parent=parent, name=name, missing_key=lacking)
        if profile.has_any(*_OTHER_SOURCES):
            return None
        if not profile.has("source_profile"):
            return SourceProblem(kind=DeadEnd.EMPTY, parent=parent, name=name)
        if name in seen:
            return SourceProblem(kind=DeadEnd.CIRCLE, parent=parent, name=name)
        seen.append(name)
    return None
