"""AWS SDK for JavaScript version 3 and the container endpoint: two providers in a row, and a misleading text.

When the first provider (`fromHttp`) fails, the older one behind it runs, which knows no host but its own three and says
so. So `… is not a valid container metadata service hostname` means, in a current SDK, that the call failed and that the
reason is hidden (aws/aws-sdk-js-v3:packages/credential-provider-http, smithy-lang/smithy-typescript:
packages/credential-provider-imds).
"""

from dataclasses import replace

from probe.evidence import Source
from probe.parse.endpoint import ContainerUri
from probe.sdks import container
from probe.sdks.chain import FOR_EVER, Answer, ends, gives, passes, stops, unseen, waited
from probe.sdks.container import AGENT, ECS, LOOPBACK, Allowed, AllowList, Target
from probe.sdks.reply import Reply, ReplyKind
from probe.sdks.tokens import Read, Token
from probe.sdks.view import View
from probe.sdks.waiting import EVERY_STATUS, NO_LIMIT, Tries

AGENT_KNOWN = "3.503.1"
"""The default chain uses `fromHttp`, and with it the agent's addresses and the token file."""
ONLY_WARNS = "3.910.0"
"""An answer that does not come is warned of and waited for (@smithy/node-http-handler 4.4.0); before, a second."""
RELATIVE_FIRST = "3.1083.0"
"""The relative URI comes before the full one, and the token file before the variable (@aws-sdk/credential-provider-http
3.972.57); before, it was the other way round, whatever the documentation said."""
IPV6_ASKED = "3.667.0"
"""Asks for @smithy/node-http-handler 3.2.3, which takes the brackets off an IPv6 host; before, they are looked up."""
IPV6_MAY_BE_ASKED = "3.575.0"
"""Asks for any 3.x of it: whether it can is for the installation to decide."""
PATIENCE = 1.0
CLIENT = Tries(connect=1.0, read=NO_LIMIT, most=4, pauses=(1.0,) * 3, statuses=EVERY_STATUS, repeats_unusable=True)
"""`fromHttp`: one call and three more, with a second between them, after whatever goes wrong."""
IMPATIENT = replace(CLIENT, read=1.0)
OLD_CLIENT = Tries(connect=1.0, read=1.0)
_KNOWN_TO_OLD_PROVIDER = ("localhost", "127.0.0.1")


def answer(view: View, nothing: str) -> Answer:
    """Judge the host, read the token, ask. `nothing` is the chain's text when no provider is left."""
    full_first = view.since(AGENT_KNOWN) and not view.since(RELATIVE_FIRST)
    both = (container.FULL, container.RELATIVE) if full_first else (container.RELATIVE, container.FULL)
    followed = container.target(view, order=both)
    if followed is None:
        return passes()
    uri = followed.uri
    if not isinstance(uri, ContainerUri):
        return stops("…", f"{followed.variable} is not a usable URI")
    if not view.since(AGENT_KNOWN):
        return _old(view, followed, uri, nothing)
    allowed = AllowList(over_http=LOOPBACK | ECS | AGENT, resolves_names=False)
    if allowed.judges(view, uri) is not Allowed.YES:
        return ends(nothing, f"{followed.variable} names a host that it sends no token to, and IMDS is not tried then")
    token = container.token_for(view, file_first=view.since(RELATIVE_FIRST))
    failed = _token_answer(token, _hidden(followed, uri, nothing)) if token is not None else None
    if failed is not None:
        # The token is read anew before each of the calls, so this too fails four times.
        return waited(failed, sum(CLIENT.pauses))
    return _endpoint_answer(view, followed, uri, token, nothing)


def _old(view: View, followed: Target, uri: ContainerUri, nothing: str) -> Answer:
    if not followed.is_relative and uri.host not in _KNOWN_TO_OLD_PROVIDER:
        return stops(_misleading(uri), f"it knows no other hosts than {', '.join(_KNOWN_TO_OLD_PROVIDER)}")
    reply = container.ask(view, followed, container.token_for(view, knows_files=False)).as_heard(PATIENCE)
    return waited(_old_answer(reply, nothing), OLD_CLIENT.seconds(reply))


def _old_answer(reply: Reply, nothing: str) -> Answer:
    if reply.kind is ReplyKind.UNSEEN:
        return unseen(reply.because)
    if reply.kind is ReplyKind.KEYS:
        return gives(Source.CONTAINER, reply.because, reply.hint)
    return stops("…JSON…", reply.because) if reply.not_json else ends(nothing, reply.because)


def _token_answer(token: Token, hidden: Answer) -> Answer | None:
    name = f"open '…{token.path}'"
    text = {
        Read.MISSING: f"ENOENT: no such file or directory, {name}",
        Read.FORBIDDEN: f"EACCES: permission denied, {name}",
        Read.DIRECTORY: "EISDIR: illegal operation on a directory, read",
        Read.FAILED: "…",
        Read.BLOCKS: FOR_EVER,
    }.get(token.read)
    if text is not None:
        return stops(text, token.because)
    if token.has_line_break:
        return _with_reason(hidden, "the token has a line break in it")
    return (
        unseen("the token has white space in it, which may be a line break") if token.has_line_break is None else None
    )


def _endpoint_answer(view: View, followed: Target, uri: ContainerUri, token: Token | None, nothing: str) -> Answer:
    if ":" in uri.host and not view.since(IPV6_ASKED):
        return _ipv6_answer(view, _hidden(followed, uri, nothing))
    reply = container.ask(view, followed, token)
    if reply.is_silent and view.since(ONLY_WARNS):
        return stops(FOR_EVER, f"{reply.because}, and after a second it only warns")
    reply = reply if view.since(ONLY_WARNS) else reply.as_heard(PATIENCE)
    client = CLIENT if view.since(ONLY_WARNS) else IMPATIENT
    return waited(_judged(reply, _hidden(followed, uri, nothing)), client.seconds(reply))


def _ipv6_answer(view: View, hidden: Answer) -> Answer:
    if view.since(IPV6_MAY_BE_ASKED):
        return unseen("whether it can call an IPv6 address depends on the @smithy/node-http-handler installed with it")
    return waited(_with_reason(hidden, "it looks the IPv6 address up as if it were a name"), sum(CLIENT.pauses))


def _judged(reply: Reply, hidden: Answer) -> Answer:
    if reply.kind is ReplyKind.UNSEEN:
        return unseen(reply.because)
    if reply.kind is ReplyKind.KEYS:
        return gives(Source.CONTAINER, reply.because, reply.hint)
    if reply.not_json:
        return stops("…JSON…", reply.because)
    return _with_reason(hidden, f"{reply.because}; its error text hides that")


def _hidden(followed: Target, uri: ContainerUri, nothing: str) -> Answer:
    """Return what becomes of any failure: the older provider's complaint, or the chain's own text."""
    if followed.is_relative or uri.host in _KNOWN_TO_OLD_PROVIDER:
        return ends(nothing, "")
    return stops(_misleading(uri), "")


def _with_reason(hidden: Answer, because: str) -> Answer:
    return ends(hidden.text or "", because) if hidden.kind == "none" else stops(hidden.text or "", because)


def _misleading(uri: ContainerUri) -> str:
    # An IPv6 address stands in brackets there, or does not: that depends on the release.
    host = f"…{uri.host}…" if ":" in uri.host else uri.host
    return f"{host} is not a valid container metadata service hostname"
