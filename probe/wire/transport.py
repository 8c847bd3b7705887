"""httpx on a connection pool of ours: sockets come from the walk's network, and nothing is followed."""

from collections.abc import Iterator

import httpcore
import httpx

_NEVER_FOLLOWED = frozenset({b"location", b"set-cookie"})
"""httpx parses these before anybody asks, and an answer is lost when it cannot: so it never gets to see them."""


class PoolTransport(httpx.BaseTransport):
    """What an httpx client sends through. Raises httpcore's exceptions as they are."""

    def __init__(self, pool: httpcore.ConnectionPool) -> None:
        self._pool = pool

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return its answer, whose body has not been read yet."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path
        )
        sent = httpcore.Request(
            method=request.method,
            url=url,
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        answer = self._pool.handle_request(sent)
        return httpx.Response(
            status_code=answer.status,
            headers=[(name, value) for name, value in answer.headers if name.lower() not in _NEVER_FOLLOWED],
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close the pool's connections."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()
