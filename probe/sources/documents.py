"""Reading documents that strangers send: bounded already, now parsed without trust."""

import json
from typing import Any

from probe.parse.timestamp import read_timestamp


def read_document(body: bytes) -> dict[str, Any] | None:
    """Return a JSON object, or None for anything else: broken, deeply nested, not an object, not UTF-8."""
    try:
        document = json.loads(body.decode("utf-8"), parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def text_of(body: bytes) -> str | None:
    """Return a short plain-text body without surrounding white space, or None when it is not printable ASCII."""
    text = body[:2048].decode("ascii", "replace").strip()
    return text if text and text.isprintable() and "\ufffd" not in text else None


def timestamp_of(value: object) -> float | None:
    """Return unix seconds for an RFC 3339 text."""
    return read_timestamp(value) if isinstance(value, str) else None


def word(value: object) -> str | None:
    """Keep a document's value only if it is one harmless word: it ends up in commands that people paste."""
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        return None
    return value if all((ch.isalnum() and ch.isascii()) or ch in "-_./:+=,@" for ch in value) else None
