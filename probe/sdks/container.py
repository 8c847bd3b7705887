"""The container credentials endpoint (EKS Pod Identity, ECS) as an SDK meets it."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Literal

from probe.evidence import NAME_FAILED, Connection, ContainerVariables, CredentialsAnswer, Ending, PlainAnswer
from probe.parse.endpoint import ContainerUri, HostClass, UriProblem, read_container_uri
from probe.records import dataclass
from probe.sdks.reply import Reply, ReplyKind, broken, first_byte_seconds, keys_reply, unseen_reply
from probe.sdks.tokens import Read, Token, token_of
from probe.sdks.view import View
from probe.sdks.waiting import Tries

RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105 - the name of a variable
TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105 - the name of a variable
PLACE = "the container endpoint"

LOOPBACK = frozenset({HostClass.LOOPBACK, HostClass.LOCALHOST})
ECS = frozenset({HostClass.ECS})
AGENT_IPV4, AGENT_IPV6 = frozenset({HostClass.EKS_IPV4}), frozenset({HostClass.EKS_IPV6})
AGENT = AGENT_IPV4 | AGENT_IPV6
_KINDS = {RELATIVE: "relative", FULL: "full"}


@dataclass(frozen=True, kw_only=True)
class Target:
    """The URI that an SDK follows."""

    variable: str
    text: str
    uri: ContainerUri | UriProblem

    @property
    def is_relative(self) -> bool:
        """Whether it is the one for ECS, below 169.254.170.2."""
        return self.variable == RELATIVE

    @property
    def is_agent(self) -> bool:
        """Whether it points at the Pod Identity agent."""
        return isinstance(self.uri, ContainerUri) and self.uri.host_class in AGENT


class Allowed(StrEnum):
    """What an SDK's allow-list says of a host."""

    YES = "yes"
    NO = "no"
    NO_NAME = "no-name"
    """It would look the name up, and that fails."""
    UNSEEN = "unseen"


@dataclass(frozen=True, kw_only=True)
class AllowList:
    """The hosts that an SDK sends a token to."""

    over_http: frozenset[HostClass]
    resolves_names: bool
    """Whether a name is looked up and its addresses are judged; otherwise only `localhost` is a name it knows."""
    any_over_https: bool = True

    def judges(self, view: View, uri: ContainerUri) -> Allowed:
        """Judge a URI."""
        if uri.scheme == "https" and self.any_over_https:
            return Allowed.YES
        if uri.host_class is HostClass.NAME and self.resolves_names:
            return self._judges_name(view, uri)
        return Allowed.YES if uri.host_class in self.over_http else Allowed.NO

    def _judges_name(self, view: View, uri: ContainerUri) -> Allowed:
        tried = view.evidence.facts("container.connect", Connection)
        if tried is None or tried.host != uri.host:
            return Allowed.UNSEEN
        if tried.ending in NAME_FAILED:
            return Allowed.NO_NAME
        if not tried.resolved:
            return Allowed.UNSEEN
        return Allowed.YES if all(_class_of(one) in self.over_http for one in tried.resolved) else Allowed.NO


def _class_of(address: str) -> HostClass:
    host = f"[{address}]" if ":" in address else address
    read = read_container_uri(f"http://{host}/", "full")
    return read.host_class if isinstance(read, ContainerUri) else HostClass.OTHER_IP


def target(view: View, *, order: Sequence[str] = (RELATIVE, FULL), empty_counts: bool = False) -> Target | None:
    """Return the URI that an SDK follows, None where it sees none."""
    for variable in order:
        if view.is_present(variable) if empty_counts else view.is_set(variable):
            text = view.value(variable)
            kind: Literal["full", "relative"] = "relative" if variable == RELATIVE else "full"
            return Target(variable=variable, text=text, uri=read_container_uri(text, kind))
    return None


def token_for(view: View, *, file_first: bool = True, knows_files: bool = True) -> Token | None:
    """Return the token that an SDK would send, None where it would send none."""
    has_file = knows_files and view.is_set(TOKEN_FILE)
    if has_file and (file_first or not view.is_set(TOKEN)):
        return _settled(view, token_of(view, "container.token"))
    return _settled(view, token_of(view, "container.token", from_variable=True)) if view.is_set(TOKEN) else None


def _settled(view: View, token: Token) -> Token:
    was_sent = view.evidence.facts("container.credentials", CredentialsAnswer) is not None
    return token.was_sent() if was_sent else token


def ask(view: View, followed: Target, token: Token | None, client: Tries | None = None) -> Reply:
    """Return what the endpoint would answer to an SDK that follows this URI with this token.

    `client` is told for an SDK that does not call again after everything that the probe does.
    """
    facts = view.evidence.facts("container.variables", ContainerVariables)
    if facts is None or facts.used != _KINDS[followed.variable]:
        return unseen_reply(f"it follows {followed.variable}, and the probe did not")
    connected = view.evidence.facts("container.connect", Connection)
    if connected is None or connected.attempts == 0:
        return unseen_reply(f"{PLACE} was not tried")
    if connected.ending is not Ending.CONNECTED:
        return broken(connected.ending, PLACE)
    if token is None or (token.is_empty and not token.has_line_break):
        return _without_token(view)
    if token.read is Read.UNSEEN:
        return unseen_reply("it sends another token than the probe did")
    return _with_token(view, client)


def _with_token(view: View, client: Tries | None = None) -> Reply:
    answer = view.evidence.facts("container.credentials", CredentialsAnswer)
    if answer is None:
        return unseen_reply(f"{PLACE} was not asked for keys")
    reply = keys_reply(answer, PLACE)
    first = _refused_at_first(answer)
    if first is not None and client is not None and not client.repeats(first):
        return first
    if reply.kind is ReplyKind.KEYS:
        return replace(reply, first=first)
    if not reply.is_silent:
        return reply
    # How long the silence was heard: an SDK that waits longer may hear more.
    step = view.evidence.step("container.credentials")
    return replace(reply, seconds=step.duration_ms / 1000 if step and step.duration_ms else None)


def _refused_at_first(answer: CredentialsAnswer) -> Reply | None:
    """Return the answer before the one that counts, if there was one with an error in it."""
    status = answer.earlier.status if answer.earlier else None
    if status is None:
        return None
    because = f"{PLACE} answers with status {status} at first, and this SDK does not call again after that"
    seconds = first_byte_seconds(answer.earlier) if answer.earlier else None
    return Reply(kind=ReplyKind.REFUSED, status=status, code=answer.earlier_code, because=because, seconds=seconds)


def _without_token(view: View) -> Reply:
    """Judge a request without a token. Where none is configured, the probe's own request had none, if there was one."""
    asked = view.evidence.facts("container.credentials", CredentialsAnswer) is not None
    if asked and not view.is_set(TOKEN, TOKEN_FILE):
        return _with_token(view)
    plain = view.evidence.facts("container.agent", PlainAnswer)
    if plain is None or not plain.exchange.answered:
        return unseen_reply(f"{PLACE} was not asked without a token")
    return Reply(
        kind=ReplyKind.REFUSED,
        status=plain.exchange.status,
        because=f"{PLACE} answers a request without a token with status {plain.exchange.status}",
    )
