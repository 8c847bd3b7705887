"""The profile in use, as rules ask for it."""

from probe.evidence import ProfileFacts
from probe.findings.case import Case


def profile_sections(case: Case) -> tuple[ProfileFacts, ...]:
    """Return the sections of the profile in use, the weaker file (config) first."""
    files, selected = case.shared_files, case.profile
    if files is None or selected is None:
        return ()
    return tuple(
        one
        for kind in ("config", "credentials")
        for one in files.profiles
        if (one.file, one.name) == (kind, selected.name)
    )


def profile_setting(case: Case, key: str) -> str | None:
    """Return a setting of the profile in use that is no secret; the credentials file wins."""
    return next((one.settings[key] for one in reversed(profile_sections(case)) if one.settings.get(key)), None)
