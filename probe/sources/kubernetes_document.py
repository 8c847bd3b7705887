"""Objects of a cluster, read without trust: anybody may have written into them."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from probe.parse.timestamp import read_timestamp
from probe.records import dataclass

NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
"""A name of an object (RFC 1123 subdomain): what may stand in a path and in a command."""
_LONGEST = 253
_MOST = 64
"""Entries kept of a mapping."""

Clean = Callable[[str, int], str]


@dataclass(frozen=True)
class Document:
    """One object, or a part of one. What is not of the shape asked for is not there."""

    content: Any
    clean: Clean

    def at(self, *path: str) -> "Document":
        """Return a part; keys may hold dots and slashes."""
        value = self.content
        for key in path:
            value = value.get(key) if isinstance(value, Mapping) else None
        return Document(value, self.clean)

    @property
    def is_there(self) -> bool:
        """Whether there is anything."""
        return self.content is not None

    def text(self, *path: str, limit: int = _LONGEST) -> str | None:
        """Return a text, cleaned and cut."""
        value = self.at(*path).content
        return self.clean(value, limit) if isinstance(value, str) else None

    def name(self, *path: str) -> str | None:
        """Return a text that is the name of an object."""
        value = self.at(*path).content
        return value if isinstance(value, str) and NAME.fullmatch(value) else None

    def number(self, *path: str) -> int | None:
        """Return a whole number that is not negative and not absurd."""
        value = self.at(*path).content
        return value if type(value) is int and 0 <= value < 2**31 else None

    def flag(self, *path: str) -> bool:
        """Whether a value is true."""
        return self.at(*path).content is True

    def time(self, *path: str) -> float | None:
        """Return a timestamp as unix seconds."""
        value = self.at(*path).content
        return read_timestamp(value) if isinstance(value, str) else None

    def items(self, *path: str) -> Iterator["Document"]:
        """Yield the entries of a list."""
        value = self.at(*path).content
        for one in value if isinstance(value, list) else ():
            yield Document(one, self.clean)

    def texts(self, *path: str) -> dict[str, str]:
        """Return a mapping's texts as they are, for comparing; they are not clean."""
        value = self.at(*path).content
        if not isinstance(value, Mapping):
            return {}
        return {key: one for key, one in value.items() if isinstance(key, str) and isinstance(one, str)}

    def shown(self, *path: str, prefixes: tuple[str, ...]) -> dict[str, str]:
        """Return of a mapping's texts those whose keys begin so, cleaned and cut."""
        chosen = [(key, value) for key, value in self.texts(*path).items() if key.startswith(prefixes)]
        return {self.clean(key, 120): self.clean(value, 120) for key, value in sorted(chosen)[:_MOST]}
