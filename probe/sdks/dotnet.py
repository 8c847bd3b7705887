"""AWS SDK for .NET, from its source; no test has run it. Versions are those of AWSSDK.Core.

The first generator that can be *made* is the source, and what it meets later is an error: nothing falls through to the
node role once a source is chosen. Version 3: web identity, profile, environment, then the container endpoint or IMDS
(aws/aws-sdk-net:sdk/src/Core/Amazon.Runtime/Credentials/FallbackCredentialsFactory.cs). Version 4 has moved the
environment forward, in which release is not known here (DefaultAWSCredentialsIdentityResolver.cs). Web identity needs
the package AWSSDK.SecurityToken. An application's own configuration comes before all of it.
"""

from dataclasses import replace

from probe.evidence import Evidence, Source
from probe.parse.endpoint import ContainerUri
from probe.report import Prediction
from probe.sdks import container, sts, unproven
from probe.sdks.chain import Answer, Kind, ends, follow, passes, predictions, slips, stops, unseen
from probe.sdks.container import AGENT, ECS, LOOPBACK, Allowed, AllowList
from probe.sdks.metadata import FALLS_BACK, Client
from probe.sdks.view import Profile, View
from probe.sdks.waiting import Tries

SDK = "dotnet"
NEWEST = "4.0.100"
AGENT_KNOWN = "3.7.734.0"
"""EKS Pod Identity (Amazon EKS User Guide, supported SDK versions)."""
VERSION_4 = "4.0.0"
CHANGES = (AGENT_KNOWN, VERSION_4)

NOTHING_3 = "Unable to find credentials…Exception 1 of …"
NOTHING_4 = "Failed to resolve AWS credentials. The credential providers used to search for credentials returned…"
IMDS = Client(put=Tries(connect=None, read=5.0), get=unproven.UNTIMED, after=FALLS_BACK)
ALLOWED = AllowList(over_http=LOOPBACK | AGENT | ECS, resolves_names=False)
CACHES = {Source.WEB_IDENTITY: "the source that was chosen, and its keys, until 15 minutes before they expire"}


def predict(evidence: Evidence) -> tuple[Prediction, ...]:
    """Return what programs with this SDK would do."""
    return predictions(SDK, evidence, CHANGES, chain, caches=CACHES, proven=False)


def chain(view: View) -> Answer:
    """Walk the generators in the order of the release."""
    steps = STEPS_4 if view.since(VERSION_4) else STEPS_3
    return follow(view, steps, _nothing(view))


def which_first(view: View) -> Answer:
    """Say that it is not known where keys in the environment and web identity meet."""
    keys = view.is_set("AWS_ACCESS_KEY_ID") and view.is_set("AWS_SECRET_ACCESS_KEY")
    both = keys and view.is_set(sts.TOKEN_FILE) and view.is_set(sts.ROLE)
    return unseen("whether keys or web identity come first depends on the release of version 4") if both else passes()


def web_identity(view: View) -> Answer:
    """Exchange the token of the environment; what goes wrong then is an error."""
    has_file, has_role = view.is_set(sts.TOKEN_FILE), view.is_set(sts.ROLE)
    if not (has_file and has_role):
        missing = sts.ROLE if has_file else sts.TOKEN_FILE
        return slips(f"{missing} is not set, and .NET tries what comes next") if has_file or has_role else passes()
    region = view.value("AWS_REGION")
    if not region and view.is_set("AWS_DEFAULT_REGION"):
        return unseen("whether it reads AWS_DEFAULT_REGION has not been established")
    host = sts.host_for(view, region or "us-east-1", reads_override=False) or sts.GLOBAL_HOST
    retries = [sts.INVALID_TOKEN, sts.ISSUER_UNREACHED]
    return unproven.exchange(view, sts.FROM_ENVIRONMENT, host, failed=_raised, retries=retries)


def profile_source(view: View) -> Answer:
    """Take the keys of the profile. In version 4 a missing one that a variable names is an error."""
    profile = _profile(view)
    if view.files_unseen or profile.exists or not profile.named_by:
        return unproven.profile_keys(view, profile)
    if view.since(VERSION_4):
        return unproven.fails(f"there is no profile {profile.name!r}, and that ends the chain")
    return slips(f"there is no profile {profile.name!r}, and .NET tries what comes next")


def container_or_imds(view: View) -> Answer:
    """Ask the container endpoint where a variable names one, else IMDS."""
    followed = container.target(view)
    if followed is None:
        return _imds(view)
    if not followed.is_relative and not view.since(AGENT_KNOWN):
        return unseen(f"whether it reads {container.FULL} depends on the release")
    uri = None if followed.is_relative or not isinstance(followed.uri, ContainerUri) else followed.uri
    if uri is not None and ALLOWED.judges(view, uri) is Allowed.NO:
        return ends(f"{_nothing(view)}an invalid host…", f"{followed.variable} names a host that it sends no token to")
    return unproven.endpoint(view, followed, ALLOWED, container.token_for(view), failed=_unfetched)


STEPS_3 = (web_identity, profile_source, unproven.environment, container_or_imds)
STEPS_4 = (which_first, web_identity, unproven.environment, profile_source, container_or_imds)


def _imds(view: View) -> Answer:
    """Ask IMDS, which is the source as soon as there is no other: its failure has a text of its own, not known here."""
    if view.is_true("AWS_EC2_METADATA_DISABLED"):
        asked = passes("AWS_EC2_METADATA_DISABLED is true")
    else:
        setting = _profile(view).setting("ec2_metadata_v1_disabled")
        asked = unproven.imds(view, IMDS, known=FALLS_BACK, setting=setting)
    return replace(asked, kind=Kind.EXHAUSTED) if asked.kind is Kind.PASSES else asked


def _profile(view: View) -> Profile:
    return view.profile("AWS_PROFILE")


def _nothing(view: View) -> str:
    return NOTHING_4 if view.since(VERSION_4) else NOTHING_3


def _raised(because: str) -> Answer:
    return unproven.fails(f"{because}, and .NET goes on to no other source")


def _unfetched(because: str) -> Answer:
    return stops('Unable to retrieve credentials. Message = "…"', f"{because}, and .NET goes on to no other source")
