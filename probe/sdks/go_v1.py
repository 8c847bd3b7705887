"""aws-sdk-go, version 1 (end of support 2025-07-31; it still lives in many controllers).

The session decides once which source it is (aws/aws-sdk-go:aws/session/credentials.go). What goes wrong with the
container endpoint or IMDS is hidden behind one text unless the program asks for verbose chain errors. Releases before
1.25.38 (2019), the first with IRSA and IMDSv2, are not told apart.
"""

from dataclasses import replace

from probe.evidence import Evidence, Source
from probe.parse.endpoint import ContainerUri
from probe.report import Prediction
from probe.sdks import container, go, sts, tokens
from probe.sdks.chain import FOR_EVER, Answer, ends, follow, gives, passes, predictions, slips, stops, unseen, waited
from probe.sdks.container import AGENT, ECS, FULL, LOOPBACK, RELATIVE, Allowed, AllowList, Target
from probe.sdks.imds_time import after_imds
from probe.sdks.metadata import FALLS_BACK, Client, Metadata, Stage, ask_imds, version_1_off
from probe.sdks.reply import Reply, ReplyKind
from probe.sdks.tokens import Read, Token
from probe.sdks.view import BOTH_FILES, CREDENTIALS, Profile, View
from probe.sdks.waiting import NO_LIMIT, SERVER_ERRORS, THROTTLING, Tries

SDK = "go-v1"
NEWEST = "1.55.8"
IMDS_ENDPOINT = "1.34.14"
"""AWS_EC2_METADATA_SERVICE_ENDPOINT is read."""
VERSION_1_SWITCH = "1.47.2"
AGENT_KNOWN = "1.47.11"
"""The Pod Identity agent's addresses and AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE."""
CHANGES = (IMDS_ENDPOINT, VERSION_1_SWITCH, AGENT_KNOWN)

NOTHING = "NoCredentialProviders: no valid providers in chain. Deprecated.…"
HIDDEN = "Go hides it unless the program asks for verbose chain errors"
FAILED = "WebIdentityErr: failed to retrieve credentials…"
CRASHES = "panic: runtime error: invalid memory address or nil pointer dereference…"
"""The whole program ends (aws/credentials/stscreds/web_identity_provider.go)."""
_PAUSES, _THROTTLED = (0.05, 0.1, 0.2), (0.75, 1.5, 3.0)
"""From 30 ms on, or 500 ms, doubled each time and drawn by lot (aws/aws-sdk-go:aws/client/default_retryer.go)."""
_EACH = Tries(connect=1.0, read=1.0, throttled_statuses={429, 502, 503, 504}, statuses=SERVER_ERRORS)
"""Which answers it takes for being throttled: aws/request/retryer.go, IsErrorThrottle."""
_IN_CLOUD = replace(_EACH, most=3, pauses=_PAUSES[:2], throttled_pauses=_THROTTLED[:2])
IMDS = Client(put=_IN_CLOUD, get=_IN_CLOUD, after=FALLS_BACK, retries=go.RETRIED_PUT, asks_each_time=True)
_CHANGED = replace(_EACH, connect=go.DIAL, read=NO_LIMIT, most=4, pauses=_PAUSES, throttled_pauses=_THROTTLED)
IMDS_WITH_BUNDLE = replace(IMDS, put=_CHANGED, get=_CHANGED)
"""AWS_CA_BUNDLE makes an HTTP client of its own, which has not IMDS' short timeouts (aws/ec2metadata/service.go)."""
CONTAINER = replace(_CHANGED, handshake=go.HANDSHAKE, statuses={429, *SERVER_ERRORS})
STS = replace(CONTAINER, codes=THROTTLING | {sts.INVALID_TOKEN, sts.ISSUER_UNREACHED})
CACHES = {
    Source.WEB_IDENTITY: "the keys, until they expire",
    Source.CONTAINER: "the keys, until 5 minutes before they expire",
    Source.IMDS: "the keys, until 5 minutes before they expire",
}
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})


def predict(evidence: Evidence) -> tuple[Prediction, ...]:
    """Return what programs with this SDK would do."""
    return predictions(SDK, evidence, CHANGES, lambda view: follow(view, STEPS, NOTHING), caches=CACHES)


