"""Access keys that cannot work, told from their shape. No value is ever repeated."""

import base64
import binascii
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from probe.records import dataclass
from probe.secret import Secret

_KEY_ID = re.compile(r"A[KS]IA[A-Z0-9]{16}")
_SECRET_KEY = re.compile(r"[A-Za-z0-9/+]{40}")
_SESSION_TOKEN = re.compile(r"[A-Za-z0-9/+=_-]+")
_MOST_CHARACTERS = 20_000

_DOCUMENTATION_KEYS: Final = frozenset(
    {
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AKIAI44QH8DHBEXAMPLE",
        "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY",
    }
)
_TEMPLATE = re.compile(r"\{\{|\$\{|\$\(|%\(|<[^<>]*>|\A\$[A-Z_]+\Z|\A%[A-Z_]+%\Z")
_FILLER = re.compile(
    r"x+|\*+|\.+|change[-_ ]?me|replace[-_ ]?me|placeholder|redacted|todo|tbd|dummy|fake|test|none|null|nil|undefined"
    r"|your[-_ ].{0,60}|.{0,20}access[-_ ]key[-_ ](?:id|here)|.{0,20}(?:secret|key|token)[-_ ]here",
    re.IGNORECASE,
)


class KeyPart(StrEnum):
    """Which of the three values a problem is about, by the name of its variable."""

    ACCESS_KEY_ID = "AWS_ACCESS_KEY_ID"
    SECRET_ACCESS_KEY = "AWS_SECRET_ACCESS_KEY"  # noqa: S105 - the name of a variable
    SESSION_TOKEN = "AWS_SESSION_TOKEN"  # noqa: S105 - the name of a variable


class KeyProblemKind(StrEnum):
    """What is wrong with a value."""

    EMPTY = "empty"
    WHITE_SPACE = "white-space"
    LINE_BREAK = "line-break"
    CARRIAGE_RETURN = "carriage-return"
    QUOTED = "quoted"
    CONTROL_CHARACTER = "control-character"
    NOT_ASCII = "not-ascii"
    PLACEHOLDER = "placeholder"
    DOCUMENTATION_KEY = "documentation-key"
    BASE64 = "base64"
    SWAPPED = "swapped"
    SHAPE = "shape"
    MISSING_WITH_TEMPORARY_KEY = "missing-with-temporary-key"
    UNEXPECTED_WITH_LONG_TERM_KEY = "unexpected-with-long-term-key"


@dataclass(frozen=True, kw_only=True)
class KeyProblem:
    """One problem of a set of keys."""

    part: KeyPart
    kind: KeyProblemKind
    certain: bool
    """True when AWS cannot accept the value; an imitation of AWS in a test may still do so."""
    sentence: str


_SENTENCES: Final = {
    KeyProblemKind.EMPTY: "is set and empty",
    KeyProblemKind.WHITE_SPACE: "has white space in it",
    KeyProblemKind.LINE_BREAK: "has a line break in it, as from `echo` without -n before `base64`",
    KeyProblemKind.CARRIAGE_RETURN: "has a carriage return in it, as from a file written on Windows",
    KeyProblemKind.QUOTED: "has quotes as part of the value",
    KeyProblemKind.CONTROL_CHARACTER: "has a control character in it",
    KeyProblemKind.NOT_ASCII: "has a character that is not ASCII",
    KeyProblemKind.PLACEHOLDER: "is a placeholder that nobody replaced",
    KeyProblemKind.DOCUMENTATION_KEY: "is the example key of the AWS documentation",
    KeyProblemKind.BASE64: "is still base64 encoded, as when a Secret's `data` was encoded twice",
    KeyProblemKind.SWAPPED: "holds the other half of the key pair: id and secret are swapped",
    KeyProblemKind.SHAPE: "does not look like anything that AWS issues",
    KeyProblemKind.MISSING_WITH_TEMPORARY_KEY: "is not set, and a temporary key (ASIA…) does not work without it",
    KeyProblemKind.UNEXPECTED_WITH_LONG_TERM_KEY: "is set beside a long-term key (AKIA…), which has none",
}
_LIKELY_ONLY: Final = frozenset({KeyProblemKind.SHAPE, KeyProblemKind.UNEXPECTED_WITH_LONG_TERM_KEY})


