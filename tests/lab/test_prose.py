"""What a report says has no holes and no stutter, in any world."""

import re
from collections.abc import Iterator

import pytest

from probe.lab.scenario import names
from tests.lab.played import IN_ONE_PLACE, played

FLAWS = (
    re.compile(r"\(None\)|\bis None\b|\bNone\."),
    re.compile(r"\b([A-Za-z]+) \1\b"),
    re.compile(r"(?<!\.)\.\.(?!\.)"),
    re.compile(r"\(\)| ,|: \.|  "),
)
"""A value that is not there, a word twice, two full stops, something left out."""


def sentences(name: str) -> Iterator[str]:
    """Yield what the report of a scenario tells people in prose; what SDKs print is theirs."""
    report = played(name).ran.report
    yield report["verdict"]["summary"]
    for finding in report["findings"]:
        yield from (finding["summary"], *finding["evidence"], *finding["told_apart_from"])
        yield finding["becomes_certain_with"] or ""
        yield from (remedy["text"] for remedy in finding["remedies"])
    yield from (one["because"] or "" for one in report["sdks"])


@pytest.mark.lab
@pytest.mark.parametrize("name", [pytest.param(name, marks=IN_ONE_PLACE(name)) for name in names()])
def test_no_sentence_of_a_report_has_a_hole_or_a_stutter(name: str) -> None:
    told = list(sentences(name))
    assert [(flaw.pattern, one) for one in told for flaw in FLAWS if flaw.search(one)] == []
    assert len(told) > 1


@pytest.mark.parametrize(
    "sentence", ["connect timeout (None)", "It is is late.", "It fails: 'sts'..", "The role  is gone.", "ended with ()"]
)
def test_a_hole_or_a_stutter_would_be_found(sentence: str) -> None:
    assert [flaw for flaw in FLAWS if flaw.search(sentence)]
