"""What botocore raises, in its own words."""

from probe.evidence import Ending
from probe.sdks.chain import FOR_EVER, Answer, stops
from probe.sdks.profiles import DeadEnd, SourceProblem
from probe.sdks.reply import Reply, ReplyKind
from probe.sdks.tokens import Read, Token

STILL_EXPIRED = "Credentials were refreshed, but the refreshed credentials are still expired."
NO_ROLE_ARN = (
    "The provided profile or the current environment is configured to assume role with web identity "
    "but has no role ARN configured.…"
)
NO_VERSION_1 = "Error retrieving metadata: Unable to retrieve token for use in IMDSv2 call and IMDSv1 has been disabled"
_CLOSED = "Connection was closed before we received a valid response from endpoint URL:…"
_NETWORK = {
    Ending.CONNECT_TIMEOUT: "Connect timeout on endpoint URL:…",
    Ending.NO_ANSWER: "Read timeout on endpoint URL:…",
    Ending.TLS_TIMEOUT: "…timeout on endpoint URL:…",
    Ending.TLS_UNTRUSTED: "SSL validation failed for…",
    Ending.TLS_FAILED: "SSL validation failed for…",
    Ending.RESET: _CLOSED,
    Ending.CLOSED: _CLOSED,
    Ending.NOT_HTTP: _CLOSED,
    Ending.PROXY_FAILED: "Failed to connect to proxy URL:…",
}


def network(reply: Reply) -> str:
    """Return the text for a reply that never came."""
    return _NETWORK.get(reply.ending or Ending.REFUSED, "Could not connect to the endpoint URL:…")


def refused_by_sts(reply: Reply) -> str:
    """Return the text for STS' own error."""
    said = reply.message or "…"
    return f"An error occurred ({reply.code}) when calling the AssumeRoleWithWebIdentity operation…: {said}"


def file_answer(token: Token) -> Answer | None:
    """Return the raw Python error for a token file that cannot be read; None for one that can."""
    if token.read is Read.BLOCKS:
        return stops(FOR_EVER, token.because)
    name = f"'…{token.path}'"
    text = {
        Read.MISSING: f"[Errno 2] No such file or directory: {name}",
        Read.FORBIDDEN: f"[Errno 13] Permission denied: {name}",
        Read.DIRECTORY: f"[Errno 21] Is a directory: {name}",
        Read.FAILED: "[Errno …",
    }.get(token.read)
    return stops(text, token.because) if text else None


def container(reply: Reply, *, knows_agent: bool) -> str:
    """Return the text for a container endpoint that gave no keys. It spoke of ECS before it knew the agent."""
    frame = "Error when retrieving credentials from container-role: Error retrieving metadata: "
    place = "container" if knows_agent else "ECS"
    if reply.kind is ReplyKind.REFUSED:
        status = reply.status if knows_agent else f"({reply.status})"
        return f"{frame}Received non 200 response {status} from {place} metadata:…"
    if reply.kind is ReplyKind.BROKEN:
        return f"{frame}Received error when attempting to retrieve {place} metadata: {network(reply)}"
    if reply.not_json:
        return f"{frame}Unable to parse JSON returned from {place} metadata services"
    # A missing field is a bare KeyError, whose text is the field's name.
    return "'…'"


def unsupported_host(host: str | None, *, knows_agent: bool) -> str:
    """Return the text for a host that is not on the list."""
    rest = "from a loopback address or one of these hosts:…" if knows_agent else "from these hosts:…"
    return f"Unsupported host '{host}'.  Can only retrieve metadata {rest}"


def source(problem: SourceProblem) -> str:
    """Return the text for a source_profile that leads nowhere."""
    name, parent = problem.name, problem.parent
    return {
        DeadEnd.MISSING: f'The source_profile "{name}" referenced in the profile "{parent}" does not exist.',
        DeadEnd.CIRCLE: "Infinite loop in credential configuration detected.…",
        DeadEnd.EMPTY: f'The source profile "{name}" must have credentials.',
        DeadEnd.HALF: f"Partial credentials found in …, missing: {problem.missing_key}",
    }[problem.kind]
