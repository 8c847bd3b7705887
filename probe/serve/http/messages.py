"""Requests and answers, as the views see them."""

import json
from collections.abc import Mapping
from dataclasses import field
from email.utils import formatdate
from http import HTTPStatus
from typing import Any

from probe.records import dataclass

NO_SCRIPTS = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
TEXT = "text/plain; charset=utf-8"
SECURITY = (
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cache-control", "no-store"),
)


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request without its body, which nobody here needs."""

    method: str
    path: str
    headers: Mapping[str, str]
    """By lower-case name; several of one name are joined by commas."""

    def header(self, name: str) -> str:
        """Return a header, empty where it is not sent."""
        return self.headers.get(name, "")

    def announces_more_than(self, count: int) -> bool:
        """Whether more bytes of body may follow; of a chunked one nobody knows. h11 has checked that it is a number."""
        return "transfer-encoding" in self.headers or int(self.header("content-length") or 0) > count


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A whole answer."""

    status: HTTPStatus
    body: bytes
    content_type: str = TEXT
    policy: str = NO_SCRIPTS
    """The content security policy."""
    more: tuple[tuple[str, str], ...] = field(default=())
    """Further headers."""

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return all headers."""
        own = (
            ("date", formatdate(usegmt=True)),
            ("content-type", self.content_type),
            ("content-length", str(len(self.body))),
            ("content-security-policy", self.policy),
        )
        return [(name.encode(), value.encode()) for name, value in (*own, *SECURITY, *self.more)]


def line(status: HTTPStatus, text: str, *more: tuple[str, str]) -> Answer:
    """Return one line for people."""
    return Answer(status=status, body=f"{text}\n".encode(), more=more)


def json_answer(document: dict[str, Any]) -> Answer:
    """Return a document."""
    body = json.dumps(document, allow_nan=False).encode()
    return Answer(status=HTTPStatus.OK, body=body, content_type="application/json")
