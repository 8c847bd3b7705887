"""The ASGI application of one listener: which view answers, and what happens when it cannot."""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any, Protocol

from probe.serve.http.messages import Answer, Request, line
from probe.serve.http.views import Views
from probe.tell.crash import crash_summary

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

BODY_BYTES = 1024
"""Nobody needs a body; a short one is let pass, since clients may send `{}` with a POST."""
QUIET_SECONDS = 60.0
"""How long one kind of failure is not told again: a page asks every few seconds, a flood much more often."""


class Log(Protocol):
    """Takes events, as a bound logger of structlog does."""

    def error(self, event: str, /, **fields: object) -> object:
        """Tell of a failure of the sidecar's own."""


class Failures:
    """Tells of failures by type and place, never by message: a message may quote anything."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._told: dict[str, float] = {}

    def tell(self, event: str, error: BaseException, **fields: object) -> None:
        """Log a failure, unless the same was told a moment ago."""
        summary, now = crash_summary(error), time.monotonic()
        if now - self._told.get(event + summary, -QUIET_SECONDS) >= QUIET_SECONDS:
            self._told[event + summary] = now
            self._log.error(event, error=summary, **fields)


class Application:
    """Answers the requests of one listener."""

    def __init__(
        self, views: Views, failures: Failures, guard: Callable[[Request], Answer | None] | None = None
    ) -> None:
        self._views = views
        self._failures = failures
        self._guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. The body is left to the connection, which reads and drops a short one."""
        del receive
        request = _request(scope)
        answer = self._answer(request)
        await send({"type": "http.response.start", "status": int(answer.status), "headers": answer.headers()})
        await send({"type": "http.response.body", "body": answer.body})

    def _answer(self, request: Request) -> Answer:
        if request.announces_more_than(BODY_BYTES):
            return line(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "no body is needed here", ("connection", "close"))
        try:
            return (self._guard and self._guard(request)) or self._viewed(request)
        except Exception as error:  # noqa: BLE001 - a bug in one view must not end the others
            self._failures.tell("http.view_failed", error, path=request.path if request.path in self._views else None)
            return line(HTTPStatus.INTERNAL_SERVER_ERROR, "the probe itself failed; its log says where")

    def _viewed(self, request: Request) -> Answer:
        methods = self._views.get(request.path)
        if methods is None:
            return line(HTTPStatus.NOT_FOUND, f"there are {', '.join(self._views)}")
        view = methods.get("GET" if request.method == "HEAD" else request.method)
        if view is None:
            allowed = ", ".join([*methods, *(["HEAD"] if "GET" in methods else [])])
            return line(HTTPStatus.METHOD_NOT_ALLOWED, f"this takes {allowed}", ("allow", allowed))
        return view(request)


def _request(scope: Scope) -> Request:
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return Request(method=scope["method"], path=scope["path"], headers=headers)
