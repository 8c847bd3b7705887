"""The short way to write an entry's look-alikes."""

from collections.abc import Mapping

from probe.findings.catalogue.entry import LookAlike


def look_alikes(separated_by: Mapping[str, str]) -> tuple[LookAlike, ...]:
    """From code, or a short name where no code of ours exists, to the observation that separates the two."""
    return tuple(LookAlike(code=code, separated_by=observation) for code, observation in separated_by.items())
