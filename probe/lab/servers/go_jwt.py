"""JWTs as golang-jwt v5 reads them without verifying, its error texts included.

The Pod Identity agent passes these texts on (aws/eks-pod-identity-agent:internal/validation/request.go;
golang-jwt/jwt:parser.go, validator.go, errors.go).
"""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from probe.lab.servers.canaries import BASE64URL

SIGNING_METHODS = frozenset(
    [f"{family}{size}" for family in ("HS", "RS", "ES", "PS") for size in (256, 384, 512)] + ["EdDSA", "none"]
)
SEGMENTS = 3
LATEST = 1e15
"""Seconds; a time beyond this is nonsense that would overflow further on."""


class UnreadableTokenError(Exception):
    """The token cannot be parsed. The message is Go's and holds nothing of the token but single characters."""


@dataclass(frozen=True, kw_only=True, repr=False)
class ReadToken:
    """The two readable parts of a JWT."""

    header: dict[str, Any]
    claims: dict[str, Any]

    def number(self, claim: str) -> float | None:
        """Read a NumericDate claim; None where it is absent, null or beyond all calendars."""
        value = self.claims.get(claim)
        return float(value) if isinstance(value, int | float) and abs(value) < LATEST else None

    @property
    def audiences(self) -> tuple[str, ...]:
        """The `aud` claim, which may be a string or a list."""
        value = self.claims.get("aud", [])
        listed = value if isinstance(value, list) else [value]
        return tuple(one for one in listed if isinstance(one, str))


def read_token(text: str) -> ReadToken:
    """Parse without verifying. Raises UnreadableTokenError with golang-jwt's words."""
    segments = text.split(".")
    if len(segments) != SEGMENTS:
        raise UnreadableTokenError("token is malformed: token contains an invalid number of segments")
    header = _json(_decoded(segments[0], "header"), "header")
    claims = _json(_decoded(segments[1], "claim"), "claim")
    for name in ("exp", "nbf", "iat"):
        if isinstance(claims.get(name), str):
            raise UnreadableTokenError(f'token is malformed: could not JSON decode claim: invalid type for "{name}"')
    method = header.get("alg")
    if not isinstance(method, str) or method not in SIGNING_METHODS:
        problem = "unavailable" if isinstance(method, str) else "unspecified"
        raise UnreadableTokenError(f"token is unverifiable: signing method (alg) is {problem}")
    return ReadToken(header=header, claims=claims)


def time_complaints(token: ReadToken, now: float) -> str | None:
    """Say what the default validator says of `exp` and `nbf`, without leeway; None if nothing. It ignores `iat`."""
    complaints: list[str] = []
    expires, begins = token.number("exp"), token.number("nbf")
    if expires is not None and now >= expires:
        complaints.append("token is expired")
    if begins is not None and now < begins:
        complaints.append("token is not valid yet")
    return ", ".join(complaints) or None


def is_base64url(segment: str) -> bool:
    """Tell whether a segment is base64url without padding and without white space."""
    return set(segment) <= set(BASE64URL) and len(segment) % 4 != 1


def _decoded(segment: str, part: str) -> bytes:
    wrong = next((index for index, character in enumerate(segment) if character not in BASE64URL), None)
    if wrong is None and len(segment) % 4 == 1:
        wrong = len(segment) - 1
    if wrong is not None:
        cause = f"illegal base64 data at input byte {wrong}"
        raise UnreadableTokenError(f"token is malformed: could not base64 decode {part}: {cause}")
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def _json(content: bytes, part: str) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError, binascii.Error):
        raise UnreadableTokenError(
            f"token is malformed: could not JSON decode {part}: {_json_complaint(content)}"
        ) from None
    if not isinstance(value, dict):
        raise UnreadableTokenError(f"token is malformed: could not JSON decode {part}: json: cannot unmarshal")
    return value


def _json_complaint(content: bytes) -> str:
    """Go's words for the two commonest failures; it has more, which nobody matches on."""
    start = content.lstrip()
    if start[:1] in (b"", b"{", b"["):
        return "unexpected end of JSON input"
    return f"invalid character {chr(start[0])!r} looking for beginning of value"
