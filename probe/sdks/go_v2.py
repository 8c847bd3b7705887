"""aws-sdk-go-v2. Versions are those of its module `config`.

LoadDefaultConfig decides once which source it is; whatever that source answers is the end
(aws/aws-sdk-go-v2:config/resolve_credentials.go). The order: environment keys, web identity, profile, container, IMDS.
"""

from dataclasses import replace

from probe.evidence import Ending, Evidence, Source
from probe.parse.endpoint import ContainerUri
from probe.report import Prediction
from probe.sdks import container, go, sts, tokens
from probe.sdks import go_v2_texts as texts
from probe.sdks.chain import FOR_EVER, Answer, ends, follow, gives, passes, predictions, stops, unseen, waited
from probe.sdks.container import AGENT, ECS, FULL, LOOPBACK, RELATIVE, Allowed, AllowList, Target
from probe.sdks.imds_time import after_imds, imds_seconds
from probe.sdks.metadata import FALLS_BACK, Client, Metadata, Stage, ask_imds, version_1_off
from probe.sdks.reply import Reply, ReplyKind
from probe.sdks.tokens import Read, Token
from probe.sdks.view import BOTH_FILES, Profile, View, is_half
from probe.sdks.waiting import NO_LIMIT, SERVER_ERRORS, THROTTLING, Tries

SDK = "go-v2"
NEWEST = "1.33.15"
ENDPOINT_URLS = "1.21.0"
VERSION_1_SWITCH = "1.22.0"
AGENT_KNOWN = "1.25.0"
"""The Pod Identity agent's addresses and AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE."""
AGENT_TEXT = "1.25.5"
"""The agent's plain text is passed on (credentials 1.16.4, which this is the first `config` to require)."""
RELATIVE_FIRST = "1.27.34"
ISSUER_ASKED_AGAIN = "1.32.31"
"""A call is repeated after IDPCommunicationError; the first release that does so may be a little older."""
CHANGES = (ENDPOINT_URLS, VERSION_1_SWITCH, AGENT_KNOWN, AGENT_TEXT, RELATIVE_FIRST, ISSUER_ASKED_AGAIN)

_IN_CLOUD = Tries(connect=0.25, read=0.5, most=3, pauses=(1.0, 1.0), statuses=SERVER_ERRORS)
IMDS = Client(put=_IN_CLOUD, get=_IN_CLOUD, after=FALLS_BACK, retries=go.RETRIED_PUT, asks_after_401=True, limit=5.0)
CONTAINER = Tries(
    connect=go.DIAL,
    read=NO_LIMIT,
    handshake=go.HANDSHAKE,
    most=3,
    pauses=(1.0, 2.0),
    statuses={429, 500, 502, 503, 504},
    gives_up_after=frozenset({Ending.NAME_NOT_FOUND}),
)
STS_ONCE = replace(CONTAINER, codes=THROTTLING | {sts.INVALID_TOKEN})
STS = replace(STS_ONCE, codes=STS_ONCE.codes | {sts.ISSUER_UNREACHED})
CACHES = {
    Source.WEB_IDENTITY: "the keys, until they expire",
    Source.CONTAINER: "the keys, until 5 minutes before they expire",
    Source.IMDS: "the keys, until 5 minutes before they expire, at most an hour; longer while IMDS fails",
}


def predict(evidence: Evidence) -> tuple[Prediction, ...]:
    """Return what programs with this SDK would do."""
    return predictions(SDK, evidence, CHANGES, lambda view: follow(view, STEPS, texts.no_role("…")), caches=CACHES)


def configuration(view: View) -> Answer:
    """Load the shared configuration: a broken profile ends everything, even beside keys and web identity."""
    bundle = go.bundle_problem(view)
    if bundle is not None:
        return stops("…", f"{bundle}, and that ends LoadDefaultConfig, whatever else is configured")
    profile = _profile(view)
    if view.files_unseen:
        return passes()
    if not profile.exists:
        if profile.named_by != "AWS_PROFILE":
            return passes()
        because = f"there is no profile {profile.name!r}, and that ends LoadDefaultConfig, whatever else is configured"
        return stops(f"failed to get shared config profile, {profile.name}", because)
    if is_half(profile.sections[-1]):
        text = f"…partial credentials found for profile {profile.name}"
        return stops(text, f"half a key pair in the profile {profile.name} ends LoadDefaultConfig")
    problem = go.profile_problem(view, profile, BOTH_FILES)
    return stops(problem[0], f"{problem[1]}, and that ends LoadDefaultConfig") if problem else passes()


