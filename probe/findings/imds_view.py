"""What the IMDS steps showed, in the words of the rules."""

from collections.abc import Iterable
from functools import cached_property

from probe.evidence import (
    Attempts,
    Connection,
    CredentialsAnswer,
    Ending,
    Exchange,
    ImdsVariables,
    Outcome,
    RoleListing,
    Route,
)
from probe.findings.case import Case
from probe.records import dataclass

EC2_SERVER = "EC2ws"
"""The Server header of every answer of the real IMDS, refusals included (seen in field dumps; absence is a hint)."""
REAL_ADDRESSES = frozenset({"169.254.169.254", "fd00:ec2::254"})
PATIENCE_MS = 1000.0
"""A token PUT must have waited this long before its silence means anything: SDKs wait a second."""
AT_ONCE_MS = 400.0
"""A GET that took longer comes from an IMDS that is slow at everything, so a slow PUT would be no surprise."""


@dataclass(frozen=True)
class ImdsView:
    """The two conversations side by side: token PUT and tokenless GET."""

    case: Case

    @cached_property
    def variables(self) -> ImdsVariables:
        """Where IMDS was asked; where nobody said, the real address."""
        return self.case.imds or ImdsVariables(endpoint="http://169.254.169.254", host="169.254.169.254")

    @property
    def is_real_address(self) -> bool:
        """Whether IMDS was asked at one of its own addresses, not at an override's."""
        return self.variables.host in REAL_ADDRESSES

    @property
    def place(self) -> str:
        """IMDS, or the endpoint that stands for it here, for a sentence."""
        if self.is_real_address:
            return "IMDS"
        return f"the IMDS endpoint {self.variables.endpoint} (set by {self.variables.named_by or 'an override'})"

    @cached_property
    def connection(self) -> Connection | None:
        """The first connect."""
        return self.case.evidence.facts("imds.connect", Connection)

    @cached_property
    def token(self) -> Attempts | None:
        """The token PUTs."""
        return self.case.evidence.facts("imds.token", Attempts)

    @property
    def puts(self) -> tuple[Exchange, ...]:
        """Every token PUT."""
        return self.token.exchanges if self.token else ()

    @cached_property
    def gets(self) -> tuple[Exchange, ...]:
        """Every tokenless GET."""
        attempts = self.case.evidence.facts("imds.tokenless", Attempts)
        return attempts.exchanges if attempts else ()

    @property
    def attempts(self) -> tuple[Exchange, ...]:
        """All of them."""
        return (*self.puts, *self.gets)

    @cached_property
    def listing(self) -> RoleListing | None:
        """The role listing."""
        return self.case.evidence.facts("imds.role", RoleListing)

    @cached_property
    def credentials(self) -> CredentialsAnswer | None:
        """The role's keys."""
        return self.case.evidence.facts("imds.credentials", CredentialsAnswer)

    @cached_property
    def route(self) -> Route | None:
        """The measured way, whether or not it led anywhere."""
        return self.case.evidence.facts("imds.route", Route)

    @property
    def hops(self) -> int | None:
        """The measured number of hops to IMDS, which the hop limit must reach."""
        return self.route.hops if self.route else None

    @property
    def has_token(self) -> bool:
        """Whether a token came."""
        return self.case.evidence.outcome("imds.token") in {Outcome.OK, Outcome.WARN}

    @property
    def put(self) -> Exchange | None:
        """The last token PUT that was answered."""
        return next((put for put in reversed(self.puts) if put.answered), None)

    @property
    def put_status(self) -> int | None:
        """The status that a token PUT was answered with."""
        return self.put.status if self.put else None

    @property
    def get(self) -> Exchange | None:
        """The last tokenless GET that was answered."""
        return next((get for get in reversed(self.gets) if get.answered), None)

    @property
    def get_status(self) -> int | None:
        """The status that a tokenless GET was answered with."""
        return self.get.status if self.get else None

    @property
    def puts_stalled(self) -> bool:
        """Whether no token PUT got a single byte back."""
        return bool(self.puts) and all(put.ending is Ending.NO_ANSWER for put in self.puts)

    @property
    def gets_answered(self) -> bool:
        """Whether every tokenless GET got an answer."""
        return bool(self.gets) and all(get.answered for get in self.gets)

    @property
    def gets_unanswered(self) -> bool:
        """Whether no tokenless GET got an answer."""
        return bool(self.gets) and not any(get.answered for get in self.gets)

    @property
    def gets_were_quick(self) -> bool:
        """Whether every tokenless GET was answered at once."""
        return bool(self.gets) and all(_came_at_once(get) for get in self.gets)

    @property
    def requests_arrived(self) -> bool:
        """Whether the peer's kernel acknowledged every PUT: then only the answers can have got lost."""
        return bool(self.puts) and all(put.request_acknowledged is True for put in self.puts)

    @property
    def requests_were_lost(self) -> bool:
        """Whether the peer's kernel acknowledged no PUT, which it does before the hop limit can matter."""
        return bool(self.puts) and all(put.request_acknowledged is False for put in self.puts)

    @property
    def small_packets_return(self) -> bool:
        """Whether bare acknowledgements still came back on a PUT's connection: not every packet dies there."""
        return any(put.end_acknowledged for put in self.puts)

    @property
    def waited_long_enough(self) -> bool:
        """Whether the first PUT had the time that an SDK would have given it."""
        walked = self.case.evidence.step("imds.token")
        return walked is not None and (walked.duration_ms or 0.0) >= PATIENCE_MS

    @property
    def token_waited_ms(self) -> float | None:
        """Milliseconds that the first answer to a PUT took, by the kernel's count where it is shorter than ours."""
        return next((_least_ms(put) for put in self.puts if put.answered), None)

    @property
    def is_ec2(self) -> bool:
        """Whether every answer carried the server name of the real IMDS."""
        return is_ec2(*self.attempts)


def is_ec2(*exchanges: Exchange) -> bool:
    """Whether these were answered, and every answer carried the server name of the real IMDS."""
    answered = [one for one in exchanges if one.answered]
    return bool(answered) and all(one.server == EC2_SERVER for one in answered)


def names_another(exchanges: Iterable[Exchange]) -> bool:
    """Whether an answer carries the name of another server. One without any name says nothing."""
    return any(one.server not in {None, EC2_SERVER} for one in exchanges if one.answered)


def _came_at_once(one: Exchange) -> bool:
    """Whether an answer came at once, by the kernel's count or by our own: ours is too long where the probe is slow."""
    waited = _least_ms(one)
    return waited is not None and waited < AT_ONCE_MS


def _least_ms(one: Exchange) -> float | None:
    return min((count for count in (one.kernel_wait_ms, _waited_ms(one)) if count is not None), default=None)


def _waited_ms(one: Exchange) -> float | None:
    phases = one.phases
    return None if phases.first_byte is None else phases.first_byte - (phases.connected or 0.0)
