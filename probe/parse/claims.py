"""The claims of a service account token: only those that a diagnosis needs, each bounded and made printable."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Final, NoReturn, TypeVar

from probe.records import dataclass
from probe.secret import printable

_FLAT: Final = "kubernetes.io/serviceaccount"
_LONGEST_STRING = 512
_MOST_AUDIENCES = 16
_LATEST_TIME = 253_402_300_799
"""The last second of the year 9999."""
_LONGEST_INTEGER = 18
"""Digits. Longer ones are no times, and converting them costs quadratic time."""

_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class TokenClaims:
    """What a token says of itself; its signature has not been checked. Times are Unix seconds."""

    issuer: str | None
    subject: str | None
    audiences: tuple[str, ...]
    expires: int | None
    issued: int | None
    not_before: int | None
    key_id: str | None
    algorithm: str | None
    namespace: str | None
    service_account: str | None
    pod: str | None
    node: str | None


@dataclass(frozen=True, kw_only=True)
class ReadClaims:
    """Claims, and whether one of them was present with a value that cannot be."""

    claims: TokenClaims
    malformed: bool


def read_json_object(text: bytes) -> dict[str, object] | None:
    """Return the JSON object in UTF-8 text, or None when it is anything else, nesting without end included."""
    try:
        value: object = json.loads(text.decode(), parse_int=_integer, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def read_claims(header: Mapping[str, object], payload: Mapping[str, object]) -> ReadClaims:
    """Pick the claims out of a token's decoded header and payload."""
    reader = _Reader()
    kubernetes = reader.mapping(payload, "kubernetes.io")
    claims = TokenClaims(
        issuer=reader.string(payload, "iss"),
        subject=reader.string(payload, "sub"),
        audiences=reader.strings(payload, "aud"),
        expires=reader.time(payload, "exp"),
        issued=reader.time(payload, "iat"),
        not_before=reader.time(payload, "nbf"),
        key_id=reader.string(header, "kid"),
        algorithm=reader.string(header, "alg"),
        # The flat names are those of tokens kept in a Secret, which never expire.
        namespace=reader.string(kubernetes, "namespace") or reader.string(payload, f"{_FLAT}/namespace"),
        service_account=reader.name(kubernetes, "serviceaccount")
        or reader.string(payload, f"{_FLAT}/service-account.name"),
        pod=reader.name(kubernetes, "pod"),
        node=reader.name(kubernetes, "node"),
    )
    return ReadClaims(claims=claims, malformed=reader.malformed)


def _integer(digits: str) -> float:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else math.inf


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


@dataclass
class _Reader:
    """Reads members of expected types; an absent one is None, a wrong one is None and noted."""

    malformed: bool = field(default=False)

    def string(self, source: Mapping[str, object], key: str) -> str | None:
        return self._read(source, key, _string)

    def strings(self, source: Mapping[str, object], key: str) -> tuple[str, ...]:
        return self._read(source, key, _audiences) or ()

    def time(self, source: Mapping[str, object], key: str) -> int | None:
        return self._read(source, key, _time)

    def mapping(self, source: Mapping[str, object], key: str) -> Mapping[str, object]:
        return self._read(source, key, _mapping) or {}

    def name(self, source: Mapping[str, object], key: str) -> str | None:
        return self.string(self.mapping(source, key), "name")

    def _read(self, source: Mapping[str, object], key: str, convert: Callable[[object], _T | None]) -> _T | None:
        if key not in source:
            return None
        value = convert(source[key])
        self.malformed |= value is None
        return value


def _string(value: object) -> str | None:
    return printable(value, _LONGEST_STRING) if isinstance(value, str) else None


def _mapping(value: object) -> Mapping[str, object] | None:
    return value if isinstance(value, dict) else None


def _audiences(value: object) -> tuple[str, ...] | None:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
        return None
    return tuple(printable(item, _LONGEST_STRING) for item in values[:_MOST_AUDIENCES])


def _time(value: object) -> int | None:
    # JSON numbers may carry fractions; bool is an int in Python and none in JSON.
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value <= _LATEST_TIME else None
