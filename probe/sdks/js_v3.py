"""AWS SDK for JavaScript, version 3. Versions are those of the clients and of @aws-sdk/credential-providers.

Up to 3.971 @aws-sdk/credential-provider-node has the same ones.

The chain goes on only after errors that are marked for it (`tryNextLink`): those of a source that is not configured.
The shared files come before web identity; an AWS_PROFILE comes before the environment's keys
(aws/aws-sdk-js-v3:packages/credential-provider-node/src/defaultProvider.ts).
"""

from probe.evidence import Connection, Ending, Evidence, Source
from probe.parse.profile_kind import CREDENTIAL_SOURCES
from probe.report import Prediction
from probe.sdks import js_v3_container, sts, tokens
from probe.sdks.chain import FOR_EVER, Answer, follow, gives, passes, predictions, slips, stops, unseen, waited
from probe.sdks.imds_time import after_imds
from probe.sdks.js_v3_container import AGENT_KNOWN, ONLY_WARNS
from probe.sdks.metadata import FALLS_BACK, Client, Stage, ask_imds
from probe.sdks.profiles import source_problem
from probe.sdks.reply import Reply, ReplyKind
from probe.sdks.tokens import Read, Token
from probe.sdks.view import SSO_KEYS, Profile, View
from probe.sdks.waiting import NO_LIMIT, THROTTLING, Tries

SDK = "js-v3"
NEWEST = "3.1169.0"
FALSE_IS_FALSE = "3.758.0"
"""AWS_EC2_METADATA_DISABLED=false no longer disables: 3.726.0 reads it as true, 3.758.0 does not."""
REGION_NEEDED = "3.515.0"
"""A client without a region calls no STS; 3.450.0 calls us-east-1."""
REGION_FROM_IMDS = "3.1083.0"
"""The region of the instance is the last resort (@smithy/core 3.28.0, of the same days)."""
CHANGES = (
    AGENT_KNOWN,
    REGION_NEEDED,
    js_v3_container.IPV6_MAY_BE_ASKED,
    js_v3_container.IPV6_ASKED,
    FALSE_IS_FALSE,
    ONLY_WARNS,
    js_v3_container.RELATIVE_FIRST,
)

ERROR_NAMES = {
    "IDPCommunicationError": "IDPCommunicationErrorException",
    "IDPRejectedClaim": "IDPRejectedClaimException",
    "InvalidIdentityToken": "InvalidIdentityTokenException",
    "MalformedPolicyDocument": "MalformedPolicyDocumentException",
    "PackedPolicyTooLarge": "PackedPolicyTooLargeException",
}
"""What STS calls an error on the wire, and its name in the service's model, which is what is printed."""
NOTHING = "Could not load credentials from any providers"
_ONCE = Tries(connect=1.0, read=1.0)
IMDS = Client(put=_ONCE, get=_ONCE, after=FALLS_BACK)
KERNEL_CONNECT = 127.0
"""Seconds after which Linux, by its defaults (tcp_syn_retries 6), gives a connection up; the SDK itself does not."""
STS = Tries(
    connect=KERNEL_CONNECT,
    read=NO_LIMIT,
    most=3,
    pauses=(0.05, 0.1),
    throttled_pauses=(0.35, 0.7),
    statuses={429, 500, 502, 503, 504},
    codes=THROTTLING,
)
"""Drawn by lot: up to 0.1 s, or 0.5 s when throttled (1 s in 3.1169.0: the middle of both), then twice that."""
CACHES = {
    Source.WEB_IDENTITY: "the keys, until 5 minutes before they expire",
    Source.CONTAINER: "the keys, until 5 minutes before they expire",
    Source.IMDS: "the keys, until 5 minutes before they expire; 5 to 10 minutes longer while IMDS fails",
}
DEFAULT_REGION = "us-east-1"
"""Where neither AWS_REGION nor the profile names one. The region of the program's own client would come before all."""


def predict(evidence: Evidence) -> tuple[Prediction, ...]:
    """Return what programs with this SDK would do."""
    return predictions(SDK, evidence, CHANGES, lambda view: follow(view, STEPS, NOTHING), caches=CACHES)


