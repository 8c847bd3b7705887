"""The Kubernetes API server, asked with the pod's own token, and only where the cluster's authority vouches for it.

One GET is one attempt on a connection of its own, never through a proxy, never redirected, bounded in size and time.
"""

import json
import re
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from probe.evidence import NAME_FAILED, NO_PATH, Ending, Exchange
from probe.records import dataclass
from probe.secret import Secret
from probe.wire.deadline import Deadline
from probe.wire.exchange import Request, exchange
from probe.wire.network import Network

CONNECT_SECONDS = 1.5
"""Long enough for one lost packet; the API server is near."""
READ_SECONDS = 2.0
"""For one read as a whole."""
LARGEST_OBJECT = 2 * 1024 * 1024
"""Bytes. etcd keeps no object beyond 1.5 MiB; lists are asked for with a limit."""

_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}|[0-9A-Fa-f:.]{2,45}")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,65536}")


class UnusableError(ValueError):
    """What the pod was given cannot be used; the message says what and quotes no secret."""


@dataclass(frozen=True, kw_only=True)
class ApiAnswer:
    """One read: an object, the certainty that there is none, or why neither."""

    document: Mapping[str, Any] | None = None
    """Hostile until it is cleaned: anybody may write into a cluster's objects."""
    missing: bool = False
    """The API server itself says that there is no such object, or no such kind."""
    problem: str | None = None
    """Why nothing was learnt, as half a sentence."""
    forbidden: bool = False
    """The problem is a missing right."""


class ApiServer:
    """The API server of this pod's cluster. Thread-safe."""

    def __init__(self, network: Network, host: str, port: int, context: ssl.SSLContext, token: Secret[str]) -> None:
        """Raise UnusableError for a host or a token that no request can carry."""
        if not _HOST.fullmatch(host):
            raise UnusableError("KUBERNETES_SERVICE_HOST is not a host")
        if not _TOKEN.fullmatch(token.reveal()):
            raise UnusableError("the token file holds something that is not a token")
        self._network = network
        self._base = f"https://{f'[{host}]' if ':' in host else host}:{port}"
        self._context = context
        self._token = token

    def get(self, kind: str, *path: str, deadline: Deadline, **query: str | int) -> ApiAnswer:
        """Read one object or list; `kind` is what the answer must call itself, `path` its parts after the host."""
        target = "/" + "/".join(quote(part, safe="") for part in path)
        request = Request(
            method="GET",
            url=f"{self._base}{target}{f'?{urlencode(query)}' if query else ''}",
            headers={"authorization": f"Bearer {self._token.reveal()}", "accept": "application/json"},
            connect_seconds=CONNECT_SECONDS,
            answer_seconds=READ_SECONDS,
            context=self._context,
            body_limit=LARGEST_OBJECT,
        )
        answer = exchange(self._network, request, deadline.sooner(READ_SECONDS))
        return _understood(kind, answer.exchange, answer.body)


def _understood(kind: str, told: Exchange, body: bytes) -> ApiAnswer:
    if told.status is None or told.ending is not Ending.ANSWERED:
        return ApiAnswer(problem=_no_answer(told))
    document = _document(body)
    if told.status == 200 and document is not None and document.get("kind") == kind:
        return ApiAnswer(document=document)
    is_status = document is not None and document.get("kind") == "Status"
    if told.status == 404 and (is_status or body.startswith(b"404 page not found")):
        # A group that is not served at all is answered by the server's router, in plain text.
        return ApiAnswer(missing=True)
    if not is_status or told.status < 400:
        return ApiAnswer(problem=f"what answered {told.status} is not an API server")
    if told.status == 403:
        return ApiAnswer(problem="the pod's token is not permitted to (403)", forbidden=True)
    if told.status == 401:
        return ApiAnswer(problem="the API server does not take the pod's token (401)")
    return ApiAnswer(problem=f"the API server answered {told.status}")


def _document(body: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _no_answer(told: Exchange) -> str:
    ended = told.ending.replace("-", " ")
    if told.ending is Ending.TLS_UNTRUSTED:
        return "the cluster's authority does not vouch for what answers as the API server: nothing was sent to it"
    if told.ending in NO_PATH | NAME_FAILED:
        return f"there is no way to the API server ({ended})"
    if told.ending is Ending.TOO_LARGE:
        return f"the answer is larger than {LARGEST_OBJECT // 1024 // 1024} MiB"
    return f"the API server gave no whole answer in time ({ended})"
