"""A mapping inside the workload, and what may be asked of it."""

from collections.abc import Iterator
from typing import TypeAlias

from probe.console import UsageError
from probe.records import dataclass
from probe.secret import printable

Fields: TypeAlias = dict[str, object]
"""A mapping as JSON has it."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A mapping and where it stands. A null is the same as nothing, as in Kubernetes.

    Each question raises UsageError for a value of another kind than asked for.
    """

    fields: Fields
    path: str
    """For messages, such as `spec.template.spec`; empty for the whole object."""

    def value(self, name: str) -> object:
        """Return whatever is there, or None."""
        return self.fields.get(name)

    def has(self, name: str) -> bool:
        """Whether anything is there."""
        return self.fields.get(name) is not None

    def text(self, name: str) -> str | None:
        """Return a text; an empty one is nothing."""
        value = self.fields.get(name)
        if value is not None and not isinstance(value, str):
            raise self._complaint(name, "text")
        return value or None

    def flag(self, name: str) -> bool | None:
        """Return true, false, or None where nothing is said."""
        value = self.fields.get(name)
        if value is not None and not isinstance(value, bool):
            raise self._complaint(name, "true or false")
        return value

    def part(self, name: str) -> "Part":
        """Return a mapping in here; an empty one when it is not there."""
        value = self.fields.get(name)
        if value is not None and not isinstance(value, dict):
            raise self._complaint(name, "a mapping")
        return Part(fields=value or {}, path=self._path(name))

    def parts(self, name: str) -> tuple["Part", ...]:
        """Return a list of mappings; an empty one when it is not there."""
        return tuple(self._items(name))

    def texts(self, name: str) -> dict[str, str]:
        """Return a mapping of texts, as labels and annotations are."""
        part = self.part(name)
        return {key: part.text(key) or "" for key in part.fields}

    def picked(self, *names: str) -> Fields:
        """Return those of the named fields that are there, in the order of the names."""
        return {name: self.fields[name] for name in names if self.fields.get(name) is not None}

    def _items(self, name: str) -> Iterator["Part"]:
        values = self.fields.get(name)
        if values is not None and not isinstance(values, list):
            raise self._complaint(name, "a list")
        for number, item in enumerate(values or []):
            path = f"{self._path(name)}[{number}]"
            if not isinstance(item, dict):
                raise UsageError(f"the workload's {path} is not a mapping")
            yield Part(fields=item, path=path)

    def _path(self, name: str) -> str:
        return f"{self.path}.{name}".removeprefix(".")

    def _complaint(self, name: str, expected: str) -> UsageError:
        return UsageError(f"the workload's {printable(self._path(name), 120)} is not {expected}")
