"""AWS SDK for Java, version 1 (end of support 2025-12-31), from its source; no test has run it.

Environment, system properties, web identity, profile, then either the container endpoint or IMDS
(aws/aws-sdk-java:aws-java-sdk-core/…/DefaultAWSCredentialsProviderChain, EC2ContainerCredentialsProviderWrapper).
Every exception is a reason to try the next one, and the provider that worked is remembered until the process ends
(AWSCredentialsProviderChain). So a web identity that fails ends at the node role; a container endpoint that fails
does not, since IMDS is then not in the chain. Web identity needs the module `aws-java-sdk-sts`.
"""

from probe.evidence import Evidence, InstanceMetadata, Source
from probe.parse.endpoint import ContainerUri, UriProblem
from probe.report import Prediction
from probe.sdks import container, sts, unproven
from probe.sdks.chain import Answer, ends, follow, gives, passes, predictions, slips, unseen
from probe.sdks.container import AGENT, ECS, LOOPBACK, AllowList
from probe.sdks.metadata import FALLS_BACK, Client
from probe.sdks.view import View

SDK = "java-v1"
NEWEST = "1.12.788"
AGENT_KNOWN = "1.12.746"
"""EKS Pod Identity (Amazon EKS User Guide, supported SDK versions)."""
CHANGES = (AGENT_KNOWN,)

NOTHING = "Unable to load AWS credentials from any provider in the chain: […"
IMDS = Client(put=unproven.UNTIMED, get=unproven.UNTIMED, after=FALLS_BACK)
ALLOWED = AllowList(over_http=LOOPBACK | AGENT, resolves_names=False)
KEPT = "the provider that worked, until the process ends"
CACHES = dict.fromkeys((Source.WEB_IDENTITY, Source.SHARED_CONFIG, Source.CONTAINER, Source.IMDS), KEPT)
SILENT = "Java passes over that in silence"


def predict(evidence: Evidence) -> tuple[Prediction, ...]:
    """Return what programs with this SDK would do."""
    chain = lambda view: follow(view, STEPS, NOTHING)  # noqa: E731 - as in the models beside this one
    return predictions(SDK, evidence, CHANGES, chain, caches=CACHES, proven=False)


def environment(view: View) -> Answer:
    """Take the static keys; each half has a second name."""
    has_id = view.is_set("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY")
    has_secret = view.is_set("AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY")
    if has_id and has_secret:
        return gives(Source.ENVIRONMENT, "the keys in the environment come first", view.keys.access_key_hint)
    return slips("half a key pair in the environment does not count") if has_id or has_secret else passes()


def web_identity(view: View) -> Answer:
    """Exchange the token of the environment; any failure passes on."""
    has_file, has_role = view.is_set(sts.TOKEN_FILE), view.is_set(sts.ROLE)
    if not (has_file and has_role):
        missing = sts.ROLE if has_file else sts.TOKEN_FILE
        return _over(f"{missing} is not set") if has_file or has_role else passes()
    regional = sts.host_for(view, _region(view), reads_override=False)
    if regional is None:
        return unseen("what it does without a region has not been established")
    told = view.value("AWS_STS_REGIONAL_ENDPOINTS").lower() == "regional"
    hosts = [regional] if told else [regional, sts.GLOBAL_HOST]
    return unproven.exchange(view, sts.FROM_ENVIRONMENT, *hosts, failed=_over, retries=[sts.ISSUER_UNREACHED])


def profile_source(view: View) -> Answer:
    """Take the keys of the profile."""
    profile = view.profile("AWS_PROFILE")
    if profile.named_by and not profile.exists and not view.files_unseen:
        return _over(f"there is no profile {profile.name!r}")
    return unproven.profile_keys(view, profile)


def container_or_imds(view: View) -> Answer:
    """Ask the container endpoint where a variable names one, else IMDS."""
    followed = container.target(view)
    if followed is None:
        return _imds(view)
    if view.is_present(container.RELATIVE) and not followed.is_relative:
        return unseen(
            "the relative URI is there and empty, and counts as set; what comes of that has not been established"
        )
    if view.is_set(container.TOKEN) and view.is_set(container.TOKEN_FILE):
        return unseen("whether it takes the token of the variable or of the file has not been established")
    unsure = None if followed.is_relative else _unsure_of(view, followed.uri)
    if unsure is not None:
        return unseen(unsure)
    token = container.token_for(view, knows_files=view.since(AGENT_KNOWN))
    return unproven.endpoint(view, followed, ALLOWED, token, failed=_last)


STEPS = (environment, web_identity, profile_source, container_or_imds)


def _unsure_of(view: View, uri: ContainerUri | UriProblem) -> str | None:
    """Say what is not known of a full URI: only its first list of hosts and the agent's addresses are."""
    if not isinstance(uri, ContainerUri):
        return None
    if uri.scheme == "https":
        return "which https hosts it sends a token to has not been established"
    if uri.host_class in AGENT and not view.since(AGENT_KNOWN):
        return "whether this release knows the agent has not been established"
    odd = uri.host_class in LOOPBACK | ECS and uri.host not in {"127.0.0.1", "localhost"}
    return f"whether it sends a token to {uri.host} has not been established" if odd else None


def _imds(view: View) -> Answer:
    """Ask IMDS for a token; what it does without one has not been established."""
    if view.is_present(container.FULL, container.RELATIVE):
        return unseen(
            "a container URI is there and empty, and counts as set; what comes of that has not been established"
        )
    if view.is_true("AWS_EC2_METADATA_DISABLED"):
        return passes("AWS_EC2_METADATA_DISABLED is true")
    return unproven.imds(view, IMDS, known=(), setting=None)


def _region(view: View) -> str | None:
    instance = view.evidence.facts("imds.metadata", InstanceMetadata)
    told = view.value("AWS_REGION") or view.profile("AWS_PROFILE").setting("region")
    return told or (instance.region if instance else None)


def _over(because: str) -> Answer:
    return slips(f"{because}, and {SILENT}")


def _last(because: str) -> Answer:
    return ends(NOTHING, f"{because}, and IMDS is not in the chain where a container URI is set")
