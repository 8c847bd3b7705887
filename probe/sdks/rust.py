"""AWS SDK for Rust. Versions are those of the crate aws-config.

The chain goes on only after `CredentialsNotLoaded`, which is what a source says that is not configured; every other
error ends it. The shared files come before web identity, and IMDS is asked with a token or not at all
(smithy-lang/smithy-rs:aws/rust-runtime/aws-config/src/default_provider/credentials.rs).
"""

from probe.evidence import Evidence, InstanceMetadata, Source
from probe.parse.profile_kind import CREDENTIAL_SOURCES
from probe.report import Prediction
from probe.sdks import rust_container, sts, tokens
from probe.sdks.chain import Answer, follow, gives, passes, predictions, slips, stops, together, unseen, waited
from probe.sdks.imds_time import after_imds
from probe.sdks.metadata import Client, Metadata, Put, Stage, Then, ask_imds
from probe.sdks.profiles import DeadEnd, SourceProblem, source_problem
from probe.sdks.region_time import token_seconds
from probe.sdks.reply import Reply, ReplyKind
from probe.sdks.rust_container import (
    AGENT_KNOWN,
    FAILED,
    LONG_TIMEOUT,
    PROXIES,
    UNEXPECTED,
    WRONG,
)
from probe.sdks.tokens import Read, Token
from probe.sdks.view import SSO_KEYS, Profile, View, is_half
from probe.sdks.waiting import NO_LIMIT, SERVER_ERRORS, THROTTLING, Tries

SDK = "rust"
NEWEST = "1.13.0"
HALF_IS_NOTHING = "1.9.0"
"""A profile that is missing and half of the web identity pair count as not configured; before, they were errors."""
CHANGES = (AGENT_KNOWN, PROXIES, HALF_IS_NOTHING, LONG_TIMEOUT)

NOTHING = "no credentials found in chain. Attempted:…"
NOTHING_ONCE = "no providers in chain provided credentials"
_ONCE = Tries(
    connect=1.0, read=1.0, most=4, pauses=(0.5, 1.0, 2.0), statuses={401, *SERVER_ERRORS}, repeats_broken=False
)
"""The pauses: up to 1 s, 2 s and 4 s, drawn by lot. No answer at all is taken for an IMDS that is not there."""
STS = Tries(
    connect=3.1,
    handshake=3.1,
    read=NO_LIMIT,
    most=3,
    pauses=(0.5, 1.0),
    statuses=SERVER_ERRORS,
    codes=THROTTLING | {sts.ISSUER_UNREACHED},
)
ROOTS = ("SSL_CERT_FILE",)
"""What tells it whom to trust (rustls-native-certs); AWS_CA_BUNDLE does not."""
CACHES = {
    Source.WEB_IDENTITY: "the keys, until 10 seconds before they expire",
    Source.CONTAINER: "the keys, until 10 seconds before they expire",
    Source.IMDS: "the keys, until 10 seconds before they expire; 10 to 15 minutes longer while IMDS fails",
}
IMDS = Client(
    put=_ONCE,
    get=_ONCE,
    after={
        Put.BAD_REQUEST: Then.STOPS,
        Put.UNAUTHORIZED: Then.STOPS,
        Put.FORBIDDEN: Then.STOPS,
        Put.NOT_FOUND: Then.STOPS,
        Put.SERVER_ERROR: Then.STOPS,
        Put.STALLED: Then.NEXT,
        Put.NO_CONNECTION: Then.NEXT,
        Put.STRANGE: Then.STOPS,
    },
    retries=frozenset({Put.SERVER_ERROR, Put.UNAUTHORIZED}),
    needs_time_to_live=True,
)


def predict(evidence: Evidence) -> tuple[Prediction, ...]:
    """Return what programs with this SDK would do."""
    return predictions(SDK, evidence, CHANGES, chain, caches=CACHES)


def chain(view: View) -> Answer:
    """Walk the chain. Where no region is told, IMDS is asked for one twice before: for the program, for the chain."""
    answer = rust_container.cut(view, follow(view, STEPS, NOTHING if view.since(HALF_IS_NOTHING) else NOTHING_ONCE))
    asked = None if rust_container.may_proxy(view, "169.254.169.254", 80) else token_seconds(view, IMDS)
    return answer if _region(view) else waited(answer, together([asked, asked]))


