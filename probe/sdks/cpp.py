"""AWS SDK for C++, from its source; no test has run it. Releases are told apart by the Pod Identity agent alone.

Environment, profile, process, web identity, single sign-on, then either the container endpoint or IMDS
(aws/aws-sdk-cpp:src/aws-cpp-sdk-core/source/auth/AWSCredentialsProviderChain.cpp). A source that fails gives empty
keys, and empty keys are a reason to try the next one: a web identity that fails ends at the node role. The provider
that worked is asked first from then on. A chain that ends with empty keys is no error yet: requests go out unsigned.
"""

from probe.evidence import Evidence, Source
from probe.report import Prediction
from probe.sdks import container, sts, unproven
from probe.sdks.chain import Answer, ends, follow, passes, predictions, slips, unseen
from probe.sdks.container import AGENT, ECS, LOOPBACK, AllowList
from probe.sdks.metadata import FALLS_BACK, Client
from probe.sdks.view import BOTH_FILES, CREDENTIALS, KEY_ID, SECRET_KEY, Profile, View
from probe.sdks.waiting import Tries

SDK = "cpp"
NEWEST = "1.11.700"
AGENT_KNOWN = "1.11.263"
"""EKS Pod Identity (Amazon EKS User Guide, supported SDK versions)."""
CHANGES = (AGENT_KNOWN,)

_TWICE = Tries(connect=1.0, read=1.0, most=2)
IMDS = Client(put=_TWICE, get=_TWICE, after=FALLS_BACK)
ALLOWED = AllowList(over_http=LOOPBACK | AGENT | ECS, resolves_names=True)
KEPT = "the provider that worked, as long as it gives keys"
CACHES = dict.fromkeys(Source, KEPT)
SILENT = "C++ tells it to its log alone and goes on"


def predict(evidence: Evidence) -> tuple[Prediction, ...]:
    """Return what programs with this SDK would do."""
    return predictions(SDK, evidence, CHANGES, chain, caches=CACHES, proven=False)


def chain(view: View) -> Answer:
    """Walk the chain. At its end there is no text, only a request without a signature."""
    return unproven.exhausted(follow(view, STEPS, ""), None)


def profile_source(view: View) -> Answer:
    """Take the keys of the profile, which the credentials file alone may give; a role of a profile is no keys."""
    if view.files_unseen:
        return unseen("the shared files were not read")
    profile, everywhere = _profile(view, CREDENTIALS), _profile(view)
    if everywhere.named_by and not everywhere.exists:
        return _over(f"there is no profile {profile.name!r}")
    if profile.has(KEY_ID, SECRET_KEY):
        return unproven.profile_keys(view, profile)
    if everywhere.has(KEY_ID, SECRET_KEY):
        return unseen(f"the profile {profile.name} has keys in the config file, which not every release takes")
    if everywhere.has("role_arn") and not everywhere.has("web_identity_token_file"):
        return unseen(f"whether it assumes the role of the profile {profile.name} has not been established")
    if everywhere.has_any("credential_process", "sso_session", "sso_start_url", "login_session"):
        return unseen(f"the profile {profile.name} uses a login or a program; nobody tried that")
    return passes()


def web_identity(view: View) -> Answer:
    """Exchange a token; role and token file may come from the environment or the profile. Failures pass on."""
    profile = _profile(view)
    has_file, has_role = view.is_set(sts.TOKEN_FILE), view.is_set(sts.ROLE)
    in_profile = profile.has("role_arn"), profile.has("web_identity_token_file")
    told_by = sts.FROM_ENVIRONMENT if has_file and has_role else f"profile {profile.name}"
    if not ((has_role or in_profile[0]) and (has_file or in_profile[1])):
        half = has_file or has_role
        return _over(f"{sts.ROLE if has_file else sts.TOKEN_FILE} is not set") if half else passes()
    if has_file != has_role:
        return unseen("it takes the role from one place and the token file from another, which nobody tried")
    region = view.value("AWS_DEFAULT_REGION") or profile.setting("region") or view.value("AWS_REGION")
    if not region:
        return unseen("what it does without a region depends on the release")
    host = sts.host_for(view, region, reads_override=False) or sts.GLOBAL_HOST
    retries = [sts.INVALID_TOKEN, sts.ISSUER_UNREACHED]
    return unproven.exchange(view, told_by, host, failed=_over, retries=retries)


def container_or_imds(view: View) -> Answer:
    """Ask the container endpoint where a variable names one, else IMDS."""
    followed = container.target(view)
    if followed is None:
        return _imds(view)
    if not followed.is_relative and not view.since(AGENT_KNOWN):
        return unseen("which hosts this release sends which token to has not been established")
    token = container.token_for(view, knows_files=view.since(AGENT_KNOWN))
    return unproven.endpoint(view, followed, ALLOWED, token, failed=_last)


STEPS = (unproven.environment, profile_source, web_identity, container_or_imds)


def _imds(view: View) -> Answer:
    if view.is_true("AWS_EC2_METADATA_DISABLED"):
        return passes("AWS_EC2_METADATA_DISABLED is true")
    setting = _profile(view).setting("ec2_metadata_v1_disabled")
    return unproven.imds(view, IMDS, known=FALLS_BACK, setting=setting)


def _profile(view: View, *files: str) -> Profile:
    return view.profile("AWS_DEFAULT_PROFILE", "AWS_PROFILE", files=files or BOTH_FILES)


def _over(because: str) -> Answer:
    return slips(f"{because}, and {SILENT}")


def _last(because: str) -> Answer:
    return ends("", f"{because}, and IMDS is not in the chain where a container URI is set")
