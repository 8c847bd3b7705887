"""A controller that was named, in the version that was named if one was."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Protocol, TypeVar

from probe.controllers.arguments import Arguments
from probe.controllers.profile import Endpoint, Profile, Read, SdkSince
from probe.controllers.version import at_least, is_whole, may_be_at_least, same_line
from probe.records import dataclass


class Released(Protocol):
    """What holds for some releases only."""

    @property
    def since(self) -> str | None:
        """The first release that it holds for."""

    @property
    def until(self) -> str | None:
        """The first release that it no longer holds for."""


R = TypeVar("R", bound=Released)
NO_VARIABLES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A profile and a version. Where the version is not known, the newest release is assumed, except for the SDK."""

    profile: Profile
    version: str | None = None

    @property
    def title(self) -> str:
        """The name, with the version if it is known."""
        return self.profile.name if self.version is None else f"{self.profile.name}@{self.version}"

    def holds(self, one: Released) -> bool:
        """Whether something holds for this version."""
        if self.version is None:
            return one.until is None
        begun = one.since is None or at_least(self.version, one.since)
        return begun and not (one.until is not None and at_least(self.version, one.until))

    def of(self, those: Iterable[R]) -> tuple[R, ...]:
        """Return what holds for this version: `chosen.of(chosen.profile.reads)`."""
        return tuple(one for one in those if self.holds(one))

    def makes(self, call: Endpoint | Read, arguments: Arguments, variables: Mapping[str, str] = NO_VARIABLES) -> bool:
        """Whether this version, with these flags and variables, makes such calls."""
        switched_off = call.optional_flag is not None and arguments.say(call.optional_flag)
        switched_on = call.only_with is None or arguments.say(call.only_with)
        spared = any(_is_given(one, arguments, variables) for one in call.not_with)
        return self.holds(call) and switched_on and not switched_off and not spared

    def surely_makes(self, call: Endpoint | Read, arguments: Arguments) -> bool:
        """Whether nothing that is not known here keeps it from a call: its flags and its release, where they count.

        Flags are known where any was told.
        """
        flags_count = call.optional_flag is not None or any(one.startswith("-") for one in call.not_with)
        release_counts = call.since is not None or call.until is not None
        return (bool(arguments.words) or not flags_count) and (is_whole(self.version) or not release_counts)

    @property
    def sdk(self) -> SdkSince | None:
        """What this version is built with; None where the version or its SDK is not known."""
        if self.version is None:
            return None
        since = [one for one in self.profile.sdks if at_least(self.version, one.release)]
        return since[-1] if since else None

    @property
    def takes_pod_identity(self) -> bool | None:
        """Whether this version's SDK reads Pod Identity credentials; None where that is not known."""
        first = self.first_with_pod_identity
        if self.version is None or first is None:
            return None
        takes = at_least(self.version, first)
        return None if not takes and may_be_at_least(self.version, first) else takes

    @property
    def first_with_pod_identity(self) -> str | None:
        """The first release that can: in this version's own line if it was ported back to it, else the next one."""
        known = self.profile.pod_identity_since
        if self.version is None or not known:
            return known[0] if known else None
        own = [one for one in known if same_line(self.version, one)]
        later = [one for one in known if not at_least(self.version, one)]
        return (*own, *later, known[-1])[0]


def _is_given(told: str, arguments: Arguments, variables: Mapping[str, str]) -> bool:
    name, _, value = told.partition("=")
    if told.startswith("-"):
        return arguments.say(told) if value else bool(arguments.value(name))
    given = variables.get(name, "")
    return given.lower() == value.lower() if value else bool(given)