def web_identity(view: View) -> Answer:
    """Exchange the token of the environment."""
    if not view.is_set(sts.TOKEN_FILE):
        return sts.without_token_file(view)
    if not view.is_set(sts.ROLE):
        return stops("role ARN is not set", "AWS_WEB_IDENTITY_TOKEN_FILE without AWS_ROLE_ARN ends LoadDefaultConfig")
    return _exchange(view, sts.FROM_ENVIRONMENT)


def profile_source(view: View) -> Answer:
    """Take what the profile names: keys, a role, a token file, a login, a program."""
    if view.files_unseen:
        return unseen("the shared files were not read")
    profile = _profile(view)
    if profile.paired is not None and not profile.has("role_arn"):
        return gives(Source.SHARED_CONFIG, f"the profile {profile.name} has keys", profile.paired.access_key_hint)
    if profile.has("role_arn", "web_identity_token_file"):
        return _exchange(view, f"profile {profile.name}")
    return go.role_of_profile(profile)


def container_endpoint(view: View) -> Answer:
    """Ask the container endpoint."""
    order = (RELATIVE, FULL) if view.since(RELATIVE_FIRST) else (FULL, RELATIVE)
    followed = container.target(view, order=order)
    if followed is None:
        return passes()
    refused = _host_answer(view, followed)
    if refused is not None:
        return refused
    if isinstance(followed.uri, ContainerUri) and go.proxied(view, followed.uri):
        because = f"the proxy applies to {followed.uri.host}, since NO_PROXY does not cover it; the probe went directly"
        return unseen(because, proxied=go.CONTAINER_PROXIED)
    token = container.token_for(view, knows_files=view.since(AGENT_KNOWN))
    failed = _token_answer(token) if token is not None else None
    reply = container.ask(view, followed, token)
    return failed or waited(_endpoint_answer(view, followed, reply), CONTAINER.seconds(reply))


def imds(view: View) -> Answer:
    """Ask IMDS. Nothing comes after it."""
    if view.is_true("AWS_EC2_METADATA_DISABLED"):
        return ends(texts.no_role(texts.DISABLED), "AWS_EC2_METADATA_DISABLED is true and nothing else is configured")
    if go.imds_proxied(view):
        because = "HTTP_PROXY applies to IMDS, since NO_PROXY does not cover it; the probe asked directly"
        return unseen(because, proxied=go.IMDS_PROXIED)
    off = view.since(VERSION_1_SWITCH) and version_1_off(view, _profile(view).setting("ec2_metadata_v1_disabled"))
    asked = ask_imds(view, IMDS, version_1_off=off)
    return after_imds(_imds_answer(asked), IMDS, asked)


def _imds_answer(asked: Metadata) -> Answer:
    reply = asked.reply
    if reply.kind is ReplyKind.UNSEEN:
        return unseen(reply.because)
    if asked.stage is Stage.KEYS and go.takes_document(reply):
        return gives(Source.IMDS, reply.because, reply.hint)
    if asked.stage is Stage.KEYS:
        return stops(texts.no_keys_of_role(reply), reply.because)
    if asked.stage is Stage.ROLE and reply.kind is ReplyKind.UNUSABLE:
        return stops("unexpected empty EC2 IMDS role list", reply.because)
    if imds_seconds(IMDS, asked) == IMDS.limit:
        return ends(texts.no_role(texts.CUT), reply.because)
    return ends(texts.no_role(texts.imds_tail(asked)), reply.because)


STEPS = (configuration, go.environment, web_identity, profile_source, container_endpoint, imds)


