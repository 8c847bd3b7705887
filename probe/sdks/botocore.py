"""botocore, and so boto3. Versions are those of botocore.

The chain tries each provider: one that returns nothing passes on, one that raises ends it. Web identity is deferred:
the chain ends there before the token is read and STS is called (boto/botocore:botocore/credentials.py). Releases of
before 1.13.21 (2019), the first with IRSA and IMDSv2, are not told apart.
"""

from probe.evidence import Evidence, Source
from probe.parse.profile_kind import CREDENTIAL_SOURCES
from probe.parse.timestamp import read_timestamp
from probe.report import Prediction
from probe.sdks import botocore_container, botocore_imds, botocore_sts, sts, tokens
from probe.sdks import botocore_texts as texts
from probe.sdks.botocore_container import AGENT_KNOWN, HTTPS_ANYWHERE, TOKEN_REREAD
from probe.sdks.botocore_imds import VERSION_1_SWITCH
from probe.sdks.botocore_sts import ENDPOINT_URLS, REGIONAL_STS, STANDARD_RETRIES
from probe.sdks.chain import Answer, follow, gives, passes, predictions, slips, stops, unseen
from probe.sdks.profiles import source_problem
from probe.sdks.view import CONFIG, CREDENTIALS, KEY_ID, SECRET_KEY, SSO_KEYS, Profile, View

SDK = "botocore"
NEWEST = "1.44.5"
CHANGES = (ENDPOINT_URLS, AGENT_KNOWN, VERSION_1_SWITCH, TOKEN_REREAD, REGIONAL_STS, HTTPS_ANYWHERE, STANDARD_RETRIES)

NOTHING = "Unable to locate credentials"
_REFRESHED = "the keys, until 15 minutes before they expire, 10 at the latest"
CACHES = {
    Source.WEB_IDENTITY: _REFRESHED,
    Source.CONTAINER: _REFRESHED,
    Source.IMDS: f"{_REFRESHED}; longer while IMDS fails",
}


def predict(evidence: Evidence) -> tuple[Prediction, ...]:
    """Return what botocore would do."""
    return predictions(SDK, evidence, CHANGES, chain, caches=CACHES)


def chain(view: View) -> Answer:
    """Walk the chain of one release."""
    return follow(view, STEPS, NOTHING)


def configuration(view: View) -> Answer:
    """Read the configuration: a bad file or a missing profile ends everything before any provider is asked."""
    problems = view.shared_files.problems if view.shared_files else ()
    bad = next((problem for problem in problems if problem.breaks_botocore), None)
    if bad is not None:
        because = f"line {bad.line} of {bad.path} cannot be parsed, and that ends every session"
        return stops(f"Unable to parse config file: …{bad.path}", because)
    name = _named_profile(view)
    if name is not None and not view.files_unseen and not view.named(name).exists:
        because = f"there is no profile {name!r}, and that ends every session, whatever else is configured"
        return stops(f"The config profile ({name}) could not be found", because)
    return _imds_endpoint(view)


def environment(view: View) -> Answer:
    """Take the static keys; half of them is an error when it is the id."""
    if not view.is_set("AWS_ACCESS_KEY_ID"):
        alone = view.is_set("AWS_SECRET_ACCESS_KEY")
        return slips("AWS_SECRET_ACCESS_KEY alone does not count") if alone else passes()
    if not view.is_set("AWS_SECRET_ACCESS_KEY"):
        text = "Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY"
        return stops(text, "AWS_ACCESS_KEY_ID without AWS_SECRET_ACCESS_KEY ends the chain")
    ends = read_timestamp(view.value("AWS_CREDENTIAL_EXPIRATION"))
    if ends is not None and ends < view.evidence.given.clock:
        return stops(texts.STILL_EXPIRED, "AWS_CREDENTIAL_EXPIRATION is in the past")
    return gives(Source.ENVIRONMENT, "the keys in the environment come first", view.keys.access_key_hint)


def assume_role(view: View) -> Answer:
    """Take the role of a profile with role_arn. It stands before web identity, and the probe does not try it."""
    if view.files_unseen:
        return unseen("the shared files were not read")
    profile = _profile(view)
    if not profile.has("role_arn") or profile.has("web_identity_token_file"):
        return passes()
    if profile.has("source_profile", "credential_source"):
        text = f'The profile "{profile.name}" contains both source_profile and credential_source.'
        return stops(text, f"the profile {profile.name} has both source_profile and credential_source")
    if not profile.has_any("source_profile", "credential_source"):
        text = "Partial credentials found in assume-role, missing: source_profile or credential_source"
        return stops(text, f"the profile {profile.name} has a role_arn and nothing to assume it with")
    kind = profile.setting("credential_source")
    if kind is not None and kind not in CREDENTIAL_SOURCES:
        text = f'The credential source "{kind}" referenced in profile "{profile.name}" is not valid.'
        return stops(text, f"the profile {profile.name} has a credential_source that does not exist")
    problem = source_problem(view, profile) if profile.has("source_profile") else None
    if problem is not None:
        return stops(texts.source(problem), problem.because)
    return unseen(
        f"it assumes the role of the profile {profile.name} before it looks at web identity; nobody tried that"
    )