def configuration(view: View) -> Answer:
    """Load the shared configuration. A missing profile is no error here; a broken one ends the session.

    So does a bundle that cannot be used, whatever else is configured.
    """
    bundle = go.bundle_problem(view)
    if bundle is not None:
        return stops("LoadCustomCABundleError: …", f"{bundle}, and that ends the session")
    profile = _profile(view)
    lenient = not view.is_set("AWS_PROFILE") and not loads_config(view) and go.environment(view).source is not None
    if view.files_unseen or lenient or not loads_config(view):
        return passes()
    problem = go.profile_problem(view, profile, _files(view))
    return stops(problem[0], f"{problem[1]}, and that ends the session") if problem else passes()


def web_identity(view: View) -> Answer:
    """Exchange the token of the environment."""
    if not view.is_set(sts.TOKEN_FILE):
        return sts.without_token_file(view)
    if not view.is_set(sts.ROLE):
        text = "WebIdentityErr: role ARN is not set"
        return stops(text, "AWS_WEB_IDENTITY_TOKEN_FILE without AWS_ROLE_ARN ends the session")
    return _exchange(view, sts.FROM_ENVIRONMENT)


def profile_source(view: View) -> Answer:
    """Take what the profile names: keys always, everything else only with AWS_SDK_LOAD_CONFIG."""
    if view.files_unseen:
        return unseen("the shared files were not read")
    profile, pair = _profile(view), _profile(view).paired
    has_role = loads_config(view) and profile.has("role_arn")
    if pair is not None and not has_role:
        return gives(Source.SHARED_CONFIG, f"the profile {profile.name} has keys", pair.access_key_hint)
    if profile.named_by is not None and not profile.exists:
        return slips(f"there is no profile {profile.name!r} in the files that it reads")
    if not loads_config(view):
        return passes()
    if profile.has("role_arn", "web_identity_token_file"):
        return _exchange(view, f"profile {profile.name}")
    return go.role_of_profile(profile)


def container_endpoint(view: View) -> Answer:
    """Ask the container endpoint; the full URI comes before the relative one."""
    followed = container.target(view, order=(FULL, RELATIVE))
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
    return failed or waited(_endpoint_answer(reply), CONTAINER.seconds(reply))


def imds(view: View) -> Answer:
    """Ask IMDS. Nothing comes after it."""
    if view.is_true("AWS_EC2_METADATA_DISABLED"):
        return ends(NOTHING, "AWS_EC2_METADATA_DISABLED is true and nothing else is configured")
    if go.imds_proxied(view):
        because = "HTTP_PROXY applies to IMDS, since NO_PROXY does not cover it; the probe asked directly"
        return unseen(because, proxied=go.IMDS_PROXIED)
    if not view.since(IMDS_ENDPOINT) and view.imds is not None and view.imds.named_by is not None:
        return unseen(f"it does not read {view.imds.named_by} and asks 169.254.169.254, which the probe did not")
    setting = _profile(view).setting("ec2_metadata_v1_disabled") if loads_config(view) else None
    off = view.since(VERSION_1_SWITCH) and version_1_off(view, setting)
    client = IMDS_WITH_BUNDLE if view.is_set("AWS_CA_BUNDLE") else IMDS
    asked = ask_imds(view, client, version_1_off=off)
    return after_imds(_imds_answer(asked), client, asked)


STEPS = (configuration, go.environment, web_identity, profile_source, container_endpoint, imds)


def loads_config(view: View) -> bool:
    """Whether AWS_SDK_LOAD_CONFIG makes the SDK read the config file and the variables that belong to it."""
    return view.value("AWS_SDK_LOAD_CONFIG") in _TRUE


def _imds_answer(asked: Metadata) -> Answer:
    reply = asked.reply
    if reply.kind is ReplyKind.UNSEEN:
        return unseen(reply.because)
    if asked.stage is Stage.KEYS and go.takes_document(reply):
        return gives(Source.IMDS, reply.because, reply.hint)
    return ends(NOTHING, f"{reply.because}; {HIDDEN}")


def _files(view: View) -> tuple[str, ...]:
    return BOTH_FILES if loads_config(view) else (CREDENTIALS,)


def _profile(view: View) -> Profile:
    variables = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE") if loads_config(view) else ("AWS_PROFILE",)
    return view.profile(*variables, files=_files(view))