def environment(view: View) -> Answer:
    """Take the static keys; the secret has a second name."""
    has_id, has_secret = view.is_set("AWS_ACCESS_KEY_ID"), view.is_set("AWS_SECRET_ACCESS_KEY", "SECRET_ACCESS_KEY")
    if has_id and has_secret:
        return gives(Source.ENVIRONMENT, "the keys in the environment come first", view.keys.access_key_hint)
    half = has_id or has_secret
    return slips("half a key pair in the environment does not count") if half else passes()


def shared_files(view: View) -> Answer:
    """Take what the profile names. A profile that is wrong ends the chain, one that is empty or missing does not."""
    if view.files_unseen:
        return unseen("the shared files were not read")
    profile = view.profile("AWS_PROFILE")
    if not profile.exists:
        return _missing(view, profile)
    if view.shared_files and any(problem.breaks_botocore for problem in view.shared_files.problems):
        return unseen("a line in the shared files may be more than its parser takes")
    if profile.has("role_arn") and not profile.has("web_identity_token_file"):
        return _assume_role(view, profile)
    if profile.has("web_identity_token_file"):
        if not profile.has("role_arn"):
            return _wrong_profile(f"the profile {profile.name} has web_identity_token_file without role_arn")
        return _exchange(view, f"profile {profile.name}")
    if profile.has_any("credential_source", "credential_process", "login_session", *SSO_KEYS):
        return unseen(f"the profile {profile.name} uses a login, a program or another source; nobody tried that")
    if profile.paired is not None:
        because = f"the profile {profile.name} has keys, and the files come before web identity"
        return gives(Source.SHARED_CONFIG, because, profile.paired.access_key_hint)
    if any(is_half(section) for section in profile.sections) or profile.has("aws_session_token"):
        return _wrong_profile(f"the profile {profile.name} has half a key pair")
    return slips(f"the profile {profile.name} gives no credentials") if profile.named_by else passes()


def web_identity(view: View) -> Answer:
    """Exchange the token. A variable that is there and empty counts as set."""
    has_file, has_role = view.is_present(sts.TOKEN_FILE), view.is_present(sts.ROLE)
    if not has_file:
        return slips("AWS_ROLE_ARN without AWS_WEB_IDENTITY_TOKEN_FILE does not count") if has_role else passes()
    if not has_role:
        because = "AWS_WEB_IDENTITY_TOKEN_FILE is set without AWS_ROLE_ARN"
        if view.since(HALF_IS_NOTHING):
            return slips(f"{because}, and that does not count")
        return stops(f"{WRONG}AWS_ROLE_ARN environment variable must be set", because)
    if not view.is_set(sts.TOKEN_FILE):
        return stops(
            f"{FAILED}No such file or directory (os error 2)", "AWS_WEB_IDENTITY_TOKEN_FILE is there and empty"
        )
    return _exchange(view, sts.FROM_ENVIRONMENT)


def container_endpoint(view: View) -> Answer:
    """Ask the container endpoint; whatever goes wrong there ends the chain."""
    return rust_container.answer(view)


def imds(view: View) -> Answer:
    """Ask IMDS with a token, never without. An IMDS that is not there is no error, one that answers wrongly is."""
    if view.is_true("AWS_EC2_METADATA_DISABLED"):
        return passes("AWS_EC2_METADATA_DISABLED is true")
    if rust_container.may_proxy(view, "169.254.169.254", 80):
        return unseen(rust_container.PERHAPS_PROXIED)
    asked = ask_imds(view, IMDS, version_1_off=False)
    return after_imds(_imds_answer(asked), IMDS, asked)


def _imds_answer(asked: Metadata) -> Answer:
    reply = asked.reply
    if reply.kind is ReplyKind.UNSEEN:
        return unseen(reply.because)
    if reply.kind is ReplyKind.KEYS:
        return gives(Source.IMDS, reply.because, reply.hint)
    gone = asked.put is not None and IMDS.after.get(asked.put) is Then.NEXT
    if gone or asked.is_no_role or asked.stage is Stage.ENDPOINT:
        return passes(reply.because)
    if reply.code == "AssumeRoleUnauthorizedAccess":
        return stops(f"{WRONG}Incorrect IMDS/IAM configuration: [{reply.code}]…", reply.because)
    if asked.stage is Stage.TOKEN:
        return stops(f"{FAILED}{_FORBIDDEN_TEXT if asked.put is Put.FORBIDDEN else _TOKEN_TEXT}", reply.because)
    return stops(UNEXPECTED if reply.kind is ReplyKind.UNUSABLE else FAILED, reply.because)


