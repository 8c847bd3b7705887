"""The container credential endpoint: the EKS Pod Identity agent, the ECS agent, or a helper beside the application.

Always direct, never through a proxy. A GET without the token goes to the agent beside the real request: it is
answered without any call of AWS (aws/eks-pod-identity-agent:internal/validation/request.go), so it says whether the
agent is there and alive, and the patient request says the rest.
"""

import time
from dataclasses import field, replace

from probe.aside import Aside
from probe.credentials import Credentials
from probe.evidence import CredentialsAnswer, Ending, Exchange, Outcome, PlainAnswer
from probe.evidence.container_text import ContainerText
from probe.parse.endpoint import ContainerUri
from probe.records import dataclass
from probe.secret import Secret
from probe.sources.agent_texts import Said, classify
from probe.sources.container_variables import Endpoint, Token, read_endpoint, read_token
from probe.sources.container_way import CONNECT_SECONDS, OTHER_FAMILY, reachable_network
from probe.sources.identity import identify
from probe.sources.keys_answer import read_keys
from probe.sources.pinned_network import PinnedNetwork
from probe.walk import Done, Walk
from probe.wire.deadline import Deadline
from probe.wire.exchange import Answer, Request, exchange
from probe.wire.tls import trusting

LIVENESS_SECONDS = 2.0
"""The agent answers a request without a token from memory; a healthy one takes milliseconds."""
PATIENCE_SECONDS = 10.0
"""The agent tries EKS Auth three times, about a second each, before it says what went wrong."""
LEFT_OVER_SECONDS = 2.0
"""A second wait after a stall must have at least so long, and must end before the deadline, which would void both."""
AGAIN_AFTER = 0.3
"""Seconds before a server error is asked about once more."""
QUICK_MS = 1500.0
"""An error that took longer comes from an agent that has tried several times itself."""
FIELDS = ("AccessKeyId", "SecretAccessKey", "Token", "Expiration")
ASKING = ("container.agent", "container.credentials", "identity.container")

Liveness = Aside[Done[None]]


def walk_container(walk: Walk) -> None:
    """Walk the container steps."""
    endpoint = read_endpoint(walk.surroundings)
    if endpoint is None:
        walk.absent("container.variables", "container.connect", *ASKING)
        # Rust reads the token file before it looks for a URI, so a stale variable matters even here.
        _token(walk)
        return
    outcome = Outcome.FAIL if endpoint.uri is None else Outcome.OK
    walk.step("container.variables", lambda: Done(outcome=outcome, facts=endpoint.facts))
    token = _token(walk)
    if endpoint.uri is None:
        walk.skip("the URI is not usable", "container.connect", *ASKING)
        return
    network = reachable_network(walk, endpoint.uri)
    if isinstance(network, str):
        walk.skip(network, *ASKING)
    else:
        _ask(_Agent(walk=walk, endpoint=endpoint, uri=endpoint.uri, token=token, network=network))


def _token(walk: Walk) -> Token | None:
    token = read_token(walk.surroundings)
    if token is None:
        walk.absent("container.token", reason="no token variable is set")
        return None
    if token.header is not None:
        walk.redactor.add(token.header)
    worst = Outcome.FAIL if token.obstacle else Outcome.WARN if token.facts.problems else Outcome.OK
    walk.step("container.token", lambda: Done(outcome=worst, facts=token.facts, reason=token.obstacle))
    return token


@dataclass(frozen=True, kw_only=True)
class _Agent:
    """The conversation with one endpoint."""

    walk: Walk
    endpoint: Endpoint
    uri: ContainerUri
    token: Token | None
    network: PinnedNetwork = field(repr=False)

    @property
    def is_eks(self) -> bool:
        """Whether the URI names the EKS Pod Identity agent's own address."""
        return self.uri.host_class in OTHER_FAMILY

    def ask(self, token: Secret[str] | None, seconds: float) -> Answer:
        """GET the URI on a connection of its own."""
        walk = self.walk
        request = Request(
            method="GET",
            url=f"{self.uri.scheme}://{self.uri.authority}{self.uri.path}",
            headers={"authorization": token.reveal()} if token else {},
            connect_seconds=CONNECT_SECONDS,
            answer_seconds=seconds,
            context=trusting(walk.network.roots()) if self.uri.scheme == "https" else None,
        )
        answer = exchange(self.network, request, walk.deadline)
        return replace(answer, exchange=replace(answer.exchange, url=self.endpoint.facts.url or ""))


