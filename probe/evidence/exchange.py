"""What happened on the wire: names, connections, handshakes, HTTP exchanges. No bodies, no secrets."""

from dataclasses import fields, is_dataclass
from enum import StrEnum

from probe.records import dataclass


class Ending(StrEnum):
    """How an attempt to reach somebody ended. The finest distinction a client can observe."""

    ANSWERED = "answered"
    CONNECTED = "connected"
    NAME_NOT_FOUND = "name-not-found"
    """The resolver says that the name does not exist (EAI_NONAME, EAI_NODATA)."""
    NAME_LOOKUP_FAILED = "name-lookup-failed"
    """The resolver could not tell (EAI_AGAIN, EAI_FAIL)."""
    NAME_LOOKUP_TIMEOUT = "name-lookup-timeout"
    REFUSED = "refused"
    CONNECT_TIMEOUT = "connect-timeout"
    UNREACHABLE = "unreachable"
    """ENETUNREACH, EHOSTUNREACH, or no local address of that family."""
    PROHIBITED = "prohibited"
    """EACCES or EPERM at connect: a local rule or an ICMP administrative prohibition."""
    TLS_UNTRUSTED = "tls-untrusted"
    TLS_FAILED = "tls-failed"
    TLS_TIMEOUT = "tls-timeout"
    NO_ANSWER = "no-answer"
    """Connected, the request was sent, and not one byte came back in time."""
    INCOMPLETE = "incomplete"
    """An answer began and did not end in time."""
    RESET = "reset"
    CLOSED = "closed"
    """The peer closed the connection without an answer."""
    NOT_HTTP = "not-http"
    TOO_LARGE = "too-large"
    """The body was cut at the limit; the status and headers are good."""
    PROXY_FAILED = "proxy-failed"
    """The proxy could not be reached or refused to connect."""


NO_PATH = frozenset({Ending.REFUSED, Ending.CONNECT_TIMEOUT, Ending.UNREACHABLE, Ending.PROHIBITED})
NAME_FAILED = frozenset({Ending.NAME_NOT_FOUND, Ending.NAME_LOOKUP_FAILED, Ending.NAME_LOOKUP_TIMEOUT})
TLS_BROKEN = frozenset({Ending.TLS_UNTRUSTED, Ending.TLS_FAILED, Ending.TLS_TIMEOUT})
MUTE = frozenset({Ending.NO_ANSWER, Ending.CLOSED})
TIMED_OUT = frozenset(
    {
        Ending.NAME_LOOKUP_TIMEOUT,
        Ending.CONNECT_TIMEOUT,
        Ending.TLS_TIMEOUT,
        Ending.NO_ANSWER,
        Ending.INCOMPLETE,
    }
)
"""What patience ended. At the walk's deadline it says nothing about the other side."""


@dataclass(frozen=True, kw_only=True)
class NameLookup:
    """One getaddrinfo call."""

    host: str
    addresses: tuple[str, ...] = ()
    error: Ending | None = None
    error_name: str | None = None
    """The resolver's own constant, such as `EAI_AGAIN`."""
    milliseconds: float | None = None
    literal: bool = False
    """The host is an address already; nothing was asked."""


@dataclass(frozen=True, kw_only=True)
class Connection:
    """One TCP connect; where a name has several addresses, the first that connected or the last that failed."""

    host: str
    port: int
    address: str | None = None
    ending: Ending
    error_name: str | None = None
    """The errno constant, such as `ECONNREFUSED`."""
    milliseconds: float | None = None
    via_proxy: str | None = None
    attempts: int = 1
    """How many connects were made, where the last one is told; 0 where the probe itself would not (`prohibited`)."""
    resolved: tuple[str, ...] = ()
    """All addresses of a name that is not an address itself, where that matters."""
    other_address: str | None = None
    """The Pod Identity agent's address of the other family, where it was tried as well."""
    other_ending: Ending | None = None
    """How connecting to `other_address` ended."""


@dataclass(frozen=True, kw_only=True)
class Handshake:
    """One TLS handshake with verification, and who issued what was served."""

    host: str
    ending: Ending
    issuer: str | None = None
    """Organisation and common name of the served certificate's issuer."""
    subject: str | None = None
    error: str | None = None
    """OpenSSL's verify message, such as `unable to get local issuer certificate`."""
    roots: str | None = None
    """Which bundle was trusted, by the variable that named it, or `default`."""
    roots_problem: str | None = None
    """Why the bundle that a variable names could not be used; nobody was trusted then."""
    via_proxy: str | None = None
    milliseconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Phases:
    """Milliseconds from the start of the exchange to the end of each phase; None where it was not reached."""

    resolved: float | None = None
    connected: float | None = None
    secured: float | None = None
    sent: float | None = None
    first_byte: float | None = None
    complete: float | None = None


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One HTTP request and what came of it. Bodies and header values that could hold a secret are left out."""

    method: str
    url: str
    """Scheme, host, port and path only."""
    ending: Ending
    address: str | None = None
    phases: Phases = Phases()
    status: int | None = None
    server: str | None = None
    content_type: str | None = None
    body_bytes: int = 0
    clock_skew_seconds: float | None = None
    """The peer's `Date` minus the local clock; positive when the local clock is slow. Whole seconds' precision."""
    error_name: str | None = None
    request_acknowledged: bool | None = None
    """After a stall: whether the peer's kernel acknowledged every byte of the request (TCP_INFO); None if unknown."""
    end_acknowledged: bool | None = None
    """After a stall over plain TCP whose request was acknowledged: whether the peer's kernel acknowledged our end of
    the conversation (FIN) as well. Then small packets still come back on this very connection; None if unknown."""
    kernel_wait_ms: float | None = None
    """Milliseconds from the request's last packet to the answer's, as the kernel saw them (TCP_INFO): a probe that is
    short of processor time reads late what came early. None if unknown, or if anything had to be sent again."""
    via_proxy: str | None = None

    @property
    def answered(self) -> bool:
        """Whether a status line came back."""
        return self.status is not None


@dataclass(frozen=True, kw_only=True)
class Router:
    """A router that answered with ICMP when the time to live ran out."""

    distance: int
    address: str


@dataclass(frozen=True, kw_only=True)
class Route:
    """The measured distance to a host, in hops as the IMDS hop limit counts them."""

    address: str
    hops: int | None
    """The smallest time to live that connects; None if none did."""
    routers: tuple[Router, ...] = ()
    """Who answered, one for each time to live that ran out on the way. A router may stay silent."""
    rejected_by: str | None = None
    """Who answered with an ICMP error other than time exceeded: a rule or a missing route speaks there."""
    rejected_at: int | None = None
    """The smallest time to live at which a connect was turned away (reset or ICMP error) where none succeeded."""
    source: str | None = None
    """This process' own address on the way there, where a connect succeeded."""
    milliseconds: float | None = None

    @property
    def is_exact(self) -> bool:
        """Whether every nearer distance was seen to be too short; else `hops` is an upper bound."""
        hops = self.hops or 0
        return len({router.distance for router in self.routers if 0 < router.distance < hops}) == hops - 1


def timed_out(facts: object) -> bool:
    """Whether any part of a step's facts ended because time ran out."""
    if isinstance(facts, tuple):
        return any(timed_out(part) for part in facts)
    if is_dataclass(facts) and not isinstance(facts, type):
        return any(timed_out(getattr(facts, part.name)) for part in fields(facts))
    return facts in TIMED_OUT if isinstance(facts, Ending) else False
