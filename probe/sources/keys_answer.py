"""The answer of an endpoint that hands out keys: which documented fields came, and the keys themselves apart."""

from collections.abc import Sequence
from typing import Any

from probe.credentials import Credentials
from probe.evidence import CredentialsAnswer, Ending
from probe.secret import Secret
from probe.sources.documents import read_document, timestamp_of, word
from probe.wire.exchange import Answer


def read_keys(answer: Answer, documented: Sequence[str]) -> tuple[CredentialsAnswer, Credentials | None]:
    """Read a document of keys. `documented` are the fields that the endpoint's documentation promises."""
    complete = answer.exchange.status == 200 and answer.exchange.ending is Ending.ANSWERED
    document = read_document(answer.body) if complete else None
    if document is None:
        return CredentialsAnswer(exchange=answer.exchange, not_json=complete), None
    keys = _keys(document)
    facts = CredentialsAnswer(
        exchange=answer.exchange,
        access_key_hint=keys.hint if keys else None,
        expires=timestamp_of(document.get("Expiration")),
        account=word(document.get("AccountId")),
        missing_fields=tuple(name for name in documented if not document.get(name)),
        code=word(document.get("Code")),
        has_keys=keys is not None,
    )
    return facts, keys


def _keys(document: dict[str, Any]) -> Credentials | None:
    access, secret, token = (document.get(name) for name in ("AccessKeyId", "SecretAccessKey", "Token"))
    if not (isinstance(access, str) and access and isinstance(secret, str) and secret):
        return None
    if document.get("Code", "Success") != "Success" or not all(map(_may_be_sent, (access, secret, token or ""))):
        return None
    return Credentials(
        access_key_id=access,
        secret_access_key=Secret(secret),
        session_token=Secret(token) if isinstance(token, str) and token else None,
        expires=timestamp_of(document.get("Expiration")),
    )


def _may_be_sent(value: object) -> bool:
    """Whether a value can stand in an HTTP header: a stranger may have put anything into the document."""
    return isinstance(value, str) and value.isascii() and (not value or value.isprintable())