def _profile(view: View) -> Profile:
    return view.profile("AWS_PROFILE", "AWS_DEFAULT_PROFILE")


def _exchange(view: View, told_by: str) -> Answer:
    if not sts.was_walked(view, told_by):
        return unseen("it uses another role or token file than the probe did")
    token = tokens.token_of(view, "web-identity.token")
    if token.read is Read.BLOCKS:
        return stops(FOR_EVER, token.because)
    failed = go.file_error(token)
    if failed is not None:
        return stops(f"failed to retrieve jwt from provide source, unable to read file at …{failed}", token.because)
    region = view.first_value("AWS_REGION", "AWS_DEFAULT_REGION") or _profile(view).setting("region")
    host = sts.host_for(view, region, reads_override=view.since(ENDPOINT_URLS))
    if host is None or not region:
        return stops(texts.NO_REGION, "no region is set; a program may set one itself")
    way = go.way_to_sts(view, host)
    client = STS if view.since(ISSUER_ASKED_AGAIN) else STS_ONCE
    reply = sts.ask_sts(view, host, way, retries=client.codes, bundles=go.ROOTS)
    return sts.through(view, host, way, waited(_sts_answer(reply, token), client.seconds(reply)))


def _sts_answer(reply: Reply, token: Token) -> Answer:
    if reply.kind is ReplyKind.KEYS:
        return gives(Source.WEB_IDENTITY, reply.because)
    if reply.kind is ReplyKind.UNSEEN:
        return unseen(reply.because) if token.is_whole else stops(texts.STS, "no STS takes a token of this shape")
    if reply.is_silent:
        return stops(FOR_EVER, f"{reply.because}, and Go waits for the answer without a limit")
    return stops(texts.from_sts(reply), f"{reply.because}, and Go goes on to no other source")


def _host_answer(view: View, followed: Target) -> Answer | None:
    knows_agent = view.since(AGENT_KNOWN)
    hosts = LOOPBACK | ((AGENT | ECS) if knows_agent else frozenset())
    allowed = AllowList(over_http=hosts, resolves_names=True, any_over_https=knows_agent)
    uri = followed.uri
    if not isinstance(uri, ContainerUri):
        return stops("…", f"{followed.variable} is not a usable URI")
    judged = Allowed.YES if followed.is_relative else allowed.judges(view, uri)
    if judged is Allowed.UNSEEN:
        return unseen(f"it looks {uri.host} up and judges the addresses, which nobody saw")
    text = {
        Allowed.NO: texts.host_not_allowed(uri.host, knows_agent=knows_agent),
        Allowed.NO_NAME: f'failed to resolve host "{uri.host}", …',
    }.get(judged)
    return stops(text, f"{followed.variable} names a host that it sends no token to") if text else None


def _token_answer(token: Token) -> Answer | None:
    if token.read is Read.BLOCKS:
        return stops(FOR_EVER, token.because)
    if token.has_line_break:
        return stops(
            f"{texts.TOKEN}authorization token contains invalid newline sequence", "the token has a line break"
        )
    failed = go.file_error(token)
    if failed is not None:
        return stops(f"{texts.TOKEN}failed to read authorization token from …{failed}", token.because)
    return (
        unseen("the token has white space in it, which may be a line break") if token.has_line_break is None else None
    )


def _endpoint_answer(view: View, followed: Target, reply: Reply) -> Answer:
    if reply.kind is ReplyKind.UNSEEN:
        return unseen(reply.because)
    usable = reply.kind is ReplyKind.UNUSABLE and not reply.missing & {"AccessKeyId", "SecretAccessKey"}
    if reply.kind is ReplyKind.KEYS or (usable and not reply.not_json):
        return gives(Source.CONTAINER, reply.because, reply.hint)
    if reply.is_silent:
        return stops(FOR_EVER, f"{reply.because}, and Go waits for the answer without a limit")
    passes_text_on = view.since(AGENT_TEXT) or not followed.is_agent
    return stops(texts.from_endpoint(reply, passes_text_on=passes_text_on), f"{reply.because}, and that is the end")
