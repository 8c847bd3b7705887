"""botocore and the container endpoint (boto/botocore:botocore/credentials.py, ContainerProvider, and utils.py)."""

from dataclasses import replace

from probe.evidence import Source
from probe.parse.endpoint import ContainerUri, UriProblemKind
from probe.sdks import botocore_texts as texts
from probe.sdks import container
from probe.sdks.chain import Answer, gives, passes, stops, unseen, waited
from probe.sdks.container import AGENT, ECS, LOOPBACK, Allowed, AllowList, Target
from probe.sdks.reply import Reply, ReplyKind
from probe.sdks.tokens import Token
from probe.sdks.view import View
from probe.sdks.waiting import EVERY_STATUS, Tries

AGENT_KNOWN = "1.32.0"
"""The Pod Identity agent's addresses and AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE."""
TOKEN_REREAD = "1.34.41"  # noqa: S105 - a version
"""The token file is read at every refresh, not only once (boto/botocore#3117)."""
HTTPS_ANYWHERE = "1.42.5"
CLIENT = Tries(
    connect=2.0, read=2.0, handshake=2.0, most=3, pauses=(1.0,) * 3, statuses=EVERY_STATUS, repeats_unusable=True
)
"""It sleeps before it counts, so there is a pause behind the last try too."""
ONCE = replace(CLIENT, most=1, pauses=())
"""What becomes of JSON that lacks a field: the error comes from behind these tries."""
PATIENCE = 2.0


def answer(view: View) -> Answer:
    """Read the token, judge the host, ask. A variable that is there and empty counts as set."""
    followed = container.target(view, empty_counts=True)
    if followed is None:
        return passes()
    knows_files = view.since(AGENT_KNOWN)
    if knows_files and view.is_present(container.TOKEN_FILE) and not view.is_set(container.TOKEN_FILE):
        return stops("[Errno 2] No such file or directory: ''", f"{container.TOKEN_FILE} is there and empty")
    token = container.token_for(view, knows_files=knows_files)
    failed = _token_answer(token) if token is not None else None
    return failed or _host_answer(view, followed) or _endpoint_answer(view, followed, token)


def _token_answer(token: Token) -> Answer | None:
    if token.has_line_break:
        return stops("Auth token value is not a legal header value", "the token has a line break in it")
    if token.has_line_break is None:
        return unseen("the token has white space in it, which may be a line break")
    return texts.file_answer(token)


def _host_answer(view: View, followed: Target) -> Answer | None:
    hosts = LOOPBACK | ECS | (AGENT if view.since(AGENT_KNOWN) else frozenset())
    allowed = AllowList(over_http=hosts, resolves_names=False, any_over_https=view.since(HTTPS_ANYWHERE))
    because = f"{followed.variable} names a host that botocore sends no token to"
    if isinstance(followed.uri, ContainerUri):
        if allowed.judges(view, followed.uri) is Allowed.YES:
            return None
        text = texts.unsupported_host(followed.uri.host, knows_agent=view.since(AGENT_KNOWN))
        return stops(text, because)
    if followed.uri.kind is UriProblemKind.USER_INFORMATION or (followed.is_relative and not followed.text):
        return unseen(f"{followed.variable} is odd in a way that the probe did not follow")
    return stops("…", f"{followed.variable} is not a usable URI")


def _endpoint_answer(view: View, followed: Target, token: Token | None) -> Answer:
    reply = container.ask(view, followed, token).as_heard(PATIENCE)
    lacks_a_field = reply.kind is ReplyKind.UNUSABLE and not reply.not_json
    return waited(_judged(view, reply), (ONCE if lacks_a_field else CLIENT).seconds(reply))


def _judged(view: View, reply: Reply) -> Answer:
    if reply.kind is ReplyKind.UNSEEN:
        return unseen(reply.because)
    if reply.kind is not ReplyKind.KEYS:
        return stops(
            texts.container(reply, knows_agent=view.since(AGENT_KNOWN)), f"{reply.because}, and that ends the chain"
        )
    if reply.expires is not None and reply.expires <= view.evidence.given.clock:
        return stops(texts.STILL_EXPIRED, f"{reply.because} that are expired already")
    if view.since(TOKEN_REREAD):
        return gives(Source.CONTAINER, reply.because, reply.hint)
    because = f"{reply.because}; it reads the token only once, so it breaks when the token is renewed"
    return replace(gives(Source.CONTAINER, because, reply.hint), caches="the token too, as it was first read")
