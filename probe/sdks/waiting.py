"""How long an SDK waits: its timeouts, tries and pauses as data, and what they come to with what the walk saw."""

import math
from collections.abc import Container

from probe.evidence import Ending
from probe.records import dataclass
from probe.sdks.reply import Reply, ReplyKind

NO_LIMIT = math.inf
SERVER_ERRORS = range(500, 600)
THROTTLING = frozenset({"Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException"})
"""Error codes that every SDK takes for a reason to call again later."""
EVERY_STATUS = range(100, 600)
_NOT_TIMED = frozenset({Ending.INCOMPLETE, Ending.NAME_LOOKUP_TIMEOUT, Ending.PROXY_FAILED})
"""Ends whose time nobody's constants tell: an answer that trickles, the resolver's own patience, a proxy's."""
_NAMELESS = frozenset({Ending.NAME_NOT_FOUND, Ending.NAME_LOOKUP_FAILED})
_RESOLVER_WAITED = 0.9
"""Seconds: the shortest wait that a resolver can be told is 1 (resolv.conf(5), `timeout`), so here one did not answer.
How long an SDK waits for it then is for resolv.conf, search domains and the SDK's own resolver to decide."""


@dataclass(frozen=True, kw_only=True)
class Tries:
    """One client: what it waits for, in seconds, and how often it repeats a call. None where that is not known."""

    connect: float | None
    read: float | None
    """Until the first byte of the answer."""
    handshake: float | None = None
    """For TLS."""
    most: int = 1
    """Calls altogether, the first one included."""
    pauses: tuple[float, ...] = ()
    """Every pause of a call that fails each time; the middle of the range where the SDK draws it by lot."""
    throttled_pauses: tuple[float, ...] | None = None
    """The same after an answer that says too many requests; None where these are no others."""
    throttled_statuses: Container[int] = frozenset({429})
    """Which answers say so, beside the codes of `THROTTLING`."""
    statuses: Container[int] = ()
    """Which answers it repeats the call after."""
    codes: frozenset[str] = frozenset()
    """As `statuses`, by the error code."""
    repeats_unusable: bool = False
    """Whether a 200 that is not what it should be is one of them."""
    repeats_broken: bool = True
    """Whether no answer at all is one of them."""
    gives_up_after: frozenset[Ending] = frozenset()
    """Ways to get no answer that are none of them."""
    limit: float = NO_LIMIT
    """What the whole is cut at."""

    def seconds(self, reply: Reply) -> float | None:
        """Return how long the client is busy until it makes this of it."""
        taken = self.taken(reply, repeated=self.repeats(reply))
        if taken is None or reply.first is None or not self.repeats(reply.first):
            return taken
        return min(taken + (reply.first.seconds or 0.0) + sum(self._pauses(reply.first)[:1]), self.limit)

    def taken(self, reply: Reply, *, repeated: bool, before_each: float | None = 0.0) -> float | None:
        """Return the same where the client's rule is told; `before_each` is what it does first, each time."""
        once = self._once(reply)
        if once is None or before_each is None:
            return None
        times, pauses = (self.most, sum(self._pauses(reply))) if repeated else (1, 0.0)
        return min(times * (before_each + once) + pauses, self.limit)

    def repeats(self, reply: Reply) -> bool:
        """Whether it calls again after this."""
        if reply.kind is ReplyKind.BROKEN:
            return self.repeats_broken and reply.ending not in self.gives_up_after
        if reply.kind is ReplyKind.UNUSABLE and reply.status in {None, 200}:
            return self.repeats_unusable
        return reply.kind in {ReplyKind.UNUSABLE, ReplyKind.REFUSED} and self._repeats_answer(reply)

    def _repeats_answer(self, reply: Reply) -> bool:
        return reply.status in self.statuses or reply.code in self.codes

    def _pauses(self, reply: Reply) -> tuple[float, ...]:
        throttled = reply.code in THROTTLING or reply.status in self.throttled_statuses
        return self.pauses if self.throttled_pauses is None or not throttled else self.throttled_pauses

    def _once(self, reply: Reply) -> float | None:
        if reply.kind is ReplyKind.UNSEEN or reply.ending in _NOT_TIMED:
            return None
        if reply.ending in _NAMELESS and (reply.seconds or 0.0) >= _RESOLVER_WAITED:
            return None
        limits = {
            Ending.CONNECT_TIMEOUT: self.connect,
            Ending.NO_ANSWER: self.read,
            Ending.TLS_TIMEOUT: self.handshake,
        }
        if reply.ending is None:
            return reply.seconds or 0.0
        return limits.get(reply.ending, 0.0)
