"""The generated page about controllers: from the profiles to Markdown."""

from collections.abc import Iterator

from probe.controllers import CONTROLLERS, Chosen, Profile
from probe.controllers.told import Section, sections, verdict_of
from tools.pages import generated_from

_INTRODUCTION = """\
What popular controllers need beyond credentials, as the probe knows it. `probe run --controller NAME@VERSION` checks
it from the controller's own place, `probe explain --controller NAME@VERSION` tells it for one release, and
`probe manifest` recognises a controller by its image and sets both. Each was read at its project's release tags; what
is unsure stands under "Mind"."""


def controllers_page() -> str:
    """Return the page about controllers."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield from [generated_from("probe/controllers/"), "", "# Controllers", "", _INTRODUCTION, ""]
    yield from ["| controller | Pod Identity since | needs IMDS for |", "|---|---|---|"]
    yield from map(_row, CONTROLLERS)
    for profile in CONTROLLERS:
        chosen = Chosen(profile=profile)
        names = ", ".join(f"`{name}`" for name in (profile.name, *profile.aliases))
        yield from ["", f"## {profile.title}", "", verdict_of(chosen), "", f"Names: {names}."]
        yield f"A version is told by {profile.version_is}."
        for section in sections(chosen):
            yield from ["", f"**{section.title}**", "", *_items(section)]


def _row(profile: Profile) -> str:
    since = ", ".join(profile.pod_identity_since) or "not known"
    needs = {need.what: bool(need.replaced_by) or not need.fatal for need in profile.metadata if need.until is None}
    told = ", ".join(f"{what}{'' if replaced else ' (always)'}" for what, replaced in needs.items()) or "-"
    return f"| [{profile.name}](#{_anchor(profile.title)}) | {since} | {told} |"


def _anchor(title: str) -> str:
    plain = "".join(sign for sign in title.lower() if sign.isalnum() or sign in " -")
    return plain.replace(" ", "-")


def _items(section: Section) -> Iterator[str]:
    sign = "1." if section.numbered else "-"
    return (f"{sign} {item.replace('<', '&lt;')}" for item in section.items)
