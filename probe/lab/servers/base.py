"""What every server of the lab shares: sockets, threads, TLS, faults, and a record of what was asked."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import ClassVar, Self, TypedDict, Unpack

import h11

from probe.lab.servers.faults import Fault, FaultKind, FaultSchedule, commit, drain
from probe.lab.servers.messages import Answer, RecordedRequest, Request, RequestReader, http_date

LOOPBACK = ("127.0.0.1", 0)
MAX_OPEN = 64
"""Connections beyond this many are closed as soon as they are accepted."""
JOIN_SECONDS = 2.0
ACCEPT_SECONDS = 0.2
"""How long `close` waits at most where shutting a listening socket down does not wake `accept` (not Linux)."""


class ListenOptions(TypedDict, total=False):
    """How a server is reached; every server's constructor takes these after its config."""

    address: tuple[str, int]
    """Host and port to bind; 127.0.0.1 and a free port unless given."""
    tls: ssl.SSLContext | None
    handshake_stall: bool
    """Accept TCP connections, read what comes and never say a word, as a black hole behind a load balancer does."""


class LabServer:
    """A server on one address, with a thread for each connection. Use it as a context manager.

    Subclasses say what the right answer is (`answer`) and which faults concern a request (`routes`).
    """

    refuses_expect: ClassVar[bool] = False
    """Whether a request with `Expect: 100-continue` goes to `answer` before its body was read."""

    def __init__(
        self, *, faults: tuple[Fault, ...] = (), date_offset_seconds: float = 0.0, **listen: Unpack[ListenOptions]
    ) -> None:
        self.requests: list[RecordedRequest] = []
        self._address = listen.get("address", LOOPBACK)
        self._tls = listen.get("tls")
        self._handshake_stall = listen.get("handshake_stall", False)
        self._schedule = FaultSchedule(faults)
        self._date_offset = date_offset_seconds
        self._listener: socket.socket | None = None
        self._port: int | None = None
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._closed = threading.Event()

    def routes(self, request: Request) -> tuple[str, ...]:  # noqa: ARG002 - for subclasses
        """Name the routes of a request, for faults and for the record."""
        return ()

    def answer(self, request: Request) -> Answer:
        """Give the right answer."""
        raise NotImplementedError

    def on_request(self, connection: socket.socket, method: str) -> None:
        """Do nothing: a hook for when a request's head is read and nothing is answered yet."""

    def describe(self, request: Request) -> RecordedRequest:
        """Pick what is kept of a request."""
        return RecordedRequest(
            method=request.method,
            path=request.path,
            header_names=tuple(name for name, _ in request.headers),
            host=request.host,
            routes=self.routes(request),
        )

    def respond(self, connection: socket.socket, request: Request) -> bool:
        """Answer one request, well or badly. True if the connection can serve another."""
        fault = self._schedule.due(self.routes(request))
        if fault is None:
            return self.fulfil(connection, request)
        if fault.kind is FaultKind.DELAY:
            self._closed.wait(fault.seconds)
            return self.fulfil(connection, request)
        if fault.kind is FaultKind.ANSWER:
            return self.send(connection, request, fault.canned())
        commit(fault, connection, lambda: _rendered(self.answer(request), request), self._closed)
        return False

    def fulfil(self, connection: socket.socket, request: Request) -> bool:
        """Do what was asked for. True if the connection can serve another request."""
        return self.send(connection, request, self.answer(request))

    def send(self, connection: socket.socket, request: Request, answer: Answer) -> bool:
        """Send an answer. True if the connection can serve another request."""
        connection.sendall(_rendered(answer, request))
        return request.keep_alive and not answer.closes

    @property
    def port(self) -> int:
        """The port it listens on. RuntimeError before `start`."""
        if self._port is None:
            raise RuntimeError("a lab server has no port before start()")
        return self._port

    @property
    def base_url(self) -> str:
        """Scheme, host and port, without a slash at the end."""
        host = self._address[0]
        return f"{'https' if self._tls else 'http'}://{f'[{host}]' if ':' in host else host}:{self.port}"

    def now(self) -> float:
        """Read the server's own clock: epoch seconds, off by the configured offset."""
        return time.time() + self._date_offset

    def date(self) -> str:
        """Read the server's own clock as a Date header."""
        return http_date(self.now())

    def start(self) -> Self:
        """Bind and listen. OSError if the address is taken or not there."""
        family = socket.AF_INET6 if ":" in self._address[0] else socket.AF_INET
        listener = socket.create_server(self._address, family=family, backlog=MAX_OPEN)
        listener.settimeout(ACCEPT_SECONDS)
        self._listener = listener
        self._port = int(listener.getsockname()[1])
        self._spawn(self._accept, listener)
        return self

    def close(self) -> None:
        """Stop listening and end every connection, whatever it is waiting for. Safe to call twice."""
        self._closed.set()
        with self._lock:
            sockets, threads = [*self._open], [*self._threads]
        if self._listener is not None:
            sockets.append(self._listener)
        for one in sockets:
            hang_up(one)
        for thread in threads:
            thread.join(JOIN_SECONDS)
        for one in sockets:
            one.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def track(self, connection: socket.socket) -> bool:
        """Remember a socket for `close`. False, and the socket is closed, if there is no place for it any more."""
        with self._lock:
            if not self._closed.is_set() and len(self._open) < MAX_OPEN:
                self._open.add(connection)
                return True
        connection.close()
        return False

    def release(self, connection: socket.socket) -> None:
        """Close a socket and forget it."""
        with self._lock:
            self._open.discard(connection)
        connection.close()

    def _spawn(self, work: Callable[[socket.socket], None], on: socket.socket) -> None:
        thread = threading.Thread(target=work, args=(on,), daemon=True)
        with self._lock:  # started under the lock, so that close() never joins a thread that has not begun
            self._threads = [*(other for other in self._threads if other.is_alive()), thread]
            thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while not self._closed.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            if self.track(connection):
                self._spawn(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        current = connection
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._handshake_stall:
                drain(connection)
                return
            current = self._secured(connection)
            self._converse(current)
        except OSError:
            # A client that left, a handshake that failed, our own close(): each just ends the conversation.
            return
        finally:
            self.release(current)

    def _secured(self, connection: socket.socket) -> socket.socket:
        if self._tls is None:
            return connection
        wrapped = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        with self._lock:
            self._open.discard(connection)
            self._open.add(wrapped)
        try:
            if self._closed.is_set():  # close() looked while the socket was between its two objects
                raise ConnectionAbortedError
            wrapped.do_handshake()
        except OSError:
            self.release(wrapped)
            raise
        return wrapped

    def _converse(self, connection: socket.socket) -> None:
        reader = RequestReader(
            connection,
            head_seen=lambda method: self.on_request(connection, method),
            refuses_expect=self.refuses_expect,
        )
        try:
            while not self._closed.is_set() and (request := reader.next()) is not None:
                self.requests.append(self.describe(request))
                if not self.respond(connection, request):
                    return
        except h11.RemoteProtocolError as error:
            connection.sendall(Answer(status=error.error_status_hint, headers=(("Content-Length", "0"),)).render())


def _rendered(answer: Answer, request: Request) -> bytes:
    return answer.render(without_body=request.method == "HEAD")


def hang_up(connection: socket.socket) -> None:
    """Wake whoever reads or accepts on a socket, in any thread, without closing its descriptor under them."""
    with contextlib.suppress(OSError):
        # The plain method: SSLSocket's own would drop its TLS state while another thread is using it.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