def web_identity(view: View) -> Answer:
    """Exchange the token; from here on every failure is the end."""
    profile = _profile(view)
    token_file = _told(view, sts.TOKEN_FILE, profile, "web_identity_token_file")
    if not token_file:
        return sts.without_token_file(view)
    role_arn = _told(view, sts.ROLE, profile, "role_arn")
    if not role_arn:
        return stops(texts.NO_ROLE_ARN, "a web identity token file without a role ARN ends the chain")
    in_environment = [view.is_present(variable) for variable in (sts.TOKEN_FILE, sts.ROLE)]
    told_by = sts.FROM_ENVIRONMENT if all(in_environment) else f"profile {profile.name}"
    if (any(in_environment) and not all(in_environment)) or not sts.was_walked(view, told_by):
        return unseen("it takes role and token file from places that the probe did not combine")
    token = tokens.token_of(view, "web-identity.token")
    return texts.file_answer(token) or botocore_sts.exchange(view, profile, token, role_arn)


def sso(view: View) -> Answer:
    """Use IAM Identity Center, which the probe does not."""
    profile = _profile(view)
    configured = profile.has_any(*SSO_KEYS)
    return unseen(f"the profile {profile.name} uses IAM Identity Center; nobody tried that") if configured else passes()


def credentials_file(view: View) -> Answer:
    """Take keys out of the credentials file."""
    return _keys_of(view, CREDENTIALS, "shared-credentials-file")


def login_or_process(view: View) -> Answer:
    """Use a login session or run credential_process, which the probe does not."""
    profile = _profile(view)
    if profile.has_any("login_session", "credential_process"):
        return unseen(f"the profile {profile.name} uses login_session or credential_process; nobody tried that")
    return passes()


def config_file(view: View) -> Answer:
    """Take keys out of the config file."""
    return _keys_of(view, CONFIG, "config-file")


def old_credential_file(view: View) -> Answer:
    """Read AWS_CREDENTIAL_FILE, a format of the first EC2 tools."""
    if view.is_present("AWS_CREDENTIAL_FILE"):
        return unseen("AWS_CREDENTIAL_FILE is set, and nobody read that file")
    return passes()


def container_role(view: View) -> Answer:
    """Ask the container endpoint; whatever goes wrong there ends the chain."""
    return botocore_container.answer(view)


def iam_role(view: View) -> Answer:
    """Ask IMDS, the last resort."""
    return botocore_imds.answer(view, _profile(view))


STEPS = (
    configuration,
    environment,
    assume_role,
    web_identity,
    sso,
    credentials_file,
    login_or_process,
    config_file,
    old_credential_file,
    container_role,
    iam_role,
)


def _imds_endpoint(view: View) -> Answer:
    """Check the address of IMDS, which happens before anything else, whether it will be used or not."""
    mode, endpoint = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "AWS_EC2_METADATA_SERVICE_ENDPOINT"
    because = "is not valid, and that ends every session, whether IMDS is used or not"
    if view.is_present(mode) and view.value(mode).lower() not in {"ipv4", "ipv6"}:
        return stops("Invalid EC2 Instance Metadata endpoint mode: …", f"{mode} {because}")
    if view.imds is None or view.imds.problem is None:
        return passes()
    if view.is_set(endpoint) and "://" not in view.value(endpoint):
        return stops("Invalid endpoint EC2 Instance Metadata endpoint: …", f"{endpoint} {because}")
    return unseen("the IMDS endpoint is odd, and whether it is odd enough for botocore to refuse it was not tried")


def _named_profile(view: View) -> str | None:
    """Return the profile that a variable names: AWS_DEFAULT_PROFILE first, and an empty one counts."""
    names = ("AWS_DEFAULT_PROFILE", "AWS_PROFILE")
    return next((view.value(variable) for variable in names if view.is_present(variable)), None)


def _profile(view: View) -> Profile:
    return view.named(_named_profile(view) or "default")


def _told(view: View, variable: str, profile: Profile, key: str) -> str:
    """Return the variable if it is there, be it empty, else the profile's setting."""
    return view.value(variable) if view.is_present(variable) else profile.setting(key) or ""


def _keys_of(view: View, file: str, provider: str) -> Answer:
    profile = view.named(_profile(view).name, files=(file,))
    if not profile.has(KEY_ID):
        return passes()
    if not profile.has(SECRET_KEY):
        text = f"Partial credentials found in {provider}, missing: {SECRET_KEY}"
        return stops(text, f"the profile {profile.name} has {KEY_ID} without {SECRET_KEY}")
    return gives(Source.SHARED_CONFIG, f"the profile {profile.name} has keys in the {file} file", profile.hint)
