"""Where import time goes, as `python -X importtime` tells it."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.timing import Program, run

_LINE = re.compile(r"^import time:\s+(\d+) \|\s+\d+ \| +(\S+)$", re.MULTILINE)


def import_milliseconds(python: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> dict[str, float]:
    """Return every module that a run of the probe imports, with its own milliseconds, those of its imports left out."""
    command = (str(python), "-X", "importtime", "-m", "probe", *arguments)
    told = run(Program(name="probe, import times", command=command, environment=environment)).output
    return {name: int(microseconds) / 1000 for microseconds, name in _LINE.findall(told)}


def by_package(modules: Mapping[str, float]) -> dict[str, float]:
    """Add up by top-level package, the most expensive first."""
    sums: dict[str, float] = {}
    for name, milliseconds in modules.items():
        package = name.partition(".")[0]
        sums[package] = sums.get(package, 0.0) + milliseconds
    return largest_first(sums)


def largest_first(costs: Mapping[str, float]) -> dict[str, float]:
    """Sort by cost."""
    return dict(sorted(costs.items(), key=lambda one: -one[1]))
