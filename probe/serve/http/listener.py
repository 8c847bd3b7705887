"""uvicorn's server without its clock, its signal handlers and its patience."""

import asyncio
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from uvicorn import Server

from probe.serve.http.application import Application, Failures
from probe.serve.http.connection import BoundedConfig, BoundedConnection, Limits

QUEUE = 1024
"""Connections that may wait in the kernel."""
LAST_ANSWERS_SECONDS = 0.3
"""What clients who are being answered have when the sidecar stops."""


class Listener(Server):
    """One listening socket. It must be served outside the main thread: there uvicorn takes the signals."""

    def __init__(
        self, application: Application, limits: Limits, stop: asyncio.Event, *, only_loopback: bool = False
    ) -> None:
        config = BoundedConfig(
            limits=limits,
            only_loopback=only_loopback,
            app=application,
            interface="asgi3",
            http=BoundedConnection,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,  # else whoever is on loopback could say that he is somebody else
            server_header=False,
            date_header=False,  # the application writes it: here it would need a clock that ticks
            workers=1,  # else WEB_CONCURRENCY decides
            backlog=limits.accepted_at_once,
        )
        super().__init__(config)
        self.up = asyncio.Event()
        self._stop = stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept."""
        await super().startup(sockets)
        for sock in sockets or ():
            # asyncio uses one number for two things: what it accepts at once, and how many the kernel lets wait.
            sock.listen(QUEUE)

    async def main_loop(self) -> None:
        """Wait for the end. uvicorn wakes ten times a second here: two millicores for two listeners, all we may use."""
        self.up.set()
        await self._stop.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting, let answers that have begun be taken, and drop whoever is still there."""
        for server in self.servers:
            server.close()
        for sock in sockets or ():
            sock.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await asyncio.sleep(0)  # what is closed is gone with the next turn of the loop
        if self.server_state.connections:
            await asyncio.sleep(LAST_ANSWERS_SECONDS)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        if self.server_state.tasks:  # they end by themselves when their connection is gone
            await asyncio.wait(self.server_state.tasks, timeout=LAST_ANSWERS_SECONDS)


class _AsEvents(logging.Handler):
    """Turns what libraries log as an error into an event; their warnings are about clients, who are many."""

    def __init__(self, failures: Failures) -> None:
        super().__init__(logging.ERROR)
        self._failures = failures

    def emit(self, record: logging.LogRecord) -> None:
        """See `logging.Handler`. The message may quote a request, so only the exception's type and place are told."""
        error = record.exc_info[1] if record.exc_info else None
        self._failures.tell("http.server_failed", error or RuntimeError(), logger=record.name)


@contextmanager
def libraries_told_as_events(failures: Failures) -> Iterator[None]:
    """Keep uvicorn and asyncio from writing lines of their own to standard error."""
    handler = _AsEvents(failures)
    loggers = [logging.getLogger(name) for name in ("uvicorn.error", "asyncio")]
    before = [logger.propagate for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.propagate = False
    try:
        yield
    finally:
        for logger, propagated in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.propagate = propagated