def _exchange(view: View, told_by: str) -> Answer:
    if not sts.was_walked(view, told_by):
        return unseen("it uses another role or token file than the probe did")
    token = tokens.token_of(view, "web-identity.token")
    if token.read is Read.BLOCKS:
        return stops(FOR_EVER, token.because)
    failed = go.file_error(token)
    if failed is not None:
        text = f"WebIdentityErr: failed fetching WebIdentity token: …unable to read file at …{failed}"
        return stops(text, token.because)
    host = _sts_host(view)
    way = go.way_to_sts(view, host)
    reply = sts.ask_sts(view, host, way, retries=STS.codes, bundles=go.ROOTS)
    return sts.through(view, host, way, waited(_sts_answer(reply, token), STS.seconds(reply)))


def _sts_host(view: View) -> str:
    """Return the STS host: the global one for the old regions, unless the regional one is asked for.

    Without a region it is the global one too (aws/endpoints/v3model.go: the region is `aws-global` then).
    """
    profile = _profile(view)
    region = view.value("AWS_REGION")
    told = view.value("AWS_STS_REGIONAL_ENDPOINTS")
    if loads_config(view):
        region = region or view.value("AWS_DEFAULT_REGION") or profile.setting("region") or ""
        told = told or profile.setting("sts_regional_endpoints") or ""
    if not region and view.is_true("AWS_USE_FIPS_ENDPOINT"):
        return "sts-fips.aws-global.amazonaws.com"
    return sts.host_for(view, region, reads_override=False, legacy=told.lower() != "regional") or sts.GLOBAL_HOST


def _sts_answer(reply: Reply, token: Token) -> Answer:
    if reply.kind is ReplyKind.KEYS:
        return gives(Source.WEB_IDENTITY, reply.because)
    if reply.kind is ReplyKind.UNSEEN:
        return unseen(reply.because) if token.is_whole else stops(FAILED, "no STS takes a token of this shape")
    if reply.is_silent:
        return stops(FOR_EVER, f"{reply.because}, and Go waits for the answer without a limit")
    because = f"{reply.because}, and Go goes on to no other source"
    if reply.kind is ReplyKind.REFUSED:
        return stops(f"{FAILED}{reply.code}: {reply.message or '…'}…status code: {reply.status}…", because)
    if reply.kind is ReplyKind.UNUSABLE and reply.status == 200:
        return stops(CRASHES, f"{reply.because}, and Go does not look whether there are keys in an answer with 200")
    return stops(FAILED if reply.ending is None else f"{FAILED}{go.dial_error(reply)}", because)


def _host_answer(view: View, followed: Target) -> Answer | None:
    knows_agent, uri = view.since(AGENT_KNOWN), followed.uri
    hosts = LOOPBACK | ((AGENT | ECS) if knows_agent else frozenset())
    allowed = AllowList(over_http=hosts, resolves_names=True, any_over_https=knows_agent)
    if not isinstance(uri, ContainerUri):
        return ends(NOTHING, f"{followed.variable} is not a usable URI; {HIDDEN}")
    judged = Allowed.YES if followed.is_relative else allowed.judges(view, uri)
    if judged is Allowed.UNSEEN:
        return unseen(f"it looks {uri.host} up and judges the addresses, which nobody saw")
    if judged is Allowed.YES:
        return None
    because = (
        f"{followed.variable} names a host that it sends no token to; the log says so in one line, the error does not"
    )
    return ends(NOTHING, because)


def _token_answer(token: Token) -> Answer | None:
    if token.read is Read.BLOCKS:
        return stops(FOR_EVER, token.because)
    if token.has_line_break:
        return ends(NOTHING, f"the token has a line break in it; {HIDDEN}")
    if go.file_error(token) is not None:
        return ends(NOTHING, f"{token.because}; {HIDDEN}")
    return (
        unseen("the token has white space in it, which may be a line break") if token.has_line_break is None else None
    )


def _endpoint_answer(reply: Reply) -> Answer:
    if reply.kind is ReplyKind.UNSEEN:
        return unseen(reply.because)
    usable = reply.kind is ReplyKind.UNUSABLE and not reply.missing & {"AccessKeyId", "SecretAccessKey"}
    if reply.kind is ReplyKind.KEYS or (usable and not reply.not_json):
        return gives(Source.CONTAINER, reply.because, reply.hint)
    if reply.is_silent:
        return stops(FOR_EVER, f"{reply.because}, and Go waits for the answer without a limit")
    return ends(NOTHING, f"{reply.because}; {HIDDEN}")