def environment(view: View) -> Answer:
    """Take the static keys, unless AWS_PROFILE is set."""
    pair = view.is_set("AWS_ACCESS_KEY_ID") and view.is_set("AWS_SECRET_ACCESS_KEY")
    if pair and view.is_set("AWS_PROFILE"):
        return passes("AWS_PROFILE is set, which takes the keys in the environment out of the chain")
    if pair:
        return gives(Source.ENVIRONMENT, "the keys in the environment come first", view.keys.access_key_hint)
    half = view.is_set("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    return slips("half a key pair in the environment does not count") if half else passes()


def shared_files(view: View) -> Answer:
    """Take what the profile names: a role, keys, a token file, a program, a login."""
    if view.files_unseen:
        return unseen("the shared files were not read")
    profile = _profile(view)
    if not profile.exists:
        return slips(f"there is no profile {profile.name!r}") if profile.named_by else passes()
    if profile.has("role_arn") and profile.has("source_profile") != profile.has("credential_source"):
        return _assume_role(view, profile)
    if profile.paired is not None:
        because = f"the profile {profile.name} has keys, and the files come before web identity"
        return gives(Source.SHARED_CONFIG, because, profile.paired.access_key_hint)
    if profile.has("role_arn", "web_identity_token_file"):
        return _exchange(view, f"profile {profile.name}")
    if profile.has_any("credential_process", "login_session", *SSO_KEYS):
        return unseen(f"the profile {profile.name} uses a login or a program; nobody tried that")
    return slips(f"the profile {profile.name} gives no credentials") if profile.named_by else passes()


def token_file(view: View) -> Answer:
    """Exchange the token; half of the pair of variables does not count."""
    has_file, has_role = view.is_set(sts.TOKEN_FILE), view.is_set(sts.ROLE)
    if has_file and has_role:
        return _exchange(view, sts.FROM_ENVIRONMENT)
    missing = sts.ROLE if has_file else sts.TOKEN_FILE
    half = has_file or has_role
    return slips(f"web identity is skipped in silence, for {missing} is not set") if half else passes()


def container_endpoint(view: View) -> Answer:
    """Ask the container endpoint. Where a variable for it is set, IMDS is out of the chain."""
    return js_v3_container.answer(view, NOTHING)


def imds(view: View) -> Answer:
    """Ask IMDS. Its own errors are hidden behind the chain's."""
    value = view.value("AWS_EC2_METADATA_DISABLED")
    if value and (value != "false" or not view.since(FALSE_IS_FALSE)):
        return passes(f"AWS_EC2_METADATA_DISABLED is set (to {value!r}, and any value disables)")
    mode = view.value("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")
    if mode not in {"", "IPv4", "IPv6"} and not view.value("AWS_EC2_METADATA_SERVICE_ENDPOINT"):
        because = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE is neither IPv4 nor IPv6 to the letter"
        return stops(f"Unsupported endpoint mode: {mode}.…", because)
    asked = ask_imds(view, IMDS, version_1_off=_version_1_off(view))
    if asked.stage is Stage.ROLE and asked.reply.kind is ReplyKind.UNUSABLE:
        # It asks for the keys of a role without a name, is given the list once more, and reads that as JSON.
        return stops("…", asked.reply.because)
    return after_imds(_imds_answer(asked.reply), IMDS, asked)


def _imds_answer(reply: Reply) -> Answer:
    if reply.kind is ReplyKind.UNSEEN:
        return unseen(reply.because)
    if reply.kind is ReplyKind.KEYS:
        return gives(Source.IMDS, reply.because, reply.hint)
    # What JSON.parse throws carries no mark, so it ends the chain as it is.
    return stops("…JSON…", reply.because) if reply.not_json else passes(reply.because)


STEPS = (environment, shared_files, token_file, container_endpoint, imds)


def _profile(view: View) -> Profile:
    return view.profile("AWS_PROFILE")


def _version_1_off(view: View) -> bool:
    """Any value but `false` switches IMDSv1 off, in the variable as in the profile."""
    told = view.value("AWS_EC2_METADATA_V1_DISABLED") or _profile(view).setting("ec2_metadata_v1_disabled") or "false"
    return told != "false"


def _assume_role(view: View, profile: Profile) -> Answer:
    source = profile.setting("credential_source")
    if source is not None and source not in CREDENTIAL_SOURCES:
        return slips(f"the profile {profile.name} has a credential_source that does not exist")
    problem = source_problem(view, profile) if profile.has("source_profile") else None
    if problem is not None:
        return slips(problem.because)
    return unseen(
        f"it assumes the role of the profile {profile.name} before it looks at web identity; nobody tried that"
    )


def _exchange(view: View, told_by: str) -> Answer:
    if not sts.was_walked(view, told_by):
        return unseen("it uses another role or token file than the probe did")
    token = tokens.token_of(view, "web-identity.token")
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
    region = view.value("AWS_REGION") or _profile(view).setting("region")
    if not region and view.since(REGION_NEEDED):
        return _without_region(view)
    host = sts.host_for(view, region or DEFAULT_REGION) or sts.GLOBAL_HOST
    reply = sts.ask_sts(view, host, sts.Way.DIRECT, retries=STS.codes, bundles=())
    return sts.through(view, host, sts.Way.DIRECT, waited(_sts_answer(reply, token), STS.seconds(reply)))


def _without_region(view: View) -> Answer:
    connected = view.evidence.facts("imds.connect", Connection)
    if view.since(REGION_FROM_IMDS) and (connected is None or connected.ending is Ending.CONNECTED):
        return unseen("it has no region, and asks IMDS for one; nobody tried that")
    asks = view.since(REGION_FROM_IMDS) and connected is not None and connected.ending is Ending.CONNECT_TIMEOUT
    missing = stops("Region is missing", "AWS_REGION is not set, and the profile tells no region")
    return waited(missing, IMDS.put.connect if asks else 0.0)


def _sts_answer(reply: Reply, token: Token) -> Answer:
    if reply.kind is ReplyKind.KEYS:
        return gives(Source.WEB_IDENTITY, reply.because)
    if reply.kind is ReplyKind.UNSEEN:
        return unseen(reply.because) if token.is_whole else stops("…", "no STS takes a token of this shape")
    if reply.is_silent or reply.ending is Ending.TLS_TIMEOUT:
        return stops(FOR_EVER, f"{reply.because}, and there is no limit to the waiting")
    name = ERROR_NAMES.get(reply.code or "", reply.code)
    text = f"{name}: {reply.message or '…'}" if reply.kind is ReplyKind.REFUSED else "…"
    return stops(text, f"{reply.because}, and it goes on to no other source")
