"""The page on coverage: which field failure is played by which scenario, and what the probe says of it."""

import functools
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from probe.lab import scenario as scenarios
from probe.lab.scenario import NETWORK_SCENARIOS, SCENARIOS, Scenario

ROWS = Path(__file__).parent / "coverage_rows.toml"
_HEAD = """<!-- Generated from probe/lab/scenarios/ by `python -m tools.generate_docs`. Change it there. -->

# Coverage

Failures of AWS credentials in pods as people reported them, {total} in all, and the lab scenarios in which the probe
must name them. {played} are played, {unseen} cannot be seen from a pod{open}. Of the {played}, {certain} have a
scenario whose verdict is certain. A scenario without a verdict is one in which the credentials work from here: what is
left is told as a warning or a note, or is in the application. Certain is said of the finding, which may be wider than
the row: that the agent refuses is certain, why it does is often not.

Each scenario is a test: see `probe lab list` and `probe lab run NAME`.

| row | what went wrong | scenario | what the probe says | certainty |
|---|---|---|---|---|
"""
_TAIL = """
## Not visible from a pod

| row | what went wrong | why not, and where to look |
|---|---|---|
"""


@dataclass(frozen=True, kw_only=True)
class Unseen:
    """A failure that no walk in a pod can show."""

    title: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Rows:
    """All failures by their number."""

    seen: dict[str, str]
    """Titles."""
    unseen: dict[str, Unseen]


def rows() -> Rows:
    """Read the failures."""
    told = tomllib.loads(ROWS.read_text(encoding="utf-8"))
    return Rows(seen=told["rows"], unseen={row: Unseen(**one) for row, one in told["unseen"].items()})


@functools.cache
def played() -> dict[str, list[Scenario]]:
    """Return the scenarios of each row, those with a certain verdict first."""
    found: dict[str, list[Scenario]] = {}
    for folder in (SCENARIOS, NETWORK_SCENARIOS):
        for name in scenarios.names(folder):
            one = scenarios.load(name, folder)
            for row in one.rows:
                found.setdefault(row, []).append(one)
    return {row: sorted(those, key=_place) for row, those in found.items()}


def not_played() -> list[str]:
    """Return the rows that could be seen and that no scenario names yet."""
    named = played()
    return [row for row in rows().seen if row not in named]


def coverage_page() -> str:
    """Return the page."""
    known, named = rows(), played()
    missing = not_played()
    head = _HEAD.format(
        total=len(known.seen) + len(known.unseen),
        played=len(known.seen) - len(missing),
        unseen=len(known.unseen),
        open=f", and {len(missing)} have no scenario yet" if missing else "",
        certain=sum(any(_is_certain(one) for one in named.get(row, ())) for row in known.seen),
    )
    seen = "".join(line for row, title in known.seen.items() for line in _lines(row, title, named.get(row, [])))
    unseen = "".join(f"| {row} | {one.title} | {one.why} |\n" for row, one in known.unseen.items())
    return f"{head}{seen}{_TAIL}{unseen}"


def _is_certain(scenario: Scenario) -> bool:
    return scenario.expect.verdict is not None and scenario.expect.certainty == "certain"


def _place(scenario: Scenario) -> tuple[bool, bool, str]:
    return scenario.expect.verdict is None, not _is_certain(scenario), scenario.name


def _lines(row: str, title: str, those: list[Scenario]) -> Iterator[str]:
    """Write a row with its scenarios, one below the other."""
    if not those:
        yield f"| {row} | {title} | none yet | | |\n"
    for number, one in enumerate(those):
        says, certainty = _says(one)
        first = f"| {row} | {title}" if number == 0 else "| | "
        yield f"{first} | {_link(one)} | {says} | {certainty} |\n"


def _link(scenario: Scenario) -> str:
    folder = (SCENARIOS if scenario.network is None else NETWORK_SCENARIOS).name
    return f"[{scenario.name}](../probe/lab/{folder}/{scenario.name}/scenario.toml)"


def _says(scenario: Scenario) -> tuple[str, str]:
    expected = scenario.expect
    if expected.verdict is not None:
        return _finding(expected.verdict), expected.certainty or ""
    if not expected.findings:
        return "the credentials work" if expected.exit_code == 0 else "cannot find out", ""
    told = [one.rpartition(" ") for one in expected.findings]
    return "beside it: " + ", ".join(_finding(code) for code, _, _ in told), ", ".join(sure for _, _, sure in told)


def _finding(code: str) -> str:
    return f"[{code}](findings/{code}.md)"
