"""AWS SDK for Java, version 2.

The chain tries each provider and takes every RuntimeException for a reason to try the next one, in silence
(aws/aws-sdk-java-v2:core/auth/…/AwsCredentialsProviderChain.java). So a web identity that fails ends at the node role
where IMDS answers, and the provider that worked is remembered until the process ends. The same happens where the `sts`
module is not on the class path, which no evidence shows. System properties come before all variables.
"""

from dataclasses import replace

from probe.evidence import Evidence, InstanceMetadata, Source
from probe.parse.endpoint import ContainerUri
from probe.report import Prediction
from probe.sdks import container, sts, tokens
from probe.sdks.chain import FOR_EVER, Answer, follow, gives, passes, predictions, slips, stops, unseen, waited
from probe.sdks.container import AGENT, ECS, LOOPBACK, Allowed, AllowList, Target
from probe.sdks.imds_time import after_imds
from probe.sdks.metadata import FALLS_BACK, Client, Stage, ask_imds, version_1_off
from probe.sdks.profiles import source_problem
from probe.sdks.region_time import region_seconds
from probe.sdks.reply import Reply, ReplyKind
from probe.sdks.tokens import Read, Token
from probe.sdks.view import KEY_ID, SSO_KEYS, Profile, View
from probe.sdks.waiting import EVERY_STATUS, SERVER_ERRORS, THROTTLING, Tries

SDK = "java-v2"
NEWEST = "2.57.8"
AGENT_KNOWN = "2.21.26"
"""The Pod Identity agent's addresses and AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE."""
VERSION_1_SWITCH = "2.22.0"
"""AWS_EC2_METADATA_V1_DISABLED; the release may have been a late 2.21."""
BOTH_ADDRESSES = "2.48.0"
"""The agent's addresses are both known, whatever AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE says."""
APACHE_5 = "2.46.0"
"""The HTTP client that `sts` brings is Apache's version 5, which has a limit of its own for TLS."""
CHANGES = (AGENT_KNOWN, VERSION_1_SWITCH, BOTH_ADDRESSES, APACHE_5)

NOTHING = (
    "Unable to load credentials from any of the providers in the chain AwsCredentialsProviderChain("
    "credentialsProviders=[…"
)
PATIENCE = 1.0
_ONCE = Tries(connect=PATIENCE, read=PATIENCE)
IMDS = Client(put=_ONCE, get=_ONCE, after=FALLS_BACK)
CONTAINER = Tries(connect=PATIENCE, read=PATIENCE, most=6, statuses=SERVER_ERRORS)
"""One call and five more, without a pause (core/regions/…/HttpResourcesUtils, ContainerCredentialsRetryPolicy)."""
STS = Tries(
    connect=2.0,
    read=30.0,
    handshake=2.0,
    most=4,
    pauses=(0.05, 0.1, 0.2),
    throttled_pauses=(0.5, 1.0, 2.1),
    statuses={500, 502, 503, 504},
    codes=THROTTLING | {sts.ISSUER_UNREACHED},
)
"""With the HTTP client that `sts` brings; a program may have another one. When throttled it pauses for 0.25 to 0.5 s,
then twice and four times that (EqualJitterBackoffStrategy); twice as long in 2.57.8: the middle of both.
"""
STS_APACHE_4 = replace(STS, handshake=30.0)
REGION = Client(
    put=_ONCE,
    get=replace(_ONCE, most=3, pauses=(0.25, 0.5), statuses={*EVERY_STATUS} - {404}),
    after=FALLS_BACK,
    asks_each_time=True,
)
"""How the instance is asked for its region where no other is told (core/regions/…/EC2MetadataUtils)."""
NEEDED = frozenset({"AccessKeyId", "SecretAccessKey", "Expiration"})
"""Without an Expiration the provider ends with a NullPointerException, which is passed over like everything else."""
KEPT = "the provider that worked, until the process ends"
CACHES = {
    Source.ENVIRONMENT: KEPT,
    Source.WEB_IDENTITY: f"{KEPT}, and its keys, until 5 minutes before they expire",
    Source.SHARED_CONFIG: KEPT,
    Source.CONTAINER: f"{KEPT}, and its keys, until 15 minutes before they expire",
    Source.IMDS: f"{KEPT}, and its keys, for half their life; longer while IMDS fails",
}
SILENT = "Java passes over that in silence"


