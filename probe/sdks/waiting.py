"""How long an SDK waits: its timeouts, tries and pauses as data, and what they come to with what the walk saw."""

import math
from collections.abc import Container

from probe.evidence import Ending
from probe.records import dataclass
from probe.sdks.reply import Reply, ReplyKind

NO_LIMIT = math.inf
SERVER_ERRORS = range(500, 600)
EVERY_STATUS = range(100, 600)
_NOT_TIMED = frozenset({Ending.INCOMPLETE, Ending.NAME_LOOKUP_TIMEOUT, Ending.PROXY_FAILED})
"""Ends whose time nobody's constants tell: an answer that trickles, the resolver's own patience, a proxy's."""


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
        return self.taken(reply, repeated=self.repeats(reply))

    def taken(self, reply: Reply, *, repeated: bool, before_each: float | None = 0.0) -> float | None:
        """Return the same where the client's rule is told; `before_each` is what it does first, each time."""
        once = self._once(reply)
        if once is None or before_each is None:
            return None
        times, pauses = (self.most, sum(self.pauses)) if repeated else (1, 0.0)
        return min(times * (before_each + once) + pauses, self.limit)

    def repeats(self, reply: Reply) -> bool:
        """Whether it calls again after this."""
        if reply.kind is ReplyKind.BROKEN:
            return self.repeats_broken and reply.ending not in self.gives_up_after
        if reply.kind is ReplyKind.UNUSABLE:
            return self.repeats_unusable
        return reply.kind is ReplyKind.REFUSED and (reply.status in self.statuses or reply.code in self.codes)

    def _once(self, reply: Reply) -> float | None:
        if reply.kind is ReplyKind.UNSEEN or reply.ending in _NOT_TIMED:
            return None
        limits = {
            Ending.CONNECT_TIMEOUT: self.connect,
            Ending.NO_ANSWER: self.read,
            Ending.TLS_TIMEOUT: self.handshake,
        }
        if reply.ending is None:
            return reply.seconds or 0.0
        return limits.get(reply.ending, 0.0)
