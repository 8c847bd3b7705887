"""Releases of controllers, as text and compared."""

import re

_VERSION = re.compile(r"v?([0-9]{1,9}(?:\.[0-9]{1,9}){1,3})(?:[-+_][A-Za-z0-9.+_-]{1,64})?")


def read_version(text: str) -> str | None:
    """Return the numbers of `v1.19.4-eksbuild.1` or `2.9.0`; None for what is no version.

    A single number is none: it is the tag of a whole line, and its first release would be taken for it.
    """
    found = _VERSION.fullmatch(text)
    return found.group(1) if found else None


def at_least(version: str, release: str) -> bool:
    """Whether a version is that release or a later one. `1.16` is taken for 1.16.0."""
    return _numbers(version) >= _numbers(release)


def may_be_at_least(version: str, release: str) -> bool:
    """Whether a version may be that release or a later one: `1.27` is any of its line, 1.27.6 among them."""
    told = version.split(".")
    return at_least(version, release) or told == release.split(".")[: len(told)]


def is_whole(version: str | None) -> bool:
    """Whether a version names one release, by three numbers at least."""
    return version is not None and version.count(".") >= 2


def same_line(version: str, release: str) -> bool:
    """Whether two releases have the same major and minor number."""
    return _numbers(version)[:2] == _numbers(release)[:2]


def _numbers(version: str) -> tuple[int, ...]:
    numbers = tuple(int(number) for number in version.split("."))
    return numbers + (0,) * (4 - len(numbers))
