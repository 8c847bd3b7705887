"""Encoded authorization messages, which EC2 gives where it does not say who may not do what."""

import json
from typing import Any

from probe.evidence import Decoded
from probe.sources.needs.keys import KeysOf
from probe.sources.needs.reads import Call, make
from probe.walk import Walk

_LONGEST = 300
_MOST_NESTED = 64 * 1024
"""Characters. A decoded message takes two or three thousand."""


def decode(walk: Walk, message: str, keys: KeysOf) -> Decoded:
    """Have STS decode a message, where the keys may."""
    call = Call(service="sts", operation="DecodeAuthorizationMessage", parameters={"EncodedMessage": message})
    made = make(walk, call, keys)
    told = _document((made.result or {}).get("DecodedMessage"))
    context = _table(told.get("context"))
    denies = told.get("explicitDeny")
    return Decoded(
        read=made.read,
        action=_text(walk, context.get("action")),
        resource=_text(walk, context.get("resource")),
        principal=_text(walk, _table(context.get("principal")).get("arn")),
        explicit_deny=denies if isinstance(denies, bool) else None,
    )


def _document(text: object) -> dict[str, Any]:
    if not isinstance(text, str) or len(text) > _MOST_NESTED:
        return {}
    try:
        return _table(json.loads(text))
    except (ValueError, RecursionError):
        return {}


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(walk: Walk, value: object) -> str | None:
    return walk.redactor.clean(value, _LONGEST) if isinstance(value, str) and value else None
