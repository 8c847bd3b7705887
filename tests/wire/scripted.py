"""A server that does with a connection exactly what a test says, and remembers what it was sent."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from probe.wire.deadline import Deadline
from probe.wire.exchange import Answer, Request, exchange
from probe.wire.network import Network, RealNetwork

Script = Callable[[socket.socket], None]
RIGHT = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: EC2ws\r\n\r\nright"


@dataclass
class Scripted:
    """One listening socket, and everything that came in, one item a connection."""

    port: int
    received: list[bytes] = field(default_factory=list)

    def url(self, path: str = "/") -> str:
        """Return the URL of a path here."""
        return f"http://127.0.0.1:{self.port}{path}"


@contextlib.contextmanager
def serving(script: Script) -> Iterator[Scripted]:
    """Run a script for each connection, after the head of its request has come in."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Scripted(port=listener.getsockname()[1])
        threads: list[threading.Thread] = []
        over = threading.Event()

        def accept() -> None:
            while not over.is_set():
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                thread = threading.Thread(target=_converse, args=(server, connection, script), daemon=True)
                threads.append(thread)
                thread.start()

        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        try:
            yield server
        finally:
            over.set()
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join(5)
            for thread in threads:
                thread.join(5)


def _converse(server: Scripted, connection: socket.socket, script: Script) -> None:
    with connection, contextlib.suppress(OSError):
        connection.settimeout(5)
        head = b""
        while b"\r\n\r\n" not in head and (chunk := connection.recv(65536)):
            head += chunk
        server.received.append(head)
        script(connection)


def says(*pieces: bytes) -> Script:
    """Send these, then end the connection."""

    def script(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return script


def says_and_waits(*pieces: bytes) -> Script:
    """Send these, then keep the connection open until the client leaves."""

    def script(connection: socket.socket) -> None:
        says(*pieces)(connection)
        while connection.recv(65536):
            pass

    return script


def send(url: str, *, network: Network | None = None, seconds: float = 0.4, deadline: float = 10.0) -> Answer:
    """GET over the real network, with a short patience."""
    request = Request(method="GET", url=url, connect_seconds=seconds, answer_seconds=seconds)
    return exchange(network or RealNetwork(), request, Deadline.after(deadline))
