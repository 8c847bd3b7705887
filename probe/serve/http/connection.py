"""uvicorn's connection with bounds on what a client may take: time, memory and places.

uvicorn has a limit on concurrency of its own, which answers 503 to everybody once it is reached; so 500 idle
connections would make the kubelet restart a healthy container. Here the connection that did nothing for longest makes
room for a new one.
"""

import asyncio
from http import HTTPStatus
from typing import Any

import h11
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.server import ServerState

from probe.records import dataclass
from probe.serve.http.addresses import is_loopback
from probe.serve.http.messages import line


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one listener allows."""

    connections: int = 64
    """At once; room for some Prometheus servers and their spares, the kubelet, and a person."""
    accepted_at_once: int = 16
    """Connections taken from the kernel before those that have come are read. Well below `connections`, so that in a
    flood a request that has arrived is answered before its connection has to make room."""
    head_bytes: int = 16_384
    """Request line and headers. Browsers send `localhost` the cookies of everything that ever ran on that laptop."""
    request_seconds: float = 10.0
    """From the first byte (of a new connection: from its beginning) to the end of the request."""
    idle_seconds: int = 75
    """Between two requests; a little more than the longest usual scrape interval."""
    response_seconds: float = 10.0
    """Until a client has taken what the kernel does not buffer for it."""


class BoundedConfig(Config):
    """What uvicorn hands to every connection, with what ours need."""

    def __init__(self, *, limits: Limits, only_loopback: bool, **given: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(
            **given, timeout_keep_alive=limits.idle_seconds, h11_max_incomplete_event_size=limits.head_bytes
        )
        self.limits = limits
        self.only_loopback = only_loopback


class BoundedConnection(H11Protocol):
    """One client."""

    def __init__(
        self,
        config: BoundedConfig,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._limits = config.limits
        self._only_loopback = config.only_loopback
        self._request_deadline: asyncio.TimerHandle | None = None
        self._response_deadline: asyncio.TimerHandle | None = None
        self.active_at = self.loop.time()
        """When something last came from this client, or the last of its answer was taken."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Take a client in."""
        super().connection_made(transport)
        if self._only_loopback and not (self.client and is_loopback(self.client[0])):
            # With net.ipv4.conf.*.route_localnet the kernel lets neighbours through to 127.0.0.1.
            self.drop()
            return
        transport.set_write_buffer_limits(high=0)
        self._request_deadline = self.loop.call_later(self._limits.request_seconds, self.drop)
        if len(self.connections) > self._limits.connections:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a client."""
        self._end_request_deadline()
        self._end_response_deadline()
        super().connection_lost(exc)
        self._unset_keepalive_if_required()

    def data_received(self, data: bytes) -> None:
        """Take in what a client sent. uvicorn stops its own timer for idle connections here."""
        self.active_at = self.loop.time()
        if self._request_deadline is None:
            self._request_deadline = self.loop.call_later(self._limits.request_seconds, self.drop)
        super().data_received(data)
        if self.conn.their_state not in {h11.IDLE, h11.SEND_BODY}:
            self._end_request_deadline()

    def pause_writing(self) -> None:
        """Wait for a client that does not take its answer; this is called as soon as the kernel takes no more."""
        super().pause_writing()
        self._end_response_deadline()
        self._response_deadline = self.loop.call_later(self._limits.response_seconds, self.drop)

    def resume_writing(self) -> None:
        """Go on: the client has taken everything."""
        self.active_at = self.loop.time()
        self._end_response_deadline()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP, or too long a head. Where an answer has begun there is no way to say so."""
        if self.conn.our_state is not h11.IDLE:
            self.drop()
            return
        answer = line(HTTPStatus.BAD_REQUEST, msg, ("connection", "close"))
        for event in (
            h11.Response(status_code=answer.status, headers=answer.headers(), reason=answer.status.phrase),
            h11.Data(data=answer.body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def shutdown(self) -> None:
        """Close when the answer that has begun is finished."""
        cycle: RequestResponseCycle | None = self.cycle  # uvicorn says that there is always one
        if cycle is not None and not cycle.response_complete:
            cycle.keep_alive = False
        else:
            self.transport.close()

    def drop(self) -> None:
        """Close at once, whatever has not been sent."""
        self.connections.discard(self)
        self.transport.abort()

    def _make_room(self) -> None:
        others = (one for one in self.connections if one is not self and isinstance(one, BoundedConnection))
        min(others, key=lambda one: one.active_at).drop()

    def _end_request_deadline(self) -> None:
        if self._request_deadline is not None:
            self._request_deadline.cancel()
            self._request_deadline = None

    def _end_response_deadline(self) -> None:
        if self._response_deadline is not None:
            self._response_deadline.cancel()
            self._response_deadline = None
