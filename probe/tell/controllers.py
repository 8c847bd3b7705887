"""A controller's profile for a person, and the list of all."""

from collections.abc import Iterator

from probe.controllers import CONTROLLERS, Chosen
from probe.controllers.told import Section, sections, verdict_of
from probe.tell.layout import Style, text_of

_NAME_WIDTH = 40


def tell_profile(chosen: Chosen, style: Style) -> str:
    """Return everything about one controller."""
    return text_of(_profile(chosen, style))


def tell_profiles(style: Style) -> str:
    """Return all controllers that are known."""
    return text_of(_index(style))


def _profile(chosen: Chosen, style: Style) -> Iterator[str]:
    yield style.paint(style.clean(chosen.title), "bold")
    yield from style.wrap(verdict_of(chosen))
    yield from style.wrap(
        f"{chosen.profile.title} ({chosen.profile.repository}). Its version is told by {chosen.profile.version_is}."
    )
    for section in sections(chosen):
        yield from ["", style.paint(section.title, "bold")]
        yield from _items(section, style)


def _items(section: Section, style: Style) -> Iterator[str]:
    for number, item in enumerate(section.items, start=1):
        yield from style.wrap(item, f"  {number}. " if section.numbered else "  - ")


def _index(style: Style) -> Iterator[str]:
    yield "Every controller that is known; `probe explain --controller NAME[@VERSION]` tells"
    yield "what it needs, and `probe run --controller NAME@VERSION` checks it."
    yield ""
    for profile in CONTROLLERS:
        aliases = f" (also {', '.join(profile.aliases)})" if profile.aliases else ""
        yield from style.wrap(profile.title + aliases, f"  {profile.name:<{_NAME_WIDTH}} ", "      ")