def predict(evidence: Evidence) -> tuple[Prediction, ...]:
    """Return what programs with this SDK would do."""
    return predictions(SDK, evidence, CHANGES, lambda view: follow(view, STEPS, NOTHING), caches=CACHES)


def environment(view: View) -> Answer:
    """Take the static keys."""
    has_id, has_secret = view.is_set("AWS_ACCESS_KEY_ID"), view.is_set("AWS_SECRET_ACCESS_KEY")
    if has_id and has_secret:
        return gives(Source.ENVIRONMENT, "the keys in the environment come first", view.keys.access_key_hint)
    half = has_id or has_secret
    return slips("half a key pair in the environment does not count") if half else passes()


def web_identity(view: View) -> Answer:
    """Exchange the token of the environment; any failure passes on."""
    has_file, has_role = view.is_set(sts.TOKEN_FILE), view.is_set(sts.ROLE)
    if has_file and has_role:
        return _exchange(view, sts.FROM_ENVIRONMENT)
    missing = sts.ROLE if has_file else sts.TOKEN_FILE
    return slips(f"{missing} is not set, and {SILENT}") if has_file or has_role else passes()


def profile_source(view: View) -> Answer:
    """Take what the profile names: a token file, a login, a role, a program, keys."""
    if view.files_unseen:
        return unseen("the shared files were not read")
    if view.shared_files and any(problem.breaks_botocore for problem in view.shared_files.problems):
        return unseen("a line in the shared files may be more than its parser takes, which gives up the files then")
    profile = _profile(view)
    if not profile.exists:
        return slips(f"there is no profile {profile.name!r}, and {SILENT}") if profile.named_by else passes()
    if profile.has("role_arn", "web_identity_token_file"):
        return _exchange(view, f"profile {profile.name}")
    if profile.has_any(*SSO_KEYS):
        return unseen(f"the profile {profile.name} uses IAM Identity Center; nobody tried that")
    if profile.has("role_arn") and profile.has_any("source_profile", "credential_source"):
        return _assume_role(view, profile)
    if profile.has("credential_process"):
        return unseen(f"the profile {profile.name} runs a program; nobody tried that")
    if profile.paired is not None:
        return gives(Source.SHARED_CONFIG, f"the profile {profile.name} has keys", profile.paired.access_key_hint)
    half = profile.has_any(KEY_ID, "aws_session_token")
    return slips(f"the profile {profile.name} has half a key pair, and {SILENT}") if half else passes()


def container_endpoint(view: View) -> Answer:
    """Ask the container endpoint; any failure passes on, to IMDS."""
    followed = container.target(view)
    if followed is None:
        return passes()
    if not followed.is_relative and view.is_present(container.RELATIVE):
        return unseen("the relative URI is there and empty, and whether that counts as set is not known for sure")
    if not isinstance(followed.uri, ContainerUri):
        return slips(f"{followed.variable} is not a usable URI, and {SILENT}")
    judged = Allowed.YES if followed.is_relative else _allowed(view).judges(view, followed.uri)
    if judged is Allowed.UNSEEN:
        return unseen(f"it looks {followed.uri.host} up and judges the addresses, which nobody saw")
    if judged is not Allowed.YES:
        return slips(f"{followed.variable} names a host that it sends no token to, and {SILENT}")
    return _endpoint(view, followed)


def imds(view: View) -> Answer:
    """Ask IMDS. Nothing comes after it."""
    value = view.value("AWS_EC2_METADATA_DISABLED").lower()
    if value not in {"", "false"}:
        return passes(f"AWS_EC2_METADATA_DISABLED is {value!r}")
    off = view.since(VERSION_1_SWITCH) and version_1_off(view, _profile(view).setting("ec2_metadata_v1_disabled"))
    asked = ask_imds(view, IMDS, version_1_off=off)
    has_keys = asked.stage is Stage.KEYS or asked.reply.kind is ReplyKind.UNSEEN
    answer = _from_endpoint(asked.reply, Source.IMDS) if has_keys else passes(asked.reply.because)
    return after_imds(answer, IMDS, asked)


STEPS = (environment, web_identity, profile_source, container_endpoint, imds)


def _profile(view: View) -> Profile:
    return view.profile("AWS_PROFILE")


