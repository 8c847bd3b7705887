"""Both listeners, in one event loop, in one thread."""

import asyncio
import contextlib
import socket
import threading
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self

from probe.records import dataclass
from probe.serve.http.addresses import PRIVATE, PUBLIC, Address
from probe.serve.http.application import Application, Failures, Log
from probe.serve.http.connection import Limits
from probe.serve.http.guard import misdirected
from probe.serve.http.listener import Listener, libraries_told_as_events
from probe.serve.http.sockets import ListenError, bound, listening
from probe.serve.http.tellers import Tellers
from probe.serve.http.views import Shown
from probe.serve.sidecar import Sidecar

__all__ = ["HttpServer", "Limits", "ListenError", "Listeners", "Tellers"]

START_SECONDS, STOP_SECONDS = 10.0, 1.0


@dataclass(frozen=True, kw_only=True)
class Listeners:
    """Where the sidecar listens."""

    public: Address = PUBLIC
    private: Address = PRIVATE
    """On loopback: `addresses.loopback_address` reads nothing else."""


class HttpServer:
    """What the sidecar shows, while the block lasts; it can be entered once."""

    public: Address
    """Where it listens, with the port that the kernel chose where 0 was asked for. Set when the block is entered."""
    private: Address

    def __init__(
        self,
        sidecar: Sidecar,
        listeners: Listeners,
        *,
        log: Log,
        ready_when_healthy: bool = False,
        limits: Limits | None = None,
        tellers: Tellers | None = None,
    ) -> None:
        if not listeners.private.is_loopback:
            raise ValueError("the private listener must be on loopback")
        self._shown = Shown(sidecar=sidecar, tellers=tellers or Tellers(), ready_when_healthy=ready_when_healthy)
        self._listeners = listeners
        self._limits = limits or Limits()
        self._failures = Failures(log)
        self._started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Listen, and answer in a thread; raises ListenError before anything is started."""
        with contextlib.ExitStack() as closing:
            public = closing.enter_context(listening(self._listeners.public))
            private = closing.enter_context(listening(self._listeners.private))
            self.public, self.private = bound(public), bound(private)
            self._thread = threading.Thread(target=self._run, args=(public, private), name="http", daemon=True)
            self._thread.start()
            self._started.result(START_SECONDS)
            closing.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """See `stop`."""
        self.stop()

    def is_running(self) -> bool:
        """Whether its thread lives. Where it does not, the kubelet is not answered and starts the container anew."""
        return self._thread is not None and self._thread.is_alive()

    def stop(self) -> None:
        """Close everything, within a second; it may be called again."""
        if self._thread is None or not self._started.done() or self._started.exception() is not None:
            return
        loop, stop = self._started.result()
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(stop.set)
        self._thread.join(STOP_SECONDS)

    def _run(self, public: socket.socket, private: socket.socket) -> None:
        try:
            with public, private, libraries_told_as_events(self._failures):
                asyncio.run(self._serve(public, private))
        except BaseException as error:  # noqa: BLE001 - the last frame of this thread
            if self._started.done():
                self._failures.tell("http.ended", error)
            else:
                self._started.set_exception(error)

    async def _serve(self, public: socket.socket, private: socket.socket) -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        loop.set_exception_handler(self._loop_failed)
        everybody = Application(self._shown.public_views(), self._failures)
        inside = Application(self._shown.private_views(), self._failures, misdirected)
        listeners = {
            public: Listener(everybody, self._limits, stop),
            private: Listener(inside, self._limits, stop, only_loopback=True),
        }
        async with asyncio.TaskGroup() as group:
            for sock, listener in listeners.items():
                group.create_task(listener.serve([sock]))
            for listener in listeners.values():
                await listener.up.wait()
            self._started.set_result((loop, stop))

    def _loop_failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        del loop
        error = context.get("exception")
        self._failures.tell("http.server_failed", error if isinstance(error, BaseException) else RuntimeError())
