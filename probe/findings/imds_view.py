"""What the IMDS steps showed, in the words of the rules."""

from dataclasses import dataclass
from functools import cached_property

from probe.evidence import (
    Attempts,
    Connection,
    CredentialsAnswer,
    Ending,
    Exchange,
    Outcome,
    RoleListing,
    Route,
)
from probe.findings.case import Case

EC2_SERVER = "EC2ws"
"""The Server header of every answer of the real IMDS, refusals included (seen in field dumps; absence is a hint)."""
PATIENCE_MS = 1000.0
"""A token PUT must have waited this long before its silence means anything: SDKs wait a second."""


@dataclass(frozen=True)
class ImdsView:
    """The two conversations side by side: token PUT and tokenless GET."""

    case: Case

    @cached_property
    def connection(self) -> Connection | None:
        """The first connect."""
        return self.case.evidence.facts("imds.connect", Connection)

    @cached_property
    def puts(self) -> tuple[Exchange, ...]:
        """Every token PUT."""
        attempts = self.case.evidence.facts("imds.token", Attempts)
        return attempts.exchanges if attempts else ()

    @cached_property
    def gets(self) -> tuple[Exchange, ...]:
        """Every tokenless GET."""
        attempts = self.case.evidence.facts("imds.tokenless", Attempts)
        return attempts.exchanges if attempts else ()

    @cached_property
    def listing(self) -> RoleListing | None:
        """The role listing."""
        return self.case.evidence.facts("imds.role", RoleListing)

    @cached_property
    def credentials(self) -> CredentialsAnswer | None:
        """The role's keys."""
        return self.case.evidence.facts("imds.credentials", CredentialsAnswer)

    @cached_property
    def hops(self) -> int | None:
        """The measured number of hops to IMDS, which the hop limit must reach."""
        route = self.case.evidence.facts("imds.route", Route)
        return route.hops if route else None

    @property
    def has_token(self) -> bool:
        """Whether a token came."""
        return self.case.evidence.outcome("imds.token") in {Outcome.OK, Outcome.WARN}

    @property
    def put_status(self) -> int | None:
        """The status that a token PUT was answered with."""
        return next((put.status for put in reversed(self.puts) if put.answered), None)

    @property
    def get_status(self) -> int | None:
        """The status that a tokenless GET was answered with."""
        return next((get.status for get in reversed(self.gets) if get.answered), None)

    @property
    def puts_stalled(self) -> bool:
        """Whether no token PUT got a single byte back."""
        return bool(self.puts) and all(put.ending is Ending.NO_ANSWER for put in self.puts)

    @property
    def gets_answered(self) -> bool:
        """Whether every tokenless GET got an answer."""
        return bool(self.gets) and all(get.answered for get in self.gets)

    @property
    def gets_stalled(self) -> bool:
        """Whether no tokenless GET got an answer."""
        return bool(self.gets) and not any(get.answered for get in self.gets)

    @property
    def request_was_lost(self) -> bool:
        """Whether a stalled PUT never reached the peer's kernel: then its answer was not what got lost."""
        return any(put.request_acknowledged is False for put in self.puts)

    @property
    def waited_long_enough(self) -> bool:
        """Whether the deadline left the first PUT the time that an SDK would have given it."""
        walked = self.case.evidence.step("imds.token")
        return walked is not None and (walked.duration_ms or 0.0) >= PATIENCE_MS

    @property
    def is_ec2(self) -> bool:
        """Whether every answer carried the server name of the real IMDS."""
        answered = [one for one in (*self.puts, *self.gets) if one.answered]
        return bool(answered) and all(one.server == EC2_SERVER for one in answered)
