"""What aws-sdk-go-v2 says, in its own words."""

from probe.evidence import Ending
from probe.sdks import go
from probe.sdks.metadata import Metadata, Stage
from probe.sdks.reply import Reply, ReplyKind

DISABLED = 'access disabled to EC2 IMDS via client option, or "AWS_EC2_METADATA_DISABLED" environment variable'
TOKEN = "resolve auth token: "  # noqa: S105 - the beginning of a text
STS = "failed to retrieve credentials, …operation error STS: AssumeRoleWithWebIdentity, …"
ASKED_ONCE = frozenset({Ending.NAME_NOT_FOUND, Ending.PROXY_FAILED})
"""Not repeated, or perhaps not: a proxy may fail in many ways."""
CUT = "…canceled, context deadline exceeded"
"""The end of the text for IMDS when the time was up: a hop limit and a black hole read the same there."""
NO_REGION = f"{STS}Invalid Configuration: Missing Region"


def no_role(tail: str) -> str:
    """Return the text for IMDS that gave no role, which is this SDK's way to say that it found nothing."""
    return f"no EC2 IMDS role found, operation error ec2imds: GetMetadata, {tail}"


def imds_tail(asked: Metadata) -> str:
    """Return the end of the text for IMDS."""
    reply = asked.reply
    if asked.stage is Stage.ENDPOINT:
        return "…"
    if asked.stage in {Stage.TOKEN, Stage.WITHOUT_TOKEN}:
        return "…failed to get API token, …"
    if reply.is_silent or reply.ending is Ending.CONNECT_TIMEOUT:
        return CUT
    if reply.ending is not None:
        return f"exceeded maximum number of attempts, 3, request send failed, …{go.dial_error(reply)}"
    return f"…http response error StatusCode: {reply.status}, request to EC2 IMDS failed"


def no_keys_of_role(reply: Reply) -> str:
    """Return the text for a role that is listed and has no keys."""
    if reply.not_json:
        return "failed to decode … EC2 IMDS role credentials, …"
    return "failed to get … EC2 IMDS role credentials, …"


def from_sts(reply: Reply) -> str:
    """Return the text for an exchange that failed."""
    if reply.kind is ReplyKind.REFUSED:
        return f"{STS}https response error StatusCode: {reply.status}, RequestID: …{reply.code}: {reply.message or '…'}"
    if reply.kind is ReplyKind.UNUSABLE:
        return STS
    often = "" if reply.ending in ASKED_ONCE else "exceeded maximum number of attempts, 3, …"
    return f"{STS}{often}request send failed, …{go.dial_error(reply)}"


def host_not_allowed(host: str, *, knows_agent: bool) -> str:
    """Return the text for a host that is not on the list."""
    hosts = "loopback/ecs/eks hosts" if knows_agent else "loopback hosts"
    return f'invalid endpoint host, "{host}", only {hosts} are allowed'


def from_endpoint(reply: Reply, *, passes_text_on: bool) -> str:
    """Return the text for a container endpoint that gave no keys."""
    frame = "failed to load credentials, "
    if reply.ending is not None:
        return f"{frame}exceeded maximum number of attempts, 3, request send failed, …{go.dial_error(reply)}"
    if reply.kind is ReplyKind.REFUSED and not passes_text_on:
        return f"{frame}…failed to decode error message…"
    named = f"{reply.code}…" if reply.kind is ReplyKind.REFUSED and reply.code else ""
    return f"{frame}…{named}"
