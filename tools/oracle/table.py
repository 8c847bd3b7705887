"""Write docs/sdk-oracle.md from what was recorded."""

import argparse
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from tests.oracle import recorded
from tests.oracle.harness import Harness
from tests.oracle.harnesses import harnesses
from tests.oracle.playing import CUT_OFF
from tests.oracle.recorded import Recorded, Results
from tests.oracle.scenarios import Chosen, chosen

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "sdk-oracle.md"
SHORT = 0.5
"""Seconds below which a wait is no wait, and nothing is told about it."""
FACTOR = 2.0
_MARKS = {"agree": "✓", "open": "?", "disagree": "✗"}
_INTRODUCTION = """# The real SDKs, beside what is predicted of them

<!-- Written by `python -m tools.oracle table` from tests/oracle/results.json. -->

Each scenario is one network namespace in which 169.254.169.254, 169.254.170.23, 169.254.170.2, their IPv6 sisters and
the names of STS are the lab's own servers, and the pod's files lie where they belong. In it the probe walks the chain,
and each SDK resolves its default chain once, nothing set in code, as a user without rights. Outcome, source, key id and
error text must be what `probe/sdks` predicted from the probe's evidence (`tests/oracle/`, `make oracle`).

| | |
|---|---|
| ✓ | it did what was predicted: the source that gave keys, `error`, or `none` (it says that it found no credentials) |
| ? | the model says that it cannot know; in parentheses what the SDK did |
| ✗ | it did something else |
| · | not run |
| 3.1 s | it took that long, where it took more than half a second; waiting: cut off after {cut_off:.0f} s |
| ! | it waited more than twice, or less than half, as long as predicted: [why that may be](sdk-notes.md#waits) |

"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command understands."""
    parser.add_argument("--check", action="store_true", help="fail when the page is not what was recorded")


def main(arguments: argparse.Namespace) -> int:
    """Write the page, or check it."""
    if not arguments.check:
        write()
        return 0
    if PAGE.is_file() and PAGE.read_text() == page(recorded.read()):
        return 0
    print("docs/sdk-oracle.md is not what was recorded: python -m tools.oracle table")
    return 1


def write() -> None:
    """Write the page."""
    PAGE.write_text(page(recorded.read()))


def page(results: Results) -> str:
    """Return the page."""
    families = [(sdk, tuple(group)) for sdk, group in groupby(harnesses(), key=lambda one: one.sdk)]
    parts = [_INTRODUCTION.format(cut_off=CUT_OFF), *_counts(families, results), *_reasons()]
    for sdk, family in families:
        parts.append(f"\n## {sdk}\n\n")
        parts.extend(_family(family, results))
    return "".join(parts)


def _counts(families: Sequence[tuple[str, Sequence[Harness]]], results: Results) -> Iterator[str]:
    yield "| SDK | versions | scenarios | comparisons | agree | open | disagree | time as predicted |\n"
    yield "|---|---|---|---|---|---|---|---|\n"
    for sdk, family in families:
        names = [one.name for one in family]
        told = [by_name[name] for by_name in results.values() for name in names if name in by_name]
        verdicts = [sum(one.verdict == verdict for one in told) for verdict in _MARKS]
        played = sum(any(name in by_name for name in names) for by_name in results.values())
        timed = [one for one in told if _is_timed(one)]
        right = sum(not is_off(one) for one in timed)
        cells = [
            sdk,
            ", ".join(_title(one) for one in family),
            played,
            len(told),
            *verdicts,
            f"{right} of {len(timed)}",
        ]
        yield f"| {' | '.join(map(str, cells))} |\n"


def _reasons() -> Iterator[str]:
    yield "\n## The scenarios\n\n| scenario | why it is among them |\n|---|---|\n"
    for area, group in groupby(chosen(), key=lambda one: one.area):
        yield f"| **{area}** | |\n"
        for one in group:
            without = "; ".join(f"not {sdk}: {reason}" for sdk, reason in one.not_for.items())
            yield f"| {one.name} | {one.why}{f' ({without})' if without else ''} |\n"


def _family(family: Sequence[Harness], results: Results) -> Iterator[str]:
    yield f"| scenario | {' | '.join(_title(one) for one in family)} |\n"
    yield f"|---|{'---|' * len(family)}\n"
    for area, group in groupby(chosen(), key=lambda one: one.area):
        yield f"| **{area}** |{' |' * len(family)}\n"
        for one in group:
            cells = [_cell(one, harness, results.get(one.name, {})) for harness in family]
            yield f"| {one.name} | {' | '.join(cells)} |\n"


def _title(harness: Harness) -> str:
    return f"{harness.version} {harness.variant}".strip()


def _cell(one: Chosen, harness: Harness, by_harness: Mapping[str, Recorded]) -> str:
    told = by_harness.get(harness.name)
    if told is None:
        return "· not recorded" if one.suits(harness) else "·"
    seen = _short(told.seen) if told.verdict == "agree" else f"{_short(told.predicted)} ({_short(told.seen)})".strip()
    return " ".join([_MARKS[told.verdict], *([seen] if seen else []), *_time(told)])


def _short(words: str) -> str:
    return "" if words == "unknown" else words.removeprefix("credentials ")


def _time(told: Recorded) -> Iterator[str]:
    if told.seen != "waiting" and told.seconds >= SHORT:
        yield f"{told.seconds:.1f} s"
    if is_off(told):
        yield "!"


def _is_timed(told: Recorded) -> bool:
    """Whether there is a wait to compare."""
    return told.waits is not None and told.verdict == "agree" and max(told.seconds, told.waits) >= 1


def is_off(told: Recorded) -> bool:
    """Whether it waited longer or shorter than a factor of two around what was predicted.

    It waited at most all the time that it took, and at least what it did not compute, or want to, of it.
    """
    if not _is_timed(told) or told.waits is None:
        return False
    if told.seen == "waiting":
        return told.waits * FACTOR < CUT_OFF
    if math.isinf(told.waits):
        return True
    least, most = max(told.seconds - told.computed, SHORT), max(told.seconds, SHORT)
    predicted = max(told.waits, SHORT)
    return predicted > FACTOR * most or least > FACTOR * predicted
