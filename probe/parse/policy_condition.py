"""Conditions of IAM policies, decided with three answers: they hold, they do not, and it cannot be known from here.

Semantics: AWS' IAM user guide, "IAM JSON policy elements: Condition operators" and "Conditions with multiple context
keys or values". Operators that are not of the string family are not decided.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Final

from probe.evidence.policy import PolicyTest
from probe.records import dataclass

Truth = bool | None
"""None: cannot be known."""


def every(parts: Iterable[Truth]) -> Truth:
    """Whether all parts hold."""
    truths = list(parts)
    if any(truth is False for truth in truths):
        return False
    return None if any(truth is None for truth in truths) else True


def some(parts: Iterable[Truth]) -> Truth:
    """Whether one part holds at least."""
    return opposite(every(opposite(part) for part in parts))


def opposite(truth: Truth) -> Truth:
    """Turn a truth round."""
    return None if truth is None else not truth


def glob(pattern: str, text: str) -> bool:
    """Match `*` (any characters) and `?` (one character). Takes at most the product of both lengths in steps."""
    at = place = 0
    star, resumed = -1, 0
    while place < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, resumed = at, place
            at += 1
        elif at < len(pattern) and pattern[at] in {"?", text[place]}:
            at, place = at + 1, place + 1
        elif star >= 0:
            resumed += 1
            at, place = star + 1, resumed
        else:
            return False
    return all(rest == "*" for rest in pattern[at:])


def plain(name: str) -> str:
    """Return a provider's name, or a key of it, without what IAM may or may not tell apart: case and a last slash."""
    return name.lower().replace("/:", ":").removesuffix("/")


class Presence(StrEnum):
    """What is known of a key that no value is known of."""

    ABSENT = "absent"
    UNKNOWN = "unknown"


_OF_AWS: Final = ("aws:", "sts:")
"""Keys of AWS' own, some of which end as a tag does that anybody named."""


@dataclass(frozen=True)
class Context:
    """The keys of one request, as far as they are known."""

    known: Mapping[str, str | None]
    """None for a key that the request has with a value that is not known."""

    def value(self, key: str) -> str | Presence:
        """Return a key's value, or what is known of its presence.

        Keys that end in `:aud` and `:sub` belong to the provider that they name, so a request has no other's. Whether
        IAM tells apart keys that differ in case or in the issuer's last slash only is not written down, so such a key
        is unknown.
        """
        if key in self.known:
            return self.known[key] or Presence.UNKNOWN
        if plain(key) in map(plain, self.known):
            return Presence.UNKNOWN
        of_a_provider = key.endswith((":aud", ":sub")) and not key.lower().startswith(_OF_AWS)
        return Presence.ABSENT if of_a_provider else Presence.UNKNOWN


_MATCHES: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "StringEquals": lambda wanted, value: wanted == value,
    "StringEqualsIgnoreCase": lambda wanted, value: wanted.lower() == value.lower(),
    "StringLike": glob,
}
_OPPOSITES: Final = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
}
_QUALIFIERS: Final = ("ForAnyValue", "ForAllValues")


def holds(test: PolicyTest, context: Context) -> Truth:
    """Say whether one line of a condition holds."""
    value = context.value(test.key)
    if value is Presence.UNKNOWN or test.hidden or not test.values:
        return None
    if test.operator == "Null":
        wants_absent = {"true": True, "false": False}.get(test.values[0].lower()) if len(test.values) == 1 else None
        return None if wants_absent is None else wants_absent is (value is Presence.ABSENT)
    qualifier, negated, match, if_exists = _taken_apart(test.operator)
    if match is None:
        return None
    if isinstance(value, Presence):
        return _without_key(qualifier, negated=negated, if_exists=if_exists)
    matched = some(_matched(match, wanted, value) for wanted in test.values)
    return opposite(matched) if negated else matched


def _taken_apart(operator: str) -> tuple[str, bool, Callable[[str, str], bool] | None, bool]:
    qualifier, colon, rest = operator.partition(":")
    if not colon or qualifier not in _QUALIFIERS:
        qualifier, rest = "", operator
    base = rest.removesuffix("IfExists")
    return qualifier, base in _OPPOSITES, _MATCHES.get(_OPPOSITES.get(base, base)), base != rest


def _without_key(qualifier: str, *, negated: bool, if_exists: bool) -> Truth:
    """Say what an operator makes of a key that the request does not have."""
    if qualifier == "ForAllValues":
        return True
    if qualifier == "ForAnyValue":
        # Which of both wins, IfExists or a set that has no value, is not written down.
        return None if negated or if_exists else False
    return True if if_exists else negated


def _matched(match: Callable[[str, str], bool], wanted: str, value: str) -> Truth:
    """Compare one value. A policy variable (`${…}`) stands for something that is not known here."""
    return None if "${" in wanted else match(wanted, value)