def _ask(agent: _Agent) -> None:
    """Ask with and without the token at the same time, on separate connections."""
    walk = agent.walk
    liveness: Liveness | None = None
    if agent.is_eks:
        liveness = Aside(lambda: walk.step("container.agent", lambda: _liveness(agent)), "container.agent")
    else:
        walk.absent("container.agent", reason="the endpoint is not the EKS Pod Identity agent")
    keys = _credentials(agent, liveness)
    if liveness is not None:
        liveness.take(walk.deadline)
    identify(walk, "container", keys)


def _liveness(agent: _Agent) -> Done[None]:
    answer = agent.ask(None, LIVENESS_SECONDS)
    said = classify(answer.exchange.status, answer.body)
    facts = PlainAnswer(exchange=answer.exchange, text_kind=said.kind)
    return Done(outcome=Outcome.OK if said.kind is ContainerText.TOKEN_EMPTY else Outcome.FAIL, facts=facts)


def _credentials(agent: _Agent, liveness: Liveness | None) -> Credentials | None:
    token, walk = agent.token, agent.walk
    if token is not None and token.obstacle is not None:
        walk.skip(token.obstacle, "container.credentials")
        return None
    if token is None and agent.is_eks:
        walk.skip("the agent wants a token, and no token variable is set", "container.credentials")
        return None
    header = token.header if token else None
    return walk.step("container.credentials", lambda: _take(agent, header, liveness)).value


def _take(agent: _Agent, token: Secret[str] | None, liveness: Liveness | None) -> Done[Credentials]:
    """Ask patiently, and once more where a second try can tell a passing trouble from a lasting one."""
    first = agent.ask(token, PATIENCE_SECONDS)
    earlier: tuple[Answer, Said] | None = None
    answer, said = first, _said(agent, first)
    if agent.walk.deadline.remaining() > LEFT_OVER_SECONDS and _is_worth_repeating(first.exchange, said, liveness):
        earlier = first, said
        time.sleep(min(AGAIN_AFTER, agent.walk.deadline.remaining()))
        answer = agent.ask(token, min(PATIENCE_SECONDS, agent.walk.deadline.remaining() - AGAIN_AFTER))
        said = _said(agent, answer)
    facts, keys = read_keys(answer, FIELDS)
    if keys is not None:
        keys.remember(agent.walk.redactor)
    facts = _described(facts, said, earlier)
    worst = Outcome.FAIL if keys is None else Outcome.WARN if earlier else Outcome.OK
    return Done(outcome=worst, facts=facts, value=keys)


def _said(agent: _Agent, answer: Answer) -> Said:
    said = classify(answer.exchange.status, answer.body)
    clean = agent.walk.redactor.clean
    return replace(said, code=said.code and clean(said.code, 80), detail=said.detail and clean(said.detail, 260))


def _is_worth_repeating(exchange: Exchange, said: Said, liveness: Liveness | None) -> bool:
    if exchange.ending is Ending.NO_ANSWER:
        heard = liveness.take(Deadline.after(0)) if liveness else None
        return heard is not None and heard.outcome is Outcome.OK
    settled = {ContainerText.ROLE_TRUST, ContainerText.NODE_ROLE_DENIED}
    took = exchange.phases.complete or exchange.phases.first_byte or 0.0
    passing = exchange.status == 429 or (exchange.status or 0) >= 500
    return passing and took < QUICK_MS and said.kind not in settled


def _described(facts: CredentialsAnswer, said: Said, earlier: tuple[Answer, Said] | None) -> CredentialsAnswer:
    facts = replace(facts, text_kind=said.kind, code=said.code or facts.code, detail=said.detail)
    if earlier is None:
        return facts
    answer, first_said = earlier
    return replace(facts, earlier=answer.exchange, earlier_text_kind=first_said.kind, earlier_code=first_said.code)
