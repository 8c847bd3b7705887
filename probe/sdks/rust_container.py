"""AWS SDK for Rust and the container endpoint (smithy-lang/smithy-rs:aws/rust-runtime/aws-config/src/ecs.rs)."""

from dataclasses import replace

from probe.evidence import Source
from probe.parse.endpoint import ContainerUri, UriProblemKind
from probe.parse.proxy import bypasses_go
from probe.sdks import container
from probe.sdks.chain import FOR_EVER, Answer, Kind, gives, passes, stops, unseen, waited
from probe.sdks.container import AGENT, ECS, LOOPBACK, Allowed, AllowList, Target
from probe.sdks.reply import Reply, ReplyKind
from probe.sdks.tokens import Read, Token
from probe.sdks.view import View, proxy_for
from probe.sdks.waiting import SERVER_ERRORS, Tries

AGENT_KNOWN = "1.1.8"
"""The Pod Identity agent's addresses and AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE."""
PROXIES = "1.8.6"
"""With BehaviorVersion v2025_08_07 the default HTTP client follows the proxy variables, link-local or not."""
LONG_TIMEOUT = "1.10.1"
"""The chain has the time that all tries of a call to STS take at most, three connects of 3.1 s twice and the pauses
(aws-smithy-runtime:client/identity/cache/lazy.rs); before, 5 s."""
TIMED_OUT = "identity resolver timed out after …s"
PERHAPS_PROXIED = "a proxy is set that NO_PROXY does not keep away, and the program's BehaviorVersion decides about it"
PATIENCE = 5.0
CLIENT = Tries(connect=2.0, read=PATIENCE, most=3, pauses=(0.5, 1.0), statuses=SERVER_ERRORS, repeats_unusable=True)
FAILED = "an error occurred while loading credentials…"
WRONG = "the credentials provider was not properly configured…"
UNEXPECTED = "unexpected credentials error…"
"""The three ways in which every error begins (aws-credential-types: CredentialsError)."""
FILE_ERRORS = {
    Read.MISSING: "No such file or directory (os error 2)",
    Read.FORBIDDEN: "Permission denied (os error 13)",
    Read.DIRECTORY: "Is a directory (os error 21)",
    Read.FAILED: "…",
    Read.BLOCKS: FOR_EVER,
}


def answer(view: View) -> Answer:
    """Read the token, judge the host, ask. The token file is read even where no URI is set."""
    knows_files = view.since(AGENT_KNOWN)
    if knows_files and view.is_present(container.TOKEN_FILE) and not view.is_set(container.TOKEN_FILE):
        return stops(f"{FAILED}{FILE_ERRORS[Read.MISSING]}", f"{container.TOKEN_FILE} is there and empty")
    token = container.token_for(view, knows_files=knows_files)
    failed = _token_answer(token) if token is not None else None
    if failed is not None:
        return failed
    followed = container.target(view, empty_counts=True)
    if followed is None:
        return passes()
    reply = container.ask(view, followed, token, CLIENT).as_heard(PATIENCE)
    return _host_answer(view, followed) or waited(_endpoint_answer(reply), CLIENT.seconds(reply))


def load_timeout(view: View) -> float:
    """Return the seconds after which the whole chain, with all that it repeats, is cut."""
    return 21.6 if view.since(LONG_TIMEOUT) else 5.0


def cut(view: View, answer: Answer) -> Answer:
    """Return a chain's answer as its time limit lets it come; only a file that blocks is beyond that."""
    limit = load_timeout(view)
    if answer.text == FOR_EVER or answer.kind is Kind.UNSEEN:
        return answer
    if answer.seconds is not None and answer.seconds > limit:
        return replace(answer, kind=Kind.STOPS, text=TIMED_OUT, seconds=limit, source=None, hint=None)
    if answer.kind is not Kind.STOPS or (answer.seconds is not None and 2 * answer.seconds <= limit):
        return answer
    # Pauses are drawn by lot, and may be twice as long, or nobody knows: it is an error, but who knows which.
    return replace(answer, text="…")


def may_proxy(view: View, host: str, port: int, *, secure: bool = False) -> bool:
    """Whether a proxy may be used, if the program's BehaviorVersion says so. NO_PROXY is read much as Go reads it."""
    proxies = view.proxies.go
    return view.since(PROXIES) and proxy_for(proxies, secure=secure) and not bypasses_go(host, port, proxies.no_proxy)


def _token_answer(token: Token) -> Answer | None:
    text = FILE_ERRORS.get(token.read)
    if text is not None:
        return stops(text if token.read is Read.BLOCKS else f"{FAILED}{text}", token.because)
    if token.has_line_break:
        # Old releases put the token itself into the text.
        return stops(f"{WRONG}could not be used as a…header value…", "the token has a line break in it")
    return (
        unseen("the token has white space in it, which may be a line break") if token.has_line_break is None else None
    )


def _host_answer(view: View, followed: Target) -> Answer | None:
    uri, knows_agent = followed.uri, view.since(AGENT_KNOWN)
    if not isinstance(uri, ContainerUri):
        if uri.kind is UriProblemKind.USER_INFORMATION:
            return unseen(f"{followed.variable} has a login in it, which the probe does not follow")
        which = "relative" if followed.is_relative else "full"
        return stops(f"{WRONG}invalid {which} URI for ECS provider …", f"{followed.variable} is not a usable URI")
    hosts = LOOPBACK | ((AGENT | ECS) if knows_agent else frozenset())
    judged = AllowList(over_http=hosts, resolves_names=True).judges(view, uri)
    if followed.is_relative or judged is Allowed.YES:
        proxied = may_proxy(view, uri.host, uri.port, secure=uri.scheme == "https")
        return unseen(PERHAPS_PROXIED) if proxied else None
    if judged is Allowed.UNSEEN:
        return unseen(f"it looks {uri.host} up and judges the addresses, which nobody saw")
    why = "URI did not refer to an allowed IP address" if knows_agent else "URI did not refer to the loopback interface"
    if judged is Allowed.NO_NAME:
        why = "failed to perform DNS lookup while validating URI: …"
    text = f"{WRONG}invalid full URI for ECS provider ({why}): …"
    return stops(text, f"{followed.variable} names a host that it sends no token to")


def _endpoint_answer(reply: Reply) -> Answer:
    if reply.kind is ReplyKind.UNSEEN:
        return unseen(reply.because)
    if reply.kind is ReplyKind.KEYS:
        return gives(Source.CONTAINER, reply.because, reply.hint)
    if reply.kind is ReplyKind.REFUSED:
        text = f"{FAILED}Non-success status from HTTP credential provider: StatusCode({reply.status})"
        return stops(text, f"{reply.because}, and that ends the chain")
    return stops(UNEXPECTED, f"{reply.because}, and that ends the chain")
