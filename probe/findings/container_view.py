"""What the container steps showed, in the words of the rules."""

from dataclasses import replace
from functools import cached_property
from urllib.parse import urlsplit

from probe.evidence import (
    NO_PATH,
    Connection,
    ContainerVariables,
    CredentialsAnswer,
    Ending,
    Exchange,
    Outcome,
    PlainAnswer,
    TokenFile,
)
from probe.evidence.container_text import ContainerText
from probe.findings.case import Case, told
from probe.findings.catalogue import entry
from probe.findings.spoken import said_in_words
from probe.records import dataclass
from probe.report import Finding

AGENT_PATH = "/v1/credentials"
LOOPBACK = frozenset({"loopback", "localhost"})
"""Classes of hosts at which nothing but this pod itself can refuse."""
AGENT_AUDIENCE = "pods.eks.amazonaws.com"
_REFUSED = 400
"""What the agent answers to a request without a token (aws/eks-pod-identity-agent:internal/validation/request.go)."""
REFUSALS = frozenset(
    {ContainerText.TOKEN_UNPARSABLE, ContainerText.TOKEN_EXPIRED, ContainerText.TOKEN_NOT_YET_VALID}
    | {ContainerText.TOKEN_CLAIMS, ContainerText.TOKEN_EMPTY}
)
"""What the agent itself says of a token."""
UPSTREAM = frozenset(
    {ContainerText.UPSTREAM_SILENT, ContainerText.UPSTREAM_LOOKUP, ContainerText.UPSTREAM_DIAL}
    | {ContainerText.UPSTREAM_X509, ContainerText.UPSTREAM_TIMEOUT, ContainerText.NO_NODE_CREDENTIALS}
)
"""What the agent says when EKS Auth gave it no answer."""
_ONLY_THE_AGENT = (
    REFUSALS
    | UPSTREAM
    | {ContainerText.WRONG_HOST, ContainerText.RATE_LIMITED, ContainerText.ROLE_TRUST}
    | {ContainerText.NODE_ROLE_DENIED, ContainerText.EKS_AUTH}
)


@dataclass(frozen=True)
class ContainerView:
    """The endpoint, the answer without a token and the answer with it, side by side."""

    case: Case

    @cached_property
    def variables(self) -> ContainerVariables:
        """The variables; empty when none is set."""
        return self.case.container or ContainerVariables()

    @cached_property
    def is_agent(self) -> bool:
        """Whether the URI names the EKS Pod Identity agent's own address as one can call it."""
        return self.variables.is_agent and self.variables.problem is None and not self.is_misaddressed

    @cached_property
    def is_misaddressed(self) -> bool:
        """Whether the URI names the agent's address with TLS or another port; it serves plain http on port 80 alone."""
        plain = (self.variables.url or "").startswith("http://") and self.variables.port == 80
        return self.variables.is_agent and self.variables.problem is None and not plain

    @cached_property
    def is_elsewhere(self) -> bool:
        """Whether the URI can be used and names another endpoint than the agent."""
        return self.case.container is not None and self.variables.problem is None and not self.variables.is_agent

    @cached_property
    def has_agent_path(self) -> bool:
        """Whether the URI has the one path that the agent serves."""
        return urlsplit(self.variables.url or "").path == AGENT_PATH

    @cached_property
    def connection(self) -> Connection | None:
        """The connect; None where none was tried."""
        if self.case.evidence.outcome("container.connect") is Outcome.SKIPPED:
            return None
        return self.case.evidence.facts("container.connect", Connection)

    @property
    def has_no_path(self) -> bool:
        """Whether the connect failed."""
        return self.connection is not None and self.connection.ending in NO_PATH

    @cached_property
    def token(self) -> TokenFile | None:
        """The token; None when no variable names one."""
        return self.case.evidence.facts("container.token", TokenFile)

    @cached_property
    def liveness(self) -> PlainAnswer | None:
        """The answer to the request without a token."""
        return self.case.evidence.facts("container.agent", PlainAnswer)

    @cached_property
    def credentials(self) -> CredentialsAnswer | None:
        """The answer to the request with the token."""
        return self.case.evidence.facts("container.credentials", CredentialsAnswer)

    @property
    def said(self) -> str | None:
        """Which known text the request with the token was answered with."""
        return self.credentials.text_kind if self.credentials else None

    @property
    def code(self) -> str | None:
        """The error code in the answer to the request with the token."""
        return self.credentials.code if self.credentials else None

    @property
    def status(self) -> int | None:
        """The status of the answer to the request with the token."""
        return self.credentials.exchange.status if self.credentials else None

    @property
    def has_keys(self) -> bool:
        """Whether keys came."""
        return self.credentials is not None and self.credentials.has_keys

    @property
    def is_alive(self) -> bool:
        """Whether the agent, and nobody else, has answered."""
        texts = {self.said, self.liveness.text_kind if self.liveness else None}
        return self.has_keys or not texts.isdisjoint(_ONLY_THE_AGENT)

    @property
    def is_foreign(self) -> bool:
        """Whether somebody else answers at the agent's address; a wrong path alone gets Go's plain 404."""
        if self.liveness is None or self.is_alive:
            return False
        if self.liveness.text_kind == ContainerText.NOT_FOUND and not self.has_agent_path:
            return False
        if self.is_cut:
            return False
        return self.liveness.exchange.answered or self.liveness.exchange.ending is Ending.NOT_HTTP

    @property
    def is_cut(self) -> bool:
        """Whether the answer to the request without a token broke off, and may have been to be the agent's own 400."""
        exchange = self.liveness.exchange if self.liveness else None
        return exchange is not None and exchange.status == _REFUSED and exchange.ending is Ending.INCOMPLETE

    @cached_property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Every request in the order in which it was begun."""
        plain = (self.liveness.exchange,) if self.liveness else ()
        if self.credentials is None:
            return plain
        earlier = (self.credentials.earlier,) if self.credentials.earlier else ()
        return (*plain, *earlier, self.credentials.exchange)

    def told(self) -> list[str]:
        """Put every request into a line of evidence, with what is known of its text."""
        lines = (
            [f"without a token: {_told(self.liveness.exchange, said_in_words(self.liveness.text_kind))}"]
            if self.liveness
            else []
        )
        answer = self.credentials
        if answer is None:
            return lines
        if answer.earlier is not None:
            lines.append(
                f"first try: {_told(answer.earlier, answer.earlier_code or said_in_words(answer.earlier_text_kind))}"
            )
        lines.append(f"with the token: {_told(answer.exchange, answer.code or said_in_words(answer.text_kind))}")
        return lines

    @property
    def is_mute(self) -> bool:
        """Whether no request got a single byte back."""
        return bool(self.exchanges) and all(one.ending is Ending.NO_ANSWER for one in self.exchanges)

    def waited(self, step: str) -> float:
        """Return the seconds that a step took."""
        walked = self.case.evidence.step(step)
        return (walked.duration_ms or 0.0) / 1000 if walked else 0.0


def _told(exchange: Exchange, said: str | None) -> str:
    return f"{told(exchange)}{f' ({said})' if said else ''}"


def cause_open(finding: Finding) -> Finding:
    """Say what would tell the cause of something that is itself certain."""
    return replace(finding, becomes_certain_with=entry(finding.code).becomes_certain_with)