def _exchange(view: View, told_by: str) -> Answer:
    if not sts.was_walked(view, told_by):
        return unseen("it uses another role or token file than the probe did")
    token = tokens.token_of(view, "web-identity.token")
    if token.read is Read.BLOCKS:
        return stops(FOR_EVER, token.because)
    if token.read is not Read.READ:
        return slips(f"{token.because}, and {SILENT}")
    host = _sts_host(view)
    client = STS if view.since(APACHE_5) else STS_APACHE_4
    reply = sts.ask_sts(view, host, sts.Way.EITHER, retries=client.codes, bundles=())
    answer = waited(waited(_sts_answer(reply, token), client.seconds(reply)), _region_seconds(view))
    return sts.through(view, host, sts.Way.EITHER, answer)


def _sts_answer(reply: Reply, token: Token) -> Answer:
    if reply.kind is ReplyKind.KEYS:
        return gives(Source.WEB_IDENTITY, reply.because)
    if reply.kind is ReplyKind.UNSEEN and token.is_whole:
        return unseen(reply.because)
    because = reply.because if token.is_whole else "no STS takes a token of this shape"
    return slips(f"{because}, and {SILENT}")


def _sts_host(view: View) -> str:
    """Return the STS host: regional by AWS_REGION, the profile or the instance, else global."""
    instance = view.evidence.facts("imds.metadata", InstanceMetadata)
    region = _region(view) or (instance.region if instance else None)
    return sts.host_for(view, region) or sts.GLOBAL_HOST


def _region(view: View) -> str | None:
    return view.value("AWS_REGION") or _profile(view).setting("region")


def _region_seconds(view: View) -> float | None:
    return 0.0 if _region(view) else region_seconds(view, REGION)


def _assume_role(view: View, profile: Profile) -> Answer:
    if profile.has("source_profile", "credential_source"):
        return slips(f"the profile {profile.name} has both source_profile and credential_source, and {SILENT}")
    problem = source_problem(view, profile) if profile.has("source_profile") else None
    if problem is not None:
        return slips(f"{problem.because}, and {SILENT}")
    return unseen(f"it assumes the role of the profile {profile.name}; nobody tried that")


def _allowed(view: View) -> AllowList:
    """Return the hosts: of the agent's two addresses once only the one of the IMDS endpoint mode counted."""
    if not view.since(AGENT_KNOWN):
        return AllowList(over_http=LOOPBACK, resolves_names=True)
    if view.since(BOTH_ADDRESSES):
        return AllowList(over_http=LOOPBACK | AGENT | ECS, resolves_names=True)
    mode = view.value("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")
    mode = mode or _profile(view).setting("ec2_metadata_service_endpoint_mode") or ""
    hosts = container.AGENT_IPV6 if mode.lower() == "ipv6" else container.AGENT_IPV4 | ECS
    return AllowList(over_http=LOOPBACK | hosts, resolves_names=True)


def _endpoint(view: View, followed: Target) -> Answer:
    """Read the token (the variable before the file) and ask."""
    token = container.token_for(view, file_first=False, knows_files=view.since(AGENT_KNOWN))
    if token is not None and token.read is Read.UNSEEN:
        return unseen("it sends the token of AWS_CONTAINER_AUTHORIZATION_TOKEN, and the probe sent the file's")
    if token is not None and token.read is Read.BLOCKS:
        return stops(FOR_EVER, token.because)
    if token is not None and token.read is not Read.READ:
        return slips(f"{token.because}, and {SILENT}")
    if token is not None and token.has_line_break:
        # Java's own HTTP client refuses the header (JDK: HttpURLConnection.checkMessageHeader).
        return slips(f"the token has a line break in it, and {SILENT}")
    reply = container.ask(view, followed, token, CONTAINER).as_heard(PATIENCE)
    return waited(_from_endpoint(reply, Source.CONTAINER), CONTAINER.seconds(reply))


def _from_endpoint(reply: Reply, source: Source) -> Answer:
    if reply.kind is ReplyKind.UNSEEN:
        return unseen(reply.because)
    usable = reply.kind is ReplyKind.UNUSABLE and not reply.missing & NEEDED
    if reply.kind is ReplyKind.KEYS or (usable and not reply.not_json):
        return gives(source, reply.because, reply.hint)
    return passes(reply.because) if source is Source.IMDS else slips(f"{reply.because}, and {SILENT}")
