"""The shape of a projected service account token, and the trust policies that would accept it."""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from probe.parse.claims import ReadClaims, TokenClaims, read_claims, read_json_object
from probe.records import dataclass

__all__ = [
    "TokenClaims",
    "TokenProblem",
    "TokenShape",
    "condition_prefix",
    "pod_identity_trust_statement",
    "read_projected_token",
    "subject_parts",
    "trust_policy_statement",
]

LONGEST_TOKEN: Final = 20_000
"""Characters; the bound of WebIdentityToken in the service model of STS."""
_MOST_BYTES = 1_048_576
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_NAMESPACE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_SERVICE_ACCOUNT = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")


class TokenProblem(StrEnum):
    """What is wrong with a token file, before anybody looks at the claims."""

    EMPTY = "empty"
    SURROUNDING_WHITESPACE = "surrounding-whitespace"
    INNER_WHITESPACE = "inner-whitespace"
    TRAILING_NEWLINE = "trailing-newline"
    CARRIAGE_RETURN = "carriage-return"
    NOT_ASCII = "not-ascii"
    NOT_THREE_SEGMENTS = "not-three-segments"
    NOT_BASE64URL = "not-base64url"
    HEADER_NOT_JSON = "header-not-json"
    PAYLOAD_NOT_JSON = "payload-not-json"
    NUL_BYTE = "nul-byte"
    TOO_LONG = "too-long"
    BEARER_PREFIX = "bearer-prefix"
    QUOTED = "quoted"
    TRAILING_TEXT = "trailing-text"
    CLAIM_MALFORMED = "claim-malformed"


@dataclass(frozen=True, kw_only=True)
class TokenShape:
    """What stands in a token file. The token itself and its signature are not kept."""

    problems: tuple[TokenProblem, ...]
    """In the order of `TokenProblem`, each once; empty for a token that STS and the agent would parse."""
    claims: TokenClaims | None
    """Read from a damaged token too, as long as its header and payload can still be found."""


def read_projected_token(raw: bytes) -> TokenShape:
    """Read the content of a token file as it is: nothing is trimmed, because no SDK trims."""
    text = raw[:_MOST_BYTES].decode("ascii", "replace")
    token = _bare(text)
    problems = {*_outer_problems(raw, text), *_segment_problems(token)}
    read = _claims(token)
    if read is not None and read.malformed:
        problems.add(TokenProblem.CLAIM_MALFORMED)
    if not token:
        problems = {TokenProblem.EMPTY} | (problems & _ALSO_WHEN_EMPTY)
    return TokenShape(
        problems=tuple(problem for problem in TokenProblem if problem in problems),
        claims=read.claims if read else None,
    )


def subject_parts(subject: str) -> tuple[str, str] | None:
    """Split `system:serviceaccount:NAMESPACE:NAME`; None unless both are valid Kubernetes names, safe in a command."""
    parts = subject.split(":")
    if len(parts) != 4 or parts[:2] != ["system", "serviceaccount"]:
        return None
    namespace, name = parts[2:]
    valid = _NAMESPACE.fullmatch(namespace) and _SERVICE_ACCOUNT.fullmatch(name)
    return (namespace, name) if valid else None


def condition_prefix(issuer: str) -> str:
    """Return what stands before `:sub` and `:aud` in a trust policy: the issuer without `https://`."""
    return issuer.removeprefix("https://")


def trust_policy_statement(partition: str, account: str, issuer: str, subject: str, audience: str) -> str:
    """Return the statement, ready to paste, that lets exactly this subject assume the role through this issuer."""
    provider = condition_prefix(issuer)
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:{partition}:iam::{account}:oidc-provider/{provider}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{provider}:sub": subject, f"{provider}:aud": audience}},
    }
    return json.dumps(statement, indent=2)


def pod_identity_trust_statement() -> str:
    """Return the statement, ready to paste, that lets EKS Pod Identity assume a role."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
    }
    return json.dumps(statement, indent=2)


_ALSO_WHEN_EMPTY: Final = frozenset(
    {
        TokenProblem.SURROUNDING_WHITESPACE,
        TokenProblem.TRAILING_NEWLINE,
        TokenProblem.CARRIAGE_RETURN,
        TokenProblem.NUL_BYTE,
        TokenProblem.BEARER_PREFIX,
        TokenProblem.QUOTED,
    }
)


def _bare(text: str) -> str:
    """Take off what people and templates put around a token."""
    text = text.strip().strip("\"'").strip()
    return text[7:].strip() if text[:7].lower() == "bearer " else text


def _outer_problems(raw: bytes, text: str) -> Iterator[TokenProblem]:
    """Yield the problems of what surrounds the token."""
    stripped = text.strip()
    leading, trailing = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    token = _bare(text)
    if leading or trailing.strip("\r\n"):
        yield TokenProblem.SURROUNDING_WHITESPACE
    if trailing.endswith("\n"):
        yield TokenProblem.TRAILING_NEWLINE
    if b"\r" in raw:
        yield TokenProblem.CARRIAGE_RETURN
    if not raw.isascii():
        yield TokenProblem.NOT_ASCII
    if b"\0" in raw:
        yield TokenProblem.NUL_BYTE
    if stripped[:1] in {'"', "'"} or stripped[-1:] in {'"', "'"}:
        yield TokenProblem.QUOTED
    if stripped.strip("\"'")[:7].lower() == "bearer ":
        yield TokenProblem.BEARER_PREFIX
    if len(token) > LONGEST_TOKEN or len(raw) > _MOST_BYTES:
        yield TokenProblem.TOO_LONG


def _segment_problems(token: str) -> Iterator[TokenProblem]:
    """Yield the problems of the token itself, `_bare`d."""
    words = token.split(maxsplit=1)
    if len(words) > 1:
        whole = _claims(words[0]) is not None and words[0].count(".") == 2
        yield TokenProblem.TRAILING_TEXT if whole else TokenProblem.INNER_WHITESPACE
        token = words[0] if whole else "".join(token.split())
    segments = token.split(".", 5)
    if len(segments) != 3 or not all(segments):
        yield TokenProblem.NOT_THREE_SEGMENTS
    if not all(_BASE64URL.fullmatch(segment) and len(segment) % 4 != 1 for segment in segments if segment):
        yield TokenProblem.NOT_BASE64URL
    if _object(segments[0]) is None:
        yield TokenProblem.HEADER_NOT_JSON
    if len(segments) < 2 or _object(segments[1]) is None:
        yield TokenProblem.PAYLOAD_NOT_JSON


def _claims(token: str) -> ReadClaims | None:
    """Read the claims of the first word, or of all words together when lines were wrapped."""
    for candidate in (token.split(maxsplit=1)[:1], token.split()):
        segments = "".join(candidate).split(".", 3)
        header = _object(segments[0])
        payload = _object(segments[1]) if len(segments) > 1 else None
        if header is not None and payload is not None:
            return read_claims(header, payload)
    return None


def _object(segment: str) -> dict[str, object] | None:
    """Decode a segment, forgiving the alphabet and padding of ordinary base64, which are reported apart."""
    if len(segment) > LONGEST_TOKEN:
        return None
    bare = segment.rstrip("=").replace("+", "-").replace("/", "_")
    try:
        decoded = base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return read_json_object(decoded)
