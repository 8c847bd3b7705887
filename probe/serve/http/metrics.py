"""`/metrics`: written anew when something has changed, kept for a second when nothing has.

Writing it takes milliseconds of processor time. Two Prometheus servers that scrape at the same moment, or somebody who
scrapes as fast as he can, should not cost the sidecar more than one.
"""

import gzip
import time
from http import HTTPStatus

from probe.records import dataclass
from probe.serve.http.messages import Answer, Request
from probe.serve.http.tellers import Tellers
from probe.serve.state import State

KEPT_SECONDS = 1.0
"""The figures of the process itself, and the seconds until an outage, may be this old."""
_COMPRESSION = 4
"""Of 9. Six takes a third more time for a fiftieth of the size."""
_CLOCK = frozenset({"now", "next_walk", "next_whole_walk"})
"""What is read from the clock whenever somebody asks; no metric tells when the next walk is due."""


@dataclass(frozen=True, kw_only=True)
class _Written:
    asked: tuple[str, bool]
    """The `Accept` header, and whether it may be compressed."""
    state: State
    at: float
    answer: Answer


class Exposition:
    """Answers scrapes."""

    def __init__(self, tellers: Tellers) -> None:
        self._tellers = tellers
        self._last: _Written | None = None

    def answer(self, state: State, request: Request) -> Answer:
        """Return the exposition of a state."""
        asked = (request.header("accept"), takes_gzip(request.header("accept-encoding")))
        now, last = time.monotonic(), self._last
        if last and last.asked == asked and now - last.at < KEPT_SECONDS and _says_the_same(last.state, state):
            return last.answer
        answer = self._write(state, *asked)
        self._last = _Written(asked=asked, state=state, at=now, answer=answer)
        return answer

    def _write(self, state: State, accept: str, compressed: bool) -> Answer:
        body, content_type = self._tellers.metrics(state, accept)
        more = [("vary", "Accept, Accept-Encoding")]
        if compressed:
            body = gzip.compress(body, _COMPRESSION, mtime=0)
            more.append(("content-encoding", "gzip"))
        return Answer(status=HTTPStatus.OK, body=body, content_type=content_type, more=tuple(more))


def takes_gzip(accept_encoding: str) -> bool:
    """Whether a client takes gzip; one that gives it the weight 0 does not."""
    for offer in accept_encoding.lower().split(","):
        coding, _, weight = offer.partition(";")
        if coding.strip() == "gzip":
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def _says_the_same(one: State, other: State) -> bool:
    """Whether nothing but the clock differs. Two states of one loop share what has not changed."""
    names = (name for name in State.__dataclass_fields__ if name not in _CLOCK)
    return all(getattr(one, name) is getattr(other, name) for name in names)
