"""One HTTP request, once: no retry, no redirect, no cookie, no surprise; every phase timed, every size bounded."""

import email.utils
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

import httpcore
import httpx

from probe.evidence import Ending, Exchange, Phases
from probe.records import dataclass
from probe.wire.deadline import Deadline
from probe.wire.network import Network, blank_context
from probe.wire.stream import Journey, JourneyBackend, ending_of_broken_stream, tls_reason
from probe.wire.transport import PoolTransport

BODY_LIMIT = 64 * 1024
"""Bytes read of any body. The largest honest answer, an STS result with a long session token, is under 8 KiB."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What to send. Header values may be secret, so they never appear in a repr."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    connect_seconds: float = 2.0
    answer_seconds: float = 2.0
    """For everything after the connection stands, the whole body included."""
    context: ssl.SSLContext | None = None
    proxy: httpcore.Proxy | None = field(default=None, repr=False)
    asks_way_back: bool = False
    """After a stall, use the last 0.1 s of `answer_seconds` to see whether our end is acknowledged; plain HTTP only."""
    body_limit: int = BODY_LIMIT
    """Bytes read of the body: more only where honest answers are larger, such as lists of a cluster's objects."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The exchange as evidence, and what was received, which is not evidence: it may hold secrets."""

    exchange: Exchange
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    certificate: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The served certificate as `ssl.getpeercert()` tells it; empty without a verified handshake."""


def exchange(network: Network, request: Request, deadline: Deadline) -> Answer:
    """Send a request and say how it ended. Never raises for what the network or the peer does.

    Raises ValueError, without quoting it, for a request that cannot be written as HTTP.
    """
    journey = Journey()
    backend = JourneyBackend(
        network,
        journey,
        deadline,
        connect_seconds=request.connect_seconds,
        answer_seconds=request.answer_seconds,
        asks_way_back=request.asks_way_back,
    )
    pool = httpcore.ConnectionPool(
        ssl_context=request.context or blank_context(),
        max_connections=1,
        network_backend=backend,
        proxy=request.proxy,
    )
    received = _Received()
    try:
        with httpx.Client(transport=PoolTransport(pool), trust_env=False, follow_redirects=False) as client:
            _send(client, request, journey, received)
    except (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol, httpx.InvalidURL, UnicodeError):
        raise ValueError("the request cannot be written as HTTP") from None
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, httpcore.ProxyError) as error:
        received.ending, received.error_name = _ending(error, journey, received)
    except (httpx.TransportError, OSError) as error:
        received.ending, received.error_name = Ending.RESET, type(error).__name__
    return _answer(request, journey, received)


@dataclass
class _Received:
    """What has come in so far; kept outside the call so that an exception half-way loses nothing."""

    ending: Ending = Ending.ANSWERED
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    at: float = 0.0
    error_name: str | None = None


def _send(client: httpx.Client, request: Request, journey: Journey, received: _Received) -> None:
    headers = {"user-agent": "aws-credential-probe", "accept": "*/*", **request.headers}
    built = client.build_request(
        request.method,
        request.url,
        headers=headers,
        content=request.body or None,
        extensions={"trace": _trace(journey)},
    )
    for name in ("accept-encoding", "connection"):
        if name not in {given.lower() for given in request.headers}:
            built.headers.pop(name, None)
    answer = client.send(built, stream=True)
    try:
        received.status, received.at = answer.status_code, time.time()
        received.headers = {name.lower(): value for name, value in answer.headers.items()}
        # Not iter_bytes(): a body is never decompressed, whatever its header says.
        for chunk in answer.stream:  # type: ignore[union-attr]  # a response to a synchronous client
            received.body += chunk
            if len(received.body) > request.body_limit:
                received.ending = Ending.TOO_LARGE
                del received.body[request.body_limit :]
                return
        journey.mark("complete")
    finally:
        answer.close()


def _trace(journey: Journey) -> Callable[[str, Mapping[str, Any]], None]:
    def trace(event: str, info: Mapping[str, Any]) -> None:
        del info
        if event.endswith("send_request_body.complete"):
            journey.mark("sent")

    return trace


def _ending(error: Exception, journey: Journey, received: _Received) -> tuple[Ending, str | None]:
    connection = journey.connection
    if isinstance(error, httpcore.ProxyError):
        return Ending.PROXY_FAILED, None
    if connection is None or "connected" not in journey.marks:
        return (connection.ending, connection.error_name) if connection else (Ending.RESET, type(error).__name__)
    if "sent" not in journey.marks and isinstance(error, httpcore.ConnectTimeout):
        return Ending.TLS_TIMEOUT, None
    if isinstance(error, httpcore.ConnectError):
        return tls_ending(error)
    if received.status is not None:
        return Ending.INCOMPLETE, None if isinstance(error, httpcore.TimeoutException) else type(error).__name__
    if isinstance(error, httpcore.NetworkError):
        return ending_of_broken_stream(error)
    if "first_byte" not in journey.marks:
        return (Ending.NO_ANSWER if isinstance(error, httpcore.TimeoutException) else Ending.CLOSED), None
    return (Ending.INCOMPLETE if _ends_early(error, journey) else Ending.NOT_HTTP), None


def _ends_early(error: Exception, journey: Journey) -> bool:
    """Whether what came is the beginning of an HTTP answer that did not go on, and nothing else is wrong with it."""
    stopped = isinstance(error, httpcore.TimeoutException) or "disconnected" in str(error)
    return stopped and journey.beginning == b"HTTP/"[: len(journey.beginning)]


def tls_ending(error: BaseException) -> tuple[Ending, str | None]:
    """Find the TLS error behind an httpcore exception and name what it means."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Ending.TLS_UNTRUSTED, cause.verify_message
    return Ending.TLS_FAILED, tls_reason(cause) if cause is not None else "connection lost in the handshake"


def _answer(request: Request, journey: Journey, received: _Received) -> Answer:
    phases = Phases(**{name: round(value, 2) for name, value in journey.marks.items()})
    told = Exchange(
        method=request.method,
        url=request.url.partition("?")[0],
        ending=received.ending,
        address=journey.address,
        phases=phases,
        status=received.status,
        server=_short(received.headers.get("server")),
        content_type=_short(received.headers.get("content-type")),
        body_bytes=len(received.body),
        clock_skew_seconds=_skew(received),
        error_name=received.error_name,
        request_acknowledged=journey.request_acknowledged,
        end_acknowledged=journey.end_acknowledged,
        kernel_wait_ms=journey.kernel_wait_ms,
        via_proxy=_proxy_name(request.proxy),
    )
    return Answer(exchange=told, headers=received.headers, body=bytes(received.body), certificate=journey.certificate)


def _short(value: str | None) -> str | None:
    """Cut a header that goes into the report; a peer decides what is in it."""
    return None if value is None else "".join(ch for ch in value[:80] if ch.isprintable())


def _skew(received: _Received) -> float | None:
    try:
        told = email.utils.parsedate_to_datetime(received.headers["date"]).timestamp()
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
    return round(told - received.at, 1)


def _proxy_name(proxy: httpcore.Proxy | None) -> str | None:
    if proxy is None:
        return None
    return f"{proxy.url.scheme.decode()}://{proxy.url.host.decode()}:{proxy.url.port}"
