"""A trust policy's text, hostile as everything received, as statements.

The elements are those of AWS' IAM user guide, "IAM JSON policy elements reference". What is not understood makes its
statement incomplete, so that nothing is ever decided by it.
"""

import json
from collections.abc import Iterator
from typing import Any, Final, TypeVar
from urllib.parse import unquote

from probe.evidence.policy import PolicyPrincipal, PolicyStatement, PolicyTest

T = TypeVar("T")

_LONGEST = 65_536
"""Characters. IAM itself takes 8,192 at most."""
_MOST_STATEMENTS = 64
_MOST_PARTS = 128
"""Principals, actions, tests or values of one statement."""
_LONGEST_VALUE = 2_048
_ELEMENTS: Final = frozenset({"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Condition"})


class _NotUnderstoodError(ValueError):
    """A statement has a part that is not of the shape that the reference gives."""


def read_trust_policy(text: str) -> tuple[PolicyStatement, ...] | str:
    """Read a trust policy, percent-encoded as GetRole sends it or not; a sentence says why one cannot be read."""
    if len(text) > _LONGEST:
        return f"The policy is longer than {_LONGEST} characters."
    try:
        document = json.loads(text if text.lstrip().startswith("{") else unquote(text), object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        return "The policy is not JSON, or names an element twice."
    statements = document.get("Statement") if isinstance(document, dict) else None
    listed = [statements] if isinstance(statements, dict) else statements
    if not isinstance(listed, list) or not listed:
        return "The policy has no statement."
    if len(listed) > _MOST_STATEMENTS:
        return f"The policy has more than {_MOST_STATEMENTS} statements."
    return tuple(_statement(one) for one in listed)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        raise ValueError("an element stands there twice")
    return read


def _statement(told: object) -> PolicyStatement:
    effect = told.get("Effect") if isinstance(told, dict) else None
    known = effect if effect in {"Allow", "Deny"} else "unknown"
    try:
        return _understood(told, known)
    except _NotUnderstoodError:
        return PolicyStatement(effect=known, complete=False)


def _understood(told: object, effect: str) -> PolicyStatement:
    if not isinstance(told, dict) or effect == "unknown" or not told.keys() <= _ELEMENTS:
        raise _NotUnderstoodError
    spares_principals, principals = _either(told, "Principal", "NotPrincipal")
    spares_actions, actions = _either(told, "Action", "NotAction")
    return PolicyStatement(
        effect=effect,
        principals=_bounded(_principals(principals)),
        spares_principals=spares_principals,
        actions=_texts(actions),
        spares_actions=spares_actions,
        tests=_bounded(_tests(told.get("Condition", {}))),
    )


def _either(told: dict[str, Any], plain: str, negated: str) -> tuple[bool, object]:
    """Return which of two elements that exclude each other is there, and what it holds."""
    if (plain in told) == (negated in told):
        raise _NotUnderstoodError
    return negated in told, told.get(plain, told.get(negated))


def _principals(told: object) -> Iterator[PolicyPrincipal]:
    if told == "*":
        yield PolicyPrincipal(kind="*", value="*")
        return
    if not isinstance(told, dict):
        raise _NotUnderstoodError
    for kind, values in told.items():
        for value in _texts(values):
            yield PolicyPrincipal(kind=_short(kind), value=value)


def _tests(told: object) -> Iterator[PolicyTest]:
    if not isinstance(told, dict):
        raise _NotUnderstoodError
    for operator, keys in told.items():
        if not isinstance(keys, dict):
            raise _NotUnderstoodError
        for key, values in keys.items():
            yield PolicyTest(operator=_short(operator), key=_short(key), values=_texts(values))


def _texts(told: object) -> tuple[str, ...]:
    listed = told if isinstance(told, list) else [told]
    return _bounded(_text(one) for one in listed)


def _text(told: object) -> str:
    """Return a value as IAM compares it: truth values and whole numbers as they are written."""
    if isinstance(told, bool):
        return "true" if told else "false"
    if isinstance(told, int) and abs(told) < 10**18:
        return str(told)
    if not isinstance(told, str):
        raise _NotUnderstoodError
    return _short(told)


def _short(told: str) -> str:
    if len(told) > _LONGEST_VALUE:
        raise _NotUnderstoodError
    return told


def _bounded(parts: Iterator[T]) -> tuple[T, ...]:
    listed: list[T] = []
    for part in parts:
        if len(listed) == _MOST_PARTS:
            raise _NotUnderstoodError
        listed.append(part)
    return tuple(listed)
