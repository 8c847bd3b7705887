"""The AWS Common Runtime (awslabs/aws-c-auth), from its source as of 0.10.5; no test has run it.

Mountpoint for S3 and programs that take credentials from a CRT binding have this chain: environment, profile, web
identity, then either the container endpoint or IMDS (source/credentials_provider_default_chain.c). Any error of a
member is a reason to try the next one (source/credentials_provider_chain.c), so a web identity that fails ends at the
node role. Which release is inside a program is seldom known, and releases are not told apart here.
"""

from probe.evidence import Evidence, Source
from probe.parse.endpoint import ContainerUri
from probe.report import Prediction
from probe.sdks import container, sts, unproven
from probe.sdks.chain import Answer, follow, passes, predictions, slips, unseen
from probe.sdks.container import AGENT, ECS, LOOPBACK, AllowList
from probe.sdks.metadata import FALLS_BACK, Client, Put
from probe.sdks.view import Profile, View
from probe.sdks.waiting import Tries

SDK = "crt"
NEWEST = "0.10.5"
CHANGES: tuple[str, ...] = ()

_TWICE = Tries(connect=2.0, read=1.0, most=2)
IMDS = Client(put=_TWICE, get=_TWICE, after=FALLS_BACK)
KNOWN = frozenset({Put.STALLED, Put.NO_CONNECTION})
"""What is known to make it go on with IMDSv1."""
CONTAINER = Tries(connect=2.0, read=None, most=4)
STS = Tries(connect=2.0, read=None, most=4, codes=frozenset({sts.INVALID_TOKEN, sts.ISSUER_UNREACHED}))
KEPT = "the keys, for 15 minutes at most"
CACHES = dict.fromkeys(Source, KEPT)
SILENT = "CRT tells it to its log alone and goes on"


def predict(evidence: Evidence) -> tuple[Prediction, ...]:
    """Return what programs with this chain would do."""
    return predictions(SDK, evidence, CHANGES, chain, caches=CACHES, proven=False)


def chain(view: View) -> Answer:
    """Walk the chain. What a program says at its end is the program's."""
    return unproven.exhausted(follow(view, STEPS, ""), None)


def profile_source(view: View) -> Answer:
    """Take the keys of the profile. Its token file is for web identity."""
    profile = _profile(view)
    if profile.named_by and not profile.exists and not view.files_unseen:
        return _over(f"there is no profile {profile.name!r}")
    if _names_token_file(profile):
        return passes()
    if profile.has("role_arn") and view.is_set(sts.ROLE, sts.TOKEN_FILE):
        return unseen(
            f"it assumes the role of the profile {profile.name} before it looks at web identity; nobody tried that"
        )
    return unproven.profile_keys(view, profile)


def web_identity(view: View) -> Answer:
    """Exchange a token; role and token file may come from the environment or the profile. Failures pass on."""
    profile = _profile(view)
    has_file, has_role = view.is_set(sts.TOKEN_FILE), view.is_set(sts.ROLE)
    if has_file != has_role and profile.has_any("role_arn", "web_identity_token_file"):
        return unseen("it takes the role from one place and the token file from another, which nobody tried")
    if has_file != has_role:
        return _over(f"{sts.ROLE if has_file else sts.TOKEN_FILE} is not set")
    if not has_file and not _names_token_file(profile):
        return passes()
    told_by = sts.FROM_ENVIRONMENT if has_file else f"profile {profile.name}"
    region = view.first_value("AWS_REGION", "AWS_DEFAULT_REGION") or profile.setting("region")
    if not region:
        return _over("no region is set, and without one there is no web identity")
    host = sts.host_for(view, region, reads_override=False) or sts.GLOBAL_HOST
    return unproven.exchange(view, told_by, host, failed=_over, retries=STS.codes, client=STS)


def container_or_imds(view: View) -> Answer:
    """Ask the container endpoint where a variable names one, else IMDS."""
    followed = container.target(view)
    if followed is None:
        return _imds(view)
    if not isinstance(followed.uri, ContainerUri):
        return unseen(
            f"{followed.variable} is not a usable URI; whether IMDS is asked in its place depends on the release"
        )
    allowed = AllowList(over_http=LOOPBACK | AGENT | ECS, resolves_names=True)
    return unproven.endpoint(view, followed, allowed, container.token_for(view), failed=_last, client=CONTAINER)


STEPS = (unproven.environment, profile_source, web_identity, container_or_imds)


def _imds(view: View) -> Answer:
    """Ask IMDS. Whatever the switch says that is not `false` closes it."""
    switch = "AWS_EC2_METADATA_DISABLED"
    if view.is_present(switch) and not view.is_set(switch):
        return unseen(f"{switch} is empty, and what counts as empty depends on the release")
    if view.value(switch).lower() not in {"", "false"}:
        return passes(f"{switch} is {view.value(switch)!r}, and anything but false closes IMDS for it")
    return unproven.imds(view, IMDS, known=KNOWN, setting=_profile(view).setting("ec2_metadata_v1_disabled"))


def _profile(view: View) -> Profile:
    return view.profile("AWS_PROFILE")


def _names_token_file(profile: Profile) -> bool:
    return profile.has("role_arn", "web_identity_token_file") and not profile.has_any(
        "source_profile", "credential_source"
    )


def _over(because: str) -> Answer:
    return slips(f"{because}, and {SILENT}")


def _last(because: str) -> Answer:
    return unproven.fails(f"{because}, and IMDS is not in the chain where a container URI is set")
