"""One request to IMDS at a time, each on a connection of its own: what one meets must not touch another."""

from collections.abc import Mapping

from probe.evidence import TIMED_OUT, ImdsVariables
from probe.records import dataclass
from probe.secret import Secret
from probe.walk import Walk
from probe.wire.exchange import Answer, Request, exchange

CONNECT_SECONDS = 1.3
"""One SYN retransmission (after a second) is given its chance."""
ANSWER_SECONDS = 1.2
"""A healthy IMDS answers in 1 to 10 ms; no SDK waits longer than a second for a token, but for .NET."""


@dataclass(frozen=True)
class Conversation:
    """The walk, and the endpoint that it talks to."""

    walk: Walk
    variables: ImdsVariables

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, *, seconds: float = ANSWER_SECONDS
    ) -> Answer:
        """Send one request; `seconds` is the patience once the connection stands."""
        request = Request(
            method=method,
            url=self.variables.endpoint + path,
            headers=headers or {},
            connect_seconds=CONNECT_SECONDS,
            answer_seconds=seconds,
            asks_way_back=method == "PUT",
        )
        return exchange(self.walk.network, request, self.walk.deadline)

    def get(self, path: str, token: Secret[str] | None) -> Answer:
        """GET with the token, or without where none came."""
        return self.ask("GET", path, {"x-aws-ec2-metadata-token": token.reveal()} if token else None)

    def is_cut(self, answer: Answer) -> bool:
        """Whether the walk's deadline, and not the request's own patience, ended it."""
        return answer.exchange.ending in TIMED_OUT and self.walk.deadline.passed()
