"""A finding's catalogue entry for a person, and the list of all."""

from collections.abc import Iterable, Iterator, Mapping

from probe.findings.catalogue import (
    chained,
    container,
    controller,
    discovery,
    environment,
    identity,
    imds,
    kubernetes,
    needs,
    nothing,
    permissions,
    shared_config,
    sts,
    web_identity,
)
from probe.findings.catalogue.entry import Entry
from probe.tell.exit_codes import in_words
from probe.tell.layout import Style, text_of

AREAS: Mapping[str, tuple[Entry, ...]] = {
    "Injection: what the pod was given": (*kubernetes.ENTRIES, *nothing.ENTRIES),
    "Environment": environment.ENTRIES,
    "Shared config and credentials files": shared_config.ENTRIES,
    "Web identity (IRSA)": web_identity.ENTRIES,
    "STS": sts.ENTRIES,
    "Container credentials (Pod Identity, ECS)": container.ENTRIES,
    "IMDS": imds.ENTRIES,
    "Identity and the application": identity.ENTRIES,
    "The controller, and what it needs": (
        *controller.ENTRIES,
        *discovery.ENTRIES,
        *needs.ENTRIES,
        *permissions.ENTRIES,
        *chained.ENTRIES,
    ),
}
"""Every entry by area, in the order of the chain."""
_CODE_WIDTH = 34


def tell_entry(entry: Entry, style: Style) -> str:
    """Return everything about one finding."""
    return text_of(_entry(entry, style))


def tell_index(style: Style) -> str:
    """Return all codes by area, each with its exit code."""
    return text_of(_index(style))


def standing_of(entry: Entry) -> str:
    """Return severity and exit code in words."""
    if entry.exit_code is None:
        return f"A {entry.severity}; never the verdict, so it has no exit code."
    article = "An" if entry.severity == "error" else "A"
    return f"{article} {entry.severity}. Exit code {entry.exit_code} ({in_words(entry.exit_code).rstrip('.')})."


def _entry(entry: Entry, style: Style) -> Iterator[str]:
    yield style.paint(style.clean(entry.code), "bold")
    yield from style.wrap(entry.title)
    yield from style.wrap(standing_of(entry))
    yield ""
    yield from style.wrap(entry.meaning)
    yield from _listed("Seen elsewhere as", entry.seen_as, style)
    yield from _listed("Causes, most frequent first", entry.causes, style)
    yield from _listed("What it rests on", (entry.evidence,), style, sign="")
    look_alikes = tuple(f"{one.code}: {one.separated_by}" for one in entry.told_apart_from)
    yield from _listed("Told apart from", look_alikes, style)
    if entry.becomes_certain_with:
        yield from _listed("When only likely, certain with", (entry.becomes_certain_with,), style, sign="")
    yield from _listed("What to do", entry.fixes, style, numbered=True)
    yield from _listed("References", entry.references, style)


def _listed(
    title: str, items: Iterable[str], style: Style, *, sign: str = "- ", numbered: bool = False
) -> Iterator[str]:
    for number, item in enumerate(items, start=1):
        if number == 1:
            yield from ["", style.paint(title, "bold")]
        yield from style.wrap(item, f"  {number}. " if numbered else f"  {sign}")


def _index(style: Style) -> Iterator[str]:
    yield "Every finding with its exit code; `probe explain CODE` tells more."
    for area, entries in AREAS.items():
        yield from ["", style.paint(area, "bold")]
        for entry in entries:
            number = "" if entry.exit_code is None else str(entry.exit_code)
            yield from style.wrap(entry.title, f"  {number:>2}  {entry.code:<{_CODE_WIDTH}} ")