def key_problems(
    access_key_id: str | None, secret: Secret[str] | None, session_token: Secret[str] | None
) -> tuple[KeyProblem, ...]:
    """Name what is wrong with keys as they are; None means not set, and half a pair is not this function's matter."""
    found = list(_pair_problems(access_key_id, secret, session_token))
    swapped = {part for part, kind in found if kind is KeyProblemKind.SWAPPED}
    values = (
        (KeyPart.ACCESS_KEY_ID, access_key_id),
        (KeyPart.SECRET_ACCESS_KEY, secret.reveal() if secret else None),
        (KeyPart.SESSION_TOKEN, session_token.reveal() if session_token else None),
    )
    for part, value in values:
        if value is not None and part not in swapped:
            found += ((part, kind) for kind in _value_problems(part, value[:_MOST_CHARACTERS]))
    return tuple(_problem(part, kind) for part, kind in found)


def _problem(part: KeyPart, kind: KeyProblemKind) -> KeyProblem:
    sentence = f"{part} {_SENTENCES[kind]}."
    return KeyProblem(part=part, kind=kind, certain=kind not in _LIKELY_ONLY, sentence=sentence)


def _pair_problems(
    access_key_id: str | None, secret: Secret[str] | None, session_token: Secret[str] | None
) -> Iterator[tuple[KeyPart, KeyProblemKind]]:
    """Yield what shows only when the values are seen together."""
    if access_key_id is None:
        return
    if secret and _SECRET_KEY.fullmatch(access_key_id) and _KEY_ID.fullmatch(secret.reveal()):
        yield KeyPart.ACCESS_KEY_ID, KeyProblemKind.SWAPPED
        yield KeyPart.SECRET_ACCESS_KEY, KeyProblemKind.SWAPPED
    has_token = session_token is not None and bool(session_token.reveal())
    if access_key_id.startswith("ASIA") and not has_token:
        yield KeyPart.SESSION_TOKEN, KeyProblemKind.MISSING_WITH_TEMPORARY_KEY
    if access_key_id.startswith("AKIA") and has_token:
        yield KeyPart.SESSION_TOKEN, KeyProblemKind.UNEXPECTED_WITH_LONG_TERM_KEY


def _value_problems(part: KeyPart, value: str) -> Iterator[KeyProblemKind]:
    if not value:
        # An empty session token means none, which is what a template without one leaves behind.
        if part is not KeyPart.SESSION_TOKEN:
            yield KeyProblemKind.EMPTY
        return
    if value in _DOCUMENTATION_KEYS:
        yield KeyProblemKind.DOCUMENTATION_KEY
        return
    if _TEMPLATE.search(value) or _FILLER.fullmatch(value.strip().strip("\"'")):
        yield KeyProblemKind.PLACEHOLDER
        return
    broken = list(_character_problems(value))
    yield from broken
    if not broken:
        yield from _shape_problems(part, value)


def _character_problems(value: str) -> Iterator[KeyProblemKind]:
    if "\n" in value:
        yield KeyProblemKind.LINE_BREAK
    if "\r" in value:
        yield KeyProblemKind.CARRIAGE_RETURN
    if any(character.isspace() and character not in "\r\n" for character in value):
        yield KeyProblemKind.WHITE_SPACE
    if any(quote in value for quote in "\"'`"):
        yield KeyProblemKind.QUOTED
    if not value.isascii():
        yield KeyProblemKind.NOT_ASCII
    if any(not character.isprintable() and not character.isspace() for character in value if character.isascii()):
        yield KeyProblemKind.CONTROL_CHARACTER


def _shape_problems(part: KeyPart, value: str) -> Iterator[KeyProblemKind]:
    decoded = _decoded(value)
    if part is KeyPart.ACCESS_KEY_ID:
        encoded, well_formed = _KEY_ID.fullmatch(decoded), _KEY_ID.fullmatch(value)
    elif part is KeyPart.SECRET_ACCESS_KEY:
        encoded, well_formed = _SECRET_KEY.fullmatch(decoded), _SECRET_KEY.fullmatch(value)
    else:
        # A session token is base64 by nature, so a second layer does not show.
        encoded, well_formed = None, _SESSION_TOKEN.fullmatch(value)
    if encoded:
        yield KeyProblemKind.BASE64
    elif not well_formed:
        yield KeyProblemKind.SHAPE


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode("ascii").strip()
    except (binascii.Error, ValueError):
        return ""
