"""Versions of SDKs: where behaviour changed, and the ranges in between.

A range is written as the package managers do: `all`, `<1.47.11`, `>=1.40.0`, `>=1.32.0,<1.34.41`.
"""

import re
from collections.abc import Callable, Iterable
from itertools import groupby, pairwise
from typing import TypeVar

from probe.records import dataclass

EVERY = "all"

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Release:
    """A release that stands for all up to the next one in which something changed."""

    first: str | None
    """None for the releases before the first change that a model knows."""

    def since(self, version: str) -> bool:
        """Whether a change that came with `version` is in this release."""
        return self.first is not None and _numbers(self.first) >= _numbers(version)


def by_range(changes: Iterable[str], ask: Callable[[Release], T]) -> tuple[tuple[str, T], ...]:
    """Ask about the releases on both sides of every change; neighbours that give the same answer become one range."""
    firsts = (None, *sorted(set(changes), key=_numbers))
    answers = [(first, ask(Release(first=first))) for first in firsts]
    groups = [(next(group)[0], answer) for answer, group in groupby(answers, key=lambda pair: pair[1])]
    return tuple(
        (_written(first, following[0]), answer)
        for (first, answer), following in pairwise([*groups, (None, groups[-1][1])])
    )


def covers(versions: str, version: str) -> bool:
    """Whether a version lies in a range. Text around the numbers, such as the `v` of a Go module, is ignored."""
    if versions == EVERY:
        return True
    return all(_holds(bound, _numbers(version)) for bound in versions.split(","))


def is_newer(version: str, than: str) -> bool:
    """Whether a version comes after another one."""
    return _numbers(version) > _numbers(than)


def _written(first: str | None, end: str | None) -> str:
    bounds = [*([f">={first}"] if first else []), *([f"<{end}"] if end else [])]
    return ",".join(bounds) or EVERY


def _holds(bound: str, version: tuple[int, ...]) -> bool:
    if bound.startswith(">="):
        return version >= _numbers(bound)
    return version < _numbers(bound)


def _numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a version. Zeros at the end are none: 1.47 is 1.47.0."""
    numbers = [int(number) for number in re.findall(r"[0-9]{1,9}", version)[:4]]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