STEPS = (environment, shared_files, web_identity, container_endpoint, imds)
_FORBIDDEN_TEXT = "request forbidden: IMDS is disabled or the caller has insufficient permissions.…"
_TOKEN_TEXT = "failed to load IMDS session token…"  # noqa: S105 - the beginning of a text
"""`token response did not contain a TTL header` follows, or `invalid token` where there is a line break in the body."""


def _missing(view: View, profile: Profile) -> Answer:
    if profile.named_by is None:
        return passes()
    because = f"there is no profile {profile.name!r}"
    # Files without any profile are no files, whatever profile is asked for.
    nothing_there = view.shared_files is None or not view.shared_files.profiles
    return slips(because) if nothing_there else _incomplete(view, because)


def _incomplete(view: View, because: str) -> Answer:
    return slips(f"{because}, and that does not count") if view.since(HALF_IS_NOTHING) else _wrong_profile(because)


def _wrong_profile(because: str) -> Answer:
    return stops(f"{WRONG}ProfileFile provider could not be built: …", f"{because}, and that ends the chain")


def _assume_role(view: View, profile: Profile) -> Answer:
    if profile.has("source_profile", "credential_source"):
        return _wrong_profile(f"the profile {profile.name} has both source_profile and credential_source")
    if not profile.has_any("source_profile", "credential_source"):
        return _wrong_profile(f"the profile {profile.name} has a role_arn and nothing to assume it with")
    source = profile.setting("credential_source")
    if source is not None and source not in CREDENTIAL_SOURCES:
        return stops(FAILED, f"the profile {profile.name} has a credential_source that does not exist")
    problem = source_problem(view, profile) if profile.has("source_profile") else None
    if problem is not None:
        return _dead_end(view, problem)
    return unseen(
        f"it assumes the role of the profile {profile.name} before it looks at web identity; nobody tried that"
    )


def _dead_end(view: View, problem: SourceProblem) -> Answer:
    missing = problem.kind is DeadEnd.MISSING
    return _incomplete(view, problem.because) if missing else _wrong_profile(problem.because)


def _exchange(view: View, told_by: str) -> Answer:
    if not sts.was_walked(view, told_by):
        return unseen("it uses another role or token file than the probe did")
    token = tokens.token_of(view, "web-identity.token")
    text = rust_container.FILE_ERRORS.get(token.read)
    if text is not None:
        return stops(text if token.read is Read.BLOCKS else f"{FAILED}{text}", token.because)
    instance = view.evidence.facts("imds.metadata", InstanceMetadata)
    region = _region(view) or (instance.region if instance else None)
    host = sts.host_for(view, region) if region else None
    if host is None:
        return stops(FAILED, "no region is set; a program may set one itself")
    way = sts.Way.EITHER if view.since(PROXIES) else sts.Way.DIRECT
    reply = sts.ask_sts(view, host, way, retries=STS.codes, bundles=ROOTS)
    return sts.through(view, host, way, waited(_sts_answer(reply, token), STS.seconds(reply)))


def _region(view: View) -> str | None:
    return view.first_value("AWS_REGION", "AWS_DEFAULT_REGION") or view.profile("AWS_PROFILE").setting("region")


def _sts_answer(reply: Reply, token: Token) -> Answer:
    if reply.kind is ReplyKind.KEYS:
        return gives(Source.WEB_IDENTITY, reply.because)
    if reply.kind is ReplyKind.UNSEEN:
        return unseen(reply.because) if token.is_whole else stops(FAILED, "no STS takes a token of this shape")
    text = f"{FAILED}{reply.code}…{reply.message or ''}" if reply.kind is ReplyKind.REFUSED else FAILED
    return stops(text, f"{reply.because}, and it goes on to no other source")
