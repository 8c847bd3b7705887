"""What a source would answer: keys, a refusal, something unusable, or nothing."""

from enum import StrEnum

from probe.evidence import CredentialsAnswer, Ending, Exchange
from probe.records import dataclass

NEEDED = frozenset({"AccessKeyId", "SecretAccessKey", "Token", "Expiration"})
"""What a document of temporary keys consists of; some SDKs do without the last two."""
_EARLY, _LATE = 0.8, 1.25
"""Shares of a client's patience: sooner it surely hears the answer, later surely not, in between it may."""


class ReplyKind(StrEnum):
    """The kinds of answer."""

    KEYS = "keys"
    REFUSED = "refused"
    """An error that the source itself gave."""
    UNUSABLE = "unusable"
    """An answer that is not what the source should say."""
    BROKEN = "broken"
    """No answer; `ending` says how it went."""
    UNSEEN = "unseen"
    """Not asked, or asked in another way than the SDK would."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer, reduced to what makes a difference to an SDK."""

    kind: ReplyKind
    because: str
    """What happened, as a part of a sentence."""
    hint: str | None = None
    ending: Ending | None = None
    status: int | None = None
    code: str | None = None
    message: str | None = None
    missing: frozenset[str] = frozenset()
    """Documented fields that a document of keys lacks."""
    not_json: bool = False
    expires: float | None = None
    clock_skew: float | None = None
    """Seconds by which the source's clock is ahead of the local one."""
    seconds: float | None = None
    """From the request to the first byte; where none came, how long the probe listened, or the resolver took."""
    first: "Reply | None" = None
    """Where keys came only when the probe called again: the refusal before them."""

    @property
    def is_silent(self) -> bool:
        """Whether the request was taken and nothing came back while the probe listened."""
        return self.ending is Ending.NO_ANSWER

    def heard(self, patience: float) -> bool | None:
        """Whether a client that waits so many seconds hears this; None when that is too close to call."""
        if self.is_silent:
            return False if self.seconds is None or self.seconds >= patience else None
        if self.seconds is None or self.seconds <= patience * _EARLY:
            return True
        return False if self.seconds >= patience * _LATE else None

    def unheard(self, patience: float) -> "Reply":
        """Return this answer as a client sees it that gave up before."""
        because = self.because
        if not self.is_silent:
            because = f"the answer takes {self.seconds:.1f} s, which is more than the {patience:g} s that it waits"
        return Reply(kind=ReplyKind.BROKEN, ending=Ending.NO_ANSWER, because=because, seconds=self.seconds)

    def as_heard(self, patience: float) -> "Reply":
        """Return what a client makes of this that waits so many seconds."""
        heard = self.heard(patience)
        if self.kind is ReplyKind.UNSEEN or heard:
            return self
        if heard is None:
            return unseen_reply(f"the answer comes when it is about to give up, after {patience:g} s")
        return self.unheard(patience)


def unseen_reply(because: str) -> Reply:
    """Nobody can tell."""
    return Reply(kind=ReplyKind.UNSEEN, because=because)


def broken(ending: Ending, place: str) -> Reply:
    """No answer came from this place."""
    return Reply(kind=ReplyKind.BROKEN, ending=ending, because=f"{place}: {SPOKEN[ending]}")


def first_byte_seconds(exchange: Exchange) -> float | None:
    """Return how long the first byte took after the request was sent, in seconds."""
    end = exchange.phases.first_byte or exchange.phases.complete
    begun = exchange.phases.sent or exchange.phases.connected or 0.0
    return None if end is None else max(end - begun, 0.0) / 1000


def keys_reply(answer: CredentialsAnswer, place: str) -> Reply:
    """Put the answer of an endpoint that hands out keys into a reply."""
    exchange = answer.exchange
    if exchange.ending in {Ending.INCOMPLETE, Ending.TOO_LARGE}:
        return unseen_reply(f"the answer of {place} was not heard to its end ({SPOKEN[exchange.ending]})")
    if not exchange.answered:
        return broken(exchange.ending, place)
    missing = frozenset(answer.missing_fields)
    kind, said = ReplyKind.KEYS, "gives keys"
    if exchange.status != 200:
        named = f" ({answer.code})" if answer.code else ""
        kind, said = ReplyKind.REFUSED, f"answers with status {exchange.status}{named}"
    elif not answer.has_keys or missing & NEEDED:
        kind, said = ReplyKind.UNUSABLE, f"answers with {_lacking(answer)}"
    return Reply(
        kind=kind,
        because=f"{place} {said}",
        hint=answer.access_key_hint,
        status=exchange.status,
        code=answer.code,
        missing=missing,
        not_json=answer.not_json,
        expires=answer.expires,
        seconds=first_byte_seconds(exchange),
    )


def _lacking(answer: CredentialsAnswer) -> str:
    if answer.code is not None and answer.code != "Success":
        return f"the error {answer.code} in a document of status 200"
    if answer.missing_fields:
        return f"a document without {', '.join(answer.missing_fields)}"
    return "something that is not JSON"


SPOKEN = {
    Ending.ANSWERED: "there is an answer",
    Ending.CONNECTED: "the connection is made",
    Ending.NAME_NOT_FOUND: "the name does not exist",
    Ending.NAME_LOOKUP_FAILED: "the resolver could not look the name up",
    Ending.NAME_LOOKUP_TIMEOUT: "the resolver does not answer",
    Ending.REFUSED: "the connection is refused",
    Ending.CONNECT_TIMEOUT: "nothing answers the connect",
    Ending.UNREACHABLE: "there is no route",
    Ending.PROHIBITED: "a rule forbids the connection",
    Ending.TLS_UNTRUSTED: "the certificate is not trusted",
    Ending.TLS_FAILED: "the TLS handshake fails",
    Ending.TLS_TIMEOUT: "the TLS handshake is not answered",
    Ending.NO_ANSWER: "the request is taken and not answered",
    Ending.INCOMPLETE: "the answer does not end",
    Ending.RESET: "the connection is reset",
    Ending.CLOSED: "the connection is closed without an answer",
    Ending.NOT_HTTP: "the answer is not HTTP",
    Ending.TOO_LARGE: "the answer is too large",
    Ending.PROXY_FAILED: "the proxy fails",
}
